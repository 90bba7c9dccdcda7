package io.sampo.keyspace;

import io.sampo.data.KeyHash;
import java.util.SplittableRandom;

/** Counts the entries with an expiry, overall, per segment and per 256th of the hash space. */
final class Volatiles {
  private static final int BLOCK_BITS = 8;
  private static final int BLOCKS = 1 << BLOCK_BITS;
  private static final int BLOCK_SHIFT = KeyHash.BITS - BLOCK_BITS;

  // Exact sums of the upper and the lower halves of all expiries, for the average.
  private long upper;
  private long lower;
  private int size;
  private int[] blocks = {};

  int size() {
    return size;
  }

  /** Has {@link #add} need no heap. */
  void reserve() {
    if (blocks.length == 0) {
      blocks = new int[BLOCKS];
    }
  }

  void add(Segment segment, long hash, long expiry) {
    blocks[(int) (hash >>> BLOCK_SHIFT)]++;
    segment.volatiles++;
    segment.nextExpiry = Math.min(segment.nextExpiry, expiry);
    upper += expiry >> 32;
    lower += expiry & 0xffffffffL;
    size++;
  }

  void remove(Segment segment, long hash, long expiry) {
    blocks[(int) (hash >>> BLOCK_SHIFT)]--;
    segment.volatiles--;
    upper -= expiry >> 32;
    lower -= expiry & 0xffffffffL;
    size--;
  }

  long averageTtl(long now) {
    return size == 0 ? 0 : Math.max(0, (long) ((upper * 0x1p32 + lower) / size - now));
  }

  /** A random hash from which on an entry with an expiry is near; there must be one. */
  long start(SplittableRandom random) {
    int block = random.nextInt(BLOCKS);
    if (blocks[block] > 0) {
      return (long) block << BLOCK_SHIFT | random.nextLong(1L << BLOCK_SHIFT);
    }
    while (blocks[block] == 0) {
      block = (block + 1) % BLOCKS;
    }
    return (long) block << BLOCK_SHIFT;
  }
}
