package io.sampo.data;

import io.sampo.resp.FreeArrays;
import java.util.Arrays;

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

  private static final FreeArrays FREE = new FreeArrays();

  private Pages() {}

  /** A page of zeros. */
  public static byte[] take() {
    byte[] used = FREE.take(BYTES, BYTES);
    if (used.length == 0) {
      return new byte[BYTES];
    }
    Arrays.fill(used, (byte) 0);
    return used;
  }

  /** Takes an array that nobody will ever look at again, if it is a page. */
  public static void give(byte[] page) {
    if (page.length == BYTES) {
      FREE.give(page);
    }
  }
}
