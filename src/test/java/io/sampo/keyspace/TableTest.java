package io.sampo.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.Directory;
import io.sampo.data.KeyHash;
import io.sampo.data.Pages;
import io.sampo.resp.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Growth and shrinkage of the table: bounded work, exact accounting, scans that miss nothing. */
final class TableTest {
  private static final byte[] VALUE = Bytes.ascii("v".repeat(64));

  /**
   * A split may be followed by the growth of one half, and each of both leaves a place into which
   * another segment moves; it may also leave so little in a page that this is moved out.
   */
  private static final int MOST_MOVED =
      4 * Segment.MAX_LENGTH + Pages.BYTES / Segment.SLOT_BYTES / 4;

  private final Keyspace keyspace = new Keyspace(new Settings(), () -> 1_700_000_000_000L);
  private final Db db = keyspace.db(0);

  private static byte[] key(int n) {
    byte[] key = Bytes.ascii("key:000000000000");
    for (int i = key.length; n > 0; n /= 10) {
      key[--i] = (byte) ('0' + n % 10);
    }
    return key;
  }

  private void put(int n) {
    byte[] key = key(n);
    db.put(key, 0, key.length, VALUE, 0, VALUE.length, false);
  }

  private boolean remove(int n) {
    byte[] key = key(n);
    return db.remove(key, 0, key.length);
  }

  @Test
  void noOperationMovesMoreThanAQuarterOfAPage() {
    long empty = keyspace.usedMemory();
    int n = 300_000;
    long worst = 0;
    for (int i = 0; i < n; i++) {
      long before = db.storage().table.moved();
      put(i);
      worst = Math.max(worst, db.storage().table.moved() - before);
    }
    assertTrue(worst <= MOST_MOVED, "an insertion moved " + worst);
    assertTrue(
        db.storage().table.moved() < 16L * n, "all insertions moved " + db.storage().table.moved());
    worst = 0;
    for (int i = 0; i < n; i++) {
      long before = db.storage().table.moved();
      assertTrue(remove(i));
      worst = Math.max(worst, db.storage().table.moved() - before);
    }
    assertTrue(worst <= MOST_MOVED, "a removal moved " + worst);
    assertEquals(empty, keyspace.usedMemory());
  }

  @Test
  void aMillionSmallKeysTakeLessThan100BytesEach() {
    int n = 1_000_000;
    long empty = keyspace.usedMemory();
    for (int i = 0; i < n; i++) {
      put(i);
    }
    double perKey = (keyspace.allocatedMemory() - empty) / (double) n;
    assertTrue(perKey <= 100, perKey + " bytes per key");
    db.clear();
    assertEquals(empty, keyspace.usedMemory());
    assertEquals(0, db.size());
  }

  @Test
  void anEntryTakesAbout10BytesOfTheTableAtAnySize() {
    int n = 3_000_000;
    Table table = new Table(new Arena(), new KeyHash(1));
    Random random = new Random(1);
    long[] hashes = random.longs(n, 0, KeyHash.END).toArray();
    double sum = 0;
    int looks = 0;
    for (int i = 0; i < n; i++) {
      table.insert(hashes[i], i + 1);
      if (i >= 10_000 && i % 10_000 == 0) {
        double each = (double) table.bytes() / i;
        assertTrue(each < 12.5, each + " bytes per entry of " + i);
        sum += each;
        looks++;
      }
    }
    assertTrue(sum / looks < 10.5, sum / looks + " bytes per entry");
    for (int i = 0; i < n; i++) {
      assertTrue(table.slot(table.segment(hashes[i]), hashes[i], i + 1) >= 0);
    }
    while (table.size() > 10_000) {
      int address = table.size();
      long hash = hashes[address - 1];
      Segment segment = table.segment(hash);
      table.remove(segment, table.slot(segment, hash, address));
      table.shrink(hash);
    }
    double each = table.bytes() / 10_000.0;
    assertTrue(each < 30, each + " bytes per entry that is left");
    for (int i = 0; i < n; i++) {
      boolean has = table.slot(table.segment(hashes[i]), hashes[i], i + 1) >= 0;
      assertEquals(i < 10_000, has);
    }
  }

  @Test
  void anEmptiedDatabaseGivesThePagesOfItsTableAway() {
    for (int i = 0; i < 600_000; i++) {
      put(i);
    }
    Table table = db.storage().table;
    Set<byte[]> pages = Collections.newSetFromMap(new IdentityHashMap<>());
    for (long hash = 0; hash < KeyHash.END; ) {
      Segment segment = table.segment(hash);
      pages.add(segment.array);
      hash = Directory.behind(segment, hash);
    }
    pages.removeIf(array -> array.length != Pages.BYTES);
    assertTrue(pages.size() > 5, pages.size() + " pages");
    db.clear();
    // Those of the records are there, too.
    List<byte[]> taken = new ArrayList<>();
    for (int i = 0; i < 500 && !pages.isEmpty(); i++) {
      taken.add(Pages.take());
      pages.remove(taken.get(i));
    }
    taken.forEach(Pages::give);
    assertEquals(Set.of(), pages);
  }

  @Test
  void scanReturnsWhatIsThereThroughoutExactlyOnce() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    int constant = 2_000;
    for (int i = 0; i < constant; i++) {
      put(i);
    }
    for (int round = 0; round < 8; round++) {
      boolean grows = round % 2 == 0;
      Map<String, Integer> seen = new HashMap<>();
      int next = constant;
      int end = constant + 60_000;
      long cursor = 0;
      do {
        int[] visited = {0};
        int count = 1 + random.nextInt(50);
        cursor =
            db.scan(
                cursor,
                count,
                h -> {
                  visited[0]++;
                  seen.merge(Bytes.text(db.key(h)), 1, Integer::sum);
                });
        assertTrue(visited[0] <= count + 4, "COUNT " + count + " gave " + visited[0]);
        for (int i = random.nextInt(2_500); i > 0 && next < end; i--, next++) {
          if (grows) {
            put(next);
          } else {
            remove(next);
          }
        }
      } while (cursor != 0);
      for (int i = 0; i < constant; i++) {
        assertEquals(1, seen.get(Bytes.text(key(i))), "times " + i + " was seen");
      }
      for (; next < end; next++) {
        if (grows) {
          put(next);
        } else {
          remove(next);
        }
      }
      assertEquals(grows ? end : constant, db.size());
    }
  }

  @Test
  void randomKeysAreSpreadFairly() {
    int keys = 5_000;
    int draws = 100 * keys;
    for (int i = 0; i < keys; i++) {
      put(i);
    }
    Map<String, Integer> times = new HashMap<>();
    for (int i = 0; i < draws; i++) {
      int h = db.random();
      assertNotEquals(Db.NONE, h);
      times.merge(Bytes.text(db.key(h)), 1, Integer::sum);
    }
    assertEquals(keys, times.size(), "each has its chance");
    assertTrue(times.values().stream().allMatch(t -> t < 400), "none is four times as likely");
  }

  @Test
  void defragmentingGivesPagesBack() {
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      put(i);
    }
    for (int i = 0; i < n; i++) {
      if (i % 10 != 0) {
        remove(i);
      }
    }
    long before = keyspace.allocatedMemory();
    long used = keyspace.usedMemory();
    long moved = 0;
    for (long more = 1; more > 0; moved += more) {
      more = keyspace.defragment(1_000_000_000);
    }
    assertTrue(moved > 0);
    assertEquals(used, keyspace.usedMemory());
    assertTrue(keyspace.allocatedMemory() < before / 3);
    for (int i = 0; i < n; i++) {
      byte[] key = key(i);
      int h = db.find(key, 0, key.length);
      assertEquals(i % 10 == 0, h != Db.NONE);
      if (h != Db.NONE) {
        assertEquals(Bytes.text(VALUE), Bytes.text(db.string(h)));
      }
    }
  }
}
