package io.sampo.server.stats;

/**
 * What happens per second, averaged over the last 16 samples a tenth of a second apart, as in
 * Redis.
 */
public final class Rates {
  private static final int SAMPLES = 16;
  private static final long INTERVAL_NANOS = 100_000_000;

  /** What is counted. */
  public enum Of {
    REQUESTS,
    RECEIVED,
    SENT,
    /** What of {@link #RECEIVED} came from a master. */
    FOLLOWED,
    /** What of {@link #SENT} went to replicas. */
    REPLICATED
  }

  private static final int COUNTS = Of.values().length;

  /** Per second, sample by sample. */
  private final double[][] perSecond = new double[COUNTS][SAMPLES];

  private final long[] last = new long[COUNTS];
  private long lastTime = System.nanoTime();
  private int next;

  /** Takes a sample, of each count in their order, if it is time for one. */
  public synchronized void sample(long... counts) {
    long now = System.nanoTime();
    long elapsed = now - lastTime;
    if (elapsed < INTERVAL_NANOS) {
      return;
    }
    lastTime = now;
    for (int i = 0; i < counts.length; i++) {
      perSecond[i][next] = (counts[i] - last[i]) * 1e9 / elapsed;
      last[i] = counts[i];
    }
    next = (next + 1) % SAMPLES;
  }

  /** How much of it there is per second. */
  public synchronized double perSecond(Of what) {
    double sum = 0;
    for (double sample : perSecond[what.ordinal()]) {
      sum += sample;
    }
    return sum / SAMPLES;
  }
}
