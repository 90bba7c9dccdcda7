package io.sampo.data.string;

import io.sampo.data.Words;
import io.sampo.resp.RespError;
import java.util.BitSet;

/**
 * Estimates how many distinct elements were added, within about 1 %, from 16384 registers of six
 * bits. It lives in a string whose bytes are Redis's own, so that either server reads the other's
 * (the format is described at the head of its hyperloglog.c):
 *
 * <pre>
 * 4 bytes  "HYLL"
 * 1 byte   the encoding of the registers: 0 dense, 1 sparse
 * 3 bytes  zero
 * 8 bytes  the last estimate, little-endian; its highest bit says that it no longer holds
 *          the registers
 * </pre>
 *
 * An element picks a register by the low 14 bits of its hash; the register keeps the longest run of
 * zeros, plus one, that the rest of such a hash began with.
 */
public final class HyperLogLog {
  public static final RespError CORRUPT = new RespError("INVALIDOBJ Corrupted HLL object detected");

  /** How many registers there are. */
  public static final int REGISTERS = 1 << 14;

  static final int HEADER = 16;
  static final int DENSE_LENGTH = HEADER + REGISTERS * 6 / 8;

  private static final int INDEX_BITS = 14;
  private static final int RUN_BITS = 64 - INDEX_BITS;
  private static final int ENCODING_AT = 4;
  private static final int ESTIMATE_AT = 8;
  private static final int STALE_AT = 15;
  private static final byte STALE = (byte) 0x80;
  private static final byte DENSE = 0;
  private static final byte SPARSE = 1;
  private static final int MAGIC = 'H' | 'Y' << 8 | 'L' << 16 | 'L' << 24;
  private static final long SEED = 0xadc83b19L;

  private HyperLogLog() {}

  /** One that nothing was added to. */
  public static RawString create() {
    byte[] bytes = new byte[HEADER + 2];
    Words.putInt(bytes, 0, MAGIC);
    bytes[ENCODING_AT] = SPARSE;
    SparseRegisters.clear(bytes, HEADER);
    return new RawString(bytes);
  }

  /** Whether a range of bytes looks like one; its registers may be corrupt all the same. */
  public static boolean is(byte[] a, int offset, int length) {
    return length >= HEADER
        && Words.getInt(a, offset) == MAGIC
        && (isSparse(a, offset) || a[offset + ENCODING_AT] == DENSE && length == DENSE_LENGTH);
  }

  /** Whether its registers are kept in the sparse encoding. */
  public static boolean isSparse(byte[] a, int offset) {
    return a[offset + ENCODING_AT] == SPARSE;
  }

  /**
   * Adds an element; the estimate that is kept stays as it is.
   *
   * @param maxSparse the bytes up to which it may stay sparse
   * @return whether this changed a register
   * @throws RespError {@link #CORRUPT}
   */
  public static boolean add(RawString hll, byte[] a, int offset, int length, int maxSparse) {
    long hash = hash(a, offset, length);
    int run = Long.numberOfTrailingZeros(hash >>> INDEX_BITS | 1L << RUN_BITS) + 1;
    return raise(hll, register(hash), run, maxSparse);
  }

  private static int register(long hash) {
    return (int) hash & REGISTERS - 1;
  }

  /** An element that is about to be added. */
  @FunctionalInterface
  public interface Coming {
    /** The hash of an element, by {@link #hash}. */
    long hash(int i);
  }

  /**
   * Makes it dense at once if so many elements will do so anyway, since they come in more registers
   * than the sparse encoding has room for: to add to that takes a walk each time.
   *
   * @param maxSparse as in {@link #add}
   */
  public static void prepare(RawString hll, int elements, Coming coming, int maxSparse) {
    int most = SparseRegisters.most(Math.max(hll.length(), maxSparse) - HEADER);
    if (elements <= most || most >= REGISTERS || !isSparse(hll.array(), 0)) {
      return;
    }
    BitSet seen = new BitSet(REGISTERS);
    int count = 0;
    for (int i = 0; i < elements; i++) {
      int register = register(coming.hash(i));
      if (!seen.get(register)) {
        seen.set(register);
        if (++count > most) {
          makeDense(hll);
          return;
        }
      }
    }
  }

  /** Makes every register at least as high as that of these, of which there is one per byte. */
  public static void raise(RawString hll, byte[] registers, int maxSparse) {
    for (int i = 0; i < REGISTERS; i++) {
      if (registers[i] > 0) {
        raise(hll, i, registers[i], maxSparse);
      }
    }
  }

  private static boolean raise(RawString hll, int register, int run, int maxSparse) {
    if (isSparse(hll.array(), 0)) {
      int done = SparseRegisters.raise(hll, HEADER, register, run, maxSparse);
      if (done != SparseRegisters.FULL) {
        return done == SparseRegisters.RAISED;
      }
      makeDense(hll);
    }
    return DenseRegisters.raise(hll.array(), HEADER, register, run);
  }

  /**
   * Turns it into the dense encoding, unless it is.
   *
   * @throws RespError {@link #CORRUPT}
   */
  public static void makeDense(RawString hll) {
    byte[] from = hll.array();
    if (!isSparse(from, 0)) {
      return;
    }
    byte[] registers = new byte[REGISTERS];
    merge(from, 0, hll.length(), registers);
    byte[] to = new byte[DENSE_LENGTH];
    System.arraycopy(from, 0, to, 0, HEADER);
    to[ENCODING_AT] = DENSE;
    for (int i = 0; i < REGISTERS; i++) {
      DenseRegisters.raise(to, HEADER, i, registers[i]);
    }
    hll.become(to);
  }

  /**
   * Raises registers, one per byte, to those of a HyperLogLog.
   *
   * @throws RespError {@link #CORRUPT}
   */
  public static void merge(byte[] a, int offset, int length, byte[] registers) {
    if (isSparse(a, offset)) {
      SparseRegisters.merge(a, offset + HEADER, offset + length, registers);
    } else {
      DenseRegisters.merge(a, offset + HEADER, registers);
    }
  }

  /** The runs of one that is sparse, for debugging. */
  public static String describe(byte[] hll) {
    return SparseRegisters.describe(hll, HEADER, hll.length);
  }

  /** Whether the estimate it keeps still holds. */
  public static boolean isFresh(byte[] a, int offset) {
    return a[offset + STALE_AT] >= 0;
  }

  /** The estimate it keeps. */
  public static long kept(byte[] a, int offset) {
    return Words.getLong(a, offset + ESTIMATE_AT);
  }

  public static void keep(byte[] a, int offset, long estimate) {
    Words.putLong(a, offset + ESTIMATE_AT, estimate);
  }

  /** Says that the estimate it keeps no longer holds. */
  public static void stale(byte[] a, int offset) {
    a[offset + STALE_AT] |= STALE;
  }

  /**
   * Estimates the number of elements anew.
   *
   * @throws RespError {@link #CORRUPT}
   */
  public static long estimate(byte[] a, int offset, int length) {
    int[] histogram = new int[64];
    if (isSparse(a, offset)) {
      SparseRegisters.count(a, offset + HEADER, offset + length, histogram);
    } else {
      for (int i = 0; i < REGISTERS; i++) {
        histogram[DenseRegisters.get(a, offset + HEADER, i)]++;
      }
    }
    return estimate(histogram);
  }

  /** The estimate that belongs to these registers, one per byte. */
  public static long estimate(byte[] registers) {
    int[] histogram = new int[64];
    for (byte register : registers) {
      histogram[register]++;
    }
    return estimate(histogram);
  }

  /** The improved estimator of Otmar Ertl, arXiv:1702.01284, algorithm 6. */
  private static long estimate(int[] histogram) {
    double m = REGISTERS;
    double z = m * tau((m - histogram[RUN_BITS + 1]) / m);
    for (int i = RUN_BITS; i >= 1; i--) {
      z = (z + histogram[i]) * 0.5;
    }
    z += m * sigma(histogram[0] / m);
    double alpha = 0.721347520444481703680;
    return Math.round(alpha * m * m / z);
  }

  private static double sigma(double share) {
    if (share == 1) {
      return Double.POSITIVE_INFINITY;
    }
    double x = share;
    double y = 1;
    double z = x;
    double before;
    do {
      x *= x;
      before = z;
      z += x * y;
      y += y;
    } while (z != before);
    return z;
  }

  private static double tau(double share) {
    if (share == 0 || share == 1) {
      return 0;
    }
    double x = share;
    double y = 1;
    double z = 1 - x;
    double before;
    do {
      x = Math.sqrt(x);
      before = z;
      y *= 0.5;
      z -= (1 - x) * (1 - x) * y;
    } while (z != before);
    return z / 3;
  }

  /** Austin Appleby's MurmurHash64A. */
  public static long hash(byte[] a, int offset, int length) {
    long m = 0xc6a4a7935bd1e995L;
    int r = 47;
    long h = SEED ^ length * m;
    int i = offset;
    int end = offset + length;
    for (; end - i >= 8; i += 8) {
      long k = Words.getLong(a, i) * m;
      k ^= k >>> r;
      h = (h ^ k * m) * m;
    }
    if (i < end) {
      for (int n = end - i - 1; n >= 0; n--) {
        h ^= (a[i + n] & 0xffL) << 8 * n;
      }
      h *= m;
    }
    h ^= h >>> r;
    h *= m;
    return h ^ h >>> r;
  }
}
