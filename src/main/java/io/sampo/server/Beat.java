package io.sampo.server;

import io.sampo.server.stats.Traffic;
import io.sampo.shard.Shard;
import java.time.Duration;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.ExecutionContextExecutor;

/**
 * The work that a node does regularly, at a {@link Pace} of {@code hz} times a second; what is done
 * once a second goes with it, for another awakening would cost more than what is to be done.
 */
public final class Beat {
  private static final Logger LOG = LoggerFactory.getLogger(Beat.class);

  /** How long a shard looks for expired keys at a time, at the least effort. */
  private static final long EXPIRY_SLICE_NANOS = 1_000_000;

  private final Node node;
  private final ActorSystem<?> system;

  /** For some of it may wait for the disk. */
  private final ExecutionContextExecutor executor;

  private volatile long at = System.currentTimeMillis();
  private volatile boolean activeExpire = true;
  private volatile boolean stopped;
  private Cancellable present = Cancellable.alreadyCancelled();

  /** How often in a second it is at present. */
  private volatile int rate;

  /** How many beats there have been in the present second. */
  private int beats;

  private final Pace pace = new Pace(System.nanoTime());

  Beat(Node node, ActorSystem<?> system) {
    this.node = node;
    this.system = system;
    this.executor = system.dispatchers().lookup(DispatcherSelector.blocking());
  }

  /** Begins, when the node is there as a whole. */
  void begin() {
    node.settings.hz.each(hz -> pace());
    node.settings.dynamicHz.each(dynamic -> pace());
  }

  /** Has the regular work done as often as it is to be from now on. */
  private synchronized void pace() {
    int hz = node.settings.hz.get().intValue();
    int due = node.settings.dynamicHz.get() ? slowed(hz) : hz;
    if (due != rate) {
      rate = due;
      present.cancel();
      present = repeat(Duration.ofMillis(1000 / due));
    }
  }

  private int slowed(int hz) {
    long happened = node.statistics.requestsOfClients() + node.cores.changes();
    boolean expecting = node.loading.isOn() || node.cores.expectsTending();
    return pace.next(hz, System.nanoTime(), happened, expecting);
  }

  /** How often in a second it is at present. */
  public int hz() {
    return rate;
  }

  private Cancellable repeat(Duration interval) {
    return system
        .scheduler()
        .scheduleAtFixedRate(interval, interval, this::unlessStopped, executor);
  }

  private void unlessStopped() {
    if (!stopped) {
      try {
        tend();
      } catch (RuntimeException e) {
        // The scheduler would not come back.
        LOG.error("The regular work has failed", e);
      }
    }
  }

  /** Has nothing of this done any more, or all of it again. */
  public void stop(boolean yes) {
    stopped = yes;
  }

  private void tend() {
    at = node.now();
    long expiry = activeExpire ? node.settings.activeExpireEffort.get() * EXPIRY_SLICE_NANOS : 0;
    node.cores.tend(new Shard.Tend(expiry, System.nanoTime()));
    Traffic traffic = node.traffic;
    node.rates.sample(
        node.statistics.requests(),
        traffic.received(),
        traffic.sent(),
        traffic.followed(),
        traffic.replicated());
    node.memoryPeak.seen(node.keyspaces.memory.used());
    if (isSecond()) {
      node.limits.tend(at);
    }
    node.files.tend();
    pace();
  }

  private synchronized boolean isSecond() {
    beats = beats + 1 < rate ? beats + 1 : 0;
    return beats == 0;
  }

  /** Wall clock in milliseconds, as of the last beat if that is not long ago. */
  long at() {
    return rate > Pace.IDLE_HZ ? at : node.now();
  }

  /** Switches the regular search for expired keys on or off. */
  public void activeExpire(boolean on) {
    activeExpire = on;
  }
}
