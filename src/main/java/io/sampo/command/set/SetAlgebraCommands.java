package io.sampo.command.set;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.data.Limits;
import io.sampo.data.set.SetValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The commands that make sets out of several sets. */
public final class SetAlgebraCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("sdiff", -2, "readonly ~nondeterministic_output_order", "RO access 1..-1", "1.0.0", "O(N)", "key...", "Members of the first set that are in none of the others.", SetAlgebraCommands::sdiff),
      cmd("sdiffstore", -3, "write denyoom", "OW update 1; RO access 2..-1", "1.0.0", "O(N)", "destination#0 key#1...", "Store the difference of sets.", SetAlgebraCommands::sdiffStore),
      cmd("sinter", -2, "readonly ~nondeterministic_output_order", "RO access 1..-1", "1.0.0", "O(N*M)", "key...", "Members that all the sets share.", SetAlgebraCommands::sinter),
      cmd("sintercard", -3, "readonly", "RO access 1#0+1", "7.0.0", "O(N*M)", "numkeys:int key... [LIMIT limit:int]", "Number of members that all the sets share.", SetAlgebraCommands::sinterCard),
      cmd("sinterstore", -3, "write denyoom", "RW update 1; RO access 2..-1", "1.0.0", "O(N*M)", "destination#0 key#1...", "Store the intersection of sets.", SetAlgebraCommands::sinterStore),
      cmd("sunion", -2, "readonly ~nondeterministic_output_order", "RO access 1..-1", "1.0.0", "O(N)", "key...", "Members of any of the sets.", SetAlgebraCommands::sunion),
      cmd("sunionstore", -3, "write denyoom", "OW update 1; RO access 2..-1", "1.0.0", "O(N)", "destination#0 key#1...", "Store the union of sets.", SetAlgebraCommands::sunionStore));
  // spotless:on

  private static final SetValue EMPTY = new SetValue();
  private static final RespError NO_KEYS = new RespError("ERR numkeys should be greater than 0");
  private static final RespError TOO_FEW =
      new RespError("ERR Number of keys can't be greater than number of args");
  private static final RespError NEGATIVE_LIMIT = new RespError("ERR LIMIT can't be negative");

  private SetAlgebraCommands() {}

  /** The sets at keys {@code from} to before {@code to}; empty ones where there is no key. */
  private static SetValue[] sets(Context c, Args a, int from, int to) {
    SetValue[] sets = new SetValue[to - from];
    for (int i = from; i < to; i++) {
      Db db = c.db(a, i);
      int h = Sets.read(c, db, a, i);
      sets[i - from] = h == Db.NONE ? EMPTY : Sets.set(db, h);
    }
    return sets;
  }

  // ---- intersection ----

  /** The sets at keys {@code from} to before {@code to}, each once, the smallest first. */
  private static SetValue[] different(Context c, Args a, int from, int to) {
    return Arrays.stream(sets(c, a, from, to))
        .distinct()
        .sorted(Comparator.comparingInt(SetValue::size))
        .toArray(SetValue[]::new);
  }

  private static void sinter(Context c, Args a) {
    ReplyWriter out = c.out();
    SetValue[] sets = different(c, a, 1, a.count());
    int mark = out.defer();
    int[] count = {0};
    SetValue.eachShared(
        sets,
        (m, offset, length) -> {
          out.bulk(m, offset, length);
          count[0]++;
          return true;
        });
    out.endSet(mark, count[0]);
  }

  private static void sinterCard(Context c, Args a) {
    long keys = a.integer(1, NO_KEYS);
    if (keys <= 0) {
      throw NO_KEYS;
    }
    if (keys > a.count() - 2) {
      throw TOO_FEW;
    }
    int end = (int) keys + 2;
    long limit = 0;
    for (int i = end; i < a.count(); i += 2) {
      if (!a.is(i, "limit") || i + 1 == a.count()) {
        throw RespError.SYNTAX;
      }
      limit = a.integer(i + 1, NEGATIVE_LIMIT);
      if (limit < 0) {
        throw NEGATIVE_LIMIT;
      }
    }
    long most = limit == 0 ? Long.MAX_VALUE : limit;
    SetValue[] sets = different(c, a, 2, end);
    if (sets.length == 1) {
      c.out().integer(Math.min(sets[0].size(), most));
      return;
    }
    int[] count = {0};
    SetValue.eachShared(sets, (m, offset, length) -> ++count[0] < most);
    c.out().integer(count[0]);
  }

  private static void sinterStore(Context c, Args a) {
    SetValue[] sets = different(c, a, 2, a.count());
    Limits limits = c.db(a, 1).limits();
    SetValue result = new SetValue();
    SetValue.eachShared(
        sets,
        (m, offset, length) -> {
          result.add(m, offset, length, limits);
          return true;
        });
    store(c, a, result, "sinterstore");
  }

  // ---- union and difference ----

  private static void sunion(Context c, Args a) {
    SetValue[] sets = sets(c, a, 1, a.count());
    Sets.reply(c.out(), sets.length == 1 ? sets[0] : union(sets, c.db(a, 1).limits()));
  }

  private static void sunionStore(Context c, Args a) {
    store(c, a, union(sets(c, a, 2, a.count()), c.db(a, 1).limits()), "sunionstore");
  }

  private static SetValue union(SetValue[] sets, Limits limits) {
    SetValue result = new SetValue();
    for (SetValue set : sets) {
      set.each(
          (m, offset, length) -> {
            result.add(m, offset, length, limits);
            return true;
          });
    }
    return result;
  }

  private static void sdiff(Context c, Args a) {
    SetValue[] sets = sets(c, a, 1, a.count());
    Sets.reply(c.out(), difference(sets, c.db(a, 1).limits()));
  }

  private static void sdiffStore(Context c, Args a) {
    store(c, a, difference(sets(c, a, 2, a.count()), c.db(a, 1).limits()), "sdiffstore");
  }

  /** What is left of the first set, by looking its members up in the others or the reverse. */
  private static SetValue difference(SetValue[] sets, Limits limits) {
    for (int i = 1; i < sets.length; i++) {
      if (sets[i] == sets[0]) {
        return EMPTY;
      }
    }
    long lookups = (long) sets[0].size() * (sets.length - 1);
    long removals = Arrays.stream(sets).mapToLong(SetValue::size).sum();
    return lookups <= 2 * removals ? filtered(sets, limits) : reduced(sets, limits);
  }

  private static SetValue filtered(SetValue[] sets, Limits limits) {
    SetValue result = new SetValue();
    sets[0].each(
        (m, offset, length) -> {
          boolean stays = true;
          for (int i = 1; stays && i < sets.length; i++) {
            stays = !sets[i].has(m, offset, length);
          }
          if (stays) {
            result.add(m, offset, length, limits);
          }
          return true;
        });
    return result;
  }

  private static SetValue reduced(SetValue[] sets, Limits limits) {
    SetValue result = union(new SetValue[] {sets[0]}, limits);
    for (int i = 1; i < sets.length; i++) {
      sets[i].each(
          (m, offset, length) -> {
            result.remove(m, offset, length);
            return !result.isEmpty();
          });
    }
    return result;
  }

  /** Puts a result in key 1, replacing whatever was there; an empty one removes the key. */
  private static void store(Context c, Args a, SetValue result, String event) {
    Db db = c.db(a, 1);
    if (!result.isEmpty()) {
      db.put(a.array(), a.offset(1), a.length(1), result, false);
      c.modified(a, 1, KeyEvent.SET, event);
    } else if (db.remove(a.array(), a.offset(1), a.length(1))) {
      c.modified(a, 1, KeyEvent.GENERIC, "del");
    }
    c.out().integer(result.size());
  }
}
