package io.sampo.keyspace;

/**
 * Redis Cluster's hash slot of a key: CRC16 (XMODEM: polynomial 0x1021, start 0) of the hash tag,
 * which is what stands between the first <code>{</code> and the next <code>}</code> if that is not
 * empty, else the whole key; modulo 16384.
 */
public final class Slot {
  public static final int COUNT = 16384;

  private static final short[] TABLE = new short[256];

  static {
    for (int i = 0; i < 256; i++) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
      }
      TABLE[i] = (short) crc;
    }
  }

  private Slot() {}

  /** The slot of this key, 0 to 16383. */
  public static int of(byte[] a, int offset, int length) {
    int end = offset + length;
    for (int open = offset; open < end; open++) {
      if (a[open] == '{') {
        for (int close = open + 1; close < end; close++) {
          if (a[close] == '}') {
            return close == open + 1 ? crc(a, offset, end) : crc(a, open + 1, close);
          }
        }
        break;
      }
    }
    return crc(a, offset, end);
  }

  /** Which of {@code shards} owns the key: the slots are cut into equal runs. */
  public static int shard(byte[] a, int offset, int length, int shards) {
    return shards == 1 ? 0 : of(a, offset, length) * shards >>> 14;
  }

  private static int crc(byte[] a, int from, int to) {
    int crc = 0;
    for (int i = from; i < to; i++) {
      crc = crc << 8 ^ TABLE[(crc >>> 8 ^ a[i]) & 0xff];
    }
    return crc & COUNT - 1;
  }
}
