package io.sampo.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** When the data is to be saved by itself: the value of {@code save}. */
public record SavePoints(List<Point> points) {
  /** So many changes, and so many seconds since the last time. */
  public record Point(long seconds, long changes) {}

  static final SavePoints NONE = new SavePoints(List.of());

  /** Pairs of seconds and changes, divided by spaces. */
  static SavePoints parse(String text) {
    String[] words = text.isEmpty() ? new String[0] : text.split(" ", -1);
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < words.length; i += 2) {
      if (i + 1 == words.length) {
        throw invalid();
      }
      points.add(new Point(number(words[i], 1), number(words[i + 1], 0)));
    }
    return new SavePoints(List.copyOf(points));
  }

  private static long number(String word, long least) {
    try {
      long number = Long.parseLong(word);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw invalid();
    }
    throw invalid();
  }

  private static Setting.BadValue invalid() {
    return new Setting.BadValue("Invalid save parameters");
  }

  static String format(SavePoints save) {
    return save.points.stream()
        .map(point -> point.seconds + " " + point.changes)
        .collect(Collectors.joining(" "));
  }

  public boolean isEmpty() {
    return points.isEmpty();
  }

  /** The first point that has been reached. */
  public Optional<Point> reached(long changes, long seconds) {
    return points.stream()
        .filter(point -> changes >= point.changes && seconds > point.seconds)
        .findFirst();
  }
}
