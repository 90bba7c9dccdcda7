package io.sampo.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Byte strings seen as bits: bit 0 is the highest one of the first byte. {@code base} is where in
 * the array the string begins.
 */
public final class Bits {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

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
    long others = value ? 0 : -1;
    long at = from;
    while (at < to) {
      int i = base + (int) (at >>> 3);
      if ((at & 7) == 0) {
        // Whole words without what is looked for.
        int end = base + (int) (to >>> 3);
        int j = i;
        while (j + 32 <= end
            && (((long) LONGS.get(a, j) ^ others)
                    | ((long) LONGS.get(a, j + 8) ^ others)
                    | ((long) LONGS.get(a, j + 16) ^ others)
                    | ((long) LONGS.get(a, j + 24) ^ others))
                == 0) {
          j += 32;
        }
        at += (j - i) * 8L;
        i = j;
        if (at == to) {
          return -1;
        }
      }
      int skip = (int) at & 7;
      boolean whole = skip == 0 && to - at >= 64;
      long word = whole ? (long) LONGS.get(a, i) : (long) a[i] << 56;
      long seen = (word ^ others) << skip;
      int room = whole ? 64 : 8 - skip;
      int ahead = Long.numberOfLeadingZeros(seen);
      if (ahead < room) {
        return at + ahead < to ? at + ahead : -1;
      }
      at += room;
    }
    return -1;
  }

  /** What BITOP makes of the bits of two strings. */
  public enum Operation {
    AND,
    OR,
    XOR
  }

  /** Combines the bytes of {@code to} with as many others, which begin at {@code offset}. */
  public static void combine(Operation operation, byte[] to, byte[] a, int offset, int length) {
    switch (operation) {
      case AND -> {
        for (int i = 0; i < length; i++) {
          to[i] &= a[offset + i];
        }
      }
      case OR -> {
        for (int i = 0; i < length; i++) {
          to[i] |= a[offset + i];
        }
      }
      case XOR -> {
        for (int i = 0; i < length; i++) {
          to[i] ^= a[offset + i];
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
