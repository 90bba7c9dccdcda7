package io.sampo.resp;

import java.nio.charset.StandardCharsets;

/** Helpers over byte ranges: the strict integer form of Redis, ASCII case folding, text. */
public final class Bytes {
  private Bytes() {}

  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  public static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Whether the range is {@code lower} with ASCII case ignored; {@code lower} in lower case. */
  public static boolean equalsIgnoreCase(byte[] a, int offset, int length, String lower) {
    if (length != lower.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lower(a[offset + i]) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** ASCII lower case of one byte, as 0..255. */
  public static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b & 0xff;
  }

  /**
   * Whether the range is a signed 64-bit integer in its one canonical form: no plus sign, no
   * leading zeros, no blanks, no "-0".
   */
  public static boolean isLong(byte[] a, int offset, int length) {
    return nonZero(a, offset, length) != 0 || isZero(a, offset, length);
  }

  /**
   * The value of the range in the form that {@link #isLong} describes.
   *
   * @throws RespError the given one, if it has not that form
   */
  public static long toLong(byte[] a, int offset, int length, RespError error) {
    long value = nonZero(a, offset, length);
    if (value == 0 && !isZero(a, offset, length)) {
      throw error;
    }
    return value;
  }

  private static boolean isZero(byte[] a, int offset, int length) {
    return length == 1 && a[offset] == '0';
  }

  /** The value if the range has the form, else 0, as also for the one form of zero. */
  private static long nonZero(byte[] a, int offset, int length) {
    if (length == 0 || length > 20) {
      return 0;
    }
    int i = offset;
    int end = offset + length;
    boolean negative = a[i] == '-';
    if (negative) {
      i++;
    }
    if (end - i > 19 || i == end || a[i] == '0') {
      return 0;
    }
    long value = 0;
    for (; i < end; i++) {
      int d = a[i] - '0';
      if (d < 0 || d > 9) {
        return 0;
      }
      value = value * 10 + d;
    }
    // 19 digits stay below 2^64, so an overflow shows as a sign bit.
    if (value < 0 && !(negative && value == Long.MIN_VALUE)) {
      return 0;
    }
    return negative ? -value : value;
  }

  /** The value of a range for which {@link #isLong} holds. */
  public static long parseLong(byte[] a, int offset, int length) {
    int i = offset;
    int end = offset + length;
    boolean negative = a[i] == '-';
    if (negative) {
      i++;
    }
    long value = 0;
    for (; i < end; i++) {
      value = value * 10 + (a[i] - '0');
    }
    return negative ? -value : value;
  }

  /** How many bytes {@link #putLong} writes for {@code value}: 1 to 20. */
  public static int digits(long value) {
    // On the negative side, which holds every value.
    long rest = value < 0 ? value : -value;
    int n = value < 0 ? 2 : 1;
    for (; rest <= -10_000; rest /= 10_000) {
      n += 4;
    }
    return rest > -10 ? n : rest > -100 ? n + 1 : rest > -1000 ? n + 2 : n + 3;
  }

  /** Writes {@code value} in decimal at {@code offset}; returns the offset behind it. */
  public static int putLong(byte[] a, int offset, long value) {
    int end = offset + digits(value);
    int i = end;
    long rest = value < 0 ? value : -value;
    while (rest <= Integer.MIN_VALUE) {
      long next = rest / 10;
      a[--i] = (byte) ('0' - (rest - next * 10));
      rest = next;
    }
    int small = (int) rest;
    do {
      int next = small / 10;
      a[--i] = (byte) ('0' - (small - next * 10));
      small = next;
    } while (small != 0);
    if (value < 0) {
      a[offset] = '-';
    }
    return end;
  }

  /**
   * The offset behind {@code value}, which is not below zero, in decimal and a line break, if that
   * is what begins at {@code at}; else -1.
   */
  public static int behindLine(byte[] a, int at, int value) {
    int end = at + digits(value);
    int rest = value;
    for (int i = end - 1; i >= at; i--) {
      int next = rest / 10;
      if (a[i] != '0' + rest - next * 10) {
        return -1;
      }
      rest = next;
    }
    return a[end] == '\r' && a[end + 1] == '\n' ? end + 2 : -1;
  }
}
