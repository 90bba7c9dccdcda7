package io.sampo.command.key;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import java.util.List;
import java.util.function.Predicate;

/** The commands on whole databases. */
public final class KeyspaceCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("dbsize", 1, "readonly fast @keyspace ~request_policy:all_shards ~response_policy:agg_sum on:all", "", "1.0.0", "O(1)", "", "Number of keys in the database.", KeyspaceCommands::dbSize),
      cmd("flushall", -1, "write @keyspace @dangerous ~request_policy:all_shards ~response_policy:all_succeeded on:all", "", "1.0.0", "O(N)", "[async:<ASYNC@4.0.0|SYNC@6.2.0>]", "Remove all keys of all databases.", KeyspaceCommands::flushAll)
          .history("4.0.0 Modifier ASYNC.", "6.2.0 Modifier SYNC."),
      cmd("flushdb", -1, "write @keyspace @dangerous ~request_policy:all_shards ~response_policy:all_succeeded on:all", "", "1.0.0", "O(N)", "[async:<ASYNC@4.0.0|SYNC@6.2.0>]", "Remove all keys of the database.", KeyspaceCommands::flushDb)
          .history("4.0.0 Modifier ASYNC.", "6.2.0 Modifier SYNC."),
      cmd("swapdb", 3, "write fast @keyspace @dangerous on:all", "", "4.0.0", "O(N)", "index1:int index2:int", "Exchange two databases.", KeyspaceCommands::swapDb));
  // spotless:on

  private static final RespError NO_FIRST = new RespError("ERR invalid first DB index");
  private static final RespError NO_SECOND = new RespError("ERR invalid second DB index");

  private KeyspaceCommands() {}

  private static void dbSize(Context c, Args a) {
    long keys = 0;
    for (int s = 0; s < c.shards(); s++) {
      keys += c.keyspace(s).db(c.dbIndex()).size();
    }
    c.out().integer(keys);
  }

  private static void flushDb(Context c, Args a) {
    checkPace(a);
    flush(c, a, c.dbIndex(), c.dbIndex());
  }

  private static void flushAll(Context c, Args a) {
    checkPace(a);
    flush(c, a, 0, c.databases() - 1);
  }

  /** ASYNC and SYNC are one: the data is dropped at once, and the collector frees it. */
  private static void checkPace(Args a) {
    if (a.count() > 2 || a.count() == 2 && !a.is(1, "async") && !a.is(1, "sync")) {
      throw RespError.SYNTAX;
    }
  }

  private static void flush(Context c, Args a, int first, int last) {
    long removed = 0;
    for (int s = 0; s < c.shards(); s++) {
      for (int i = first; i <= last; i++) {
        Db db = c.keyspace(s).db(i);
        c.watches(s).changedAll(i, key -> holds(db, key));
        removed += db.size();
        db.clear();
        c.waits(s).keys(i).forEach(c::ready);
      }
    }
    c.changed(removed);
    if (removed == 0 && c.wantsEffects()) {
      // As Redis does: whoever replays this may yet have keys.
      c.effect(a);
    }
    c.out().ok();
  }

  private static void swapDb(Context c, Args a) {
    long first = index(a, 1, NO_FIRST);
    long second = index(a, 2, NO_SECOND);
    int one = KeyCommands.database(first, c.databases());
    int other = KeyCommands.database(second, c.databases());
    for (int s = 0; s < c.shards() && one != other; s++) {
      Db left = c.keyspace(s).db(one);
      Db right = c.keyspace(s).db(other);
      Predicate<byte[]> inEither = key -> holds(left, key) || holds(right, key);
      c.watches(s).changedAll(one, inEither);
      c.watches(s).changedAll(other, inEither);
      c.keyspace(s).swap(one, other);
      c.waits(s).keys(one).forEach(c::ready);
      c.waits(s).keys(other).forEach(c::ready);
    }
    c.changed(1);
    c.out().ok();
  }

  private static boolean holds(Db db, byte[] key) {
    return db.find(key, 0, key.length) != Db.NONE;
  }

  private static long index(Args a, int i, RespError error) {
    long index = a.integer(i, error);
    if (index != (int) index) {
      throw error;
    }
    return index;
  }
}
