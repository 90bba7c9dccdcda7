package io.sampo.resp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Requests typed by hand: words separated by blanks, with double quotes (escapes {@code \n \r \t \b
 * \a \xHH}, otherwise the escaped byte itself) and single quotes (escape {@code \'} only). A quote
 * may open inside a word; a closing quote must end it.
 */
public final class InlineRequest {
  private InlineRequest() {}

  /** The words of a line, byte for byte; nothing if quotes are unbalanced. */
  public static Optional<List<String>> words(String line) {
    byte[] bytes = Bytes.ascii(line);
    Frames frames = new Frames();
    frames.buffer(bytes);
    if (!split(bytes, 0, bytes.length, frames)) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>();
    if (frames.count() > 0) {
      Args args = new Args().at(frames, 0);
      for (int i = 0; i < args.count(); i++) {
        words.add(args.text(i));
      }
    }
    return Optional.of(words);
  }

  /** Whether {@link #split} would write to the range, in order to unquote it. */
  static boolean quoted(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == '"' || bytes[i] == '\'') {
        return true;
      }
    }
    return false;
  }

  /**
   * Adds the words of a line as one request, or none if it has no word. Unquotes in place, for a
   * word never grows by it.
   *
   * @return false if quotes are unbalanced
   */
  static boolean split(byte[] bytes, int from, int to, Frames out) {
    // Words are delimited by fewer bytes than are skipped between them; a final CR is such a blank.
    int words = 0;
    int at = from;
    while (true) {
      while (at < to && blank(bytes[at])) {
        at++;
      }
      if (at == to) {
        break;
      }
      int word = at;
      int write = at;
      byte quote = 0;
      boolean closed = false;
      while (!closed && at < to) {
        byte b = bytes[at];
        if (quote == 0) {
          if (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
            break;
          }
          at++;
          if (b == '"' || b == '\'') {
            quote = b;
          } else {
            write = put(bytes, write, at - 1, b);
          }
        } else if (b == quote) {
          at++;
          if (at < to && !blank(bytes[at])) {
            return false;
          }
          closed = true;
        } else if (b == '\\' && quote == '"' && at + 1 < to) {
          if (bytes[at + 1] == 'x' && at + 3 < to && hex(bytes[at + 2], bytes[at + 3]) >= 0) {
            bytes[write++] = (byte) hex(bytes[at + 2], bytes[at + 3]);
            at += 4;
          } else {
            bytes[write++] = unescape(bytes[at + 1]);
            at += 2;
          }
        } else if (b == '\\' && quote == '\'' && at + 1 < to && bytes[at + 1] == '\'') {
          bytes[write++] = '\'';
          at += 2;
        } else {
          write = put(bytes, write, at, b);
          at++;
        }
      }
      if (quote != 0 && !closed) {
        return false;
      }
      out.slice(word, write - word);
      words++;
    }
    if (words > 0) {
      out.end();
    }
    return true;
  }

  /** Writes only what moves, for a line without quotes belongs to somebody else. */
  private static int put(byte[] bytes, int write, int read, byte b) {
    if (write != read) {
      bytes[write] = b;
    }
    return write + 1;
  }

  private static boolean blank(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }

  private static int hex(byte high, byte low) {
    int h = Character.digit(high & 0xff, 16);
    int l = Character.digit(low & 0xff, 16);
    return h < 0 || l < 0 ? -1 : h << 4 | l;
  }

  private static byte unescape(byte b) {
    return switch (b) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'a' -> 7;
      default -> b;
    };
  }
}
