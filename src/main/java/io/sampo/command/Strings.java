package io.sampo.command;

import io.sampo.data.string.RawString;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;

/** What the commands on strings, bitmaps and the like have in common. */
public final class Strings {
  private static final RespError TOO_LONG =
      new RespError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");

  private Strings() {}

  /**
   * The string at key {@code i} for reading, or {@link Db#NONE}.
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

  /** As {@link #write}, for what is then put anew, which is its use. */
  public static int find(Db db, Args a, int i) {
    return check(db, db.find(a.array(), a.offset(i), a.length(i)));
  }

  private static int check(Db db, int h) {
    if (h != Db.NONE && !db.isString(h)) {
      throw RespError.WRONG_TYPE;
    }
    return h;
  }

  /**
   * Refuses what a string may not grow to.
   *
   * @param at bytes from 0 on
   * @param more bytes to be written there
   */
  public static void checkLength(Db db, long at, int more) {
    if (at > db.maxStringLength() - more) {
      throw TOO_LONG;
    }
  }

  /**
   * Makes the string {@code h} at key {@code i}, or a new one for {@link Db#NONE}, one that can be
   * changed in place from byte {@code from} to before {@code to}, and so at least as long; returns
   * the entry.
   */
  public static int raw(Db db, Args a, int i, int h, long from, long to) {
    if (h == Db.NONE) {
      RawString fresh = RawString.empty();
      fresh.prepare(from, to);
      return db.put(a.array(), a.offset(i), a.length(i), fresh, false);
    }
    int raw = db.makeRaw(h);
    db.raw(raw).prepare(from, to);
    db.resized(raw);
    return raw;
  }

  /** Sets key {@code k} to argument {@code v}; returns the entry. */
  public static int put(Db db, Args a, int k, int v, boolean keepTtl) {
    byte[] b = a.array();
    // Where the request lies it stays as it is: the journal reads it when others have been run.
    if (a.length(v) > RawString.PIECE && a.isLent()) {
      RawString taken = RawString.within(a.loan(), a.offset(v), a.length(v));
      return db.put(b, a.offset(k), a.length(k), taken, keepTtl);
    }
    return db.put(b, a.offset(k), a.length(k), b, a.offset(v), a.length(v), keepTtl);
  }

  /**
   * Writes argument {@code v} into the string {@code h} at key {@code k}, or into a new one for
   * {@link Db#NONE}, from byte {@code at} on; returns the entry.
   */
  public static int overwrite(Db db, Args a, int k, int h, int at, int v) {
    if (h == Db.NONE) {
      RawString fresh = RawString.empty();
      write(fresh, at, a, v);
      return db.put(a.array(), a.offset(k), a.length(k), fresh, false);
    }
    int raw = db.makeRaw(h);
    write(db.raw(raw), at, a, v);
    db.resized(raw);
    return raw;
  }

  private static void write(RawString to, int at, Args a, int v) {
    if (a.isLent()) {
      to.writeWithin(at, a.loan(), a.offset(v), a.length(v));
    } else {
      to.write(at, a.array(), a.offset(v), a.length(v));
    }
  }
}
