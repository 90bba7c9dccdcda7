package io.sampo.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A pack is a list of byte strings, and says so in Redis's format. */
class ListPackTest {
  private static final long[] EDGES = {
    0, 1, 127, 128, 4095, 4096, 32767, 32768, 8388607, 8388608, Integer.MAX_VALUE, Long.MAX_VALUE
  };

  private final List<byte[]> model = new ArrayList<>();
  private byte[] pack = ListPack.create();

  @Test
  void behavesAsAList() {
    Random random = Seed.random("random packs");
    for (int round = 0; round < 20_000; round++) {
      boolean grows = round / 2000 % 2 == 0;
      int size = model.size();
      int index = random.nextInt(size + 1);
      byte[] element = element(random);
      int p = index == size ? ListPack.end(pack) : ListPack.at(pack, index);
      int action = random.nextInt(10);
      if (index == size || action < (grows ? 5 : 1)) {
        pack = ListPack.insert(pack, p, element, 0, element.length);
        model.add(index, element);
      } else if (action < 7) {
        pack = ListPack.replace(pack, p, element, 0, element.length);
        model.set(index, element);
      } else {
        int count = Math.min(size - index, 1 + random.nextInt(3));
        pack = ListPack.delete(pack, p, count);
        model.subList(index, index + count).clear();
      }
      if (round % 50 == 0) {
        check();
      }
    }
  }

  @Test
  void roomThatWasAskedForStaysUntilSomethingIsRemoved() {
    byte[] a = new byte[100];
    byte[] roomy = ListPack.roomy(pack, 120);
    byte[] one = ListPack.append(roomy, a, 0, 1);
    assertSame(roomy, one);
    assertSame(roomy, ListPack.append(one, a, 0, 100));
    byte[] created = ListPack.create(200);
    assertSame(created, ListPack.append(created, a, 0, 1));
    assertNotSame(created, ListPack.delete(created, ListPack.BEGIN));
  }

  private void check() {
    assertEquals(model.size(), ListPack.size(pack));
    assertEquals(model.isEmpty(), ListPack.isEmpty(pack));
    int p = ListPack.BEGIN;
    for (int i = 0; i < model.size(); i++) {
      byte[] element = model.get(i);
      assertArrayEquals(element, ListPack.bytes(pack, p));
      assertEquals(element.length, ListPack.length(pack, p));
      assertTrue(ListPack.equal(pack, p, element, 0, element.length));
      assertEquals(p, ListPack.at(pack, i));
      assertEquals(p, ListPack.at(pack, i - model.size()));
      int next = ListPack.next(pack, p);
      assertEquals(p, ListPack.previous(pack, next));
      p = next;
    }
    assertEquals(ListPack.end(pack), p);
    assertEquals(ListPack.NONE, ListPack.at(pack, model.size()));
    assertEquals(ListPack.NONE, ListPack.at(pack, -model.size() - 1));
    assertTrue(ListPack.heapBytes(pack) < 2L * ListPack.used(pack) + 128);
  }

  @Test
  void findsAmongEveryOther() {
    for (String element : "a b b a 1 01 01 1".split(" ")) {
      pack = ListPack.append(pack, Bytes.ascii(element), 0, element.length());
    }
    assertEquals(ListPack.at(pack, 0), find("a", 0, 1));
    assertEquals(ListPack.at(pack, 3), find("a", 1, 1));
    assertEquals(ListPack.at(pack, 4), find("1", 0, 1));
    assertEquals(ListPack.at(pack, 5), find("01", 1, 1));
    assertEquals(ListPack.at(pack, 7), find("1", 5, 0));
    assertEquals(ListPack.NONE, find("c", 0, 0));
  }

  private int find(String text, int from, int skip) {
    byte[] bytes = Bytes.ascii(text);
    return ListPack.find(pack, ListPack.at(pack, from), bytes, 0, bytes.length, skip);
  }

  @Test
  void countsBeyondWhatTheHeaderHolds() {
    for (int i = 0; i < 70_000; i++) {
      pack = ListPack.append(pack, i % 100);
    }
    assertEquals(70_000, ListPack.size(pack));
    pack = ListPack.delete(pack, ListPack.BEGIN, 69_000);
    assertEquals(1000, ListPack.size(pack));
    assertEquals(0, ListPack.integer(pack, ListPack.BEGIN));
    assertTrue(pack.length < 4000);
  }

  /** An element of each encoding, in Redis's own words. */
  @AgainstRedis(protocols = 2)
  void isRedissOwnFormat(Differential pair) {
    RespClient redis = pair.redis();
    redis.call("CONFIG", "SET", "rdbcompression", "no");
    redis.call("CONFIG", "SET", "hash-max-listpack-value", "20000");
    List<String> elements = new ArrayList<>(List.of("", "a", "01", "x".repeat(63)));
    for (int length : new int[] {64, 120, 130, 4095, 4096, 9999, 16377, 16378, 16379}) {
      elements.add("y".repeat(length));
    }
    for (long edge : EDGES) {
      elements.add("" + edge);
      elements.add("" + ~edge);
    }
    List<String> command = new ArrayList<>(List.of("HSET", "h"));
    for (int i = 0; i < elements.size(); i++) {
      for (String text : List.of("f" + i, elements.get(i))) {
        pack = ListPack.append(pack, Bytes.ascii(text), 0, text.length());
        command.add(text);
      }
    }
    redis.call(command.toArray(String[]::new));
    String used = Bytes.text(Arrays.copyOf(pack, ListPack.used(pack)));
    assertTrue(redis.call("DUMP", "h").text().contains(used));
    redis.call("CONFIG", "SET", "hash-max-listpack-value", "64");
    redis.call("CONFIG", "SET", "rdbcompression", "yes");
  }

  @Test
  void repliesWithAnElement() {
    pack = ListPack.append(pack, -12345);
    pack = ListPack.append(pack, new byte[] {'x'}, 0, 1);
    ReplyWriter out = new ReplyWriter(10);
    ListPack.bulk(pack, ListPack.at(pack, 0), out);
    ListPack.bulk(pack, ListPack.at(pack, 1), out);
    assertEquals("$6\r\n-12345\r\n$1\r\nx\r\n", Bytes.text(out.toByteArray()));
  }

  @Test
  void aCopyIsTheSameAndExact() {
    for (int i = 0; i < 100; i++) {
      pack = ListPack.append(pack, 1000 + i);
    }
    byte[] copy = ListPack.copy(pack);
    assertEquals(100, ListPack.size(copy));
    assertTrue(copy.length < ListPack.used(pack) + 8);
    copy = ListPack.replace(copy, ListPack.BEGIN, 1);
    assertEquals(1000, ListPack.integer(pack, ListPack.BEGIN));
  }

  private static byte[] element(Random random) {
    if (random.nextBoolean()) {
      long edge = EDGES[random.nextInt(EDGES.length)];
      return Bytes.ascii(Long.toString(random.nextBoolean() ? edge : ~edge));
    }
    int length =
        random.nextInt(100) == 0 ? random.nextInt(20_000) : random.nextInt(random.nextInt(80) + 1);
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
