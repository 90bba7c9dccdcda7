package io.sampo.command;

import io.sampo.resp.Args;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
 *   <li><b>words</b>: {@link Flag}s; ACL categories that neither the flags nor the family imply, as
 *       {@code @dangerous}, and those they imply wrongly, as {@code -@keyspace}; tips as {@code
 *       ~nondeterministic_output}; {@code %syscmd}, or {@code %deprecated:6.2.0:ZRANGE+REV} with
 *       what replaces it; where it runs ({@link Place}) as {@code on:session} when that is not
 *       where its keys are.
 *   <li><b>keys</b>: see {@link KeySpec}.
 *   <li><b>syntax</b>: the arguments, see {@link Syntax}.
 * </ul>
 *
 * What has changed in a command since its first version stands below that line, as {@link
 * #history}.
 */
public final class Command {
  /** Where a command runs. */
  public enum Place {
    /** On the shards of its keys; without keys on whichever shard the batch goes to. */
    KEYS,
    /** With the keyspaces of all shards. */
    ALL,
    /** On the shard that the cursor in its first argument names; see {@link Cursor}. */
    CURSOR,
    /** On the shards of its keys, and on a thread that may wait for others. */
    ASIDE,
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

  /** Hints for client libraries and proxies. */
  public final List<String> tips;

  /** {@code syscmd}, or {@code deprecated:SINCE:REPLACEMENT}, or empty. */
  final String remark;

  /** The keys as COMMAND INFO tells them, pub/sub channels included. */
  final KeyRange range;

  private final boolean plainKeys;
  private final boolean quick;
  private final int firstKey;
  private final EnumSet<Category> added = EnumSet.noneOf(Category.class);
  private final EnumSet<Category> removed = EnumSet.noneOf(Category.class);
  private final EnumSet<Category> categories = EnumSet.noneOf(Category.class);
  private final Map<String, Command> subcommands = new LinkedHashMap<>();
  private List<String> history = List.of();
  private Optional<Advance> advance = Optional.empty();
  private String group = "";
  private int id = -1;

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
    String note = "";
    List<String> hints = new ArrayList<>();
    for (String word : words.isBlank() ? new String[0] : words.split(" ")) {
      switch (word.charAt(0)) {
        case '@' -> added.add(Category.valueOf(upper(word.substring(1))));
        case '-' -> removed.add(Category.valueOf(upper(word.substring(2))));
        case '~' -> hints.add(word.substring(1));
        case '%' -> note = word.substring(1);
        default -> {
          if (word.startsWith("on:")) {
            where = Place.valueOf(upper(word.substring(3)));
          } else {
            bits |= Flag.valueOf(upper(word)).bit;
          }
        }
      }
    }
    boolean movable = !this.keys.stream().allMatch(KeySpec::isRange);
    this.flags = movable ? bits | Flag.MOVABLEKEYS.bit : bits;
    this.quick = isQuick(complexity, (bits & Flag.WRITE.bit) != 0);
    this.place = where;
    this.tips = List.copyOf(hints);
    this.remark = note;
    this.range = KeyRange.of(this.keys);
    this.plainKeys = range.whole();
    this.firstKey = hasKeys() && plainKeys ? range.first() : 0;
  }

  /** Declares a command. */
  public static Command cmd(
      String name,
      int arity,
      String words,
      String keys,
      String since,
      String complexity,
      String syntax,
      String summary,
      Handler handler) {
    return new Command(name, arity, words, keys, since, complexity, syntax, summary, handler);
  }

  /** Declares a command that is only the container of these subcommands ("config|get"). */
  public static Command container(
      String name, int arity, String since, String summary, Command... subcommands) {
    Handler none =
        (c, a) -> {
          throw new IllegalStateException("a container does not run");
        };
    return cmd(name, arity, "", "", since, "Depends on subcommand.", "", summary, none)
        .with(subcommands);
  }

  /** Gives a command its subcommands. */
  public Command with(Command... commands) {
    for (Command sub : commands) {
      subcommands.put(sub.name.substring(sub.name.indexOf('|') + 1), sub);
      if (sub.handler instanceof Help help) {
        help.about(this);
      }
    }
    return this;
  }

  /**
   * Tells what has changed since the command came, each change as {@code "6.0.0 Option KEEPTTL."}.
   */
  public Command history(String... changes) {
    history = List.of(changes);
    return this;
  }

  List<String> history() {
    return history;
  }

  /** Says what can be done of its requests before they are run. */
  public Command advance(Advance how) {
    advance = Optional.of(how);
    return this;
  }

  /** What can be done of its requests before they are run, if anything. */
  Optional<Advance> advance() {
    return advance;
  }

  /** Whether it pays to do something of a request in advance, as {@link Advanced}. */
  public boolean hasAdvance(Args a) {
    return advance.isPresent() && advance.get().pays(a);
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }

  /** Names the family (Redis's "group") this command belongs to; done once by its table. */
  Command in(String family) {
    group = family;
    boolean pure = !subcommands.isEmpty() && flags == 0;
    if (!pure && Category.BY_GROUP.containsKey(family)) {
      categories.add(Category.BY_GROUP.get(family));
    }
    imply(has(Flag.WRITE), Category.WRITE);
    imply(has(Flag.READONLY) && !family.equals("scripting"), Category.READ);
    imply(has(Flag.ADMIN), Category.ADMIN);
    imply(has(Flag.ADMIN), Category.DANGEROUS);
    imply(has(Flag.PUBSUB), Category.PUBSUB);
    imply(has(Flag.BLOCKING), Category.BLOCKING);
    imply(true, has(Flag.FAST) ? Category.FAST : Category.SLOW);
    categories.addAll(added);
    categories.removeAll(removed);
    subcommands.values().forEach(sub -> sub.in(family));
    return this;
  }

  private void imply(boolean condition, Category category) {
    if (condition) {
      categories.add(category);
    }
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

  /** Its ACL categories; known once a table holds it. */
  Set<Category> categories() {
    return Collections.unmodifiableSet(categories);
  }

  /** The subcommands by their last word ("get" of "config|get"). */
  public Map<String, Command> subcommands() {
    return subcommands;
  }

  /** The subcommand that slice {@code i} of a request names, in any case. */
  public Optional<Command> subcommand(Args a, int i) {
    for (Map.Entry<String, Command> each : subcommands.entrySet()) {
      if (a.is(i, each.getKey())) {
        return Optional.of(each.getValue());
      }
    }
    return Optional.empty();
  }

  public boolean has(Flag flag) {
    return (flags & flag.bit) != 0;
  }

  public boolean isWrite() {
    return (flags & 1) != 0;
  }

  /** Whether its time hardly depends on the data, but for the bytes of its request and reply. */
  public boolean isQuick() {
    return quick;
  }

  private static boolean isQuick(String complexity, boolean writes) {
    return switch (complexity) {
      case "O(1)", "O(log(N))" -> true;
      // What a write removes does not show in its reply.
      case "O(log(N)+M)" -> !writes;
      default -> false;
    };
  }

  /** Whether a request of {@code count} slices satisfies the arity. */
  public boolean accepts(int count) {
    return arity >= 0 ? count == arity : count >= -arity;
  }

  /** Whether requests can have keys; the channels of sharded pub/sub are none. */
  boolean hasKeys() {
    for (KeySpec spec : keys) {
      if (!spec.isChannel()) {
        return true;
      }
    }
    return false;
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
    return range.last() >= 0 ? range.last() : count + range.last();
  }

  public int keyStep() {
    return range.step();
  }

  /** Calls {@code visitor} with the position of each key of the request; of a bad request, some. */
  public void eachKey(Args a, KeySpec.Visitor visitor) {
    Keys.each(this, a, visitor);
  }

  @Override
  public String toString() {
    return name;
  }
}
