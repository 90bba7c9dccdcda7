package io.sampo.command.stream;

import io.sampo.data.stream.StreamId;
import io.sampo.data.stream.StreamValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;

/** How a stream is to be trimmed: the options of XADD and XTRIM. */
final class StreamTrim {
  private static final byte[] MAXLEN = Bytes.ascii("MAXLEN");
  private static final byte[] EXACTLY = Bytes.ascii("=");
  private static final RespError BOTH =
      new RespError(
          "ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
  private static final RespError NEGATIVE_LENGTH =
      new RespError("ERR The MAXLEN argument must be >= 0.");
  private static final RespError NEGATIVE_LIMIT =
      new RespError("ERR The LIMIT argument must be >= 0.");
  private static final RespError LIMIT_ALONE =
      new RespError(
          "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
  private static final RespError LIMIT_EXACT =
      new RespError("ERR syntax error, LIMIT cannot be used without the special ~ option");
  private static final RespError NO_STRATEGY =
      new RespError("ERR syntax error, XTRIM must be called with a trimming strategy");
  private static final long NO_LIMIT = -1;
  private static final long DEFAULT_LIMIT = 10_000;
  private static final long HIGHEST_LIMIT = 1_000_000;

  /** The argument behind the options. */
  int end;

  boolean noStream;
  private boolean trims;
  private boolean byId;
  private boolean approximate;
  private long maxLength = Long.MAX_VALUE;
  private StreamId minId = StreamId.MAX;
  private long limit = NO_LIMIT;

  /** Reads the options from argument 2 on, for XADD up to what must be the ID. */
  static StreamTrim parse(Args a, boolean forAdd) {
    StreamTrim trim = new StreamTrim();
    int i = 2;
    while (i < a.count()) {
      boolean more = i + 1 < a.count();
      if (more && a.is(i, "maxlen")) {
        i = trim.strategy(a, i + 1);
        trim.maxLength = a.integer(i);
        if (trim.maxLength < 0) {
          throw NEGATIVE_LENGTH;
        }
      } else if (more && a.is(i, "minid")) {
        i = trim.strategy(a, i + 1);
        trim.byId = true;
        trim.minId = StreamIds.strict(a, i);
      } else if (more && a.is(i, "limit")) {
        trim.limit = a.integer(++i);
        if (trim.limit < 0) {
          throw NEGATIVE_LIMIT;
        }
      } else if (forAdd && a.is(i, "nomkstream")) {
        trim.noStream = true;
      } else if (forAdd) {
        break;
      } else {
        throw RespError.SYNTAX;
      }
      i++;
    }
    trim.end = i;
    return trim;
  }

  /** Refuses options that do not go together. */
  void check(boolean forAdd, Db db) {
    if (limit > 0 && !trims) {
      throw LIMIT_ALONE;
    }
    if (!forAdd && !trims) {
      throw NO_STRATEGY;
    }
    if (limit != NO_LIMIT && !approximate) {
      throw LIMIT_EXACT;
    }
    if (limit == NO_LIMIT) {
      long some = 100L * db.limits().streamNodeMaxEntries;
      limit = !approximate ? 0 : some <= 0 ? DEFAULT_LIMIT : Math.min(some, HIGHEST_LIMIT);
    }
  }

  /** Begins a strategy whose operator may stand at {@code i}; returns where its threshold is. */
  private int strategy(Args a, int i) {
    if (trims) {
      throw BOTH;
    }
    trims = true;
    boolean more = i + 1 < a.count();
    approximate = more && StreamIds.is(a, i, '~');
    return approximate || more && StreamIds.is(a, i, '=') ? i + 1 : i;
  }

  /** Whether what it removes depends on how the stream is laid out. */
  boolean isApproximate() {
    return approximate;
  }

  boolean trims() {
    return trims;
  }

  /** Trims a stream; returns how many entries went. */
  long apply(StreamValue stream) {
    if (!trims || minId.equals(StreamId.MIN)) {
      return 0;
    }
    return byId
        ? stream.trim(0, minId.previous(), approximate, limit)
        : stream.trim(maxLength, StreamId.MAX, approximate, limit);
  }

  /**
   * The request so far, in a form that trims a stream to the length it has now.
   *
   * @param more arguments to follow
   */
  static byte[][] exactly(Args a, StreamValue stream, int more) {
    byte[][] request = new byte[5 + more][];
    request[0] = a.bytes(0);
    request[1] = a.bytes(1);
    request[2] = MAXLEN;
    request[3] = EXACTLY;
    request[4] = Streams.decimal(stream.length());
    return request;
  }
}
