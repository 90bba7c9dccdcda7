package io.sampo.command.hash;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Cursor;
import io.sampo.command.Increment;
import io.sampo.command.KeyEvent;
import io.sampo.command.ScanOptions;
import io.sampo.command.ScanReply;
import io.sampo.data.hash.HashValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.LongDouble;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.List;

/** The commands on hashes. */
public final class HashCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("hdel", -3, "write fast", "RW delete 1", "2.0.0", "O(N)", "key field...", "Delete fields of a hash.", HashCommands::hdel)
          .history("2.4.0 Several fields."),
      cmd("hexists", 3, "readonly fast", "RO 1", "2.0.0", "O(1)", "key field", "Whether a hash has a field.", HashCommands::hexists),
      cmd("hget", 3, "readonly fast", "RO access 1", "2.0.0", "O(1)", "key field", "Value of a field.", HashCommands::hget),
      cmd("hgetall", 2, "readonly ~nondeterministic_output_order", "RO access 1", "2.0.0", "O(N)", "key", "All fields of a hash and their values.", HashCommands::hgetAll),
      cmd("hincrby", 4, "write denyoom fast", "RW access update 1", "2.0.0", "O(1)", "key field increment:int", "Add an integer to a field.", HashCommands::hincrBy),
      cmd("hincrbyfloat", 4, "write denyoom fast", "RW access update 1", "2.6.0", "O(1)", "key field increment:double", "Add a floating-point number to a field.", HashCommands::hincrByFloat),
      cmd("hkeys", 2, "readonly ~nondeterministic_output_order", "RO access 1", "2.0.0", "O(N)", "key", "All fields of a hash.", HashCommands::hkeys),
      cmd("hlen", 2, "readonly fast", "RO 1", "2.0.0", "O(1)", "key", "Number of fields of a hash.", HashCommands::hlen),
      cmd("hmget", -3, "readonly fast", "RO access 1", "2.0.0", "O(N)", "key field...", "Values of several fields.", HashCommands::hmget),
      cmd("hmset", -4, "write denyoom fast %deprecated:4.0.0:HSET+multiple_field-value_pairs", "RW update 1", "2.0.0", "O(N)", "key field_value:(field value)...", "Set several fields.", HashCommands::hmset),
      cmd("hrandfield", -2, "readonly ~nondeterministic_output", "RO access 1", "6.2.0", "O(N)", "key [options:(count:int [WITHVALUES])]", "Random fields of a hash.", RandomFields::run),
      cmd("hscan", -3, "readonly ~nondeterministic_output", "RO access 1", "2.8.0", "O(1)", "key cursor:int [MATCH pattern:pattern] [COUNT count:int]", "Walk over the fields and values of a hash with a cursor.", HashCommands::hscan),
      cmd("hset", -4, "write denyoom fast", "RW update 1", "2.0.0", "O(1)", "key field_value:(field value)...", "Set fields of a hash.", HashCommands::hset)
          .history("4.0.0 Several fields with their values."),
      cmd("hsetnx", 4, "write denyoom fast", "RW insert 1", "2.0.0", "O(1)", "key field value", "Set a field that is not there yet.", HashCommands::hsetNx),
      cmd("hstrlen", 3, "readonly fast", "RO 1", "3.2.0", "O(1)", "key field", "Length of the value of a field.", HashCommands::hstrLen),
      cmd("hvals", 2, "readonly ~nondeterministic_output_order", "RO access 1", "2.0.0", "O(N)", "key", "All values of a hash.", HashCommands::hvals));
  // spotless:on

  private static final byte[] HSET = Bytes.ascii("HSET");
  private static final byte[] HPEXPIREAT = Bytes.ascii("HPEXPIREAT");
  private static final byte[] FIELDS = Bytes.ascii("FIELDS");
  private static final byte[] ONE = Bytes.ascii("1");
  private static final RespError NOT_AN_INTEGER = new RespError("ERR hash value is not an integer");
  private static final RespError NOT_A_FLOAT = new RespError("ERR hash value is not a float");
  private static final RespError NAN_INCREMENT = new RespError("ERR value is NaN or Infinity");
  private static final RespError NOT_FINITE =
      new RespError("ERR increment would produce NaN or Infinity");

  private HashCommands() {}

  // ---- writing ----

  private static void hset(Context c, Args a) {
    c.out().integer(setAll(c, a, "hset"));
  }

  private static void hmset(Context c, Args a) {
    setAll(c, a, "hmset");
    c.out().ok();
  }

  /** Sets fields; returns how many are new. */
  private static int setAll(Context c, Args a, String command) {
    if (a.count() % 2 != 0) {
      throw new RespError("ERR wrong number of arguments for '" + command + "' command");
    }
    Db db = c.db(a, 1);
    int h = Hashes.write(c, db, a, 1);
    HashValue hash = Hashes.hashOrNew(db, h);
    int added = 0;
    for (int i = 2; i < a.count(); i += 2) {
      added += Hashes.set(c, db, hash, a, i) ? 1 : 0;
    }
    Hashes.put(db, a, h, hash);
    c.modified(a, 1, KeyEvent.HASH, "hset");
    c.changed(a.count() / 2 - 2);
    return added;
  }

  private static void hsetNx(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Hashes.write(c, db, a, 1);
    HashValue hash = Hashes.hashOrNew(db, h);
    Hashes.expire(c, db, h, hash, a, 2);
    if (hash.has(a.array(), a.offset(2), a.length(2), c.horizon())) {
      c.out().integer(0);
      return;
    }
    Hashes.set(c, db, hash, a, 2);
    Hashes.put(db, a, h, hash);
    c.modified(a, 1, KeyEvent.HASH, "hset");
    c.out().integer(1);
  }

  private static void hdel(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Hashes.write(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().integer(0);
      return;
    }
    HashValue hash = Hashes.hash(db, h);
    int deleted = 0;
    int over = 0;
    for (int i = 2; i < a.count() && !hash.isEmpty(); i++) {
      boolean isOver = hash.isOver(a.array(), a.offset(i), a.length(i), c.horizon());
      if (hash.remove(a.array(), a.offset(i), a.length(i))) {
        c.partly();
        over += isOver ? 1 : 0;
        deleted++;
      }
    }
    Hashes.shrunk(c, db, h, a, deleted, "hdel");
    c.out().integer(deleted - over);
  }

  private static void hincrBy(Context c, Args a) {
    long increment = a.integer(3);
    Db db = c.db(a, 1);
    int h = Hashes.write(c, db, a, 1);
    long value = increment;
    if (h != Db.NONE) {
      HashValue hash = Hashes.hash(db, h);
      Hashes.expire(c, db, h, hash, a, 2);
      byte[] old = hash.get(a.array(), a.offset(2), a.length(2), c.horizon());
      if (old != HashValue.NONE) {
        value = Increment.sum(Bytes.toLong(old, 0, old.length, NOT_AN_INTEGER), increment);
      }
    }
    put(c, db, a, Bytes.ascii(Long.toString(value)), "hincrby");
    c.out().integer(value);
  }

  private static void hincrByFloat(Context c, Args a) {
    LongDouble increment = LongDouble.parse(a.array(), a.offset(3), a.length(3));
    if (increment.isNaN()) {
      throw RespError.NOT_A_FLOAT;
    }
    if (increment.isInfinite()) {
      throw NAN_INCREMENT;
    }
    Db db = c.db(a, 1);
    int h = Hashes.write(c, db, a, 1);
    LongDouble sum = increment;
    if (h != Db.NONE) {
      HashValue hash = Hashes.hash(db, h);
      Hashes.expire(c, db, h, hash, a, 2);
      byte[] old = hash.get(a.array(), a.offset(2), a.length(2), c.horizon());
      if (old != HashValue.NONE) {
        LongDouble value = LongDouble.parse(old, 0, old.length);
        if (value.isNaN()) {
          throw NOT_A_FLOAT;
        }
        sum = value.plus(increment);
      }
    }
    if (sum.isNaN() || sum.isInfinite()) {
      throw NOT_FINITE;
    }
    byte[] text = sum.bytes();
    HashValue hash = put(c, db, a, text, "hincrbyfloat");
    if (c.wantsEffects()) {
      // Replayed with another precision, the addition might give something else.
      c.effect(HSET, a.bytes(1), a.bytes(2), text);
      long when = hash.expireAt(a.array(), a.offset(2), a.length(2));
      if (when != HashValue.NEVER) {
        byte[] time = Bytes.ascii(Long.toString(when));
        c.effect(HPEXPIREAT, a.bytes(1), time, FIELDS, ONE, a.bytes(2));
      }
    }
    c.out().bulk(text);
  }

  /** Sets field 2 to a computed value, which leaves its expiry alone. */
  private static HashValue put(Context c, Db db, Args a, byte[] value, String event) {
    int h = db.find(a.array(), a.offset(1), a.length(1));
    HashValue hash = Hashes.hashOrNew(db, h);
    hash.set(a.array(), a.offset(2), a.length(2), value, 0, value.length, db.limits());
    Hashes.put(db, a, h, hash);
    c.modified(a, 1, KeyEvent.HASH, event);
    return hash;
  }

  // ---- reading ----

  private static void hget(Context c, Args a) {
    Db db = c.db(a, 1);
    value(c, db, Hashes.read(c, db, a, 1), a, 2);
  }

  private static void hmget(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Hashes.read(c, db, a, 1);
    c.out().array(a.count() - 2);
    for (int i = 2; i < a.count(); i++) {
      value(c, db, h, a, i);
    }
  }

  private static void value(Context c, Db db, int h, Args a, int i) {
    if (h == Db.NONE
        || !Hashes.hash(db, h).reply(a.array(), a.offset(i), a.length(i), c.horizon(), c.out())) {
      c.out().nil();
    }
  }

  private static void hexists(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Hashes.read(c, db, a, 1);
    boolean has =
        h != Db.NONE && Hashes.hash(db, h).has(a.array(), a.offset(2), a.length(2), c.horizon());
    c.out().integer(has ? 1 : 0);
  }

  private static void hlen(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Hashes.read(c, db, a, 1);
    c.out().integer(h == Db.NONE ? 0 : Hashes.hash(db, h).size());
  }

  private static void hstrLen(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Hashes.read(c, db, a, 1);
    c.out()
        .integer(
            h == Db.NONE
                ? 0
                : Hashes.hash(db, h).valueLength(a.array(), a.offset(2), a.length(2), c.horizon()));
  }

  private static void hgetAll(Context c, Args a) {
    each(c, a, true, true);
  }

  private static void hkeys(Context c, Args a) {
    each(c, a, true, false);
  }

  private static void hvals(Context c, Args a) {
    each(c, a, false, true);
  }

  /** Replies with all fields, or all values, or both as a map. */
  private static void each(Context c, Args a, boolean fields, boolean values) {
    ReplyWriter out = c.out();
    Db db = c.db(a, 1);
    int h = Hashes.read(c, db, a, 1);
    int size = h == Db.NONE ? 0 : Hashes.hash(db, h).size(c.horizon());
    if (fields && values) {
      out.map(size);
    } else {
      out.array(size);
    }
    if (h == Db.NONE) {
      return;
    }
    Hashes.hash(db, h)
        .each(
            c.horizon(),
            (f, fo, fl, v, vo, vl) -> {
              if (fields) {
                out.bulk(f, fo, fl);
              }
              if (values) {
                out.bulk(v, vo, vl);
              }
              return true;
            });
  }

  private static void hscan(Context c, Args a) {
    long cursor = Cursor.parse(a, 2);
    Db db = c.db(a, 1);
    int h = Hashes.read(c, db, a, 1);
    if (h == Db.NONE) {
      ScanReply.empty(c.out());
      return;
    }
    ScanOptions options = ScanOptions.parseForHash(a, 3);
    ScanReply reply = new ScanReply();
    long next =
        Hashes.hash(db, h)
            .scan(
                cursor,
                options.count(),
                c.horizon(),
                (f, fo, fl, v, vo, vl) -> {
                  if (options.matches(f, fo, fl)) {
                    reply.add(1).bulk(f, fo, fl);
                    if (!options.noValues()) {
                      reply.add(1).bulk(v, vo, vl);
                    }
                  }
                  return true;
                });
    reply.write(c.out(), next);
  }
}
