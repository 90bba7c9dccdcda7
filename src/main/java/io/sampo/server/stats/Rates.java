package io.sampo.server.stats;

/**
 * What happens per second, averaged over the last 16 samples a tenth of a second apart, as in
 * Redis.
 */
public final class Rates {
  private static final int SAMPLES = 16;
  private static final long INTERVAL_NANOS = 100_000_000;

  /** Requests, bytes in, bytes out: per second, sample by sample. */
  private final double[][] perSecond = new double[3][SAMPLES];

  private final long[] last = new long[3];
  private long lastTime = System.nanoTime();
  private int next;

  /** Takes a sample, if it is time for one. */
  public synchronized void sample(long requests, long received, long sent) {
    long now = System.nanoTime();
    long elapsed = now - lastTime;
    if (elapsed < INTERVAL_NANOS) {
      return;
    }
    lastTime = now;
    long[] counts = {requests, received, sent};
    for (int i = 0; i < counts.length; i++) {
      perSecond[i][next] = (counts[i] - last[i]) * 1e9 / elapsed;
      last[i] = counts[i];
    }
    next = (next + 1) % SAMPLES;
  }

  public synchronized long requests() {
    return Math.round(average(0));
  }

  /** In KiB. */
  public synchronized double received() {
    return average(1) / 1024;
  }

  /** In KiB. */
  public synchronized double sent() {
    return average(2) / 1024;
  }

  private double average(int what) {
    double sum = 0;
    for (double sample : perSecond[what]) {
      sum += sample;
    }
    return sum / SAMPLES;
  }
}
