package io.sampo.keyspace;

import io.sampo.data.Directory;
import io.sampo.data.KeyHash;

/**
 * Active expiry in slices: goes round all segments of all databases, and looks into those only that
 * may hold something whose time is over.
 */
final class Expiry {
  /** Entries removed, or segments passed over, between two looks at the time. */
  private static final int STEP = 64;

  private final Keyspace keyspace;
  private int db;
  private long hash;
  private double stale;
  private boolean behind;

  Expiry(Keyspace keyspace) {
    this.keyspace = keyspace;
  }

  /**
   * A running estimate, 0 to 100, of how many of the keys with an expiry have expired unnoticed.
   */
  double stalePercent() {
    return stale;
  }

  /** Whether the last cycle ended with more to do. */
  boolean isBehind() {
    return behind;
  }

  /**
   * Expires for about {@code budgetNanos}, or until there is nothing left to do; returns how many
   * keys it removed.
   */
  long cycle(long budgetNanos) {
    long deadline = System.nanoTime() + budgetNanos;
    long now = keyspace.clock.getAsLong();
    long expired = 0;
    long seen = 0;
    int steps = 0;
    // The database where the last cycle stopped is begun in its middle, and visited again at last.
    int rest = keyspace.databases() + 1;
    while (rest > 0) {
      Db current = keyspace.db(db % keyspace.databases());
      if (current.volatileSize() == 0 || hash >= KeyHash.END) {
        db = (db + 1) % keyspace.databases();
        hash = 0;
        rest--;
        continue;
      }
      Table table = current.storage().table;
      Segment segment = table.segment(hash);
      long behind = Directory.behind(segment, hash);
      if (segment.nextExpiry <= now && segment.volatiles > 0) {
        int n = expire(current, segment, now);
        expired += n;
        seen += n;
        steps += STEP;
        if (segment.nextExpiry > now) {
          table.shrink(hash);
          seen += segment.volatiles;
          hash = behind;
        }
      } else {
        seen += segment.volatiles;
        hash = behind;
      }
      if (++steps >= STEP) {
        steps = 0;
        if (System.nanoTime() - deadline >= 0) {
          break;
        }
      }
    }
    behind = rest > 0;
    // However much there was to do for keys, parts get their share.
    long share = System.nanoTime() + budgetNanos / 4;
    for (int i = 0; i < keyspace.databases(); i++) {
      behind |= !keyspace.db(i).parts().cycle(now, share - deadline > 0 ? share : deadline);
    }
    if (seen > 0) {
      // Weighted as in Redis: a twentieth for the newest sample.
      stale = stale * 0.95 + 100.0 * expired / seen * 0.05;
    } else {
      stale *= 0.95;
    }
    return expired;
  }

  /** Removes a step's worth of the entries of a segment whose time is over; returns how many. */
  private static int expire(Db db, Segment segment, long now) {
    int count = 0;
    long next = Long.MAX_VALUE;
    for (int slot = 0; slot < segment.length(); ) {
      int h = segment.address(slot);
      if (h == Db.NONE || !db.storage().isVolatile(h)) {
        slot++;
        continue;
      }
      long expiry = db.expireAt(h);
      if (expiry > now) {
        next = Math.min(next, expiry);
        slot++;
      } else if (count == STEP) {
        return count;
      } else {
        // What follows moves up into this slot.
        db.expire(segment, slot, segment.hash(slot));
        count++;
      }
    }
    segment.nextExpiry = next;
    return count;
  }
}
