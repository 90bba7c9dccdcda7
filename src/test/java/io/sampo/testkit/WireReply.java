package io.sampo.testkit;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A reply as it came over the wire, for comparison: equal replies have equal types, texts and
 * elements. Unlike {@link io.sampo.resp.Reply} it tells a RESP2 null array from a null bulk string
 * and 1.0 from 1, and it shares no code with what is tested.
 *
 * @param type the first byte on the wire, or {@code '_'} for each form of null
 * @param text what a type without elements says, byte for byte (ISO-8859-1); of a null its form
 * @param elements of a map its keys and values in turn
 */
public record WireReply(char type, String text, List<WireReply> elements) {
  private static final Pattern DECIMALS = Pattern.compile("-?[0-9]+\\.[0-9]{4,}");

  static WireReply of(char type, String text) {
    return new WireReply(type, text, List.of());
  }

  public boolean isError() {
    return type == '-' || type == '!';
  }

  public boolean isNull() {
    return type == '_';
  }

  /** The value of an integer, or of a text that is one. */
  public long number() {
    return Long.parseLong(text);
  }

  /** The texts of the elements. */
  public List<String> texts() {
    return elements.stream().map(WireReply::text).toList();
  }

  /**
   * The same reply with the elements of every aggregate in one agreed order, maps by their keys.
   */
  public WireReply sorted() {
    List<WireReply> inner = elements.stream().map(WireReply::sorted).toList();
    if (type != '%') {
      inner = inner.stream().sorted((a, b) -> a.toString().compareTo(b.toString())).toList();
      return new WireReply(type, text, inner);
    }
    List<WireReply> flat = inner;
    List<WireReply> byKey =
        IntStream.range(0, flat.size() / 2)
            .boxed()
            .sorted((a, b) -> flat.get(2 * a).toString().compareTo(flat.get(2 * b).toString()))
            .flatMap(i -> flat.subList(2 * i, 2 * i + 2).stream())
            .toList();
    return new WireReply(type, text, byKey);
  }

  /** The same reply without what it says: types and numbers of elements alone. */
  public WireReply shape() {
    return new WireReply(
        type, isNull() ? text : "", elements.stream().map(WireReply::shape).toList());
  }

  /**
   * The same reply with every number of many decimals rounded to three: two libraries' sines and
   * cosines are not always the same double.
   */
  public WireReply rounded() {
    boolean exact = DECIMALS.matcher(text).matches();
    return new WireReply(
        type,
        exact ? "%.3f".formatted(Double.parseDouble(text)) : text,
        elements.stream().map(WireReply::rounded).toList());
  }

  @Override
  public String toString() {
    return switch (type) {
      case '*', '~', '%', '>', '|' ->
          elements.stream()
              .map(WireReply::toString)
              .collect(Collectors.joining(", ", type + "[", "]"));
      default -> type + printable(text);
    };
  }

  /** Text with everything but printable ASCII escaped. */
  static String printable(String text) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c < ' ' || c > '~' || c == '\\') {
        out.append(String.format("\\x%02x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
