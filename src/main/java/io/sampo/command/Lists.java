package io.sampo.command;

import io.sampo.data.Type;
import io.sampo.data.list.ListValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;

/** What the commands on lists have in common. */
public final class Lists {
  private Lists() {}

  /**
   * The list at key {@code i} for reading, or {@link Db#NONE}.
   *
   * @throws RespError if it is of another type
   */
  public static int read(Context c, Db db, Args a, int i) {
    return check(db, c.read(db, a, i));
  }

  /** As {@link #read}, for writing. */
  public static int write(Context c, Db db, Args a, int i) {
    return check(db, c.write(db, a, i));
  }

  private static int check(Db db, int h) {
    if (h != Db.NONE && db.type(h) != Type.LIST) {
      throw RespError.WRONG_TYPE;
    }
    return h;
  }

  public static ListValue list(Db db, int h) {
    return (ListValue) db.value(h);
  }

  /** Directive {@code list-max-listpack-size}. */
  public static int fill(Db db) {
    return db.limits().listMaxListpackSize;
  }

  /** Directive {@code list-compress-depth}. */
  public static int depth(Db db) {
    return db.limits().listCompressDepth;
  }

  /**
   * Whether argument {@code i} is LEFT, and not RIGHT.
   *
   * @throws RespError if it is neither
   */
  public static boolean isLeft(Args a, int i) {
    if (a.is(i, "left")) {
      return true;
    }
    if (!a.is(i, "right")) {
      throw RespError.SYNTAX;
    }
    return false;
  }

  /** Follows the removal of {@code n} elements from list {@code h} at key {@code i}. */
  public static void removed(Context c, Db db, int h, Args a, int i, String event, long n) {
    ListValue list = list(db, h);
    boolean empty = list.size() == 0;
    if (empty) {
      db.remove(h);
    } else {
      list.settle(fill(db));
      db.resized(h);
    }
    c.modified(a, i, KeyEvent.LIST, event);
    c.changed(n - 1);
    if (empty) {
      c.notify(a, i, KeyEvent.GENERIC, "del");
    }
  }
}
