package io.sampo.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The grammar in which a declaration states a command's arguments. It is read only when somebody
 * asks for the documentation. Arguments are separated by blanks:
 *
 * <pre>{@code
 * key value [condition:<NX|XX>@2.6.12] [GET@6.2.0] [expiration:<EX seconds:int|KEEPTTL@6.0.0>]
 * }</pre>
 *
 * <ul>
 *   <li>{@code message}: a string; {@code count:int}, {@code score:double}, {@code
 *       pattern:pattern}, {@code at:time} (a Unix time) are of other types. Unusual names stand in
 *       single quotes.
 *   <li>{@code destination#1}: a key, by the key specification of that number (counted from 0);
 *       {@code key} alone is short for {@code key#0}; any type may have such a number too.
 *   <li>{@code GET}: a bare word, named as itself in lower case; {@code sorting=ALPHA}: one with
 *       another name.
 *   <li>{@code EX seconds:int}: an argument behind a word of its own.
 *   <li>{@code condition:<NX|XX>}: one of several; {@code data:(field value)}: several together.
 *   <li>{@code [x]}: optional; {@code x...}: several times, the word before it once; {@code [GET
 *       x]...}: optional, several times, the word each time.
 *   <li>{@code x@6.2.0}: since that version; {@code x@-2.8.12}: deprecated since then.
 * </ul>
 */
public final class Syntax {
  /**
   * One argument as COMMAND DOCS tells it.
   *
   * @param type Redis's name of the type
   * @param token word that precedes it, where {@code hasToken}; it may be the empty word
   * @param keySpec number of the key specification; -1 for none
   * @param since version, or empty
   * @param deprecated version, or empty
   * @param parts what a "oneof" or a "block" consists of
   */
  record Argument(
      String name,
      String type,
      boolean hasToken,
      String token,
      int keySpec,
      String since,
      String deprecated,
      boolean optional,
      boolean multiple,
      boolean multipleToken,
      List<Argument> parts) {}

  private final String text;
  private int at;

  private Syntax(String text) {
    this.text = text;
  }

  /**
   * Reads the arguments of a declaration.
   *
   * @throws IllegalArgumentException where the text is not of this grammar
   */
  static List<Argument> parse(String text) {
    Syntax syntax = new Syntax(text);
    List<Argument> arguments = syntax.several(' ', '\0');
    if (syntax.at < text.length()) {
      throw syntax.wrong();
    }
    return arguments;
  }

  /** The arguments as people write them: words, names, brackets. */
  static String usage(String text) {
    return usage(parse(text), " ");
  }

  private static String usage(List<Argument> arguments, String separator) {
    List<String> texts = new ArrayList<>();
    for (Argument each : arguments) {
      String body =
          switch (each.type) {
            case "pure-token" -> "";
            case "oneof" -> usage(each.parts, "|");
            case "block" -> usage(each.parts, " ");
            default -> '<' + each.name + '>';
          };
      String whole =
          each.token.isEmpty() || body.isEmpty() ? each.token + body : each.token + ' ' + body;
      String dots = each.multiple ? whole + " ..." : whole;
      texts.add(each.optional ? '[' + dots + ']' : dots);
    }
    return String.join(separator, texts);
  }

  /** Arguments between separators, up to {@code close}. */
  private List<Argument> several(char separator, char close) {
    List<Argument> arguments = new ArrayList<>();
    while (at < text.length() && peek() != close) {
      arguments.add(argument());
      skip(separator);
    }
    return List.copyOf(arguments);
  }

  private Argument argument() {
    if (!skip('[')) {
      return plain(false);
    }
    Argument inner = plain(true);
    require(']');
    if (!skipDots()) {
      return inner;
    }
    return new Argument(
        inner.name,
        inner.type,
        inner.hasToken,
        inner.token,
        inner.keySpec,
        inner.since,
        inner.deprecated,
        true,
        true,
        true,
        inner.parts);
  }

  private Argument plain(boolean optional) {
    boolean hasToken = false;
    String token = "";
    String name = "";
    String type = "string";
    int keySpec = -1;
    List<Argument> parts = List.of();
    if (Character.isUpperCase(peek())) {
      hasToken = true;
      token = word();
      if (peek() == ' ' && startsName(at + 1)) {
        at++;
      } else {
        name = token.toLowerCase(Locale.ROOT);
        type = "pure-token";
      }
    }
    if (name.isEmpty()) {
      name = name();
      if (skip('=')) {
        hasToken = true;
        token = word();
        type = "pure-token";
      } else if (skip(':')) {
        if (skip('<')) {
          type = "oneof";
          parts = several('|', '>');
          require('>');
        } else if (skip('(')) {
          type = "block";
          parts = several(' ', ')');
          require(')');
        } else {
          type = type(name());
        }
      } else if (name.equals("key") && peek() != '#') {
        type = "key";
        keySpec = 0;
      } else if (peek() == '#') {
        type = "key";
      }
      if (skip('#')) {
        keySpec = text.charAt(at++) - '0';
      }
    }
    String since = "";
    String deprecated = "";
    if (skip('@')) {
      if (skip('-')) {
        deprecated = version();
      } else {
        since = version();
      }
    }
    boolean multiple = skipDots();
    return new Argument(
        name, type, hasToken, token, keySpec, since, deprecated, optional, multiple, false, parts);
  }

  private String type(String word) {
    return switch (word) {
      case "int" -> "integer";
      case "time" -> "unix-time";
      case "double", "pattern", "string", "key" -> word;
      default -> throw wrong();
    };
  }

  /** Whether a name with a body of its own stands there, as opposed to a bare or another word. */
  private boolean startsName(int i) {
    if (i >= text.length()) {
      return false;
    }
    char c = text.charAt(i);
    return c == '\'' || Character.isLowerCase(c);
  }

  private String name() {
    int from = at;
    if (skip('\'')) {
      at = text.indexOf('\'', at) + 1;
      return text.substring(from + 1, at - 1);
    }
    while (Character.isLetterOrDigit(peek()) || "-_/".indexOf(peek()) >= 0) {
      at++;
    }
    if (at == from) {
      throw wrong();
    }
    return text.substring(from, at);
  }

  /** A word as it is typed: everything up to a delimiter of this grammar; may be empty. */
  private String word() {
    int from = at;
    while (at < text.length() && " |>)]@.".indexOf(peek()) < 0) {
      at++;
    }
    return text.substring(from, at);
  }

  private String version() {
    int from = at;
    while (Character.isDigit(peek())
        || peek() == '.' && at + 1 < text.length() && Character.isDigit(text.charAt(at + 1))) {
      at++;
    }
    return text.substring(from, at);
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private boolean skip(char c) {
    boolean there = peek() == c && at < text.length();
    if (there) {
      at++;
    }
    return there;
  }

  private boolean skipDots() {
    boolean there = text.startsWith("...", at);
    if (there) {
      at += 3;
    }
    return there;
  }

  private void require(char c) {
    if (!skip(c)) {
      throw wrong();
    }
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("syntax at " + at + " of: " + text);
  }
}
