package io.sampo.data;

/**
 * How a {@link Bucket} writes an entry: the length of the key, the key, the length of the value,
 * the value. So does a page of a sorted set, of the values alone. A value above {@link #LARGE} is
 * among {@link LargeValues}, and its number stands here.
 */
public final class Entry {
  /** Values longer than this have arrays of their own. */
  public static final int LARGE = 4096;

  /** The length of a value that has an array of its own. */
  private static final int ELSEWHERE = Lengths.LIMIT - 1;

  private static final int NUMBER_BYTES = 4;

  private Entry() {}

  /** The bytes that an entry takes. */
  static int sizeOf(int keyLength, int valueLength) {
    return inlineSize(keyLength) + valueSize(valueLength);
  }

  /** The bytes that a value takes with its length, or with what stands for it. */
  public static int valueSize(int length) {
    return length > LARGE ? 2 * NUMBER_BYTES : inlineSize(length);
  }

  /** The bytes that a key or a value takes with its length. */
  static int inlineSize(int length) {
    return Lengths.sizeOf(length) + length;
  }

  /** The bytes that the entry at {@code at} takes. */
  static int size(byte[] b, int at) {
    int value = value(b, at);
    return value - at + valueSize(b, value);
  }

  /** The bytes that the value at {@code value} takes. */
  public static int valueSize(byte[] b, int value) {
    return isElsewhere(b, value) ? 2 * NUMBER_BYTES : sizeAt(b, value);
  }

  private static int sizeAt(byte[] b, int at) {
    return Lengths.sizeAt(b, at) + Lengths.get(b, at);
  }

  /** Where the length of the value of the entry at {@code at} stands. */
  static int value(byte[] b, int at) {
    return at + sizeAt(b, at);
  }

  /** Whether a value, of which this is the place, is among the large ones. */
  public static boolean isElsewhere(byte[] b, int value) {
    return isElsewhere(Lengths.get(b, value));
  }

  /** The same, of which this length is written. */
  public static boolean isElsewhere(int length) {
    return length == ELSEWHERE;
  }

  /** The number of a large value. */
  public static int number(byte[] b, int value) {
    return Words.getInt(b, value + NUMBER_BYTES);
  }

  /** Says in place of a value by which number it is kept elsewhere. */
  public static void putNumber(byte[] b, int value, int number) {
    Lengths.put(b, value, ELSEWHERE);
    Words.putInt(b, value + NUMBER_BYTES, number);
  }

  /** Writes a key or a value and its length; returns where it ends. */
  public static int put(byte[] b, int at, byte[] what, int offset, int length) {
    int from = Lengths.put(b, at, length);
    System.arraycopy(what, offset, b, from, length);
    return from + length;
  }
}
