package io.sampo.command;

import static io.sampo.command.Command.cmd;

import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import java.util.List;

/** The commands on strings. */
public final class StringCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("get", 2, "readonly fast", "RO access 1", "1.0.0", "O(1)", "key:key", "Value of a string.", StringCommands::get),
      cmd("set", -3, "write denyoom", "RW access update variable_flags 1", "1.0.0", "O(1)", "key:key value", "Sets a string.", StringCommands::set),
      cmd("incr", 2, "write denyoom fast", "RW access update 1", "1.0.0", "O(1)", "key:key", "Adds one.", StringCommands::incr),
      cmd("mset", -3, "write denyoom", "OW update 1..-1/2", "1.0.1", "O(N), N keys", "<key:key value>...", "Sets several strings.", StringCommands::mset));
  // spotless:on

  private StringCommands() {}

  private static void get(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = c.read(db, a, 1);
    if (h == Db.NONE) {
      c.out().nil();
    } else if (db.isString(h)) {
      db.bulk(h, c.out());
    } else {
      throw RespError.WRONG_TYPE;
    }
  }

  private static void set(Context c, Args a) {
    Db db = c.db(a, 1);
    byte[] b = a.array();
    db.put(b, a.offset(1), a.length(1), b, a.offset(2), a.length(2), false);
    c.modified(a, 1, KeyEvent.STRING, "set");
    c.out().ok();
  }

  private static void incr(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = c.write(db, a, 1);
    if (h == Db.NONE) {
      db.putLong(a.array(), a.offset(1), a.length(1), 1, false);
      c.modified(a, 1, KeyEvent.STRING, "incrby");
      c.out().integer(1);
      return;
    }
    if (!db.isString(h)) {
      throw RespError.WRONG_TYPE;
    }
    if (!db.isLong(h)) {
      throw RespError.NOT_AN_INTEGER;
    }
    long value = db.longValue(h) + 1;
    db.setLong(h, value);
    c.modified(a, 1, KeyEvent.STRING, "incrby");
    c.out().integer(value);
  }

  private static void mset(Context c, Args a) {
    byte[] b = a.array();
    for (int i = 1; i < a.count(); i += 2) {
      c.db(a, i).put(b, a.offset(i), a.length(i), b, a.offset(i + 1), a.length(i + 1), false);
      c.modified(a, i, KeyEvent.STRING, "set");
    }
    c.out().ok();
  }
}
