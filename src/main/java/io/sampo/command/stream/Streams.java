package io.sampo.command.stream;

import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.data.Type;
import io.sampo.data.stream.PendingEntry;
import io.sampo.data.stream.StreamConsumer;
import io.sampo.data.stream.StreamGroup;
import io.sampo.data.stream.StreamId;
import io.sampo.data.stream.StreamValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;

/** What the commands on streams have in common: finding things, and telling their effects. */
final class Streams {
  private static final byte[] XCLAIM = Bytes.ascii("XCLAIM");
  private static final byte[] XACK = Bytes.ascii("XACK");
  private static final byte[] XGROUP = Bytes.ascii("XGROUP");
  private static final byte[] SETID = Bytes.ascii("SETID");
  private static final byte[] CREATECONSUMER = Bytes.ascii("CREATECONSUMER");
  private static final byte[] ENTRIESREAD = Bytes.ascii("ENTRIESREAD");
  private static final byte[] TIME = Bytes.ascii("TIME");
  private static final byte[] RETRYCOUNT = Bytes.ascii("RETRYCOUNT");
  private static final byte[] FORCE = Bytes.ascii("FORCE");
  private static final byte[] JUSTID = Bytes.ascii("JUSTID");
  private static final byte[] LASTID = Bytes.ascii("LASTID");
  private static final byte[] ZERO = Bytes.ascii("0");

  private Streams() {}

  /**
   * The stream at key {@code i} for reading, or {@link Db#NONE}.
   *
   * @throws RespError if it is of another type
   */
  static int read(Context c, Db db, Args a, int i) {
    return check(db, c.read(db, a, i));
  }

  /** As {@link #read}, for writing. */
  static int write(Context c, Db db, Args a, int i) {
    return check(db, c.write(db, a, i));
  }

  /** The same entry, unless it is of another type. */
  static int check(Db db, int h) {
    if (h != Db.NONE && db.type(h) != Type.STREAM) {
      throw RespError.WRONG_TYPE;
    }
    return h;
  }

  static StreamValue stream(Db db, int h) {
    return (StreamValue) db.value(h);
  }

  /** Puts a new stream, which has all that it is to have, at key {@code i}; returns the entry. */
  static int put(Db db, Args a, int i, StreamValue stream) {
    return db.put(a.array(), a.offset(i), a.length(i), stream, false);
  }

  /**
   * The group {@code g} of the stream {@code h} at key {@code i}.
   *
   * @throws RespError if there is no such stream or group
   */
  static StreamGroup group(Db db, int h, Args a, int i, int g) {
    if (h != Db.NONE) {
      var group = stream(db, h).group(a.bytes(g));
      if (group.isPresent()) {
        return group.get();
      }
    }
    throw new RespError(
        "NOGROUP No such key '" + a.shown(i) + "' or consumer group '" + a.shown(g) + "'");
  }

  /**
   * The consumer of this name in a group of key {@code i}, seen just now; made if there is none.
   *
   * @param name the argument that is its name
   */
  static StreamConsumer consumer(Context c, Args a, int i, StreamGroup group, int name) {
    byte[] bytes = a.bytes(name);
    var known = group.consumer(bytes);
    if (known.isPresent()) {
      known.get().seen = c.now();
      return known.get();
    }
    StreamConsumer added = group.addConsumer(bytes, c.now());
    changed(c, a, i, "xgroup-createconsumer");
    if (c.wantsEffects()) {
      c.effect(XGROUP, CREATECONSUMER, a.bytes(i), group.name(), bytes);
    }
    return added;
  }

  /** Notes that the consumer of this name, if there is one, has tried to get something. */
  static void seen(Context c, Args a, StreamGroup group, int name) {
    group.consumer(a.bytes(name)).ifPresent(known -> known.seen = c.now());
  }

  /** Follows a change of a group of key {@code i}, which breaks no WATCH. */
  static void changed(Context c, Args a, int i, String event) {
    c.notify(a, i, KeyEvent.STREAM, event);
    c.changed(1);
  }

  /** Tells who has an entry now. */
  static void claimed(Context c, Args a, int i, StreamGroup group, PendingEntry entry) {
    if (c.wantsEffects()) {
      c.effect(
          XCLAIM,
          a.bytes(i),
          group.name(),
          entry.consumer().name(),
          ZERO,
          entry.id().bytes(),
          TIME,
          decimal(entry.time),
          RETRYCOUNT,
          decimal(entry.count),
          FORCE,
          JUSTID,
          LASTID,
          group.lastId.bytes());
    }
  }

  /** Tells that an entry is no longer pending. */
  static void forgotten(Context c, Args a, int i, StreamGroup group, StreamId id) {
    if (c.wantsEffects()) {
      c.effect(XACK, a.bytes(i), group.name(), id.bytes());
    }
  }

  /** Tells up to where a group has read. */
  static void advanced(Context c, Args a, int i, StreamGroup group) {
    if (c.wantsEffects()) {
      c.effect(
          XGROUP,
          SETID,
          a.bytes(i),
          group.name(),
          group.lastId.bytes(),
          ENTRIESREAD,
          decimal(group.entriesRead));
    }
  }

  static byte[] decimal(long number) {
    return Bytes.ascii(Long.toString(number));
  }
}
