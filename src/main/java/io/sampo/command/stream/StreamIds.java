package io.sampo.command.stream;

import io.sampo.data.stream.StreamId;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;

/** Reads the IDs of streams as Redis does, whose numbers C's strtoull reads too. */
final class StreamIds {
  private static final RespError INVALID =
      new RespError("ERR Invalid stream ID specified as stream command argument");
  private static final RespError BAD_START = new RespError("ERR invalid start ID for the interval");
  private static final RespError BAD_END = new RespError("ERR invalid end ID for the interval");
  private static final int MAX_TEXT = 127;

  private StreamIds() {}

  /** Whether argument {@code i} is this one character. */
  static boolean is(Args a, int i, char c) {
    return a.length(i) == 1 && a.array()[a.offset(i)] == c;
  }

  /**
   * Argument {@code i} as an ID; the number is 0 if it is missing.
   *
   * @throws RespError if it is none
   */
  static StreamId strict(Args a, int i) {
    return parse(a, a.offset(i), a.length(i), 0, true);
  }

  /** Whether argument {@code i} is an ID that {@link #strict} takes. */
  static boolean isId(Args a, int i) {
    try {
      strict(a, i);
      return true;
    } catch (RespError none) {
      return false;
    }
  }

  /** Where the interval begins that argument {@code i} bounds. */
  static StreamId start(Args a, int i) {
    StreamId id = bound(a, i, 0);
    if (!isExclusive(a, i)) {
      return id;
    }
    if (id.equals(StreamId.MAX)) {
      throw BAD_START;
    }
    return id.next();
  }

  /** Where the interval ends that argument {@code i} bounds. */
  static StreamId end(Args a, int i) {
    StreamId id = bound(a, i, -1);
    if (!isExclusive(a, i)) {
      return id;
    }
    if (id.equals(StreamId.MIN)) {
      throw BAD_END;
    }
    return id.previous();
  }

  private static boolean isExclusive(Args a, int i) {
    return a.length(i) > 1 && a.array()[a.offset(i)] == '(';
  }

  private static StreamId bound(Args a, int i, long missingSeq) {
    return isExclusive(a, i)
        ? parse(a, a.offset(i) + 1, a.length(i) - 1, missingSeq, true)
        : parse(a, a.offset(i), a.length(i), missingSeq, false);
  }

  /** Whether argument {@code i} is a time whose number is to be found. */
  static boolean isPartial(Args a, int i) {
    int end = a.offset(i) + a.length(i);
    byte[] b = a.array();
    return a.length(i) > 2
        && a.length(i) <= MAX_TEXT
        && b[end - 1] == '*'
        && b[end - 2] == '-'
        && find(b, a.offset(i), end, '-') == end - 2;
  }

  /** The time of an argument that {@link #isPartial}, with the number 0. */
  static StreamId partial(Args a, int i) {
    return new StreamId(unsigned(a.array(), a.offset(i), a.offset(i) + a.length(i) - 2), 0);
  }

  private static StreamId parse(Args a, int offset, int length, long missingSeq, boolean strict) {
    byte[] b = a.array();
    if (length > MAX_TEXT) {
      throw INVALID;
    }
    int end = find(b, offset, offset + length, '\0');
    if (end - offset == 1 && (b[offset] == '-' || b[offset] == '+')) {
      if (strict) {
        throw INVALID;
      }
      return b[offset] == '-' ? StreamId.MIN : StreamId.MAX;
    }
    int dash = find(b, offset, end, '-');
    long ms = unsigned(b, offset, dash);
    return new StreamId(ms, dash == end ? missingSeq : unsigned(b, dash + 1, end));
  }

  /** Where a byte is first, or {@code end}. */
  private static int find(byte[] b, int from, int end, char c) {
    int i = from;
    while (i < end && b[i] != c) {
      i++;
    }
    return i;
  }

  private static long unsigned(byte[] b, int from, int end) {
    if (Bytes.isLong(b, from, end - from)) {
      long value = Bytes.parseLong(b, from, end - from);
      if (value < 0) {
        throw INVALID;
      }
      return value;
    }
    int i = from;
    while (i < end && (b[i] == ' ' || b[i] >= '\t' && b[i] <= '\r')) {
      i++;
    }
    boolean negative = i < end && b[i] == '-';
    if (i < end && (negative || b[i] == '+')) {
      i++;
    }
    if (i == end) {
      throw INVALID;
    }
    long value = 0;
    for (; i < end; i++) {
      int digit = b[i] - '0';
      long most = Long.divideUnsigned(-1L - digit, 10);
      if (digit < 0 || digit > 9 || Long.compareUnsigned(value, most) > 0) {
        throw INVALID;
      }
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }
}
