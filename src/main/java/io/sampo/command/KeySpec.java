package io.sampo.command;

import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
 * A note for people may follow in parentheses.
 *
 * @param note a note for people, or empty
 * @param flags RO, RW, OW or RM, then access, update, insert, delete, and the rest
 * @param keyword word, in lower case, that the search begins behind; empty where it begins at
 *     {@code first}
 * @param first index where the keys, or the count of keys, begin
 * @param last last key, relative to the first where not negative
 * @param step distance between two keys
 * @param limit take only one in so many of the range; 0 for all
 * @param count index, relative to the beginning, of the count of keys; -1 where there is none
 * @param offset index, relative to the beginning, of the first key behind a count
 */
public record KeySpec(
    String note,
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

    /** As {@link #key(int)}, with what is done with the key. */
    default void key(int index, List<String> flags) {
      key(index);
    }
  }

  /** Whether the keys stand in a fixed range. */
  boolean isRange() {
    return keyword.isEmpty() && count < 0 && first > 0 && limit == 0;
  }

  /** Whether the positions cannot be told from the arguments. */
  boolean isUnknown() {
    return keyword.isEmpty() && first == 0;
  }

  /** Whether it stands for channels, which Redis Cluster assigns to slots as it does keys. */
  boolean isChannel() {
    return flags.contains("not_key");
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

  private static KeySpec parse(String spec) {
    int paren = spec.indexOf(" (");
    String note = paren < 0 ? "" : spec.substring(paren + 2, spec.length() - 1);
    String text = paren < 0 ? spec : spec.substring(0, paren);
    int blank = text.lastIndexOf(' ');
    List<String> flags = List.of(text.substring(0, blank).split(" +"));
    String place = text.substring(blank + 1);
    if (place.equals("?")) {
      return new KeySpec(note, flags, "", 0, 0, 1, 0, -1, 0);
    }
    String keyword = "";
    int at = place.indexOf('@');
    if (at >= 0) {
      keyword = place.substring(0, at).toLowerCase(Locale.ROOT);
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
      return new KeySpec(note, flags, keyword, first, 0, step, limit, count, offset);
    }
    int dots = place.indexOf("..");
    int first = Integer.parseInt(dots < 0 ? place : place.substring(0, dots));
    int last = dots < 0 ? 0 : Integer.parseInt(place.substring(dots + 2));
    return new KeySpec(note, flags, keyword, first, last, step, limit, -1, 0);
  }

  /**
   * Calls {@code visitor} with the position of each key of the request; returns false, and calls
   * nothing, where the request does not fit the specification. A keyword that is missing fits.
   */
  boolean each(Args a, Visitor visitor) {
    if (isUnknown()) {
      return true;
    }
    int begin = keyword.isEmpty() ? first : find(a);
    if (begin == 0) {
      return true;
    }
    int from = begin;
    int end;
    if (count >= 0) {
      from = begin + offset;
      end = from + (counted(a, begin + count) - 1) * step;
    } else if (last >= 0) {
      end = begin + last;
    } else {
      end = limit > 1 ? begin + (a.count() - begin) / limit + last : a.count() + last;
    }
    if (end < from || end >= a.count()) {
      return false;
    }
    for (int i = from; i <= end; i += step) {
      visitor.key(i, flags);
    }
    return true;
  }

  /** The count of keys at index {@code at}; 0, which is no valid count, where there is none. */
  private static int counted(Args a, int at) {
    if (at >= a.count() || !Bytes.isLong(a.array(), a.offset(at), a.length(at))) {
      return 0;
    }
    long keys = Bytes.parseLong(a.array(), a.offset(at), a.length(at));
    return keys < 0 || keys > a.count() ? 0 : (int) keys;
  }

  /**
   * The index behind the keyword, 0 where it is missing; as the last word it counts for nothing.
   */
  private int find(Args a) {
    int start = first > 0 ? first : a.count() + first;
    int way = first > 0 ? 1 : -1;
    for (int i = start; i > 0 && i < a.count() - 1; i += way) {
      if (a.is(i, keyword)) {
        return i + 1;
      }
    }
    return 0;
  }
}
