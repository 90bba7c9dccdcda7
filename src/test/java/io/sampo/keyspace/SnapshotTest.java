package io.sampo.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.hash.HashValue;
import io.sampo.data.list.ListValue;
import io.sampo.resp.Bytes;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A snapshot is what was there at its beginning, whatever happens between its slices. */
final class SnapshotTest {
  private static final long START = 1_700_000_000_000L;
  private static final int FILL = -2;

  private final AtomicLong now = new AtomicLong(START);
  private final Settings settings = new Settings();
  private final Map<String, String> taken = new TreeMap<>();
  private Keyspace keyspace = new Keyspace(settings, now::get);
  private Random random = new Random(1);
  private int room = Integer.MAX_VALUE;

  private boolean take(int index, Db db, int h) {
    String key = index + " " + Bytes.text(db.key(h));
    assertNull(taken.put(key, describe(db, h)), () -> key + " was handed over twice");
    return --room > 0;
  }

  private static String describe(Db db, int h) {
    StringBuilder text = new StringBuilder().append(db.expireAt(h)).append(' ');
    if (db.isString(h)) {
      return text.append(db.encoding(h)).append(Bytes.text(db.string(h))).toString();
    }
    if (db.value(h) instanceof ListValue list) {
      for (int i = 0; i < list.size(); i++) {
        text.append(Bytes.text(list.get(i))).append(',');
      }
      return text.toString();
    }
    HashValue hash = (HashValue) db.value(h);
    Map<String, String> fields = new TreeMap<>();
    hash.each(
        0,
        (k, ko, kl, v, vo, vl) -> {
          String field = new String(k, ko, kl, java.nio.charset.StandardCharsets.ISO_8859_1);
          String value = new String(v, vo, vl, java.nio.charset.StandardCharsets.ISO_8859_1);
          fields.put(field, value + "@" + hash.expireAt(k, ko, kl));
          return true;
        });
    return text.append(fields).toString();
  }

  private Map<String, String> content() {
    Map<String, String> all = new TreeMap<>();
    for (int i = 0; i < keyspace.databases(); i++) {
      Db db = keyspace.db(i);
      int index = i;
      keyspace.showExpired(true);
      long cursor = 0;
      do {
        cursor =
            db.scan(
                cursor, 100, h -> all.put(index + " " + Bytes.text(db.key(h)), describe(db, h)));
      } while (cursor != 0);
      keyspace.showExpired(false);
    }
    return all;
  }

  private byte[] key() {
    return Bytes.ascii("key:" + random.nextInt(1500));
  }

  private byte[] text() {
    return switch (random.nextInt(4)) {
      case 0 -> Bytes.ascii(Integer.toString(random.nextInt()));
      case 1 -> Bytes.ascii("x".repeat(random.nextInt(4000)));
      default -> Bytes.ascii("text " + random.nextInt());
    };
  }

  private Db db() {
    return keyspace.db(random.nextInt(4));
  }

  private void change() {
    Db db = db();
    byte[] k = key();
    int h = db.find(k, 0, k.length);
    switch (random.nextInt(16)) {
      case 0, 1, 2 -> {
        byte[] v = text();
        db.put(k, 0, k.length, v, 0, v.length, random.nextBoolean());
      }
      case 3 -> db.remove(k, 0, k.length);
      case 4, 5 -> push(db, k, h);
      case 6, 7 -> set(db, k, h);
      case 8 -> {
        if (h != Db.NONE) {
          db.expireAt(h, random.nextBoolean() ? now.get() + random.nextInt(2000) : -1);
        }
      }
      case 9 -> {
        if (h != Db.NONE && db.isLong(h)) {
          db.setLong(h, db.longValue(h) + 1);
        }
      }
      case 10 -> {
        if (h != Db.NONE && db.isString(h)) {
          db.keep(k, 0, k.length);
          int raw = db.makeRaw(h);
          byte[] v = text();
          db.raw(raw).append(v, 0, v.length);
          db.resized(raw);
        }
      }
      case 11 -> {
        if (h != Db.NONE) {
          byte[] other = key();
          Db to = db();
          if (to.find(other, 0, other.length) == Db.NONE) {
            db.carry(db.find(k, 0, k.length), to, other, 0, other.length);
          }
        }
      }
      case 12 -> {
        if (random.nextInt(20) == 0) {
          keyspace.swap(random.nextInt(4), random.nextInt(4));
        }
      }
      case 13 -> {
        if (random.nextInt(100) == 0) {
          db.clear();
        }
      }
      case 14 -> {
        now.addAndGet(random.nextInt(20));
        keyspace.expireCycle(1_000_000);
      }
      default -> {
        if (random.nextInt(4) == 0) {
          keyspace.evict();
        } else if (random.nextInt(50) == 0) {
          keyspace.defragment(10_000_000);
        }
      }
    }
  }

  private void push(Db db, byte[] k, int found) {
    if (found != Db.NONE && !(db.isObject(found) && db.value(found) instanceof ListValue)) {
      return;
    }
    db.keep(k, 0, k.length);
    int h = found != Db.NONE ? found : db.put(k, 0, k.length, new ListValue(), false);
    ListValue list = (ListValue) db.value(h);
    byte[] v = text();
    if (list.size() > 3) {
      list.removeFirst();
    }
    list.addLast(v, 0, v.length, FILL);
    db.resized(h);
  }

  private void set(Db db, byte[] k, int found) {
    if (found != Db.NONE && !(db.isObject(found) && db.value(found) instanceof HashValue)) {
      return;
    }
    db.keep(k, 0, k.length);
    int h = found != Db.NONE ? found : db.put(k, 0, k.length, new HashValue(), false);
    HashValue hash = (HashValue) db.value(h);
    byte[] field = Bytes.ascii("field" + random.nextInt(6));
    byte[] v = text();
    hash.set(field, 0, field.length, v, 0, v.length, db.limits());
    if (random.nextBoolean()) {
      hash.expireAt(field, 0, field.length, now.get() + random.nextInt(500));
      db.expiresInPart(h);
    }
    db.resized(h);
  }

  @Test
  void isWhatWasThereAtItsBeginning() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    random = new Random(seed);
    for (Policy policy : new Policy[] {Policy.ALLKEYS_RANDOM, Policy.ALLKEYS_LRU}) {
      settings.policy = policy;
      keyspace = new Keyspace(settings, now::get);
      for (int round = 0; round < 30; round++) {
        for (int i = 0; i < 5000; i++) {
          change();
        }
        taken.clear();
        Map<String, String> before = content();
        assertTrue(before.size() > 100, "there is something to save");
        Snapshot snapshot = keyspace.snapshot(this::take);
        while (!snapshot.isDone()) {
          int changes = random.nextInt(60);
          for (int i = 0; i < changes; i++) {
            change();
          }
          room = 1 + random.nextInt(40);
          snapshot.advance(random.nextInt(200_000));
        }
        assertEquals(before, taken);
        assertFalse(keyspace.isSaving());
      }
    }
  }

  @Test
  void onlyOneAtATimeAndAnAbandonedOneGoesToItsEnd() {
    byte[] v = {1};
    for (int i = 0; i < 10_000; i++) {
      byte[] k = Bytes.ascii("key" + i);
      keyspace.db(0).put(k, 0, k.length, v, 0, 1, false);
    }
    room = 100;
    Snapshot first = keyspace.snapshot(this::take);
    first.advance(1_000_000_000);
    assertEquals(100, taken.size(), "it stops where there is no more room");
    assertThrows(IllegalStateException.class, () -> keyspace.snapshot(this::take));
    first.abandon();
    taken.clear();
    room = Integer.MAX_VALUE;
    keyspace.db(0).clear();
    while (!first.isDone()) {
      first.advance(1000);
    }
    assertEquals(Map.of(), taken);
    keyspace.db(3).put(v, 0, 1, v, 0, 1, false);
    Snapshot second = keyspace.snapshot(this::take);
    second.advance(1_000_000_000);
    assertTrue(second.isDone());
    assertEquals(content(), taken);
  }

  @Test
  void aSliceKeepsToItsTime() {
    byte[] v = {1};
    for (int i = 0; i < 200_000; i++) {
      byte[] k = Bytes.ascii("key" + i);
      keyspace.db(0).put(k, 0, k.length, v, 0, 1, false);
    }
    Snapshot snapshot = keyspace.snapshot((index, db, h) -> true);
    int slices = 0;
    while (!snapshot.isDone()) {
      snapshot.advance(0);
      slices++;
    }
    assertTrue(slices > 200_000 / 40, "many small slices, not " + slices);
  }
}
