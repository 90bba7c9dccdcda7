package io.sampo.command;

import io.sampo.resp.RespError;

/** What counters in strings and in fields of hashes have in common. */
public final class Increment {
  private Increment() {}

  /**
   * The sum of both.
   *
   * @throws RespError if it does not fit
   */
  public static long sum(long a, long b) {
    long sum = a + b;
    if (((a ^ sum) & (b ^ sum)) < 0) {
      throw RespError.OVERFLOW;
    }
    return sum;
  }
}
