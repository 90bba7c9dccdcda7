package io.sampo.data.list;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.ListPack;
import io.sampo.data.Lzf;
import io.sampo.data.Needle;
import io.sampo.data.Pages;
import io.sampo.resp.ReplyWriter;
import io.sampo.testkit.Seed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A list whose inner nodes are compressed is the same list, in less heap. */
class CompressedListTest {
  private static final int FILL = -2;

  /** What Redis compresses has so many bytes at least, and gets smaller by more than so many. */
  private static final int LEAST = 48;

  private static final int GAIN = 8;

  @ParameterizedTest
  @CsvSource({
    "-1, 0", "-1, 1", "-1, 2", "-2, 1", "-2, 3", "1, 1", "1, 3", "3, 1", "3, 2", "3, 3", "100, 1",
    "100, 2"
  })
  void itIsTheSameList(int fill, int depth) {
    Random random = Seed.random("compressed list", 21);
    ListValue list = new ListValue();
    List<String> model = new ArrayList<>();
    for (int step = 0; step < 12_000; step++) {
      // Grows for a while, then shrinks.
      change(random, step / 1_500 % 2 == 0, list, model, fill, depth);
      if (model.isEmpty()) {
        list = new ListValue();
      } else if (step % 40 == 0) {
        look(random, list, model);
        checkDepth(list, depth);
      }
      if (step % 400 == 0 && !model.isEmpty()) {
        compare(list, model);
        ListValue other = random.nextBoolean() ? list.copy() : list.frozen();
        if (random.nextBoolean()) {
          compare(other, model);
        } else {
          // The copy goes on as the list; what it shares with the other is compared later.
          ListValue copy = list.copy();
          List<String> before = List.copyOf(model);
          for (int n = 0; n < 50 && !model.isEmpty(); n++) {
            change(random, true, copy, model, fill, depth);
          }
          compare(list, before);
          compare(other, before);
          list = model.isEmpty() ? new ListValue() : copy;
        }
      }
    }
    compare(list, model);
  }

  private static void change(
      Random random, boolean grows, ListValue list, List<String> model, int fill, int depth) {
    String text = element(random);
    byte[] b = text.getBytes(ISO_8859_1);
    int size = model.size();
    int kind = random.nextInt(12);
    int index = size == 0 ? 0 : random.nextInt(size);
    if (size == 0 || (grows ? kind < 8 : kind < 2)) {
      list.prepare(b.length, 1, fill, depth);
      int at = List.of(0, size, index).get(random.nextInt(3));
      if (at == 0) {
        list.addFirst(b, 0, b.length, fill);
      } else {
        list.insert(at, b, 0, b.length, fill);
      }
      model.add(at, text);
      return;
    }
    switch (kind) {
      case 11 -> {
        list.prepare(b.length, 1, fill, depth);
        list.set(index, b, 0, b.length, fill);
        model.set(index, text);
      }
      case 10 -> {
        int n = random.nextInt(4);
        Needle needle = new Needle(b, 0, b.length);
        boolean fromEnd = random.nextBoolean();
        assertEquals(
            removed(model, text, n, fromEnd), list.removeMatching(needle, n, fromEnd, fill));
      }
      case 9 -> {
        int n = Math.min(size - index, random.nextInt(grows ? 3 : 40));
        list.remove(index, n, fill);
        model.subList(index, index + n).clear();
      }
      case 8 -> {
        int first = Math.min(index, random.nextInt(20));
        int end = Math.max(index + 1, size - random.nextInt(20));
        list.retain(first, end, fill);
        model.subList(end, size).clear();
        model.subList(0, first).clear();
      }
      default -> {
        boolean first = random.nextBoolean();
        model.remove(first ? 0 : size - 1);
        if (first) {
          list.removeFirst();
        } else {
          list.removeLast();
        }
      }
    }
    if (!model.isEmpty()) {
      list.settle(fill);
    }
  }

  private static int removed(List<String> model, String text, int n, boolean fromEnd) {
    int removed = 0;
    for (; removed < n; removed++) {
      int i = fromEnd ? model.lastIndexOf(text) : model.indexOf(text);
      if (i < 0) {
        break;
      }
      model.remove(i);
    }
    return removed;
  }

  /** What can be compressed and what cannot, and some of it often. */
  private static String element(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> "" + random.nextInt(4);
      case 1 -> noise(random, random.nextInt(200));
      case 2 -> random.nextInt(60) == 0 ? noise(random, random.nextInt(20_000)) : "";
      case 3 -> random.nextInt(60) == 0 ? "y".repeat(random.nextInt(600_000)) : "often";
      case 4 -> "z".repeat(random.nextInt(400));
      default -> "element:" + random.nextInt(10_000);
    };
  }

  private static String noise(Random random, int length) {
    byte[] b = new byte[length];
    random.nextBytes(b);
    return new String(b, ISO_8859_1);
  }

  private static void look(Random random, ListValue list, List<String> model) {
    int index = random.nextInt(model.size());
    assertEquals(model.get(index), new String(list.get(index), ISO_8859_1));
    int n = random.nextInt(model.size() - index) + 1;
    ReplyWriter out = new ReplyWriter(64);
    list.bulk(index, n, out);
    list.bulkBackward(n, out);
    StringBuilder wanted = new StringBuilder();
    model.subList(index, index + n).forEach(text -> bulk(wanted, text));
    for (int i = 1; i <= n; i++) {
      bulk(wanted, model.get(model.size() - i));
    }
    assertEquals(wanted.toString(), new String(out.toByteArray(), ISO_8859_1));
  }

  private static void bulk(StringBuilder all, String text) {
    all.append('$').append(text.length()).append("\r\n").append(text).append("\r\n");
  }

  private static void compare(ListValue list, Collection<String> model) {
    assertEquals(model.size(), list.size());
    ListValue.Cursor cursor = list.cursor(false);
    for (String text : model) {
      assertTrue(cursor.next());
      assertEquals(text, new String(cursor.get(), ISO_8859_1));
    }
    assertFalse(cursor.next());
  }

  /** The nodes of a list, as they are kept. */
  private static List<Node> nodes(ListValue list) {
    List<Node> nodes = new ArrayList<>();
    list.eachNode(
        new ListValue.NodeVisitor() {
          @Override
          public void run(byte[] a, int offset, int length, int count) {
            byte[] pack = ListPack.create(length);
            ListPack.write(pack, a, offset, length, count);
            nodes.add(new Node(pack, ListPack.used(pack), false));
          }

          @Override
          public void compressed(byte[] a, int offset, int length, int packBytes) {
            assertTrue(length + GAIN < packBytes);
            byte[] pack = new byte[packBytes];
            assertTrue(Lzf.decompress(a, offset, length, pack));
            nodes.add(new Node(pack, packBytes, true));
          }
        });
    return nodes;
  }

  private record Node(byte[] pack, int bytes, boolean isCompressed) {
    boolean isWorthIt() {
      if (bytes < LEAST || bytes > Pages.BYTES / 2) {
        return false;
      }
      return new Lzf().compress(pack, 0, bytes, new byte[bytes], 0, bytes - GAIN - 1) > 0;
    }
  }

  /** Those near an end are as they are, and the others are compressed where it is worth it. */
  private static void checkDepth(ListValue list, int depth) {
    List<Node> nodes = nodes(list);
    for (int i = 0; i < nodes.size(); i++) {
      boolean isDeep = depth > 0 && i >= depth && i < nodes.size() - depth;
      Node node = nodes.get(i);
      assertEquals(isDeep && node.isWorthIt(), node.isCompressed, i + " of " + nodes.size());
    }
    assertEquals(list.heapByNode(), list.heapBytes());
  }

  /** A list of several pages, changed at its ends, which is half as long when compressed. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aLongListIsTheSameListToo(int depth) {
    Random random = Seed.random("long compressed list", 22);
    ListValue list = new ListValue();
    ArrayDeque<String> model = new ArrayDeque<>();
    for (int phase = 0; phase < 40; phase++) {
      boolean grows = phase < 6 || random.nextBoolean();
      boolean first = random.nextBoolean();
      // Some of its nodes are not worth it.
      boolean isNoise = random.nextInt(3) == 0;
      int much = grows ? 20_000 : random.nextInt(model.size());
      for (int n = 0; n < much; n++) {
        if (grows || random.nextInt(5) == 0) {
          String text =
              isNoise ? noise(random, 40) : "element:" + random.nextInt(1_000_000) + "0".repeat(30);
          push(list, model, text, first == (random.nextInt(20) > 0), depth);
        } else if (model.size() > 1) {
          pop(list, model, first == (random.nextInt(20) > 0));
        }
      }
      checkDepth(list, depth);
      compare(list, model);
      checkHeap(list);
      if (phase % 3 == 0) {
        ListValue frozen = list.frozen();
        List<String> before = List.copyOf(model);
        for (int n = 0; n < 5_000; n++) {
          push(list, model, "more:" + n, n % 2 == 0, depth);
        }
        compare(frozen, before);
        compare(list, model);
      }
    }
  }

  private static void push(
      ListValue list, ArrayDeque<String> model, String text, boolean first, int depth) {
    byte[] b = text.getBytes(ISO_8859_1);
    list.prepare(b.length, 1, FILL, depth);
    if (first) {
      list.addFirst(b, 0, b.length, FILL);
      model.addFirst(text);
    } else {
      list.addLast(b, 0, b.length, FILL);
      model.addLast(text);
    }
  }

  private static void pop(ListValue list, ArrayDeque<String> model, boolean first) {
    if (first) {
      list.removeFirst();
      model.removeFirst();
    } else {
      list.removeLast();
      model.removeLast();
    }
    list.settle(FILL);
  }

  /** However it came about, there is not much more than twice of what is used. */
  private static void checkHeap(ListValue list) {
    long used = list.listpackBytes() + 200L * list.nodes();
    assertTrue(list.heapBytes() < 2 * used + 4 * Pages.BYTES, list.heapBytes() + " for " + used);
  }

  @Test
  void whatCompressesTakesLessHeap() {
    ListValue raw = new ListValue();
    ListValue compressed = new ListValue();
    ArrayDeque<String> model = new ArrayDeque<>();
    for (int i = 0; i < 100_000; i++) {
      push(raw, new ArrayDeque<>(), "{\"user\":" + i + ",\"state\":\"waiting\"}", false, 0);
      push(compressed, model, "{\"user\":" + i + ",\"state\":\"waiting\"}", false, 1);
    }
    assertTrue(
        compressed.heapBytes() < raw.heapBytes() / 2,
        compressed.heapBytes() + ", not " + raw.heapBytes());
    assertEquals(raw.listpackBytes(), compressed.listpackBytes());
    compare(compressed, model);
    // A copy as well, and what has been read, or changed in the middle.
    assertTrue(compressed.copy().heapBytes() < raw.heapBytes() / 2);
    byte[] b = {'x'};
    for (int i = 0; i < 100_000; i += 100) {
      compressed.set(i, b, 0, 1, FILL);
    }
    assertTrue(compressed.heapBytes() < raw.heapBytes() / 2);
    assertEquals(compressed.heapByNode(), compressed.heapBytes());
  }

  @Test
  void theDepthIsThatOfTheTimeWhenItBecameAQuicklist() {
    ListValue list = new ListValue();
    ArrayDeque<String> model = new ArrayDeque<>();
    for (int i = 0; i < 10_000; i++) {
      push(list, model, "element:" + i, false, i < 5_000 ? 2 : 0);
    }
    checkDepth(list, 2);
    checkDepth(list.copy(), 2);
    assertEquals(2, list.depth());
    ListValue other = new ListValue();
    for (int i = 0; i < 10_000; i++) {
      push(other, model, "element:" + i, true, i < 5_000 ? 0 : 2);
    }
    checkDepth(other, 0);
  }

  @Test
  void whatIsTakenOverIsCompressedAsItComes() {
    ListValue list = ListValue.of(pack(0), FILL, 1);
    assertEquals("listpack", list.encoding());
    List<String> model = new ArrayList<>(texts(0));
    for (int i = 1; i < 1_000; i++) {
      list.append(pack(i), 1);
      model.addAll(texts(i));
    }
    checkDepth(list, 1);
    compare(list, model);
  }

  private static List<String> texts(int i) {
    List<String> texts = new ArrayList<>();
    for (int n = 0; n < 30; n++) {
      texts.add("element:" + i * n);
    }
    return texts;
  }

  private static byte[] pack(int i) {
    byte[] pack = ListPack.create();
    for (String text : texts(i)) {
      byte[] b = text.getBytes(ISO_8859_1);
      pack = ListPack.append(pack, b, 0, b.length);
    }
    return ListPack.copy(pack);
  }
}
