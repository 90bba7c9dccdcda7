package io.sampo.data;

/** Lengths below 2^30, written in 1, 2 or 4 bytes. */
public final class Lengths {
  /** Lengths are smaller than this. */
  public static final int LIMIT = 1 << 30;

  private Lengths() {}

  /** How many bytes a length takes: 1 below 128, 2 below 16384, else 4. */
  public static int sizeOf(int length) {
    return length < 0x80 ? 1 : length < 0x4000 ? 2 : 4;
  }

  /** How many bytes the length at {@code at} takes. */
  public static int sizeAt(byte[] b, int at) {
    int first = b[at];
    return first >= 0 ? 1 : (first & 0x40) == 0 ? 2 : 4;
  }

  public static int get(byte[] b, int at) {
    int first = b[at];
    if (first >= 0) {
      return first;
    }
    if ((first & 0x40) == 0) {
      return (first & 0x3f) << 8 | b[at + 1] & 0xff;
    }
    return (first & 0x3f) << 24
        | (b[at + 1] & 0xff) << 16
        | (b[at + 2] & 0xff) << 8
        | b[at + 3] & 0xff;
  }

  /** Writes a length; returns where it ends. */
  public static int put(byte[] b, int at, int length) {
    if (length < 0x80) {
      b[at] = (byte) length;
      return at + 1;
    }
    if (length < 0x4000) {
      b[at] = (byte) (length >> 8 | 0x80);
      b[at + 1] = (byte) length;
      return at + 2;
    }
    b[at] = (byte) (length >> 24 | 0xc0);
    b[at + 1] = (byte) (length >> 16);
    b[at + 2] = (byte) (length >> 8);
    b[at + 3] = (byte) length;
    return at + 4;
  }
}
