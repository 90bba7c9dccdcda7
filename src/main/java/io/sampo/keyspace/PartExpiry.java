package io.sampo.keyspace;

import io.sampo.data.ByteTable;
import io.sampo.data.PartlyVolatile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Active expiry of parts of values, such as fields of hashes, in slices: knows the keys that may
 * hold such values, and goes round them. What has been deleted or replaced meanwhile is forgotten
 * when its turn comes.
 */
final class PartExpiry {
  /** Keys, or parts of one value, looked at between two looks at the time. */
  private static final int STEP = 32;

  private final Keyspace keyspace;
  private final Db db;
  private final ByteTable keys = new ByteTable();
  private long cursor;

  PartExpiry(Keyspace keyspace, Db db) {
    this.keyspace = keyspace;
    this.db = db;
  }

  void add(byte[] key, int offset, int length) {
    keys.add(key, offset, length);
  }

  /** Goes once round all keys, or until {@code deadline} of {@link System#nanoTime}. */
  void cycle(long now, long deadline) {
    for (int left = keys.size(); left > 0 && !isOver(deadline); ) {
      List<byte[]> some = new ArrayList<>();
      cursor =
          keys.scan(
              cursor,
              STEP,
              (key, ko, kl, value, vo, vl) -> some.add(Arrays.copyOfRange(key, ko, ko + kl)));
      some.forEach(key -> expire(key, now, deadline));
      left -= Math.max(1, some.size());
    }
  }

  private static boolean isOver(long deadline) {
    return System.nanoTime() - deadline >= 0;
  }

  private void expire(byte[] key, long now, long deadline) {
    int h = db.find(key, 0, key.length);
    if (h == Db.NONE
        || !db.isObject(h)
        || !(db.value(h) instanceof PartlyVolatile value)
        || value.nextExpiry() == PartlyVolatile.NEVER) {
      keys.remove(key, 0, key.length);
      return;
    }
    if (value.nextExpiry() <= now) {
      db.keep(key, 0, key.length);
    }
    while (value.nextExpiry() <= now && !isOver(deadline)) {
      List<byte[]> expired = value.expireParts(now, STEP);
      if (!expired.isEmpty()) {
        settle(h, value, expired);
      }
    }
  }

  /** Accounts for parts that a value has lost, and removes it if they were the last. */
  private void settle(int h, PartlyVolatile value, List<byte[]> expired) {
    byte[] key = db.key(h);
    keyspace.notePartsExpired(db, key, expired);
    if (value.isEmpty()) {
      db.remove(h);
      keyspace.noteEmptied(db, key);
    } else {
      db.resized(h);
    }
  }
}
