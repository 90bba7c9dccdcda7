package io.sampo.command.stream;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.data.stream.StreamId;
import io.sampo.data.stream.StreamRange;
import io.sampo.data.stream.StreamValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.List;

/** The commands on the entries of streams. */
public final class StreamCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("xadd", -5, "write denyoom fast ~nondeterministic_output", "RW update 1 (UPDATE, for it may trim)", "5.0.0", "O(1)", "key [NOMKSTREAM@6.2.0] [trim:(strategy:<MAXLEN|MINID@6.2.0> [operator:<equal==|approximately=~>] threshold [LIMIT count:int@6.2.0])] id_or_auto:<auto_id=*|id> field_value:(field value)...", "Append an entry to a stream.", StreamCommands::xadd)
          .history("6.2.0 Options NOMKSTREAM, MINID and LIMIT.", "7.0.0 IDs of which only the time is given."),
      cmd("xdel", -3, "write fast", "RW delete 1", "5.0.0", "O(1)", "key id...", "Delete entries of a stream.", StreamCommands::xdel),
      cmd("xlen", 2, "readonly fast", "RO 1", "5.0.0", "O(1)", "key", "Number of entries of a stream.", StreamCommands::xlen),
      cmd("xrange", -4, "readonly", "RO access 1", "5.0.0", "O(N)", "key start end [COUNT count:int]", "Entries in a range of IDs.", StreamCommands::xrange)
          .history("6.2.0 Ranges without their ends."),
      cmd("xrevrange", -4, "readonly", "RO access 1", "5.0.0", "O(N)", "key end start [COUNT count:int]", "Entries in a range of IDs, newest first.", StreamCommands::xrevRange)
          .history("6.2.0 Ranges without their ends."),
      cmd("xsetid", -3, "write denyoom fast", "RW update 1", "5.0.0", "O(1)", "key last-id [ENTRIESADDED entries_added:int@7.0.0] [MAXDELETEDID max_deleted_entry_id@7.0.0]", "Set the last ID of a stream.", StreamCommands::xsetId)
          .history("7.0.0 Options ENTRIESADDED and MAXDELETEDID."),
      cmd("xtrim", -4, "write ~nondeterministic_output", "RW delete 1", "5.0.0", "O(N)", "key trim:(strategy:<MAXLEN|MINID@6.2.0> [operator:<equal==|approximately=~>] threshold [LIMIT count:int@6.2.0])", "Remove the oldest entries of a stream.", StreamCommands::xtrim)
          .history("6.2.0 Options MINID and LIMIT."));
  // spotless:on

  private static final byte[] XADD = Bytes.ascii("XADD");
  private static final long MAX_ENTRY_BYTES = 1 << 30;
  private static final RespError WRONG_NUMBER =
      new RespError("ERR wrong number of arguments for 'xadd' command");
  private static final RespError ZERO_ID =
      new RespError("ERR The ID specified in XADD must be greater than 0-0");
  private static final RespError EXHAUSTED =
      new RespError("ERR The stream has exhausted the last possible ID, unable to add more items");
  private static final RespError NOT_ABOVE =
      new RespError(
          "ERR The ID specified in XADD is equal or smaller than the target stream top item");
  private static final RespError TOO_LARGE =
      new RespError("ERR Elements are too large to be stored");

  private static final RespError NEGATIVE_ADDED =
      new RespError("ERR entries_added must be positive");
  private static final RespError BELOW_GIVEN =
      new RespError(
          "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
  private static final RespError BELOW_TOP =
      new RespError("ERR The ID specified in XSETID is smaller than the target stream top item");
  private static final RespError BELOW_LENGTH =
      new RespError(
          "ERR The entries_added specified in XSETID is smaller than the target stream length");

  private StreamCommands() {}

  private static void xadd(Context c, Args a) {
    Db db = c.db(a, 1);
    StreamTrim trim = StreamTrim.parse(a, true);
    int at = trim.end;
    boolean automatic = at < a.count() && StreamIds.is(a, at, '*');
    boolean partial = !automatic && at < a.count() && StreamIds.isPartial(a, at);
    StreamId given = StreamId.MAX;
    if (partial) {
      given = StreamIds.partial(a, at);
    } else if (!automatic && at < a.count()) {
      given = StreamIds.strict(a, at);
    }
    trim.check(true, db);
    int from = at + 1;
    if (a.count() - from < 2 || (a.count() - from) % 2 != 0) {
      throw WRONG_NUMBER;
    }
    if (!partial && given.equals(StreamId.MIN)) {
      throw ZERO_ID;
    }
    int h = Streams.write(c, db, a, 1);
    if (h == Db.NONE && trim.noStream) {
      c.out().nil();
      return;
    }
    StreamId last = h == Db.NONE ? StreamId.MIN : Streams.stream(db, h).lastId();
    StreamId id = automatic ? following(last, c.now()) : partial ? within(last, given) : given;
    if (last.equals(StreamId.MAX)) {
      throw EXHAUSTED;
    }
    if (!id.isAbove(last)) {
      throw NOT_ABOVE;
    }
    checkSize(a, from);
    StreamValue stream = h == Db.NONE ? new StreamValue() : Streams.stream(db, h);
    stream.append(id, a, from, db.limits());
    if (h == Db.NONE) {
      h = Streams.put(db, a, 1, stream);
    }
    c.modified(a, 1, KeyEvent.STREAM, "xadd");
    c.out().bulk(id.bytes());
    if (trim.apply(stream) > 0) {
      c.notify(a, 1, KeyEvent.STREAM, "xtrim");
    }
    db.resized(h);
    if ((automatic || partial || trim.trims()) && c.wantsEffects()) {
      addEffect(c, a, trim, id, from, stream);
    }
  }

  /** The ID of an entry that is added now, behind the last one. */
  private static StreamId following(StreamId last, long now) {
    StreamId id = new StreamId(now, 0);
    return id.isAbove(last) || last.equals(StreamId.MAX) ? id : last.next();
  }

  /**
   * The next ID with the time of the given one; one that is not above the last if there is none.
   */
  private static StreamId within(StreamId last, StreamId given) {
    return last.ms() != given.ms() ? given : last.seq() == -1 ? last : last.next();
  }

  private static void checkSize(Args a, int from) {
    long bytes = 0;
    for (int i = from; i < a.count(); i++) {
      bytes += a.length(i);
    }
    if (bytes > MAX_ENTRY_BYTES) {
      throw TOO_LARGE;
    }
  }

  private static void addEffect(
      Context c, Args a, StreamTrim trim, StreamId id, int from, StreamValue stream) {
    int own = a.count() - from;
    byte[][] request;
    if (trim.trims()) {
      request = StreamTrim.exactly(a, stream, 1 + own);
    } else {
      request = new byte[3 + own][];
      request[0] = XADD;
      request[1] = a.bytes(1);
    }
    int at = request.length - own;
    request[at - 1] = id.bytes();
    for (int i = from; i < a.count(); i++) {
      request[at + i - from] = a.bytes(i);
    }
    c.effect(request);
  }

  private static void xtrim(Context c, Args a) {
    Db db = c.db(a, 1);
    StreamTrim trim = StreamTrim.parse(a, false);
    trim.check(false, db);
    int h = Streams.write(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().integer(0);
      return;
    }
    StreamValue stream = Streams.stream(db, h);
    c.partly();
    long removed = trim.apply(stream);
    if (removed > 0) {
      db.resized(h);
      c.modified(a, 1, KeyEvent.STREAM, "xtrim");
      c.changed(removed - 1);
      if (trim.isApproximate() && c.wantsEffects()) {
        c.effect(StreamTrim.exactly(a, stream, 0));
      }
    }
    c.out().integer(removed);
  }

  private static void xlen(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Streams.read(c, db, a, 1);
    c.out().integer(h == Db.NONE ? 0 : Streams.stream(db, h).length());
  }

  private static void xrange(Context c, Args a) {
    range(c, a, StreamIds.start(a, 2), StreamIds.end(a, 3), false);
  }

  private static void xrevRange(Context c, Args a) {
    StreamId start = StreamIds.start(a, 3);
    range(c, a, start, StreamIds.end(a, 2), true);
  }

  private static void range(Context c, Args a, StreamId start, StreamId end, boolean backward) {
    long count = Long.MAX_VALUE;
    for (int i = 4; i < a.count(); i += 2) {
      if (!a.is(i, "count") || i + 1 == a.count()) {
        throw RespError.SYNTAX;
      }
      count = Math.max(0, a.integer(i + 1));
    }
    Db db = c.db(a, 1);
    int h = Streams.read(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().array(0);
    } else if (count == 0) {
      c.out().nilArray();
    } else {
      StreamValue stream = Streams.stream(db, h);
      write(c.out(), backward ? stream.reverseRange(start, end) : stream.range(start, end), count);
    }
  }

  /** Writes up to {@code count} entries as an array. */
  static void write(ReplyWriter out, StreamRange range, long count) {
    int mark = out.defer();
    int n = 0;
    while (n < count && range.next()) {
      range.write(out);
      n++;
    }
    out.endArray(mark, n);
  }

  private static void xdel(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Streams.write(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().integer(0);
      return;
    }
    StreamId[] ids = new StreamId[a.count() - 2];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = StreamIds.strict(a, i + 2);
    }
    StreamValue stream = Streams.stream(db, h);
    int deleted = 0;
    c.partly();
    for (StreamId id : ids) {
      if (stream.delete(id)) {
        deleted++;
      }
    }
    if (deleted > 0) {
      db.resized(h);
      c.modified(a, 1, KeyEvent.STREAM, "xdel");
      c.changed(deleted - 1);
    }
    c.out().integer(deleted);
  }

  private static void xsetId(Context c, Args a) {
    StreamId id = StreamIds.strict(a, 2);
    StreamId maxDeleted = StreamId.MIN;
    long added = -1;
    for (int i = 3; i < a.count(); i += 2) {
      boolean more = i + 1 < a.count();
      if (more && a.is(i, "entriesadded")) {
        added = a.integer(i + 1);
        if (added < 0) {
          throw NEGATIVE_ADDED;
        }
      } else if (more && a.is(i, "maxdeletedid")) {
        maxDeleted = StreamIds.strict(a, i + 1);
        if (id.isBelow(maxDeleted)) {
          throw BELOW_GIVEN;
        }
      } else {
        throw RespError.SYNTAX;
      }
    }
    Db db = c.db(a, 1);
    int h = Streams.write(c, db, a, 1);
    if (h == Db.NONE) {
      throw RespError.NO_SUCH_KEY;
    }
    StreamValue stream = Streams.stream(db, h);
    if (stream.length() > 0 && id.isBelow(stream.lastEntryId())) {
      throw BELOW_TOP;
    }
    if (added >= 0 && added < stream.length()) {
      throw BELOW_LENGTH;
    }
    stream.lastId(id);
    if (added >= 0) {
      stream.entriesAdded(added);
    }
    if (!maxDeleted.equals(StreamId.MIN)) {
      stream.maxDeletedId(maxDeleted);
    }
    Streams.changed(c, a, 1, "xsetid");
    c.out().ok();
  }
}
