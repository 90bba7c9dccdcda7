package io.sampo.data;

import java.security.SecureRandom;

/**
 * A seeded hash of byte ranges: multiply-and-fold over 16 bytes at a time, with secrets drawn from
 * the seed so that nobody outside can aim keys at one place of the table.
 */
public final class KeyHash {
  /** How many bits a hash has: enough to tell a segment's entries apart at a billion keys. */
  public static final int BITS = 32;

  public static final long END = 1L << BITS;

  /** A hash with secrets of this process. */
  public static final KeyHash SECRET = new KeyHash(new SecureRandom().nextLong());

  private final long first;
  private final long second;
  private final long third;

  public KeyHash(long seed) {
    first = scramble(seed + 0x9e3779b97f4a7c15L);
    second = scramble(seed + 2 * 0x9e3779b97f4a7c15L);
    third = scramble(seed + 3 * 0x9e3779b97f4a7c15L);
  }

  /** A value from 0 to {@link #END} - 1. */
  public long of(byte[] a, int offset, int length) {
    long state = second;
    long x;
    long y;
    if (length > 16) {
      int last = offset + length - 16;
      for (int i = offset; i < last; i += 16) {
        state = fold(Words.getLong(a, i) ^ first, Words.getLong(a, i + 8) ^ state);
      }
      x = Words.getLong(a, last);
      y = Words.getLong(a, last + 8);
    } else if (length >= 8) {
      x = Words.getLong(a, offset);
      y = Words.getLong(a, offset + length - 8);
    } else if (length >= 4) {
      x = Words.getInt(a, offset);
      y = Words.getInt(a, offset + length - 4);
    } else if (length > 0) {
      x = (a[offset] & 0xff) << 16 | (a[offset + (length >> 1)] & 0xff) << 8;
      y = a[offset + length - 1];
    } else {
      x = 0;
      y = 0;
    }
    return fold(fold(x ^ first, y ^ state) ^ third, second + length) >>> (64 - BITS);
  }

  /** Both halves of the 128-bit product, folded into one. */
  private static long fold(long a, long b) {
    return Math.multiplyHigh(a, b) ^ (a * b);
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
  private static long scramble(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
