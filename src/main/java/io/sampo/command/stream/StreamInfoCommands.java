package io.sampo.command.stream;

import static io.sampo.command.Command.cmd;
import static io.sampo.command.Command.container;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Help;
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

/** XINFO. */
public final class StreamInfoCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      container("xinfo", -2, "5.0.0", "Commands that look into streams.",
          cmd("xinfo|consumers", 4, "readonly ~nondeterministic_output", "RO access 2", "5.0.0", "O(1)", "key groupname", "Consumers of a group.", StreamInfoCommands::consumers),
          cmd("xinfo|groups", 3, "readonly", "RO access 2", "5.0.0", "O(1)", "key", "Consumer groups of a stream.", StreamInfoCommands::groups)
              .history("7.0.0 Fields entries-read and lag."),
          cmd("xinfo|help", 2, "loading stale", "", "5.0.0", "O(1)", "", "The subcommands of XINFO.", new Help()),
          cmd("xinfo|stream", -3, "readonly", "RO access 2", "5.0.0", "O(1)", "key [FULL full:([COUNT count:int])]", "Facts about a stream.", StreamInfoCommands::stream)
              .history("6.0.0 Modifier FULL.", "7.0.0 Fields max-deleted-entry-id, entries-added, recorded-first-entry-id, entries-read and lag.")));
  // spotless:on

  private static final long DEFAULT_COUNT = 10;

  private StreamInfoCommands() {}

  private static int find(Context c, Db db, Args a) {
    int h = Streams.read(c, db, a, 2);
    if (h == Db.NONE) {
      throw RespError.NO_SUCH_KEY;
    }
    return h;
  }

  private static void consumers(Context c, Args a) {
    Db db = c.db(a, 2);
    StreamGroup group = StreamGroupCommands.group(db, find(c, db, a), a);
    ReplyWriter out = c.out();
    out.array(group.consumers().size());
    for (StreamConsumer consumer : group.consumers()) {
      out.map(4);
      out.bulk("name");
      out.bulk(consumer.name());
      out.bulk("pending");
      out.integer(consumer.pendingCount());
      out.bulk("idle");
      out.integer(Math.max(0, c.now() - consumer.seen));
      out.bulk("inactive");
      out.integer(
          consumer.active == StreamConsumer.NEVER ? -1 : Math.max(0, c.now() - consumer.active));
    }
  }

  private static void groups(Context c, Args a) {
    Db db = c.db(a, 2);
    StreamValue stream = Streams.stream(db, find(c, db, a));
    ReplyWriter out = c.out();
    out.array(stream.groups().size());
    for (StreamGroup group : stream.groups()) {
      out.map(6);
      out.bulk("name");
      out.bulk(group.name());
      out.bulk("consumers");
      out.integer(group.consumers().size());
      out.bulk("pending");
      out.integer(group.pendingCount());
      progress(out, stream, group);
    }
  }

  /** How far a group has read: three pairs. */
  private static void progress(ReplyWriter out, StreamValue stream, StreamGroup group) {
    out.bulk("last-delivered-id");
    out.bulk(group.lastId.bytes());
    out.bulk("entries-read");
    if (group.entriesRead == StreamGroup.UNKNOWN) {
      out.nil();
    } else {
      out.integer(group.entriesRead);
    }
    out.bulk("lag");
    stream.lag(group).ifPresentOrElse(out::integer, out::nil);
  }

  private static void stream(Context c, Args a) {
    Db db = c.db(a, 2);
    StreamValue stream = Streams.stream(db, find(c, db, a));
    boolean full = a.count() > 3;
    long count = DEFAULT_COUNT;
    if (full) {
      boolean counts = a.count() == 6 && a.is(4, "count");
      if (!a.is(3, "full") || a.count() > 4 && !counts) {
        throw Help.misuse(a);
      }
      if (counts) {
        count = a.integer(5);
      }
    }
    ReplyWriter out = c.out();
    out.map(full ? 9 : 10);
    facts(out, stream);
    if (full) {
      long most = count == 0 ? Long.MAX_VALUE : count < 0 ? DEFAULT_COUNT : count;
      out.bulk("entries");
      StreamCommands.write(out, stream.range(StreamId.MIN, StreamId.MAX), most);
      out.bulk("groups");
      out.array(stream.groups().size());
      for (StreamGroup group : stream.groups()) {
        full(out, stream, group, most);
      }
    } else {
      out.bulk("groups");
      out.integer(stream.groups().size());
      out.bulk("first-entry");
      edge(out, stream.range(StreamId.MIN, StreamId.MAX));
      out.bulk("last-entry");
      edge(out, stream.reverseRange(StreamId.MIN, StreamId.MAX));
    }
  }

  /** Seven pairs about a stream as such. */
  private static void facts(ReplyWriter out, StreamValue stream) {
    out.bulk("length");
    out.integer(stream.length());
    out.bulk("radix-tree-keys");
    out.integer(stream.nodeCount());
    out.bulk("radix-tree-nodes");
    out.integer(stream.radixNodes());
    out.bulk("last-generated-id");
    out.bulk(stream.lastId().bytes());
    out.bulk("max-deleted-entry-id");
    out.bulk(stream.maxDeletedId().bytes());
    out.bulk("entries-added");
    out.integer(stream.entriesAdded());
    out.bulk("recorded-first-entry-id");
    out.bulk(stream.firstId().bytes());
  }

  private static void edge(ReplyWriter out, StreamRange range) {
    if (range.next()) {
      range.write(out);
    } else {
      out.nil();
    }
  }

  private static void full(ReplyWriter out, StreamValue stream, StreamGroup group, long count) {
    out.map(7);
    out.bulk("name");
    out.bulk(group.name());
    progress(out, stream, group);
    out.bulk("pel-count");
    out.integer(group.pendingCount());
    out.bulk("pending");
    int n = (int) Math.min(count, group.pendingCount());
    out.array(n);
    PendingWalk pending = group.pendingFrom(StreamId.MIN);
    for (int i = 0; i < n; i++) {
      PendingEntry entry = pending.next();
      out.array(4);
      pending.writeId(out);
      out.bulk(entry.consumer().name());
      out.integer(entry.time);
      out.integer(entry.count);
    }
    out.bulk("consumers");
    out.array(group.consumers().size());
    for (StreamConsumer consumer : group.consumers()) {
      full(out, consumer, count);
    }
  }

  private static void full(ReplyWriter out, StreamConsumer consumer, long count) {
    out.map(5);
    out.bulk("name");
    out.bulk(consumer.name());
    out.bulk("seen-time");
    out.integer(consumer.seen);
    out.bulk("active-time");
    out.integer(consumer.active);
    out.bulk("pel-count");
    out.integer(consumer.pendingCount());
    out.bulk("pending");
    int n = (int) Math.min(count, consumer.pendingCount());
    out.array(n);
    PendingWalk pending = consumer.pendingFrom(StreamId.MIN);
    for (int i = 0; i < n; i++) {
      PendingEntry entry = pending.next();
      out.array(3);
      pending.writeId(out);
      out.integer(entry.time);
      out.integer(entry.count);
    }
  }
}
