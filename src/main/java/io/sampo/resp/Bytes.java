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
    if (length == 0 || length > 20) {
      return false;
    }
    int i = offset;
    int end = offset + length;
    boolean negative = a[i] == '-';
    if (negative && ++i == end) {
      return false;
    }
    if (a[i] == '0') {
      return length == 1;
    }
    int digits = end - i;
    if (digits > 19) {
      return false;
    }
    long value = 0;
    for (; i < end; i++) {
      int d = a[i] - '0';
      if (d < 0 || d > 9) {
        return false;
      }
      value = value * 10 + d;
    }
    // 19 digits cannot exceed 9999999999999999999 < 2^64, so an overflow shows as a sign bit.
    return value >= 0 || (negative && value == Long.MIN_VALUE);
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
    if (value < 0) {
      return value == Long.MIN_VALUE ? 20 : 1 + digits(-value);
    }
    int n = 1;
    for (long p = 10; n < 19 && value >= p; p *= 10) {
      n++;
    }
    return n;
  }

  /** Writes {@code value} in decimal at {@code offset}; returns the offset behind it. */
  public static int putLong(byte[] a, int offset, long value) {
    int end = offset + digits(value);
    int i = end;
    // Work on the negative side, which holds every value.
    long rest = value < 0 ? value : -value;
    do {
      a[--i] = (byte) ('0' - rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (value < 0) {
      a[offset] = '-';
    }
    return end;
  }
}
