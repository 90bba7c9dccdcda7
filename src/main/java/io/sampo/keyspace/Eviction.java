package io.sampo.keyspace;

/**
 * Chooses what to evict. As in Redis, a few keys are sampled each time, and the best candidates
 * seen so far are remembered in a small pool, which approximates the exact order closely.
 */
final class Eviction {
  private static final int POOL = 16;

  private final Keyspace keyspace;

  // Sorted by score, the next to go last.
  private final Db[] dbs = new Db[POOL];
  private final long[] hashes = new long[POOL];
  private final int[] addresses = new int[POOL];
  private final long[] scores = new long[POOL];
  private int count;
  private Policy pooled = Policy.NOEVICTION;
  private int nextDb;

  Eviction(Keyspace keyspace) {
    this.keyspace = keyspace;
  }

  /** Evicts one key by the policy; false if there is none that may go. */
  boolean evict() {
    Policy policy = keyspace.settings.policy;
    if (policy == Policy.NOEVICTION) {
      return false;
    }
    if (policy.measure() == Policy.Measure.NONE) {
      return evictRandom(policy.onlyVolatile());
    }
    if (policy != pooled) {
      count = 0;
      pooled = policy;
    }
    while (fill(policy)) {
      while (count > 0) {
        count--;
        if (isStillThere(count, policy.onlyVolatile())) {
          dbs[count].evict(addresses[count]);
          return true;
        }
      }
    }
    return false;
  }

  private boolean evictRandom(boolean onlyVolatile) {
    for (int tries = keyspace.databases(); tries > 0; tries--) {
      nextDb = (nextDb + 1) % keyspace.databases();
      Db db = keyspace.db(nextDb);
      int h = db.storage().sample(onlyVolatile, keyspace.random);
      if (h != Db.NONE) {
        db.evict(h);
        return true;
      }
    }
    return false;
  }

  /** A candidate may have gone or moved since; an address alone could be another key's by now. */
  private boolean isStillThere(int i, boolean onlyVolatile) {
    Db db = dbs[i];
    Table table = db.storage().table;
    Segment segment = table.segment(hashes[i]);
    return table.slot(segment, hashes[i], addresses[i]) >= 0
        && table.hashOf(addresses[i]) == hashes[i]
        && (!onlyVolatile || db.expireAt(addresses[i]) != Db.NO_EXPIRY);
  }

  /** Samples every database; false if there is nothing that may go. */
  private boolean fill(Policy policy) {
    boolean any = false;
    for (int i = 0; i < keyspace.databases(); i++) {
      Db db = keyspace.db(i);
      for (int n = keyspace.settings.samples; n > 0; n--) {
        int h = db.storage().sample(policy.onlyVolatile(), keyspace.random);
        if (h == Db.NONE) {
          break;
        }
        any = true;
        offer(db, h, score(db, h, policy.measure()));
      }
    }
    return any;
  }

  private static long score(Db db, int h, Policy.Measure measure) {
    return switch (measure) {
      case LRU -> db.uses().idleSeconds(h);
      case LFU -> 255 - db.uses().frequency(h);
      case TTL -> Long.MAX_VALUE - db.expireAt(h);
      case NONE -> 0;
    };
  }

  private void offer(Db db, int h, long score) {
    long hash = db.storage().table.hashOf(h);
    for (int i = 0; i < count; i++) {
      if (addresses[i] == h && hashes[i] == hash && dbs[i] == db) {
        return;
      }
    }
    int at = count;
    while (at > 0 && scores[at - 1] > score) {
      at--;
    }
    if (count == POOL) {
      if (at == 0) {
        return;
      }
      // The least promising makes room.
      at--;
      move(1, 0, at);
    } else {
      move(at, at + 1, count - at);
      count++;
    }
    dbs[at] = db;
    hashes[at] = hash;
    addresses[at] = h;
    scores[at] = score;
  }

  private void move(int from, int to, int n) {
    System.arraycopy(dbs, from, dbs, to, n);
    System.arraycopy(hashes, from, hashes, to, n);
    System.arraycopy(addresses, from, addresses, to, n);
    System.arraycopy(scores, from, scores, to, n);
  }
}
