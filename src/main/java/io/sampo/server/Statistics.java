package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.resp.Bytes;
import io.sampo.server.stats.Traffic;
import io.sampo.shard.CommandStats;
import io.sampo.shard.Executor;
import io.sampo.shard.Histogram;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The counts of INFO. Each is kept by the thread that does the counting; here they are added up,
 * and CONFIG RESETSTAT remembers what to take away, so that nobody writes to another's counters.
 * Used from any thread.
 */
public final class Statistics {
  /** Sums over the whole node. */
  public record Sums(
      CommandStats commands,
      long hits,
      long misses,
      long received,
      long sent,
      long reads,
      long writes,
      long followed,
      long replicated) {
    private Sums minus(Sums earlier) {
      return new Sums(
          commands.minus(earlier.commands),
          hits - earlier.hits,
          misses - earlier.misses,
          received - earlier.received,
          sent - earlier.sent,
          reads - earlier.reads,
          writes - earlier.writes,
          followed - earlier.followed,
          replicated - earlier.replicated);
    }
  }

  /**
   * What is taken away from all that is told.
   *
   * @param times how long the runs of each command had taken, by its id
   */
  private record Zero(Sums sums, Map<Integer, Histogram> times) {}

  private static final byte[] REPLCONF = Bytes.ascii("replconf");

  private final Node node;
  private final int replconf;
  private volatile Zero zero;

  Statistics(Node node) {
    this.node = node;
    this.replconf = node.commands.find(REPLCONF, 0, REPLCONF.length).id();
    CommandStats none = new CommandStats(node.commands.all().size());
    this.zero = new Zero(new Sums(none, 0, 0, 0, 0, 0, 0, 0, 0), Map.of());
  }

  /** What was counted since the start, or the last {@link #reset}. */
  public Sums sums() {
    return total().minus(zero.sums);
  }

  /** How long the runs of a command took since then; empty where none was tracked. */
  public Optional<Histogram> times(int id) {
    Optional<Histogram> times = allTimes(id);
    Histogram earlier = zero.times.get(id);
    if (earlier != null) {
      times.ifPresent(its -> its.minus(earlier));
    }
    return times.filter(its -> its.count() > 0);
  }

  private Optional<Histogram> allTimes(int id) {
    Histogram sum = null;
    for (Executor executor : node.cores.executors()) {
      Optional<Histogram> its = executor.stats().histogram(id);
      if (its.isPresent()) {
        sum = sum == null ? new Histogram() : sum;
        sum.plus(its.get());
      }
    }
    return Optional.ofNullable(sum);
  }

  /** Requests that were run since the start. */
  long requests() {
    long sum = 0;
    for (Executor executor : node.cores.executors()) {
      sum += executor.stats().total;
    }
    return sum;
  }

  /** The same without what replicas say of themselves, every second. */
  long requestsOfClients() {
    long sum = requests();
    for (Executor executor : node.cores.executors()) {
      sum -= executor.stats().calls[replconf];
    }
    return sum;
  }

  private Sums total() {
    CommandStats commands = new CommandStats(node.commands.all().size());
    long hits = 0;
    long misses = 0;
    for (Executor executor : node.cores.executors()) {
      commands.plus(executor.stats());
      hits += executor.counters().hits;
      misses += executor.counters().misses;
    }
    Traffic traffic = node.traffic;
    return new Sums(
        commands,
        hits,
        misses,
        traffic.received(),
        traffic.sent(),
        traffic.reads(),
        traffic.writes(),
        traffic.followed(),
        traffic.replicated());
  }

  /** Counts from zero again. */
  public void reset() {
    Map<Integer, Histogram> times = new HashMap<>();
    for (Command command : node.commands.all()) {
      allTimes(command.id()).ifPresent(its -> times.put(command.id(), its));
    }
    zero = new Zero(total(), times);
    node.counters.reset();
    node.watchman.reset();
  }
}
