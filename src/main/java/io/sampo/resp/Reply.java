package io.sampo.resp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A reply as a client reads it. Equal if type and value are equal; prints itself the way redis-cli
 * shows it.
 */
public sealed interface Reply {
  /** A simple string. */
  record Simple(String text) implements Reply {
    @Override
    public String toString() {
      return text;
    }
  }

  /** An error, its code word first; sent as a line or, in RESP3, as a bulk error. */
  record Error(String text) implements Reply {
    @Override
    public String toString() {
      return "(error) " + text;
    }
  }

  record Int(long value) implements Reply {
    @Override
    public String toString() {
      return "(integer) " + value;
    }
  }

  record Bulk(byte[] bytes) implements Reply {
    @Override
    public boolean equals(Object other) {
      return other instanceof Bulk bulk && Arrays.equals(bytes, bulk.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return quote(bytes);
    }
  }

  /** Any of the nulls: of RESP3, or a bulk string or an array of length -1. */
  record Null() implements Reply {
    @Override
    public String toString() {
      return "(nil)";
    }
  }

  record Array(List<Reply> elements) implements Reply {
    @Override
    public String toString() {
      return list(elements, ") ", "(empty array)");
    }
  }

  /** A map; keys and values take turns in {@code flat}. */
  record Map(List<Reply> flat) implements Reply {
    @Override
    public String toString() {
      List<String> entries = new ArrayList<>();
      for (int i = 0; i < flat.size(); i += 2) {
        entries.add(flat.get(i) + " => " + flat.get(i + 1));
      }
      return list(entries, "# ", "(empty hash)");
    }
  }

  /** A set, its elements in the order in which they came. */
  record Set(List<Reply> elements) implements Reply {
    @Override
    public String toString() {
      return list(elements, "~ ", "(empty set)");
    }
  }

  /** What a server says unasked. */
  record Push(List<Reply> elements) implements Reply {
    @Override
    public String toString() {
      return list(elements, "> ", "(empty push)");
    }
  }

  record Real(double value) implements Reply {
    @Override
    public String toString() {
      return "(double) " + Numbers.format(value);
    }
  }

  record Bool(boolean value) implements Reply {
    @Override
    public String toString() {
      return value ? "(true)" : "(false)";
    }
  }

  /** Text with a format of three letters, such as "txt". */
  record Verbatim(String format, String text) implements Reply {
    @Override
    public String toString() {
      return text;
    }
  }

  /** An integer of any size, in decimal. */
  record BigNumber(String digits) implements Reply {
    @Override
    public String toString() {
      return digits;
    }
  }

  private static String list(List<?> elements, String mark, String empty) {
    if (elements.isEmpty()) {
      return empty;
    }
    int width = Integer.toString(elements.size()).length();
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < elements.size(); i++) {
      String number = Integer.toString(i + 1);
      String head = " ".repeat(width - number.length()) + number + mark;
      String indent = "\n" + " ".repeat(head.length());
      out.append(i == 0 ? "" : "\n").append(head);
      out.append(elements.get(i).toString().replace("\n", indent));
    }
    return out.toString();
  }

  private static String quote(byte[] bytes) {
    StringBuilder out = new StringBuilder("\"");
    for (byte b : bytes) {
      switch (b) {
        case '"', '\\' -> out.append('\\').append((char) b);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case 7 -> out.append("\\a");
        default -> {
          if (b >= ' ' && b <= '~') {
            out.append((char) b);
          } else {
            out.append(String.format("\\x%02x", b));
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
