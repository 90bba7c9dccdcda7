package io.sampo.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.resp.Bytes;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Growth and shrinkage of the table: bounded work, exact accounting, scans that miss nothing. */
final class TableTest {
  private static final byte[] VALUE = Bytes.ascii("v".repeat(64));

  /** A split may be followed by the growth of one half. */
  private static final int MOST_MOVED = 2 * Segment.MAX_LENGTH;

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
  void noOperationMovesMoreThanTwoSegments() {
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
        db.storage().table.moved() < 8L * n, "all insertions moved " + db.storage().table.moved());
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
