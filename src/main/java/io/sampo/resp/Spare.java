package io.sampo.resp;

import java.lang.ref.WeakReference;
import java.util.Arrays;

/**
 * A long array in which one request came and the next may: the collector frees what is so long only
 * when it collects the whole heap, and then it frees this one, too. For one thread.
 */
public final class Spare {
  /** Shorter ones are not worth it. */
  private static final int LEAST = 1 << 18;

  private static final int MOST = 1 << 23;
  private static final byte[] NONE = {};

  private WeakReference<byte[]> array = new WeakReference<>(NONE);

  /** An array of at least {@code length} bytes, of any contents; empty if there is none. */
  byte[] take(int length) {
    byte[] kept = array.get();
    if (length < LEAST || kept == null || kept.length < length) {
      return NONE;
    }
    array = new WeakReference<>(NONE);
    return kept;
  }

  /**
   * Takes an array that nobody uses any more, if it is long enough, and longer than what it has.
   */
  public void give(byte[] unused) {
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
