package io.sampo.command.zset;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Blocking;
import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.ZSets;
import io.sampo.data.Type;
import io.sampo.data.zset.ZSetValue;
import io.sampo.data.zset.ZSetWalk;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.List;

/** The commands that take members off either end of a sorted set. */
public final class ZPopCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("bzmpop", -5, "write blocking", "RW access delete 2#0+1", "7.0.0", "O(K)", "timeout:double numkeys:int key... where:<MIN|MAX> [COUNT count:int]", "Pop the lowest or highest members of the first non-empty of several sorted sets, waiting for one.", ZPopCommands::bzmPop),
      cmd("bzpopmax", -3, "write noscript blocking fast", "RW access delete 1..-2", "5.0.0", "O(log(N))", "key... timeout:double", "Pop the member with the highest score, waiting until there is one.", ZPopCommands::bzpopMax)
          .history("6.0.0 Fractions of a second as timeout."),
      cmd("bzpopmin", -3, "write noscript blocking fast", "RW access delete 1..-2", "5.0.0", "O(log(N))", "key... timeout:double", "Pop the member with the lowest score, waiting until there is one.", ZPopCommands::bzpopMin)
          .history("6.0.0 Fractions of a second as timeout."),
      cmd("zmpop", -4, "write", "RW access delete 1#0+1", "7.0.0", "O(K)", "numkeys:int key... where:<MIN|MAX> [COUNT count:int]", "Pop the lowest or highest members of the first non-empty of several sorted sets.", ZPopCommands::zmPop),
      cmd("zpopmax", -2, "write fast", "RW access delete 1", "5.0.0", "O(log(N)*M)", "key [count:int]", "Pop the members with the highest scores.", ZPopCommands::zpopMax),
      cmd("zpopmin", -2, "write fast", "RW access delete 1", "5.0.0", "O(log(N)*M)", "key [count:int]", "Pop the members with the lowest scores.", ZPopCommands::zpopMin));
  // spotless:on

  static final RespError BAD_NUMKEYS = new RespError("ERR numkeys should be greater than 0");
  static final RespError BAD_COUNT = new RespError("ERR count should be greater than 0");
  private static final RespError NEGATIVE =
      new RespError("ERR value is out of range, must be positive");
  private static final byte[] ZPOPMIN = Bytes.ascii("ZPOPMIN");
  private static final byte[] ZPOPMAX = Bytes.ascii("ZPOPMAX");

  private ZPopCommands() {}

  private static void zpopMin(Context c, Args a) {
    zpop(c, a, false);
  }

  private static void zpopMax(Context c, Args a) {
    zpop(c, a, true);
  }

  private static void zpop(Context c, Args a, boolean max) {
    if (a.count() > 3) {
      throw RespError.SYNTAX;
    }
    boolean counted = a.count() == 3;
    long wanted = counted ? a.integer(2, NEGATIVE) : 1;
    if (wanted < 0) {
      throw NEGATIVE;
    }
    Db db = c.db(a, 1);
    int h = ZSets.write(c, db, a, 1);
    if (h == Db.NONE || wanted == 0) {
      c.out().array(0);
      return;
    }
    int n = (int) Math.min(wanted, ZSets.value(db, h).size());
    boolean pairs = counted && c.out().resp3();
    c.out().array(pairs ? n : 2 * n);
    take(c, db, a, 1, h, max, n, pairs);
  }

  private static void zmPop(Context c, Args a) {
    int where = where(a, 1);
    if (!popFirst(c, a, 2, where, count(a, where))) {
      c.out().nilArray();
    }
  }

  private static void bzmPop(Context c, Args a) {
    int where = where(a, 2);
    long count = count(a, where);
    long timeout = Blocking.timeout(a, 1);
    if (!popFirst(c, a, 3, where, count)) {
      Blocking.await(c, 3, where, Type.ZSET, timeout);
    }
  }

  /** Pops from the first sorted set there is before the word MIN or MAX; false if there is none. */
  private static boolean popFirst(Context c, Args a, int first, int where, long count) {
    boolean max = a.is(where, "max");
    for (int i = first; i < where; i++) {
      int h = c.offers(a, i) ? ZSets.write(c, c.db(a, i), a, i) : Db.NONE;
      if (h != Db.NONE) {
        popTo(c, c.db(a, i), a, i, h, max, count);
        return true;
      }
    }
    return false;
  }

  private static void bzpopMin(Context c, Args a) {
    popOrWait(c, a, false);
  }

  private static void bzpopMax(Context c, Args a) {
    popOrWait(c, a, true);
  }

  private static void popOrWait(Context c, Args a, boolean max) {
    int end = a.count() - 1;
    long timeout = Blocking.timeout(a, end);
    for (int i = 1; i < end; i++) {
      int h = c.offers(a, i) ? ZSets.write(c, c.db(a, i), a, i) : Db.NONE;
      if (h != Db.NONE) {
        c.out().array(3);
        c.out().bulk(a.array(), a.offset(i), a.length(i));
        take(c, c.db(a, i), a, i, h, max, 1, false);
        if (c.wantsEffects()) {
          c.effect(max ? ZPOPMAX : ZPOPMIN, a.bytes(i));
        }
        return;
      }
    }
    Blocking.await(c, 1, end, Type.ZSET, timeout);
  }

  /**
   * Where MIN or MAX stands behind the keys of ZMPOP and BZMPOP.
   *
   * @param numkeys the argument that counts the keys, which follow it
   */
  static int where(Args a, int numkeys) {
    long keys = a.integer(numkeys, BAD_NUMKEYS);
    if (keys < 1) {
      throw BAD_NUMKEYS;
    }
    if (keys >= a.count() - numkeys - 1) {
      throw RespError.SYNTAX;
    }
    int where = numkeys + 1 + (int) keys;
    if (!a.is(where, "min") && !a.is(where, "max")) {
      throw RespError.SYNTAX;
    }
    return where;
  }

  /** The COUNT behind MIN or MAX, 1 if there is none. */
  static long count(Args a, int where) {
    if (a.count() == where + 1) {
      return 1;
    }
    if (!a.is(where + 1, "count") || a.count() == where + 2) {
      throw RespError.SYNTAX;
    }
    long count = a.integer(where + 2, BAD_COUNT);
    if (count < 1) {
      throw BAD_COUNT;
    }
    if (a.count() > where + 3) {
      throw RespError.SYNTAX;
    }
    return count;
  }

  /** Takes up to {@code count} members of key {@code i} and replies the key and their pairs. */
  static void popTo(Context c, Db db, Args a, int i, int h, boolean max, long count) {
    int n = (int) Math.min(count, ZSets.value(db, h).size());
    c.out().array(2);
    c.out().bulk(a.array(), a.offset(i), a.length(i));
    c.out().array(n);
    take(c, db, a, i, h, max, n, true);
    if (c.wantsEffects()) {
      c.effect(max ? ZPOPMAX : ZPOPMIN, a.bytes(i), Bytes.ascii(Integer.toString(n)));
    }
  }

  /**
   * Takes the {@code n} lowest or highest members of key {@code i} and writes them.
   *
   * @param pairs whether each member makes an array with its score
   */
  static void take(Context c, Db db, Args a, int i, int h, boolean max, int n, boolean pairs) {
    ReplyWriter out = c.out();
    ZSetValue z = ZSets.value(db, h);
    ZSetWalk walk = z.walk(max ? z.size() - 1 : 0, max);
    for (int taken = 0; taken < n; taken++) {
      walk.next();
      if (pairs) {
        out.array(2);
      }
      out.bulk(walk.array(), walk.offset(), walk.length());
      out.real(walk.score());
    }
    z.removeRange(max ? z.size() - n : 0, n);
    ZSets.removed(c, db, a, i, h, max ? "zpopmax" : "zpopmin");
    c.changed(n - 1);
  }
}
