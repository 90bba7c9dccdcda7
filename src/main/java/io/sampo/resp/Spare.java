package io.sampo.resp;

import java.lang.ref.WeakReference;
import java.util.Arrays;

/**
 * The long arrays in which one request came and the next may: the collector frees what is so long
 * only when it collects the whole heap, and then it frees these, too. For one thread.
 */
public final class Spare {
  /** Shorter ones are not worth it. */
  private static final int LEAST = 1 << 18;

  private static final int MOST = 1 << 23;
  private static final int FEW = 16;
  private static final int MOST_SLICES = 1 << 19;
  private static final byte[] NONE = {};
  private static final long[] NO_SLICES = {};

  private WeakReference<byte[]> array = new WeakReference<>(NONE);
  private WeakReference<long[]> slices = new WeakReference<>(NO_SLICES);

  /** An array of at least {@code length} bytes, of any contents; empty if there is none. */
  byte[] take(int length) {
    byte[] kept = array.get();
    if (length < LEAST || kept == null || kept.length < length) {
      return NONE;
    }
    array = new WeakReference<>(NONE);
    return kept;
  }

  /** An array for the slices of a request that still lacks so many: short, or one used before. */
  long[] slices(int missing) {
    long[] kept = slices.get();
    if (missing < Frames.MANY || kept == null || kept.length <= missing) {
      return new long[FEW];
    }
    slices = new WeakReference<>(NO_SLICES);
    return kept;
  }

  /** Takes the arrays of requests that are over, if they are long and nobody took them over. */
  public void give(Frames over) {
    if (over.loan == Loan.NONE) {
      give(over.buffer);
    } else {
      over.loan.leave();
    }
    long[] kept = slices.get();
    boolean isLonger = kept == null || kept.length < over.slices.length;
    if (isLonger && over.slices.length > Frames.MANY && over.slices.length <= MOST_SLICES) {
      slices = new WeakReference<>(over.slices);
    }
  }

  /**
   * Takes an array that nobody uses any more, if it is long enough, and longer than what it has.
   */
  void give(byte[] unused) {
    if (unused.length < LEAST || unused.length > MOST) {
      return;
    }
    assert spoil(unused);
    byte[] kept = array.get();
    if (kept == null || kept.length < unused.length) {
      array = new WeakReference<>(unused);
    }
  }

  /** Shows in tests who has kept what should have been copied. */
  private static boolean spoil(byte[] unused) {
    Arrays.fill(unused, Chunk.SPOILT);
    return true;
  }
}
