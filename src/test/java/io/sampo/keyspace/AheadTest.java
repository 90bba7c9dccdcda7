package io.sampo.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.sampo.resp.Bytes;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What was looked up ahead is what is there when it is used, whatever has happened in between. */
final class AheadTest {
  private static final int KEYS = 3000;
  private static final int ROUNDS = 4000;

  private final AtomicLong clock = new AtomicLong(1_700_000_000_000L);
  private final Keyspace keyspace = new Keyspace(new Settings(), clock::get);
  private final Db[] dbs = {keyspace.db(0), keyspace.db(1)};

  private record Expected(String value, long expireAt) {}

  private static String key(int n) {
    return "key:" + n;
  }

  private String found(Db db, byte[] a, int offset, int length) {
    int h = db.find(a, offset, length);
    return h == Db.NONE ? null : Bytes.text(db.string(h));
  }

  @Test
  void randomUseOfWhatWasLookedUp() {
    long seed = System.nanoTime();
    String message = "seed " + seed;
    Random random = new Random(seed);
    Map<String, Expected> model = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      Db db = dbs[random.nextInt(2)];
      int n = 1 + random.nextInt(Ahead.MOST + 6);
      int[] offsets = new int[n];
      String[] keys = new String[n];
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < n; i++) {
        keys[i] = key(random.nextInt(KEYS));
        all.append(' ');
        offsets[i] = all.length();
        all.append(keys[i]);
      }
      byte[] a = Bytes.ascii(all.toString());
      boolean ahead = random.nextInt(8) > 0;
      for (int i = 0; ahead && i < n; i++) {
        keyspace.ahead.add(db, a, offsets[i], keys[i].length());
      }
      keyspace.ahead.fetch();
      // Some rounds change hardly anything, so that places stay known; some do little else.
      int changes = 1 + random.nextInt(20);
      for (int step = 0; step < n; step++) {
        int i = random.nextInt(10) == 0 ? random.nextInt(n) : step;
        int length = keys[i].length();
        Db used = random.nextInt(50) == 0 ? dbs[random.nextInt(2)] : db;
        String name = used.index() + keys[i];
        Expected expected = model.get(name);
        if (expected != null && expected.expireAt <= clock.get()) {
          model.remove(name);
          expected = null;
        }
        switch (random.nextInt(changes)) {
          case 1 -> {
            // Of few sizes, so that some replace in place.
            String value = "v".repeat(20 * random.nextInt(4) + 1);
            used.put(a, offsets[i], length, Bytes.ascii(value), 0, value.length(), false);
            model.put(name, new Expected(value, Long.MAX_VALUE));
          }
          case 2 -> {
            assertEquals(expected != null, used.remove(a, offsets[i], length), message);
            model.remove(name);
          }
          case 3 -> {
            int h = used.find(a, offsets[i], length);
            assertEquals(expected != null, h != Db.NONE, message);
            if (expected != null) {
              long when = clock.get() + random.nextInt(2000);
              used.expireAt(h, when);
              model.put(name, new Expected(expected.value, when));
            }
          }
          case 4 -> {
            clock.addAndGet(random.nextInt(20));
          }
          case 5 -> {
            if (random.nextInt(100) == 0) {
              used.clear();
              int index = used.index();
              model.keySet().removeIf(key -> key.startsWith("" + index));
            }
          }
          default ->
              assertEquals(
                  expected == null ? null : expected.value,
                  found(used, a, offsets[i], length),
                  message);
        }
      }
      keyspace.ahead.forget();
    }
  }

  @Test
  void aPlaceThatIsKnownIsUsed() {
    byte[] a = Bytes.ascii("one two");
    Db db = dbs[0];
    Table table = db.storage().table;
    db.put(a, 0, 3, a, 0, 3, false);
    db.put(a, 4, 3, a, 4, 3, false);
    keyspace.ahead.add(db, a, 0, 3);
    keyspace.ahead.add(db, a, 4, 3);
    keyspace.ahead.fetch();
    assertEquals(0, keyspace.ahead.at(table, a, 0, 3));
    assertEquals(1, keyspace.ahead.at(table, a, 4, 3));
    assertEquals(1, keyspace.ahead.at(table, a, 4, 3));
    assertEquals(Ahead.NONE, keyspace.ahead.at(table, a.clone(), 4, 3));
    db.remove(a, 0, 3);
    assertEquals(Ahead.NONE, keyspace.ahead.at(table, a, 4, 3));
  }

  /** As when a long pipeline is looked up part by part. */
  @Test
  void whatHasBeenUsedIsNotLookedUpAgain() {
    byte[] a = Bytes.ascii("one two");
    Db db = dbs[0];
    Table table = db.storage().table;
    long hash = db.hash(a, 0, 3);
    // The only record of its size, whose page goes with it.
    db.put(a, 0, 3, new byte[1500], 0, 1500, false);
    for (int i = 0; i < 5000; i++) {
      put(db, i);
    }
    keyspace.ahead.add(db, a, 0, 3);
    keyspace.ahead.fetch();
    Segment segment = table.segment(hash);
    for (int i = 5000; table.segment(hash) == segment; i++) {
      put(db, i);
    }
    db.remove(a, 0, 3);
    // The next part has keys of other shards only; and then some of this one.
    keyspace.ahead.fetch();
    keyspace.ahead.add(db, a, 4, 3);
    keyspace.ahead.fetch();
    db.put(a, 4, 3, a, 4, 3, false);
    keyspace.ahead.add(db, a, 4, 3);
    keyspace.ahead.fetch();
    assertEquals(0, keyspace.ahead.at(table, a, 4, 3));
  }

  private static void put(Db db, int n) {
    byte[] k = Bytes.ascii(key(n));
    db.put(k, 0, k.length, k, 0, k.length, false);
  }

  @Test
  void whatIsForgottenIsLeftToTheCollector() {
    byte[] a = Bytes.ascii("key");
    Db db = dbs[0];
    WeakReference<Table> table = new WeakReference<>(db.storage().table);
    // More than there are places for.
    for (int i = 0; i < Ahead.MOST + 3; i++) {
      keyspace.ahead.add(db, a, 0, 3);
    }
    keyspace.ahead.fetch();
    keyspace.ahead.forget();
    db.clear();
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          while (table.get() != null) {
            System.gc();
          }
        });
  }
}
