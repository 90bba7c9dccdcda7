package io.sampo.cluster;

import java.util.Arrays;

/** Numbers of which each is that of another voter. */
final class Tally {
  private long[] values = new long[8];
  private int size;

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  /**
   * The highest value that a majority of the voters has at least; or another one, if there are too
   * few.
   */
  long majority(Setup setup, long none) {
    Arrays.sort(values, 0, size);
    return size < setup.majority() ? none : values[size - setup.majority()];
  }
}
