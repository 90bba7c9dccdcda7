package io.sampo.server;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.command.Flag;
import io.sampo.resp.Args;
import io.sampo.server.config.Settings;
import io.sampo.server.stats.LatencyMonitor;
import io.sampo.server.stats.SlowLog;
import io.sampo.shard.Watchman;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees every request of the node: feeds the monitors and the slow log, and counts errors. */
public final class Overseer implements Watchman {
  private static final Logger LOG = LoggerFactory.getLogger(Overseer.class);
  private static final int MAX_KINDS = 128;

  private final Monitors monitors;
  private final SlowLog slowLog;
  private final LatencyMonitor latency;
  private final LongSupplier clock;
  private final Runnable failNode;
  private final ConcurrentHashMap<String, LongAdder> errors = new ConcurrentHashMap<>();
  private final LongAdder errorReplies = new LongAdder();
  private volatile long slowNanos;

  Overseer(
      Monitors monitors,
      SlowLog slowLog,
      LatencyMonitor latency,
      Settings settings,
      LongSupplier clock,
      Runnable failNode) {
    this.monitors = monitors;
    this.slowLog = slowLog;
    this.latency = latency;
    this.clock = clock;
    this.failNode = failNode;
    settings.slowlogLogSlowerThan.each(
        micros -> slowNanos = micros < 0 ? -1 : Math.min(micros, Long.MAX_VALUE / 1000) * 1000);
  }

  @Override
  public boolean monitoring() {
    return monitors.any();
  }

  @Override
  public void ran(Client client, Command command, Args args) {
    boolean hidden = command == Admission.UNKNOWN || command.has(Flag.ADMIN);
    if (!hidden && client instanceof Session session) {
      monitors.feed(session, command, args);
    }
  }

  @Override
  public long slowNanos() {
    long latent = latency.thresholdNanos();
    long slow = slowNanos;
    return latent < 0 ? slow : slow < 0 ? latent : Math.min(slow, latent);
  }

  @Override
  public void slow(Client client, Command command, Args args, int others, long nanos) {
    latency.add(command.has(Flag.FAST) ? "fast-command" : "command", nanos, clock.getAsLong());
    long slow = slowNanos;
    if (slow >= 0 && nanos >= slow && client instanceof Session session) {
      String address = ClientState.text(session.state.remote);
      long seconds = clock.getAsLong() / 1000;
      slowLog.add(address, session.state.name, command, args, others, nanos / 1000, seconds);
    }
  }

  @Override
  public void delayed(String event, long nanos) {
    latency.add(event, nanos, clock.getAsLong());
  }

  @Override
  public void failed(String error) {
    errorReplies.increment();
    int blank = error.indexOf(' ');
    String kind = blank < 0 ? error : error.substring(0, blank);
    if (errors.containsKey(kind) || errors.size() < MAX_KINDS) {
      errors.computeIfAbsent(kind, k -> new LongAdder()).increment();
    }
  }

  @Override
  public void torn(Command command, Throwable cause) {
    LOG.error("{} failed half-way: the data may be torn, so this node stops", command, cause);
    failNode.run();
  }

  /** How many error replies there were. */
  public long errorReplies() {
    return errorReplies.sum();
  }

  /** How many of each code word. */
  public TreeMap<String, Long> errors() {
    TreeMap<String, Long> sums = new TreeMap<>();
    errors.forEach((kind, count) -> sums.put(kind, count.sum()));
    return sums;
  }

  void reset() {
    errors.clear();
    errorReplies.reset();
  }
}
