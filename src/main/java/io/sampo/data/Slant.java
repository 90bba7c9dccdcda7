package io.sampo.data;

/**
 * Maps hashes to hashes in the same order, but up to twice as densely at one end as at the other. A
 * {@link Directory} that is asked for slanted hashes has parts that become full one after the
 * other; asked for even ones, all its parts would be full, and just after that half empty, at the
 * same time.
 */
final class Slant {
  /** Computes with fewer bits, for the square has to fit. */
  private static final int COARSE = 2;

  private static final int BITS = KeyHash.BITS - COARSE;

  private Slant() {}

  static long of(long hash) {
    long x = hash >>> COARSE;
    return (x * ((2L << BITS) + x) >>> BITS) / 3 << COARSE;
  }

  /** The first hash that is slanted to {@code slanted} or more, or the end of all. */
  static long first(long slanted) {
    long low = 0;
    long high = 1L << BITS;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (of(middle << COARSE) < slanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low << COARSE;
  }
}
