package io.sampo.data.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.HeapTally;
import io.sampo.data.Limits;
import io.sampo.data.Pages;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import io.sampo.testkit.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams hold what a sorted map would, and account for all they take. */
class StreamValueTest {
  private static final String[][] FIELDS = {{"a"}, {"a", "b"}, {"b", "a"}, {"c", "d", "e"}};

  private final Limits limits = new Limits();
  private final TreeMap<StreamId, List<String>> model = new TreeMap<>();
  private StreamValue stream = new StreamValue();

  private static long seed() {
    long seed = Seed.of("random streams");
    return seed;
  }

  private void add(StreamId id, List<String> pairs) {
    byte[][] parts = pairs.stream().map(Bytes::ascii).toArray(byte[][]::new);
    stream.append(id, Args.of(parts), 0, limits);
    model.put(id, pairs);
  }

  private static List<String> pairs(Random random) {
    List<String> pairs = new ArrayList<>();
    for (String field : FIELDS[random.nextInt(FIELDS.length)]) {
      pairs.add(field);
      pairs.add(random.nextBoolean() ? "" + random.nextLong() : "v".repeat(random.nextInt(90)));
    }
    return pairs;
  }

  private static byte[] encoded(StreamRange range) {
    ReplyWriter out = new ReplyWriter(64);
    while (range.next()) {
      range.write(out);
    }
    return out.toByteArray();
  }

  private byte[] expected(StreamId from, StreamId to, boolean backward) {
    ReplyWriter out = new ReplyWriter(64);
    var part =
        from.isAbove(to)
            ? new TreeMap<StreamId, List<String>>()
            : model.subMap(from, true, to, true);
    (backward ? part.descendingMap() : part)
        .forEach(
            (id, pairs) -> {
              out.array(2);
              out.bulk(id.toString());
              out.array(pairs.size());
              pairs.forEach(out::bulk);
            });
    return out.toByteArray();
  }

  private void compare(StreamId from, StreamId to) {
    assertEquals(
        Bytes.text(expected(from, to, false)), Bytes.text(encoded(stream.range(from, to))));
    assertEquals(
        Bytes.text(expected(from, to, true)), Bytes.text(encoded(stream.reverseRange(from, to))));
  }

  @Test
  void isASortedMap() {
    Random random = new Random(seed());
    long empty = stream.heapBytes();
    for (int round = 0; round < 6; round++) {
      limits.streamNodeMaxEntries = 1 + random.nextInt(40);
      for (int i = 0; i < 1500; i++) {
        change(random);
        StreamId from = someId(random);
        StreamId to = someId(random);
        compare(from, to);
        assertEquals(model.containsKey(from), stream.contains(from));
      }
      compare(StreamId.MIN, StreamId.MAX);
      assertEquals(model.size(), stream.length());
      assertEquals(model.isEmpty() ? StreamId.MIN : model.firstKey(), stream.firstId());
      assertEquals(model.isEmpty() ? StreamId.MIN : model.lastKey(), stream.lastEntryId());
      StreamValue copy = stream.copy();
      assertTrue(copy.heapBytes() <= stream.heapBytes());
      stream.trim(0, StreamId.MAX, false, 0);
      assertEquals(empty, stream.heapBytes(), "leaks");
      stream = copy;
      compare(StreamId.MIN, StreamId.MAX);
    }
  }

  private void change(Random random) {
    StreamId last = stream.lastId();
    int what = random.nextInt(20);
    if (what < 14) {
      StreamId id =
          random.nextBoolean()
              ? last.next()
              : new StreamId(last.ms() + 1 + random.nextInt(3), random.nextInt(5));
      add(id, pairs(random));
    } else if (what < 19) {
      StreamId id = someId(random);
      assertEquals(model.remove(id) != null, stream.delete(id));
    } else if (random.nextInt(10) == 0) {
      long keep = random.nextInt(200);
      long removed = stream.trim(keep, StreamId.MAX, random.nextBoolean(), 0);
      assertTrue(removed <= Math.max(0, model.size() - keep));
      for (; removed > 0; removed--) {
        model.pollFirstEntry();
      }
    }
  }

  private StreamId someId(Random random) {
    long most = stream.lastId().ms() + 2;
    return new StreamId(random.nextLong(most), random.nextInt(5));
  }

  @Test
  void seekingFindsWhatIsThere() {
    Random random = new Random(seed());
    for (int i = 0; i < 2000; i++) {
      change(random);
    }
    for (int walks = 0; walks < 50; walks++) {
      StreamRange entries = stream.range(someId(random), StreamId.MAX);
      StreamId id = someId(random);
      for (int i = 0; i < 200; i++) {
        boolean found = entries.seek(id);
        assertEquals(model.containsKey(id), found, id::toString);
        if (found) {
          assertEquals(id, entries.id());
          assertEquals(model.get(id), entries.fields().stream().map(Bytes::text).toList());
        }
        id = random.nextInt(20) == 0 ? someId(random) : id.next();
        if (random.nextInt(4) == 0 && model.higherKey(id) != null) {
          id = model.higherKey(id);
        }
      }
    }
  }

  @Test
  void anIndexIsASortedSet() {
    Random random = new Random(seed());
    HeapTally tally = new HeapTally();
    IdIndex<PendingEntry> index = new IdIndex<>(PendingEntry.NONE, tally);
    TreeSet<StreamId> ids = new TreeSet<>();
    for (int i = 0; i < 40_000; i++) {
      // It grows at first, and then shrinks to nothing.
      StreamId id = new StreamId(random.nextInt(3000) - 50, random.nextInt(3) - 1);
      boolean adds = random.nextInt(40_000) > i;
      if (adds && ids.add(id)) {
        index.add(new PendingEntry(id, StreamConsumer.NOBODY));
      } else if (!adds && !ids.isEmpty()) {
        StreamId gone = ids.ceiling(id) == null ? ids.first() : ids.ceiling(id);
        ids.remove(gone);
        index.remove(index.get(gone.ms(), gone.seq()));
      }
      assertEquals(ids.size(), index.size());
      check(ids.floor(id), index.floor(id.ms(), id.seq()));
      check(ids.higher(id), index.higher(id.ms(), id.seq()));
      check(ids.lower(id), index.lower(id.ms(), id.seq()));
      check(ids.ceiling(id), index.from(id.ms(), id.seq()).next());
      check(ids.isEmpty() ? null : ids.first(), index.first());
      check(ids.isEmpty() ? null : ids.last(), index.last());
    }
    while (index.size() > 0) {
      index.remove(index.last());
    }
    assertEquals(0, tally.bytes);
  }

  @Test
  void aWalkGoesOnWhateverChanges() {
    Random random = new Random(seed());
    for (int round = 0; round < 200; round++) {
      HeapTally tally = new HeapTally();
      IdIndex<PendingEntry> index = new IdIndex<>(PendingEntry.NONE, tally);
      TreeSet<StreamId> ids = new TreeSet<>();
      for (int i = random.nextInt(1000); i > 0; i--) {
        StreamId id = new StreamId(random.nextInt(500), random.nextInt(2));
        if (ids.add(id)) {
          index.add(new PendingEntry(id, StreamConsumer.NOBODY));
        }
      }
      StreamId from = new StreamId(random.nextInt(500), random.nextInt(2));
      StreamId expected = ids.ceiling(from);
      var walk = index.from(from.ms(), from.seq());
      boolean changes = random.nextBoolean();
      while (expected != null) {
        check(expected, walk.next());
        if (changes && random.nextInt(3) == 0) {
          index.remove(index.get(expected.ms(), expected.seq()));
          ids.remove(expected);
        } else if (changes && random.nextInt(5) == 0) {
          StreamId id = new StreamId(random.nextInt(500), random.nextInt(2));
          if (ids.add(id)) {
            index.add(new PendingEntry(id, StreamConsumer.NOBODY));
          }
        }
        expected = ids.higher(expected);
      }
      check(null, walk.next());
      int rest = random.nextInt(3);
      index.removeIf(entry -> entry.ms() % 3 >= rest || entry.ms() > 300);
      ids.removeIf(id -> id.ms() % 3 >= rest || id.ms() > 300);
      assertEquals(ids.size(), index.size());
      var left = index.from(0, 0);
      ids.forEach(id -> check(id, left.next()));
      ids.forEach(id -> check(id, index.get(id.ms(), id.seq())));
      index.removeIf(entry -> true);
      assertEquals(0, tally.bytes);
    }
  }

  private static void check(StreamId expected, PendingEntry entry) {
    assertEquals(expected == null, entry == PendingEntry.NONE);
    if (expected != null) {
      assertEquals(expected, entry.id());
    }
  }

  @Test
  void groupsAccountForWhatTheyHold() {
    Random random = new Random(seed());
    long empty = stream.heapBytes();
    for (int round = 0; round < 20; round++) {
      stream.addGroup(Bytes.ascii("g"), StreamId.MIN, 0);
      StreamGroup group = stream.group(Bytes.ascii("g")).orElseThrow();
      for (int i = 0; i < 1000; i++) {
        byte[] name = Bytes.ascii("c" + random.nextInt(5));
        StreamConsumer consumer = group.consumer(name).orElseGet(() -> group.addConsumer(name, 1));
        StreamId id = new StreamId(random.nextInt(300), 0);
        switch (random.nextInt(8)) {
          case 0, 1, 2, 3, 4 -> assertEquals(consumer, group.assign(id, consumer).consumer());
          case 5, 6 -> {
            if (group.pending(id) != PendingEntry.NONE) {
              group.acknowledge(group.pending(id));
            }
          }
          default -> {
            if (random.nextInt(20) == 0) {
              group.removeConsumer(consumer);
            }
          }
        }
        int sum = group.consumers().stream().mapToInt(StreamConsumer::pendingCount).sum();
        assertEquals(group.pendingCount(), sum);
      }
      assertTrue(stream.heapBytes() > empty + 48L * group.pendingCount());
      StreamValue copy = stream.copy();
      assertEquals(group.pendingCount(), copy.group(group.name()).orElseThrow().pendingCount());
      stream.removeGroup(group);
      assertEquals(empty, stream.heapBytes(), "leaks");
      assertFalse(copy.groups().isEmpty());
    }
  }

  /** The values are so long that some thousand entries make a long stream. */
  private static List<String> longPairs(Random random) {
    return List.of("field", "v".repeat(100 + random.nextInt(400)) + random.nextInt());
  }

  private void addLong(Random random, int count) {
    for (int i = 0; i < count; i++) {
      add(new StreamId(stream.lastId().ms() + 1 + random.nextInt(2), 1), longPairs(random));
    }
  }

  private void deleteSome(Random random, int count) {
    for (int i = 0; i < count && model.size() > 1; i++) {
      long first = model.firstKey().ms();
      long ms = first + random.nextLong(model.lastKey().ms() - first + 1);
      StreamId id = new StreamId(ms, 1);
      assertEquals(model.remove(id) != null, stream.delete(id));
    }
  }

  private void trim(Random random, int keep) {
    int before = model.size();
    long removed = stream.trim(keep, StreamId.MAX, random.nextBoolean(), 0);
    for (; removed > 0; removed--) {
      model.pollFirstEntry();
    }
    assertTrue(model.size() >= Math.min(keep, before));
    assertEquals(model.size(), stream.length());
  }

  private void checkHeap(StreamValue value) {
    assertEquals(value.heapByNode(), value.heapBytes());
    long used = model.values().stream().mapToLong(pairs -> pairs.get(1).length() + 20).sum();
    assertTrue(value.heapBytes() < 3 * used + 4 * Pages.BYTES, value.heapBytes() + " for " + used);
  }

  @Test
  void aLongStreamIsASortedMapToo() {
    Random random = new Random(seed());
    List<StreamValue> frozen = new ArrayList<>();
    List<String> whole = new ArrayList<>();
    for (int phase = 0; phase < 40; phase++) {
      addLong(random, phase < 4 ? 3_000 : random.nextInt(3_000));
      if (phase >= 4) {
        switch (random.nextInt(4)) {
          case 0 -> trim(random, random.nextInt(model.size() + 1));
          case 1 -> trim(random, model.size() - model.size() / 8);
          default -> deleteSome(random, random.nextInt(model.size() / 2 + 1));
        }
      }
      switch (random.nextInt(6)) {
        case 0 -> stream = stream.copy();
        case 1 -> {
          frozen.add(stream.frozen());
          whole.add(Bytes.text(expected(StreamId.MIN, StreamId.MAX, false)));
        }
        default -> {
          // It goes on as it is.
        }
      }
      compare(StreamId.MIN, StreamId.MAX);
      for (int i = 0; i < 20; i++) {
        StreamId from = new StreamId(random.nextLong(stream.lastId().ms() + 2), 1);
        compare(from, new StreamId(from.ms() + 20, 0));
        assertEquals(model.containsKey(from), stream.contains(from));
      }
      checkHeap(stream);
    }
    for (int i = 0; i < frozen.size(); i++) {
      StreamRange all = frozen.get(i).range(StreamId.MIN, StreamId.MAX);
      assertEquals(whole.get(i), Bytes.text(encoded(all)));
    }
    trim(random, 10);
    stream.trim(10, StreamId.MAX, false, 0);
    while (model.size() > 10) {
      model.pollFirstEntry();
    }
    compare(StreamId.MIN, StreamId.MAX);
    assertTrue(stream.heapBytes() < 20_000, "" + stream.heapBytes());
  }

  /** Cut off by whole nodes or to the entry, or each entry deleted when it is done with. */
  @ParameterizedTest
  @ValueSource(strings = {"nodes", "entries", "deleted"})
  void aStreamOfSteadyLengthUsesItsPagesAgain(String how) {
    Random random = new Random(seed());
    Set<byte[]> pages = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < 60_000; i++) {
      add(new StreamId(i + 1, 0), longPairs(random));
      int over = model.size() - 8_000;
      if (over > 0) {
        if (how.equals("deleted")) {
          assertTrue(stream.delete(model.firstKey()));
        } else {
          over = (int) stream.trim(8_000, StreamId.MAX, how.equals("nodes"), 0);
        }
        for (int n = 0; n < over; n++) {
          model.pollFirstEntry();
        }
      }
      if (i % 500 == 0) {
        pages.addAll(pages());
        checkHeap(stream);
      }
    }
    compare(StreamId.MIN, StreamId.MAX);
    // It holds 2.5 MB, and 19 MB went through it.
    assertTrue(pages.size() > 2 && pages.size() < 12, "" + pages.size());
  }

  @Test
  void pagesAreGivenBackUnlessAFrozenStreamHasThem() {
    Random random = new Random(seed());
    addLong(random, 8_000);
    Set<byte[]> pages = pages();
    assertTrue(pages.size() > 2);
    StreamValue frozen = stream.frozen();
    stream.release();
    assertFalse(pages.contains(Pages.take()));
    assertEquals(
        Bytes.text(expected(StreamId.MIN, StreamId.MAX, false)),
        Bytes.text(encoded(frozen.range(StreamId.MIN, StreamId.MAX))));
    stream = frozen.copy();
    addLong(random, 100);
    pages = pages();
    assertTrue(pages.size() > 2);
    stream.release();
    assertTrue(pages.contains(Pages.take()));
  }

  private Set<byte[]> pages() {
    Set<byte[]> pages = Collections.newSetFromMap(new IdentityHashMap<>());
    StreamValue.NodeWalk walk = stream.nodes();
    while (walk.next((ms, seq, a, offset, length) -> pages.add(a))) {
      // Each is noted as it is shown.
    }
    pages.removeIf(a -> a.length != Pages.BYTES);
    return pages;
  }
}
