package io.sampo.data;

import java.util.Arrays;

/**
 * Hashes of what is to be removed from a {@link ByteTable}, some thousands at a time. They come
 * into its order, so that a bucket is gone through once, while the processor's cache has it. Made
 * before anything is changed, for it takes heap.
 */
public final class HashBatch {
  private static final int MOST = 1 << 15;

  /** About so many hashes are not told apart, and so are in no order. */
  private static final int ALIKE_BITS = 2;

  private final int[] hashes;
  private final int[] ordered;

  /** Where hashes with the same leading bits go. */
  private final int[] places;

  private final int shift;
  private int size;

  /** For so many hashes, or as many as are worth it. */
  public HashBatch(int wanted) {
    int most = Math.min(wanted, MOST);
    hashes = new int[most];
    ordered = new int[most];
    int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(most) - ALIKE_BITS);
    shift = Integer.SIZE - bits;
    places = new int[1 << bits];
  }

  /** Whether no more fit. */
  public boolean isFull() {
    return size == hashes.length;
  }

  void add(long hash) {
    hashes[size++] = (int) hash;
  }

  /** Puts them into order; returns how many there are. */
  int order() {
    Arrays.fill(places, 0);
    for (int i = 0; i < size; i++) {
      places[hashes[i] >>> shift]++;
    }
    int next = 0;
    for (int i = 0; i < places.length; i++) {
      int here = places[i];
      places[i] = next;
      next += here;
    }
    for (int i = 0; i < size; i++) {
      ordered[places[hashes[i] >>> shift]++] = hashes[i];
    }
    return size;
  }

  /** The one at an index, in order. */
  long get(int i) {
    return Integer.toUnsignedLong(ordered[i]);
  }

  void clear() {
    size = 0;
  }
}
