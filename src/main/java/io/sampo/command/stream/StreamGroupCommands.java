package io.sampo.command.stream;

import static io.sampo.command.Command.cmd;
import static io.sampo.command.Command.container;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Help;
import io.sampo.command.KeyEvent;
import io.sampo.data.stream.PendingEntry;
import io.sampo.data.stream.PendingWalk;
import io.sampo.data.stream.StreamConsumer;
import io.sampo.data.stream.StreamGroup;
import io.sampo.data.stream.StreamId;
import io.sampo.data.stream.StreamValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.List;
import java.util.Optional;

/** The commands on consumer groups, and on what their consumers have pending. */
public final class StreamGroupCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("xack", -4, "write fast", "RW update 1", "5.0.0", "O(1)", "key group id...", "Acknowledge entries on behalf of a consumer group.", StreamGroupCommands::xack),
      container("xgroup", -2, "5.0.0", "Commands about consumer groups.",
          cmd("xgroup|create", -5, "write denyoom", "RW insert 2", "5.0.0", "O(1)", "key groupname id:<id|new_id=$> [MKSTREAM] [ENTRIESREAD entries_read:int]", "Create a consumer group.", StreamGroupCommands::create)
              .history("7.0.0 Option ENTRIESREAD."),
          cmd("xgroup|createconsumer", 5, "write denyoom", "RW insert 2", "6.2.0", "O(1)", "key groupname consumername", "Create a consumer in a group.", StreamGroupCommands::createConsumer),
          cmd("xgroup|delconsumer", 5, "write", "RW delete 2", "5.0.0", "O(1)", "key groupname consumername", "Delete a consumer of a group.", StreamGroupCommands::delConsumer),
          cmd("xgroup|destroy", 4, "write", "RW delete 2", "5.0.0", "O(N)", "key groupname", "Delete a consumer group.", StreamGroupCommands::destroy),
          cmd("xgroup|help", 2, "loading stale", "", "5.0.0", "O(1)", "", "The subcommands of XGROUP.", new Help()),
          cmd("xgroup|setid", -5, "write", "RW update 2", "5.0.0", "O(1)", "key groupname id:<id|new_id=$> [ENTRIESREAD entries_read:int]", "Set the last delivered ID of a consumer group.", StreamGroupCommands::setId)
              .history("7.0.0 Option ENTRIESREAD.")),
      cmd("xpending", -3, "readonly ~nondeterministic_output", "RO access 1", "5.0.0", "O(N)", "key group [filters:([IDLE min-idle-time:int@6.2.0] start end count:int [consumer])]", "Entries delivered to a group and not acknowledged.", StreamGroupCommands::xpending)
          .history("6.2.0 Option IDLE, and ranges without their ends."));
  // spotless:on

  private static final RespError NO_STREAM =
      new RespError(
          "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want"
              + " to use the MKSTREAM option to create an empty stream automatically.");
  private static final RespError BUSY =
      new RespError("BUSYGROUP Consumer Group name already exists");
  private static final RespError BAD_READ =
      new RespError("ERR value for ENTRIESREAD must be positive or -1");

  private StreamGroupCommands() {}

  private static void xack(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Streams.read(c, db, a, 1);
    var found =
        h == Db.NONE ? Optional.<StreamGroup>empty() : Streams.stream(db, h).group(a.bytes(2));
    if (found.isEmpty()) {
      c.out().integer(0);
      return;
    }
    StreamGroup group = found.get();
    StreamId[] ids = new StreamId[a.count() - 3];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = StreamIds.strict(a, i + 3);
    }
    int acknowledged = 0;
    for (StreamId id : ids) {
      PendingEntry entry = group.pending(id);
      if (entry != PendingEntry.NONE) {
        group.acknowledge(entry);
        c.partly();
        acknowledged++;
      }
    }
    db.resized(h);
    c.changed(acknowledged);
    c.out().integer(acknowledged);
  }

  // ---- XGROUP ----

  /** What CREATE and SETID are told beside the ID. */
  private record Options(boolean makesStream, long entriesRead) {
    static Options parse(Args a, String subcommand) {
      boolean makes = false;
      long read = StreamGroup.UNKNOWN;
      for (int i = 5; i < a.count(); i++) {
        if (subcommand.equals("create") && a.is(i, "mkstream")) {
          makes = true;
        } else if (a.is(i, "entriesread") && i + 1 < a.count()) {
          read = a.integer(++i);
          if (read < 0 && read != StreamGroup.UNKNOWN) {
            throw BAD_READ;
          }
        } else {
          throw Help.misuse(a);
        }
      }
      return new Options(makes, read);
    }

    /** Refuses options that repeat, as Redis does it: by their number, and after all else. */
    static void checkCount(Args a, int most) {
      if (a.count() > most) {
        throw Help.misuse(a);
      }
    }
  }

  /** The stream at key 2, which must exist. */
  private static int stream(Context c, Db db, Args a) {
    int h = Streams.write(c, db, a, 2);
    if (h == Db.NONE) {
      throw NO_STREAM;
    }
    return h;
  }

  /** The group of key 2 that argument 3 names, which must exist. */
  static StreamGroup group(Db db, int h, Args a) {
    return Streams.stream(db, h)
        .group(a.bytes(3))
        .orElseThrow(
            () ->
                new RespError(
                    "NOGROUP No such consumer group '"
                        + a.shown(3)
                        + "' for key name '"
                        + a.shown(2)
                        + "'"));
  }

  private static void create(Context c, Args a) {
    Options options = Options.parse(a, "create");
    Db db = c.db(a, 2);
    int h = options.makesStream ? Streams.write(c, db, a, 2) : stream(c, db, a);
    Options.checkCount(a, 8);
    boolean isNew = h == Db.NONE;
    StreamId id =
        !StreamIds.is(a, 4, '$')
            ? StreamIds.strict(a, 4)
            : isNew ? StreamId.MIN : Streams.stream(db, h).lastId();
    StreamValue stream = isNew ? new StreamValue() : Streams.stream(db, h);
    byte[] name = a.bytes(3);
    if (stream.group(name).isPresent()) {
      throw BUSY;
    }
    stream.addGroup(name, id, options.entriesRead);
    if (isNew) {
      Streams.put(db, a, 2, stream);
      c.modified(a, 2, KeyEvent.STREAM, "xgroup-create");
    } else {
      db.resized(h);
      Streams.changed(c, a, 2, "xgroup-create");
    }
    c.out().ok();
  }

  private static void setId(Context c, Args a) {
    Options options = Options.parse(a, "setid");
    Db db = c.db(a, 2);
    int h = stream(c, db, a);
    StreamGroup group = group(db, h, a);
    Options.checkCount(a, 7);
    group.lastId =
        StreamIds.is(a, 4, '$') ? Streams.stream(db, h).lastId() : StreamIds.strict(a, 4);
    group.entriesRead = options.entriesRead;
    Streams.changed(c, a, 2, "xgroup-setid");
    c.out().ok();
  }

  private static void destroy(Context c, Args a) {
    Db db = c.db(a, 2);
    int h = stream(c, db, a);
    StreamValue stream = Streams.stream(db, h);
    var group = stream.group(a.bytes(3));
    if (group.isPresent()) {
      stream.removeGroup(group.get());
      db.resized(h);
      Streams.changed(c, a, 2, "xgroup-destroy");
      c.wake(a, 2);
    }
    c.out().integer(group.isPresent() ? 1 : 0);
  }

  private static void createConsumer(Context c, Args a) {
    Db db = c.db(a, 2);
    int h = stream(c, db, a);
    StreamGroup group = group(db, h, a);
    byte[] name = a.bytes(4);
    boolean isNew = group.consumer(name).isEmpty();
    if (isNew) {
      group.addConsumer(name, c.now());
      db.resized(h);
      Streams.changed(c, a, 2, "xgroup-createconsumer");
    }
    c.out().integer(isNew ? 1 : 0);
  }

  private static void delConsumer(Context c, Args a) {
    Db db = c.db(a, 2);
    int h = stream(c, db, a);
    StreamGroup group = group(db, h, a);
    var consumer = group.consumer(a.bytes(4));
    int pending = 0;
    if (consumer.isPresent()) {
      pending = consumer.get().pendingCount();
      c.partly();
      group.removeConsumer(consumer.get());
      db.resized(h);
      Streams.changed(c, a, 2, "xgroup-delconsumer");
    }
    c.out().integer(pending);
  }

  // ---- XPENDING ----

  private static void xpending(Context c, Args a) {
    if (a.count() == 3) {
      Db db = c.db(a, 1);
      int h = Streams.read(c, db, a, 1);
      summary(c.out(), Streams.group(db, h, a, 1, 2));
      return;
    }
    if (a.count() < 6 || a.count() > 9) {
      throw RespError.SYNTAX;
    }
    int at = 3;
    long minIdle = 0;
    if (a.is(3, "idle")) {
      minIdle = a.integer(4);
      if (a.count() < 8) {
        throw RespError.SYNTAX;
      }
      at = 5;
    }
    long count = a.integer(at + 2);
    StreamId start = StreamIds.start(a, at);
    StreamId end = StreamIds.end(a, at + 1);
    Db db = c.db(a, 1);
    int h = Streams.read(c, db, a, 1);
    StreamGroup group = Streams.group(db, h, a, 1, 2);
    if (at + 3 == a.count()) {
      list(c, group.pendingFrom(start), end, count, minIdle);
      return;
    }
    var consumer = group.consumer(a.bytes(at + 3));
    if (consumer.isEmpty()) {
      c.out().array(0);
    } else {
      list(c, consumer.get().pendingFrom(start), end, count, minIdle);
    }
  }

  private static void summary(ReplyWriter out, StreamGroup group) {
    out.array(4);
    out.integer(group.pendingCount());
    if (group.pendingCount() == 0) {
      out.nil();
      out.nil();
      out.nilArray();
      return;
    }
    out.bulk(group.firstPending().id().bytes());
    out.bulk(group.lastPending().id().bytes());
    int mark = out.defer();
    int n = 0;
    for (StreamConsumer consumer : group.consumers()) {
      if (consumer.pendingCount() > 0) {
        out.array(2);
        out.bulk(consumer.name());
        out.bulk(consumer.pendingCount());
        n++;
      }
    }
    out.endArray(mark, n);
  }

  private static void list(Context c, PendingWalk pending, StreamId end, long count, long minIdle) {
    ReplyWriter out = c.out();
    int mark = out.defer();
    int n = 0;
    PendingEntry entry = pending.next();
    while (n < count && entry != PendingEntry.NONE && !entry.id().isAbove(end)) {
      if (minIdle == 0 || c.now() - entry.time >= minIdle) {
        out.array(4);
        pending.writeId(out);
        out.bulk(entry.consumer().name());
        out.integer(entry.idle(c.now()));
        out.integer(entry.count);
        n++;
      }
      entry = pending.next();
    }
    out.endArray(mark, n);
  }
}
