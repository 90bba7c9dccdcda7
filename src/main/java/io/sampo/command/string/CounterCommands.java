package io.sampo.command.string;

import io.sampo.command.Context;
import io.sampo.command.Increment;
import io.sampo.command.KeyEvent;
import io.sampo.command.Strings;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.LongDouble;
import io.sampo.resp.RespError;

/** Strings as numbers that are added to. */
final class CounterCommands {
  private static final byte[] SET = Bytes.ascii("SET");

  /** The digits and the sign of the longest integer. */
  private static final int MOST_DIGITS = 20;

  private static final byte[] KEEPTTL = Bytes.ascii("KEEPTTL");
  private static final RespError NO_NEGATION = new RespError("ERR decrement would overflow");
  private static final RespError NOT_FINITE =
      new RespError("ERR increment would produce NaN or Infinity");

  private CounterCommands() {}

  static void incr(Context c, Args a) {
    add(c, a, 1);
  }

  static void decr(Context c, Args a) {
    add(c, a, -1);
  }

  static void incrBy(Context c, Args a) {
    add(c, a, a.integer(2));
  }

  static void decrBy(Context c, Args a) {
    long decrement = a.integer(2);
    if (decrement == Long.MIN_VALUE) {
      throw NO_NEGATION;
    }
    add(c, a, -decrement);
  }

  private static void add(Context c, Args a, long increment) {
    Db db = c.db(a, 1);
    int h = Strings.write(c, db, a, 1);
    long value = h == Db.NONE ? increment : Increment.sum(integer(db, h), increment);
    if (h != Db.NONE && db.isLong(h)) {
      db.setLong(h, value);
    } else {
      db.putLong(a.array(), a.offset(1), a.length(1), value, true);
    }
    c.modified(a, 1, KeyEvent.STRING, "incrby");
    c.out().integer(value);
  }

  /** The value of a string, which what changed it in place may have left an integer. */
  private static long integer(Db db, int h) {
    if (db.isLong(h)) {
      return db.longValue(h);
    }
    if (db.stringLength(h) > MOST_DIGITS) {
      throw RespError.NOT_AN_INTEGER;
    }
    return Bytes.toLong(
        db.stringArray(h), db.stringOffset(h), db.stringLength(h), RespError.NOT_AN_INTEGER);
  }

  static void incrByFloat(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Strings.find(db, a, 1);
    LongDouble old = LongDouble.ZERO;
    if (h != Db.NONE) {
      byte[] text = db.string(h);
      old = LongDouble.parse(text, 0, text.length);
    }
    LongDouble increment = LongDouble.parse(a.array(), a.offset(2), a.length(2));
    if (old.isNaN() || increment.isNaN()) {
      throw RespError.NOT_A_FLOAT;
    }
    LongDouble sum = old.plus(increment);
    if (sum.isNaN() || sum.isInfinite()) {
      throw NOT_FINITE;
    }
    byte[] text = sum.bytes();
    db.putText(a.array(), a.offset(1), a.length(1), text, 0, text.length, true);
    c.modified(a, 1, KeyEvent.STRING, "incrbyfloat");
    if (c.wantsEffects()) {
      // Replayed with another precision, the addition might give something else.
      c.effect(SET, a.bytes(1), text, KEEPTTL);
    }
    c.out().bulk(text);
  }
}
