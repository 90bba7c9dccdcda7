package io.sampo.data.list;

import static io.sampo.data.list.ListValueTest.checkHeap;
import static io.sampo.data.list.ListValueTest.compare;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.ListPack;
import io.sampo.data.Pages;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of a long list are used again, shared with frozen ones, and given back. */
class ListPagesTest {
  private static final int FILL = -2;

  /** How a queue is used: from which side it is filled, and from which it is emptied. */
  @ParameterizedTest
  @ValueSource(strings = {"right left", "left right", "right right", "left left"})
  void aQueueUsesItsPagesAgain(String way) {
    boolean pushesLeft = way.startsWith("left");
    boolean popsLeft = way.endsWith("left");
    ListValue list = new ListValue();
    ArrayDeque<String> model = new ArrayDeque<>();
    Set<byte[]> pages = Collections.newSetFromMap(new IdentityHashMap<>());
    int most = 0;
    for (int i = 0; i < 1_000_000; i++) {
      // 2 to 3 MB of it.
      boolean fills = i < 150_000 || i / 20_000 % 2 == 0;
      if (fills) {
        String text = "element:" + i;
        byte[] b = text.getBytes(ISO_8859_1);
        list.prepare(b.length, 1, FILL, 0);
        if (pushesLeft) {
          list.addFirst(b, 0, b.length, FILL);
          model.addFirst(text);
        } else {
          list.addLast(b, 0, b.length, FILL);
          model.addLast(text);
        }
      } else {
        String text = popsLeft ? model.removeFirst() : model.removeLast();
        int index = popsLeft ? 0 : list.size() - 1;
        assertEquals(text, new String(list.get(index), ISO_8859_1));
        if (popsLeft) {
          list.removeFirst();
        } else {
          list.removeLast();
        }
        list.settle(FILL);
      }
      if (i % 2_000 == 0) {
        pages.addAll(pagesOf(list));
        assertEquals(list.heapByNode(), list.heapBytes());
        checkHeap(list);
        most = (int) Math.max(most, list.heapBytes() / Pages.BYTES);
      }
    }
    compare(list, new ArrayList<>(model));
    assertTrue(pages.size() > 2 && pages.size() <= most + 2, pages.size() + " pages, not " + most);
  }

  @Test
  void aListThatRotatesStaysInItsPages() {
    ListValue list = longList();
    Set<byte[]> pages = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < 1_000_000; i++) {
      byte[] b = list.get(list.size() - 1);
      list.removeLast();
      list.settle(FILL);
      list.prepare(b.length, 1, FILL, 0);
      list.addFirst(b, 0, b.length, FILL);
      if (i % 2_000 == 0) {
        pages.addAll(pagesOf(list));
      }
    }
    for (int i = 0; i < 200_000; i += 1_000) {
      assertEquals("element:" + i, new String(list.get(i), ISO_8859_1));
    }
    checkHeap(list);
    // 3.1 MB, of which one was not in pages at first.
    assertTrue(pages.size() <= 10, "" + pages.size());
  }

  @Test
  void aListGrowsOnInThePageThatAFrozenOneHas() {
    ListValue list = new ListValue();
    List<String> model = new ArrayList<>();
    ListValue frozen = null;
    for (int i = 0; i < 400_000; i++) {
      String text = "element:" + i;
      byte[] b = text.getBytes(ISO_8859_1);
      list.prepare(b.length, 1, FILL, 0);
      list.addLast(b, 0, b.length, FILL);
      model.add(text);
      if (i % 2_000 == 0) {
        frozen = list.frozen();
      }
      if (i == 390_000) {
        compareRuns(frozen, model);
      }
    }
    compare(list, model);
    compareRuns(frozen, model.subList(0, 398_001));
    checkHeap(list);
  }

  private static void compareRuns(ListValue list, List<String> model) {
    ListValue.Cursor cursor = list.cursor(false);
    for (String text : model) {
      assertTrue(cursor.next());
      assertEquals(text, new String(cursor.get(), ISO_8859_1));
    }
    assertFalse(cursor.next());
  }

  @Test
  void pagesAreGivenBackUnlessAFrozenListHasThem() {
    ListValue list = longList();
    Set<byte[]> pages = pagesOf(list);
    assertTrue(pages.size() > 2, "" + pages.size());
    ListValue frozen = list.frozen();
    list.release();
    assertTrue(Collections.disjoint(pages, taken(pages.size())));
    assertEquals("element:0", new String(frozen.get(0), ISO_8859_1));

    list = longList();
    pages = pagesOf(list);
    list.release();
    assertEquals(pages, taken(pages.size()));
    // Not twice.
    list.release();
    assertTrue(Collections.disjoint(pages, taken(pages.size())));
  }

  private static ListValue longList() {
    ListValue list = new ListValue();
    for (int i = 0; i < 200_000; i++) {
      byte[] b = ("element:" + i).getBytes(ISO_8859_1);
      list.prepare(b.length, 1, FILL, 0);
      list.addLast(b, 0, b.length, FILL);
    }
    return list;
  }

  private static Set<byte[]> pagesOf(ListValue list) {
    Set<byte[]> pages = Collections.newSetFromMap(new IdentityHashMap<>());
    list.eachRun(0, list.runCount(), (a, offset, length, count) -> pages.add(a));
    pages.removeIf(a -> a.length != Pages.BYTES);
    return pages;
  }

  private static Set<byte[]> taken(int count) {
    Set<byte[]> pages = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < count; i++) {
      pages.add(Pages.take());
    }
    return pages;
  }

  @Test
  void aLongListThatIsTakenOverIsInPages() {
    List<byte[]> packs = new ArrayList<>();
    List<String> model = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      byte[] pack = ListPack.create();
      for (int n = 0; n < 100; n++) {
        String text = "element:" + i * n;
        byte[] b = text.getBytes(ISO_8859_1);
        pack = ListPack.append(pack, b, 0, b.length);
        model.add(text);
      }
      packs.add(pack);
    }
    packs.replaceAll(ListPack::copy);
    ListValue list = taken(packs, 0);
    assertTrue(pagesOf(list).size() <= 2);
    for (int i = 0; i < 2; i++) {
      list = taken(doubled(list), 0);
      model.addAll(List.copyOf(model));
    }
    compare(list, model);
    assertTrue(pagesOf(list).size() > 6, "" + pagesOf(list).size());
    checkHeap(list);
  }

  private static ListValue taken(List<byte[]> packs, int depth) {
    ListValue list = ListValue.of(packs.get(0), FILL, depth);
    packs.subList(1, packs.size()).forEach(pack -> list.append(pack, depth));
    return list;
  }

  private static List<byte[]> doubled(ListValue list) {
    List<byte[]> packs = new ArrayList<>();
    for (int twice = 0; twice < 2; twice++) {
      ListValue.Cursor cursor = list.cursor(false);
      byte[] pack = ListPack.create();
      while (cursor.next()) {
        byte[] b = cursor.get();
        pack = ListPack.append(pack, b, 0, b.length);
        if (ListPack.used(pack) > 4_000) {
          packs.add(pack);
          pack = ListPack.create();
        }
      }
      if (!ListPack.isEmpty(pack)) {
        packs.add(pack);
      }
    }
    return packs;
  }
}
