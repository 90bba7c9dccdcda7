package io.sampo.command.sort;

import java.util.Arrays;

/**
 * Sorts the numbers from 0 by a key each, unsigned, without an object for any of them: by digits of
 * the keys, then those of the same key by comparison. What is equal in both keeps its order.
 */
final class KeyOrder {
  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;

  /** Runs up to this length are sorted by insertion. */
  private static final int FEW = 8;

  /** Fewer than one in so many wanted are picked out before they are sorted. */
  private static final int PICKED = 4;

  /** Compares two of the numbers. */
  interface Ties {
    int compare(int one, int other);
  }

  private final Ties ties;
  private int[] order;
  private int[] spare;

  private KeyOrder(Ties ties, int[] order, int[] spare) {
    this.ties = ties;
    this.order = order;
    this.spare = spare;
  }

  /** The first {@code wanted} numbers in order, and maybe more behind them; uses the keys up. */
  static int[] of(long[] keys, int wanted, Ties ties) {
    if (wanted == 0) {
      return new int[0];
    }
    int[] picked = upwards(keys.length);
    long[] theirs = keys;
    if (wanted < keys.length / PICKED) {
      picked = upTo(keys, smallest(keys.clone(), wanted));
      theirs = new long[picked.length];
      for (int i = 0; i < picked.length; i++) {
        theirs[i] = keys[picked[i]];
      }
    }
    return byKeys(theirs, picked, ties);
  }

  /** The numbers from 0 to before {@code n}. */
  static int[] upwards(int n) {
    int[] numbers = new int[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = i;
    }
    return numbers;
  }

  private static int[] upTo(long[] keys, long most) {
    int[] found = new int[keys.length];
    int count = 0;
    for (int i = 0; i < keys.length; i++) {
      if (Long.compareUnsigned(keys[i], most) <= 0) {
        found[count++] = i;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** The {@code n}th smallest key, counted from 1; changes the array. */
  private static long smallest(long[] keys, int n) {
    int from = 0;
    int to = keys.length - 1;
    while (from < to) {
      long middle = keys[from + to >>> 1];
      int i = from;
      int j = to;
      while (i <= j) {
        while (Long.compareUnsigned(keys[i], middle) < 0) {
          i++;
        }
        while (Long.compareUnsigned(keys[j], middle) > 0) {
          j--;
        }
        if (i <= j) {
          long key = keys[i];
          keys[i++] = keys[j];
          keys[j--] = key;
        }
      }
      if (n - 1 <= j) {
        to = j;
      } else if (n - 1 >= i) {
        from = i;
      } else {
        break;
      }
    }
    return keys[n - 1];
  }

  private static int[] byKeys(long[] theirs, int[] numbers, Ties ties) {
    int n = numbers.length;
    long[] keys = theirs;
    long[] otherKeys = new long[n];
    KeyOrder sort = new KeyOrder(ties, numbers, new int[n]);
    long varying = 0;
    for (long key : keys) {
      varying |= key ^ keys[0];
    }
    for (int shift = 0; shift < Long.SIZE; shift += DIGIT_BITS) {
      if ((varying >>> shift & DIGITS - 1) == 0) {
        continue;
      }
      int[] next = new int[DIGITS + 1];
      for (long key : keys) {
        next[(int) (key >>> shift & DIGITS - 1) + 1]++;
      }
      for (int digit = 1; digit < DIGITS; digit++) {
        next[digit] += next[digit - 1];
      }
      for (int i = 0; i < n; i++) {
        int to = next[(int) (keys[i] >>> shift & DIGITS - 1)]++;
        otherKeys[to] = keys[i];
        sort.spare[to] = sort.order[i];
      }
      long[] sorted = otherKeys;
      otherKeys = keys;
      keys = sorted;
      int[] inOrder = sort.spare;
      sort.spare = sort.order;
      sort.order = inOrder;
    }
    for (int begin = 0, i = 1; i <= n; i++) {
      if (i == n || keys[i] != keys[begin]) {
        sort.compared(begin, i);
        begin = i;
      }
    }
    return sort.order;
  }

  /** Sorts a range by comparison: halves, then both merged. */
  private void compared(int from, int to) {
    if (to - from <= FEW) {
      for (int i = from + 1; i < to; i++) {
        int number = order[i];
        int at = i;
        for (; at > from && ties.compare(order[at - 1], number) > 0; at--) {
          order[at] = order[at - 1];
        }
        order[at] = number;
      }
      return;
    }
    int middle = from + to >>> 1;
    compared(from, middle);
    compared(middle, to);
    if (ties.compare(order[middle - 1], order[middle]) <= 0) {
      return;
    }
    System.arraycopy(order, from, spare, from, middle - from);
    int one = from;
    int other = middle;
    for (int i = from; one < middle; i++) {
      boolean isOther = other < to && ties.compare(spare[one], order[other]) > 0;
      order[i] = isOther ? order[other++] : spare[one++];
    }
  }
}
