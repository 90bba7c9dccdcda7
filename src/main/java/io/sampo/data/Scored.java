package io.sampo.data;

import java.util.Arrays;

/**
 * A member of a big sorted set and its score in one array, so that both indexes of the set share
 * it: 8 bytes of score, then the member.
 */
final class Scored {
  /** Where the member begins. */
  static final int MEMBER = 8;

  /** Stands for no element. */
  static final byte[] NONE = {};

  private static final int ARRAY_HEADER = 16;

  private Scored() {}

  static byte[] of(double score, byte[] a, int offset, int length) {
    byte[] e = new byte[MEMBER + length];
    score(e, score);
    System.arraycopy(a, offset, e, MEMBER, length);
    return e;
  }

  static double score(byte[] e) {
    return Double.longBitsToDouble(Words.getLong(e, 0));
  }

  static void score(byte[] e, double score) {
    Words.putLong(e, 0, Double.doubleToRawLongBits(score));
  }

  static int length(byte[] e) {
    return e.length - MEMBER;
  }

  static boolean isMember(byte[] e, byte[] a, int offset, int length) {
    return length(e) == length && Words.equal(e, MEMBER, a, offset, length);
  }

  /** Whether the first of two elements comes before the other, or is the same. */
  static boolean isUpTo(byte[] e, byte[] other) {
    double score = score(e);
    double otherScore = score(other);
    return score < otherScore
        || score == otherScore
            && Arrays.compareUnsigned(e, MEMBER, e.length, other, MEMBER, other.length) <= 0;
  }

  /** The heap an element takes. */
  static int heapBytes(byte[] e) {
    return ARRAY_HEADER + e.length + 7 & ~7;
  }
}
