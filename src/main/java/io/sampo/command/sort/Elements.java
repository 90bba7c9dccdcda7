package io.sampo.command.sort;

import io.sampo.data.Words;
import io.sampo.resp.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A great many byte strings in a few big arrays, each behind its length. */
final class Elements {
  private static final int MIN_CHUNK = 1 << 12;
  private static final int MAX_CHUNK = 1 << 18;
  private static final int MAX_DIGITS = 20;

  /** The length of what does not exist, see {@link SortPattern#NONE}. */
  private static final int NONE = -1;

  private final List<byte[]> chunks = new ArrayList<>();
  private byte[] last = new byte[0];
  private int end;

  /** The chunk of each in the upper half, where it stands within in the lower. */
  private long[] places;

  private int size;

  /**
   * @param expected how many are to come
   */
  Elements(int expected) {
    places = new long[expected];
  }

  int size() {
    return size;
  }

  void add(byte[] a, int offset, int length) {
    byte[] to = room(length);
    Words.putInt(to, end, length);
    System.arraycopy(a, offset, to, end + Integer.BYTES, length);
    end += Integer.BYTES + length;
  }

  /** Adds the decimal text of a number. */
  void add(long value) {
    byte[] to = room(MAX_DIGITS);
    int behind = Bytes.putLong(to, end + Integer.BYTES, value);
    Words.putInt(to, end, behind - end - Integer.BYTES);
    end = behind;
  }

  /** Adds what a pattern refers to, which may be nothing. */
  void addValue(byte[] value) {
    if (value == SortPattern.NONE) {
      Words.putInt(room(0), end, NONE);
      end += Integer.BYTES;
    } else {
      add(value, 0, value.length);
    }
  }

  private byte[] room(int length) {
    int more = Integer.BYTES + length;
    if (more > last.length - end) {
      int usual = Math.max(MIN_CHUNK, Math.min(MAX_CHUNK, 2 * last.length));
      last = new byte[Math.max(more, usual)];
      chunks.add(last);
      end = 0;
    }
    if (size == places.length) {
      places = Arrays.copyOf(places, Math.max(MIN_CHUNK, 2 * size));
    }
    places[size++] = (long) (chunks.size() - 1) << Integer.SIZE | end;
    return last;
  }

  /** The array that holds an element, from {@link #offset} on. */
  byte[] array(int i) {
    return chunks.get((int) (places[i] >>> Integer.SIZE));
  }

  int offset(int i) {
    return (int) places[i] + Integer.BYTES;
  }

  int length(int i) {
    return Math.max(0, Words.getInt(array(i), (int) places[i]));
  }

  boolean exists(int i) {
    return Words.getInt(array(i), (int) places[i]) != NONE;
  }

  /** A copy of an element. */
  byte[] get(int i) {
    int offset = offset(i);
    return Arrays.copyOfRange(array(i), offset, offset + length(i));
  }

  /** Compares two by their bytes, what does not exist before all others. */
  int compare(int one, int other) {
    int offset = offset(one);
    int otherOffset = offset(other);
    int order =
        Arrays.compareUnsigned(
            array(one),
            offset,
            offset + length(one),
            array(other),
            otherOffset,
            otherOffset + length(other));
    return order != 0 ? order : Boolean.compare(exists(one), exists(other));
  }

  /**
   * A number for each, in the order of {@link #compare} but for ties: the eight bytes behind those
   * that all of them begin with.
   */
  long[] keys() {
    int same = commonLength();
    long[] keys = new long[size];
    for (int i = 0; i < size; i++) {
      byte[] a = array(i);
      int at = offset(i) + same;
      int left = length(i) - same;
      if (left >= Long.BYTES) {
        keys[i] = Long.reverseBytes(Words.getLong(a, at));
      } else {
        long key = 0;
        for (int n = 0; n < left; n++) {
          key |= (a[at + n] & 0xffL) << Long.SIZE - Byte.SIZE * (n + 1);
        }
        keys[i] = key;
      }
    }
    return keys;
  }

  /** How many bytes they have in common at their beginnings, those which exist. */
  private int commonLength() {
    int first = 0;
    while (first < size && !exists(first)) {
      first++;
    }
    int same = first < size ? length(first) : 0;
    for (int i = first + 1; i < size && same > 0; i++) {
      if (exists(i)) {
        int at = offset(first);
        int other = offset(i);
        int most = Math.min(same, length(i));
        int differing = Arrays.mismatch(array(first), at, at + most, array(i), other, other + most);
        same = differing < 0 ? most : differing;
      }
    }
    return same;
  }
}
