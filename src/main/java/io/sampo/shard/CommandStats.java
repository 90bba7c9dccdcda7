package io.sampo.shard;

import java.util.Optional;

/**
 * Counts of one executor, by {@link io.sampo.command.Command#id}. Written by one thread; others may
 * read sums that are a moment old.
 */
public final class CommandStats {
  public final long[] calls;
  public final long[] nanos;
  public final long[] rejected;
  public final long[] failed;
  private final Histogram[] histograms;
  private volatile boolean tracking = true;

  /** Requests run, of all commands. */
  public long total;

  public CommandStats(int commands) {
    calls = new long[commands];
    nanos = new long[commands];
    rejected = new long[commands];
    failed = new long[commands];
    histograms = new Histogram[commands];
  }

  /** Whether to keep histograms from now on ({@code latency-tracking}). */
  public void track(boolean on) {
    tracking = on;
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
    if (tracking) {
      Histogram histogram = histograms[id];
      if (histogram == null) {
        histogram = histograms[id] = new Histogram();
      }
      histogram.add(count, each);
    }
  }

  /** How long the runs of a command took; empty where none was tracked. */
  public Optional<Histogram> histogram(int id) {
    return Optional.ofNullable(histograms[id]).filter(histogram -> histogram.count() > 0);
  }

  /**
   * Adds what others have counted, but for {@link #histogram histograms}: they take far longer to
   * add up than all the rest, and hardly anybody asks.
   */
  public CommandStats plus(CommandStats others) {
    merge(others, 1);
    return this;
  }

  /** Takes away what was counted by an earlier time, histograms again left out. */
  public CommandStats minus(CommandStats earlier) {
    merge(earlier, -1);
    return this;
  }

  private void merge(CommandStats other, int sign) {
    total += sign * other.total;
    merge(calls, other.calls, sign);
    merge(nanos, other.nanos, sign);
    merge(rejected, other.rejected, sign);
    merge(failed, other.failed, sign);
  }

  private static void merge(long[] to, long[] from, int sign) {
    for (int i = 0; i < to.length; i++) {
      to[i] += sign * from[i];
    }
  }
}
