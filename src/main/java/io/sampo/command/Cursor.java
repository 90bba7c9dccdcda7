package io.sampo.command;

import io.sampo.resp.Args;
import io.sampo.resp.RespError;

/**
 * The cursors of SCAN and its kin: unsigned 64-bit numbers in decimal, 0 at both ends of a walk.
 * That of SCAN also names the shard to go on with, so that a call needs no other: {@code position ×
 * shards + shard}.
 */
public final class Cursor {
  private static final RespError INVALID = new RespError("ERR invalid cursor");

  /** The greatest number that may be multiplied by ten. */
  private static final long LIMIT = Long.divideUnsigned(-1, 10);

  private Cursor() {}

  /**
   * Argument {@code i} as a cursor, by the rules of C's strtoul: a sign is allowed, and nothing
   * means 0.
   *
   * @return an unsigned number
   * @throws RespError if it is none
   */
  public static long parse(Args a, int i) {
    byte[] b = a.array();
    int at = a.offset(i);
    int end = at + a.length(i);
    boolean negative = false;
    if (end - at > 1 && (b[at] == '-' || b[at] == '+')) {
      negative = b[at++] == '-';
    }
    long value = 0;
    for (; at < end; at++) {
      int digit = b[at] - '0';
      if (digit < 0 || digit > 9 || Long.compareUnsigned(value, LIMIT) > 0) {
        throw INVALID;
      }
      value = value * 10 + digit;
      if (Long.compareUnsigned(value, digit) < 0) {
        throw INVALID;
      }
    }
    return negative ? -value : value;
  }

  /** The shard that a request with a cursor at {@code i} goes to; a bad one is refused by any. */
  public static int shard(Args a, int i, int shards) {
    try {
      return shard(parse(a, i), shards);
    } catch (RespError invalid) {
      return 0;
    }
  }

  public static int shard(long cursor, int shards) {
    return (int) Long.remainderUnsigned(cursor, shards);
  }

  public static long position(long cursor, int shards) {
    return Long.divideUnsigned(cursor, shards);
  }

  /**
   * The cursor to go on with.
   *
   * @param position within the shard, 0 if the shard is done
   */
  public static long next(long position, int shard, int shards) {
    if (position != 0) {
      return position * shards + shard;
    }
    return shard + 1 < shards ? shard + 1 : 0;
  }
}
