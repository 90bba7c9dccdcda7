package io.sampo.data.list;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.Needle;
import io.sampo.data.Pages;
import io.sampo.resp.ReplyWriter;
import io.sampo.testkit.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A list is what a plain list of strings would be, in less space. */
class ListValueTest {
  private static final int FILL = -2;

  @ParameterizedTest
  @ValueSource(ints = {-5, -2, -1, 0, 1, 3, 100})
  void itIsAListWhateverTheLimit(int fill) {
    Random random = Seed.random("random list", 7);
    ListValue list = new ListValue();
    List<String> model = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      // Grows for a while, then shrinks.
      boolean growing = step / 2_000 % 2 == 0;
      change(random, growing, list, model, fill);
      assertEquals(model.size(), list.size());
      if (model.isEmpty()) {
        list = new ListValue();
      } else {
        look(random, list, model);
      }
      if (step % 500 == 0) {
        compare(list, model);
        compare(list.copy(), model);
      }
    }
    compare(list, model);
  }

  @Test
  void aCopyIsAListOfItsOwn() {
    Random random = Seed.random("copied lists", 8);
    ListValue[] lists = {new ListValue(), new ListValue(), new ListValue()};
    List<List<String>> models = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int step = 0; step < 30_000; step++) {
      int i = random.nextInt(lists.length);
      change(random, step % 4_000 < 2_500, lists[i], models.get(i), 10);
      if (models.get(i).isEmpty()) {
        lists[i] = new ListValue();
      }
      if (step % 200 == 0) {
        int other = random.nextInt(lists.length);
        if (other != i && !models.get(i).isEmpty()) {
          lists[other] = lists[i].copy();
          models.get(other).clear();
          models.get(other).addAll(models.get(i));
        }
        for (int n = 0; n < lists.length; n++) {
          if (!models.get(n).isEmpty()) {
            compare(lists[n], models.get(n));
          }
        }
      }
    }
  }

  private static void change(
      Random random, boolean growing, ListValue list, List<String> model, int fill) {
    String text = element(random);
    byte[] b = text.getBytes(ISO_8859_1);
    int size = model.size();
    int kind = random.nextInt(10);
    if (size == 0 || (growing ? kind < 7 : kind < 2)) {
      list.prepare(b.length, 1, fill, 0);
      int index = random.nextInt(3) == 0 ? random.nextInt(size + 1) : kind % 2 * size;
      if (index == 0 && size > 0 && random.nextBoolean()) {
        list.insert(0, b, 0, b.length, fill);
      } else if (index == 0) {
        list.addFirst(b, 0, b.length, fill);
      } else {
        list.insert(index, b, 0, b.length, fill);
      }
      model.add(index, text);
      return;
    }
    int index = random.nextInt(size);
    switch (kind) {
      case 9 -> {
        list.prepare(b.length, 1, fill, 0);
        list.set(index, b, 0, b.length, fill);
        model.set(index, text);
      }
      case 8 -> {
        boolean fromEnd = random.nextBoolean();
        int n = random.nextInt(3);
        Needle needle = new Needle(b, 0, b.length);
        assertEquals(
            remove(model, text, n, fromEnd), list.removeMatching(needle, n, fromEnd, fill));
      }
      case 7 -> {
        int n = Math.min(size - index, random.nextInt(growing ? 3 : 40));
        list.remove(index, n, fill);
        model.subList(index, index + n).clear();
      }
      default -> {
        if (random.nextBoolean()) {
          list.removeFirst();
          model.remove(0);
        } else {
          list.removeLast();
          model.remove(size - 1);
        }
      }
    }
    if (!model.isEmpty()) {
      list.settle(fill);
    }
  }

  private static int remove(List<String> model, String text, int n, boolean fromEnd) {
    int removed = 0;
    while (removed < n) {
      int i = fromEnd ? model.lastIndexOf(text) : model.indexOf(text);
      if (i < 0) {
        break;
      }
      model.remove(i);
      removed++;
    }
    return removed;
  }

  /** Integers of all sizes, short strings and long ones; some of them often. */
  private static String element(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> "" + random.nextInt(4);
      case 1 -> "" + (random.nextLong() >> random.nextInt(64));
      case 2 -> "-0";
      case 3 -> "x".repeat(random.nextInt(70));
      case 4 -> random.nextInt(50) == 0 ? "y".repeat(random.nextInt(20_000)) : "";
      case 5 -> "z".repeat(random.nextInt(400));
      default -> "e" + random.nextInt(10);
    };
  }

  private static void look(Random random, ListValue list, List<String> model) {
    int index = random.nextInt(model.size());
    assertEquals(model.get(index), new String(list.get(index), ISO_8859_1));
    int n = random.nextInt(Math.min(50, model.size() - index) + 1);
    assertEquals(bulks(model.subList(index, index + n)), written(out -> list.bulk(index, n, out)));
    List<String> last = new ArrayList<>(model.subList(model.size() - n, model.size()));
    Collections.reverse(last);
    assertEquals(bulks(last), written(out -> list.bulkBackward(n, out)));
  }

  private static String bulks(List<String> texts) {
    StringBuilder all = new StringBuilder();
    for (String text : texts) {
      all.append('$').append(text.length()).append("\r\n").append(text).append("\r\n");
    }
    return all.toString();
  }

  private static String written(Consumer<ReplyWriter> what) {
    ReplyWriter out = new ReplyWriter(64);
    what.accept(out);
    return new String(out.toByteArray(), ISO_8859_1);
  }

  /** By walks in both directions; and what is known of the heap is what the nodes take. */
  static void compare(ListValue list, List<String> model) {
    assertEquals(model.size(), list.size());
    ListValue.Cursor cursor = list.cursor(false);
    for (int i = 0; i < model.size(); i++) {
      assertTrue(cursor.next());
      assertEquals(i, cursor.index());
      assertEquals(model.get(i), new String(cursor.get(), ISO_8859_1));
    }
    assertFalse(cursor.next());
    cursor = list.cursor(true);
    for (int i = model.size() - 1; i >= 0; i--) {
      assertTrue(cursor.next());
      assertEquals(i, cursor.index());
      byte[] b = model.get(i).getBytes(ISO_8859_1);
      assertArrayEquals(b, cursor.get());
      assertTrue(cursor.matches(new Needle(b, 0, b.length)));
    }
    assertFalse(cursor.next());
    assertEquals(list.heapByNode(), list.heapBytes());
  }

  @Test
  void aListThatOutgrowsAListpackBecomesAQuicklistAndTurnsBackAtHalfTheSize() {
    ListValue list = new ListValue();
    // 100 bytes, and 3 around them, beside the 7 of a listpack: 79 of them fit.
    byte[] element = "x".repeat(100).getBytes(ISO_8859_1);
    for (int i = 0; i < 79; i++) {
      list.prepare(element.length, 1, FILL, 0);
      assertEquals("listpack", list.encoding());
      list.addLast(element, 0, element.length, FILL);
    }
    list.prepare(element.length, 1, FILL, 0);
    assertEquals("quicklist", list.encoding());
    list.addLast(element, 0, element.length, FILL);
    for (int left = 79; left >= 40; left--) {
      list.removeLast();
      list.settle(FILL);
      assertEquals("quicklist", list.encoding());
    }
    list.removeLast();
    list.settle(FILL);
    assertEquals("listpack", list.encoding());
  }

  @Test
  void aMillionElementsTakeLittleMoreThanTheirBytes() {
    ListValue list = new ListValue();
    byte[] element = "element:000000".getBytes(ISO_8859_1);
    for (int i = 0; i < 1_000_000; i++) {
      list.prepare(element.length, 1, FILL, 0);
      list.addLast(element, 0, element.length, FILL);
    }
    // 14 bytes and 2 around them; a page of what it has is not full.
    assertTrue(list.heapBytes() < 1_000_000L * 16 * 103 / 100, "" + list.heapBytes());
    for (int i = 0; i < 990_000; i++) {
      list.removeFirst();
    }
    assertTrue(list.heapBytes() < 10_000L * 16 * 120 / 100, "" + list.heapBytes());
  }

  /** A list long enough for pages, whose elements are numbers in text; it grows at both ends. */
  @ParameterizedTest
  @ValueSource(ints = {-5, -2, -1, 3, 100})
  void aLongListIsAListToo(int fill) {
    Random random = Seed.random("long list", 9);
    ListValue[] lists = {new ListValue(), null};
    List<List<String>> models = List.of(new ArrayList<>(), new ArrayList<>());
    for (int phase = 0; phase < 60; phase++) {
      int i = lists[1] == null ? 0 : random.nextInt(2);
      ListValue list = lists[i];
      List<String> model = models.get(i);
      boolean grows = phase < 10 || random.nextInt(5) < 3;
      int much = grows ? 3000 + random.nextInt(4000) : random.nextInt(model.size());
      boolean inFront = random.nextBoolean();
      for (int n = 0; n < much; n++) {
        step(random, grows, inFront, list, model, fill);
      }
      alter(random, list, model, fill);
      if (phase % 5 == 4 && !model.isEmpty()) {
        lists[1 - i] = random.nextBoolean() ? list.copy() : list.frozen().copy();
        models.get(1 - i).clear();
        models.get(1 - i).addAll(model);
      }
      for (int n = 0; n < 2; n++) {
        if (lists[n] != null) {
          compare(lists[n], models.get(n));
          checkHeap(lists[n]);
        }
      }
    }
  }

  /** Adds or removes at one end, and sometimes at the other. */
  private static void step(
      Random random, boolean grows, boolean inFront, ListValue list, List<String> model, int fill) {
    boolean first = inFront == (random.nextInt(8) > 0);
    if (grows || model.size() < 2) {
      String text = longElement(random);
      byte[] b = text.getBytes(ISO_8859_1);
      list.prepare(b.length, 1, fill, 0);
      if (first) {
        list.addFirst(b, 0, b.length, fill);
      } else {
        list.addLast(b, 0, b.length, fill);
      }
      model.add(first ? 0 : model.size(), text);
      return;
    }
    if (first) {
      list.removeFirst();
    } else {
      list.removeLast();
    }
    model.remove(first ? 0 : model.size() - 1);
    list.settle(fill);
  }

  /** Changes something in the middle. */
  private static void alter(Random random, ListValue list, List<String> model, int fill) {
    int kind = random.nextInt(6);
    for (int n = 0; n < 100 && model.size() > 1; n++) {
      String text = longElement(random);
      byte[] b = text.getBytes(ISO_8859_1);
      int index = random.nextInt(model.size());
      if (kind == 0) {
        list.prepare(b.length, 1, fill, 0);
        list.insert(index, b, 0, b.length, fill);
        model.add(index, text);
      } else if (kind == 1) {
        list.prepare(b.length, 1, fill, 0);
        list.set(index, b, 0, b.length, fill);
        model.set(index, text);
      } else if (kind == 2 || kind == 3 && n < 3) {
        int some = Math.min(model.size() - index, random.nextInt(kind == 2 ? 20 : 3000));
        some = Math.min(some, model.size() - 1);
        list.remove(index, some, fill);
        model.subList(index, index + some).clear();
        list.settle(fill);
      } else if (kind == 4 && n < 5) {
        b = model.get(index).getBytes(ISO_8859_1);
        Needle needle = new Needle(b, 0, b.length);
        int some = Math.min(random.nextInt(2000), model.size() - 1);
        boolean fromEnd = random.nextBoolean();
        int removed = list.removeMatching(needle, some, fromEnd, fill);
        assertEquals(remove(model, new String(b, ISO_8859_1), some, fromEnd), removed);
        list.settle(fill);
      }
    }
  }

  private static String longElement(Random random) {
    return switch (random.nextInt(20)) {
      case 0 -> "x".repeat(random.nextInt(3000));
      case 1 -> random.nextInt(500) == 0 ? "y".repeat(random.nextInt(200_000)) : "";
      case 2 -> "" + random.nextInt(5);
      case 3, 4, 5 -> "often";
      default -> "element:" + random.nextInt();
    };
  }

  /** However it came about, there is not much more than twice of what is used. */
  static void checkHeap(ListValue list) {
    long used = list.listpackBytes() + 200L * list.nodes();
    assertTrue(list.heapBytes() < 2 * used + 4 * Pages.BYTES, list.heapBytes() + " for " + used);
  }
}
