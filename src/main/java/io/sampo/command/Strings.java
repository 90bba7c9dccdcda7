package io.sampo.command;

import io.sampo.data.RawString;
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
}
