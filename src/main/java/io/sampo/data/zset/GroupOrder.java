package io.sampo.data.zset;

import io.sampo.data.Words;
import java.util.Arrays;

/**
 * The groups of a {@link ScorePage} in their order: which one it is, how many elements it has, and
 * the score of its first. So the search for a group seldom has to look into the page.
 */
final class GroupOrder {
  /** How many elements a group has at most. */
  static final int SLOTS = 64;

  private static final int OBJECT_BYTES = 32;
  private static final int ARRAY_HEADER = 16;
  private static final int FIRST = 4;

  /** How many counts are added up at a time. */
  private static final int BLOCK = 8;

  private static final long EVERY_OTHER = 0x00ff_00ff_00ff_00ffL;
  private static final long EACH = 0x0001_0001_0001_0001L;

  private short[] numbers;

  /** As long as it takes for there to be whole blocks. */
  private byte[] counts;

  private double[] firsts;
  private int size;

  GroupOrder() {
    numbers = new short[FIRST];
    counts = new byte[blocks(FIRST)];
    firsts = new double[FIRST];
  }

  private GroupOrder(GroupOrder other) {
    numbers = other.numbers.clone();
    counts = other.counts.clone();
    firsts = other.firsts.clone();
    size = other.size;
  }

  GroupOrder copy() {
    return new GroupOrder(this);
  }

  /** The heap it takes. */
  long heapBytes() {
    int n = numbers.length;
    return OBJECT_BYTES
        + 3 * ARRAY_HEADER
        + (n * 2 + 7 & ~7)
        + counts.length
        + (long) n * Double.BYTES;
  }

  int size() {
    return size;
  }

  /** Where in the page group {@code i} is. */
  int number(int i) {
    return numbers[i];
  }

  int count(int i) {
    return counts[i];
  }

  double first(int i) {
    return firsts[i];
  }

  void count(int i, int count) {
    counts[i] = (byte) count;
  }

  void first(int i, double score) {
    firsts[i] = score;
  }

  private static int blocks(int n) {
    return n + BLOCK - 1 & -BLOCK;
  }

  /** The sum of the counts of the block at {@code i}, four of them twice as wide at a time. */
  private int sum(int i) {
    long all = Words.getLong(counts, i);
    return (int) (((all & EVERY_OTHER) + (all >>> Byte.SIZE & EVERY_OTHER)) * EACH >>> 48);
  }

  /** How many elements the groups before {@code i} have. */
  int before(int i) {
    int sum = 0;
    int g = 0;
    for (; g + BLOCK <= i; g += BLOCK) {
      sum += sum(g);
    }
    for (; g < i; g++) {
      sum += counts[g];
    }
    return sum;
  }

  /** The group of an element by its rank, times {@link #SLOTS}, and its place among the others. */
  int find(int rank) {
    int left = rank;
    int g = 0;
    for (int n = sum(0); left >= n; n = sum(g)) {
      left -= n;
      g += BLOCK;
    }
    while (left >= counts[g]) {
      left -= counts[g++];
    }
    return g * SLOTS + left;
  }

  /** Puts a new group, whose number is the next one, at {@code i}. */
  void open(int i) {
    makeRoom(1);
    System.arraycopy(numbers, i, numbers, i + 1, size - i);
    System.arraycopy(counts, i, counts, i + 1, size - i);
    System.arraycopy(firsts, i, firsts, i + 1, size - i);
    numbers[i] = (short) size++;
    counts[i] = 0;
  }

  /** Has there be room for so many groups more. */
  void makeRoom(int more) {
    if (size + more > numbers.length) {
      fit(size + more);
    }
  }

  /** Has the arrays be as long as it needs them, and a little longer. */
  void fit() {
    fit(size + 1);
  }

  private void fit(int wanted) {
    int n = Math.max(FIRST, wanted + wanted / 4);
    short[] itsNumbers = Arrays.copyOf(numbers, n);
    byte[] itsCounts = Arrays.copyOf(counts, blocks(n));
    // All are there now, or none is another one.
    firsts = Arrays.copyOf(firsts, n);
    numbers = itsNumbers;
    counts = itsCounts;
  }

  /**
   * Takes out group {@code i}. The numbers that are left are those below {@link #size} again: the
   * group of the greatest gets the one that has become free.
   */
  void close(int i) {
    short free = numbers[i];
    size--;
    System.arraycopy(numbers, i + 1, numbers, i, size - i);
    System.arraycopy(counts, i + 1, counts, i, size - i);
    System.arraycopy(firsts, i + 1, firsts, i, size - i);
    if (free == size) {
      return;
    }
    int last = 0;
    while (numbers[last] != size) {
      last++;
    }
    numbers[last] = free;
  }
}
