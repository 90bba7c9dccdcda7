package io.sampo.resp;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;

/** Floating point as Redis reads and prints it. */
public final class Numbers {
  private static final MathContext SEVENTEEN = new MathContext(17, RoundingMode.HALF_EVEN);

  /** The powers of ten that a double holds exactly. */
  private static final double[] TENS = new double[23];

  static {
    TENS[0] = 1;
    for (int i = 1; i < TENS.length; i++) {
      TENS[i] = TENS[i - 1] * 10;
    }
  }

  /** Those that a long holds. */
  private static final long[] POWERS = new long[19];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  /** Below this the whole and the rest of a double are both exact. */
  private static final double MOST_SPLIT = 1e15;

  /** From here on there are digits among the first 17 decimals. */
  private static final double LEAST_SPLIT = 1e-16;

  /** Where {@link #decimals} has no room. */
  private static final long NO_DECIMALS = -1;

  private Numbers() {}

  /**
   * The value of the range as C's strtod takes it whole, infinities and hexadecimal included; or
   * NaN where it is no number, "nan", or so large or small that a double has only infinity or zero
   * for it.
   */
  public static double parseDouble(byte[] a, int offset, int length) {
    int i = offset;
    int end = offset + length;
    boolean negative = length > 1 && a[i] == '-';
    if (negative) {
      i++;
    }
    // Up to 15 digits and a power of ten are both exact, so that one division rounds correctly.
    long digits = 0;
    int point = -1;
    boolean ordinary = end > i && end - i <= 16;
    for (; ordinary && i < end; i++) {
      int digit = a[i] - '0';
      if (digit >= 0 && digit <= 9) {
        digits = digits * 10 + digit;
      } else if (a[i] == '.' && point < 0 && end - offset > 2) {
        point = i;
      } else {
        ordinary = false;
      }
    }
    if (ordinary && digits <= 999_999_999_999_999L) {
      double value = point < 0 ? digits : digits / TENS[end - point - 1];
      return negative ? -value : value;
    }
    FloatText text = new FloatText(a, offset, length);
    double parsed = parseAny(text, offset);
    boolean lost = Double.isInfinite(parsed) ? !text.infinite() : parsed == 0 && !text.zero();
    return lost ? Double.NaN : parsed;
  }

  /**
   * As {@link #parseDouble}, but blanks may stand before the number, nothing at all means 0, and
   * what is too large or too small is infinite or zero: what Redis takes for a bound of scores.
   */
  public static double parseBound(byte[] a, int offset, int length) {
    int from = offset;
    int end = offset + length;
    while (from < end && (a[from] == ' ' || a[from] >= '\t' && a[from] <= '\r')) {
      from++;
    }
    return length == 0 ? 0 : parseAny(new FloatText(a, from, end - from), from);
  }

  private static double parseAny(FloatText text, int offset) {
    if (!text.valid) {
      return Double.NaN;
    }
    if (text.infinite()) {
      return text.negative() ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    return Double.parseDouble(text.java(offset));
  }

  /** Whether {@link #format} prints the value as it prints the integer {@code (long) value}. */
  static boolean plain(double value) {
    return value == (long) value
        && Math.abs(value) < 1e17
        && (value != 0 || Double.doubleToRawLongBits(value) == 0);
  }

  /**
   * A double as replies carry it: C's {@code %.17g}, "inf", "-inf" or "nan".
   *
   * @return 1 to 24 ASCII characters
   */
  public static String format(double value) {
    if (plain(value)) {
      return Long.toString((long) value);
    }
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return "-0";
    }
    BigDecimal rounded = new BigDecimal(value).round(SEVENTEEN).stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent >= -4 && exponent < 17) {
      return rounded.toPlainString();
    }
    String digits = rounded.unscaledValue().abs().toString();
    StringBuilder out = new StringBuilder(24);
    out.append(value < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    int size = Math.abs(exponent);
    out.append(exponent < 0 ? "e-" : "e+").append(size < 10 ? "0" : "").append(size);
    return out.toString();
  }

  /** A finite double with 1 to 17 decimals, as C's {@code %.nf} rounds it; zero has no sign. */
  public static byte[] fixed(double value, int decimals) {
    double size = Math.abs(value);
    long whole = (long) size;
    long fraction = size < MOST_SPLIT ? decimals(size - whole, decimals) : NO_DECIMALS;
    if (fraction == NO_DECIMALS || whole + fraction == 0) {
      BigDecimal rounded = new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN);
      return Bytes.ascii(rounded.toPlainString());
    }
    if (fraction == POWERS[decimals]) {
      whole++;
      fraction = 0;
    }
    int sign = value < 0 ? 1 : 0;
    int point = sign + Bytes.digits(whole);
    byte[] text = new byte[point + 1 + decimals];
    text[0] = '-';
    Bytes.putLong(text, sign, whole);
    text[point] = '.';
    for (int i = text.length - 1; i > point; i--) {
      text[i] = (byte) ('0' + fraction % 10);
      fraction /= 10;
    }
    return text;
  }

  /**
   * So many decimals of a double below 1 as an integer, rounded half to even: its mantissa times a
   * power of ten in 128 bits, of which the exponent cuts off the lower ones.
   */
  private static long decimals(double fraction, int decimals) {
    int cut = -Math.getExponent(fraction) + 52;
    if (cut > 116) {
      return fraction == 0 ? 0 : NO_DECIMALS;
    }
    long mantissa = Double.doubleToRawLongBits(fraction) & (1L << 52) - 1 | 1L << 52;
    long high = Math.multiplyHigh(mantissa, POWERS[decimals]);
    long low = mantissa * POWERS[decimals];
    long kept;
    long rest;
    boolean more;
    if (cut < 64) {
      kept = high << 64 - cut | low >>> cut;
      rest = low << 64 - cut;
      more = false;
    } else {
      kept = cut == 64 ? high : high >>> cut - 64;
      rest = cut == 64 ? low : high << 128 - cut | low >>> cut - 64;
      more = cut > 64 && low << 128 - cut != 0;
    }
    // The rest is what was cut off, its highest bit that of a half.
    boolean half = rest == Long.MIN_VALUE && !more;
    boolean up = half ? (kept & 1) != 0 : rest < 0;
    return up ? kept + 1 : kept;
  }

  /**
   * A double as Redis prints it for people (GEOPOS, INCRBYFLOAT): 17 decimals without trailing
   * zeros, never an exponent.
   */
  static byte[] formatHuman(double value) {
    if (!(Math.abs(value) < MOST_SPLIT) || Math.abs(value) < LEAST_SPLIT) {
      return Bytes.ascii(LongDouble.of(value).toString());
    }
    byte[] text = fixed(value, 17);
    int end = text.length;
    while (text[end - 1] == '0') {
      end--;
    }
    return Arrays.copyOf(text, text[end - 1] == '.' ? end - 1 : end);
  }
}
