package io.sampo.command.key;

import static io.sampo.command.Command.cmd;
import static io.sampo.command.Command.container;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Help;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import java.util.List;

/** OBJECT: how a key is kept, and how much it is used. */
public final class ObjectCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      container("object", -2, "2.2.3", "Inspect how a key is kept.",
          cmd("object|encoding", 3, "readonly ~nondeterministic_output", "RO 2", "2.2.3", "O(1)", "key", "Internal encoding of a value.", ObjectCommands::encoding),
          cmd("object|freq", 3, "readonly ~nondeterministic_output", "RO 2", "4.0.0", "O(1)", "key", "Logarithmic access counter of a key, under an LFU policy.", ObjectCommands::freq),
          cmd("object|help", 2, "loading stale", "", "6.2.0", "O(1)", "", "The subcommands of OBJECT.", new Help()),
          cmd("object|idletime", 3, "readonly ~nondeterministic_output", "RO 2", "2.2.3", "O(1)", "key", "Seconds since a key was last accessed.", ObjectCommands::idleTime),
          cmd("object|refcount", 3, "readonly ~nondeterministic_output", "RO 2", "2.2.3", "O(1)", "key", "Reference count of a value.", ObjectCommands::refCount)));
  // spotless:on

  private static final String SWITCHING =
      " Please note that when switching between policies at runtime LRU and LFU data will take some"
          + " time to adjust.";
  private static final RespError NOT_LFU =
      new RespError(
          "ERR An LFU maxmemory policy is not selected, access frequency not tracked." + SWITCHING);
  private static final RespError LFU =
      new RespError("ERR An LFU maxmemory policy is selected, idle time not tracked." + SWITCHING);

  /** Redis keeps one object for each of the integers below this, and counts no references to it. */
  private static final long SHARED_INTEGERS = 10_000;

  private ObjectCommands() {}

  private static void encoding(Context c, Args a) {
    Db db = c.db(a, 2);
    int h = c.inspect(db, a, 2);
    if (h == Db.NONE) {
      c.out().nil();
    } else {
      c.out().bulk(db.encoding(h));
    }
  }

  private static void freq(Context c, Args a) {
    Db db = c.db(a, 2);
    int h = c.inspect(db, a, 2);
    if (h == Db.NONE) {
      c.out().nil();
    } else if (db.uses().areCounted()) {
      c.out().integer(db.uses().frequency(h));
    } else {
      throw NOT_LFU;
    }
  }

  private static void idleTime(Context c, Args a) {
    Db db = c.db(a, 2);
    int h = c.inspect(db, a, 2);
    if (h == Db.NONE) {
      c.out().nil();
    } else if (db.uses().areCounted()) {
      throw LFU;
    } else {
      c.out().integer(db.uses().idleSeconds(h));
    }
  }

  private static void refCount(Context c, Args a) {
    Db db = c.db(a, 2);
    int h = c.inspect(db, a, 2);
    if (h == Db.NONE) {
      c.out().nil();
    } else {
      boolean shared = db.isLong(h) && db.longValue(h) >= 0 && db.longValue(h) < SHARED_INTEGERS;
      c.out().integer(shared ? Integer.MAX_VALUE : 1);
    }
  }
}
