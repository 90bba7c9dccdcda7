package io.sampo.command.key;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import java.util.List;

/** The commands on keys of any type: to delete, count, copy, move and rename them. */
public final class KeyCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("copy", -3, "write denyoom", "RO access 1; OW update 2", "6.2.0", "O(N)", "source#0 destination#1 [DB destination-db:int] [REPLACE]", "Copy the value of a key to another key.", KeyCommands::copy),
      cmd("del", -2, "write ~request_policy:multi_shard ~response_policy:agg_sum", "RM delete 1..-1", "1.0.0", "O(N)", "key...", "Delete keys.", KeyCommands::del),
      cmd("exists", -2, "readonly fast ~request_policy:multi_shard ~response_policy:agg_sum", "RO 1..-1", "1.0.0", "O(N)", "key...", "How many of the keys exist.", KeyCommands::exists)
          .history("3.0.3 Several keys."),
      cmd("move", 3, "write fast", "RW access update 1", "1.0.0", "O(1)", "key db:int", "Move a key to another database.", KeyCommands::move),
      cmd("rename", 3, "write", "RW access delete 1; OW update 2", "1.0.0", "O(1)", "key newkey#1", "Give a key another name, replacing what had it.", KeyCommands::rename),
      cmd("renamenx", 3, "write fast", "RW access delete 1; OW insert 2", "1.0.0", "O(1)", "key newkey#1", "Give a key another name unless that is taken.", KeyCommands::renameNx)
          .history("3.2.0 Twice the same name is no error."),
      cmd("touch", -2, "readonly fast ~request_policy:multi_shard ~response_policy:agg_sum", "RO 1..-1", "3.2.1", "O(N)", "key...", "Mark keys as just accessed, and count those that exist.", KeyCommands::touch),
      cmd("type", 2, "readonly fast", "RO 1", "1.0.0", "O(1)", "key", "Type of the value of a key.", KeyCommands::type),
      cmd("unlink", -2, "write fast ~request_policy:multi_shard ~response_policy:agg_sum", "RM delete 1..-1", "4.0.0", "O(1)", "key...", "Delete keys and free their memory in the background.", KeyCommands::del));
  // spotless:on

  private static final RespError NO_SUCH_DB = new RespError("ERR DB index is out of range");
  private static final RespError NO_INT =
      new RespError("ERR value is out of range, value must between -2147483648 and 2147483647");
  private static final RespError SAME =
      new RespError("ERR source and destination objects are the same");

  private KeyCommands() {}

  /** Argument {@code i} as the index of a database, of which there are {@code databases}. */
  static int database(Args a, int i, int databases) {
    long index = a.integer(i);
    if (index != (int) index) {
      throw NO_INT;
    }
    return database(index, databases);
  }

  /** Checks the index of a database. */
  static int database(long index, int databases) {
    if (index < 0 || index >= databases) {
      throw NO_SUCH_DB;
    }
    return (int) index;
  }

  /** DEL, and UNLINK too: no deletion takes longer for a bigger value. */
  private static void del(Context c, Args a) {
    int deleted = 0;
    for (int i = 1; i < a.count(); i++) {
      if (c.db(a, i).remove(a.array(), a.offset(i), a.length(i))) {
        deleted++;
        c.modified(a, i, KeyEvent.GENERIC, "del");
      }
    }
    c.out().integer(deleted);
  }

  private static void exists(Context c, Args a) {
    int found = 0;
    for (int i = 1; i < a.count(); i++) {
      if (c.peek(c.db(a, i), a, i) != Db.NONE) {
        found++;
      }
    }
    c.out().integer(found);
  }

  private static void touch(Context c, Args a) {
    int found = 0;
    for (int i = 1; i < a.count(); i++) {
      Db db = c.db(a, i);
      int h = c.peek(db, a, i);
      if (h != Db.NONE) {
        // Even for a client that has asked for no touch.
        db.uses().touch(h);
        found++;
      }
    }
    c.out().integer(found);
  }

  private static void type(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = c.peek(db, a, 1);
    c.out().simple(h == Db.NONE ? "none" : db.type(h).text());
  }

  private static void rename(Context c, Args a) {
    if (rename(c, a, false)) {
      c.out().ok();
    }
  }

  private static void renameNx(Context c, Args a) {
    if (rename(c, a, true)) {
      c.out().integer(1);
    }
  }

  /** Renames, or answers why not. */
  private static boolean rename(Context c, Args a, boolean onlyIfFree) {
    Db from = c.db(a, 1);
    Db to = c.db(a, 2);
    if (c.write(from, a, 1) == Db.NONE) {
      throw RespError.NO_SUCH_KEY;
    }
    boolean same = a.same(1, 2);
    if (onlyIfFree && (same || c.write(to, a, 2) != Db.NONE)) {
      c.out().integer(0);
      return false;
    }
    if (same) {
      c.out().ok();
      return false;
    }
    // What is in the way is removed and not replaced, so that the key is a new one.
    boolean taken = to.remove(a.array(), a.offset(2), a.length(2));
    int h = from.find(a.array(), a.offset(1), a.length(1));
    try {
      from.carry(h, to, a.array(), a.offset(2), a.length(2));
    } catch (OutOfMemoryError full) {
      lost(c, c.dbIndex(), a, taken);
      throw full;
    }
    c.left(c.dbIndex(), a, 1, KeyEvent.GENERIC, "rename_from");
    c.modified(c.dbIndex(), a, 2, KeyEvent.GENERIC, "rename_to");
    return true;
  }

  /** Says that what key 2 had is gone, though there was no heap for what was to replace it. */
  private static void lost(Context c, int db, Args a, boolean taken) {
    if (taken) {
      c.modified(db, a, 2, KeyEvent.GENERIC, "del");
    }
  }

  private static void move(Context c, Args a) {
    Db from = c.db(a, 1);
    int target = database(a, 2, c.databases());
    if (target == c.dbIndex()) {
      throw SAME;
    }
    Db to = c.db(a, 1, target);
    int h = c.write(from, a, 1);
    if (h == Db.NONE || c.write(to, a, 1) != Db.NONE) {
      c.out().integer(0);
      return;
    }
    from.carry(h, to, a.array(), a.offset(1), a.length(1));
    c.left(c.dbIndex(), a, 1, KeyEvent.GENERIC, "move_from");
    c.modified(target, a, 1, KeyEvent.GENERIC, "move_to");
    c.out().integer(1);
  }

  private static void copy(Context c, Args a) {
    int target = c.dbIndex();
    boolean replace = false;
    for (int i = 3; i < a.count(); i++) {
      if (a.is(i, "replace")) {
        replace = true;
      } else if (a.is(i, "db") && i + 1 < a.count()) {
        target = database(a, ++i, c.databases());
      } else {
        throw RespError.SYNTAX;
      }
    }
    if (target == c.dbIndex() && a.same(1, 2)) {
      throw SAME;
    }
    Db from = c.db(a, 1);
    Db to = c.db(a, 2, target);
    // The look-up of the destination may remove it, if it has expired; so it comes first.
    boolean taken = to.find(a.array(), a.offset(2), a.length(2)) != Db.NONE;
    int h = c.read(from, a, 1);
    if (h == Db.NONE || c.write(to, a, 2) != Db.NONE && !replace) {
      c.out().integer(0);
      return;
    }
    if (taken) {
      to.remove(a.array(), a.offset(2), a.length(2));
      h = from.find(a.array(), a.offset(1), a.length(1));
    }
    try {
      copy(from, h, to, a);
    } catch (OutOfMemoryError full) {
      lost(c, target, a, taken);
      throw full;
    }
    c.modified(target, a, 2, KeyEvent.GENERIC, "copy_to");
    c.out().integer(1);
  }

  private static void copy(Db from, int h, Db to, Args a) {
    byte[] b = a.array();
    int at = a.offset(2);
    int length = a.length(2);
    long expiry = from.expireAt(h);
    int made;
    if (from.isLong(h)) {
      made = to.putLong(b, at, length, from.longValue(h), false);
    } else if (from.isObject(h)) {
      made = to.put(b, at, length, from.value(h).copy(), false);
    } else {
      byte[] value = from.string(h);
      made = to.putText(b, at, length, value, 0, value.length, false);
    }
    to.expireAt(made, expiry);
  }
}
