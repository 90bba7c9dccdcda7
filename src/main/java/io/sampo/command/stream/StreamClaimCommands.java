package io.sampo.command.stream;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.data.stream.PendingEntry;
import io.sampo.data.stream.PendingWalk;
import io.sampo.data.stream.StreamConsumer;
import io.sampo.data.stream.StreamGroup;
import io.sampo.data.stream.StreamId;
import io.sampo.data.stream.StreamRange;
import io.sampo.data.stream.StreamValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.ArrayList;
import java.util.List;

/** XCLAIM and XAUTOCLAIM, by which consumers take over what others have pending. */
public final class StreamClaimCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("xautoclaim", -6, "write fast ~nondeterministic_output", "RW delete 1", "6.2.0", "O(1)", "key group consumer min-idle-time start [COUNT count:int] [JUSTID]", "Take over pending entries that have been idle, found by a cursor.", StreamClaimCommands::xautoClaim)
          .history("7.0.0 The reply tells which entries were gone from the stream, and so from the pending ones."),
      cmd("xclaim", -6, "write fast ~nondeterministic_output", "RW update 1", "5.0.0", "O(log N)", "key group consumer min-idle-time id... [IDLE ms:int] [TIME unix-time-milliseconds:time] [RETRYCOUNT count:int] [FORCE] [JUSTID] [LASTID id]", "Take over given pending entries.", StreamClaimCommands::xclaim));
  // spotless:on

  private static final RespError BAD_COUNT = new RespError("ERR COUNT must be > 0");
  private static final long DEFAULT_COUNT = 100;

  /** How many pending entries XAUTOCLAIM looks at for each it may take. */
  private static final long ATTEMPTS = 10;

  /** Redis's bound, above which it has no room for what it might have to remember. */
  private static final long MAX_COUNT = Long.MAX_VALUE / 16 / ATTEMPTS;

  private StreamClaimCommands() {}

  private static long number(Args a, int i, String what, String command) {
    return a.integer(i, new RespError("ERR Invalid " + what + " argument for " + command));
  }

  /** What XCLAIM is told behind the IDs. */
  private static final class Options {
    private static final long UNSET = -1;

    final List<StreamId> ids = new ArrayList<>();
    long time = UNSET;
    long retryCount = UNSET;
    boolean force;
    boolean justId;
    StreamId lastId = StreamId.MIN;

    private Options() {}

    static Options parse(Context c, Args a) {
      Options o = new Options();
      int i = 5;
      for (; i < a.count() && StreamIds.isId(a, i); i++) {
        o.ids.add(StreamIds.strict(a, i));
      }
      for (; i < a.count(); i++) {
        boolean more = i + 1 < a.count();
        if (a.is(i, "force")) {
          o.force = true;
        } else if (a.is(i, "justid")) {
          o.justId = true;
        } else if (more && a.is(i, "idle")) {
          o.time = c.now() - number(a, ++i, "IDLE option", "XCLAIM");
        } else if (more && a.is(i, "time")) {
          o.time = number(a, ++i, "TIME option", "XCLAIM");
        } else if (more && a.is(i, "retrycount")) {
          o.retryCount = number(a, ++i, "RETRYCOUNT option", "XCLAIM");
        } else if (more && a.is(i, "lastid")) {
          o.lastId = StreamIds.strict(a, ++i);
        } else {
          throw new RespError("ERR Unrecognized XCLAIM option '" + a.shown(i) + "'");
        }
      }
      if (o.time < 0 || o.time > c.now()) {
        o.time = c.now();
      }
      return o;
    }
  }

  private static void xclaim(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Streams.read(c, db, a, 1);
    StreamGroup group = Streams.group(db, h, a, 1, 2);
    StreamValue stream = Streams.stream(db, h);
    long minIdle = number(a, 4, "min-idle-time", "XCLAIM");
    Options o = Options.parse(c, a);
    c.noEffect();
    boolean advanced = o.lastId.isAbove(group.lastId);
    if (advanced) {
      group.lastId = o.lastId;
      c.changed(1);
    }
    Streams.seen(c, a, group, 3);
    ReplyWriter out = c.out();
    int mark = out.defer();
    int n = 0;
    StreamRange entries = stream.range(StreamId.MIN, StreamId.MAX);
    for (StreamId id : o.ids) {
      PendingEntry entry = group.pending(id);
      if (!entries.seek(id)) {
        forget(c, a, group, entry);
      } else if (entry == PendingEntry.NONE ? o.force : isIdle(c, entry, minIdle)) {
        boolean isNew = entry == PendingEntry.NONE;
        entry = take(c, a, group, id, o.justId);
        entry.time = o.time;
        if (o.retryCount >= 0) {
          entry.count = o.retryCount;
        } else if (isNew) {
          // Redis has it delivered once by being made, and once more by being claimed.
          entry.count++;
        }
        write(out, entries, o.justId);
        n++;
        Streams.claimed(c, a, 1, group, entry);
      }
    }
    out.endArray(mark, n);
    if (advanced) {
      Streams.advanced(c, a, 1, group);
    }
    db.resized(h);
  }

  private static boolean isIdle(Context c, PendingEntry entry, long minIdle) {
    return minIdle <= 0 || c.now() - entry.time >= minIdle;
  }

  /** Gives an entry to the consumer that argument 3 names, as delivered now. */
  private static PendingEntry take(
      Context c, Args a, StreamGroup group, StreamId id, boolean justId) {
    StreamConsumer consumer = Streams.consumer(c, a, 1, group, 3);
    PendingEntry entry = group.assign(id, consumer);
    entry.time = c.now();
    if (!justId) {
      entry.count++;
    }
    consumer.active = c.now();
    c.changed(1);
    return entry;
  }

  /** Drops a pending entry, if it is one, that is no longer in the stream. */
  private static void forget(Context c, Args a, StreamGroup group, PendingEntry entry) {
    if (entry != PendingEntry.NONE) {
      group.acknowledge(entry);
      c.changed(1);
      Streams.forgotten(c, a, 1, group, entry.id());
    }
  }

  private static void write(ReplyWriter out, StreamRange entries, boolean justId) {
    if (justId) {
      entries.writeId(out);
    } else {
      entries.write(out);
    }
  }

  private static void xautoClaim(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = c.read(db, a, 1);
    long minIdle = number(a, 4, "min-idle-time", "XAUTOCLAIM");
    StreamId start = StreamIds.start(a, 5);
    long count = DEFAULT_COUNT;
    boolean justId = false;
    for (int i = 6; i < a.count(); i++) {
      if (a.is(i, "count") && i + 1 < a.count()) {
        count = a.integer(++i, BAD_COUNT);
        if (count < 1 || count > MAX_COUNT) {
          throw BAD_COUNT;
        }
      } else if (a.is(i, "justid")) {
        justId = true;
      } else {
        throw RespError.SYNTAX;
      }
    }
    Streams.check(db, h);
    StreamGroup group = Streams.group(db, h, a, 1, 2);
    StreamValue stream = Streams.stream(db, h);
    c.noEffect();
    Streams.seen(c, a, group, 3);
    List<StreamId> deleted = new ArrayList<>();
    ReplyWriter out = c.out();
    out.array(3);
    int cursor = out.position();
    int mark = out.defer();
    int n = 0;
    PendingWalk pending = group.pendingFrom(start);
    PendingEntry entry = pending.next();
    StreamRange entries = stream.range(start, StreamId.MAX);
    long attempts = count * ATTEMPTS;
    for (long left = count; attempts > 0 && left > 0 && entry != PendingEntry.NONE; attempts--) {
      StreamId id = entry.id();
      if (!entries.seek(id)) {
        forget(c, a, group, entry);
        deleted.add(id);
        left--;
      } else if (isIdle(c, entry, minIdle)) {
        Streams.claimed(c, a, 1, group, take(c, a, group, id, justId));
        write(out, entries, justId);
        n++;
        left--;
      }
      entry = pending.next();
    }
    out.endArray(mark, n);
    out.bulkAt(cursor, entry.id().bytes());
    out.array(deleted.size());
    for (StreamId id : deleted) {
      out.bulk(id.bytes());
    }
    db.resized(h);
  }
}
