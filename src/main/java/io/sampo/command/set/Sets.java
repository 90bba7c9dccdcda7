package io.sampo.command.set;

import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.data.set.SetValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;

/** What the commands on sets have in common. */
final class Sets {
  private Sets() {}

  /**
   * The set at key {@code i} for reading, or {@link Db#NONE}.
   *
   * @throws RespError if it is of another type
   */
  static int read(Context c, Db db, Args a, int i) {
    return check(db, c.read(db, a, i));
  }

  /** As {@link #read}, for writing. */
  static int write(Context c, Db db, Args a, int i) {
    return check(db, c.write(db, a, i));
  }

  static int check(Db db, int h) {
    if (h != Db.NONE && !(db.isObject(h) && db.value(h) instanceof SetValue)) {
      throw RespError.WRONG_TYPE;
    }
    return h;
  }

  static SetValue set(Db db, int h) {
    return (SetValue) db.value(h);
  }

  /** Follows up the removal of members from the set at key 1: the key goes with the last. */
  static void shrunk(Context c, Db db, int h, Args a, String event) {
    boolean empty = set(db, h).isEmpty();
    if (empty) {
      db.remove(h);
    } else {
      db.resized(h);
    }
    c.modified(a, 1, KeyEvent.SET, event);
    if (empty) {
      c.notify(a, 1, KeyEvent.GENERIC, "del");
    }
  }

  /** Replies with all members. */
  static void reply(ReplyWriter out, SetValue set) {
    out.set(set.size());
    set.each(
        (m, offset, length) -> {
          out.bulk(m, offset, length);
          return true;
        });
  }
}
