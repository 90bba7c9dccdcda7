package io.sampo.command.bitmap;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.command.Strings;
import io.sampo.data.string.Bits;
import io.sampo.data.string.RawString;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The commands on strings as bitmaps. */
public final class BitmapCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("bitcount", -2, "readonly", "RO access 1", "2.6.0", "O(N)", "key [index:(start:int end:int [index_unit:<BYTE|BIT>@7.0.0])]", "Number of bits set, in a string or a range of it.", BitmapCommands::bitCount)
          .history("7.0.0 Ranges in bits, too: BYTE or BIT."),
      cmd("bitfield", -2, "write denyoom", "RW access update variable_flags 1 (RO where every operation is a GET)", "3.2.0", "O(1)", "key [operation:<GET encoding_offset:(encoding offset:int)|write:([OVERFLOW wrap_sat_fail:<WRAP|SAT|FAIL>] write_operation:<SET encoding_offset_value:(encoding offset:int value:int)|INCRBY encoding_offset_increment:(encoding offset:int increment:int)>)>...]", "Read, set or increment integers of any width in a string.", Bitfield::run),
      cmd("bitfield_ro", -2, "readonly fast", "RO access 1", "6.0.0", "O(1)", "key [GET encoding_offset:(encoding offset:int)]...", "Read integers of any width in a string.", Bitfield::runReadOnly),
      cmd("bitop", -4, "write denyoom", "OW update 2; RO access 3..-1", "2.6.0", "O(N)", "operation destkey#0 key#1...", "Combine strings bit by bit and store the result.", BitmapCommands::bitOp),
      cmd("bitpos", -3, "readonly", "RO access 1", "2.8.7", "O(N)", "key bit:int [index:(start:int [end_index:(end:int [index_unit:<BYTE|BIT>@7.0.0])])]", "Position of the first bit that is set, or clear.", BitmapCommands::bitPos)
          .history("7.0.0 Ranges in bits, too: BYTE or BIT."),
      cmd("getbit", 3, "readonly fast", "RO access 1", "2.2.0", "O(1)", "key offset:int", "One bit of a string.", BitmapCommands::getBit),
      cmd("setbit", 4, "write denyoom", "RW access update 1", "2.2.0", "O(1)", "key offset:int value:int", "Set or clear one bit of a string.", BitmapCommands::setBit));
  // spotless:on

  private static final RespError BAD_OFFSET =
      new RespError("ERR bit offset is not an integer or out of range");
  private static final RespError BAD_BIT =
      new RespError("ERR bit is not an integer or out of range");
  private static final RespError NEITHER_BIT =
      new RespError("ERR The bit argument must be 1 or 0.");
  private static final RespError MANY_FOR_NOT =
      new RespError("ERR BITOP NOT must be called with a single source key.");

  private BitmapCommands() {}

  /**
   * The offset of a bit, at index {@code i}.
   *
   * @param width where this is not 0, an offset behind a {@code #} counts fields of so many bits
   */
  static long offset(Db db, Args a, int i, int width) {
    int from = a.offset(i);
    int length = a.length(i);
    boolean fields = width > 0 && length > 0 && a.array()[from] == '#';
    long offset =
        fields
            ? Bytes.toLong(a.array(), from + 1, length - 1, BAD_OFFSET) * width
            : a.integer(i, BAD_OFFSET);
    if (offset < 0 || offset >>> 3 >= db.maxStringLength()) {
      throw BAD_OFFSET;
    }
    return offset;
  }

  private static void setBit(Context c, Args a) {
    Db db = c.db(a, 1);
    long offset = offset(db, a, 2, 0);
    long bit = a.integer(3, BAD_BIT);
    if (bit != 0 && bit != 1) {
      throw BAD_BIT;
    }
    int h = Strings.write(c, db, a, 1);
    int length = h == Db.NONE ? 0 : db.stringLength(h);
    h = Strings.raw(db, a, 1, h, offset >>> 3, (offset >>> 3) + 1);
    RawString string = db.raw(h);
    long old = string.bits(offset, 1);
    if (old != bit || string.length() > length) {
      string.bits(offset, 1, bit);
      c.modified(a, 1, KeyEvent.STRING, "setbit");
    }
    c.out().integer(old);
  }

  private static void getBit(Context c, Args a) {
    Db db = c.db(a, 1);
    long offset = offset(db, a, 2, 0);
    int h = Strings.read(c, db, a, 1);
    c.out().integer(h == Db.NONE ? 0 : get(db, h, offset, 1));
  }

  /** The unsigned number in {@code width} bits of a string. */
  static long get(Db db, int h, long offset, int width) {
    if (db.isObject(h)) {
      return db.raw(h).bits(offset, width);
    }
    byte[] array = db.isLong(h) ? db.string(h) : db.stringArray(h);
    int base = db.isLong(h) ? 0 : db.stringOffset(h);
    return Bits.get(array, base, db.stringLength(h), offset, width);
  }

  private static void bitCount(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Strings.read(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().integer(0);
      return;
    }
    long bits = db.stringLength(h) * 8L;
    long from = 0;
    long to = bits;
    if (a.count() > 2) {
      if (a.count() != 4 && a.count() != 5) {
        throw RespError.SYNTAX;
      }
      long start = a.integer(2);
      long end = a.integer(3);
      // As in GETRANGE the order of two such indexes counts, wherever they lie.
      if (start < 0 && end < 0 && start > end) {
        c.out().integer(0);
        return;
      }
      int unit = a.count() == 5 ? unit(a, 4) : 8;
      from = first(start, bits / unit) * unit;
      to = behind(end, bits / unit) * unit;
    }
    c.out().integer(count(db, h, from, to));
  }

  private static long count(Db db, int h, long from, long to) {
    if (db.isObject(h)) {
      RawString string = db.raw(h);
      long n = 0;
      for (long bit = from; bit < to; ) {
        int at = (int) (bit >>> 3);
        long end = Math.min(to, 8L * at + 8L * string.run(at));
        n += Bits.count(string.array(at), string.offset(at), bit & 7, end - 8L * at);
        bit = end;
      }
      return n;
    }
    byte[] array = db.isLong(h) ? db.string(h) : db.stringArray(h);
    int base = db.isLong(h) ? 0 : db.stringOffset(h);
    return from < to ? Bits.count(array, base, from, to) : 0;
  }

  /** The bits that an index counts. */
  private static int unit(Args a, int i) {
    if (a.is(i, "bit")) {
      return 1;
    }
    if (a.is(i, "byte")) {
      return 8;
    }
    throw RespError.SYNTAX;
  }

  /** Where a range begins, of which {@code start} may count from the end. */
  private static long first(long start, long length) {
    return Math.min(length, Math.max(0, start < 0 ? length + start : start));
  }

  /** What comes behind a range whose last index, {@code end}, may count from the end. */
  private static long behind(long end, long length) {
    long last = Math.max(0, end < 0 ? length + end : end);
    return Math.min(length - 1, last) + 1;
  }

  private static void bitPos(Context c, Args a) {
    long bit = a.integer(2);
    if (bit != 0 && bit != 1) {
      throw NEITHER_BIT;
    }
    Db db = c.db(a, 1);
    int h = Strings.read(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().integer(bit == 1 ? -1 : 0);
      return;
    }
    if (a.count() > 6) {
      throw RespError.SYNTAX;
    }
    long bits = db.stringLength(h) * 8L;
    long start = a.count() > 3 ? a.integer(3) : 0;
    int unit = a.count() > 5 ? unit(a, 5) : 8;
    boolean ends = a.count() > 4;
    long from = first(start, bits / unit) * unit;
    long to = ends ? behind(a.integer(4), bits / unit) * unit : bits;
    if (from >= to) {
      c.out().integer(-1);
      return;
    }
    long found = find(db, h, from, to, bit == 1);
    // Behind a string without an end there are zeros.
    c.out().integer(found < 0 && bit == 0 && !ends ? bits : found);
  }

  private static long find(Db db, int h, long from, long to, boolean value) {
    if (db.isObject(h)) {
      RawString string = db.raw(h);
      long found = -1;
      for (long bit = from; bit < to && found < 0; ) {
        int at = (int) (bit >>> 3);
        long end = Math.min(to, 8L * at + 8L * string.run(at));
        found = Bits.find(string.array(at), string.offset(at), bit & 7, end - 8L * at, value);
        found += found < 0 ? 0 : 8L * at;
        bit = end;
      }
      return found;
    }
    byte[] array = db.isLong(h) ? db.string(h) : db.stringArray(h);
    int base = db.isLong(h) ? 0 : db.stringOffset(h);
    return Bits.find(array, base, from, to, value);
  }

  private static void bitOp(Context c, Args a) {
    Optional<Bits.Operation> operation = operation(a);
    if (operation.isEmpty() && a.count() != 4) {
      throw MANY_FOR_NOT;
    }
    int length = 0;
    for (int i = 3; i < a.count(); i++) {
      Db db = c.db(a, i);
      int h = Strings.read(c, db, a, i);
      length = Math.max(length, h == Db.NONE ? 0 : db.stringLength(h));
    }
    byte[] result = extended(c, a, 3, length);
    if (operation.isEmpty()) {
      Bits.invert(result);
    }
    for (int i = 4; i < a.count(); i++) {
      combine(c, a, i, operation.orElseThrow(), result);
    }
    Db db = c.db(a, 2);
    if (length > 0) {
      db.put(a.array(), a.offset(2), a.length(2), new RawString(result), false);
      c.modified(a, 2, KeyEvent.STRING, "set");
    } else if (db.remove(a.array(), a.offset(2), a.length(2))) {
      c.modified(a, 2, KeyEvent.GENERIC, "del");
    }
    c.out().integer(length);
  }

  /** What is to be done with several strings; nothing for NOT. */
  private static Optional<Bits.Operation> operation(Args a) {
    if (a.is(1, "and")) {
      return Optional.of(Bits.Operation.AND);
    }
    if (a.is(1, "or")) {
      return Optional.of(Bits.Operation.OR);
    }
    if (a.is(1, "xor")) {
      return Optional.of(Bits.Operation.XOR);
    }
    if (a.is(1, "not")) {
      return Optional.empty();
    }
    throw RespError.SYNTAX;
  }

  /** A copy of the string at key {@code i}, filled up with zeros; a missing one is empty. */
  private static byte[] extended(Context c, Args a, int i, int length) {
    Db db = c.db(a, i);
    int h = db.find(a.array(), a.offset(i), a.length(i));
    if (h == Db.NONE) {
      return new byte[length];
    }
    if (db.isLong(h)) {
      return Arrays.copyOf(db.string(h), length);
    }
    if (db.isObject(h)) {
      byte[] copy = new byte[length];
      db.raw(h).copyTo(copy);
      return copy;
    }
    int from = db.stringOffset(h);
    byte[] copy = Arrays.copyOfRange(db.stringArray(h), from, from + db.stringLength(h));
    return copy.length == length ? copy : Arrays.copyOf(copy, length);
  }

  /** Combines with the string at key {@code i}, which has zeros behind its end. */
  private static void combine(Context c, Args a, int i, Bits.Operation operation, byte[] to) {
    Db db = c.db(a, i);
    int h = db.find(a.array(), a.offset(i), a.length(i));
    int length = h == Db.NONE ? 0 : db.stringLength(h);
    if (length > 0 && db.isObject(h)) {
      RawString string = db.raw(h);
      for (int at = 0; at < length; at += string.run(at)) {
        Bits.combine(operation, to, at, string.array(at), string.offset(at), string.run(at));
      }
    } else if (length > 0) {
      byte[] array = db.isLong(h) ? db.string(h) : db.stringArray(h);
      int base = db.isLong(h) ? 0 : db.stringOffset(h);
      Bits.combine(operation, to, 0, array, base, length);
    }
    if (operation == Bits.Operation.AND) {
      Arrays.fill(to, length, to.length, (byte) 0);
    }
  }
}
