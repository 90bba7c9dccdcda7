package io.sampo.command.string;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Advance;
import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.command.Strings;
import io.sampo.data.Limits;
import io.sampo.data.string.RawString;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import java.util.List;

/** The commands on strings. */
public final class StringCommands {
  /** From this length on a value is not copied by the shard. */
  private static final int LONG = 1 << 20;

  private static final RawString[] NONE = {};

  /** Of several values none may stay where the request lies, but for one that is most of it. */
  private static final Advance COPYING =
      new Advance() {
        @Override
        public boolean pays(Args a) {
          boolean pays = false;
          for (int v = 2; a.isLent() && v < a.count(); v += 2) {
            pays |= isToBeCopied(a, v);
          }
          return pays;
        }

        @Override
        public Object work(Args a, Limits limits) {
          RawString[] copies = new RawString[a.count()];
          for (int v = 2; v < a.count(); v += 2) {
            if (isToBeCopied(a, v)) {
              copies[v] = new RawString(a.array(), a.offset(v), a.length(v));
            }
          }
          return copies;
        }
      };

  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("append", 3, "write denyoom fast", "RW insert 1", "2.0.0", "O(1)", "key value", "Append to a string.", StringCommands::append),
      cmd("decr", 2, "write denyoom fast", "RW access update 1", "1.0.0", "O(1)", "key", "Subtract one from an integer.", CounterCommands::decr),
      cmd("decrby", 3, "write denyoom fast", "RW access update 1", "1.0.0", "O(1)", "key decrement:int", "Subtract from an integer.", CounterCommands::decrBy),
      cmd("get", 2, "readonly fast", "RO access 1", "1.0.0", "O(1)", "key", "Value of a string key.", StringCommands::get),
      cmd("getdel", 2, "write fast", "RW access delete 1", "6.2.0", "O(1)", "key", "Value of a string key, which is then deleted.", StringCommands::getDel),
      cmd("getex", -2, "write fast", "RW access update 1 (UPDATE, for it changes the expiry)", "6.2.0", "O(1)", "key [expiration:<EX seconds:int|PX milliseconds:int|EXAT unix-time-seconds:time|PXAT unix-time-milliseconds:time|PERSIST>]", "Value of a string key, whose expiry is set or taken.", StringCommands::getEx),
      cmd("getrange", 4, "readonly", "RO access 1", "2.4.0", "O(N)", "key start:int end:int", "Part of a string.", StringCommands::getRange),
      cmd("getset", 3, "write denyoom fast %deprecated:6.2.0:SET+!GET", "RW access update 1", "1.0.0", "O(1)", "key value", "Set a string and return what it was.", StringCommands::getSet),
      cmd("incr", 2, "write denyoom fast", "RW access update 1", "1.0.0", "O(1)", "key", "Add one to an integer.", CounterCommands::incr),
      cmd("incrby", 3, "write denyoom fast", "RW access update 1", "1.0.0", "O(1)", "key increment:int", "Add to an integer.", CounterCommands::incrBy),
      cmd("incrbyfloat", 3, "write denyoom fast", "RW access update 1", "2.6.0", "O(1)", "key increment:double", "Add to a floating-point number.", CounterCommands::incrByFloat),
      cmd("lcs", -3, "readonly", "RO access 1..1", "7.0.0", "O(N*M)", "key1#0 key2#0 [LEN] [IDX] [MINMATCHLEN len:int] [WITHMATCHLEN]", "Longest common subsequence of two strings.", Lcs::run),
      cmd("mget", -2, "readonly fast ~request_policy:multi_shard", "RO access 1..-1", "1.0.0", "O(N)", "key...", "Values of several string keys.", StringCommands::mget),
      cmd("mset", -3, "write denyoom ~request_policy:multi_shard ~response_policy:all_succeeded", "OW update 1..-1/2", "1.0.1", "O(N)", "key_value:(key value)...", "Set several string keys.", StringCommands::mset).advance(COPYING),
      cmd("msetnx", -3, "write denyoom ~request_policy:multi_shard ~response_policy:agg_min", "OW insert 1..-1/2", "1.0.1", "O(N)", "key_value:(key value)...", "Set several string keys if none of them exists.", StringCommands::msetNx).advance(COPYING),
      cmd("psetex", 4, "write denyoom", "OW update 1", "2.6.0", "O(1)", "key milliseconds:int value", "Set a string that expires after some milliseconds.", StringCommands::psetEx),
      cmd("set", -3, "write denyoom", "RW access update variable_flags 1 (RW ACCESS only with GET)", "1.0.0", "O(1)", "key value [condition:<NX|XX>@2.6.12] [GET@6.2.0] [expiration:<EX seconds:int@2.6.12|PX milliseconds:int@2.6.12|EXAT unix-time-seconds:time@6.2.0|PXAT unix-time-milliseconds:time@6.2.0|KEEPTTL@6.0.0>]", "Set a string key.", StringCommands::set)
          .history("2.6.12 Options EX, PX, NX and XX.", "6.0.0 Option KEEPTTL.", "6.2.0 Options GET, EXAT and PXAT.", "7.0.0 GET together with NX."),
      cmd("setex", 4, "write denyoom", "OW update 1", "2.0.0", "O(1)", "key seconds:int value", "Set a string that expires after some seconds.", StringCommands::setEx),
      cmd("setnx", 3, "write denyoom fast", "OW insert 1", "1.0.0", "O(1)", "key value", "Set a string key that does not exist yet.", StringCommands::setNx),
      cmd("setrange", 4, "write denyoom", "RW update 1", "2.2.0", "O(1)", "key offset:int value", "Overwrite a part of a string.", StringCommands::setRange),
      cmd("strlen", 2, "readonly fast", "RO 1", "2.2.0", "O(1)", "key", "Length of a string.", StringCommands::strlen),
      cmd("substr", 4, "readonly %deprecated:2.0.0:GETRANGE", "RO access 1", "1.0.0", "O(N)", "key start:int end:int", "Part of a string.", StringCommands::getRange));
  // spotless:on

  private static final byte[] SET = Bytes.ascii("SET");
  private static final byte[] PXAT = Bytes.ascii("PXAT");
  private static final byte[] KEEPTTL = Bytes.ascii("KEEPTTL");
  private static final byte[] DEL = Bytes.ascii("DEL");
  private static final byte[] PEXPIREAT = Bytes.ascii("PEXPIREAT");
  private static final byte[] PERSIST = Bytes.ascii("PERSIST");
  private static final byte[] EMPTY = {};
  private static final RespError NEGATIVE_OFFSET = new RespError("ERR offset is out of range");

  private StringCommands() {}

  private static void get(Context c, Args a) {
    Db db = c.db(a, 1);
    reply(c, db, Strings.read(c, db, a, 1));
  }

  private static void reply(Context c, Db db, int h) {
    if (h == Db.NONE) {
      c.out().nil();
    } else {
      db.bulk(h, c.out());
    }
  }

  private static void set(Context c, Args a) {
    if (a.count() > 3) {
      setWithOptions(c, a);
      return;
    }
    put(c, c.db(a, 1), a, 1, 2, false);
    c.out().ok();
  }

  /** Sets key {@code k} to argument {@code v}. */
  private static int put(Context c, Db db, Args a, int k, int v, boolean keepTtl) {
    int h = Strings.put(db, a, k, v, keepTtl);
    c.modified(a, k, KeyEvent.STRING, "set");
    return h;
  }

  /** Sets key 1 to argument {@code v} until {@code when}, in Unix milliseconds. */
  private static void putUntil(Context c, Db db, Args a, int v, long when) {
    // As in Redis a time that is over is taken too: the next access finds the key expired.
    db.expireAt(put(c, db, a, 1, v, true), when);
    c.notify(a, 1, KeyEvent.GENERIC, "expire");
    if (c.wantsEffects()) {
      c.effect(SET, a.bytes(1), a.bytes(v), PXAT, decimal(when));
    }
  }

  private static byte[] decimal(long number) {
    return Bytes.ascii(Long.toString(number));
  }

  private static void setWithOptions(Context c, Args a) {
    int options =
        SetOptions.parse(
            a,
            3,
            SetOptions.NX | SetOptions.XX | SetOptions.GET | SetOptions.KEEPTTL | SetOptions.TIME);
    boolean expires = (options & SetOptions.TIME) != 0;
    long when = expires ? SetOptions.expireAt(c, a, options, "set") : Db.NO_EXPIRY;
    boolean gets = (options & SetOptions.GET) != 0;
    Db db = c.db(a, 1);
    if ((options & (SetOptions.GET | SetOptions.NX | SetOptions.XX)) != 0) {
      int h = gets ? Strings.read(c, db, a, 1) : db.find(a.array(), a.offset(1), a.length(1));
      if (gets) {
        reply(c, db, h);
      }
      if ((options & (h == Db.NONE ? SetOptions.XX : SetOptions.NX)) != 0) {
        // To look whether it is there is to use it; else it is put, which is that, too.
        c.write(db, a, 1);
        if (!gets) {
          c.out().nil();
        }
        return;
      }
    }
    if (expires) {
      putUntil(c, db, a, 2, when);
    } else {
      boolean keepTtl = (options & SetOptions.KEEPTTL) != 0;
      put(c, db, a, 1, 2, keepTtl);
      if (keepTtl && c.wantsEffects()) {
        c.effect(SET, a.bytes(1), a.bytes(2), KEEPTTL);
      } else if (c.wantsEffects()) {
        c.effect(SET, a.bytes(1), a.bytes(2));
      }
    }
    if (!gets) {
      c.out().ok();
    }
  }

  private static void setEx(Context c, Args a) {
    long when = SetOptions.expireAt(c, a, 2, true, true, "setex");
    putUntil(c, c.db(a, 1), a, 3, when);
    c.out().ok();
  }

  private static void psetEx(Context c, Args a) {
    long when = SetOptions.expireAt(c, a, 2, false, true, "psetex");
    putUntil(c, c.db(a, 1), a, 3, when);
    c.out().ok();
  }

  private static void setNx(Context c, Args a) {
    Db db = c.db(a, 1);
    boolean absent = c.write(db, a, 1) == Db.NONE;
    if (absent) {
      put(c, db, a, 1, 2, false);
    }
    c.out().integer(absent ? 1 : 0);
  }

  private static void getSet(Context c, Args a) {
    Db db = c.db(a, 1);
    reply(c, db, Strings.read(c, db, a, 1));
    put(c, db, a, 1, 2, false);
    if (c.wantsEffects()) {
      c.effect(SET, a.bytes(1), a.bytes(2));
    }
  }

  private static void getDel(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Strings.read(c, db, a, 1);
    reply(c, db, h);
    if (h != Db.NONE) {
      delete(c, db, a, h);
    }
  }

  private static void delete(Context c, Db db, Args a, int h) {
    db.remove(h);
    c.modified(a, 1, KeyEvent.GENERIC, "del");
    if (c.wantsEffects()) {
      c.effect(DEL, a.bytes(1));
    }
  }

  private static void getEx(Context c, Args a) {
    int options = SetOptions.parse(a, 2, SetOptions.PERSIST | SetOptions.TIME);
    Db db = c.db(a, 1);
    int h = Strings.read(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().nil();
      return;
    }
    boolean expires = (options & SetOptions.TIME) != 0;
    long when = expires ? SetOptions.expireAt(c, a, options, "getex") : Db.NO_EXPIRY;
    db.bulk(h, c.out());
    if (expires && when <= c.horizon()) {
      delete(c, db, a, h);
    } else if (expires) {
      db.expireAt(h, when);
      c.modified(a, 1, KeyEvent.GENERIC, "expire");
      if (c.wantsEffects()) {
        c.effect(PEXPIREAT, a.bytes(1), decimal(when));
      }
    } else if ((options & SetOptions.PERSIST) != 0 && db.expireAt(h) != Db.NO_EXPIRY) {
      db.expireAt(h, Db.NO_EXPIRY);
      c.modified(a, 1, KeyEvent.GENERIC, "persist");
      if (c.wantsEffects()) {
        c.effect(PERSIST, a.bytes(1));
      }
    }
  }

  private static void mget(Context c, Args a) {
    c.out().array(a.count() - 1);
    for (int i = 1; i < a.count(); i++) {
      Db db = c.db(a, i);
      int h = c.read(db, a, i);
      reply(c, db, h != Db.NONE && db.isString(h) ? h : Db.NONE);
    }
  }

  private static void mset(Context c, Args a) {
    checkPairs(a, "mset");
    putAll(c, a);
    c.out().ok();
  }

  private static void msetNx(Context c, Args a) {
    checkPairs(a, "msetnx");
    for (int i = 1; i < a.count(); i += 2) {
      if (c.write(c.db(a, i), a, i) != Db.NONE) {
        c.out().integer(0);
        return;
      }
    }
    putAll(c, a);
    c.out().integer(1);
  }

  private static boolean isToBeCopied(Args a, int v) {
    return a.length(v) >= LONG && a.length(v) < a.array().length / 2;
  }

  private static void checkPairs(Args a, String command) {
    if (a.count() % 2 == 0) {
      throw new RespError("ERR wrong number of arguments for '" + command + "' command");
    }
  }

  private static void putAll(Context c, Args a) {
    RawString[] copies = c.advanced(RawString[].class).orElse(NONE);
    for (int i = 1; i < a.count(); i += 2) {
      Db db = c.db(a, i);
      if (i > 1) {
        c.partly();
      }
      if (copies.length > 0 && copies[i + 1] != null) {
        db.put(a.array(), a.offset(i), a.length(i), copies[i + 1], false);
        c.modified(a, i, KeyEvent.STRING, "set");
      } else {
        put(c, db, a, i, i + 1, false);
      }
    }
  }

  private static void strlen(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Strings.read(c, db, a, 1);
    c.out().integer(h == Db.NONE ? 0 : db.stringLength(h));
  }

  private static void append(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Strings.write(c, db, a, 1);
    if (h == Db.NONE) {
      h = Strings.put(db, a, 1, 2, false);
    } else {
      int length = db.stringLength(h);
      Strings.checkLength(db, length, a.length(2));
      h = Strings.overwrite(db, a, 1, h, length, 2);
    }
    c.modified(a, 1, KeyEvent.STRING, "append");
    c.out().integer(db.stringLength(h));
  }

  private static void getRange(Context c, Args a) {
    long start = a.integer(2);
    long end = a.integer(3);
    Db db = c.db(a, 1);
    int h = Strings.read(c, db, a, 1);
    int length = h == Db.NONE ? 0 : db.stringLength(h);
    long from = Math.max(0, start < 0 ? length + start : start);
    long to = Math.min(length - 1, Math.max(0, end < 0 ? length + end : end));
    // Of two indexes before the beginning the order counts, though both mean the first byte.
    if (from > to || start < 0 && end < 0 && start > end) {
      c.out().bulk(EMPTY);
    } else {
      db.bulkRange(h, (int) from, (int) (to - from + 1), c.out());
    }
  }

  private static void setRange(Context c, Args a) {
    long offset = a.integer(2);
    if (offset < 0) {
      throw NEGATIVE_OFFSET;
    }
    Db db = c.db(a, 1);
    int h = Strings.write(c, db, a, 1);
    int n = a.length(3);
    if (n > 0) {
      Strings.checkLength(db, offset, n);
      h = Strings.overwrite(db, a, 1, h, (int) offset, 3);
      c.modified(a, 1, KeyEvent.STRING, "setrange");
    }
    c.out().integer(h == Db.NONE ? 0 : db.stringLength(h));
  }
}
