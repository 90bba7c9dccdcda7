package io.sampo.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.hash.HashValue;
import io.sampo.resp.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Lazy and active expiry, on masters and on replicas. */
final class ExpiryTest {
  private static final byte[] VALUE = Bytes.ascii("value");
  private static final long AMPLE = 5_000_000_000L;

  private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
  private final Settings settings = new Settings();
  private final Keyspace keyspace = new Keyspace(settings, now::get);
  private final List<String> expired = new ArrayList<>();

  ExpiryTest() {
    keyspace.listener(
        new Listener() {
          @Override
          public void expired(Db db, byte[] key) {
            expired.add(db.index() + " " + Bytes.text(key));
          }

          @Override
          public void evicted(Db db, byte[] key) {
            throw new AssertionError("evicted");
          }

          @Override
          public void added(Db db, byte[] key) {
            throw new AssertionError("added");
          }

          @Override
          public void partsExpired(Db db, byte[] key, List<byte[]> parts) {
            parts.forEach(part -> expired.add(Bytes.text(key) + "/" + Bytes.text(part)));
          }

          @Override
          public void emptied(Db db, byte[] key) {
            expired.add(Bytes.text(key) + " emptied");
          }
        });
  }

  @Test
  void expiresFieldsOfHashesInSlices() {
    byte[] key = Bytes.ascii("h");
    Db db = keyspace.db(3);
    HashValue hash = new HashValue();
    for (int i = 0; i < 1000; i++) {
      byte[] field = Bytes.ascii("f" + i);
      hash.set(field, 0, field.length, VALUE, 0, VALUE.length, db.limits());
      hash.expireAt(field, 0, field.length, now.get() + (i % 2 == 0 ? 10 : 1000));
    }
    int h = db.put(key, 0, key.length, hash, false);
    keyspace.expireCycle(1_000_000_000);
    assertEquals(List.of(), expired);
    now.addAndGet(10);
    keyspace.expireCycle(1_000_000_000);
    assertEquals(500, expired.size());
    assertEquals(500, hash.size());
    long before = db.footprint().used();
    db.resized(h);
    assertEquals(before, db.footprint().used());
    now.addAndGet(990);
    keyspace.expireCycle(1_000_000_000);
    assertEquals("h emptied", expired.get(1000));
    assertEquals(Db.NONE, find(db, "h"));
    keyspace.expireCycle(1_000_000_000);
    assertEquals(1001, expired.size());
  }

  private static int find(Db db, String name) {
    byte[] key = Bytes.ascii(name);
    return db.find(key, 0, key.length);
  }

  private void put(int index, String name, long ttl) {
    byte[] key = Bytes.ascii(name);
    Db db = keyspace.db(index);
    int h = db.put(key, 0, key.length, VALUE, 0, VALUE.length, false);
    if (ttl >= 0) {
      db.expireAt(h, now.get() + ttl);
    }
  }

  @Test
  void aLookUpRemovesAndReportsWhatHasExpired() {
    put(3, "k", 10);
    now.addAndGet(9);
    assertNotEquals(Db.NONE, find(keyspace.db(3), "k"));
    now.addAndGet(1);
    assertEquals(Db.NONE, find(keyspace.db(3), "k"));
    assertEquals(List.of("3 k"), expired);
    assertEquals(0, keyspace.db(3).size());
    assertEquals(1, keyspace.expiredKeys());
  }

  @Test
  void overwritingAnExpiredKeyReportsItAndKeepsNoTtl() {
    put(0, "k", 10);
    now.addAndGet(10);
    byte[] key = Bytes.ascii("k");
    int h = keyspace.db(0).put(key, 0, 1, VALUE, 0, VALUE.length, true);
    assertEquals(Db.NO_EXPIRY, keyspace.db(0).expireAt(h));
    assertEquals(List.of("0 k"), expired);
  }

  @Test
  void aReplicaHidesAndKeeps() {
    settings.replica = true;
    put(0, "k", 10);
    now.addAndGet(10);
    Db db = keyspace.db(0);
    assertEquals(Db.NONE, find(db, "k"));
    assertEquals(Db.NONE, db.random());
    assertEquals(0, keyspace.expireCycle(AMPLE));
    int[] visited = {0};
    db.scan(0, 10, h -> visited[0]++);
    assertEquals(0, visited[0]);
    assertEquals(1, db.size());
    keyspace.showExpired(true);
    assertNotEquals(Db.NONE, find(db, "k"));
    keyspace.showExpired(false);
    assertEquals(List.of(), expired);
    settings.replica = false;
    assertEquals(1, keyspace.expireCycle(AMPLE));
    assertEquals(List.of("0 k"), expired);
  }

  @Test
  void theCycleFindsAllThatIsDueAndNothingElse() {
    long empty = keyspace.usedMemory();
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      put(i % 16, "soon" + i, i % 1000);
      put(i % 16, "late" + i, 100_000);
      put(i % 16, "never" + i, -1);
    }
    now.addAndGet(499);
    assertEquals(n / 2, keyspace.expireCycle(AMPLE));
    assertEquals(0, keyspace.expireCycle(AMPLE));
    now.addAndGet(500);
    assertEquals(n / 2, keyspace.expireCycle(AMPLE));
    assertEquals(n, expired.size());
    for (int i = 0; i < n; i++) {
      Db db = keyspace.db(i % 16);
      assertEquals(Db.NONE, find(db, "soon" + i));
      assertNotEquals(Db.NONE, find(db, "late" + i));
      assertNotEquals(Db.NONE, find(db, "never" + i));
    }
    assertEquals(100_000 - 999, keyspace.db(0).footprint().averageTtl());
    now.addAndGet(100_000);
    assertEquals(n, keyspace.expireCycle(AMPLE));
    for (int i = 0; i < n; i++) {
      byte[] key = Bytes.ascii("never" + i);
      assertTrue(keyspace.db(i % 16).remove(key, 0, key.length));
    }
    assertEquals(empty, keyspace.usedMemory());
  }

  @Test
  void sliceBySliceTheCycleGetsThereToo() {
    int n = 50_000;
    for (int i = 0; i < n; i++) {
      put(0, "k" + i, 5);
    }
    now.addAndGet(5);
    // Without any time a slice still does one step, and no more than that.
    long first = keyspace.expireCycle(0);
    assertTrue(first > 0 && first < 1_000, "a slice of no time removed " + first);
    long sum = first;
    int slices = 1;
    for (; sum < n; slices++) {
      assertTrue(slices < n, "no progress");
      sum += keyspace.expireCycle(0);
    }
    assertEquals(0, keyspace.db(0).size());
    assertTrue(keyspace.expiredStalePercent() > 0);
  }
}
