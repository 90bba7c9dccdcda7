package io.sampo.data.zset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.Limits;
import io.sampo.data.Words;
import io.sampo.resp.Bytes;
import io.sampo.testkit.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations on a sorted set and on a TreeMap, compared step by step. */
class ZSetValueTest {
  private record Key(double score, String member) {}

  private static final Comparator<Key> ORDER =
      (x, y) ->
          x.score < y.score
              ? -1
              : x.score > y.score
                  ? 1
                  : Arrays.compareUnsigned(Bytes.ascii(x.member), Bytes.ascii(y.member));

  private final Limits limits = new Limits();
  private final TreeMap<Key, Boolean> order = new TreeMap<>(ORDER);
  private final Map<String, Double> scores = new HashMap<>();
  private ZSetValue set = new ZSetValue();
  private Random random;

  private void seed() {
    random = Seed.random("sorted set against TreeMap");
  }

  private ZSetValue.Outcome put(String member, double score) {
    byte[] m = Bytes.ascii(member);
    ZSetValue.Outcome outcome = set.put(score, 0, m, 0, m.length, limits);
    Double old = scores.put(member, score);
    if (old != null) {
      order.remove(new Key(old, member));
    }
    order.put(new Key(score, member), true);
    assertEquals(
        old == null
            ? ZSetValue.Outcome.ADDED
            : old == score ? ZSetValue.Outcome.SAME : ZSetValue.Outcome.CHANGED,
        outcome);
    return outcome;
  }

  private void remove(String member) {
    byte[] m = Bytes.ascii(member);
    Double old = scores.remove(member);
    assertEquals(old != null, set.remove(m, 0, m.length));
    if (old != null) {
      order.remove(new Key(old, member));
    }
  }

  private String member(int kinds) {
    int n = random.nextInt(kinds);
    return switch (n % 3) {
      case 0 -> "" + n;
      case 1 -> "m" + n;
      default -> "\u00fe".repeat(n % 5) + n;
    };
  }

  private double score(int kinds) {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextGaussian() * kinds;
      case 1 -> random.nextBoolean() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
      case 2 -> random.nextBoolean() ? 0.5 : 1e300;
      default -> random.nextInt(kinds);
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 100, 1000, 30_000})
  void staysAsTheModelIs(int kinds) {
    seed();
    for (int i = 0; i < 60_000; i++) {
      boolean grows = i / 15_000 % 2 == 0;
      String member = member(kinds);
      if (random.nextInt(10) < (grows ? 8 : 2)) {
        put(member, score(kinds));
      } else {
        remove(member);
      }
      if (!grows && random.nextInt(50) == 0 && !order.isEmpty()) {
        removeRange();
      }
      assertEquals(order.size(), set.size());
      checkMember(member(kinds));
      if (i % 500 == 0) {
        checkOrder();
        checkPoints(kinds);
      }
    }
    checkOrder();
    ZSetValue original = set;
    set = set.copy();
    while (original.size() > 0) {
      original.removeRange(original.size() / 2, 1);
    }
    checkOrder();
  }

  private void removeRange() {
    removeRange(random.nextInt(30) == 0 ? order.size() : 3);
  }

  private void removeRange(int most) {
    int from = random.nextInt(order.size());
    int count = Math.min(order.size() - from, random.nextInt(most + 1));
    set.removeRange(from, count);
    List<Key> gone = order.keySet().stream().skip(from).limit(count).toList();
    gone.forEach(order::remove);
    gone.forEach(key -> scores.remove(key.member));
  }

  private void checkMember(String member) {
    byte[] padded = Bytes.ascii("<" + member + ">");
    Double score = scores.get(member);
    double found = set.score(padded, 1, padded.length - 2);
    assertTrue(score == null ? Double.isNaN(found) : score == found, member);
    if (random.nextInt(100) == 0) {
      int rank = score == null ? -1 : order.headMap(new Key(score, member)).size();
      assertEquals(rank, set.rank(padded, 1, padded.length - 2));
    }
  }

  private void checkOrder() {
    List<Key> expected = new ArrayList<>(order.keySet());
    int from = expected.isEmpty() ? 0 : random.nextInt(expected.size());
    assertTrue(expected.subList(from, expected.size()).equals(walked(from, false)), "forward");
    List<Key> reversed = new ArrayList<>(expected.subList(0, expected.isEmpty() ? 0 : from + 1));
    Collections.reverse(reversed);
    assertTrue(reversed.equals(walked(from, true)), "in reverse");
  }

  private List<Key> walked(int from, boolean reverse) {
    List<Key> found = new ArrayList<>();
    ZSetWalk walk = set.walk(from, reverse);
    for (int n = set.size() == 0 ? 0 : reverse ? from + 1 : set.size() - from; n > 0; n--) {
      walk.next();
      byte[] m = Arrays.copyOfRange(walk.array(), walk.offset(), walk.offset() + walk.length());
      found.add(new Key(walk.score(), Bytes.text(m)));
    }
    return found;
  }

  private void checkPoints(int kinds) {
    for (int i = 0; i < 10; i++) {
      double score = score(kinds);
      long below = scores.values().stream().filter(s -> s < score).count();
      long through = scores.values().stream().filter(s -> s <= score).count();
      byte[] none = {};
      assertEquals(below, set.rank(score, none, 0, ZSetValue.NO_MEMBER, ZSetValue.BEFORE));
      assertEquals(through, set.rank(score, none, 0, ZSetValue.NO_MEMBER, ZSetValue.BEHIND));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {50, 5000})
  void ranksByMemberAlone(int kinds) {
    seed();
    for (int i = 0; i < 2 * kinds; i++) {
      put(member(kinds), 0);
    }
    for (int i = 0; i < 1000; i++) {
      String member = member(2 * kinds);
      byte[] m = Bytes.ascii(member);
      int before = order.headMap(new Key(0, member), false).size();
      int through = order.headMap(new Key(0, member), true).size();
      double any = ZSetValue.ANY_SCORE;
      assertEquals(before, set.rank(any, m, 0, m.length, ZSetValue.BEFORE));
      assertEquals(through, set.rank(any, m, 0, m.length, ZSetValue.BEHIND));
    }
  }

  @Test
  void ascendingAndDescendingScoresLeaveNodesFull() {
    seed();
    for (int i = 0; i < 20_000; i++) {
      put("m" + i, i);
      put("n" + i, -i);
    }
    checkOrder();
    long perElement = set.heapBytes() / set.size();
    assertTrue(perElement < 75, perElement + " bytes per element");
    while (set.size() > 0) {
      set.removeRange(random.nextBoolean() ? 0 : set.size() - 1, 1);
    }
    assertTrue(set.heapBytes() < 10_000, set.heapBytes() + " bytes when empty");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 100})
  void rangesOfEverySizeCanBeRemoved(int share) {
    seed();
    limits.zsetMaxListpackEntries = 0;
    for (int i = 0; i < 30_000; i++) {
      put(member(100_000), score(5000));
    }
    while (order.size() > 10) {
      removeRange(order.size() / share + 1);
      checkOrder();
      checkMember(member(100_000));
    }
    put("another", 1);
    checkOrder();
    assertTrue(set.heapBytes() < 10_000, set.heapBytes() + " bytes for a few elements");
    set.removeRange(0, set.size());
    assertEquals(0, set.size());
    assertEquals(set.heapBytes(), ZSetValue.indexed().heapBytes());
  }

  @Test
  void aScanSeesWhatStays() {
    seed();
    for (int i = 0; i < 20_000; i++) {
      put("stays" + i, i);
    }
    Set<String> seen = new HashSet<>();
    int passing = 0;
    int calls = 0;
    long cursor = 0;
    do {
      int[] visited = {0};
      cursor =
          set.scan(
              cursor,
              10,
              (score, a, offset, length) -> {
                String member = Bytes.text(Arrays.copyOfRange(a, offset, offset + length));
                visited[0]++;
                if (member.startsWith("stays")) {
                  assertTrue(seen.add(member), member);
                }
              });
      assertTrue(visited[0] <= 12, visited[0] + " at once");
      calls++;
      for (int i = 0; i < 20; i++) {
        // It grows to its double and shrinks again meanwhile.
        if (calls < 1000) {
          put("passes" + passing++, 3);
        } else if (passing > 0) {
          remove("passes" + --passing);
        }
      }
    } while (cursor != 0);
    assertEquals(20_000, seen.size());
  }

  @Test
  void theLimitsDecideTheEncoding() {
    limits.zsetMaxListpackEntries = 3;
    limits.zsetMaxListpackValue = 5;
    put("a", 1);
    put("b", 2);
    put("c", 3);
    put("c", 4);
    assertEquals("listpack", set.encoding());
    put("d", 4);
    assertEquals("skiplist", set.encoding());
    set = new ZSetValue();
    scores.clear();
    put("12345", 1);
    assertEquals("listpack", set.encoding());
    put("123456", 1);
    assertEquals("skiplist", set.encoding());
  }

  @Test
  void conditions() {
    byte[] m = {'m'};
    for (int entries : new int[] {0, 128}) {
      limits.zsetMaxListpackEntries = entries;
      ZSetValue z = new ZSetValue();
      assertEquals(ZSetValue.Outcome.REFUSED, z.put(1, ZSetValue.XX, m, 0, 1, limits));
      assertEquals(0, z.size());
      assertEquals(ZSetValue.Outcome.ADDED, z.put(1, ZSetValue.GT, m, 0, 1, limits));
      assertEquals(ZSetValue.Outcome.REFUSED, z.put(2, ZSetValue.NX, m, 0, 1, limits));
      assertEquals(ZSetValue.Outcome.REFUSED, z.put(1, ZSetValue.GT, m, 0, 1, limits));
      assertEquals(ZSetValue.Outcome.REFUSED, z.put(2, ZSetValue.LT, m, 0, 1, limits));
      assertEquals(ZSetValue.Outcome.SAME, z.put(1, ZSetValue.XX, m, 0, 1, limits));
      assertEquals(ZSetValue.Outcome.CHANGED, z.put(4, ZSetValue.INCR, m, 0, 1, limits));
      assertEquals(5, z.score(m, 0, 1));
      double infinite = Double.POSITIVE_INFINITY;
      assertEquals(ZSetValue.Outcome.CHANGED, z.put(infinite, 0, m, 0, 1, limits));
      assertEquals(
          ZSetValue.Outcome.NOT_A_NUMBER, z.put(-infinite, ZSetValue.INCR, m, 0, 1, limits));
      assertEquals(infinite, z.score(m, 0, 1));
    }
  }

  @Test
  void accountsForMembersThatComeAndGo() {
    long empty = new ZSetValue().heapBytes();
    limits.zsetMaxListpackEntries = 0;
    put("a", 1);
    long one = set.heapBytes();
    put("b".repeat(1000), 1);
    long more = set.heapBytes() - one;
    assertTrue(more >= 2000 && more < 2500, more + " bytes for one in both orders");
    assertTrue(set.heapBytes() >= set.copy().heapBytes());
    remove("b".repeat(1000));
    assertTrue(set.heapBytes() < one + 200, "one again: " + set.heapBytes() + ", " + one);
    assertTrue(empty < 60, empty + " bytes");
  }

  /** Of a set of several pages, in which many members have the same score. */
  @Test
  void rangesOfAllSizesAreRemovedFromABigSet() {
    random = Seed.random("ranges of a big set");
    TreeSet<Integer> model = new TreeSet<>();
    set = ZSetValue.indexed();
    for (int i = 0; i < 60_000; i++) {
      int n = random.nextInt(100_000);
      model.add(n);
      put("m%06d".formatted(n), n / 100);
    }
    for (int part : new int[] {1000, 30, 20, 10, 3, 2}) {
      List<Integer> ranks = List.copyOf(model);
      int count = ranks.size() / part;
      int from = random.nextInt(ranks.size() - count);
      set.removeRange(from, count);
      model.removeAll(ranks.subList(from, from + count));
      assertEquals(model.size(), set.size());
      ZSetWalk walk = set.walk(0, false);
      for (int n : model) {
        walk.next();
        byte[] m = Bytes.ascii("m%06d".formatted(n));
        int at = walk.offset();
        byte[] its = Arrays.copyOfRange(walk.array(), at, at + walk.length());
        assertEquals(Bytes.text(m), Bytes.text(its));
        assertEquals(n / 100, set.score(m, 0, m.length));
      }
      for (int n : ranks.subList(from, from + count)) {
        byte[] m = Bytes.ascii("m%06d".formatted(n));
        assertTrue(Double.isNaN(set.score(m, 0, m.length)));
      }
    }
  }

  /** So long that its members are not all looked up together. */
  @Test
  void aLongRangeIsRemovedFromABigSet() {
    set = ZSetValue.indexed();
    int size = 300_000;
    byte[] m = new byte[Long.BYTES];
    for (int n = 0; n < size; n++) {
      Words.putLong(m, 0, n);
      set.put(n * 7_919L % size, 0, m, 0, m.length, limits);
    }
    set.removeRange(100_000, 37_000);
    assertEquals(size - 37_000, set.size());
    for (int n = 0; n < size; n++) {
      Words.putLong(m, 0, n);
      long score = n * 7_919L % size;
      boolean isGone = score >= 100_000 && score < 137_000;
      assertEquals(isGone ? ZSetValue.NO_SCORE : score, set.score(m, 0, m.length));
    }
    assertEquals(set.copy().heapBytes(), set.heapBytes());
  }
}
