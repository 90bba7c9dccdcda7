package io.sampo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.resp.Bytes;
import io.sampo.testkit.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A table is a map, whatever it has been through, and accounts for what it takes. */
class ByteTableTest {
  private ByteTable table = new ByteTable();
  private final Map<String, String> model = new HashMap<>();

  @Test
  void behavesAsAMap() {
    Random random = Seed.random("random tables");
    for (int round = 0; round < 200_000; round++) {
      boolean grows = round / 40_000 % 2 == 0;
      String key = "k" + random.nextInt(20_000);
      byte[] k = Bytes.ascii(key);
      if (random.nextInt(10) < (grows ? 7 : 2)) {
        byte[] v = value(random);
        assertEquals(!model.containsKey(key), table.put(k, 0, k.length, v, 0, v.length));
        model.put(key, Bytes.text(v));
      } else {
        assertEquals(model.remove(key) != null, table.remove(k, 0, k.length));
      }
      assertEquals(model.size(), table.size());
      if (round % 20_000 == 19_999) {
        check(table);
        check(table.copy());
      }
    }
  }

  @Test
  void manyAreRemovedInOneWalk() {
    Random random = Seed.random("removals in one walk");
    for (int left : new int[] {90, 50, 5, 0}) {
      model.clear();
      table = new ByteTable();
      for (int i = 0; i < 60_000; i++) {
        byte[] k = Bytes.ascii("k" + random.nextInt(90_000));
        byte[] v = value(random);
        table.put(k, 0, k.length, v, 0, v.length);
        model.put(Bytes.text(k), Bytes.text(v));
      }
      ByteTable frozen = table.frozen();
      int size = frozen.size();
      table.removeIf((k, ko, kl, v, vo, vl) -> goes(text(k, ko, kl), left));
      assertEquals(size, frozen.size());
      model.keySet().removeIf(k -> goes(k, left));
      check(table);
    }
  }

  private static boolean goes(String key, int left) {
    return Math.floorMod(key.hashCode(), 100) >= left;
  }

  @Test
  void manyAreRemovedByTheirHashes() {
    Random random = Seed.random("removals by hash");
    for (int i = 0; i < 60_000; i++) {
      byte[] k = Bytes.ascii("k" + random.nextInt(90_000));
      byte[] v = value(random);
      table.put(k, 0, k.length, v, 0, v.length);
      model.put(Bytes.text(k), Bytes.text(v));
    }
    for (int most : new int[] {1, 2, 3, 100, 5_000, 100_000}) {
      ByteTable frozen = table.frozen();
      int size = frozen.size();
      HashBatch batch = new HashBatch(most);
      Set<String> going = new HashSet<>();
      int marks = Math.min(6 * most, 30_000);
      for (int i = 0; i < marks; i++) {
        // Some that are there, some that are not, some twice.
        String key = "k" + random.nextInt(90_000);
        byte[] k = Bytes.ascii("<" + key + ">");
        table.mark(k, 1, k.length - 2, batch);
        if (goes(key, 20)) {
          going.add(key);
        }
        if (batch.isFull() || i == marks - 1) {
          // By its name, for another one may have the same hash.
          table.removeIf(batch, (a, ko, kl, v, vo, vl) -> going.contains(text(a, ko, kl)));
        }
      }
      model.keySet().removeAll(going);
      assertEquals(size, frozen.size());
      check(table);
      check(table.copy());
    }
    assertTrue(model.size() < 40_000, () -> "left " + model.size());
  }

  @Test
  void whatWasExpectedNeedNotCome() {
    Random random = Seed.random("tables made in advance");
    for (int expected : new int[] {0, 97, 5_000, 100_000}) {
      model.clear();
      ByteTable sized = ByteTable.sized(expected, 30L * expected);
      for (int i = 0; i < 20_000; i++) {
        byte[] k = Bytes.ascii("k" + random.nextInt(30_000));
        byte[] v = value(random);
        assertEquals(!model.containsKey(Bytes.text(k)), sized.put(k, 0, k.length, v, 0, v.length));
        model.put(Bytes.text(k), Bytes.text(v));
      }
      check(sized, 50L * expected);
      for (String key : List.copyOf(model.keySet())) {
        if (random.nextInt(100) > 0) {
          byte[] k = Bytes.ascii(key);
          assertTrue(sized.remove(k, 0, k.length));
          model.remove(key);
        }
      }
      check(sized, 5L * expected);
      check(sized.copy(), 5L * expected);
    }
  }

  private static byte[] value(Random random) {
    int length =
        switch (random.nextInt(1000)) {
          case 0 -> random.nextInt(20_000);
          case 1, 2, 3 -> random.nextInt(2000);
          default -> random.nextInt(30);
        };
    byte[] v = new byte[length];
    random.nextBytes(v);
    return v;
  }

  private void check(ByteTable its) {
    check(its, 0);
  }

  /** Whether it is what the model is, and takes no more than that and {@code spare} bytes. */
  private void check(ByteTable its, long spare) {
    model.forEach(
        (key, value) -> {
          assertTrue(its.find(Bytes.ascii(key), 0, key.length()), key);
          assertEquals(key, text(its.key(), its.keyAt(), its.keyLength()));
          assertEquals(value, text(its.value(), its.valueAt(), its.valueLength()));
        });
    Map<String, String> seen = new HashMap<>();
    its.each(
        (k, ko, kl, v, vo, vl) -> {
          seen.put(text(k, ko, kl), text(v, vo, vl));
          return true;
        });
    assertEquals(model, seen);
    long content =
        model.entrySet().stream()
            .mapToLong(e -> e.getKey().length() + e.getValue().length() + 2)
            .sum();
    assertTrue(its.heapBytes() >= content + 8L * model.size());
    assertTrue(its.heapBytes() < 4 * (content + 10L * model.size()) + 2000 + spare);
    assertEquals(its.copy().heapBytes(), its.heapBytes());
  }

  private static String text(byte[] a, int offset, int length) {
    return Bytes.text(Arrays.copyOfRange(a, offset, offset + length));
  }

  @Test
  void anEmptiedTableIsAsSmallAsANewOne() {
    fill(50_000);
    for (int i = 0; i < 50_000; i++) {
      byte[] k = Bytes.ascii("member:" + i);
      assertTrue(table.remove(k, 0, k.length));
    }
    assertTrue(table.heapBytes() < 1000, () -> "bytes " + table.heapBytes());
  }

  private void fill(int n) {
    for (int i = 0; i < n; i++) {
      byte[] k = Bytes.ascii("member:" + i);
      assertTrue(table.add(k, 0, k.length));
      assertFalse(table.add(k, 0, k.length));
    }
  }

  @Test
  void aScanReturnsWhatStaysWhateverComesAndGoes() {
    aScanReturnsWhatStays(5000, 20);
    aScanReturnsWhatStays(20_000, 400);
  }

  /** While others come and go so quickly that buckets are split and joined. */
  private void aScanReturnsWhatStays(int n, int changes) {
    table = new ByteTable();
    fill(n);
    Random random = new Random(5);
    List<String> seen = new ArrayList<>();
    long cursor = 0;
    int round = 0;
    do {
      cursor =
          table.scan(
              cursor,
              10,
              (k, ko, kl, v, vo, vl) -> {
                seen.add(text(k, ko, kl));
                return true;
              });
      for (int i = 0; i < changes; i++) {
        byte[] k = Bytes.ascii("other:" + random.nextInt(1000 * changes));
        if (round / 100 % 2 == 0) {
          table.add(k, 0, k.length);
        } else {
          table.remove(k, 0, k.length);
        }
      }
      round++;
    } while (cursor != 0);
    assertEquals(seen.size(), new HashSet<>(seen).size());
    assertEquals(n, seen.stream().filter(s -> s.startsWith("member:")).count());
    assertTrue(round > 400);
  }

  @Test
  void samplesFairly() {
    samplesFairly(1000, 400);
    samplesFairly(60_000, 20);
  }

  private void samplesFairly(int n, int each) {
    table = new ByteTable();
    fill(n);
    Map<String, Integer> counts = new HashMap<>();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < n * each; i++) {
      table.sample(random);
      counts.merge(text(table.key(), table.keyAt(), table.keyLength()), 1, Integer::sum);
    }
    // With 999 degrees of freedom, chi-squared is beyond 1200 once in about 100,000 runs.
    double chi = counts.values().stream().mapToDouble(c -> (c - each) * (c - each)).sum() / each;
    assertEquals(n, counts.size());
    assertTrue(chi < n + 4.47 * Math.sqrt(2.0 * n), () -> "chi squared " + chi);
  }

  @Test
  void whatWasSampledCanBeRemoved() {
    fill(3000);
    SplittableRandom random = new SplittableRandom(9);
    Set<String> gone = new HashSet<>();
    while (table.size() > 0) {
      table.sample(random);
      assertTrue(gone.add(text(table.key(), table.keyAt(), table.keyLength())));
      table.remove();
    }
    assertEquals(3000, gone.size());
  }

  @Test
  void valuesLongerThanABucketAreKept() {
    byte[] big = new byte[5_000_000];
    for (int i = 0; i < 40; i++) {
      byte[] k = Bytes.ascii("big" + i);
      big[i] = 1;
      table.put(k, 0, k.length, big, 0, big.length);
    }
    assertTrue(table.heapBytes() > 40L * big.length);
    assertTrue(table.heapBytes() < 40L * big.length + 10_000);
    for (int i = 0; i < 40; i++) {
      byte[] k = Bytes.ascii("big" + i);
      table.put(k, 0, k.length, big, 0, 10);
    }
    assertTrue(table.heapBytes() < 10_000);
  }
}
