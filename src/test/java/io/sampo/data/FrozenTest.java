package io.sampo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.sampo.data.zset.ZSetValue;
import io.sampo.data.zset.ZSetWalk;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was frozen stays as it was, and its origin behaves as if nothing had been. */
final class FrozenTest {
  private static final int STEPS = 60_000;
  private static final int FILL = -1;

  private final Limits limits = new Limits();
  private Random random;

  /** A frozen value and what it has to hold. */
  private record Pair(Value frozen, Object content) {}

  private final List<Pair> pairs = new ArrayList<>();

  @BeforeEach
  void seed() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    random = new Random(seed);
  }

  private static String text(byte[] a, int offset, int length) {
    return new String(a, offset, length, StandardCharsets.ISO_8859_1);
  }

  private byte[] some(String prefix, int n) {
    return Bytes.ascii(prefix + random.nextInt(n));
  }

  private boolean freezes() {
    return random.nextInt(STEPS / 60) == 0;
  }

  @Test
  void hashes() {
    HashValue hash = new HashValue();
    Map<String, String> model = new HashMap<>();
    for (int i = 0; i < STEPS; i++) {
      byte[] field = some("field", i < STEPS * 2 / 3 ? 8000 : 500);
      if (random.nextInt(3) == 0 || i > STEPS * 2 / 3) {
        hash.remove(field, 0, field.length);
        model.remove(Bytes.text(field));
      } else {
        byte[] value =
            Bytes.ascii("x".repeat(random.nextInt(50) == 0 ? 5000 : random.nextInt(9)) + i);
        hash.set(field, 0, field.length, value, 0, value.length, limits);
        model.put(Bytes.text(field), Bytes.text(value));
      }
      if (freezes()) {
        pairs.add(new Pair(hash.frozen(), new HashMap<>(model)));
      }
    }
    assertEquals(model, content(hash));
    check();
    HashValue again = hash.copy();
    assertEquals(model, content(again));
  }

  private static Map<String, String> content(HashValue hash) {
    Map<String, String> content = new HashMap<>();
    hash.each(
        0,
        (f, fo, fl, v, vo, vl) -> {
          content.put(text(f, fo, fl), text(v, vo, vl));
          return true;
        });
    assertEquals(hash.size(), content.size());
    return content;
  }

  @Test
  void sets() {
    SetValue set = new SetValue();
    Set<String> model = new HashSet<>();
    for (int i = 0; i < STEPS; i++) {
      byte[] member = some("member", 6000);
      if (random.nextInt(5) < 2) {
        assertEquals(model.remove(Bytes.text(member)), set.remove(member, 0, member.length));
      } else {
        assertEquals(model.add(Bytes.text(member)), set.add(member, 0, member.length, limits));
      }
      if (freezes()) {
        pairs.add(new Pair(set.frozen(), new HashSet<>(model)));
      }
    }
    assertEquals(model, content(set));
    check();
  }

  @Test
  void integers() {
    limits.setMaxIntsetEntries = 2000;
    SetValue set = new SetValue();
    Set<String> model = new HashSet<>();
    for (int i = 0; i < STEPS; i++) {
      byte[] member = Bytes.ascii("" + random.nextInt(i > STEPS / 2 ? 1 << 20 : 1 << 12));
      boolean removes = model.size() > (i > STEPS * 4 / 5 ? 5000 : 1500) || random.nextInt(4) == 0;
      if (random.nextInt(50) == 0 && set.size() > 0) {
        int place = set.pick(new SplittableRandom(i));
        model.remove(Bytes.text(set.bytes(place)));
        set.removeAt(place);
      } else if (removes) {
        assertEquals(model.remove(Bytes.text(member)), set.remove(member, 0, member.length));
      } else {
        assertEquals(model.add(Bytes.text(member)), set.add(member, 0, member.length, limits));
      }
      if (freezes()) {
        pairs.add(new Pair(set.frozen(), new HashSet<>(model)));
      }
    }
    assertFalse(set.isIntegers());
    assertEquals(model, content(set));
    check();
  }

  private static Set<String> content(SetValue set) {
    Set<String> content = new HashSet<>();
    set.each((a, offset, length) -> content.add(text(a, offset, length)));
    assertEquals(set.size(), content.size());
    return content;
  }

  @Test
  void lists() {
    ListValue list = new ListValue();
    List<String> model = new ArrayList<>();
    for (int i = 0; i < STEPS / 3; i++) {
      byte[] e = Bytes.ascii("element " + i);
      int at = model.isEmpty() ? 0 : random.nextInt(model.size());
      boolean shrinks = i > STEPS / 4;
      switch (random.nextInt(shrinks ? 9 : 6)) {
        case 0 -> {
          list.prepare(e.length, 1, FILL, 0);
          list.addFirst(e, 0, e.length, FILL);
          model.add(0, Bytes.text(e));
        }
        case 1, 2 -> {
          list.prepare(e.length, 1, FILL, 0);
          list.addLast(e, 0, e.length, FILL);
          model.add(Bytes.text(e));
        }
        case 3 -> {
          list.prepare(e.length, 1, FILL, 0);
          list.insert(at, e, 0, e.length, FILL);
          model.add(at, Bytes.text(e));
        }
        case 4 -> {
          if (!model.isEmpty()) {
            list.set(at, e, 0, e.length, FILL);
            model.set(at, Bytes.text(e));
          }
        }
        case 5 -> {
          if (model.size() > 1) {
            list.removeFirst();
            model.remove(0);
            list.settle(FILL);
          }
        }
        default -> {
          int n = Math.min(5, model.size() - at - 1);
          if (n > 0) {
            list.remove(at, n, FILL);
            model.subList(at, at + n).clear();
            list.settle(FILL);
          }
        }
      }
      if (freezes()) {
        pairs.add(new Pair(list.frozen(), new ArrayList<>(model)));
      }
    }
    assertEquals(model, content(list));
    check();
  }

  private static List<String> content(ListValue list) {
    List<String> content = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      content.add(Bytes.text(list.get(i)));
    }
    return content;
  }

  @Test
  void sortedSets() {
    ZSetValue zset = ZSetValue.indexed();
    Map<String, Double> model = new HashMap<>();
    for (int i = 0; i < STEPS; i++) {
      byte[] member = some("member", 5000);
      if (random.nextInt(STEPS / 30) == 0 && zset.size() > 0) {
        removeRange(zset, model);
      }
      if (random.nextInt(5) < (i > STEPS * 2 / 3 ? 4 : 2)) {
        assertEquals(
            model.remove(Bytes.text(member)) != null, zset.remove(member, 0, member.length));
      } else {
        boolean slightly = random.nextBoolean() && model.containsKey(Bytes.text(member));
        double score =
            slightly ? Math.nextUp(model.get(Bytes.text(member))) : random.nextInt(1000) / 4.0;
        zset.put(score, 0, member, 0, member.length, limits);
        model.put(Bytes.text(member), score);
      }
      if (freezes()) {
        pairs.add(new Pair(zset.frozen(), new HashMap<>(model)));
      }
    }
    assertEquals(model, content(zset));
    for (Map.Entry<String, Double> entry : model.entrySet()) {
      byte[] member = Bytes.ascii(entry.getKey());
      assertEquals(entry.getValue(), zset.score(member, 0, member.length));
    }
    ZSetWalk walk = zset.walk(0, false);
    double last = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < zset.size(); i++) {
      walk.next();
      assertTrue(walk.score() >= last, "in order along the leaves");
      last = walk.score();
    }
    check();
  }

  private void removeRange(ZSetValue zset, Map<String, Double> model) {
    int from = random.nextInt(zset.size());
    int count = random.nextInt(zset.size() - from) / (random.nextBoolean() ? 1 : 30);
    ZSetWalk walk = zset.walk(from, false);
    for (int i = 0; i < count; i++) {
      walk.next();
      model.remove(text(walk.array(), walk.offset(), walk.length()));
    }
    zset.removeRange(from, count);
  }

  private static Map<String, Double> content(ZSetValue zset) {
    Map<String, Double> content = new HashMap<>();
    double[] last = {Double.POSITIVE_INFINITY};
    zset.eachBackward(
        (score, a, offset, length) -> {
          assertTrue(score <= last[0]);
          last[0] = score;
          content.put(text(a, offset, length), score);
        });
    assertEquals(zset.size(), content.size());
    return content;
  }

  @Test
  void streams() {
    StreamValue stream = new StreamValue();
    StreamValue twin = new StreamValue();
    for (int i = 1; i < STEPS; i++) {
      Consumer<StreamValue> change = i % 1000 == 1 ? group(i / 1000) : change(i);
      change.accept(stream);
      change.accept(twin);
      if (freezes()) {
        pairs.add(new Pair(stream.frozen(), content(stream)));
        assertEquals(content(twin), content(stream));
        assertEquals(twin.heapBytes(), stream.heapBytes());
      }
    }
    assertEquals(content(twin), content(stream));
    assertEquals(content(twin), content(stream.copy()));
    assertEquals(twin.heapBytes(), stream.heapBytes());
    check();
  }

  /** A new group, or the end of one that is there. */
  private static Consumer<StreamValue> group(int n) {
    byte[] name = Bytes.ascii("group " + n % 3);
    return stream ->
        stream
            .group(name)
            .ifPresentOrElse(
                group -> {
                  if (n % 5 == 0) {
                    stream.removeGroup(group);
                  }
                },
                () -> stream.addGroup(name, StreamId.MIN, 0));
  }

  private Consumer<StreamValue> change(int i) {
    int what = random.nextInt(100);
    StreamId id = new StreamId(1, 1 + random.nextInt(i));
    byte[] value = Bytes.ascii("value " + "x".repeat(random.nextInt(30)));
    byte[] name = Bytes.ascii("consumer " + random.nextInt(4));
    boolean whole = random.nextBoolean();
    if (what < 40) {
      return stream -> stream.append(new StreamId(1, i), Args.of(name, value), 0, limits);
    }
    if (what < 50) {
      return stream -> stream.delete(id);
    }
    if (what == 50) {
      return stream -> stream.trim(stream.length() * 9 / 10, StreamId.MAX, whole, 0);
    }
    return stream -> stream.groups().forEach(group -> change(group, what, id, name, i));
  }

  private static void change(StreamGroup group, int what, StreamId id, byte[] name, int i) {
    PendingEntry there = group.pending(id);
    if (what < 80) {
      StreamConsumer consumer = group.consumer(name).orElseGet(() -> group.addConsumer(name, i));
      PendingEntry entry = group.assign(id, consumer);
      entry.time = i;
      entry.count++;
      consumer.active = i;
      group.lastId = id;
    } else if (what < 90 && there != PendingEntry.NONE) {
      PendingEntry own = group.own(there);
      own.time = -i;
      own.count++;
    } else if (what < 98 && there != PendingEntry.NONE) {
      group.acknowledge(there);
    } else if (what == 99 && i % 20 == 0) {
      group.consumer(name).ifPresent(group::removeConsumer);
    }
  }

  private static List<String> content(StreamValue stream) {
    List<String> all = new ArrayList<>();
    StreamRange range = stream.range(StreamId.MIN, StreamId.MAX);
    while (range.next()) {
      all.add(range.id() + " " + range.fields().stream().map(Bytes::text).toList());
    }
    assertEquals(stream.length(), all.size());
    all.add(stream.firstId() + " " + stream.lastId() + " " + stream.maxDeletedId());
    for (StreamGroup group : stream.groups()) {
      all.add(Bytes.text(group.name()) + " " + group.lastId + " " + group.entriesRead);
      all.addAll(pending(group.pendingFrom(StreamId.MIN), group.pendingCount(), true));
      for (StreamConsumer consumer : group.consumers()) {
        all.add(Bytes.text(consumer.name()) + " " + consumer.seen + " " + consumer.active);
        int count = consumer.pendingCount();
        all.addAll(pending(consumer.pendingFrom(StreamId.MIN), count, false));
      }
    }
    return all;
  }

  private static List<String> pending(PendingWalk walk, int count, boolean whole) {
    List<String> all = new ArrayList<>();
    PendingEntry entry = walk.next();
    while (entry != PendingEntry.NONE) {
      all.add(whole ? entry.id() + " " + entry.time + " " + entry.count : entry.id().toString());
      entry = walk.next();
    }
    assertEquals(count, all.size());
    return all;
  }

  private void check() {
    assertTrue(!pairs.isEmpty(), "something was frozen");
    for (Pair pair : pairs) {
      Object content =
          pair.frozen instanceof HashValue hash
              ? content(hash)
              : pair.frozen instanceof SetValue set
                  ? content(set)
                  : pair.frozen instanceof ListValue list
                      ? content(list)
                      : pair.frozen instanceof StreamValue stream
                          ? content(stream)
                          : content((ZSetValue) pair.frozen);
      assertEquals(pair.content, content);
    }
  }
}
