package io.sampo.command.key;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import java.util.List;

/** The commands on the time at which keys expire. */
public final class ExpireCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("expire", -3, "write fast", "RW update 1", "1.0.0", "O(1)", "key seconds:int [condition:<NX|XX|GT|LT>@7.0.0]", "Let a key expire after some seconds.", (c, a) -> expire(c, a, "expire", 1000, c.now()))
          .history("7.0.0 Conditions NX, XX, GT and LT."),
      cmd("expireat", -3, "write fast", "RW update 1", "1.2.0", "O(1)", "key unix-time-seconds:time [condition:<NX|XX|GT|LT>@7.0.0]", "Let a key expire at a Unix time in seconds.", (c, a) -> expire(c, a, "expireat", 1000, 0))
          .history("7.0.0 Conditions NX, XX, GT and LT."),
      cmd("expiretime", 2, "readonly fast", "RO access 1", "7.0.0", "O(1)", "key", "When a key expires, as Unix time in seconds.", (c, a) -> expiry(c, a, 1000, 0)),
      cmd("persist", 2, "write fast", "RW update 1", "2.2.0", "O(1)", "key", "Take the expiry from a key.", ExpireCommands::persist),
      cmd("pexpire", -3, "write fast", "RW update 1", "2.6.0", "O(1)", "key milliseconds:int [condition:<NX|XX|GT|LT>@7.0.0]", "Let a key expire after some milliseconds.", (c, a) -> expire(c, a, "pexpire", 1, c.now()))
          .history("7.0.0 Conditions NX, XX, GT and LT."),
      cmd("pexpireat", -3, "write fast", "RW update 1", "2.6.0", "O(1)", "key unix-time-milliseconds:time [condition:<NX|XX|GT|LT>@7.0.0]", "Let a key expire at a Unix time in milliseconds.", (c, a) -> expire(c, a, "pexpireat", 1, 0))
          .history("7.0.0 Conditions NX, XX, GT and LT."),
      cmd("pexpiretime", 2, "readonly fast", "RO access 1", "7.0.0", "O(1)", "key", "When a key expires, as Unix time in milliseconds.", (c, a) -> expiry(c, a, 1, 0)),
      cmd("pttl", 2, "readonly fast ~nondeterministic_output", "RO access 1", "2.6.0", "O(1)", "key", "Milliseconds until a key expires.", (c, a) -> expiry(c, a, 1, c.now()))
          .history("2.8.0 -2 where there is no key."),
      cmd("ttl", 2, "readonly fast ~nondeterministic_output", "RO access 1", "1.0.0", "O(1)", "key", "Seconds until a key expires.", (c, a) -> expiry(c, a, 1000, c.now()))
          .history("2.8.0 -2 where there is no key."));
  // spotless:on

  /** What TTL and its kin say of a key that is not there, and of one that stays. */
  private static final long ABSENT = -2;

  private static final long STAYS = -1;

  private static final byte[] DEL = Bytes.ascii("DEL");
  private static final byte[] PEXPIREAT = Bytes.ascii("PEXPIREAT");
  private static final RespError NX_AND_OTHERS =
      new RespError("ERR NX and XX, GT or LT options at the same time are not compatible");
  private static final RespError GT_AND_LT =
      new RespError("ERR GT and LT options at the same time are not compatible");

  private ExpireCommands() {}

  /** When a change of expiry is wanted, each condition a bit. */
  private static final class Condition {
    static final int NX = 1;
    static final int XX = 2;
    static final int GT = 4;
    static final int LT = 8;

    private Condition() {}

    static int parse(Args a) {
      int bits = 0;
      for (int i = 3; i < a.count(); i++) {
        bits |= word(a, i);
      }
      if ((bits & NX) != 0 && bits != NX) {
        throw NX_AND_OTHERS;
      }
      if ((bits & GT) != 0 && (bits & LT) != 0) {
        throw GT_AND_LT;
      }
      return bits;
    }

    private static int word(Args a, int i) {
      if (a.is(i, "nx")) {
        return NX;
      }
      if (a.is(i, "xx")) {
        return XX;
      }
      if (a.is(i, "gt")) {
        return GT;
      }
      if (a.is(i, "lt")) {
        return LT;
      }
      throw new RespError("ERR Unsupported option " + a.text(i));
    }

    /** Whether the expiry may change; a key without one counts as expiring last of all. */
    static boolean holds(int bits, long present, long when) {
      boolean none = present == Db.NO_EXPIRY;
      return ((bits & NX) == 0 || none)
          && ((bits & XX) == 0 || !none)
          && ((bits & GT) == 0 || !none && when > present)
          && ((bits & LT) == 0 || none || when < present);
    }
  }

  /**
   * Sets the expiry to a number of units after {@code base}, which is a Unix time in milliseconds;
   * one in the past deletes the key.
   */
  private static void expire(Context c, Args a, String name, long unit, long base) {
    int condition = Condition.parse(a);
    long when = time(a.integer(2), name, unit, base);
    Db db = c.db(a, 1);
    int h = c.write(db, a, 1);
    if (h == Db.NONE || !Condition.holds(condition, db.expireAt(h), when)) {
      c.out().integer(0);
      return;
    }
    // A replica leaves it to its master to delete.
    if (when <= c.horizon() && !db.replica()) {
      db.remove(h);
      c.modified(a, 1, KeyEvent.GENERIC, "del");
      if (c.wantsEffects()) {
        c.effect(DEL, a.bytes(1));
      }
    } else {
      db.expireAt(h, when);
      c.modified(a, 1, KeyEvent.GENERIC, "expire");
      if (c.wantsEffects()) {
        c.effect(PEXPIREAT, a.bytes(1), Bytes.ascii(Long.toString(when)));
      }
    }
    c.out().integer(1);
  }

  private static long time(long amount, String name, long unit, long base) {
    if (amount > Long.MAX_VALUE / unit
        || amount < Long.MIN_VALUE / unit
        || amount * unit > Long.MAX_VALUE - base) {
      throw new RespError("ERR invalid expire time in '" + name + "' command");
    }
    return amount * unit + base;
  }

  /** Answers the expiry in units after {@code base}, rounded. */
  private static void expiry(Context c, Args a, long unit, long base) {
    Db db = c.db(a, 1);
    int h = c.peek(db, a, 1);
    if (h == Db.NONE) {
      c.out().integer(ABSENT);
      return;
    }
    long when = db.expireAt(h);
    if (when == Db.NO_EXPIRY) {
      c.out().integer(STAYS);
      return;
    }
    long left = Math.max(0, when - base);
    long whole = left / unit;
    c.out().integer(unit > 1 && left % unit >= unit / 2 ? whole + 1 : whole);
  }

  private static void persist(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = c.write(db, a, 1);
    if (h == Db.NONE || db.expireAt(h) == Db.NO_EXPIRY) {
      c.out().integer(0);
      return;
    }
    db.expireAt(h, Db.NO_EXPIRY);
    c.modified(a, 1, KeyEvent.GENERIC, "persist");
    c.out().integer(1);
  }
}
