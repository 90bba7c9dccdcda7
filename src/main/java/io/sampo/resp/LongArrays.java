package io.sampo.resp;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * The arrays that long requests came in, to be used again: an array so long takes milliseconds to
 * be made, and only a collection of the whole heap frees it, of which all such garbage would make
 * many. For any thread.
 */
final class LongArrays {
  /** Shorter ones are not worth it. */
  private static final int LEAST = 1 << 19;

  /** How much longer an array may be than what is asked for: an eighth of that. */
  private static final int SPARE_SHIFT = 3;

  private static final byte[] NONE = {};

  /** Weak, for a collection of the whole heap is to free what nobody has taken by then. */
  private static final ConcurrentLinkedDeque<WeakReference<byte[]>> FREE =
      new ConcurrentLinkedDeque<>();

  private LongArrays() {}

  /** One of about so many bytes, of any contents; empty if there is none. */
  static byte[] take(int length) {
    for (WeakReference<byte[]> free : FREE) {
      byte[] array = free.get();
      boolean fits =
          array != null
              && array.length >= length
              && array.length <= (long) length + (length >> SPARE_SHIFT);
      if ((array == null || fits) && FREE.remove(free) && fits) {
        return array;
      }
    }
    return NONE;
  }

  /** Takes an array that nobody will ever look at again, if it is long. */
  static void give(byte[] array) {
    if (array.length < LEAST) {
      return;
    }
    assert spoil(array);
    try {
      FREE.push(new WeakReference<>(array));
    } catch (OutOfMemoryError full) {
      // Then it is left to the collector. Who gives is not to fail by it.
    }
  }

  /** Shows in tests who looks at it all the same. */
  private static boolean spoil(byte[] array) {
    Arrays.fill(array, Chunk.SPOILT);
    return true;
  }
}
