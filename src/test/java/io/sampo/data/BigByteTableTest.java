package io.sampo.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Seed;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntToLongFunction;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** A table of many pages, or of hashes that nobody would wish for. */
class BigByteTableTest {
  private ByteTable table = new ByteTable();

  /** What it must hold: the value of each key, by its number. */
  private Map<Integer, byte[]> model = new HashMap<>();

  /** What a copy must hold, whatever has become of the table. */
  private record Frozen(ByteTable table, Map<Integer, byte[]> model, long bytes) {}

  private static byte[] key(int n) {
    byte[] key = new byte[8 + n % 9];
    Words.putLong(key, 0, n);
    return key;
  }

  private static int number(byte[] a, int offset) {
    return (int) Words.getLong(a, offset);
  }

  private static long secret(int n) {
    byte[] key = key(n);
    return KeyHash.SECRET.of(key, 0, key.length);
  }

  private static int mixedLength(Random random) {
    return switch (random.nextInt(200)) {
      case 0 -> 4000 + random.nextInt(200);
      case 1, 2, 3 -> random.nextInt(3000);
      default -> random.nextInt(40);
    };
  }

  @Test
  void behavesAsAMapWhateverIsFrozen() {
    behavesAsAMap(BigByteTableTest::secret, 20_000, 150_000, BigByteTableTest::mixedLength);
  }

  @Test
  void behavesAsAMapOfShortValues() {
    behavesAsAMap(BigByteTableTest::secret, 60_000, 250_000, random -> random.nextInt(9));
  }

  @Test
  void behavesAsAMapOfLargeValues() {
    behavesAsAMap(BigByteTableTest::secret, 4_000, 15_000, random -> 3000 + random.nextInt(1300));
  }

  @Test
  void behavesAsAMapOfLargeValuesOnly() {
    behavesAsAMap(BigByteTableTest::secret, 4_000, 10_000, random -> Entry.LARGE + 1);
  }

  /** In one order in both, each key would have to pass all that came before. */
  @Test
  void whatIsTakenFromOneTableInItsOrderIsInNobodysWayInAnother() {
    for (int i = 0; i < 300_000; i++) {
      byte[] key = key(i);
      table.add(key, 0, key.length);
    }
    ByteTable other = new ByteTable();
    assertTimeout(
        Duration.ofSeconds(1),
        () ->
            table.each(
                (key, ko, kl, value, vo, vl) -> {
                  other.add(key, ko, kl);
                  return true;
                }));
    assertEquals(300_000, other.size());
  }

  @Test
  void manyKeysMayHaveTheSameHash() {
    for (long hash : new long[] {0, KeyHash.END / 3, KeyHash.END - 1}) {
      behavesAsAMap(n -> hash, 1_500, 6_000, random -> random.nextInt(1500));
    }
  }

  @Test
  void hashesMayLieInAFewPlaces() {
    behavesAsAMap(n -> KeyHash.END - 1 - n % 3, 1_500, 6_000, random -> random.nextInt(1500));
    behavesAsAMap(n -> n % 50 * 80_000_000L, 4_000, 20_000, random -> random.nextInt(500));
    behavesAsAMap(n -> KeyHash.END - 1 - n, 15_000, 30_000, random -> random.nextInt(60));
    behavesAsAMap(n -> n, 15_000, 30_000, random -> random.nextInt(60));
  }

  private void behavesAsAMap(
      IntToLongFunction hashes, int keys, int rounds, ToIntFunction<Random> lengths) {
    table = new ByteTable(1);
    model = new HashMap<>();
    Random random = Seed.random("big tables");
    List<Frozen> frozen = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      // It grows, shrinks, grows and vanishes almost.
      int puts = new int[] {8, 4, 8, 1}[4 * round / rounds];
      int n = random.nextInt(keys);
      byte[] k = key(n);
      long hash = hashes.applyAsLong(n);
      if (random.nextInt(10) < puts) {
        byte[] v = new byte[lengths.applyAsInt(random)];
        Arrays.fill(v, (byte) round);
        assertEquals(!model.containsKey(n), table.put(hash, k, 0, k.length, v, 0, v.length));
        model.put(n, v);
      } else {
        boolean found = table.find(hash, k, 0, k.length);
        assertEquals(model.remove(n) != null, found);
        if (found) {
          table.remove();
        }
      }
      if (round % (rounds / 16) == 0) {
        HashBatch batch = new HashBatch(20);
        Set<Integer> gone = new HashSet<>();
        while (!batch.isFull()) {
          int marked = random.nextInt(keys);
          table.mark(hashes.applyAsLong(marked), batch);
          gone.add(marked);
        }
        table.removeIf(batch, (a, ko, kl, v, vo, vl) -> gone.contains(number(a, ko)));
        model.keySet().removeAll(gone);
      }
      if (round % (rounds / 8) == rounds / 8 - 1) {
        check(table, model, hashes);
        frozen.add(new Frozen(table.frozen(), new HashMap<>(model), table.heapBytes()));
      }
    }
    for (Frozen each : frozen) {
      check(each.table, each.model, hashes);
      assertEquals(each.bytes, each.table.heapBytes());
    }
    for (int n : List.copyOf(model.keySet())) {
      assertTrue(table.find(hashes.applyAsLong(n), key(n), 0, key(n).length));
      table.remove();
    }
    assertEquals(0, table.size());
    assertTrue(table.heapBytes() < 1000, () -> "bytes " + table.heapBytes());
  }

  private static void check(ByteTable table, Map<Integer, byte[]> model, IntToLongFunction hashes) {
    assertEquals(model.size(), table.size());
    model.forEach(
        (n, value) -> {
          byte[] k = key(n);
          assertTrue(table.find(hashes.applyAsLong(n), k, 0, k.length));
          int at = table.valueAt();
          assertArrayEquals(value, Arrays.copyOfRange(table.value(), at, at + table.valueLength()));
        });
    assertFalse(table.find(hashes.applyAsLong(1 << 20), key(1 << 20), 0, key(1 << 20).length));
    Set<Integer> seen = new HashSet<>();
    table.each((k, ko, kl, v, vo, vl) -> check(model, seen, k, ko, kl, v, vo, vl));
    assertEquals(model.keySet(), seen);
    seen.clear();
    long[] last = {0};
    long cursor = 0;
    do {
      cursor =
          table.scan(
              cursor,
              100,
              (k, ko, kl, v, vo, vl) -> {
                long hash = hashes.applyAsLong(number(k, ko));
                assertTrue(hash >= last[0]);
                last[0] = hash;
                return check(model, seen, k, ko, kl, v, vo, vl);
              });
    } while (cursor != 0);
    assertEquals(model.keySet(), seen);
    assertEquals(table.copy().heapBytes(), table.heapBytes());
  }

  private static boolean check(
      Map<Integer, byte[]> model,
      Set<Integer> seen,
      byte[] k,
      int ko,
      int kl,
      byte[] v,
      int vo,
      int vl) {
    int n = number(k, ko);
    assertTrue(seen.add(n));
    assertEquals(key(n).length, kl);
    byte[] value = model.get(n);
    assertTrue(Arrays.equals(value, 0, value.length, v, vo, vo + vl));
    return true;
  }

  // ---- memory ----

  private void fill(int from, int to) {
    byte[] k = new byte[15];
    for (int n = from; n < to; n++) {
      Words.putLong(k, 0, n);
      assertTrue(table.add(k, 0, k.length));
    }
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void growsByPagesAndTakesLittleMoreThanItNeeds() {
    long before = allocated();
    int size = 0;
    for (int next = 500; next < 400_000; next += next / 5) {
      fill(size, next);
      size = next;
      // The entry, with its lengths, and its slot: two fifths more on the average at most.
      double each = (double) table.heapBytes() / size;
      assertTrue(each >= 17 + 8, () -> "bytes " + each);
      assertTrue(each < 17 + 8 + 25, () -> "bytes " + each);
    }
    long spent = allocated() - before;
    assertTrue(spent < 4 * table.heapBytes(), () -> spent + " of " + table.heapBytes());
  }

  private Set<byte[]> pages() {
    Set<byte[]> pages = Collections.newSetFromMap(new IdentityHashMap<>());
    table.each((k, ko, kl, v, vo, vl) -> pages.add(k) || true);
    return pages;
  }

  @Test
  void whatComesAndGoesIsArrangedInTheSamePages() {
    int n = 200_000;
    fill(0, n);
    Set<byte[]> pages = pages();
    assertTrue(pages.size() >= 10);
    Random random = Seed.random("coming and going");
    byte[] k = new byte[15];
    for (int i = 0; i < 3 * n; i++) {
      Words.putLong(k, 0, random.nextInt(2 * n));
      if (!table.remove(k, 0, k.length)) {
        table.add(k, 0, k.length);
      }
    }
    Set<byte[]> after = pages();
    assertTrue(after.containsAll(pages));
    assertTrue(after.size() < 2 * pages.size());
    assertTrue(after.stream().allMatch(page -> page.length == Pages.BYTES));
  }

  @Test
  void memoryFollowsWhatIsRemoved() {
    int n = 200_000;
    fill(0, n);
    byte[] k = new byte[15];
    for (int i = 0; i < n; i++) {
      Words.putLong(k, 0, i);
      assertTrue(table.remove(k, 0, k.length));
      if (i % 1000 == 0 && i < n - 1000) {
        double each = (double) table.heapBytes() / table.size();
        assertTrue(each < 4 * (17 + 10), () -> "bytes " + each);
      }
    }
    assertTrue(table.heapBytes() < 1000, () -> "bytes " + table.heapBytes());
  }

  @Test
  void aFrozenTableHasThePagesThatItHad() {
    fill(0, 100_000);
    Set<byte[]> pages = pages();
    ByteTable frozen = table.frozen();
    fill(100_000, 100_001);
    Set<byte[]> after = pages();
    after.removeAll(pages);
    assertEquals(1, after.size());
    int[] count = {0};
    frozen.each(
        (k, ko, kl, v, vo, vl) -> {
          assertTrue(pages.contains(k));
          count[0]++;
          return true;
        });
    assertEquals(100_000, count[0]);
  }

  @Test
  void aReleasedTableGivesAwayThePagesThatNoOtherHas() {
    fill(0, 100_000);
    Set<byte[]> shared = pages();
    ByteTable frozen = table.frozen();
    fill(100_000, 100_001);
    Set<byte[]> own = pages();
    own.removeAll(shared);
    table.release();
    assertTrue(own.contains(Pages.take()));
    assertFalse(shared.contains(Pages.take()));
    assertEquals(100_000, frozen.size());
  }

  @Test
  void valuesThatGetShorterAndLongerFindRoom() {
    int n = 60_000;
    fill(0, n);
    byte[] k = new byte[15];
    for (int length : new int[] {8, 8, 100, 30, 0, 50}) {
      byte[] v = new byte[length];
      Arrays.fill(v, (byte) length);
      for (int i = 0; i < n; i++) {
        Words.putLong(k, 0, i);
        assertFalse(table.put(k, 0, k.length, v, 0, v.length));
      }
      assertEquals(n, table.size());
      table.each(
          (a, ko, kl, b, vo, vl) -> {
            assertTrue(Arrays.equals(v, 0, length, b, vo, vo + vl));
            return true;
          });
      assertEquals(table.copy().heapBytes(), table.heapBytes());
      double each = (double) table.heapBytes() / n;
      assertTrue(each < 4 * (17 + 10 + length), () -> "bytes " + each);
    }
  }
}
