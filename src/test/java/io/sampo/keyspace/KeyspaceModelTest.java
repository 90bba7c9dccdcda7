package io.sampo.keyspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.Type;
import io.sampo.data.Value;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Random operations on a database and on a HashMap, compared step by step. */
final class KeyspaceModelTest {
  private static final long START = 1_700_000_000_000L;

  private record Expected(byte[] bytes, Value value, long expireAt) {
    boolean isObject() {
      return bytes.length == 0 && value != NO_VALUE;
    }
  }

  /** A stand-in for a collection. */
  private static final class Box implements Value {
    private long bytes;

    Box(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public Type type() {
      return Type.LIST;
    }

    @Override
    public String encoding() {
      return "box";
    }

    @Override
    public long heapBytes() {
      return bytes;
    }

    @Override
    public Value copy() {
      return new Box(bytes);
    }
  }

  private static final Value NO_VALUE = new Box(0);
  private static final byte[] NO_BYTES = {};

  private final AtomicLong now = new AtomicLong(START);
  private final Settings settings = new Settings();
  private final Map<String, Expected> model = new HashMap<>();
  private Random random;
  private Keyspace keyspace;
  private Db db;

  private void begin(long seed) {
    System.out.println("seed " + seed);
    random = new Random(seed);
    settings.hashSeed = random.nextLong();
    now.set(START);
    model.clear();
    keyspace = new Keyspace(settings, now::get);
    db = keyspace.db(0);
  }

  @Test
  void agreesWithAMapUnderRandomOperations() {
    long seed = System.nanoTime();
    for (int round = 0; round < 12; round++) {
      begin(seed + round);
      long empty = keyspace.usedMemory();
      int keys = 1 << (3 + round);
      for (int step = 0; step < 20_000; step++) {
        step(keys);
      }
      checkAll();
      keyspace.defragment(1_000_000_000);
      checkAll();
      clearOneByOne();
      assertEquals(0, db.size());
      assertEquals(0, db.volatileSize());
      assertEquals(empty, keyspace.usedMemory(), "memory accounted for nothing");
    }
  }

  private void step(int keys) {
    byte[] key = key(random.nextInt(keys));
    String name = Bytes.text(key);
    if (random.nextInt(8) == 0) {
      now.addAndGet(random.nextInt(200));
    }
    if (random.nextInt(2000) == 0) {
      keyspace.expireCycle(1_000_000);
    }
    Expected old = model.get(name);
    if (old != null && old.expireAt != -1 && old.expireAt <= now.get()) {
      model.remove(name);
      old = null;
    }
    int h;
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> {
        byte[] value = value();
        boolean keep = random.nextBoolean();
        h = db.put(key, 0, key.length, value, 0, value.length, keep);
        model.put(name, new Expected(value, NO_VALUE, keep && old != null ? old.expireAt : -1));
      }
      case 3 -> {
        long value = random.nextLong() >> random.nextInt(64);
        h = db.putLong(key, 0, key.length, value, false);
        model.put(name, new Expected(Bytes.ascii(Long.toString(value)), NO_VALUE, -1));
      }
      case 4 -> {
        Value value = new Box(random.nextInt(1000));
        boolean keep = random.nextBoolean();
        h = db.put(key, 0, key.length, value, keep);
        model.put(name, new Expected(NO_BYTES, value, keep && old != null ? old.expireAt : -1));
      }
      case 5, 6 -> {
        assertEquals(old != null, db.remove(key, 0, key.length));
        model.remove(name);
        h = Db.NONE;
      }
      case 7, 8 -> {
        h = db.lookup(key, 0, key.length);
        if (h != Db.NONE) {
          long when = random.nextInt(3) == 0 ? -1 : now.get() + 1 + random.nextInt(100_000);
          h = db.expireAt(h, when);
          model.put(name, new Expected(old.bytes, old.value, when));
        }
      }
      case 9 -> {
        h = db.find(key, 0, key.length);
        if (h != Db.NONE && db.isString(h)) {
          h = db.makeRaw(h);
          byte[] more = value();
          db.raw(h).append(more, 0, more.length);
          db.resized(h);
          byte[] all = Arrays.copyOf(old.bytes, old.bytes.length + more.length);
          System.arraycopy(more, 0, all, old.bytes.length, more.length);
          model.put(name, new Expected(all, NO_VALUE, old.expireAt));
        }
      }
      case 10 -> {
        h = db.find(key, 0, key.length);
        byte[] to = key(random.nextInt(keys));
        if (h != Db.NONE && !Arrays.equals(key, to)) {
          db.remove(to, 0, to.length);
          db.carry(db.find(key, 0, key.length), db, to, 0, to.length);
          h = db.find(to, 0, to.length);
          model.remove(name);
          model.put(Bytes.text(to), old);
          key = to;
          name = Bytes.text(to);
        }
      }
      default -> h = db.find(key, 0, key.length);
    }
    assertEquals(h == Db.NONE, db.find(key, 0, key.length) == Db.NONE);
    check(key, name);
  }

  private void check(byte[] key, String name) {
    int h = db.find(key, 0, key.length);
    Expected expected = model.get(name);
    if (expected == null || (expected.expireAt != -1 && expected.expireAt <= now.get())) {
      assertEquals(Db.NONE, h);
      return;
    }
    assertNotEquals(Db.NONE, h);
    assertArrayEquals(key, db.key(h));
    assertEquals(expected.expireAt, db.expireAt(h));
    if (expected.isObject()) {
      assertEquals(expected.value, db.value(h));
      assertEquals(Type.LIST, db.type(h));
      return;
    }
    assertEquals(Type.STRING, db.type(h));
    assertArrayEquals(expected.bytes, db.string(h));
    assertEquals(expected.bytes.length, db.stringLength(h));
    ReplyWriter plain = new ReplyWriter(16);
    ReplyWriter ours = new ReplyWriter(16);
    int from = expected.bytes.length / 3;
    plain.bulk(expected.bytes);
    plain.bulk(expected.bytes, from, expected.bytes.length - from);
    db.bulk(h, ours);
    db.bulkRange(h, from, expected.bytes.length - from, ours);
    assertArrayEquals(plain.toByteArray(), ours.toByteArray());
  }

  private void checkAll() {
    for (String name : model.keySet()) {
      check(Bytes.ascii(name), name);
    }
    model.values().removeIf(e -> e.expireAt != -1 && e.expireAt <= now.get());
    Set<String> seen = new HashSet<>();
    long cursor = 0;
    do {
      cursor = db.scan(cursor, 10, h -> assertTrue(seen.add(Bytes.text(db.key(h)))));
    } while (cursor != 0);
    assertEquals(model.keySet(), seen);
  }

  private void clearOneByOne() {
    keyspace.expireCycle(1_000_000_000);
    for (String name : model.keySet()) {
      byte[] key = Bytes.ascii(name);
      assertTrue(db.remove(key, 0, key.length));
    }
  }

  /** Keys of all lengths, some bigger than any size class. */
  private static byte[] key(int n) {
    if (n == 0) {
      return NO_BYTES;
    }
    int length = n % 97 == 0 ? n * 7 % 20_000 : n % 40;
    return Bytes.ascii(Integer.toString(n) + "k".repeat(length));
  }

  private byte[] value() {
    int length =
        switch (random.nextInt(10)) {
          case 0 -> random.nextInt(20_000);
          case 1, 2 -> random.nextInt(2_200);
          case 3 -> 0;
          default -> random.nextInt(150);
        };
    byte[] value = new byte[length];
    random.nextBytes(value);
    return value;
  }
}
