package io.sampo.command.bitmap;

import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.command.Strings;
import io.sampo.data.string.RawString;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.ArrayList;
import java.util.List;

/** The command BITFIELD: integers of any width, at any bit of a string. */
final class Bitfield {
  private static final RespError BAD_TYPE =
      new RespError(
          "ERR Invalid bitfield type. Use something like i16 u8. "
              + "Note that u64 is not supported but i64 is.");
  private static final RespError BAD_OVERFLOW =
      new RespError("ERR Invalid OVERFLOW type specified");
  private static final RespError ONLY_GET =
      new RespError("ERR BITFIELD_RO only supports the GET subcommand");

  private enum Action {
    GET,
    SET,
    INCRBY
  }

  /** What becomes of a number that its width cannot hold. */
  private enum Overflow {
    WRAP,
    SAT,
    FAIL
  }

  /** One step; {@code operand} is what is set or added. */
  private record Operation(
      Action action, boolean signed, int width, long offset, long operand, Overflow overflow) {}

  private Bitfield() {}

  static void run(Context c, Args a) {
    List<Operation> operations = parse(c.db(a, 1), a);
    if (onlyRead(operations)) {
      read(c, a, operations);
    } else {
      change(c, a, operations);
    }
  }

  static void runReadOnly(Context c, Args a) {
    List<Operation> operations = parse(c.db(a, 1), a);
    if (!onlyRead(operations)) {
      throw ONLY_GET;
    }
    read(c, a, operations);
  }

  private static boolean onlyRead(List<Operation> operations) {
    return operations.stream().allMatch(each -> each.action == Action.GET);
  }

  private static List<Operation> parse(Db db, Args a) {
    List<Operation> operations = new ArrayList<>();
    Overflow overflow = Overflow.WRAP;
    int i = 2;
    while (i < a.count()) {
      int behind = a.count() - i - 1;
      if (a.is(i, "overflow") && behind >= 1) {
        overflow = overflow(a, i + 1);
        i += 2;
      } else if (a.is(i, "get") && behind >= 2) {
        operations.add(operation(db, a, i, Action.GET, overflow));
        i += 3;
      } else if (a.is(i, "set") && behind >= 3) {
        operations.add(operation(db, a, i, Action.SET, overflow));
        i += 4;
      } else if (a.is(i, "incrby") && behind >= 3) {
        operations.add(operation(db, a, i, Action.INCRBY, overflow));
        i += 4;
      } else {
        throw RespError.SYNTAX;
      }
    }
    return operations;
  }

  private static Overflow overflow(Args a, int i) {
    if (a.is(i, "wrap")) {
      return Overflow.WRAP;
    }
    if (a.is(i, "sat")) {
      return Overflow.SAT;
    }
    if (a.is(i, "fail")) {
      return Overflow.FAIL;
    }
    throw BAD_OVERFLOW;
  }

  private static Operation operation(Db db, Args a, int i, Action action, Overflow overflow) {
    int from = a.offset(i + 1);
    int length = a.length(i + 1);
    byte sign = length > 0 ? a.array()[from] : 0;
    if (sign != 'i' && sign != 'u') {
      throw BAD_TYPE;
    }
    long width = Bytes.toLong(a.array(), from + 1, length - 1, BAD_TYPE);
    if (width < 1 || width > (sign == 'i' ? 64 : 63)) {
      throw BAD_TYPE;
    }
    long offset = BitmapCommands.offset(db, a, i + 2, (int) width);
    long operand = action == Action.GET ? 0 : a.integer(i + 3);
    return new Operation(action, sign == 'i', (int) width, offset, operand, overflow);
  }

  private static void read(Context c, Args a, List<Operation> operations) {
    Db db = c.db(a, 1);
    int h = Strings.read(c, db, a, 1);
    c.out().array(operations.size());
    for (Operation each : operations) {
      long bits = h == Db.NONE ? 0 : BitmapCommands.get(db, h, each.offset, each.width);
      c.out().integer(number(each, bits));
    }
  }

  private static void change(Context c, Args a, List<Operation> operations) {
    Db db = c.db(a, 1);
    int h = Strings.write(c, db, a, 1);
    int length = h == Db.NONE ? 0 : db.stringLength(h);
    long last = 0;
    for (Operation each : operations) {
      last = each.action == Action.GET ? last : Math.max(last, each.offset + each.width - 1);
    }
    RawString string = db.raw(Strings.raw(db, a, 1, h, last >>> 3, (last >>> 3) + 1));
    for (Operation each : operations) {
      if (each.action != Action.GET) {
        string.prepare(each.offset >>> 3, (each.offset + each.width + 7) >>> 3);
      }
    }
    boolean grown = string.length() > length;
    long changes = 0;
    c.out().array(operations.size());
    for (Operation each : operations) {
      c.partly();
      changes += apply(each, string, grown, c.out()) ? 1 : 0;
    }
    if (grown || changes > 0) {
      c.modified(a, 1, KeyEvent.STRING, "setbit");
      c.changed(Math.max(0, changes - 1));
    }
  }

  /**
   * Applies one operation and replies to it; returns whether it counts as a change, as in a string
   * that has grown for it everything does that is written.
   */
  private static boolean apply(Operation each, RawString string, boolean grown, ReplyWriter out) {
    long old = number(each, string.bits(each.offset, each.width));
    if (each.action == Action.GET) {
      out.integer(old);
      return false;
    }
    boolean adds = each.action == Action.INCRBY;
    long wanted = adds ? old + each.operand : each.operand;
    // Of a sum that not even 64 bits hold, the sign is that of what was added.
    boolean lost = adds && ((old ^ wanted) & (each.operand ^ wanted)) < 0;
    boolean over = lost ? each.operand > 0 : isOver(each, wanted, adds);
    boolean under = lost ? each.operand < 0 : wanted < least(each) && !over;
    if ((over || under) && each.overflow == Overflow.FAIL) {
      out.nil();
      return false;
    }
    long now = number(each, wanted);
    if ((over || under) && each.overflow == Overflow.SAT) {
      now = over ? most(each) : least(each);
    }
    string.bits(each.offset, each.width, now);
    out.integer(adds ? now : old);
    return grown || now != old;
  }

  private static boolean isOver(Operation each, long wanted, boolean adds) {
    if (adds) {
      return wanted > most(each);
    }
    // Set as Redis sets it: a negative number is a huge one for an unsigned field; and for a signed
    // one the room that is left wraps around near the least number of 64 bits.
    return each.signed
        ? each.width < 64 && most(each) - wanted < 0
        : Long.compareUnsigned(wanted, most(each)) > 0;
  }

  private static long most(Operation each) {
    return each.signed ? ~least(each) : -1L >>> 64 - each.width;
  }

  private static long least(Operation each) {
    return each.signed ? -1L << each.width - 1 : 0;
  }

  /** What the low bits mean in a field of that type. */
  private static long number(Operation each, long bits) {
    int spare = 64 - each.width;
    return each.signed ? bits << spare >> spare : bits << spare >>> spare;
  }
}
