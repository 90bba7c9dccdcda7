package io.sampo.data;

/**
 * Pages are the arrays that big values are made of. The collector puts an array of this length into
 * the old generation at once (option {@code PretenureSizeThreshold}), where bytes are neither
 * copied nor scanned; so a value grows to millions of elements without a pause. But what the old
 * generation holds is only freed when all of the heap is collected: a page is used again by its
 * value rather than replaced, and what is soon forgotten is shorter than a page.
 */
public final class Pages {
  /** The length of a page. */
  public static final int BYTES = 1 << 19;

  private Pages() {}
}
