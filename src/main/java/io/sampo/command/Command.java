package io.sampo.command;

import io.sampo.resp.Args;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One command as it is declared: in one line, beside its implementation. COMMAND, ACL categories,
 * routing to shards and the documentation are derived from that line.
 *
 * <pre>{@code
 * cmd("get", 2, "readonly fast", "RO access 1", "1.0.0", "O(1)", "key", "Value of a string.", Strings::get)
 * }</pre>
 *
 * <ul>
 *   <li><b>arity</b>: number of arguments, name included; negative for "at least".
 *   <li><b>flags</b>: {@link Flag} words; explicit ACL categories as {@code @dangerous}; tips as
 *       {@code ~nondeterministic_output}; document flags as {@code %deprecated:6.2.0:replacement};
 *       where it runs ({@link Place}) as {@code on:session} when it is not where its keys are.
 *   <li><b>keys</b>: see {@link KeySpec}.
 *   <li><b>syntax</b>: the arguments, see {@link Syntax}.
 * </ul>
 */
public final class Command {
  /** Where a command runs. */
  public enum Place {
    /** On the shards of its keys; without keys on whichever shard the batch goes to. */
    KEYS,
    /** With the keyspaces of all shards. */
    ALL,
    /** In the session, when everything before it in the connection has been answered. */
    SESSION,
    /** In the session, as soon as it is read: the commands that steer a transaction. */
    DISPATCH
  }

  public final String name;
  public final int arity;
  public final int flags;
  public final Place place;
  public final List<KeySpec> keys;
  public final String since;
  public final String complexity;
  public final String syntax;
  public final String summary;
  public final Handler handler;

  /** Words of the declaration that only COMMAND and the ACL read. */
  public final List<String> categories;

  public final List<String> tips;
  public final String deprecated;

  private final Map<String, Command> subcommands = new LinkedHashMap<>();
  private String group = "";
  private int id = -1;

  /** First key, last key (negative from the end) and step, where all keys form one range. */
  private final int firstKey;

  private final int lastKey;
  private final int keyStep;
  private final boolean plainKeys;

  private Command(
      String name,
      int arity,
      String words,
      String keys,
      String since,
      String complexity,
      String syntax,
      String summary,
      Handler handler) {
    this.name = name;
    this.arity = arity;
    this.keys = KeySpec.parseAll(keys);
    this.since = since;
    this.complexity = complexity;
    this.syntax = syntax;
    this.summary = summary;
    this.handler = handler;
    int bits = 0;
    Place where = Place.KEYS;
    String old = "";
    List<String> acl = new ArrayList<>();
    List<String> hints = new ArrayList<>();
    for (String word : words.isBlank() ? new String[0] : words.trim().split(" +")) {
      switch (word.charAt(0)) {
        case '@' -> acl.add(word.substring(1));
        case '~' -> hints.add(word.substring(1));
        case '%' -> old = word.substring(1);
        default -> {
          if (word.startsWith("on:")) {
            where = Place.valueOf(word.substring(3).toUpperCase(Locale.ROOT));
          } else {
            bits |= Flag.valueOf(word.toUpperCase(Locale.ROOT)).bit;
          }
        }
      }
    }
    this.flags = bits;
    this.place = where;
    this.categories = List.copyOf(acl);
    this.tips = List.copyOf(hints);
    this.deprecated = old;
    KeySpec only = this.keys.size() == 1 ? this.keys.get(0) : KeySpec.NONE;
    this.plainKeys = this.keys.isEmpty() || only.isRange();
    this.firstKey = plainKeys && !this.keys.isEmpty() ? only.first() : 0;
    this.lastKey = only.last();
    this.keyStep = only.step();
  }

  /** Declares a command. */
  public static Command cmd(
      String name,
      int arity,
      String flags,
      String keys,
      String since,
      String complexity,
      String syntax,
      String summary,
      Handler handler) {
    return new Command(name, arity, flags, keys, since, complexity, syntax, summary, handler);
  }

  /** Declares a command that is only the container of these subcommands ("config|get"). */
  public static Command container(
      String name, int arity, String since, String summary, Command... subcommands) {
    Handler none =
        (c, a) -> {
          throw new IllegalStateException("a container does not run");
        };
    Command command =
        new Command(name, arity, "", "", since, "Depends on subcommand.", "", summary, none);
    for (Command sub : subcommands) {
      String word = sub.name.substring(sub.name.indexOf('|') + 1);
      command.subcommands.put(word, sub);
    }
    return command;
  }

  /** Names the family (Redis's "group") this command belongs to; done once by its table. */
  Command in(String family) {
    group = family;
    subcommands.values().forEach(sub -> sub.in(family));
    return this;
  }

  void id(int number) {
    id = number;
  }

  /** A small dense number, for tables indexed by command. */
  public int id() {
    return id;
  }

  public String group() {
    return group;
  }

  public Map<String, Command> subcommands() {
    return subcommands;
  }

  public boolean has(Flag flag) {
    return (flags & flag.bit) != 0;
  }

  public boolean isWrite() {
    return (flags & 1) != 0;
  }

  /** Whether a request of {@code count} slices satisfies the arity. */
  public boolean accepts(int count) {
    return arity >= 0 ? count == arity : count >= -arity;
  }

  /** Whether the keys of every request form one range of argument positions. */
  public boolean hasPlainKeys() {
    return plainKeys;
  }

  /** Position of the first key of a {@link #hasPlainKeys} command; 0 where it has none. */
  public int firstKey() {
    return firstKey;
  }

  /** Position of the last key in a request of {@code count} slices. */
  public int lastKey(int count) {
    return lastKey >= 0 ? firstKey + lastKey : count + lastKey;
  }

  public int keyStep() {
    return keyStep;
  }

  /** Calls {@code visitor} with the position of each key of the request. */
  public void eachKey(Args a, KeySpec.Visitor visitor) {
    for (KeySpec spec : keys) {
      spec.each(a, visitor);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
