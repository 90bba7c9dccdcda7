package io.sampo.persist;

import io.sampo.data.ListPack;
import io.sampo.data.Words;
import java.util.Arrays;

/**
 * The compact formats of Redis before 7.0, turned into {@link ListPack}s. A ziplist:
 *
 * <pre>
 * 4 bytes  bytes in all, 4 bytes where the last element is, 2 bytes number of elements
 *          per element: the size of the one before (1 byte, or 254 and 4 bytes), its encoding, data
 * 1 byte   the end mark, 255
 * </pre>
 *
 * And a zipmap, which Redis 2.4 had:
 *
 * <pre>
 * 1 byte   number of pairs, 254 if there are more
 *          per pair: the key's length (1 byte, or 254 and 4 bytes), the key, the value's length,
 *          1 byte that says how many bytes to spare are behind the value, the value, those bytes
 * 1 byte   the end mark, 255
 * </pre>
 */
final class Ziplists {
  private static final int HEADER = 10;
  private static final int UNCOUNTED = 0xffff;
  private static final int LONG = 254;
  private static final int END = 255;

  private final byte[] b;
  private final int end;
  private int at;
  private byte[] pack;

  private Ziplists(byte[] b, int begin) {
    this.b = b;
    this.at = begin;
    this.end = b.length - 1;
    this.pack = ListPack.create(b.length);
  }

  /** A pack of the elements of a ziplist that takes all of an array. */
  static byte[] ofZiplist(byte[] b) throws RdbException {
    if (b.length <= HEADER || Words.getInt(b, 0) != b.length || (b[b.length - 1] & 0xff) != END) {
      throw broken("Ziplist");
    }
    return new Ziplists(b, HEADER).elements();
  }

  /** A pack of the keys and values of a zipmap that takes all of an array. */
  static byte[] ofZipmap(byte[] b) throws RdbException {
    if (b.length < 2 || (b[b.length - 1] & 0xff) != END) {
      throw broken("Zipmap");
    }
    return new Ziplists(b, 1).pairs();
  }

  private static RdbException broken(String what) {
    return new RdbException(what + " integrity check failed");
  }

  private byte[] elements() throws RdbException {
    int count = 0;
    int size = 0;
    int last = at;
    for (; at < end; count++) {
      last = at;
      if (lengthBefore() != size) {
        throw broken("Ziplist");
      }
      element();
      size = at - last;
    }
    int counted = b[8] & 0xff | (b[9] & 0xff) << 8;
    if (counted != count && counted != UNCOUNTED || Words.getInt(b, 4) != last) {
      throw broken("Ziplist");
    }
    return ListPack.copy(pack);
  }

  private void element() throws RdbException {
    int first = octet();
    switch (first >> 6) {
      case 0 -> text(first & 0x3f);
      case 1 -> text((first & 0x3f) << 8 | octet());
      case 2 -> {
        if (first != 0x80) {
          throw broken("Ziplist");
        }
        text(Integer.toUnsignedLong(Integer.reverseBytes((int) integer(4))));
      }
      default -> number(first);
    }
  }

  private void number(int first) throws RdbException {
    long value =
        switch (first) {
          case 0xc0 -> integer(2);
          case 0xd0 -> integer(4);
          case 0xe0 -> integer(8);
          case 0xf0 -> integer(3);
          case 0xfe -> integer(1);
          default -> {
            if (first <= 0xf0 || first >= 0xfe) {
              throw broken("Ziplist");
            }
            yield first - 0xf1;
          }
        };
    pack = ListPack.append(pack, value);
  }

  private byte[] pairs() throws RdbException {
    while (at < end) {
      text(lengthBefore());
      long value = lengthBefore();
      int spare = octet();
      text(value);
      take(spare);
    }
    int counted = b[0] & 0xff;
    if (counted < LONG && counted != ListPack.size(pack) / 2) {
      throw broken("Zipmap");
    }
    return ListPack.copy(pack);
  }

  /** A length of 1 byte, or of 4 behind one that says so. */
  private long lengthBefore() throws RdbException {
    int first = octet();
    if (first == END) {
      throw broken("Ziplist");
    }
    return first < LONG ? first : Integer.toUnsignedLong((int) integer(4));
  }

  private void text(long length) throws RdbException {
    int from = take(length);
    pack = ListPack.append(pack, b, from, (int) length);
  }

  private int octet() throws RdbException {
    return b[take(1)] & 0xff;
  }

  /** A signed integer of so many bytes, the lowest first. */
  private long integer(int bytes) throws RdbException {
    int from = take(bytes);
    byte[] word = Arrays.copyOfRange(b, from, from + Long.BYTES);
    int shift = Long.SIZE - bytes * Byte.SIZE;
    return Words.getLong(word, 0) << shift >> shift;
  }

  /** Passes so many bytes; returns where they begin. */
  private int take(long bytes) throws RdbException {
    if (bytes > end - at) {
      throw broken("Ziplist");
    }
    int from = at;
    at += (int) bytes;
    return from;
  }
}
