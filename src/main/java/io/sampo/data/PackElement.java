package io.sampo.data;

import io.sampo.resp.Bytes;

/**
 * One element of a {@link ListPack}: its encoding, its data, and the size of both for walking
 * backward.
 */
public final class PackElement {
  /** The first byte of what is longer than a type and a few bits. */
  private static final int STRING_32 = 0xf0;

  private static final int INT_16 = 0xf1;
  private static final int INT_24 = 0xf2;
  private static final int INT_32 = 0xf3;
  private static final int INT_64 = 0xf4;

  private PackElement() {}

  // ---- reading ----

  public static boolean isInteger(byte[] pack, int p) {
    int first = pack[p];
    return first >= 0 || (first & 0xe0) == 0xc0 || (first & 0xff) > STRING_32;
  }

  /** The value of an element that {@link #isInteger}. */
  public static long integer(byte[] pack, int p) {
    int first = pack[p];
    if (first >= 0) {
      return first;
    }
    return switch (first & 0xff) {
      case INT_16 -> (short) (pack[p + 1] & 0xff | pack[p + 2] << 8);
      case INT_24 -> pack[p + 1] & 0xff | (pack[p + 2] & 0xff) << 8 | pack[p + 3] << 16;
      case INT_32 -> Words.getInt(pack, p + 1);
      case INT_64 -> Words.getLong(pack, p + 1);
      default -> (first << 27 | (pack[p + 1] & 0xff) << 19) >> 19;
    };
  }

  /** Where the bytes of an element that is no integer begin; see {@link #stringLength}. */
  static int stringAt(byte[] pack, int p) {
    int first = pack[p] & 0xff;
    return first < 0xc0 ? p + 1 : first < STRING_32 ? p + 2 : p + 5;
  }

  static int stringLength(byte[] pack, int p) {
    int first = pack[p] & 0xff;
    if (first < 0xc0) {
      return first & 0x3f;
    }
    return first < STRING_32 ? (first & 0xf) << 8 | pack[p + 1] & 0xff : Words.getInt(pack, p + 1);
  }

  /** The size of encoding and data. */
  public static int sizeAt(byte[] pack, int p) {
    int first = pack[p];
    if (first >= 0) {
      return 1;
    }
    if ((first & 0x40) == 0) {
      return 1 + (first & 0x3f);
    }
    if ((first & 0x20) == 0) {
      return 2;
    }
    if ((first & 0x10) == 0) {
      return 2 + ((first & 0xf) << 8 | pack[p + 1] & 0xff);
    }
    return switch (first & 0xff) {
      case STRING_32 -> 5 + Words.getInt(pack, p + 1);
      case INT_16 -> 3;
      case INT_24 -> 4;
      case INT_32 -> 5;
      default -> 9;
    };
  }

  // ---- writing ----

  /** The bytes that an element takes, all in all. */
  public static int sizeOf(byte[] a, int offset, int length) {
    int size =
        length <= 20 && Bytes.isLong(a, offset, length)
            ? integerSize(Bytes.parseLong(a, offset, length))
            : headSize(length) + length;
    return size + backSize(size);
  }

  /** The bytes that a number takes, all in all. */
  public static int sizeOf(long value) {
    int size = integerSize(value);
    return size + backSize(size);
  }

  /** Writes an element; {@link #sizeOf} tells the room it needs. */
  public static void write(byte[] to, int p, byte[] a, int offset, int length) {
    if (length <= 20 && Bytes.isLong(a, offset, length)) {
      writeInteger(to, p, Bytes.parseLong(a, offset, length));
    } else {
      writeString(to, p, a, offset, length);
    }
  }

  static int headSize(int length) {
    return length < 64 ? 1 : length < 4096 ? 2 : 5;
  }

  public static void writeString(byte[] b, int p, byte[] a, int offset, int length) {
    int head = headSize(length);
    if (head == 1) {
      b[p] = (byte) (0x80 | length);
    } else if (head == 2) {
      b[p] = (byte) (0xe0 | length >> 8);
      b[p + 1] = (byte) length;
    } else {
      b[p] = (byte) STRING_32;
      Words.putInt(b, p + 1, length);
    }
    System.arraycopy(a, offset, b, p + head, length);
    putBackSize(b, p + head + length, head + length);
  }

  public static void writeInteger(byte[] b, int p, long value) {
    int size = integerSize(value);
    int v = (int) value;
    switch (size) {
      case 1 -> b[p] = (byte) v;
      case 2 -> {
        b[p] = (byte) (0xc0 | v >> 8 & 0x1f);
        b[p + 1] = (byte) v;
      }
      case 3 -> {
        b[p] = (byte) INT_16;
        b[p + 1] = (byte) v;
        b[p + 2] = (byte) (v >> 8);
      }
      case 4 -> {
        b[p] = (byte) INT_24;
        b[p + 1] = (byte) v;
        b[p + 2] = (byte) (v >> 8);
        b[p + 3] = (byte) (v >> 16);
      }
      case 5 -> {
        b[p] = (byte) INT_32;
        Words.putInt(b, p + 1, v);
      }
      default -> {
        b[p] = (byte) INT_64;
        Words.putLong(b, p + 1, value);
      }
    }
    putBackSize(b, p + size, size);
  }

  static int integerSize(long value) {
    if (value >= 0 && value < 128) {
      return 1;
    }
    long magnitude = value < 0 ? ~value : value;
    return magnitude < 1 << 12
        ? 2
        : magnitude < 1 << 15 ? 3 : magnitude < 1 << 23 ? 4 : magnitude < 1L << 31 ? 5 : 9;
  }

  // ---- the size, for walking backward ----

  /** The bytes of a size in front of the next element; Redis takes one more just below a limit. */
  static int backSize(int size) {
    return size < 1 << 7
        ? 1
        : size < (1 << 14) - 1 ? 2 : size < (1 << 21) - 1 ? 3 : size < (1 << 28) - 1 ? 4 : 5;
  }

  /** Writes a size so that it can be read backward: the last byte holds its lowest seven bits. */
  static void putBackSize(byte[] pack, int at, int size) {
    int i = at + backSize(size);
    int rest = size;
    while (--i > at) {
      pack[i] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    pack[at] = (byte) rest;
  }
}
