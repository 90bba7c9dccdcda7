package io.sampo.resp;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * A floating point number as text, in the form that C's strtod takes whole: a sign, then "inf",
 * "infinity", decimal digits with point and exponent, or "0x" with hexadecimal digits, point and
 * binary exponent. No blanks; and no "nan", which Redis refuses everywhere.
 */
final class FloatText {
  /** Exponents are held below this, which is beyond what any format can express. */
  private static final int FAR = 1_000_000;

  final boolean valid;
  private final byte[] text;
  private int at;
  private final int end;
  private boolean negative;
  private boolean infinite;
  private boolean hex;
  private boolean exponentGiven;
  private boolean zero = true;
  private int exponent;
  private int first;
  private int digitsEnd;
  private int fraction;

  FloatText(byte[] a, int offset, int length) {
    text = a;
    at = offset;
    end = offset + length;
    valid = scan();
  }

  boolean negative() {
    return negative;
  }

  boolean infinite() {
    return infinite;
  }

  boolean hex() {
    return hex;
  }

  /** Whether all digits are zeros. */
  boolean zero() {
    return zero;
  }

  /** The digits, the point left out, as a number without sign. */
  BigInteger digits() {
    String all =
        new String(text, first, digitsEnd - first, StandardCharsets.ISO_8859_1).replace(".", "");
    return new BigInteger(all, hex ? 16 : 10);
  }

  /** The power of ten, or of two if {@link #hex}, by which {@link #digits} is to be multiplied. */
  int scale() {
    return exponent - fraction * (hex ? 4 : 1);
  }

  /** The text in the form that {@link Double#parseDouble} takes. */
  String java(int offset) {
    String all = new String(text, offset, end - offset, StandardCharsets.ISO_8859_1);
    return hex && !exponentGiven ? all + "p0" : all;
  }

  private boolean scan() {
    if (at < end && (text[at] == '-' || text[at] == '+')) {
      negative = text[at++] == '-';
    }
    infinite =
        Bytes.equalsIgnoreCase(text, at, end - at, "inf")
            || Bytes.equalsIgnoreCase(text, at, end - at, "infinity");
    if (infinite) {
      return true;
    }
    if (end - at > 2 && text[at] == '0' && Bytes.lower(text[at + 1]) == 'x') {
      hex = true;
      at += 2;
    }
    return mantissa() && (at == end || (exponent() && at == end));
  }

  private boolean mantissa() {
    first = at;
    int point = -1;
    for (; at < end; at++) {
      if (text[at] == '.' && point < 0) {
        point = at;
      } else if (Character.digit(text[at], hex ? 16 : 10) >= 0) {
        zero &= text[at] == '0';
      } else {
        break;
      }
    }
    digitsEnd = at;
    fraction = point < 0 ? 0 : at - point - 1;
    return digitsEnd - first > (point < 0 ? 0 : 1);
  }

  private boolean exponent() {
    if (Bytes.lower(text[at++]) != (hex ? 'p' : 'e')) {
      return false;
    }
    exponentGiven = true;
    boolean below = false;
    if (at < end && (text[at] == '-' || text[at] == '+')) {
      below = text[at++] == '-';
    }
    int digits = at;
    for (; at < end && text[at] >= '0' && text[at] <= '9'; at++) {
      exponent = Math.min(FAR, exponent * 10 + text[at] - '0');
    }
    exponent = below ? -exponent : exponent;
    return at > digits;
  }
}
