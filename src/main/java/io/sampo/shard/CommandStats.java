package io.sampo.shard;

import java.util.Arrays;

/**
 * Counts of one executor, by {@link io.sampo.command.Command#id}. Written by one thread; others may
 * read sums that are a moment old.
 */
public final class CommandStats {
  /** Latency buckets: bucket n counts durations of less than 2^n microseconds. */
  public static final int BUCKETS = 32;

  public final long[] calls;
  public final long[] nanos;
  public final long[] rejected;
  public final long[] failed;
  private final long[][] histograms;

  /** Requests run, of all commands. */
  public long total;

  public CommandStats(int commands) {
    calls = new long[commands];
    nanos = new long[commands];
    rejected = new long[commands];
    failed = new long[commands];
    histograms = new long[commands][];
  }

  /** Counts a request that was refused before it ran. */
  public void refused(int id) {
    rejected[id]++;
  }

  /** Counts requests that took so many nanoseconds each. */
  public void ran(int id, int count, long each) {
    total += count;
    calls[id] += count;
    nanos[id] += count * each;
    long[] histogram = histograms[id];
    if (histogram == null) {
      histogram = histograms[id] = new long[BUCKETS];
    }
    histogram[Math.min(BUCKETS - 1, 64 - Long.numberOfLeadingZeros(each / 1000))] += count;
  }

  /** The latency buckets of a command; empty where it never ran. */
  public long[] histogram(int id) {
    long[] histogram = histograms[id];
    return histogram == null ? new long[0] : histogram.clone();
  }

  /** Starts again from zero. */
  public void reset() {
    Arrays.fill(calls, 0);
    Arrays.fill(nanos, 0);
    Arrays.fill(rejected, 0);
    Arrays.fill(failed, 0);
    Arrays.fill(histograms, null);
    total = 0;
  }
}
