package io.sampo.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.resp.Bytes;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The policies of eviction: who may go, and who goes first. */
final class EvictionTest {
  private static final int KEYS = 4_000;
  private static final byte[] VALUE = Bytes.ascii("value");

  private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
  private final Settings settings = new Settings();
  private final Keyspace keyspace = new Keyspace(settings, now::get);
  private final Db db = keyspace.db(0);

  private static byte[] key(int n) {
    return Bytes.ascii("key" + n);
  }

  private int find(int n) {
    byte[] key = key(n);
    return db.find(key, 0, key.length);
  }

  private void put(int n) {
    byte[] key = key(n);
    db.put(key, 0, key.length, VALUE, 0, VALUE.length, false);
  }

  /** Every second key gets an expiry, an early one for small numbers. */
  private void fill() {
    for (int i = 0; i < KEYS; i++) {
      put(i);
      if (i % 2 == 0) {
        db.expireAt(find(i), now.get() + 1_000_000_000L + i * 1000L);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Policy.class)
  void onlyWhatMayGoGoes(Policy policy) {
    settings.policy = policy;
    fill();
    int gone = 0;
    while (keyspace.evict()) {
      gone++;
    }
    int expected = policy == Policy.NOEVICTION ? 0 : policy.onlyVolatile() ? KEYS / 2 : KEYS;
    assertEquals(expected, gone);
    assertEquals(expected, keyspace.evictedKeys());
    for (int i = 0; i < KEYS; i++) {
      boolean stays = expected == 0 || (policy.onlyVolatile() && i % 2 == 1);
      assertEquals(stays, find(i) != Db.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Policy.class,
      names = {"ALLKEYS_LRU", "ALLKEYS_LFU", "VOLATILE_LRU", "VOLATILE_LFU", "VOLATILE_TTL"})
  void theLeastWorthGoFirst(Policy policy) {
    settings.policy = policy;
    settings.lfuLogFactor = 0;
    fill();
    now.addAndGet(5_000);
    for (int i = KEYS / 2; i < KEYS; i++) {
      byte[] key = key(i);
      assertNotEquals(Db.NONE, db.lookup(key, 0, key.length));
    }
    int eligible = policy.onlyVolatile() ? KEYS / 2 : KEYS;
    for (int i = 0; i < eligible / 4; i++) {
      assertTrue(keyspace.evict());
    }
    int wrong = 0;
    for (int i = KEYS / 2; i < KEYS; i++) {
      wrong += find(i) == Db.NONE ? 1 : 0;
    }
    assertTrue(wrong <= eligible / 100, policy + " evicted " + wrong + " that were in use");
  }

  @Test
  void idleTimeAndFrequencyFollowTheClock() {
    put(1);
    now.addAndGet(7_000);
    assertEquals(7, db.uses().idleSeconds(find(1)));
    byte[] key = key(1);
    db.lookup(key, 0, key.length);
    assertEquals(0, db.uses().idleSeconds(find(1)));
    db.uses().idleSeconds(find(1), 99);
    assertEquals(99, db.uses().idleSeconds(find(1)));

    settings.policy = Policy.ALLKEYS_LFU;
    settings.lfuLogFactor = 0;
    put(2);
    key = key(2);
    assertEquals(5, db.uses().frequency(find(2)));
    for (int i = 0; i < 10; i++) {
      db.lookup(key, 0, key.length);
    }
    assertEquals(15, db.uses().frequency(find(2)));
    now.addAndGet(4 * 60_000);
    assertEquals(11, db.uses().frequency(find(2)));
    db.uses().frequency(find(2), 200);
    assertEquals(200, db.uses().frequency(find(2)));
    assertFalse(Policy.named("nonsense").isPresent());
    assertEquals(Policy.VOLATILE_TTL, Policy.named("volatile-ttl").orElseThrow());
  }
}
