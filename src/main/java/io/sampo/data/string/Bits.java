package io.sampo.data.string;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Byte strings seen as bits: bit 0 is the highest one of the first byte. {@code base} is where in
 * the array the string begins.
 */
public final class Bits {
  /** Their order does not matter here, but another than the processor's would cost. */
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final byte[] ZEROS = new byte[1 << 12];
  private static final byte[] ONES = new byte[1 << 12];

  static {
    Arrays.fill(ONES, (byte) -1);
  }

  private Bits() {}

  /** How many bits are set from bit {@code from} to before bit {@code to}. */
  public static long count(byte[] a, int base, long from, long to) {
    int i = base + (int) (from >>> 3);
    int end = base + (int) (to >>> 3);
    long n = 0;
    if ((from & 7) != 0) {
      n -= Integer.bitCount((a[i] & 0xff) >>> 8 - (from & 7));
    }
    if ((to & 7) != 0) {
      n += Integer.bitCount((a[end] & 0xff) >>> 8 - (to & 7));
    }
    for (; i + 8 <= end; i += 8) {
      n += Long.bitCount((long) LONGS.get(a, i));
    }
    for (; i < end; i++) {
      n += Integer.bitCount(a[i] & 0xff);
    }
    return n;
  }

  /** The first bit of this value from {@code from} to before {@code to}; -1 if there is none. */
  public static long find(byte[] a, int base, long from, long to, boolean value) {
    byte[] others = value ? ZEROS : ONES;
    int end = base + (int) (to >>> 3);
    long at = from;
    while (at < to) {
      int i = base + (int) (at >>> 3);
      int skip = (int) at & 7;
      if (skip == 0 && i < end) {
        int j = behind(a, i, end, others);
        at += (j - i) * 8L;
        i = j;
        if (at == to) {
          return -1;
        }
      }
      int seen = (a[i] ^ others[0]) << 24 + skip;
      int ahead = Integer.numberOfLeadingZeros(seen);
      if (ahead < 8 - skip) {
        return at + ahead < to ? at + ahead : -1;
      }
      at += 8 - skip;
    }
    return -1;
  }

  /** Where from {@code from} on the bytes of a block end that is repeated; {@code end} at most. */
  private static int behind(byte[] a, int from, int end, byte[] block) {
    for (int i = from; i < end; i += block.length) {
      int n = Math.min(block.length, end - i);
      // Of all the ways to compare bytes this is the one that takes the widest steps.
      int differs = Arrays.mismatch(a, i, i + n, block, 0, n);
      if (differs >= 0) {
        return i + differs;
      }
    }
    return end;
  }

  /** What BITOP makes of the bits of two strings. */
  public enum Operation {
    AND,
    OR,
    XOR
  }

  /** Combines bytes of {@code to} with as many others, which begin at {@code offset}. */
  public static void combine(
      Operation operation, byte[] to, int at, byte[] a, int offset, int length) {
    // By words, for of two arrays of bytes the compiler cannot tell that they do not overlap.
    int words = at + (length & -Long.BYTES);
    int end = at + length;
    int shift = offset - at;
    switch (operation) {
      case AND -> {
        for (int i = at; i < words; i += Long.BYTES) {
          LONGS.set(to, i, (long) LONGS.get(to, i) & (long) LONGS.get(a, i + shift));
        }
        for (int i = words; i < end; i++) {
          to[i] &= a[i + shift];
        }
      }
      case OR -> {
        for (int i = at; i < words; i += Long.BYTES) {
          LONGS.set(to, i, (long) LONGS.get(to, i) | (long) LONGS.get(a, i + shift));
        }
        for (int i = words; i < end; i++) {
          to[i] |= a[i + shift];
        }
      }
      case XOR -> {
        for (int i = at; i < words; i += Long.BYTES) {
          LONGS.set(to, i, (long) LONGS.get(to, i) ^ (long) LONGS.get(a, i + shift));
        }
        for (int i = words; i < end; i++) {
          to[i] ^= a[i + shift];
        }
      }
    }
  }

  /** Turns all bits over. */
  public static void invert(byte[] a) {
    for (int i = 0; i < a.length; i++) {
      a[i] = (byte) ~a[i];
    }
  }

  /**
   * The unsigned number in {@code width} bits, 1 to 64, from bit {@code at} on; behind the end of
   * the string, which is {@code length} bytes long, there are zeros.
   */
  public static long get(byte[] a, int base, int length, long at, int width) {
    long number = 0;
    int left = width;
    for (long bit = at; left > 0; ) {
      int room = 8 - (int) (bit & 7);
      int n = Math.min(room, left);
      long i = bit >>> 3;
      int value = i < length ? (a[base + (int) i] & 0xff) >>> room - n : 0;
      number = number << n | value & (1 << n) - 1;
      bit += n;
      left -= n;
    }
    return number;
  }

  /** Writes the low {@code width} bits of a number from bit {@code at} on, within the string. */
  public static void set(byte[] a, int base, long at, int width, long number) {
    int left = width;
    for (long bit = at; left > 0; ) {
      int room = 8 - (int) (bit & 7);
      int n = Math.min(room, left);
      int i = base + (int) (bit >>> 3);
      int mask = (1 << n) - 1 << room - n;
      int value = (int) (number >>> left - n) << room - n;
      a[i] = (byte) (a[i] & ~mask | value & mask);
      bit += n;
      left -= n;
    }
  }
}
