package io.sampo.resp;

import java.math.BigInteger;

/**
 * The 80-bit extended floating point of x86 (64-bit mantissa, 15-bit exponent), C's long double: in
 * it Redis calculates INCRBYFLOAT and HINCRBYFLOAT, whose results we owe to the last digit. Rounds
 * to nearest, ties to even. Zero has no sign, for none is ever printed.
 */
public final class LongDouble {
  /** What is no number; also what Redis refuses as out of range. */
  public static final LongDouble NAN = new LongDouble(BigInteger.ZERO, 0, Kind.NAN);

  public static final LongDouble ZERO = new LongDouble(BigInteger.ZERO, 0, Kind.FINITE);
  public static final LongDouble INFINITY = new LongDouble(BigInteger.ONE, 0, Kind.INFINITE);
  public static final LongDouble MINUS_INFINITY =
      new LongDouble(BigInteger.ONE.negate(), 0, Kind.INFINITE);

  private static final int PRECISION = 64;
  private static final int MAX_EXPONENT = 16383;

  /** The exponent of the last bit of the smallest numbers. */
  private static final int MIN_LAST_BIT = -16445;

  /** The longest text Redis reads: its buffer of 5 KiB holds a terminating zero too. */
  private static final int MAX_TEXT = 5 * 1024 - 1;

  private static final double LOG2_OF_TEN = Math.log(10) / Math.log(2);
  private static final int DECIMALS = 17;
  private static final BigInteger DECIMAL_UNIT = BigInteger.TEN.pow(DECIMALS);

  private enum Kind {
    FINITE,
    INFINITE,
    NAN
  }

  /** The value is {@code mantissa * 2^exponent}; of an infinity the mantissa is the sign. */
  private final BigInteger mantissa;

  private final int exponent;
  private final Kind kind;

  private LongDouble(BigInteger mantissa, int exponent, Kind kind) {
    this.mantissa = mantissa;
    this.exponent = exponent;
    this.kind = kind;
  }

  /**
   * Reads a number as Redis does with strtold: hexadecimal and infinities included.
   *
   * @return {@link #NAN} for what is no number, overflows, vanishes to zero or is 5 KiB long
   */
  public static LongDouble parse(byte[] a, int offset, int length) {
    if (length > MAX_TEXT) {
      return NAN;
    }
    FloatText text = new FloatText(a, offset, length);
    if (!text.valid) {
      return NAN;
    }
    if (text.infinite()) {
      return text.negative() ? MINUS_INFINITY : INFINITY;
    }
    if (text.zero()) {
      return ZERO;
    }
    BigInteger digits = text.digits();
    digits = text.negative() ? digits.negate() : digits;
    int scale = text.scale();
    // Spare us the powers of ten of numbers that are far out of range.
    double magnitude = digits.bitLength() + scale * (text.hex() ? 1 : LOG2_OF_TEN);
    if (Math.abs(magnitude) > 17_000) {
      return NAN;
    }
    LongDouble value;
    if (text.hex()) {
      value = round(digits, BigInteger.ONE, scale);
    } else if (scale >= 0) {
      value = round(digits.multiply(BigInteger.TEN.pow(scale)), BigInteger.ONE, 0);
    } else {
      value = round(digits, BigInteger.TEN.pow(-scale), 0);
    }
    return value.isInfinite() || value.mantissa.signum() == 0 ? NAN : value;
  }

  /** The same value, which this format always holds exactly. */
  public static LongDouble of(double value) {
    if (Double.isNaN(value)) {
      return NAN;
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? INFINITY : MINUS_INFINITY;
    }
    if (value == 0) {
      return ZERO;
    }
    long bits = Double.doubleToRawLongBits(value);
    int biased = (int) (bits >>> 52) & 0x7ff;
    long fraction = bits & ((1L << 52) - 1);
    long whole = biased == 0 ? fraction : fraction | 1L << 52;
    BigInteger mantissa = BigInteger.valueOf(value < 0 ? -whole : whole);
    return new LongDouble(mantissa, Math.max(biased, 1) - 1075, Kind.FINITE);
  }

  public boolean isNaN() {
    return kind == Kind.NAN;
  }

  public boolean isInfinite() {
    return kind == Kind.INFINITE;
  }

  /** The rounded sum; {@link #NAN} where infinities cancel. */
  public LongDouble plus(LongDouble other) {
    if (isNaN() || other.isNaN()) {
      return NAN;
    }
    if (isInfinite() && other.isInfinite()) {
      return mantissa.equals(other.mantissa) ? this : NAN;
    }
    if (isInfinite() || other.isInfinite()) {
      return isInfinite() ? this : other;
    }
    int low = Math.min(exponent, other.exponent);
    BigInteger sum =
        mantissa.shiftLeft(exponent - low).add(other.mantissa.shiftLeft(other.exponent - low));
    return round(sum, BigInteger.ONE, low);
  }

  /** The rounded product. */
  public LongDouble times(long factor) {
    return kind == Kind.FINITE
        ? round(mantissa.multiply(BigInteger.valueOf(factor)), BigInteger.ONE, exponent)
        : this;
  }

  /**
   * The least whole number that is not less; the least of all longs where it is no long, as in C.
   */
  public long ceiling() {
    if (kind != Kind.FINITE) {
      return Long.MIN_VALUE;
    }
    BigInteger floor = mantissa.negate().shiftLeft(exponent);
    BigInteger whole = floor.negate();
    return whole.bitLength() < Long.SIZE ? whole.longValue() : Long.MIN_VALUE;
  }

  /** The number nearest to {@code numerator / denominator * 2^scale}. */
  private static LongDouble round(BigInteger numerator, BigInteger denominator, int scale) {
    if (numerator.signum() == 0) {
      return ZERO;
    }
    // A quotient of some bits more than are kept, and one bit for all the bits behind it.
    BigInteger size = numerator.abs();
    int shift = PRECISION + 3 - (size.bitLength() - denominator.bitLength());
    BigInteger dividend = shift > 0 ? size.shiftLeft(shift) : size;
    BigInteger divisor = shift < 0 ? denominator.shiftLeft(-shift) : denominator;
    BigInteger[] parts = dividend.divideAndRemainder(divisor);
    BigInteger bits = parts[0].shiftLeft(1);
    if (parts[1].signum() != 0) {
      bits = bits.setBit(0);
    }
    int last = scale - shift - 1;
    int top = last + bits.bitLength() - 1;
    int drop = Math.max(top - (PRECISION - 1), MIN_LAST_BIT) - last;
    BigInteger kept = shiftRightEven(bits, drop);
    last += drop;
    if (last + kept.bitLength() - 1 > MAX_EXPONENT) {
      return numerator.signum() > 0 ? INFINITY : MINUS_INFINITY;
    }
    return new LongDouble(numerator.signum() > 0 ? kept : kept.negate(), last, Kind.FINITE);
  }

  /** Shifts a number that is not negative, rounding to nearest, ties to even. */
  private static BigInteger shiftRightEven(BigInteger value, int by) {
    BigInteger kept = value.shiftRight(by);
    boolean half = by > 0 && value.testBit(by - 1);
    boolean more = half && value.getLowestSetBit() < by - 1;
    return half && (more || kept.testBit(0)) ? kept.add(BigInteger.ONE) : kept;
  }

  /** C's {@code %.17Lf} without trailing zeros; "inf", "-inf", "nan". */
  @Override
  public String toString() {
    if (kind != Kind.FINITE) {
      return isNaN() ? "nan" : mantissa.signum() > 0 ? "inf" : "-inf";
    }
    BigInteger scaled = mantissa.abs().multiply(DECIMAL_UNIT);
    scaled = exponent < 0 ? shiftRightEven(scaled, -exponent) : scaled.shiftLeft(exponent);
    if (scaled.signum() == 0) {
      return "0";
    }
    StringBuilder out = new StringBuilder(scaled.toString());
    if (out.length() <= DECIMALS) {
      out.insert(0, "0".repeat(DECIMALS + 1 - out.length()));
    }
    out.insert(out.length() - DECIMALS, '.');
    int length = out.length();
    while (out.charAt(length - 1) == '0') {
      length--;
    }
    out.setLength(out.charAt(length - 1) == '.' ? length - 1 : length);
    return mantissa.signum() < 0 ? out.insert(0, '-').toString() : out.toString();
  }

  /** {@link #toString} as bytes. */
  public byte[] bytes() {
    return Bytes.ascii(toString());
  }
}
