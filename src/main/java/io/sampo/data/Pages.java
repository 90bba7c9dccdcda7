package io.sampo.data;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Pages are the arrays that big values are made of. The collector puts an array of this length into
 * the old generation at once (option {@code PretenureSizeThreshold}), where bytes are neither
 * copied nor scanned; so a value grows to millions of elements without a pause. But what the old
 * generation holds is only freed when all of the heap is collected. So pages that have become free
 * are used again until then, and what is soon forgotten is shorter than a page. For any thread.
 */
public final class Pages {
  /** The length of a page. */
  public static final int BYTES = 1 << 19;

  /** Weak, for a collection of the whole heap is to free what nobody has taken by then. */
  private static final ConcurrentLinkedDeque<WeakReference<byte[]>> FREE =
      new ConcurrentLinkedDeque<>();

  private Pages() {}

  /** A page of zeros. */
  public static byte[] take() {
    for (WeakReference<byte[]> free = FREE.poll(); free != null; free = FREE.poll()) {
      byte[] page = free.get();
      if (page != null) {
        Arrays.fill(page, (byte) 0);
        return page;
      }
    }
    return new byte[BYTES];
  }

  /** Takes an array that nobody will ever look at again, if it is a page. */
  public static void give(byte[] page) {
    if (page.length != BYTES) {
      return;
    }
    assert spoil(page);
    try {
      FREE.push(new WeakReference<>(page));
    } catch (OutOfMemoryError full) {
      // Then it is left to the collector. Who gives is not to fail by it.
    }
  }

  /** Shows in tests who looks at it all the same. */
  private static boolean spoil(byte[] page) {
    Arrays.fill(page, (byte) 0xdb);
    return true;
  }
}
