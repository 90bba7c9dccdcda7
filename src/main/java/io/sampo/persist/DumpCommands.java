package io.sampo.persist;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Advance;
import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.data.Limits;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Entry;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** DUMP and RESTORE, by which values go from server to server. */
public final class DumpCommands {
  private static final byte[] ABSTTL = Bytes.ascii("ABSTTL");
  private static final byte[] DEL = Bytes.ascii("DEL");
  private static final int OPTIONS = 4;

  /** Values of which there are more bytes are not decoded by the shard. */
  private static final int MANY_BYTES = 1 << 14;

  private static final Advance DECODING =
      new Advance() {
        @Override
        public boolean pays(Args a) {
          return a.length(3) > MANY_BYTES;
        }

        @Override
        public Object work(Args a, Limits limits) {
          return entry(a, limits);
        }
      };

  private static final RespError BUSY_KEY =
      new RespError("BUSYKEY Target key name already exists.");
  private static final RespError BAD_TTL = new RespError("ERR Invalid TTL value, must be >= 0");
  private static final RespError BAD_IDLE_TIME =
      new RespError("ERR Invalid IDLETIME value, must be >= 0");
  private static final RespError BAD_FREQUENCY =
      new RespError("ERR Invalid FREQ value, must be >= 0 and <= 255");
  private static final RespError NOT_INTACT =
      new RespError("ERR DUMP payload version or checksum are wrong");
  private static final RespError BAD_DATA = new RespError("ERR Bad data format");

  private final BooleanSupplier compressing;

  private DumpCommands(BooleanSupplier compressing) {
    this.compressing = compressing;
  }

  /**
   * Those on keys.
   *
   * @param compressing whether strings are compressed ({@code rdbcompression})
   */
  public static List<Command> onKeys(BooleanSupplier compressing) {
    DumpCommands family = new DumpCommands(compressing);
    return List.of(
        // spotless:off
        cmd("dump", 2, "readonly ~nondeterministic_output", "RO access 1", "2.6.0", "O(1)", "key", "Value of a key in serialized form.", family::dump),
        cmd("restore", -4, "write denyoom @dangerous", "OW update 1", "2.6.0", "O(1)", "key ttl:int serialized-value [REPLACE@3.0.0] [ABSTTL@5.0.0] [IDLETIME seconds:int@5.0.0] [FREQ frequency:int@5.0.0]", "Make a key from its serialized form.", family::restore)
            .history("3.0.0 Option REPLACE.", "5.0.0 Option ABSTTL.", "5.0.0 Options IDLETIME and FREQ.")
            .advance(DECODING));
        // spotless:on
  }

  /** Those that servers use among themselves; see {@link #onKeys}. */
  public static List<Command> ofServers(BooleanSupplier compressing) {
    DumpCommands family = new DumpCommands(compressing);
    return List.of(
        // spotless:off
        cmd("restore-asking", -4, "write denyoom asking @keyspace @dangerous %syscmd", "OW update 1", "3.0.0", "O(1)", "key ttl:int serialized-value [REPLACE@3.0.0] [ABSTTL@5.0.0] [IDLETIME seconds:int@5.0.0] [FREQ frequency:int@5.0.0]", "Make a key from its serialized form while its slot is being imported.", family::restore)
            .history("3.0.0 Option REPLACE.", "5.0.0 Option ABSTTL.", "5.0.0 Options IDLETIME and FREQ.")
            .advance(DECODING));
        // spotless:on
  }

  private void dump(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = c.read(db, a, 1);
    if (h == Db.NONE) {
      c.out().nil();
    } else if (c.out().isParting() && Dump.isBig(db, h)) {
      c.out().late(Dump.late(db.value(h).frozen(), compressing.getAsBoolean()));
    } else {
      Dump.bulk(db, h, compressing.getAsBoolean(), c.out());
    }
  }

  /** What may stand behind the arguments of RESTORE; -1 where it does not. */
  private record Options(boolean replace, boolean absolute, long idle, int frequency) {
    static Options parse(Args a) {
      boolean replace = false;
      boolean absolute = false;
      long idle = -1;
      int frequency = -1;
      for (int i = OPTIONS; i < a.count(); i++) {
        boolean more = i + 1 < a.count();
        if (a.is(i, "replace")) {
          replace = true;
        } else if (a.is(i, "absttl")) {
          absolute = true;
        } else if (a.is(i, "idletime") && more && frequency < 0) {
          idle = ranged(a.integer(++i), Long.MAX_VALUE, BAD_IDLE_TIME);
        } else if (a.is(i, "freq") && more && idle < 0) {
          frequency = (int) ranged(a.integer(++i), 255, BAD_FREQUENCY);
        } else {
          throw RespError.SYNTAX;
        }
      }
      return new Options(replace, absolute, idle, frequency);
    }

    private static long ranged(long value, long most, RespError error) {
      if (value < 0 || value > most) {
        throw error;
      }
      return value;
    }

    Entry used(Entry entry) {
      if (frequency >= 0) {
        return entry.frequency(frequency);
      }
      return idle >= 0 ? entry.idle(idle) : entry;
    }
  }

  private void restore(Context c, Args a) {
    Options options = Options.parse(a);
    Db db = c.db(a, 1);
    boolean taken = db.find(a.array(), a.offset(1), a.length(1)) != Db.NONE;
    if (taken && !options.replace) {
      throw BUSY_KEY;
    }
    long ttl = a.integer(2);
    if (ttl < 0) {
      throw BAD_TTL;
    }
    long expireAt = ttl == 0 ? Db.NO_EXPIRY : options.absolute ? ttl : c.now() + ttl;
    Entry entry = c.advanced(Entry.class).orElseGet(() -> entry(a, db.limits()));
    if (taken) {
      db.remove(a.array(), a.offset(1), a.length(1));
    }
    if (expireAt != Db.NO_EXPIRY && expireAt <= c.now() && !db.replica()) {
      if (taken) {
        c.modified(a, 1, KeyEvent.GENERIC, "del");
        c.effect(DEL, a.bytes(1));
      }
    } else {
      db.put(a.array(), a.offset(1), a.length(1), options.used(entry).expiring(expireAt));
      c.modified(a, 1, KeyEvent.GENERIC, "restore");
      effect(c, a, db, ttl == 0 ? 0 : expireAt, options.absolute);
    }
    c.out().ok();
  }

  private static Entry entry(Args a, Limits limits) {
    if (!Dump.isIntact(a.array(), a.offset(3), a.length(3))) {
      throw NOT_INTACT;
    }
    return Dump.read(a.array(), a.offset(3), a.length(3), limits).orElseThrow(() -> BAD_DATA);
  }

  /**
   * The request with its expiry as a time rather than a distance, and with a value that replicas of
   * an older version can read, if it came from a newer one.
   */
  private void effect(Context c, Args a, Db db, long expireAt, boolean absolute) {
    boolean isOld = Dump.version(a.array(), a.offset(3), a.length(3)) <= RdbFormat.VERSION;
    if (!c.wantsEffects() || isOld && (absolute || expireAt == 0)) {
      return;
    }
    List<byte[]> request = new ArrayList<>();
    for (int i = 0; i < a.count(); i++) {
      request.add(a.bytes(i));
    }
    request.set(2, Bytes.ascii(Long.toString(expireAt)));
    if (!isOld) {
      int h = db.find(a.array(), a.offset(1), a.length(1));
      request.set(3, Dump.of(db, h, compressing.getAsBoolean()));
    }
    if (!absolute) {
      request.add(ABSTTL);
    }
    c.effect(request.toArray(byte[][]::new));
  }
}
