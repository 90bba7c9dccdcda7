package io.sampo.command;

import io.sampo.resp.Args;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the keys of a request stand and what is done with them: Redis's key specification.
 *
 * <p>Written as flags followed by a place, several separated by {@code ;}:
 *
 * <ul>
 *   <li>{@code RO access 1}: the argument at index 1.
 *   <li>{@code OW update 1..-1/2}: from 1, as far as the last argument, every second one. A last of
 *       zero or more counts from the first, a negative one from the end of the request.
 *   <li>{@code RO access 1#0+1/1}: at index 1 the count of keys, the first key right behind it.
 *   <li>{@code RO access STREAMS@1..-1/1%2}: behind the word STREAMS looked for from index 1 (a
 *       negative start looks from the end backwards), and only the first half ({@code %2}) of them.
 *   <li>{@code RO access ?}: not to be told from the arguments.
 * </ul>
 *
 * @param flags RO, RW, OW or RM, then access, update, insert, delete, and the rest
 * @param keyword word that the search begins behind; empty where it begins at {@code first}
 * @param first index where the keys, or the count of keys, begin
 * @param last last key, relative to the first where not negative
 * @param step distance between two keys
 * @param limit take only one in so many of the range; 0 for all
 * @param count index, relative to the beginning, of the count of keys; -1 where there is none
 * @param offset index, relative to the beginning, of the first key behind a count
 */
public record KeySpec(
    List<String> flags,
    String keyword,
    int first,
    int last,
    int step,
    int limit,
    int count,
    int offset) {

  /** Takes the position of one key. */
  @FunctionalInterface
  public interface Visitor {
    void key(int index);
  }

  static final KeySpec NONE = new KeySpec(List.of(), "", 0, 0, 1, 0, -1, 0);

  /** Whether the keys stand in a fixed range. */
  boolean isRange() {
    return keyword.isEmpty() && count < 0 && first > 0 && limit == 0;
  }

  /** Whether the positions cannot be told from the arguments. */
  boolean isUnknown() {
    return keyword.isEmpty() && first == 0;
  }

  static List<KeySpec> parseAll(String text) {
    List<KeySpec> specs = new ArrayList<>();
    for (String part : text.split(";")) {
      if (!part.isBlank()) {
        specs.add(parse(part.trim()));
      }
    }
    return List.copyOf(specs);
  }

  private static KeySpec parse(String text) {
    int blank = text.lastIndexOf(' ');
    List<String> flags = List.of(text.substring(0, blank).split(" +"));
    String place = text.substring(blank + 1);
    if (place.equals("?")) {
      return new KeySpec(flags, "", 0, 0, 1, 0, -1, 0);
    }
    String keyword = "";
    int at = place.indexOf('@');
    if (at >= 0) {
      keyword = place.substring(0, at);
      place = place.substring(at + 1);
    }
    int limit = 0;
    int percent = place.indexOf('%');
    if (percent >= 0) {
      limit = Integer.parseInt(place.substring(percent + 1));
      place = place.substring(0, percent);
    }
    int step = 1;
    int slash = place.indexOf('/');
    if (slash >= 0) {
      step = Integer.parseInt(place.substring(slash + 1));
      place = place.substring(0, slash);
    }
    int hash = place.indexOf('#');
    if (hash >= 0) {
      int plus = place.indexOf('+');
      int first = Integer.parseInt(place.substring(0, hash));
      int count = Integer.parseInt(place.substring(hash + 1, plus));
      int offset = Integer.parseInt(place.substring(plus + 1));
      return new KeySpec(flags, keyword, first, 0, step, limit, count, offset);
    }
    int dots = place.indexOf("..");
    int first = Integer.parseInt(dots < 0 ? place : place.substring(0, dots));
    int last = dots < 0 ? 0 : Integer.parseInt(place.substring(dots + 2));
    return new KeySpec(flags, keyword, first, last, step, limit, -1, 0);
  }

  /** Calls {@code visitor} with the position of each key of the request; of a bad request, none. */
  void each(Args a, Visitor visitor) {
    int begin = keyword.isEmpty() ? first : find(a);
    if (begin <= 0 || begin >= a.count()) {
      return;
    }
    if (count >= 0) {
      eachCounted(a, begin, visitor);
      return;
    }
    int end = last >= 0 ? begin + last : a.count() + last;
    if (limit > 1) {
      end = begin + (a.count() - begin) / limit + last;
    }
    for (int i = begin; i <= end && i < a.count(); i += step) {
      visitor.key(i);
    }
  }

  private void eachCounted(Args a, int begin, Visitor visitor) {
    int at = begin + count;
    if (at >= a.count()) {
      return;
    }
    String text = a.text(at);
    if (!text.matches("[0-9]{1,9}")) {
      return;
    }
    int keys = Integer.parseInt(text);
    int from = begin + offset;
    if (from + (long) (keys - 1) * step >= a.count()) {
      return;
    }
    for (int i = 0; i < keys; i++) {
      visitor.key(from + i * step);
    }
  }

  private int find(Args a) {
    String word = keyword.toLowerCase(java.util.Locale.ROOT);
    if (first >= 0) {
      for (int i = first; i < a.count(); i++) {
        if (a.is(i, word)) {
          return i + 1;
        }
      }
    } else {
      for (int i = a.count() + first; i > 0; i--) {
        if (a.is(i, word)) {
          return i + 1;
        }
      }
    }
    return -1;
  }
}
