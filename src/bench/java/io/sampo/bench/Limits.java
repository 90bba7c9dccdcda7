package io.sampo.bench;

import java.util.Locale;

/**
 * What the ratios of a row are to reach or to stay below; NaN where there is no such limit.
 *
 * @param throughput at least
 * @param cpu at most
 * @param p999 at most
 */
record Limits(double throughput, double cpu, double p999) {
  static final Limits NONE = throughput(Double.NaN);

  static Limits throughput(double least) {
    return new Limits(least, Double.NaN, Double.NaN);
  }

  /** A figure in bold, with the limit that it misses if it does. */
  static String atLeast(double least, double value) {
    return marked(value, least > value ? " < " + least : "");
  }

  /** As {@link #atLeast}, for what is to be small. */
  static String atMost(double most, double value) {
    return marked(value, value > most ? " > " + most : "");
  }

  private static String marked(double value, String miss) {
    return String.format(Locale.ROOT, "**%.2f**%s", value, miss);
  }
}
