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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The commands of Redis 8.0 that read or set fields and see to their expiry at once. */
public final class HashFieldCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("hgetdel", -5, "write fast", "RW access delete 1", "8.0.0", "O(N)", "key FIELDS fields:(numfields:int field...)", "Values of fields, which are deleted.", HashFieldCommands::getDel),
      cmd("hgetex", -5, "write fast", "RW access update 1", "8.0.0", "O(N)", "key [expiration:<EX seconds:int|PX milliseconds:int|EXAT unix-time-seconds:time|PXAT unix-time-milliseconds:time|PERSIST>] FIELDS fields:(numfields:int field...)", "Values of fields, whose expiry is set or taken.", HashFieldCommands::getEx),
      cmd("hsetex", -6, "write denyoom fast", "RW update 1", "8.0.0", "O(N)", "key [condition:<FNX|FXX>] [expiration:<EX seconds:int|PX milliseconds:int|EXAT unix-time-seconds:time|PXAT unix-time-milliseconds:time|KEEPTTL>] FIELDS fields:(numfields:int data:(field value)...)", "Set fields and their expiry.", HashFieldCommands::setEx));
  // spotless:on

  private static final byte[] HDEL = Bytes.ascii("HDEL");
  private static final byte[] HSET = Bytes.ascii("HSET");
  private static final byte[] HPERSIST = Bytes.ascii("HPERSIST");
  private static final byte[] HPEXPIREAT = Bytes.ascii("HPEXPIREAT");
  private static final byte[] FIELDS = Bytes.ascii("FIELDS");
  private static final byte[] ONE = Bytes.ascii("1");
  private static final RespError ONE_CONDITION =
      new RespError("ERR Only one of FXX or FNX arguments can be specified");
  private static final RespError ONE_EXPIRY =
      new RespError("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");
  private static final RespError BAD_COUNT = new RespError("ERR invalid number of fields");
  private static final RespError WRONG_NUMBER =
      new RespError("ERR wrong number of arguments for 'hsetex' command");

  private HashFieldCommands() {}

  /** What stands before FIELDS, and where the fields begin. */
  private static final class Options {
    /** When the fields are to expire, in Unix milliseconds; {@link HashValue#NEVER} if unsaid. */
    long when = HashValue.NEVER;

    /** PERSIST or KEEPTTL. */
    boolean stays;

    boolean onlyNew;
    boolean onlyOld;
    int first;

    /** At most one of them, which stands right behind the key. */
    static Options ofGet(Context c, Args a) {
      Options options = new Options();
      int i = 2;
      if (a.is(i, "persist")) {
        options.stays = true;
        i++;
      } else if (isTime(a, i)) {
        options.when = time(c, a, i);
        i += 2;
      }
      options.first = HashExpireCommands.fields(a, i);
      return options;
    }

    static Options ofSet(Context c, Args a) {
      Options options = new Options();
      int i = 2;
      for (; i < a.count() && !a.is(i, "fields"); i++) {
        if (a.is(i, "fnx") || a.is(i, "fxx")) {
          if (options.onlyNew || options.onlyOld) {
            throw ONE_CONDITION;
          }
          options.onlyNew = a.is(i, "fnx");
          options.onlyOld = !options.onlyNew;
        } else if (a.is(i, "keepttl") || isTime(a, i)) {
          if (options.stays || options.when != HashValue.NEVER) {
            throw ONE_EXPIRY;
          }
          options.stays = a.is(i, "keepttl");
          if (!options.stays) {
            options.when = time(c, a, i++);
          }
        } else {
          throw new RespError("ERR unknown argument: " + a.text(i));
        }
      }
      options.first = pairs(a, i);
      return options;
    }

    /** Checks the clause FIELDS numfields field value ...; returns where its fields begin. */
    private static int pairs(Args a, int i) {
      if (i >= a.count() - 3) {
        throw WRONG_NUMBER;
      }
      long count = a.integer(i + 1, BAD_COUNT);
      if (count <= 0 || count > Integer.MAX_VALUE) {
        throw BAD_COUNT;
      }
      if (count * 2 != a.count() - i - 2) {
        throw WRONG_NUMBER;
      }
      return i + 2;
    }

    private static boolean isTime(Args a, int i) {
      return a.is(i, "ex") || a.is(i, "px") || a.is(i, "exat") || a.is(i, "pxat");
    }

    /** The time behind the word: by their arity, both commands have an argument there. */
    private static long time(Context c, Args a, int i) {
      boolean since = a.is(i, "ex") || a.is(i, "px");
      boolean seconds = a.is(i, "ex") || a.is(i, "exat");
      String command = a.text(0).toLowerCase(Locale.ROOT);
      return HashExpireCommands.time(a, i + 1, command, seconds ? 1000 : 1, since ? c.now() : 0);
    }
  }

  /** Replies the value of the field in argument {@code i}; returns whether there is one. */
  private static boolean value(Context c, HashValue hash, Args a, int i) {
    byte[] value = hash.get(a.array(), a.offset(i), a.length(i), c.horizon());
    if (value == HashValue.NONE) {
      c.out().nil();
      return false;
    }
    c.out().bulk(value);
    return true;
  }

  /** Begins the reply; returns whether there is a hash, without which it is complete. */
  private static boolean begin(Context c, Args a, int h, int first) {
    c.out().array(a.count() - first);
    for (int i = first; h == Db.NONE && i < a.count(); i++) {
      c.out().nil();
    }
    return h != Db.NONE;
  }

  private static void getDel(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Hashes.write(c, db, a, 1);
    int first = HashExpireCommands.fields(a, 2);
    if (!begin(c, a, h, first)) {
      return;
    }
    HashValue hash = Hashes.hash(db, h);
    List<byte[]> effect = new ArrayList<>(List.of(HDEL, a.bytes(1)));
    for (int i = first; i < a.count(); i++) {
      if (value(c, hash, a, i)) {
        hash.remove(a.array(), a.offset(i), a.length(i));
        c.partly();
        effect.add(a.bytes(i));
      }
    }
    int deleted = effect.size() - 2;
    if (deleted > 0) {
      c.effect(effect.toArray(byte[][]::new));
    }
    Hashes.shrunk(c, db, h, a, deleted, "hdel");
  }

  private static void getEx(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Hashes.write(c, db, a, 1);
    Options options = Options.ofGet(c, a);
    if (!begin(c, a, h, options.first)) {
      return;
    }
    HashValue hash = Hashes.hash(db, h);
    int changed = 0;
    int deleted = 0;
    for (int i = options.first; i < a.count(); i++) {
      if (!value(c, hash, a, i)) {
        continue;
      }
      if (options.stays && hash.persist(a.array(), a.offset(i), a.length(i))) {
        c.partly();
        c.effect(HPERSIST, a.bytes(1), FIELDS, ONE, a.bytes(i));
        changed++;
      } else if (options.when != HashValue.NEVER) {
        boolean stays = expire(c, hash, a, i, options.when);
        changed += stays ? 1 : 0;
        deleted += stays ? 0 : 1;
      }
    }
    if (changed > 0) {
      db.expiresInPart(h);
      db.resized(h);
      c.modified(a, 1, KeyEvent.HASH, options.stays ? "hpersist" : "hexpire");
    }
    Hashes.shrunk(c, db, h, a, deleted, "hdel");
  }

  /** Has a field expire; returns whether it is still there, for the time may be over. */
  private static boolean expire(Context c, HashValue hash, Args a, int i, long when) {
    // First, for the order of times may find no heap when the time is there.
    c.partly();
    if (when <= c.horizon()) {
      hash.remove(a.array(), a.offset(i), a.length(i));
      c.effect(HDEL, a.bytes(1), a.bytes(i));
      return false;
    }
    hash.expireAt(a.array(), a.offset(i), a.length(i), when);
    c.effect(HPEXPIREAT, a.bytes(1), Bytes.ascii(Long.toString(when)), FIELDS, ONE, a.bytes(i));
    return true;
  }

  private static void setEx(Context c, Args a) {
    Options options = Options.ofSet(c, a);
    Db db = c.db(a, 1);
    int h = Hashes.write(c, db, a, 1);
    if (!holds(c, db, h, a, options)) {
      c.out().integer(0);
      return;
    }
    HashValue hash = Hashes.hashOrNew(db, h);
    int expiring = 0;
    int deleted = 0;
    for (int i = options.first; i < a.count(); i += 2) {
      long before = hash.expireAt(a.array(), a.offset(i), a.length(i));
      boolean over = Hashes.set(c, db, hash, a, i) && before <= c.horizon();
      c.effect(HSET, a.bytes(1), a.bytes(i), a.bytes(i + 1));
      long when = options.stays && !over ? before : options.when;
      if (when != HashValue.NEVER) {
        boolean stays = expire(c, hash, a, i, when);
        expiring += stays ? 1 : 0;
        deleted += stays ? 0 : 1;
      }
    }
    boolean isNew = h == Db.NONE;
    h = Hashes.put(db, a, h, hash);
    c.modified(a, 1, KeyEvent.HASH, "hset");
    if (expiring > 0) {
      if (!isNew) {
        db.expiresInPart(h);
      }
      c.notify(a, 1, KeyEvent.HASH, "hexpire");
    }
    Hashes.shrunk(c, db, h, a, deleted, "hdel");
    c.out().integer(1);
  }

  private static boolean holds(Context c, Db db, int h, Args a, Options options) {
    for (int i = options.first; (options.onlyNew || options.onlyOld) && i < a.count(); i += 2) {
      boolean there =
          h != Db.NONE && Hashes.hash(db, h).has(a.array(), a.offset(i), a.length(i), c.horizon());
      if (there != options.onlyOld) {
        return false;
      }
    }
    return true;
  }
}
