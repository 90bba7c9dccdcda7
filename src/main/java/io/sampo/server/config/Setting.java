package io.sampo.server.config;

import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One directive: its name, its value now, and how text becomes a value and a value text. Read from
 * any thread.
 */
public final class Setting<T> {
  /** A value that a directive does not take; the message says why, in Redis's words. */
  public static final class BadValue extends RuntimeException {
    public BadValue(String message) {
      super(message, null, false, false);
    }
  }

  private static final String NO_MEMORY = "argument must be a memory value";

  public final String name;

  /** From the value that there is, which the text may change but in part, and the text. */
  private final BiFunction<T, String, T> parse;

  private final Function<T, String> format;
  private final List<Consumer<T>> listeners = new ArrayList<>();
  private final T initial;
  private final List<String> aliases = new ArrayList<>();
  private boolean fixed;
  private boolean guarded;
  private boolean several;
  private Consumer<T> condition = value -> {};
  private volatile T value;

  private Setting(
      String name, T initial, BiFunction<T, String, T> parse, Function<T, String> format) {
    this.name = name;
    this.initial = initial;
    this.value = initial;
    this.parse = parse;
    this.format = format;
  }

  /** Text, taken as it is. */
  public static Setting<String> text(String name, String initial) {
    return of(name, initial, s -> s, s -> s);
  }

  /** Yes or no. */
  public static Setting<Boolean> bool(String name, boolean initial) {
    return of(
        name,
        initial,
        s ->
            switch (s.toLowerCase(Locale.ROOT)) {
              case "yes" -> true;
              case "no" -> false;
              default -> throw new BadValue("argument must be 'yes' or 'no'");
            },
        b -> b ? "yes" : "no");
  }

  /** An integer between two bounds, both allowed. */
  public static Setting<Long> integer(String name, long initial, long min, long max) {
    return of(name, initial, s -> bounded(number(s), min, max), String::valueOf);
  }

  /** Bytes, with the units Redis knows: 100, 1k, 1kb, 5mb, 2gb … */
  public static Setting<Long> bytes(String name, long initial, long min, long max) {
    return of(
        name,
        initial,
        s -> {
          BigInteger bytes = memorySize(s);
          boolean fits = bytes.bitLength() < Long.SIZE;
          return bounded(fits ? bytes.longValue() : Long.MIN_VALUE, min, max);
        },
        String::valueOf);
  }

  /** One word out of several. */
  public static Setting<String> oneOf(String name, String initial, String... words) {
    return of(
        name,
        initial,
        s -> {
          String word = s.toLowerCase(Locale.ROOT);
          if (!List.of(words).contains(word)) {
            throw new BadValue(
                "argument(s) must be one of the following: " + String.join(", ", words));
          }
          return word;
        },
        s -> s);
  }

  /** A value of any other form. */
  public static <T> Setting<T> of(
      String name, T initial, Function<String, T> parse, Function<T, String> format) {
    return new Setting<>(name, initial, (old, text) -> parse.apply(text), format);
  }

  /** As {@link #of}, where a text may change but a part of the value. */
  public static <T> Setting<T> inPart(
      String name, T initial, BiFunction<T, String, T> change, Function<T, String> format) {
    return new Setting<>(name, initial, change, format);
  }

  /** Marks the directive as one that only the start can set. */
  public Setting<T> fixed() {
    fixed = true;
    return this;
  }

  /** Marks the directive as one whose value may be given as several words. */
  public Setting<T> several() {
    several = true;
    return this;
  }

  boolean takesSeveral() {
    return several;
  }

  /** Adds another name, an older one as a rule. */
  public Setting<T> alias(String other) {
    aliases.add(other);
    return this;
  }

  /** The other names it goes by. */
  List<String> aliases() {
    return aliases;
  }

  /** Marks the directive as one of those that {@code enable-protected-configs} is about. */
  public Setting<T> guarded() {
    guarded = true;
    return this;
  }

  public boolean isGuarded() {
    return guarded;
  }

  /**
   * Adds a condition that depends on more than the text; it throws {@link BadValue}, and is asked
   * about values set from now on.
   */
  public Setting<T> provided(Consumer<T> itsCondition) {
    condition = itsCondition;
    return this;
  }

  public boolean isFixed() {
    return fixed;
  }

  /** Has {@code listener} told of the value now and of every later one. */
  public Setting<T> each(Consumer<T> listener) {
    listeners.add(listener);
    listener.accept(value);
    return this;
  }

  public T get() {
    return value;
  }

  /** The value as CONFIG GET shows it. */
  public String format() {
    return format.apply(value);
  }

  boolean isInitial() {
    return value.equals(initial);
  }

  /**
   * Checks a text without using it.
   *
   * @throws BadValue if it is none of this directive's values
   */
  public void check(String text) {
    condition.accept(parse.apply(value, text));
  }

  /** Whether a text is a way to write the value that there is, for whoever starts with it. */
  public boolean isValue(String text) {
    try {
      return parse.apply(initial, text).equals(value);
    } catch (BadValue e) {
      return false;
    }
  }

  /**
   * Takes a value from text.
   *
   * @throws BadValue if it is none of this directive's values; nothing is changed then
   */
  public void set(String text) {
    T parsed = parse.apply(value, text);
    condition.accept(parsed);
    value = parsed;
    listeners.forEach(listener -> listener.accept(parsed));
  }

  /** Takes a value that has come to be in another way than by configuration. */
  public void put(T now) {
    value = now;
  }

  /** An integer; one out of bounds counts as the nearest within. */
  public static Setting<Long> clamped(String name, long initial, long min, long max) {
    return of(name, initial, s -> Math.max(min, Math.min(max, number(s))), String::valueOf);
  }

  /** Permission bits in octal; 0 leaves them to the umask. */
  public static Setting<Long> permissions(String name) {
    return of(
        name,
        0L,
        s -> {
          if (!s.matches("[0-7]{1,4}") || Integer.parseInt(s, 8) > 0777) {
            throw new BadValue("argument must be an octal number between 0 and 777");
          }
          return Long.parseLong(s, 8);
        },
        Long::toOctalString);
  }

  /** An existing directory, at first the working directory; as an absolute path. */
  public static Setting<String> directory(String name) {
    return of(
        name,
        Path.of("").toAbsolutePath().toString(),
        s -> {
          Path path = path(s).toAbsolutePath().normalize();
          if (s.isEmpty() || Files.notExists(path)) {
            throw new BadValue("No such file or directory");
          }
          if (!Files.isDirectory(path)) {
            throw new BadValue("Not a directory");
          }
          return path.toString();
        },
        s -> s);
  }

  /** The name of a file, without any directory. */
  public static Setting<String> fileName(String name, String initial) {
    return of(
        name,
        initial,
        s -> {
          if (s.isEmpty() || !path(s).getFileName().toString().equals(s)) {
            throw new BadValue(name + " can't be a path, just a filename");
          }
          return s;
        },
        s -> s);
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new BadValue("No such file or directory");
    }
  }

  private static long number(String text) {
    byte[] bytes = Bytes.ascii(text);
    try {
      return Bytes.toLong(bytes, 0, bytes.length, RespError.NOT_AN_INTEGER);
    } catch (RespError e) {
      throw new BadValue("argument couldn't be parsed into an integer");
    }
  }

  private static long bounded(long value, long min, long max) {
    if (value < min || value > max) {
      throw new BadValue("argument must be between " + min + " and " + max + " inclusive");
    }
    return value;
  }

  /**
   * A number of bytes, with the units Redis knows.
   *
   * @throws BadValue if it is none
   */
  static long memory(String text) {
    BigInteger bytes = memorySize(text);
    if (bytes.bitLength() >= Long.SIZE) {
      throw new BadValue(NO_MEMORY);
    }
    return bytes.longValue();
  }

  private static BigInteger memorySize(String text) {
    String s = text.toLowerCase(Locale.ROOT);
    int digits = 0;
    while (digits < s.length() && s.charAt(digits) >= '0' && s.charAt(digits) <= '9') {
      digits++;
    }
    long unit =
        switch (s.substring(digits)) {
          case "", "b" -> 1;
          case "k" -> 1000;
          case "kb" -> 1024;
          case "m" -> 1000 * 1000;
          case "mb" -> 1024 * 1024;
          case "g" -> 1000L * 1000 * 1000;
          case "gb" -> 1024L * 1024 * 1024;
          default -> 0;
        };
    // No digit at all is 0 to Redis, too.
    BigInteger number = digits == 0 ? BigInteger.ZERO : new BigInteger(s.substring(0, digits));
    BigInteger bytes = number.multiply(BigInteger.valueOf(unit));
    if (unit == 0) {
      throw new BadValue(NO_MEMORY);
    }
    return bytes;
  }
}
