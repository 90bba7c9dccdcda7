package io.sampo.command.hyperloglog;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.command.Strings;
import io.sampo.data.string.HyperLogLog;
import io.sampo.data.string.RawString;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import java.util.List;
import java.util.Random;

/** The commands on HyperLogLogs, which are strings. */
public final class HyperLogLogCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("pfadd", -2, "write denyoom fast", "RW insert 1", "2.8.9", "O(1)", "key [element...]", "Add elements to a HyperLogLog.", HyperLogLogCommands::pfAdd),
      cmd("pfcount", -2, "readonly", "RW access 1..-1 (RW, for it caches the count)", "2.8.9", "O(1)", "key...", "Approximate number of distinct elements of HyperLogLogs.", HyperLogLogCommands::pfCount),
      cmd("pfdebug", 3, "write denyoom admin %syscmd", "RW access 2", "2.8.9", "N/A", "subcommand key", "Look into a HyperLogLog.", HyperLogLogCommands::pfDebug),
      cmd("pfmerge", -2, "write denyoom", "RW access insert 1; RO access 2..-1", "2.8.9", "O(N)", "destkey#0 sourcekey#1...", "Merge HyperLogLogs into one.", HyperLogLogCommands::pfMerge),
      cmd("pfselftest", 1, "admin %syscmd", "", "2.8.9", "N/A", "", "Test the HyperLogLog implementation.", HyperLogLogCommands::pfSelfTest));
  // spotless:on

  private static final RespError NOT_ONE =
      new RespError("WRONGTYPE Key is not a valid HyperLogLog string value.");
  private static final RespError MISSING = new RespError("ERR The specified key does not exist");
  private static final RespError NOT_SPARSE = new RespError("ERR HLL encoding is not sparse");

  private HyperLogLogCommands() {}

  private static int check(Db db, int h) {
    if (h != Db.NONE && (db.isLong(h) || !isOne(db, h))) {
      throw NOT_ONE;
    }
    return h;
  }

  private static boolean isOne(Db db, int h) {
    if (db.isObject(h)) {
      RawString string = db.raw(h);
      int length = string.length();
      return length > 0 && HyperLogLog.is(string.array(0), string.offset(0), length);
    }
    return HyperLogLog.is(db.stringArray(h), db.stringOffset(h), db.stringLength(h));
  }

  private static int read(Context c, Db db, Args a, int i) {
    return check(db, Strings.read(c, db, a, i));
  }

  private static int write(Context c, Db db, Args a, int i) {
    return check(db, Strings.write(c, db, a, i));
  }

  /** The HyperLogLog {@code h} of key 1, or a new one for {@link Db#NONE}, to be changed. */
  private static int open(Db db, Args a, int h) {
    return h == Db.NONE
        ? db.put(a.array(), a.offset(1), a.length(1), HyperLogLog.create(), false)
        : db.makeRaw(h);
  }

  private static void pfAdd(Context c, Args a) {
    Db db = c.db(a, 1);
    int found = write(c, db, a, 1);
    int maxSparse = db.limits().hllSparseMaxBytes;
    int changes = found == Db.NONE ? 1 : 0;
    int h = open(db, a, found);
    c.partly();
    RawString hll = db.raw(h);
    HyperLogLog.prepare(
        hll,
        a.count() - 2,
        i -> HyperLogLog.hash(a.array(), a.offset(i + 2), a.length(i + 2)),
        maxSparse);
    for (int i = 2; i < a.count(); i++) {
      changes += HyperLogLog.add(hll, a.array(), a.offset(i), a.length(i), maxSparse) ? 1 : 0;
    }
    if (changes > 0) {
      changed(c, db, a, h);
      c.changed(changes - 1);
    }
    c.out().integer(changes > 0 ? 1 : 0);
  }

  private static void changed(Context c, Db db, Args a, int h) {
    HyperLogLog.stale(db.raw(h).array(), 0);
    db.resized(h);
    c.modified(a, 1, KeyEvent.STRING, "pfadd");
  }

  private static void pfCount(Context c, Args a) {
    if (a.count() > 2) {
      c.out().integer(HyperLogLog.estimate(merged(c, a, 1)));
      return;
    }
    Db db = c.db(a, 1);
    int h = read(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().integer(0);
      return;
    }
    byte[] b = db.stringArray(h);
    int at = db.stringOffset(h);
    if (!HyperLogLog.isFresh(b, at)) {
      HyperLogLog.keep(b, at, HyperLogLog.estimate(b, at, db.stringLength(h)));
      // The bytes have changed, which replicas must know, though it is no event.
      c.watches(a, 1).changed(c.dbIndex(), a.array(), a.offset(1), a.length(1));
      c.changed(1);
      if (c.wantsEffects()) {
        c.effect(a);
      }
    }
    c.out().integer(HyperLogLog.kept(b, at));
  }

  /** The registers of all keys from {@code first} on together, one per byte. */
  private static byte[] merged(Context c, Args a, int first) {
    byte[] registers = new byte[HyperLogLog.REGISTERS];
    for (int i = first; i < a.count(); i++) {
      Db db = c.db(a, i);
      int h = read(c, db, a, i);
      if (h != Db.NONE) {
        HyperLogLog.merge(db.stringArray(h), db.stringOffset(h), db.stringLength(h), registers);
      }
    }
    return registers;
  }

  private static void pfMerge(Context c, Args a) {
    byte[] registers = merged(c, a, 1);
    boolean dense = false;
    for (int i = 1; i < a.count() && !dense; i++) {
      Db db = c.db(a, i);
      int h = c.db(a, i).find(a.array(), a.offset(i), a.length(i));
      dense = h != Db.NONE && !HyperLogLog.isSparse(db.stringArray(h), db.stringOffset(h));
    }
    Db db = c.db(a, 1);
    int h = open(db, a, c.write(db, a, 1));
    c.partly();
    if (dense) {
      HyperLogLog.makeDense(db.raw(h));
    }
    HyperLogLog.raise(db.raw(h), registers, db.limits().hllSparseMaxBytes);
    changed(c, db, a, h);
    c.out().ok();
  }

  private static void pfDebug(Context c, Args a) {
    Db db = c.db(a, 2);
    int h = write(c, db, a, 2);
    if (h == Db.NONE) {
      throw MISSING;
    }
    if (a.is(1, "getreg")) {
      makeDense(c, db, a, h);
      byte[] registers = merged(c, a, 2);
      c.out().array(registers.length);
      for (byte register : registers) {
        c.out().integer(register);
      }
    } else if (a.is(1, "decode")) {
      if (!isSparse(db, h)) {
        throw NOT_SPARSE;
      }
      byte[] b = db.string(h);
      c.out().bulk(HyperLogLog.describe(b));
    } else if (a.is(1, "encoding")) {
      c.out().simple(isSparse(db, h) ? "sparse" : "dense");
    } else if (a.is(1, "todense")) {
      c.out().integer(makeDense(c, db, a, h) ? 1 : 0);
    } else {
      throw new RespError("ERR Unknown PFDEBUG subcommand '" + a.text(1) + "'");
    }
  }

  private static boolean isSparse(Db db, int h) {
    return HyperLogLog.isSparse(db.stringArray(h), db.stringOffset(h));
  }

  private static boolean makeDense(Context c, Db db, Args a, int h) {
    boolean sparse = isSparse(db, h);
    if (sparse) {
      int raw = db.makeRaw(h);
      HyperLogLog.makeDense(db.raw(raw));
      db.resized(raw);
      c.watches(a, 2).changed(c.dbIndex(), a.array(), a.offset(2), a.length(2));
      c.changed(1);
    }
    return sparse;
  }

  /** Whether both encodings agree, and the estimates are as near as they ought to be. */
  private static void pfSelfTest(Context c, Args a) {
    RawString sparse = HyperLogLog.create();
    RawString dense = HyperLogLog.create();
    HyperLogLog.makeDense(dense);
    Random random = new Random(c.now());
    byte[] element = new byte[8];
    // Four standard errors, 1.04 / sqrt(registers), and a little for small numbers.
    double tolerance = 4 * 1.04 / 128;
    int next = 1;
    for (int n = 1; n <= 100_000; n++) {
      random.nextBytes(element);
      HyperLogLog.add(sparse, element, 0, 8, 3000);
      HyperLogLog.add(dense, element, 0, 8, 3000);
      if (n == next) {
        long one = HyperLogLog.estimate(sparse.array(), 0, sparse.length());
        long other = HyperLogLog.estimate(dense.array(), 0, dense.length());
        if (one != other) {
          throw new RespError("TESTFAILED dense/sparse disagree");
        }
        if (Math.abs(one - n) > Math.ceil(tolerance * n)) {
          throw new RespError("TESTFAILED Too big error. card:" + n + " estimate:" + one);
        }
        next *= 10;
      }
    }
    c.out().ok();
  }
}
