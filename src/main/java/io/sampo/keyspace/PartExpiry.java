package io.sampo.keyspace;

import io.sampo.data.PartlyVolatile;
import io.sampo.data.TimeOrder;
import java.util.List;

/**
 * Active expiry of parts of values, such as fields of hashes, in slices: knows such values in the
 * order in which they are to be looked at. Each has one entry that counts; those that it had before
 * it was given an earlier time, moved or deleted are passed over when their time comes, or when a
 * new entry makes room for itself.
 */
final class PartExpiry {
  /** Parts of one value looked at between two looks at the time. */
  private static final int STEP = 32;

  /** Entries looked at, whether they still count, for each that is added. */
  private static final int SWEPT = 2;

  private static final long HASH_MASK = 0xffffffffL;

  private final Keyspace keyspace;
  private final Db db;

  /** Each number is a ticket, above the hash of the value's key. */
  private final TimeOrder order = new TimeOrder();

  private int lastTicket;
  private int sweep;

  PartExpiry(Keyspace keyspace, Db db) {
    this.keyspace = keyspace;
    this.db = db;
  }

  /** How many entries there are, those included that do not count any more. */
  int size() {
    return order.size();
  }

  /** Puts a value in its place that has come here, under a key of this hash. */
  void add(PartlyVolatile value, long hash) {
    sweep();
    if (++lastTicket == 0) {
      lastTicket = 1;
    }
    value.schedule(value.nextExpiry(), lastTicket);
    order.add(value.nextExpiry(), number(lastTicket, hash));
  }

  /** The same of one that is here already, of which a part may now expire earlier. */
  void advance(PartlyVolatile value, long hash) {
    if (value.nextExpiry() < value.scheduledFor()) {
      add(value, hash);
    }
  }

  private static long number(int ticket, long hash) {
    return (long) ticket << Integer.SIZE | hash;
  }

  /** Looks at some entries, going round, and drops those that do not count. */
  private void sweep() {
    for (int i = 0; i < SWEPT && order.size() > 0; i++) {
      if (sweep == 0 || sweep > order.size()) {
        sweep = order.size();
      }
      sweep--;
      if (find(order.number(sweep)) == Db.NONE) {
        order.remove(sweep);
      }
    }
  }

  /** The record of the value that an entry stands for, or {@link Db#NONE}. */
  private int find(long number) {
    long hash = number & HASH_MASK;
    int ticket = (int) (number >>> Integer.SIZE);
    Segment segment = db.storage().table.segment(hash);
    for (int slot = segment.first(hash); segment.has(slot, hash); slot++) {
      int h = segment.address(slot);
      if (db.isObject(h)
          && db.value(h) instanceof PartlyVolatile value
          && value.ticket() == ticket) {
        return h;
      }
    }
    return Db.NONE;
  }

  /**
   * Expires whatever is over, until {@code deadline} of {@link System#nanoTime}; whether that was
   * all.
   */
  boolean cycle(long now, long deadline) {
    boolean inTime = true;
    while (inTime && isDue(now)) {
      int h = find(order.number(0));
      if (h == Db.NONE || db.storage().isVolatile(h) && db.expireAt(h) <= now) {
        order.remove(0);
      } else {
        expire(h, now, deadline);
      }
      inTime = System.nanoTime() - deadline < 0;
    }
    return !isDue(now);
  }

  private boolean isDue(long now) {
    return order.size() > 0 && order.time(0) <= now;
  }

  private void expire(int h, long now, long deadline) {
    PartlyVolatile value = (PartlyVolatile) db.value(h);
    byte[] key = db.key(h);
    db.keep(key, 0, key.length);
    boolean inTime = true;
    while (inTime && value.nextExpiry() <= now) {
      List<byte[]> expired = value.expireParts(now, STEP);
      if (!expired.isEmpty()) {
        keyspace.notePartsExpired(db, key, expired);
        if (value.isEmpty()) {
          order.remove(0);
          db.remove(h);
          keyspace.noteEmptied(db, key);
          return;
        }
        db.resized(h);
      }
      inTime = System.nanoTime() - deadline < 0;
    }
    long next = value.nextExpiry();
    if (next == PartlyVolatile.NEVER) {
      value.schedule(next, 0);
      order.remove(0);
    } else {
      value.schedule(next, value.ticket());
      order.replace(0, next, order.number(0));
    }
  }
}
