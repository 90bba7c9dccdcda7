package io.sampo.command.hash;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.data.hash.HashValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import java.util.List;

/** The commands on the time at which fields of hashes expire, as of Redis 7.4. */
public final class HashExpireCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("hexpire", -6, "write denyoom fast", "RW update 1", "7.4.0", "O(N)", "key seconds:int [condition:<NX|XX|GT|LT>] FIELDS fields:(numfields:int field...)", "Let fields expire after some seconds.", (c, a) -> expire(c, a, "hexpire", 1000, c.now())),
      cmd("hexpireat", -6, "write denyoom fast", "RW update 1", "7.4.0", "O(N)", "key unix-time-seconds:time [condition:<NX|XX|GT|LT>] FIELDS fields:(numfields:int field...)", "Let fields expire at a Unix time in seconds.", (c, a) -> expire(c, a, "hexpireat", 1000, 0)),
      cmd("hexpiretime", -5, "readonly fast", "RO access 1", "7.4.0", "O(N)", "key FIELDS fields:(numfields:int field...)", "When fields expire, as Unix time in seconds.", (c, a) -> expiry(c, a, 1000, 0)),
      cmd("hpersist", -5, "write fast", "RW update 1", "7.4.0", "O(N)", "key FIELDS fields:(numfields:int field...)", "Take the expiry from fields.", HashExpireCommands::persist),
      cmd("hpexpire", -6, "write denyoom fast", "RW update 1", "7.4.0", "O(N)", "key milliseconds:int [condition:<NX|XX|GT|LT>] FIELDS fields:(numfields:int field...)", "Let fields expire after some milliseconds.", (c, a) -> expire(c, a, "hpexpire", 1, c.now())),
      cmd("hpexpireat", -6, "write denyoom fast", "RW update 1", "7.4.0", "O(N)", "key unix-time-milliseconds:time [condition:<NX|XX|GT|LT>] FIELDS fields:(numfields:int field...)", "Let fields expire at a Unix time in milliseconds.", (c, a) -> expire(c, a, "hpexpireat", 1, 0)),
      cmd("hpexpiretime", -5, "readonly fast", "RO access 1", "7.4.0", "O(N)", "key FIELDS fields:(numfields:int field...)", "When fields expire, as Unix time in milliseconds.", (c, a) -> expiry(c, a, 1, 0)),
      cmd("hpttl", -5, "readonly fast ~nondeterministic_output", "RO access 1", "7.4.0", "O(N)", "key FIELDS fields:(numfields:int field...)", "Milliseconds until fields expire.", (c, a) -> expiry(c, a, 1, c.now())),
      cmd("httl", -5, "readonly fast ~nondeterministic_output", "RO access 1", "7.4.0", "O(N)", "key FIELDS fields:(numfields:int field...)", "Seconds until fields expire.", (c, a) -> expiry(c, a, 1000, c.now())));
  // spotless:on

  /** What the commands reply for a field that is not there. */
  private static final int ABSENT = -2;

  private static final int STAYS = -1;
  private static final int REFUSED = 0;
  private static final int SET = 1;
  private static final int DELETED = 2;

  /** The latest time a field may expire at, in Unix milliseconds. */
  private static final long LATEST = (1L << 46) - 1;

  private static final byte[] HPEXPIREAT = Bytes.ascii("HPEXPIREAT");
  private static final byte[] HDEL = Bytes.ascii("HDEL");
  private static final byte[] FIELDS = Bytes.ascii("FIELDS");
  private static final byte[] ONE = Bytes.ascii("1");
  private static final RespError NEGATIVE = new RespError("ERR invalid expire time, must be >= 0");
  private static final RespError NO_FIELDS =
      new RespError("ERR Mandatory argument FIELDS is missing or not at the right position");
  private static final RespError COUNT_TO_SET =
      new RespError("ERR Parameter `numFields` should be greater than 0");
  private static final RespError COUNT =
      new RespError("ERR Number of fields must be a positive integer");
  private static final RespError OTHER_COUNT =
      new RespError("ERR The `numfields` parameter must match the number of arguments");

  private HashExpireCommands() {}

  /** When the expiry of a field is to change; one that has none counts as expiring last of all. */
  private enum Condition {
    ALWAYS,
    NX,
    XX,
    GT,
    LT;

    static Condition of(Args a, int i) {
      for (Condition condition : values()) {
        if (condition != ALWAYS && a.text(i).equalsIgnoreCase(condition.name())) {
          return condition;
        }
      }
      return ALWAYS;
    }

    boolean holds(long present, long when) {
      return switch (this) {
        case ALWAYS -> true;
        case NX -> present == HashValue.NEVER;
        case XX -> present != HashValue.NEVER;
        case GT -> when > present;
        case LT -> when < present;
      };
    }
  }

  /** {@link #fields(Args, int, RespError)} of commands that set no expiry by their name. */
  static int fields(Args a, int i) {
    return fields(a, i, COUNT);
  }

  /**
   * Checks the clause FIELDS numfields field ... that begins at {@code i} and ends the request;
   * returns where its fields begin.
   */
  private static int fields(Args a, int i, RespError badCount) {
    if (i >= a.count() || !a.is(i, "fields")) {
      throw NO_FIELDS;
    }
    if (i + 1 == a.count()) {
      throw OTHER_COUNT;
    }
    long count = a.integer(i + 1, badCount);
    if (count <= 0) {
      throw badCount;
    }
    if (count != a.count() - i - 2) {
      throw OTHER_COUNT;
    }
    return i + 2;
  }

  /** The time in argument {@code i}, in Unix milliseconds. */
  static long time(Args a, int i, String command, long unit, long base) {
    long time = a.integer(i);
    if (time < 0) {
      throw NEGATIVE;
    }
    if (time > (LATEST - base) / unit) {
      throw new RespError("ERR invalid expire time in '" + command + "' command");
    }
    return time * unit + base;
  }

  private static void expire(Context c, Args a, String command, long unit, long base) {
    Db db = c.db(a, 1);
    int h = Hashes.write(c, db, a, 1);
    long when = time(a, 2, command, unit, base);
    Condition condition = Condition.of(a, 3);
    int first = fields(a, condition == Condition.ALWAYS ? 3 : 4, COUNT_TO_SET);
    if (!begin(c, a, h, first)) {
      return;
    }
    HashValue hash = Hashes.hash(db, h);
    int deleted = 0;
    int set = 0;
    for (int i = first; i < a.count(); i++) {
      int outcome = expire(c, a, i, hash, condition, when);
      set += outcome == SET ? 1 : 0;
      deleted += outcome == DELETED ? 1 : 0;
      c.out().integer(outcome);
    }
    if (set > 0) {
      db.expiresInPart(h);
      db.resized(h);
      c.modified(a, 1, KeyEvent.HASH, "hexpire");
    }
    Hashes.shrunk(c, db, h, a, deleted, "hdel");
  }

  private static int expire(
      Context c, Args a, int i, HashValue hash, Condition condition, long when) {
    byte[] b = a.array();
    if (!hash.has(b, a.offset(i), a.length(i), c.horizon())) {
      return ABSENT;
    }
    if (!condition.holds(hash.expireAt(b, a.offset(i), a.length(i)), when)) {
      return REFUSED;
    }
    if (when <= c.horizon()) {
      hash.remove(b, a.offset(i), a.length(i));
      c.partly();
      if (c.wantsEffects()) {
        c.effect(HDEL, a.bytes(1), a.bytes(i));
      }
      return DELETED;
    }
    // First, for the order of times may find no heap when the time is there.
    c.partly();
    hash.expireAt(b, a.offset(i), a.length(i), when);
    if (c.wantsEffects()) {
      byte[] time = Bytes.ascii(Long.toString(when));
      c.effect(HPEXPIREAT, a.bytes(1), time, FIELDS, ONE, a.bytes(i));
    }
    return SET;
  }

  private static void persist(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Hashes.write(c, db, a, 1);
    int first = fields(a, 2);
    if (!begin(c, a, h, first)) {
      return;
    }
    HashValue hash = Hashes.hash(db, h);
    boolean changed = false;
    for (int i = first; i < a.count(); i++) {
      if (!hash.has(a.array(), a.offset(i), a.length(i), c.horizon())) {
        c.out().integer(ABSENT);
      } else if (hash.persist(a.array(), a.offset(i), a.length(i))) {
        changed = true;
        c.partly();
        c.out().integer(SET);
      } else {
        c.out().integer(STAYS);
      }
    }
    if (changed) {
      db.resized(h);
      c.modified(a, 1, KeyEvent.HASH, "hpersist");
    }
  }

  /** Replies when fields expire: since {@code base}, in units, rounded up where that is not 0. */
  private static void expiry(Context c, Args a, long unit, long base) {
    Db db = c.db(a, 1);
    int h = Hashes.read(c, db, a, 1);
    int first = fields(a, 2);
    if (!begin(c, a, h, first)) {
      return;
    }
    HashValue hash = Hashes.hash(db, h);
    for (int i = first; i < a.count(); i++) {
      long when = hash.expireAt(a.array(), a.offset(i), a.length(i));
      if (!hash.has(a.array(), a.offset(i), a.length(i), c.horizon())) {
        c.out().integer(ABSENT);
      } else if (when == HashValue.NEVER) {
        c.out().integer(STAYS);
      } else {
        c.out().integer((when - base + unit - 1) / unit);
      }
    }
  }

  /** Begins the reply about fields; ends it too, and returns false, if there is no hash. */
  private static boolean begin(Context c, Args a, int h, int first) {
    c.out().array(a.count() - first);
    for (int i = first; h == Db.NONE && i < a.count(); i++) {
      c.out().integer(ABSENT);
    }
    return h != Db.NONE;
  }
}
