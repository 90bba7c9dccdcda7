package io.sampo.command.stream;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Wait;
import io.sampo.data.Type;
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
import java.util.List;

/** XREAD and XREADGROUP. */
public final class StreamReadCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("xread", -4, "readonly blocking", "RO access STREAMS@1..-1%2", "5.0.0", "O(N), N entries returned", "[COUNT count:int] [BLOCK milliseconds:int] STREAMS streams:(key... id...)", "Entries of streams behind given IDs, on request waiting for them.", StreamReadCommands::xread),
      cmd("xreadgroup", -7, "write blocking", "RO access STREAMS@4..-1%2", "5.0.0", "O(N), N entries returned", "GROUP group_consumer:(group consumer) [COUNT count:int] [BLOCK milliseconds:int] [NOACK] STREAMS streams:(key... id...)", "Entries of streams on behalf of a consumer group, on request waiting for them.", StreamReadCommands::xreadGroup));
  // spotless:on

  private static final RespError NO_GROUP =
      new RespError("ERR Missing GROUP option for XREADGROUP");
  private static final RespError NEW_WITHOUT_GROUP =
      new RespError(
          "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group>"
              + " <consumer> option.");
  private static final RespError LAST_WITH_GROUP =
      new RespError(
          "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history"
              + " of this consumer by specifying a proper ID, or use the > ID to get new messages."
              + " The $ ID would just return an empty result set.");
  private static final RespError UNBALANCED =
      new RespError(
          "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be"
              + " specified.");
  private static final RespError NO_TIMEOUT =
      new RespError("ERR timeout is not an integer or out of range");
  private static final RespError NEGATIVE_TIMEOUT = new RespError("ERR timeout is negative");
  private static final RespError GONE = new RespError("UNBLOCKED the stream key no longer exists");
  private static final RespError GROUP_GONE =
      new RespError("NOGROUP the consumer group this client was blocked on no longer exists");
  private static final long NO_WAIT = -1;

  private StreamReadCommands() {}

  /** What a request asks for. */
  private static final class Options {
    /** The argument that names the group, and behind it the consumer; 0 if there is none. */
    int group;

    long count = Long.MAX_VALUE;
    long timeout = NO_WAIT;
    boolean noAck;

    /** The first key, and how many there are. */
    int keys;

    int streams;

    private Options() {}

    static Options parse(Args a, boolean forGroup) {
      Options o = new Options();
      for (int i = 1; i < a.count() && o.keys == 0; i++) {
        int more = a.count() - i - 1;
        if (more > 0 && a.is(i, "block")) {
          o.timeout = a.integer(++i, NO_TIMEOUT);
          if (o.timeout < 0) {
            throw NEGATIVE_TIMEOUT;
          }
        } else if (more > 0 && a.is(i, "count")) {
          long count = a.integer(++i);
          o.count = count <= 0 ? Long.MAX_VALUE : count;
        } else if (more > 0 && a.is(i, "streams")) {
          o.keys = i + 1;
        } else if (more > 1 && a.is(i, "group")) {
          checkGroupOption(forGroup, "GROUP");
          o.group = i + 1;
          i += 2;
        } else if (a.is(i, "noack")) {
          checkGroupOption(forGroup, "NOACK");
          o.noAck = true;
        } else {
          throw RespError.SYNTAX;
        }
      }
      if (o.keys == 0) {
        throw RespError.SYNTAX;
      }
      o.streams = (a.count() - o.keys) / 2;
      if ((a.count() - o.keys) % 2 != 0) {
        throw UNBALANCED;
      }
      if (forGroup && o.group == 0) {
        throw NO_GROUP;
      }
      return o;
    }

    /** To wait for one of the streams to have more. */
    Wait wait(boolean minds) {
      return new Wait(keys, keys + streams, 0, Type.STREAM, timeout, minds);
    }

    /** The request with what its IDs mean now. */
    Args after(Args a, StreamId[] after) {
      byte[][] request = new byte[a.count()][];
      for (int i = 0; i < request.length; i++) {
        int id = i - keys - streams;
        request[i] = id >= 0 && StreamIds.is(a, i, '$') ? after[id].bytes() : a.bytes(i);
      }
      return Args.of(request);
    }

    private static void checkGroupOption(boolean forGroup, String option) {
      if (!forGroup) {
        throw new RespError(
            "ERR The "
                + option
                + " option is only supported by XREADGROUP. You called XREAD instead.");
      }
    }
  }

  private static void xread(Context c, Args a) {
    Options o = Options.parse(a, false);
    StreamId[] after = new StreamId[o.streams];
    for (int i = 0; i < o.streams; i++) {
      if (!c.offers(a, o.keys + i)) {
        continue;
      }
      Db db = c.db(a, o.keys + i);
      int h = Streams.check(db, look(c, db, a, o.keys + i));
      int id = o.keys + o.streams + i;
      if (StreamIds.is(a, id, '$')) {
        after[i] = h == Db.NONE ? StreamId.MIN : Streams.stream(db, h).lastId();
      } else if (StreamIds.is(a, id, '>')) {
        throw NEW_WITHOUT_GROUP;
      } else {
        after[i] = StreamIds.strict(a, id);
      }
    }
    int mark = c.out().defer();
    int found = 0;
    for (int i = 0; i < o.streams; i++) {
      if (!c.offers(a, o.keys + i)) {
        continue;
      }
      Db db = c.db(a, o.keys + i);
      int h = look(c, db, a, o.keys + i);
      if (h != Db.NONE && !after[i].equals(StreamId.MAX)) {
        StreamValue stream = Streams.stream(db, h);
        if (stream.length() > 0 && stream.lastEntryId().isAbove(after[i])) {
          found++;
          key(c.out(), a, o.keys + i);
          StreamCommands.write(c.out(), stream.range(after[i].next(), StreamId.MAX), o.count);
        }
      }
    }
    if (found > 0 || c.atomic() || o.timeout == NO_WAIT) {
      end(c, mark, found);
    } else {
      c.out().truncate(mark);
      c.block(o.wait(false), o.after(a, after));
    }
  }

  /** What is at key {@code i}: counted each time, as in Redis, but not once somebody has waited. */
  private static int look(Context c, Db db, Args a, int i) {
    return c.isServing() ? c.write(db, a, i) : c.read(db, a, i);
  }

  /** Begins what a reply says of one key. */
  private static void key(ReplyWriter out, Args a, int i) {
    if (!out.resp3()) {
      out.array(2);
    }
    out.bulk(a.array(), a.offset(i), a.length(i));
  }

  /** Ends a reply that says something of so many keys. */
  private static void end(Context c, int mark, int found) {
    ReplyWriter out = c.out();
    if (found == 0) {
      out.truncate(mark);
      out.nilArray();
    } else if (out.resp3()) {
      out.endMap(mark, found);
    } else {
      out.endArray(mark, found);
    }
  }

  private static void xreadGroup(Context c, Args a) {
    Options o = Options.parse(a, true);
    StreamId[] after = new StreamId[o.streams];
    StreamGroup[] groups = new StreamGroup[o.streams];
    for (int i = 0; i < o.streams; i++) {
      if (!c.offers(a, o.keys + i)) {
        continue;
      }
      Db db = c.db(a, o.keys + i);
      groups[i] = group(c, db, a, o.keys + i, o.group);
      int id = o.keys + o.streams + i;
      if (StreamIds.is(a, id, '$')) {
        throw LAST_WITH_GROUP;
      }
      after[i] = StreamIds.is(a, id, '>') ? StreamId.MAX : StreamIds.strict(a, id);
    }
    c.noEffect();
    int mark = c.out().defer();
    int found = 0;
    for (int i = 0; i < o.streams; i++) {
      int key = o.keys + i;
      if (!c.offers(a, key)) {
        continue;
      }
      Db db = c.db(a, key);
      int h = look(c, db, a, key);
      StreamValue stream = Streams.stream(db, h);
      StreamGroup group = groups[i];
      boolean isHistory = !after[i].equals(StreamId.MAX);
      if (isHistory || stream.length() > 0 && stream.lastEntryId().isAbove(group.lastId)) {
        found++;
        key(c.out(), a, key);
        StreamConsumer consumer = Streams.consumer(c, a, key, group, o.group + 1);
        if (isHistory) {
          history(c, stream, group, consumer, after[i], o.count);
        } else {
          deliver(c, a, key, stream, group, consumer, o);
        }
        c.changed(1);
        db.resized(h);
      } else {
        Streams.seen(c, a, group, o.group + 1);
      }
    }
    if (found > 0 || c.atomic() || o.timeout == NO_WAIT) {
      end(c, mark, found);
    } else {
      c.out().truncate(mark);
      c.block(o.wait(true));
    }
  }

  private static StreamGroup group(Context c, Db db, Args a, int i, int g) {
    int h = look(c, db, a, i);
    if (c.isServing() && (h == Db.NONE || db.type(h) != Type.STREAM)) {
      throw GONE;
    }
    if (Streams.check(db, h) != Db.NONE) {
      var group = Streams.stream(db, h).group(a.bytes(g));
      if (group.isPresent()) {
        return group.get();
      }
    }
    if (c.isServing()) {
      throw GROUP_GONE;
    }
    throw new RespError(
        "NOGROUP No such key '"
            + a.shown(i)
            + "' or consumer group '"
            + a.shown(g)
            + "' in XREADGROUP with GROUP option");
  }

  /** Writes what a consumer has pending behind an ID, which counts as delivered again. */
  private static void history(
      Context c,
      StreamValue stream,
      StreamGroup group,
      StreamConsumer consumer,
      StreamId after,
      long count) {
    ReplyWriter out = c.out();
    int mark = out.defer();
    int n = 0;
    PendingWalk pending = consumer.pendingFrom(after.next());
    StreamRange entries = stream.range(after, StreamId.MAX);
    PendingEntry entry = pending.next();
    while (n < count && entry != PendingEntry.NONE) {
      if (entries.seek(entry.id())) {
        entries.write(out);
        c.partly();
        PendingEntry own = group.own(entry);
        own.time = c.now();
        own.count++;
      } else {
        out.array(2);
        pending.writeId(out);
        out.nilArray();
      }
      n++;
      entry = pending.next();
    }
    out.endArray(mark, n);
  }

  /** Writes entries that the group has not been given, and makes them pending with a consumer. */
  private static void deliver(
      Context c,
      Args a,
      int key,
      StreamValue stream,
      StreamGroup group,
      StreamConsumer consumer,
      Options o) {
    ReplyWriter out = c.out();
    StreamRange range = stream.range(group.lastId.next(), StreamId.MAX);
    int mark = out.defer();
    int n = 0;
    while (n < o.count && range.next()) {
      StreamId id = range.id();
      c.partly();
      stream.delivered(group, id);
      range.write(out);
      if (!o.noAck) {
        PendingEntry entry = group.assign(id, consumer);
        entry.time = c.now();
        entry.count = 1;
        consumer.active = c.now();
        Streams.claimed(c, a, key, group, entry);
      }
      n++;
    }
    out.endArray(mark, n);
    Streams.advanced(c, a, key, group);
  }
}
