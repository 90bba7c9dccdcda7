package io.sampo.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.Limits;
import io.sampo.data.Type;
import io.sampo.data.Value;
import io.sampo.data.hash.HashValue;
import io.sampo.data.list.ListValue;
import io.sampo.data.set.SetValue;
import io.sampo.data.stream.PendingEntry;
import io.sampo.data.stream.PendingWalk;
import io.sampo.data.stream.StreamConsumer;
import io.sampo.data.stream.StreamGroup;
import io.sampo.data.stream.StreamId;
import io.sampo.data.stream.StreamRange;
import io.sampo.data.stream.StreamValue;
import io.sampo.data.string.RawString;
import io.sampo.data.zset.ZSetValue;
import io.sampo.data.zset.ZSetWalk;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Keyspace;
import io.sampo.keyspace.Settings;
import io.sampo.persist.RdbReader;
import io.sampo.persist.RdbWriter;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shard's part in a snapshot: all values as they were when it began. */
class SavingTest {
  private static final int ELEMENTS = 30_000;
  private static final String[] KEYS = {"list", "set", "hash", "timed", "zset", "stream", "string"};
  private static final long FAR = 4102444800000L;

  private final Limits limits = new Limits();
  private final Settings settings = new Settings();
  private final Keyspace keyspace = new Keyspace(settings, System::currentTimeMillis);
  private final Db db = keyspace.db(2);
  private final TestInbox<Snapshots.Message> snapshots = TestInbox.create();

  private void fill() {
    ListValue list = new ListValue();
    SetValue set = new SetValue();
    HashValue hash = new HashValue();
    HashValue timed = new HashValue();
    ZSetValue zset = new ZSetValue();
    StreamValue stream = new StreamValue();
    list.prepare(ELEMENTS, ELEMENTS, limits.listMaxListpackSize, 0);
    for (int i = 0; i < ELEMENTS; i++) {
      byte[] e = Bytes.ascii("element " + i);
      list.addLast(e, 0, e.length, limits.listMaxListpackSize);
      set.add(e, 0, e.length, limits);
      hash.set(e, 0, e.length, e, 0, e.length, limits);
      timed.set(e, 0, e.length, e, 0, e.length, limits);
      if (i % 3 == 0) {
        timed.expireAt(e, 0, e.length, FAR + i);
      }
      zset.put(i % 1000, 0, e, 0, e.length, limits);
      stream.append(new StreamId(1, i + 1), Args.of(e, e), 0, limits);
    }
    RawString string = RawString.empty();
    string.prepare(0, 3 << 20);
    Value[] values = {list, set, hash, timed, zset, stream, string};
    for (int i = 0; i < KEYS.length; i++) {
      byte[] key = Bytes.ascii(KEYS[i]);
      db.put(key, 0, key.length, values[i], false);
    }
    for (int i = 0; i < 1000; i++) {
      byte[] key = Bytes.ascii("small " + i);
      db.put(key, 0, key.length, key, 0, key.length, false);
    }
  }

  /** What an entry holds, in a form that can be compared. */
  private static Object content(Db in, int h) {
    if (!in.isObject(h)) {
      return Bytes.text(in.string(h));
    }
    Value value = in.value(h);
    Collection<String> all = new ArrayList<>();
    if (value instanceof ListValue list) {
      ListValue.Cursor cursor = list.cursor(false);
      while (cursor.next()) {
        all.add(Bytes.text(cursor.get()));
      }
    } else if (value instanceof SetValue set) {
      all = new HashSet<>();
      set.each(adding(all));
    } else if (value instanceof HashValue hash) {
      Map<String, String> fields = new HashMap<>();
      hash.each(
          0,
          (f, fo, fl, v, vo, vl) -> {
            fields.put(text(f, fo, fl), text(v, vo, vl) + hash.expireAt(f, fo, fl));
            return true;
          });
      return fields;
    } else if (value instanceof ZSetValue zset) {
      ZSetWalk walk = zset.walk(0, false);
      for (int n = zset.size(); n > 0; n--) {
        walk.next();
        all.add(walk.score() + text(walk.array(), walk.offset(), walk.length()));
      }
    } else if (value instanceof StreamValue stream) {
      ReplyWriter out = new ReplyWriter(1000);
      StreamRange range = stream.range(StreamId.MIN, StreamId.MAX);
      while (range.next()) {
        range.write(out);
      }
      all.add(Bytes.text(out.toByteArray()));
    } else {
      all.add(Bytes.text(in.string(h)));
    }
    return all;
  }

  private static SetValue.Visitor adding(Collection<String> all) {
    return (a, offset, length) -> all.add(text(a, offset, length));
  }

  private static String text(byte[] a, int offset, int length) {
    return new String(a, offset, length, StandardCharsets.ISO_8859_1);
  }

  private static Map<String, Object> contents(Db in) {
    Map<String, Object> all = new HashMap<>();
    long cursor = 0;
    do {
      cursor = in.scan(cursor, 100, h -> all.put(Bytes.text(in.key(h)), content(in, h)));
    } while (cursor != 0);
    return all;
  }

  /** Changes a key as a command does: having said so before. */
  private void change(String name) {
    byte[] key = Bytes.ascii(name);
    byte[] e = Bytes.ascii("element 100");
    db.keep(key, 0, key.length);
    int h = db.find(key, 0, key.length);
    switch (name) {
      case "list" -> ((ListValue) db.value(h)).remove(5, 100, limits.listMaxListpackSize);
      case "set" -> ((SetValue) db.value(h)).remove(e, 0, e.length);
      case "hash", "timed" -> ((HashValue) db.value(h)).remove(e, 0, e.length);
      case "zset" -> ((ZSetValue) db.value(h)).removeRange(7, 100);
      case "stream" -> ((StreamValue) db.value(h)).trim(10, StreamId.MAX, false, 0);
      case "string" -> db.raw(h).write(100, e, 0, e.length);
      default -> db.remove(h);
    }
  }

  /**
   * @param changes one step in how many has something changed behind it; 0 is for none
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20})
  void whatChangesIsWrittenAsItWas(int changes) throws IOException {
    fill();
    Random random = new Random(changes);
    Map<String, Object> expected = contents(db);
    SnapshotProgress progress = new SnapshotProgress();
    progress.begin(KEYS.length + 1000);
    Saving saving = new Saving(0, keyspace, snapshots.getRef(), progress, changes == 20);
    int steps = 0;
    while (!saving.advance(1)) {
      steps++;
      if (changes > 0 && steps % changes == 0) {
        int i = random.nextInt(2 * KEYS.length);
        change(i < KEYS.length ? KEYS[i] : "small " + random.nextInt(1000));
      }
      taken(saving);
    }
    taken(saving);
    assertEquals(progress.total(), progress.entries());
    assertTrue(changes > 0 || progress.peak() == 0);
    assertTrue(changes != 1 || progress.peak() > 0);
    assertEquals(expected, contents(loaded()));
  }

  /** A value that there is no room to write. */
  private static final class Unwritable implements Value {
    @Override
    public Type type() {
      throw new OutOfMemoryError("on purpose");
    }

    @Override
    public String encoding() {
      return "none";
    }

    @Override
    public long heapBytes() {
      return 1;
    }

    @Override
    public Value copy() {
      return this;
    }
  }

  /** Whoever changes something is not to suffer, and the file is not to be taken for whole. */
  @Test
  void withoutRoomForWhatChangesTheSnapshotIsGivenUp() {
    byte[] key = Bytes.ascii("key");
    db.expireAt(db.put(key, 0, key.length, new Unwritable(), false), FAR);
    SnapshotProgress progress = new SnapshotProgress();
    progress.begin(1);
    Saving saving = new Saving(0, keyspace, snapshots.getRef(), progress, false);
    db.keep(key, 0, key.length);
    List<Snapshots.Message> told = snapshots.getAllReceived();
    assertEquals(1, told.size());
    assertInstanceOf(Snapshots.GivenUp.class, told.get(0));
    assertTrue(saving.advance(1_000_000_000));
    assertEquals(List.of(Snapshots.shardDoneMessage()), snapshots.getAllReceived());
  }

  @Test
  void whatIsPendingIsWrittenInPieces() throws IOException {
    StreamValue stream = new StreamValue();
    byte[] e = Bytes.ascii("e");
    stream.append(new StreamId(1, 1), Args.of(e, e), 0, limits);
    for (String name : List.of("alone", "shared", "none")) {
      stream.addGroup(Bytes.ascii(name), new StreamId(1, 1), 1);
      StreamGroup group = stream.group(Bytes.ascii(name)).orElseThrow();
      StreamConsumer[] consumers = new StreamConsumer[name.equals("alone") ? 1 : 3];
      for (int i = 0; i < consumers.length; i++) {
        consumers[i] = group.addConsumer(Bytes.ascii("consumer " + i), i);
      }
      for (int i = 0; i < ELEMENTS && !name.equals("none"); i++) {
        // The last consumer of several has nothing.
        PendingEntry entry =
            group.assign(new StreamId(1, i + 1), consumers[i % ((consumers.length + 1) / 2)]);
        entry.time = i;
        entry.count = i % 5;
      }
    }
    db.put(e, 0, 1, stream, false);
    RdbWriter out = new RdbWriter(false, 1 << 16, parts::add);
    out.selectDb(2);
    out.entry(db, db.find(e, 0, 1));
    parts.add(out.take());
    assertTrue(parts.stream().allMatch(part -> part.length < 80_000));
    Db loaded = loaded();
    assertEquals(pending(stream), pending((StreamValue) loaded.value(loaded.find(e, 0, 1))));
  }

  private static List<String> pending(StreamValue stream) {
    List<String> all = new ArrayList<>();
    for (StreamGroup group : stream.groups()) {
      all.add(Bytes.text(group.name()) + group.lastId + group.entriesRead);
      PendingWalk entries = group.pendingFrom(StreamId.MIN);
      for (int n = group.pendingCount(); n > 0; n--) {
        PendingEntry entry = entries.next();
        String owner = Bytes.text(entry.consumer().name());
        all.add(entry.id() + owner + " " + entry.time + " " + entry.count);
      }
      group.consumers().forEach(c -> all.add(Bytes.text(c.name()) + c.seen + c.pendingCount()));
    }
    return all;
  }

  private final List<byte[]> parts = new ArrayList<>();

  /** Takes what has been sent, so that there is room for more. */
  private void taken(Saving saving) {
    for (Snapshots.Message message : snapshots.getAllReceived()) {
      if (message instanceof Snapshots.Big big) {
        parts.add(encoded(big.entry()));
        saving.written(big.bytes());
      } else if (message instanceof Snapshots.Chunk chunk) {
        for (byte[] part : chunk.parts()) {
          parts.add(part);
          saving.written(part.length);
        }
      }
    }
  }

  private byte[] encoded(Frozen frozen) {
    Db desk = new Keyspace(settings, System::currentTimeMillis).db(0);
    RdbWriter out = new RdbWriter(false);
    out.selectDb(frozen.db());
    out.entry(desk, desk.put(frozen.key(), 0, frozen.key().length, frozen.entry()));
    return out.take();
  }

  private Db loaded() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    RdbWriter frame = new RdbWriter(false);
    frame.header();
    file.writeBytes(frame.take());
    parts.forEach(file::writeBytes);
    frame.end();
    file.writeBytes(frame.take());
    file.writeBytes(new byte[Long.BYTES]);
    Keyspace loaded = new Keyspace(settings, System::currentTimeMillis);
    new RdbReader(new ByteArrayInputStream(file.toByteArray()), limits, true)
        .read((index, key, entry) -> loaded.db(index).put(key, 0, key.length, entry));
    return loaded.db(2);
  }
}
