package io.sampo.resp;

/** Floating point as Redis reads and prints it. */
public final class Numbers {
  private Numbers() {}

  /** The value of the range as C's strtod takes it whole, or NaN where it is no number. */
  public static double parseDouble(byte[] a, int offset, int length) {
    try {
      return Double.parseDouble(
          new String(a, offset, length, java.nio.charset.StandardCharsets.ISO_8859_1));
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** The shortest form that reads back as the same double, as Redis prints scores in RESP3. */
  public static String format(double value) {
    return Double.toString(value);
  }
}
