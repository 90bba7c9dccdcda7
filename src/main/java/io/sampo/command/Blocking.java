package io.sampo.command;

import io.sampo.data.Type;
import io.sampo.resp.Args;
import io.sampo.resp.LongDouble;
import io.sampo.resp.Numbers;
import io.sampo.resp.RespError;

/** What the commands that wait for data have in common. */
public final class Blocking {
  private static final RespError NO_TIMEOUT =
      new RespError("ERR timeout is not a float or out of range");

  /** Up to so many seconds a double has the milliseconds. */
  private static final double EXACT = 1e12;

  private static final RespError NEGATIVE = new RespError("ERR timeout is negative");

  private Blocking() {}

  /**
   * Argument {@code i}, which is in seconds, as milliseconds; 0 is for ever.
   *
   * @throws RespError if it is no number, or negative
   */
  public static long timeout(Args a, int i) {
    double seconds = Numbers.parseDouble(a.array(), a.offset(i), a.length(i));
    long millis = Math.abs(seconds) < EXACT ? (long) Math.ceil(seconds * 1000) : beyond(a, i);
    if (millis < 0) {
      throw NEGATIVE;
    }
    return millis;
  }

  /** As milliseconds where a double may not do, or cannot hold it. */
  private static long beyond(Args a, int i) {
    LongDouble seconds = LongDouble.parse(a.array(), a.offset(i), a.length(i));
    if (seconds.isNaN()) {
      throw NO_TIMEOUT;
    }
    return seconds.times(1000).ceiling();
  }

  /**
   * Has the client wait until one of the keys {@code first} to before {@code end} has a value of
   * this type, when the request is run anew; or answers with a null where nothing may wait.
   */
  public static void await(Context c, int first, int end, Type type, long timeoutMillis) {
    if (c.atomic()) {
      c.out().nilArray();
    } else {
      c.block(new Wait(first, end, 0, type, timeoutMillis));
    }
  }
}
