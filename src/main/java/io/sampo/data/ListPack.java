package io.sampo.data;

import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import java.util.Arrays;

/**
 * Sequences of byte strings packed into one array, in Redis's listpack format (described in its
 * listpack.md), so that snapshots take them as they are; canonical integers are packed as integers.
 *
 * <pre>
 * 4 bytes  bytes in use, from the first to the end mark
 * 2 bytes  number of elements, 65535 if there are more
 *          per element: its encoding, its data, and the size of both for walking backward
 * 1 byte   the end mark, 0xff
 *          bytes to spare
 * </pre>
 *
 * A pack is a bare array, for an object around it would be a good part of a small collection.
 * Elements are named by their positions, from {@link #BEGIN} to before {@link #end}, which are
 * valid until the pack changes. What changes a pack returns it, for it may have been replaced.
 */
public final class ListPack {
  /** The position of the first element, or the end of an empty pack. */
  public static final int BEGIN = 6;

  /** No element. */
  public static final int NONE = -1;

  /** The bytes that an element takes beside its own, at most. */
  public static final int MAX_OVERHEAD = 10;

  private static final int COUNT_AT = 4;
  private static final int UNCOUNTED = 0xffff;
  private static final byte END = (byte) 0xff;
  private static final int ARRAY_HEADER = 16;

  /** Packs below this many bytes have none to spare, for there may be a great many. */
  private static final int SMALL = 256;

  /** The bytes that any pack may have to spare. */
  private static final int TOLERATED = 64;

  private ListPack() {}

  /** An empty pack. */
  public static byte[] create() {
    return create(0);
  }

  /**
   * An empty pack.
   *
   * @param bytes room for what the elements will take
   */
  public static byte[] create(int bytes) {
    byte[] pack = new byte[aligned(BEGIN + 1 + bytes)];
    pack[BEGIN] = END;
    used(pack, BEGIN + 1);
    return pack;
  }

  /** Writes a pack of elements that are encoded as in one; returns the bytes in use. */
  public static int write(byte[] pack, byte[] a, int offset, int length, int count) {
    System.arraycopy(a, offset, pack, BEGIN, length);
    pack[BEGIN + length] = END;
    used(pack, BEGIN + length + 1);
    count(pack, Math.min(count, UNCOUNTED));
    return BEGIN + length + 1;
  }

  /** A copy without bytes to spare. */
  public static byte[] copy(byte[] pack) {
    return Arrays.copyOf(pack, aligned(used(pack)));
  }

  /** The bytes in use, which are the pack's first. */
  public static int used(byte[] pack) {
    return Words.getInt(pack, 0);
  }

  /** The heap it takes. */
  public static long heapBytes(byte[] pack) {
    return ARRAY_HEADER + ((pack.length + 7L) & ~7L);
  }

  /** The number of elements. */
  public static int size(byte[] pack) {
    if (!isUncounted(pack)) {
      return counted(pack);
    }
    int size = 0;
    for (int p = BEGIN; p != end(pack); p = next(pack, p)) {
      size++;
    }
    return size;
  }

  private static boolean isUncounted(byte[] pack) {
    return counted(pack) == UNCOUNTED;
  }

  private static int counted(byte[] pack) {
    return pack[COUNT_AT] & 0xff | (pack[COUNT_AT + 1] & 0xff) << 8;
  }

  public static boolean isEmpty(byte[] pack) {
    return pack[BEGIN] == END;
  }

  // ---- walking ----

  /** The position behind the last element. */
  public static int end(byte[] pack) {
    return used(pack) - 1;
  }

  /** The position behind the element at {@code p}. */
  public static int next(byte[] pack, int p) {
    int size = PackElement.sizeAt(pack, p);
    return p + size + PackElement.backSize(size);
  }

  /** The position of the element that ends at {@code p}, which is not {@link #BEGIN}. */
  public static int previous(byte[] pack, int p) {
    int at = p - 1;
    int size = pack[at] & 0x7f;
    for (int shift = 7; pack[at] < 0; shift += 7) {
      size |= (pack[--at] & 0x7f) << shift;
    }
    return at - size;
  }

  /**
   * The position of the element at an index, which counts from the end if negative (-1 is the
   * last); {@link #NONE} if there is none.
   */
  public static int at(byte[] pack, long index) {
    int end = end(pack);
    int size = size(pack);
    if (index >= size || index < -size) {
      return NONE;
    }
    int i = (int) (index < 0 ? index + size : index);
    if (i <= size / 2) {
      int p = BEGIN;
      for (; i > 0; i--) {
        p = next(pack, p);
      }
      return p;
    }
    int p = end;
    for (; i < size; i++) {
      p = previous(pack, p);
    }
    return p;
  }

  // ---- reading an element ----

  public static boolean isInteger(byte[] pack, int p) {
    return PackElement.isInteger(pack, p);
  }

  /** The value of an element that {@link #isInteger}. */
  public static long integer(byte[] pack, int p) {
    return PackElement.integer(pack, p);
  }

  /** Where the bytes of an element that is no integer begin; see {@link #length}. */
  public static int stringAt(byte[] pack, int p) {
    return PackElement.stringAt(pack, p);
  }

  /** The length of an element as a byte string. */
  public static int length(byte[] pack, int p) {
    return isInteger(pack, p) ? Bytes.digits(integer(pack, p)) : PackElement.stringLength(pack, p);
  }

  /** A copy of an element. */
  public static byte[] bytes(byte[] pack, int p) {
    if (isInteger(pack, p)) {
      byte[] text = new byte[length(pack, p)];
      Bytes.putLong(text, 0, integer(pack, p));
      return text;
    }
    int at = stringAt(pack, p);
    return Arrays.copyOfRange(pack, at, at + PackElement.stringLength(pack, p));
  }

  /** Writes an element as a bulk string; returns the position behind it. */
  public static int bulk(byte[] pack, int p, ReplyWriter out) {
    if (isInteger(pack, p)) {
      out.bulk(integer(pack, p));
      return next(pack, p);
    }
    int from = stringAt(pack, p);
    int length = PackElement.stringLength(pack, p);
    out.bulk(pack, from, length);
    int end = from + length;
    return end + PackElement.backSize(end - p);
  }

  /** Whether an element has these bytes. */
  public static boolean equal(byte[] pack, int p, byte[] a, int offset, int length) {
    if (isInteger(pack, p)) {
      return length <= 20
          && Bytes.isLong(a, offset, length)
          && Bytes.parseLong(a, offset, length) == integer(pack, p);
    }
    return PackElement.stringLength(pack, p) == length
        && Words.equal(pack, stringAt(pack, p), a, offset, length);
  }

  /**
   * The first element with these bytes among that at {@code from} and every {@code skip + 1}th
   * behind it; {@link #NONE} if there is none.
   */
  public static int find(byte[] pack, int from, byte[] a, int offset, int length, int skip) {
    boolean integer = length <= 20 && Bytes.isLong(a, offset, length);
    long value = integer ? Bytes.parseLong(a, offset, length) : 0;
    int end = end(pack);
    for (int p = from; p != end; ) {
      if (integer
          ? isInteger(pack, p) && integer(pack, p) == value
          : !isInteger(pack, p)
              && PackElement.stringLength(pack, p) == length
              && Words.equal(pack, stringAt(pack, p), a, offset, length)) {
        return p;
      }
      for (int i = skip; i >= 0; i--) {
        p = next(pack, p);
      }
    }
    return NONE;
  }

  // ---- changing ----

  /** Adds an element behind the last. */
  public static byte[] append(byte[] pack, byte[] a, int offset, int length) {
    return insert(pack, end(pack), a, offset, length);
  }

  public static byte[] append(byte[] pack, long value) {
    return insert(pack, end(pack), value);
  }

  /** Adds an element before the one at {@code p}, or behind the last; it is at {@code p} then. */
  public static byte[] insert(byte[] pack, int p, byte[] a, int offset, int length) {
    return put(pack, p, 0, a, offset, length);
  }

  public static byte[] insert(byte[] pack, int p, long value) {
    return put(pack, p, 0, value);
  }

  /** Replaces the element at {@code p}; the new one is at {@code p} too. */
  public static byte[] replace(byte[] pack, int p, byte[] a, int offset, int length) {
    return put(pack, p, 1, a, offset, length);
  }

  public static byte[] replace(byte[] pack, int p, long value) {
    return put(pack, p, 1, value);
  }

  /** Removes an element; the next one is at {@code p} then. */
  public static byte[] delete(byte[] pack, int p) {
    return delete(pack, p, next(pack, p), 1);
  }

  /** Removes {@code count} elements from the one at {@code p} on; there must be as many. */
  public static byte[] delete(byte[] pack, int p, int count) {
    int to = p;
    for (int i = 0; i < count; i++) {
      to = next(pack, to);
    }
    return delete(pack, p, to, count);
  }

  /** Removes the {@code count} elements between two positions; the next one is at {@code p}. */
  public static byte[] delete(byte[] pack, int p, int to, int count) {
    byte[] changed = splice(pack, p, to, 0, -count);
    if (isUncounted(changed)) {
      count(changed, Math.min(size(changed), UNCOUNTED));
    }
    return changed;
  }

  private static byte[] put(byte[] pack, int p, int replaced, byte[] a, int offset, int length) {
    if (length <= 20 && Bytes.isLong(a, offset, length)) {
      return put(pack, p, replaced, Bytes.parseLong(a, offset, length));
    }
    byte[] changed = open(pack, p, replaced, PackElement.headSize(length) + length);
    PackElement.writeString(changed, p, a, offset, length);
    return changed;
  }

  private static byte[] put(byte[] pack, int p, int replaced, long value) {
    byte[] changed = open(pack, p, replaced, PackElement.integerSize(value));
    PackElement.writeInteger(changed, p, value);
    return changed;
  }

  /** Makes room at {@code p} for an element of this size, in place of the one there or before. */
  private static byte[] open(byte[] pack, int p, int replaced, int size) {
    int to = replaced == 0 ? p : next(pack, p);
    int room = size + PackElement.backSize(size);
    boolean fits = replaced != 0 && to - p == room;
    return fits ? pack : splice(pack, p, to, room, 1 - replaced);
  }

  /** Replaces what is between two positions by {@code room} bytes. */
  private static byte[] splice(byte[] pack, int p, int to, int room, int more) {
    int used = used(pack);
    long wanted = (long) used - (to - p) + room;
    byte[] changed = pack;
    // Room that is made in advance is not to be given back by what is to be put there.
    boolean isShrinking = room < to - p;
    if (wanted > pack.length || isShrinking && pack.length - wanted > wanted / 2 + TOLERATED) {
      changed = another(pack, wanted);
      System.arraycopy(pack, 0, changed, 0, p);
    }
    System.arraycopy(pack, to, changed, p + room, used - to);
    used(changed, (int) wanted);
    if (!isUncounted(changed)) {
      count(changed, Math.min(counted(changed) + more, UNCOUNTED));
    }
    return changed;
  }

  /** An array for so much; the same one if there is no heap for a smaller one. */
  private static byte[] another(byte[] pack, long wanted) {
    try {
      return new byte[capacity(wanted)];
    } catch (OutOfMemoryError full) {
      if (wanted > pack.length) {
        throw full;
      }
      // A removal, which makes room, is not to fail by it.
      return pack;
    }
  }

  private static void count(byte[] pack, int size) {
    pack[COUNT_AT] = (byte) size;
    pack[COUNT_AT + 1] = (byte) (size >> 8);
  }

  private static void used(byte[] pack, int used) {
    Words.putInt(pack, 0, used);
  }

  /**
   * Makes room at the end of a pack that will be appended to often: {@code more} bytes at least, if
   * they are few beside what it holds.
   */
  public static byte[] reserve(byte[] pack, int more) {
    int used = used(pack);
    int roomy = used / 3;
    if (pack.length - used >= more || more > roomy || used > Integer.MAX_VALUE / 2) {
      return pack;
    }
    return Arrays.copyOf(pack, aligned(used + roomy));
  }

  /** A pack with the same elements that takes so many more bytes without taking heap. */
  public static byte[] roomy(byte[] pack, int more) {
    long wanted = (long) used(pack) + more;
    return wanted <= pack.length ? pack : Arrays.copyOf(pack, capacity(wanted));
  }

  /** Room for {@code used} bytes, and for a little more unless they are few. */
  private static int capacity(long used) {
    long roomy = used < SMALL ? used : used + (used >>> 4);
    if (roomy > Integer.MAX_VALUE - 16) {
      throw new OutOfMemoryError("a listpack of more than 2 GiB");
    }
    return aligned((int) roomy);
  }

  /** Arrays are rounded up to 8 bytes anyway. */
  private static int aligned(int bytes) {
    return (bytes + 7) & ~7;
  }
}
