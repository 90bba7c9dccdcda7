package io.sampo.command;

import io.sampo.data.Type;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;

/** What the commands that wait for data have in common. */
public final class Blocking {
  private static final RespError NO_TIMEOUT =
      new RespError("ERR timeout is not a float or out of range");
  private static final RespError NEGATIVE = new RespError("ERR timeout is negative");

  private Blocking() {}

  /**
   * Argument {@code i}, which is in seconds, as milliseconds; 0 is for ever.
   *
   * @throws RespError if it is no number, or negative
   */
  public static long timeout(Args a, int i) {
    double millis = Math.ceil(a.real(i, NO_TIMEOUT) * 1000);
    if (millis < 0 || millis >= Long.MAX_VALUE) {
      throw NEGATIVE;
    }
    return (long) millis;
  }

  /**
   * Has the client wait until one of the keys {@code first} to before {@code end} has a value of
   * this type, when the request is run anew; or answers with a null where nothing may wait.
   */
  public static void await(Context c, int first, int end, Type type, long timeoutMillis) {
    if (c.atomic()) {
      c.out().nilArray();
    } else {
      c.block(new Context.Wait(first, end, 0, type, timeoutMillis));
    }
  }
}
