package io.sampo.data.zset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.LargeValues;
import io.sampo.resp.Bytes;
import io.sampo.testkit.Seed;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order of a big sorted set, over many pages, against a tree of the library. */
class ScorePagesTest {
  private static final int MANY = 100_000;

  /** An element; its member is told by a number, and of its own length. */
  private record Element(double score, byte[] member) implements Comparable<Element> {
    @Override
    public int compareTo(Element other) {
      return score < other.score
          ? -1
          : score > other.score ? 1 : Arrays.compareUnsigned(member, other.member);
    }
  }

  private enum Kind {
    SHORT(40, 20_000, 1000),
    /** So that a few thousand elements take several pages. */
    LONG(3000, 2500, 1000),
    OF_ONE_SCORE(3000, 2500, 1),
    OF_TWO_SCORES(1500, 4000, 2),
    /** Most have arrays of their own. */
    LARGE(9000, 4000, 50);

    final int length;
    final int members;
    final int scores;

    Kind(int length, int members, int scores) {
      this.length = length;
      this.members = members;
      this.scores = scores;
    }
  }

  private record Frozen(ScorePages pages, List<Element> content) {}

  private final Random random = Seed.random("pages of scores against TreeSet");
  private ScorePages pages = new ScorePages();
  private final TreeSet<Element> model = new TreeSet<>();
  private Element[] present = {};
  private Kind kind = Kind.SHORT;

  private byte[] member(int n) {
    String name = (n % 3 == 0 ? "a".repeat(n % 7) : "prefix") + n;
    byte[] member = Arrays.copyOf(Bytes.ascii(name), n * 31 % kind.length + name.length());
    Arrays.fill(member, name.length(), member.length, (byte) -n);
    return member;
  }

  private double score() {
    int n = random.nextInt(kind.scores);
    return n == 0
        ? (random.nextBoolean() ? -0.0 : 0.0)
        : n == 1 ? Double.NEGATIVE_INFINITY : n / 4.;
  }

  private void set(int n, double score) {
    byte[] m = member(n);
    Element old = present[n];
    Element element = new Element(score, m);
    if (old == null) {
      pages.add(score, m, 0, m.length);
    } else {
      pages.rescore(old.score, score, m, 0, m.length);
      model.remove(old);
    }
    model.add(element);
    present[n] = element;
  }

  private void remove(int n) {
    Element old = present[n];
    if (old != null) {
      pages.remove(old.score, old.member, 0, old.member.length);
      model.remove(old);
      present[n] = null;
    }
  }

  private void removeRange(int most) {
    int from = random.nextInt(model.size());
    int count = Math.min(random.nextInt(most + 1), model.size() - from);
    if (count == model.size()) {
      return;
    }
    Set<Element> gone = new HashSet<>(model.stream().skip(from).limit(count).toList());
    pages.removeRange(from, count);
    model.removeAll(gone);
    for (int n = 0; n < present.length; n++) {
      present[n] = gone.contains(present[n]) ? null : present[n];
    }
  }

  @ParameterizedTest
  @EnumSource
  void staysAsTheModelIs(Kind itsKind) {
    kind = itsKind;
    present = new Element[kind.members];
    List<Frozen> frozen = new ArrayList<>();
    int steps = kind.members * 6;
    for (int i = 0; i < steps; i++) {
      boolean grows = i / (steps / 4) % 2 == 0;
      int n = random.nextInt(kind.members);
      if (random.nextInt(10) < (grows ? 9 : 3)) {
        boolean slightly = present[n] != null && random.nextBoolean();
        set(n, slightly ? present[n].score + random.nextInt(3) : score());
      } else {
        remove(n);
      }
      if (!grows && random.nextInt(steps / 20) == 0 && !model.isEmpty()) {
        removeRange(random.nextInt(5) == 0 ? model.size() : model.size() / 10);
      }
      if (random.nextInt(steps / 8) == 0) {
        frozen.add(new Frozen(pages.frozen(), new ArrayList<>(model)));
      }
      if (i % (steps / 12) == 0) {
        check(pages, new ArrayList<>(model));
      }
    }
    check(pages, new ArrayList<>(model));
    ScorePages copy = pages.copy();
    List<Element> content = new ArrayList<>(model);
    while (model.size() > 1) {
      removeRange(model.size());
    }
    check(pages, new ArrayList<>(model));
    assertTrue(heap(pages) < 15_000 + 10 * kind.length, "small again: " + heap(pages));
    check(copy, content);
    frozen.forEach(f -> assertEquals(texts(f.content), backward(f.pages)));
  }

  private void check(ScorePages all, List<Element> content) {
    assertEquals(heap(all), all.heapBytes());
    assertEquals(texts(content), backward(all));
    if (content.isEmpty()) {
      return;
    }
    int from = random.nextInt(content.size());
    ScoreCursor up = new ScoreCursor();
    all.seek(from, up);
    for (Element element : content.subList(from, content.size())) {
      assertEquals(element.score, up.score);
      assertArrayEquals(element.member, member(up));
      up.forward();
    }
    ScoreCursor down = new ScoreCursor();
    all.seek(from, down);
    for (int i = from; i >= 0; i--) {
      assertArrayEquals(content.get(i).member, member(down));
      down.back();
    }
    for (int i = 0; i < 50; i++) {
      checkPoints(all, content, random.nextInt(content.size()));
    }
  }

  private static byte[] member(ScoreCursor c) {
    return Arrays.copyOfRange(c.array, c.offset, c.offset + c.length);
  }

  private void checkPoints(ScorePages all, List<Element> content, int i) {
    Element e = content.get(i);
    byte[] m = e.member;
    assertEquals(i, all.rank(e.score, m, 0, m.length, ScorePages.BEFORE));
    assertEquals(i + 1, all.rank(e.score, m, 0, m.length, ScorePages.BEHIND));
    double score = random.nextBoolean() ? e.score : score();
    int less = count(content, Double.NEGATIVE_INFINITY, score) - count(content, score, score);
    byte[] none = {};
    assertEquals(less, all.rank(score, none, 0, ScorePages.NO_MEMBER, ScorePages.BEFORE));
    int upTo = count(content, Double.NEGATIVE_INFINITY, score);
    assertEquals(upTo, all.rank(score, none, 0, ScorePages.NO_MEMBER, ScorePages.BEHIND));
    if (content.get(0).score == content.get(content.size() - 1).score) {
      assertEquals(i, all.rank(ScorePages.ANY_SCORE, m, 0, m.length, ScorePages.BEFORE));
      assertEquals(i + 1, all.rank(ScorePages.ANY_SCORE, m, 0, m.length, ScorePages.BEHIND));
    }
  }

  private static int count(List<Element> content, double from, double to) {
    return (int) content.stream().filter(e -> e.score >= from && e.score <= to).count();
  }

  private static List<String> texts(List<Element> content) {
    List<String> texts = new ArrayList<>();
    content.forEach(e -> texts.add(text(e.score, e.member, 0, e.member.length)));
    return texts;
  }

  /** Enough of an element to tell it by: signs of zeros are kept. */
  private static String text(double score, byte[] a, int offset, int length) {
    int hash = Arrays.hashCode(Arrays.copyOfRange(a, offset, offset + length));
    return score + " " + length + " " + hash;
  }

  private static List<String> backward(ScorePages all) {
    List<String> texts = new ArrayList<>();
    all.eachBackward((score, a, offset, length) -> texts.add(text(score, a, offset, length)));
    Collections.reverse(texts);
    return texts;
  }

  // ---- memory ----

  /** The heap of what an object leads to, but for what is shared by all. */
  private static long heap(Object root) {
    long sum = 0;
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    seen.add(LargeValues.NONE);
    Deque<Object> left = new ArrayDeque<>(List.of(root));
    while (!left.isEmpty()) {
      Object o = left.pop();
      if (!seen.add(o)) {
        continue;
      }
      if (o.getClass().isArray()) {
        int n = Array.getLength(o);
        Class<?> of = o.getClass().getComponentType();
        sum += n == 0 ? 0 : 16 + ((long) n * sizeOf(of) + 7 & ~7);
        for (int i = 0; i < n && !of.isPrimitive(); i++) {
          if (Array.get(o, i) != null) {
            left.push(Array.get(o, i));
          }
        }
      } else {
        sum += heapOf(o, left);
      }
    }
    return sum;
  }

  private static long heapOf(Object o, Deque<Object> left) {
    int fields = 12;
    for (Field field : o.getClass().getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        fields += sizeOf(field.getType());
        field.setAccessible(true);
        try {
          if (!field.getType().isPrimitive() && field.get(o) != null) {
            left.push(field.get(o));
          }
        } catch (IllegalAccessException e) {
          throw new AssertionError(e);
        }
      }
    }
    return fields + 7 & ~7;
  }

  private static int sizeOf(Class<?> type) {
    return type == long.class || type == double.class
        ? 8
        : type == short.class ? 2 : type == byte.class || type == boolean.class ? 1 : 4;
  }

  private double perElement(int n) {
    return (double) pages.heapBytes() / n;
  }

  private void add(double score, int n) {
    byte[] m = Bytes.ascii(String.format("element:%07d", n));
    pages.add(score, m, 0, m.length);
  }

  @Test
  void inAnyOrderOfComingItIsDense() {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      numbers.add(i);
    }
    for (int n : numbers) {
      add(n, n);
    }
    // 16 bytes of the member and its length, 12 of the slot.
    assertTrue(perElement(MANY) < 34, "ascending: " + perElement(MANY));
    pages = new ScorePages();
    for (int n : numbers) {
      add(-n, n);
    }
    assertTrue(perElement(MANY) < 34, "descending: " + perElement(MANY));
    Collections.shuffle(numbers, random);
    pages = new ScorePages();
    for (int n : numbers) {
      add(0, n);
    }
    assertTrue(perElement(MANY) < 55, "in no order: " + perElement(MANY));
    assertEquals(heap(pages), pages.heapBytes());
  }

  @Test
  void aLeaderboardStaysDense() {
    double[] scores = new double[MANY / 2];
    for (int i = 0; i < scores.length; i++) {
      add(0, i);
    }
    for (int i = 0; i < 5 * scores.length; i++) {
      int n = random.nextInt(scores.length);
      byte[] m = Bytes.ascii(String.format("element:%07d", n));
      double score = scores[n] + random.nextInt(100);
      if (score != scores[n]) {
        pages.rescore(scores[n], score, m, 0, m.length);
        scores[n] = score;
      }
    }
    assertTrue(perElement(scores.length) < 75, "bytes each: " + perElement(scores.length));
    double last = Double.NEGATIVE_INFINITY;
    ScoreCursor cursor = new ScoreCursor();
    pages.seek(0, cursor);
    for (int i = 0; i < scores.length; i++) {
      String member = Bytes.text(member(cursor));
      assertEquals(scores[Integer.parseInt(member.substring(8))], cursor.score);
      assertTrue(cursor.score >= last, "in order");
      last = cursor.score;
      cursor.forward();
    }
  }

  @Test
  void aQueueGivesBackWhatItLeaves() {
    int waiting = 30_000;
    for (int i = 0; i < 5 * waiting; i++) {
      add(i, i);
      if (i >= waiting) {
        pages.removeRange(0, 1);
      }
    }
    assertTrue(perElement(waiting) < 60, "bytes each: " + perElement(waiting));
    pages.removeRange(0, waiting - 3);
    assertTrue(pages.heapBytes() < 2000, "bytes of three: " + pages.heapBytes());
  }
}
