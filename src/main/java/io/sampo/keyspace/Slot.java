package io.sampo.keyspace;

import io.sampo.data.Words;

/**
 * Redis Cluster's hash slot of a key: CRC16 (XMODEM: polynomial 0x1021, start 0) of the hash tag,
 * which is what stands between the first <code>{</code> and the next <code>}</code> if that is not
 * empty, else the whole key; modulo 16384.
 */
public final class Slot {
  public static final int COUNT = 16384;

  private static final long OPENINGS = 0x7b7b7b7b7b7b7b7bL;
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  /** The CRC of each byte with 0 to 7 zero bytes behind it, for eight bytes at a time. */
  private static final char[] TABLE = new char[8 * 256];

  static {
    for (int i = 0; i < 256; i++) {
      int crc = i << 8;
      for (int zeros = 0; zeros < 8; zeros++) {
        for (int bit = 0; bit < 8; bit++) {
          crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
        }
        TABLE[zeros * 256 + i] = (char) crc;
      }
    }
  }

  private Slot() {}

  /** The slot of this key, 0 to 16383. */
  public static int of(byte[] a, int offset, int length) {
    int end = offset + length;
    int open = opening(a, offset, end);
    if (open < end) {
      for (int close = open + 1; close < end; close++) {
        if (a[close] == '}') {
          return close == open + 1 ? crc(a, offset, end) : crc(a, open + 1, close);
        }
      }
    }
    return crc(a, offset, end);
  }

  /** Which of {@code shards} owns the key: the slots are cut into equal runs. */
  public static int shard(byte[] a, int offset, int length, int shards) {
    return shards == 1 ? 0 : of(a, offset, length) * shards >>> 14;
  }

  /** Where the first <code>{</code> is, or {@code to}; most keys have none. */
  private static int opening(byte[] a, int from, int to) {
    int i = from;
    for (; i + 8 <= to; i += 8) {
      long differences = Words.getLong(a, i) ^ OPENINGS;
      if ((differences - ONES & ~differences & HIGHS) != 0) {
        break;
      }
    }
    while (i < to && a[i] != '{') {
      i++;
    }
    return i;
  }

  private static int crc(byte[] a, int from, int to) {
    int crc = 0;
    int i = from;
    for (; i + 8 <= to; i += 8) {
      crc =
          TABLE[7 * 256 + ((crc >>> 8 ^ a[i]) & 0xff)]
              ^ TABLE[6 * 256 + ((crc ^ a[i + 1]) & 0xff)]
              ^ TABLE[5 * 256 + (a[i + 2] & 0xff)]
              ^ TABLE[4 * 256 + (a[i + 3] & 0xff)]
              ^ TABLE[3 * 256 + (a[i + 4] & 0xff)]
              ^ TABLE[2 * 256 + (a[i + 5] & 0xff)]
              ^ TABLE[256 + (a[i + 6] & 0xff)]
              ^ TABLE[a[i + 7] & 0xff];
    }
    for (; i < to; i++) {
      crc = (crc << 8 ^ TABLE[(crc >>> 8 ^ a[i]) & 0xff]) & 0xffff;
    }
    return crc & COUNT - 1;
  }
}
