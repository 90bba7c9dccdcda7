package io.sampo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
          list.prepare(e.length, 1, FILL);
          list.addFirst(e, 0, e.length, FILL);
          model.add(0, Bytes.text(e));
        }
        case 1, 2 -> {
          list.prepare(e.length, 1, FILL);
          list.addLast(e, 0, e.length, FILL);
          model.add(Bytes.text(e));
        }
        case 3 -> {
          list.prepare(e.length, 1, FILL);
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
                      : content((ZSetValue) pair.frozen);
      assertEquals(pair.content, content);
    }
  }
}
