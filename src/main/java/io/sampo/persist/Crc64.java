package io.sampo.persist;

import io.sampo.data.Words;

/**
 * The checksum of RDB files and of DUMP payloads: CRC-64 of Jones's polynomial, bits reflected,
 * beginning with 0. Sixteen bytes are taken at a time, by a table for each (Kounavis and Berry,
 * 2005).
 */
public final class Crc64 {
  /** 0xad93d23594c935a9, its bits reversed. */
  private static final long POLYNOMIAL = 0x95ac9329ac4bc9b5L;

  private static final int STEP = 16;

  /** The tables one behind the other, the first for the last byte. */
  private static final long[] TABLES = new long[STEP * 256];

  static {
    for (int i = 0; i < 256; i++) {
      long crc = i;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : POLYNOMIAL);
      }
      TABLES[i] = crc;
    }
    for (int i = 256; i < TABLES.length; i++) {
      long before = TABLES[i - 256];
      TABLES[i] = before >>> 8 ^ TABLES[(int) before & 0xff];
    }
  }

  private Crc64() {}

  /** The checksum of what {@code crc} is that of, followed by these bytes; 0 is that of nothing. */
  public static long update(long crc, byte[] a, int offset, int length) {
    long sum = crc;
    int i = offset;
    int end = offset + length;
    for (; end - i >= STEP; i += STEP) {
      sum = folded(sum ^ Words.getLong(a, i), 8 << 8) ^ folded(Words.getLong(a, i + 8), 0);
    }
    for (; i < end; i++) {
      sum = sum >>> 8 ^ TABLES[(int) (sum ^ a[i]) & 0xff];
    }
    return sum;
  }

  /** What eight bytes become by the tables from {@code last} on, which is the last byte's. */
  private static long folded(long x, int last) {
    return TABLES[last + 0x700 + ((int) x & 0xff)]
        ^ TABLES[last + 0x600 + ((int) (x >>> 8) & 0xff)]
        ^ TABLES[last + 0x500 + ((int) (x >>> 16) & 0xff)]
        ^ TABLES[last + 0x400 + ((int) (x >>> 24) & 0xff)]
        ^ TABLES[last + 0x300 + ((int) (x >>> 32) & 0xff)]
        ^ TABLES[last + 0x200 + ((int) (x >>> 40) & 0xff)]
        ^ TABLES[last + 0x100 + ((int) (x >>> 48) & 0xff)]
        ^ TABLES[last + (int) (x >>> 56)];
  }
}
