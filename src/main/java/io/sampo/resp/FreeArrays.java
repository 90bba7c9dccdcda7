package io.sampo.resp;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Long arrays that have become free, to be used again: to make one takes long, and only a
 * collection of the whole heap frees it, of which all such garbage would make many. For any thread.
 */
public final class FreeArrays {
  private static final byte[] NONE = {};

  /** Weak, for a collection of the whole heap is to free what nobody has taken by then. */
  private final ConcurrentLinkedDeque<WeakReference<byte[]>> free = new ConcurrentLinkedDeque<>();

  /** The last of at least and at most so many bytes, of any contents; empty if there is none. */
  public byte[] take(int least, long most) {
    for (WeakReference<byte[]> reference : free) {
      byte[] array = reference.get();
      boolean fits = array != null && array.length >= least && array.length <= most;
      if ((array == null || fits) && free.remove(reference) && fits) {
        return array;
      }
    }
    return NONE;
  }

  /** Takes an array that nobody will ever look at again. */
  public void give(byte[] array) {
    assert spoil(array);
    try {
      free.push(new WeakReference<>(array));
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
