package io.sampo.server.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The percentiles that INFO latencystats shows, each from 0 to 100. */
public record Percentiles(List<Double> values) {
  static Percentiles parse(String text) {
    return new Percentiles(
        Stream.of(text.trim().split(" +"))
            .filter(word -> !word.isEmpty())
            .map(Percentiles::percentile)
            .toList());
  }

  private static double percentile(String word) {
    double value;
    try {
      value = Double.parseDouble(word);
    } catch (NumberFormatException e) {
      throw new Setting.BadValue("Invalid latency-tracking-info-percentiles parameters");
    }
    if (!(value >= 0 && value <= 100)) {
      throw new Setting.BadValue(
          "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
    }
    return value;
  }

  /** A percentile without needless zeros. */
  public static String text(double percentile) {
    return new BigDecimal(Double.toString(percentile)).stripTrailingZeros().toPlainString();
  }

  String text() {
    return values.stream().map(Percentiles::text).collect(Collectors.joining(" "));
  }
}
