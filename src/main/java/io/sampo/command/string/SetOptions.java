package io.sampo.command.string;

import io.sampo.command.Context;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;

/**
 * The options of SET and GETEX. They are read into one int, so that reading them allocates nothing:
 * a bit for each word, and above the bits the index of the time.
 */
final class SetOptions {
  static final int NX = 1;
  static final int XX = 1 << 1;
  static final int GET = 1 << 2;
  static final int KEEPTTL = 1 << 3;
  static final int PERSIST = 1 << 4;
  static final int EX = 1 << 5;
  static final int PX = 1 << 6;
  static final int EXAT = 1 << 7;
  static final int PXAT = 1 << 8;

  /** The options that have a time. */
  static final int TIME = EX | PX | EXAT | PXAT;

  private static final int INDEX_SHIFT = 9;
  private static final int CONDITION = NX | XX;
  private static final int EXPIRY = TIME | KEEPTTL | PERSIST;

  private SetOptions() {}

  /**
   * Reads what stands from index {@code from} on. An option may be repeated, and then the last time
   * counts; two that contradict each other may not stand together.
   *
   * @param allowed the options that the command has
   */
  static int parse(Args a, int from, int allowed) {
    int options = 0;
    int time = 0;
    for (int i = from; i < a.count(); i++) {
      int option = word(a, i) & allowed;
      int group = (option & CONDITION) != 0 ? CONDITION : (option & EXPIRY) != 0 ? EXPIRY : 0;
      if (option == 0 || (options & group & ~option) != 0) {
        throw RespError.SYNTAX;
      }
      options |= option;
      if ((option & TIME) != 0) {
        time = ++i;
      }
    }
    if (time >= a.count()) {
      throw RespError.SYNTAX;
    }
    return options | time << INDEX_SHIFT;
  }

  private static int word(Args a, int i) {
    return switch (a.length(i)) {
      case 2 ->
          a.is(i, "ex") ? EX : a.is(i, "px") ? PX : a.is(i, "nx") ? NX : a.is(i, "xx") ? XX : 0;
      case 3 -> a.is(i, "get") ? GET : 0;
      case 4 -> a.is(i, "exat") ? EXAT : a.is(i, "pxat") ? PXAT : 0;
      case 7 -> a.is(i, "keepttl") ? KEEPTTL : a.is(i, "persist") ? PERSIST : 0;
      default -> 0;
    };
  }

  /**
   * The time that the options name, in Unix milliseconds.
   *
   * @param command its name, for the error
   * @throws RespError if it is no integer, not positive, or beyond what 64 bits hold
   */
  static long expireAt(Context c, Args a, int options, String command) {
    boolean seconds = (options & (EX | EXAT)) != 0;
    boolean relative = (options & (EX | PX)) != 0;
    return expireAt(c, a, options >>> INDEX_SHIFT, seconds, relative, command);
  }

  /** As above, of a time at index {@code i}. */
  static long expireAt(
      Context c, Args a, int i, boolean seconds, boolean relative, String command) {
    long time = a.integer(i);
    long unit = seconds ? 1000 : 1;
    long base = relative ? c.now() : 0;
    if (time <= 0 || time > Long.MAX_VALUE / unit || time * unit > Long.MAX_VALUE - base) {
      throw new RespError("ERR invalid expire time in '" + command + "' command");
    }
    return time * unit + base;
  }
}
