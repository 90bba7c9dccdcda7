package io.sampo.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Numbers in the order of times they were given: a binary heap, of which only the first is known to
 * be where it belongs. It is kept in pages, so that growing never copies what is there.
 */
public final class TimeOrder {
  private static final int PAGE_BITS = 9;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int OBJECT_BYTES = 24 + 24 + 16;
  private static final int PAGE_BYTES = 2 * Long.BYTES * PAGE + 16 + 4;

  /** Entries of two words each: the time and the number. */
  private final List<long[]> pages = new ArrayList<>();

  private int size;

  /** A copy that shares nothing. */
  public TimeOrder copy() {
    TimeOrder copy = new TimeOrder();
    pages.forEach(page -> copy.pages.add(page.clone()));
    copy.size = size;
    return copy;
  }

  /** The heap it takes. */
  public long heapBytes() {
    return OBJECT_BYTES + (long) pages.size() * PAGE_BYTES;
  }

  public int size() {
    return size;
  }

  /** The time of an entry; that of entry 0 is the earliest. */
  public long time(int i) {
    return pages.get(i >>> PAGE_BITS)[at(i)];
  }

  /** The number of an entry. */
  public long number(int i) {
    return pages.get(i >>> PAGE_BITS)[at(i) + 1];
  }

  /** Shows the entries that have a time up to this one, in no order, at a step for each. */
  public void upTo(long time, IntConsumer visitor) {
    upTo(time, 0, visitor);
  }

  private void upTo(long time, int i, IntConsumer visitor) {
    if (i < size && time(i) <= time) {
      visitor.accept(i);
      upTo(time, 2 * i + 1, visitor);
      upTo(time, 2 * i + 2, visitor);
    }
  }

  private static int at(int i) {
    return (i & PAGE - 1) << 1;
  }

  private void set(int i, long time, long number) {
    long[] page = pages.get(i >>> PAGE_BITS);
    page[at(i)] = time;
    page[at(i) + 1] = number;
  }

  public void add(long time, long number) {
    if (size == pages.size() << PAGE_BITS) {
      pages.add(new long[2 * PAGE]);
    }
    size++;
    rise(size - 1, time, number);
  }

  /** Takes an entry out; another comes into its place. */
  public void remove(int i) {
    size--;
    if (i < size) {
      replace(i, time(size), number(size));
    }
    // One page more than needed stays, lest a few entries to and fro make pages.
    if (size <= pages.size() - 2 << PAGE_BITS) {
      pages.remove(pages.size() - 1);
    }
  }

  /** Gives the place of an entry to another. */
  public void replace(int i, long time, long number) {
    if (i > 0 && time(i - 1 >>> 1) > time) {
      rise(i, time, number);
    } else {
      sink(i, time, number);
    }
  }

  private void rise(int from, long time, long number) {
    int i = from;
    while (i > 0) {
      int parent = i - 1 >>> 1;
      if (time(parent) <= time) {
        break;
      }
      set(i, time(parent), number(parent));
      i = parent;
    }
    set(i, time, number);
  }

  private void sink(int from, long time, long number) {
    int i = from;
    for (int child = 2 * i + 1; child < size; child = 2 * i + 1) {
      if (child + 1 < size && time(child + 1) < time(child)) {
        child++;
      }
      if (time(child) >= time) {
        break;
      }
      set(i, time(child), number(child));
      i = child;
    }
    set(i, time, number);
  }
}
