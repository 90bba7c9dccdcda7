package io.sampo.data.set;

import io.sampo.data.ListPack;
import io.sampo.data.Words;
import java.util.Arrays;

/**
 * Sets of integers as sorted arrays of the narrowest width that holds them all, in Redis's intset
 * format, so that snapshots take them as they are:
 *
 * <pre>
 * 4 bytes  width of an integer: 2, 4 or 8
 * 4 bytes  number of integers
 *          the integers, ascending, little-endian
 *          bytes to spare
 * </pre>
 *
 * As with {@link ListPack}, what changes a set returns it.
 */
public final class IntSet {
  private static final int HEADER = 8;
  private static final int ARRAY_HEADER = 16;

  private IntSet() {}

  public static byte[] create() {
    byte[] set = new byte[HEADER];
    Words.putInt(set, 0, Short.BYTES);
    return set;
  }

  /** Whether all of an array that came from outside is one well-formed set. */
  public static boolean isSound(byte[] b) {
    if (b.length < HEADER) {
      return false;
    }
    int width = Words.getInt(b, 0);
    long size = Integer.toUnsignedLong(Words.getInt(b, 4));
    boolean known = width == Short.BYTES || width == Integer.BYTES || width == Long.BYTES;
    if (!known || size * width != b.length - HEADER) {
      return false;
    }
    long last = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      long next = get(b, width, i);
      if (next <= last && i > 0) {
        return false;
      }
      last = next;
    }
    return true;
  }

  /** A copy without bytes to spare. */
  public static byte[] copy(byte[] set) {
    return Arrays.copyOf(set, (used(set) + 7) & ~7);
  }

  public static int size(byte[] set) {
    return Words.getInt(set, 4);
  }

  /** The bytes in use, which are the set's first. */
  public static int used(byte[] set) {
    return HEADER + size(set) * width(set);
  }

  /** The heap it takes. */
  public static long heapBytes(byte[] set) {
    return ARRAY_HEADER + ((set.length + 7L) & ~7L);
  }

  /** The integer with this index in ascending order. */
  public static long get(byte[] set, int index) {
    return get(set, width(set), index);
  }

  /** The index of an integer; if it is not there, {@code -1 - } the index it would have. */
  public static int find(byte[] set, long value) {
    int width = width(set);
    int size = size(set);
    if (size == 0 || get(set, width, size - 1) < value) {
      return -1 - size;
    }
    int low = 0;
    // Without branches, as every second one would be guessed wrong.
    for (int left = size; left > 1; ) {
      int half = left >>> 1;
      low = get(set, width, low + half) <= value ? low + half : low;
      left -= half;
    }
    long there = get(set, width, low);
    return there == value ? low : there < value ? -2 - low : -1 - low;
  }

  /**
   * The first index from {@code from} on whose integer is not less than {@code value}; the size, if
   * there is none. What is near is found soon.
   */
  static int seek(byte[] set, int from, long value) {
    int width = width(set);
    int size = size(set);
    int step = 1;
    int high = from;
    while (high < size && get(set, width, high) < value) {
      high += step;
      step += step;
    }
    int low = Math.max(from, high - step / 2);
    high = Math.min(high, size);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (get(set, width, middle) < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Adds an integer that {@link #find} has not found, and said this of. */
  public static byte[] insert(byte[] set, int found, long value) {
    int index = -1 - found;
    int size = size(set);
    int old = width(set);
    int width = Math.max(old, widthOf(value));
    int wanted = HEADER + Math.multiplyExact(size + 1, width);
    if (width == old && wanted <= set.length) {
      int at = HEADER + index * width;
      System.arraycopy(set, at, set, at + width, (size - index) * width);
      put(set, width, index, value);
      Words.putInt(set, 4, size + 1);
      return set;
    }
    byte[] wider = new byte[(wanted + (wanted >>> 4) + 7) & ~7];
    Words.putInt(wider, 0, width);
    Words.putInt(wider, 4, size + 1);
    if (width == old) {
      int at = HEADER + index * width;
      System.arraycopy(set, HEADER, wider, HEADER, at - HEADER);
      System.arraycopy(set, at, wider, at + width, (size - index) * width);
    } else {
      for (int i = 0; i < size; i++) {
        put(wider, width, i < index ? i : i + 1, get(set, old, i));
      }
    }
    put(wider, width, index, value);
    return wider;
  }

  /** Removes the integer with this index. */
  public static byte[] delete(byte[] set, int index) {
    int width = width(set);
    int size = size(set) - 1;
    int at = HEADER + index * width;
    System.arraycopy(set, at + width, set, at, (size - index) * width);
    Words.putInt(set, 4, size);
    int used = used(set);
    return set.length > used + used / 2 + 64 ? trimmed(set, used) : set;
  }

  private static byte[] trimmed(byte[] set, int used) {
    try {
      return Arrays.copyOf(set, (used + 7) & ~7);
    } catch (OutOfMemoryError full) {
      // A removal, which makes room, is not to fail by it.
      return set;
    }
  }

  private static int width(byte[] set) {
    return set[0];
  }

  private static int widthOf(long value) {
    if (value == (short) value) {
      return Short.BYTES;
    }
    return value == (int) value ? Integer.BYTES : Long.BYTES;
  }

  private static long get(byte[] set, int width, int index) {
    int at = HEADER + index * width;
    return switch (width) {
      case Short.BYTES -> (short) (set[at] & 0xff | set[at + 1] << 8);
      case Integer.BYTES -> Words.getInt(set, at);
      default -> Words.getLong(set, at);
    };
  }

  private static void put(byte[] set, int width, int index, long value) {
    int at = HEADER + index * width;
    switch (width) {
      case Short.BYTES -> {
        set[at] = (byte) value;
        set[at + 1] = (byte) (value >> 8);
      }
      case Integer.BYTES -> Words.putInt(set, at, (int) value);
      default -> Words.putLong(set, at, value);
    }
  }
}
