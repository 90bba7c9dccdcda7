package io.sampo.persist;

import io.sampo.data.Words;

/**
 * The checksum of RDB files and of DUMP payloads: CRC-64 of Jones's polynomial, bits reflected,
 * beginning with 0. Eight bytes are taken at a time, by a table for each (Kounavis and Berry,
 * 2005).
 */
public final class Crc64 {
  /** 0xad93d23594c935a9, its bits reversed. */
  private static final long POLYNOMIAL = 0x95ac9329ac4bc9b5L;

  private static final int STEP = 8;
  private static final long[][] TABLES = new long[STEP][256];

  static {
    for (int i = 0; i < 256; i++) {
      long crc = i;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : POLYNOMIAL);
      }
      TABLES[0][i] = crc;
    }
    for (int t = 1; t < STEP; t++) {
      for (int i = 0; i < 256; i++) {
        long before = TABLES[t - 1][i];
        TABLES[t][i] = before >>> 8 ^ TABLES[0][(int) before & 0xff];
      }
    }
  }

  private Crc64() {}

  /** The checksum of what {@code crc} is that of, followed by these bytes; 0 is that of nothing. */
  public static long update(long crc, byte[] a, int offset, int length) {
    long sum = crc;
    int i = offset;
    int end = offset + length;
    for (; end - i >= STEP; i += STEP) {
      long x = sum ^ Words.getLong(a, i);
      sum =
          TABLES[7][(int) x & 0xff]
              ^ TABLES[6][(int) (x >>> 8) & 0xff]
              ^ TABLES[5][(int) (x >>> 16) & 0xff]
              ^ TABLES[4][(int) (x >>> 24) & 0xff]
              ^ TABLES[3][(int) (x >>> 32) & 0xff]
              ^ TABLES[2][(int) (x >>> 40) & 0xff]
              ^ TABLES[1][(int) (x >>> 48) & 0xff]
              ^ TABLES[0][(int) (x >>> 56)];
    }
    for (; i < end; i++) {
      sum = sum >>> 8 ^ TABLES[0][(int) (sum ^ a[i]) & 0xff];
    }
    return sum;
  }
}
