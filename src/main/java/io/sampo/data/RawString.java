package io.sampo.data;

import java.util.Arrays;

/** A growable byte string, for strings that are big or that are changed in place. */
public final class RawString implements Value {
  /** Object header, reference and length; header of the array. */
  private static final long OVERHEAD = 24 + 16;

  private static final int DOUBLING_LIMIT = 1 << 20;
  private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

  private byte[] bytes;
  private int length;

  /** Takes over {@code bytes}, which nobody else may change from now on. */
  public RawString(byte[] bytes) {
    this.bytes = bytes;
    this.length = bytes.length;
  }

  public RawString(byte[] a, int offset, int length) {
    this(Arrays.copyOfRange(a, offset, offset + length));
  }

  /** A string of that many zeros. */
  public static RawString zeros(long length) {
    return new RawString(new byte[checked(length)]);
  }

  @Override
  public RawString copy() {
    return new RawString(bytes, 0, length);
  }

  @Override
  public Type type() {
    return Type.STRING;
  }

  @Override
  public String encoding() {
    return "raw";
  }

  @Override
  public long heapBytes() {
    return OVERHEAD + ((bytes.length + 7L) & ~7L);
  }

  public int length() {
    return length;
  }

  /** The bytes themselves: the first {@link #length} count; replaced whenever the string grows. */
  public byte[] array() {
    return bytes;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  public void append(byte[] a, int offset, int n) {
    int at = length;
    extend((long) length + n);
    System.arraycopy(a, offset, bytes, at, n);
  }

  /**
   * Overwrites from {@code at}, growing as needed; a gap behind the old end is filled with zeros.
   */
  public void write(int at, byte[] a, int offset, int n) {
    extend((long) at + n);
    System.arraycopy(a, offset, bytes, at, n);
  }

  /** Makes the string at least {@code wanted} bytes long, filling up with zeros. */
  public void extend(long wanted) {
    if (wanted <= length) {
      return;
    }
    if (wanted > bytes.length) {
      bytes = Arrays.copyOf(bytes, capacityFor(wanted));
    }
    // Behind the length the array is always zero.
    length = (int) wanted;
  }

  /** Replaces {@code removed} bytes from {@code at} on by {@code n} others. */
  void splice(int at, int removed, byte[] a, int offset, int n) {
    int old = length;
    int tail = old - at - removed;
    extend((long) old - removed + n);
    System.arraycopy(bytes, at + removed, bytes, at + n, tail);
    System.arraycopy(a, offset, bytes, at, n);
    if (n < removed) {
      length = at + n + tail;
      Arrays.fill(bytes, length, old, (byte) 0);
    }
  }

  /** Takes over other bytes in place of all it had; nobody else may change them from now on. */
  public void become(byte[] others) {
    bytes = others;
    length = others.length;
  }

  /** Doubles small strings, and adds a quarter to big ones. */
  private static int capacityFor(long wanted) {
    checked(wanted);
    long roomy = wanted < DOUBLING_LIMIT ? wanted * 2 : wanted + wanted / 4;
    return (int) Math.min(roomy, MAX_LENGTH);
  }

  private static int checked(long length) {
    if (length > MAX_LENGTH) {
      throw new OutOfMemoryError("a string of more than 2 GiB");
    }
    return (int) length;
  }
}
