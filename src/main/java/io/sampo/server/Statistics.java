package io.sampo.server;

import io.sampo.resp.Bytes;
import io.sampo.server.stats.Traffic;
import io.sampo.shard.CommandStats;
import io.sampo.shard.Executor;

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

  private static final byte[] REPLCONF = Bytes.ascii("replconf");

  private final Node node;
  private final int replconf;
  private volatile Sums zero;

  Statistics(Node node) {
    this.node = node;
    this.replconf = node.commands.find(REPLCONF, 0, REPLCONF.length).id();
    this.zero = new Sums(new CommandStats(node.commands.all().size()), 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** What was counted since the start, or the last {@link #reset}. */
  public Sums sums() {
    return total().minus(zero);
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
    zero = total();
    node.counters.reset();
    node.watchman.reset();
  }
}
