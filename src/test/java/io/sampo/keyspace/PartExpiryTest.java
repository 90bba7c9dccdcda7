package io.sampo.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.hash.HashValue;
import io.sampo.resp.Bytes;
import io.sampo.testkit.Seed;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fields expire when it is time, however many hashes there are and whatever happens to them. */
class PartExpiryTest {
  private static final byte[] VALUE = Bytes.ascii("value");
  private static final long AMPLE = 5_000_000_000L;
  private static final long START = 1_700_000_000_000L;

  private final AtomicLong now = new AtomicLong(START);
  private final Keyspace keyspace = new Keyspace(new Settings(), now::get);
  private final Db db = keyspace.db(0);

  private HashValue hash(String field, long when) {
    HashValue hash = new HashValue();
    set(hash, field, when);
    return hash;
  }

  private void set(HashValue hash, String field, long when) {
    byte[] name = Bytes.ascii(field);
    hash.set(name, 0, name.length, VALUE, 0, VALUE.length, db.limits());
    hash.expireAt(name, 0, name.length, when);
  }

  private int put(String name, HashValue hash) {
    byte[] key = Bytes.ascii(name);
    return db.put(key, 0, key.length, hash, false);
  }

  private int find(String name) {
    byte[] key = Bytes.ascii(name);
    return db.find(key, 0, key.length);
  }

  private boolean remove(String name) {
    byte[] key = Bytes.ascii(name);
    return db.remove(key, 0, key.length);
  }

  @Test
  void whatIsDueIsFoundAmongMuchThatIsNot() {
    for (int i = 0; i < 50_000; i++) {
      put("late" + i, hash("f", START + 1_000_000 + i));
    }
    for (int i = 0; i < 20; i++) {
      put("soon" + i, hash("f", START + 10 + i % 3));
    }
    now.addAndGet(12);
    // Each slice is as short as it can be: a step, and then the time is up.
    for (int i = 0; i < 20; i++) {
      assertEquals(50_020 - i, db.size());
      keyspace.expireCycle(0);
    }
    keyspace.expireCycle(0);
    assertEquals(50_000, db.size());
    now.addAndGet(1_000_000_000);
    keyspace.expireCycle(AMPLE);
    assertEquals(0, db.size());
    assertEquals(0, db.parts().size());
  }

  @Test
  void whatDoesNotCountAnyMoreIsSweptAway() {
    for (int i = 0; i < 1_000; i++) {
      put("stays" + i, hash("f", START + 1_000_000));
    }
    HashValue wandering = hash("f", START + 900_000);
    put("at0", wandering);
    for (int i = 1; i < 100_000; i++) {
      // One more that dies young, one that is renamed, one that is given an earlier time.
      put("young", hash("f", START + 500_000));
      assertTrue(remove("young"));
      assertTrue(remove("at" + (i - 1)));
      int h = put("at" + i, wandering);
      set(wandering, "f", START + 900_000 - i);
      db.expiresInPart(h);
    }
    assertTrue(db.parts().size() < 5_000, db.parts().size() + " entries");
    now.set(START + 800_001);
    keyspace.expireCycle(AMPLE);
    assertEquals(1_000, db.size());
    now.set(START + 1_000_000);
    keyspace.expireCycle(AMPLE);
    assertEquals(0, db.size());
    assertEquals(0, db.parts().size());
  }

  /** Against a plain map of maps; of many fields the times are in an order. */
  @ParameterizedTest
  @CsvSource({"50, 80, 300", "4, 600, 3000", "2, 200, 200"})
  void fieldsGoWhenTheirTimeIsOver(int keys, int fields, int longest) {
    Random random = Seed.random("fields that expire");
    Map<String, Map<String, Long>> model = new HashMap<>();
    for (int step = 0; step < 30_000; step++) {
      String name = "k" + random.nextInt(keys);
      String field = "f" + random.nextInt(fields);
      long when = now.get() + 1 + random.nextInt(longest);
      int h = find(name);
      switch (random.nextInt(step % 2_000 < 1_000 ? 80 : 8)) {
        case 0 -> {
          if (remove(name)) {
            model.remove(name);
          }
        }
        case 1 -> {
          // RENAME: the same value under another key.
          if (h != Db.NONE) {
            String other = "k" + random.nextInt(keys);
            HashValue value = (HashValue) db.value(h);
            remove(name);
            put(other, value);
            model.put(other, model.remove(name));
          }
        }
        case 2 -> {
          if (h != Db.NONE) {
            String other = "c" + random.nextInt(20);
            put(other, ((HashValue) db.value(h)).copy());
            model.put(other, new HashMap<>(model.get(name)));
          }
        }
        case 3 -> {
          byte[] f = Bytes.ascii(field);
          if (h != Db.NONE && ((HashValue) db.value(h)).persist(f, 0, f.length)) {
            model.get(name).put(field, Long.MAX_VALUE);
          }
        }
        case 4 -> {
          now.addAndGet(random.nextInt(40));
          for (Map.Entry<String, Map<String, Long>> each : model.entrySet()) {
            long left = each.getValue().values().stream().filter(t -> t > now.get()).count();
            assertEquals(left, ((HashValue) db.value(find(each.getKey()))).size(now.get()));
          }
          keyspace.expireCycle(AMPLE);
          model.values().forEach(each -> each.values().removeIf(time -> time <= now.get()));
          model.values().removeIf(Map::isEmpty);
        }
        default -> {
          if (h == Db.NONE) {
            put(name, hash(field, when));
          } else {
            set((HashValue) db.value(h), field, when);
            db.expiresInPart(h);
          }
          model.computeIfAbsent(name, n -> new HashMap<>()).put(field, when);
        }
      }
      if (step % 100 == 0) {
        assertEquals(model.size(), db.size());
        for (Map.Entry<String, Map<String, Long>> each : model.entrySet()) {
          HashValue hash = (HashValue) db.value(find(each.getKey()));
          assertEquals(each.getValue().size(), hash.size(), each.getKey());
          for (String each2 : each.getValue().keySet()) {
            byte[] f = Bytes.ascii(each2);
            assertEquals(each.getValue().get(each2), hash.expireAt(f, 0, f.length));
          }
        }
      }
    }
  }

  @Test
  void whatIsDueIsFoundAmongManyFieldsThatAreNot() {
    HashValue big = new HashValue();
    for (int i = 0; i < 100_000; i++) {
      set(big, "late" + i, START + 1_000_000 + i);
      if (i < 1_000) {
        set(big, "moved" + i % 100, START + i % 7);
      }
    }
    for (int i = 0; i < 100; i++) {
      set(big, "moved" + i, START + 2_000_000);
      set(big, "soon" + i, START + 10);
    }
    put("big", big);
    now.addAndGet(12);
    assertEquals(100_100, big.size(now.get()));
    // Each slice is a step: looking at all of them would take thousands.
    for (int i = 0; i < 50; i++) {
      keyspace.expireCycle(0);
    }
    assertFalse(keyspace.isExpiryBehind());
    assertEquals(100_100, big.size());
    assertEquals(START + 1_000_000, big.nextExpiry());
  }
}
