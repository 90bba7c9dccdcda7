package io.sampo.command;

import io.sampo.data.zset.ZSetValue;
import io.sampo.data.zset.ZSetWalk;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;

/** What the commands on sorted sets have in common. */
public final class ZSets {
  private ZSets() {}

  /**
   * The sorted set at key {@code i} for reading, or {@link Db#NONE}.
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
    if (h != Db.NONE && !(db.isObject(h) && db.value(h) instanceof ZSetValue)) {
      throw RespError.WRONG_TYPE;
    }
    return h;
  }

  public static ZSetValue value(Db db, int h) {
    return (ZSetValue) db.value(h);
  }

  /** Says that members of key {@code i} were removed; removes the key if none is left. */
  public static void removed(Context c, Db db, Args a, int i, int h, String event) {
    c.modified(a, i, KeyEvent.ZSET, event);
    if (value(db, h).size() > 0) {
      db.resized(h);
    } else {
      db.remove(h);
      c.notify(a, i, KeyEvent.GENERIC, "del");
    }
  }

  /** Sets key {@code i} to a result, or removes it if the result is empty; replies its size. */
  public static void store(Context c, Args a, int i, ZSetValue result, String event) {
    Db db = c.db(a, i);
    byte[] b = a.array();
    if (result.size() > 0) {
      db.put(b, a.offset(i), a.length(i), result, false);
      c.modified(a, i, KeyEvent.ZSET, event);
    } else if (db.remove(b, a.offset(i), a.length(i))) {
      c.modified(a, i, KeyEvent.GENERIC, "del");
    }
    c.out().integer(result.size());
  }

  /** Begins a reply of members: with scores they are pairs in RESP3, and twice as many in RESP2. */
  public static void begin(ReplyWriter out, int members, boolean withScores) {
    out.array(withScores && !out.resp3() ? members * 2 : members);
  }

  /** Writes one of the members that {@link #begin} has announced. */
  public static void member(ReplyWriter out, ZSetWalk at, boolean withScores) {
    if (withScores && out.resp3()) {
      out.array(2);
    }
    out.bulk(at.array(), at.offset(), at.length());
    if (withScores) {
      out.real(at.score());
    }
  }

  /** Replies the next {@code n} members of a walk. */
  public static void members(ReplyWriter out, ZSetWalk walk, int n, boolean withScores) {
    begin(out, n, withScores);
    for (int i = 0; i < n; i++) {
      walk.next();
      member(out, walk, withScores);
    }
  }
}
