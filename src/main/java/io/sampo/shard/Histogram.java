package io.sampo.shard;

/**
 * How long something took, by number: buckets a sixteenth of a power of two wide, so that what is
 * read from it is at most 6 % too high. Below 1024 ns they are 64 ns wide.
 */
public final class Histogram {
  private static final int SUB_BITS = 4;
  private static final int SUBS = 1 << SUB_BITS;
  private static final int FIRST_BITS = 10;

  /** Durations from 2^40 ns, 18 minutes, on are counted as that. */
  private static final int LAST_BITS = 40;

  private final long[] buckets = new long[(LAST_BITS - FIRST_BITS + 1) * SUBS];

  /** Counts so many durations of these nanoseconds. */
  void add(int n, long nanos) {
    buckets[bucket(nanos)] += n;
  }

  private static int bucket(long nanos) {
    if (nanos < 1 << FIRST_BITS) {
      return nanos < 0 ? 0 : (int) (nanos >>> FIRST_BITS - SUB_BITS);
    }
    int bits = 63 - Long.numberOfLeadingZeros(nanos);
    if (bits >= LAST_BITS) {
      return (LAST_BITS - FIRST_BITS + 1) * SUBS - 1;
    }
    return (bits - FIRST_BITS + 1) * SUBS + (int) (nanos >>> bits - SUB_BITS & SUBS - 1);
  }

  /** The longest duration that a bucket counts. */
  private static long end(int bucket) {
    int octave = bucket / SUBS;
    int sub = bucket % SUBS + 1;
    return octave == 0
        ? ((long) sub << FIRST_BITS - SUB_BITS) - 1
        : ((long) (SUBS + sub) << octave - 1 + FIRST_BITS - SUB_BITS) - 1;
  }

  /** Adds what another has counted. */
  public void plus(Histogram other) {
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] += other.buckets[i];
    }
  }

  /** Takes away what another has counted. */
  public void minus(Histogram other) {
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] -= other.buckets[i];
    }
  }

  public long count() {
    long sum = 0;
    for (long n : buckets) {
      sum += n;
    }
    return sum;
  }

  /** How many took less than 2^{@code bits} nanoseconds. */
  public long below(int bits) {
    long sum = 0;
    int end = Math.min(buckets.length, Math.max(0, bits - FIRST_BITS + 1) * SUBS);
    for (int i = 0; i < end; i++) {
      sum += buckets[i];
    }
    return sum;
  }

  /**
   * The duration in nanoseconds that this share of them did not exceed; 0 if there are none.
   *
   * @param percent 0 to 100
   */
  public long percentile(double percent) {
    long rank = Math.max(1, (long) Math.ceil(count() * percent / 100));
    long sum = 0;
    for (int i = 0; i < buckets.length; i++) {
      sum += buckets[i];
      if (sum >= rank) {
        return end(i);
      }
    }
    return 0;
  }
}
