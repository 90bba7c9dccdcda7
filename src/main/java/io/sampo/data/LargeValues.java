package io.sampo.data;

import java.util.Arrays;

/** The values of a {@link Bucket} or a page of scores that have arrays of their own, by number. */
public final class LargeValues {
  /** Where a bucket has none. */
  public static final LargeValues NONE = new LargeValues(new byte[0][]);

  private static final int OBJECT_BYTES = 32;
  private static final int ARRAY_HEADER = 16;
  private static final int REFERENCE = 4;
  private static final byte[] FREE = {};

  private byte[][] values;
  private int count;

  /** No number below this is free. */
  private int firstFree;

  private long bytes;

  public LargeValues() {
    this(new byte[][] {FREE});
  }

  private LargeValues(byte[][] values) {
    this.values = values;
  }

  /** One of its own, with the same arrays. */
  public LargeValues copy() {
    if (count == 0) {
      return NONE;
    }
    LargeValues copy = new LargeValues(values.clone());
    copy.count = count;
    copy.firstFree = firstFree;
    copy.bytes = bytes;
    return copy;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** The heap it takes. */
  public long heapBytes() {
    return this == NONE
        ? 0
        : OBJECT_BYTES + ARRAY_HEADER + (REFERENCE * (long) values.length + 7 & ~7L) + bytes;
  }

  public byte[] get(int number) {
    return values[number];
  }

  /** Has so many values more take no heap but their own. */
  public void makeRoom(int more) {
    int places = values.length;
    if (count + more > places) {
      values = Arrays.copyOf(values, count + more + count / 4);
      Arrays.fill(values, places, values.length, FREE);
    }
  }

  /** Keeps a value; returns its number. */
  public int keep(byte[] value) {
    makeRoom(1);
    while (values[firstFree] != FREE) {
      firstFree++;
    }
    values[firstFree] = value;
    bytes += heapOf(value);
    count++;
    return firstFree++;
  }

  public void release(int number) {
    bytes -= heapOf(values[number]);
    values[number] = FREE;
    count--;
    firstFree = Math.min(firstFree, number);
  }

  private static long heapOf(byte[] value) {
    return ARRAY_HEADER + (value.length + 7L & ~7L);
  }
}
