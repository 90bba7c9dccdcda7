package io.sampo.data;

import java.util.Arrays;

/**
 * Compression in the format of LibLZF, as Redis has it for strings in RDB and for nodes of lists. A
 * chunk begins with a byte c:
 *
 * <pre>
 * c &lt; 32   c + 1 bytes follow as they are
 * else     c / 32 + 2 bytes are to be repeated, those plus the next byte's value if c / 32 is 7;
 *          they begin as far before as the lower 5 bits of c and the byte behind tell, plus one
 * </pre>
 *
 * <p>An object compresses for one thread.
 */
public final class Lzf {
  /** A byte of compressed data stands for at most that many: 264 are repeated by 3. */
  public static final int MAX_RATIO = 88;

  private static final int HASH_BITS = 13;

  /** Of short strings less of the table is used, which then is likely to be in the cache. */
  private static final int SHORT_HASH_BITS = 9;

  private static final int SHORT = 512;

  /** For so many bytes that do not repeat there is one more. */
  public static final int MAX_LITERALS = 32;

  private static final int MAX_DISTANCE = 1 << 13;
  private static final int MAX_REPEAT = 264;
  private static final int SHORT_REPEAT = 9;

  /** The further nothing was found to repeat, the less closely is looked. */
  private static final int PATIENCE_BITS = 4;

  /** Where the three bytes of a hash were last seen, plus {@link #base}. */
  private final int[] seen = new int[1 << HASH_BITS];

  /** Ascends from call to call, so that what was seen in an earlier one is known to be so. */
  private int base = 1;

  /**
   * Compresses a range of bytes into at most {@code room} bytes at {@code at}; returns how many it
   * took, or 0 if that is not enough.
   */
  public int compress(byte[] a, int offset, int length, byte[] to, int at, int room) {
    if (base > Integer.MAX_VALUE - length) {
      Arrays.fill(seen, 0);
      base = 1;
    }
    int bits = length < SHORT ? SHORT_HASH_BITS : HASH_BITS;
    int shift = base - offset;
    int end = offset + length;
    int limit = at + room;
    int out = at;
    int literals = offset;
    int i = offset;
    while (i < end - 3) {
      int three = three(a, i);
      int hash = hash(three, bits);
      int before = seen[hash] - shift;
      seen[hash] = i + shift;
      if (before < offset || i - before > MAX_DISTANCE || three != three(a, before)) {
        i += 1 + (i - literals >> PATIENCE_BITS);
        continue;
      }
      int most = Math.min(end - i, MAX_REPEAT);
      int same = same(a, before, i, most);
      out = literals(a, literals, i, to, out, limit);
      if (out < 0 || limit - out < 3) {
        base += length;
        return 0;
      }
      int distance = i - before - 1;
      if (same < SHORT_REPEAT) {
        to[out++] = (byte) (same - 2 << 5 | distance >> 8);
      } else {
        to[out++] = (byte) (7 << 5 | distance >> 8);
        to[out++] = (byte) (same - SHORT_REPEAT);
      }
      to[out++] = (byte) distance;
      i += same;
      literals = i;
      if (i < end - 2) {
        seen[hash(three(a, i - 1), bits)] = i - 1 + shift;
      }
    }
    base += length;
    out = literals(a, literals, end, to, out, limit);
    return out < 0 ? 0 : out - at;
  }

  /** Three bytes, of which there is one more. */
  private static int three(byte[] a, int i) {
    return Words.getInt(a, i) & 0xffffff;
  }

  private static int hash(int three, int bits) {
    return three * 0x9e3779b1 >>> Integer.SIZE - bits;
  }

  /** How many bytes are the same in two places, of which three are. */
  private static int same(byte[] a, int i, int j, int most) {
    int same = 3;
    if (most > same && a[i + same] != a[j + same]) {
      // Where this is usual, what comes next is begun before it is known to be so.
      return same;
    }
    while (same + Long.BYTES <= most) {
      long differing = Words.getLong(a, i + same) ^ Words.getLong(a, j + same);
      if (differing != 0) {
        return same + Long.numberOfTrailingZeros(differing) / Byte.SIZE;
      }
      same += Long.BYTES;
    }
    while (same < most && a[i + same] == a[j + same]) {
      same++;
    }
    return same;
  }

  /** Writes bytes as they are; returns where they end, or -1 if there is no room. */
  private static int literals(byte[] a, int from, int end, byte[] to, int at, int limit) {
    int few = end - from;
    if (few <= MAX_LITERALS && from <= a.length - MAX_LITERALS && at < limit - MAX_LITERALS) {
      // Most are fewer than a call to copy them is worth; what is copied too much is written over.
      if (few == 0) {
        return at;
      }
      to[at] = (byte) (few - 1);
      for (int i = 0; i < few; i += Long.BYTES) {
        Words.putLong(to, at + 1 + i, Words.getLong(a, from + i));
      }
      return at + 1 + few;
    }
    int out = at;
    for (int i = from; i < end; ) {
      int run = Math.min(end - i, MAX_LITERALS);
      if (run >= limit - out) {
        return -1;
      }
      to[out++] = (byte) (run - 1);
      System.arraycopy(a, i, to, out, run);
      out += run;
      i += run;
    }
    return out;
  }

  /** Fills an array from its beginning with what was compressed; false if it is not that. */
  public static boolean decompress(byte[] a, int offset, int length, byte[] to) {
    int i = offset;
    int end = offset + length;
    int out = 0;
    while (i < end) {
      int control = a[i++] & 0xff;
      if (control < MAX_LITERALS) {
        int run = control + 1;
        if (run > end - i || run > to.length - out) {
          return false;
        }
        if (i <= a.length - MAX_LITERALS && out <= to.length - MAX_LITERALS) {
          // What is copied too much is written over by what follows.
          for (int n = 0; n < run; n += Long.BYTES) {
            Words.putLong(to, out + n, Words.getLong(a, i + n));
          }
        } else {
          System.arraycopy(a, i, to, out, run);
        }
        i += run;
        out += run;
        continue;
      }
      int run = (control >> 5) + 2;
      if (run == SHORT_REPEAT && i < end) {
        run += a[i++] & 0xff;
      }
      if (i == end) {
        return false;
      }
      int before = out - 1 - ((control & 0x1f) << 8) - (a[i++] & 0xff);
      if (before < 0 || run > to.length - out) {
        return false;
      }
      repeat(to, before, out, run);
      out += run;
    }
    return out == to.length;
  }

  /** Copies what may overlap what it becomes, and then has it several times over. */
  private static void repeat(byte[] to, int from, int at, int length) {
    int period = at - from;
    int words = period;
    while (words < Long.BYTES) {
      words += period;
    }
    boolean hasRoom = at + length <= to.length - Long.BYTES;
    int bytes = hasRoom ? Math.min(length, words - period) : length;
    int n = 0;
    for (; n < bytes; n++) {
      to[at + n] = to[from + n];
    }
    // What is written beyond is written over by what follows.
    for (; n < length; n += Long.BYTES) {
      Words.putLong(to, at + n, Words.getLong(to, at + n - words));
    }
  }
}
