package io.sampo.server.stats;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** The text of INFO as it is put together. */
public final class InfoText {
  private static final String UNITS = "KMGTPE";

  private final StringBuilder text = new StringBuilder();

  public InfoText section(String title) {
    if (text.length() > 0) {
      text.append("\r\n");
    }
    text.append("# ").append(title).append("\r\n");
    return this;
  }

  public InfoText field(String name, Object value) {
    text.append(name).append(':').append(value).append("\r\n");
    return this;
  }

  /** A number with so many decimal places. */
  public InfoText field(String name, double value, int places) {
    return field(name, decimal(value, places));
  }

  /** A number of bytes, and the same for people to read. */
  public InfoText memory(String name, long bytes) {
    return field(name, bytes).field(name + "_human", human(bytes));
  }

  /** A number that is finite, rounded half up. */
  public static String decimal(double value, int places) {
    return BigDecimal.valueOf(value).setScale(places, RoundingMode.HALF_UP).toPlainString();
  }

  public static String percent(double share) {
    return decimal(100 * share, 2) + "%";
  }

  /** Bytes in the unit that suits them. */
  static String human(long bytes) {
    if (bytes < 1024) {
      return bytes + "B";
    }
    double value = bytes / 1024.0;
    int unit = 0;
    for (; value >= 1024; unit++) {
      value /= 1024;
    }
    return decimal(value, 2) + UNITS.charAt(unit);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
