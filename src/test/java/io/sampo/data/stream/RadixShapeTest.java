package io.sampo.data.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sampo.testkit.Seed;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Counts nodes as building the tree would. */
class RadixShapeTest {
  private static byte[] bytes(StreamId id) {
    byte[] all = new byte[16];
    for (int i = 0; i < 8; i++) {
      all[i] = (byte) (id.ms() >>> 56 - 8 * i);
      all[8 + i] = (byte) (id.seq() >>> 56 - 8 * i);
    }
    return all;
  }

  /** The nodes for keys that share their first {@code depth} bytes. */
  private static long nodes(List<byte[]> keys, int depth) {
    int shared = depth;
    while (shared < 16 && allAgreeOn(keys, shared)) {
      shared++;
    }
    long count = (shared > depth ? 1 : 0) + 1;
    for (int b = 0; shared < 16 && b < 256; b++) {
      byte wanted = (byte) b;
      int at = shared;
      List<byte[]> some = keys.stream().filter(key -> key[at] == wanted).toList();
      count += some.isEmpty() ? 0 : nodes(some, shared + 1);
    }
    return count;
  }

  private static boolean allAgreeOn(List<byte[]> keys, int i) {
    return keys.stream().allMatch(key -> key[i] == keys.get(0)[i]);
  }

  @Test
  void countsWhatATreeWouldHave() {
    Random random = Seed.random("ids");
    for (int round = 0; round < 500; round++) {
      TreeSet<StreamId> ids = new TreeSet<>();
      int width = 1 + random.nextInt(20);
      for (int i = random.nextInt(60); i >= 0; i--) {
        ids.add(new StreamId(random.nextLong() >>> 3 * width, random.nextInt(width)));
      }
      RadixShape shape = new RadixShape();
      ids.forEach(id -> shape.add(id.ms(), id.seq()));
      assertEquals(nodes(ids.stream().map(RadixShapeTest::bytes).toList(), 0), shape.nodes());
    }
    assertEquals(1, new RadixShape().nodes());
  }
}
