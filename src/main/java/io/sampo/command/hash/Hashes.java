package io.sampo.command.hash;

import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.data.hash.HashValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;

/** What the commands on hashes have in common. */
final class Hashes {
  private Hashes() {}

  /**
   * The hash at key {@code i} for reading, or {@link Db#NONE}.
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

  /** The hash {@code h}, or a new one for {@link Db#NONE}, which then has to be {@link #put}. */
  static HashValue hashOrNew(Db db, int h) {
    return h == Db.NONE ? new HashValue() : hash(db, h);
  }

  /** Follows up a change of what {@link #hashOrNew} gave for {@code h}; returns the entry. */
  static int put(Db db, Args a, int h, HashValue hash) {
    if (h == Db.NONE) {
      return db.put(a.array(), a.offset(1), a.length(1), hash, false);
    }
    db.resized(h);
    return h;
  }

  private static int check(Db db, int h) {
    if (h != Db.NONE && !(db.isObject(h) && db.value(h) instanceof HashValue)) {
      throw RespError.WRONG_TYPE;
    }
    return h;
  }

  static HashValue hash(Db db, int h) {
    return (HashValue) db.value(h);
  }

  /**
   * Sets the field in argument {@code i} to the value behind it, for good; returns whether it is
   * new.
   */
  static boolean set(Context c, Db db, HashValue hash, Args a, int i) {
    byte[] b = a.array();
    boolean over = hash.isOver(b, a.offset(i), a.length(i), c.horizon());
    boolean isNew =
        hash.set(b, a.offset(i), a.length(i), b, a.offset(i + 1), a.length(i + 1), db.limits());
    c.partly();
    hash.persist(b, a.offset(i), a.length(i));
    return isNew || over;
  }

  /** Removes the field in argument {@code i} if its time is over, before it is worked with. */
  static void expire(Context c, Db db, int h, HashValue hash, Args a, int i) {
    if (hash.isOver(a.array(), a.offset(i), a.length(i), c.horizon())) {
      hash.remove(a.array(), a.offset(i), a.length(i));
      db.resized(h);
      db.partExpired(h, a.bytes(i));
    }
  }

  /** Follows up the removal of fields by a command: the key goes with the last. */
  static void shrunk(Context c, Db db, int h, Args a, int removed, String event) {
    if (removed == 0) {
      return;
    }
    boolean empty = hash(db, h).isEmpty();
    if (empty) {
      db.remove(h);
    } else {
      db.resized(h);
    }
    c.modified(a, 1, KeyEvent.HASH, event);
    c.changed(removed - 1);
    if (empty) {
      c.notify(a, 1, KeyEvent.GENERIC, "del");
    }
  }
}
