package io.sampo.keyspace;

import static io.sampo.testkit.FullHeap.check;

import io.sampo.resp.Bytes;
import io.sampo.testkit.FullHeap;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wherever in a keyspace the heap runs out, only what was being done is not done: in a JVM of its
 * own, whose heap is filled up to a little that differs each time.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OutOfHeapTest {
  private static final int KEYS = 30_000;
  private static final int ROUNDS = Integer.getInteger("test.rounds", 60);

  @TempDir private Path directory;

  @Test
  void nothingElseIsLost() throws Exception {
    FullHeap.run(Trial.class, ROUNDS, directory, "-Xmx24m");
  }

  /** What runs in a JVM of its own. */
  static final class Trial implements FullHeap.Trial {
    private final Random random;
    private final Keyspace keyspace = new Keyspace(new Settings(), () -> 0);
    private final Db db = keyspace.db(0);
    private final Db other = keyspace.db(1);
    private final long empty = db.footprint().used();
    private final BitSet there = new BitSet(KEYS);
    private final byte[][] keys = new byte[KEYS][];
    private final byte[] value = new byte[40];

    Trial(long seed) {
      random = new Random(seed);
      for (int i = 0; i < KEYS; i++) {
        keys[i] = Bytes.ascii("key:" + i);
      }
    }

    public static void main(String[] args) {
      FullHeap.main(args, Trial::new);
    }

    @Override
    public int pieces(int kind) {
      return random.nextInt(25);
    }

    @Override
    public void change(int kind) {
      boolean grow = there.cardinality() < KEYS / 2 || random.nextInt(3) > 0;
      for (int n = 0; n < KEYS; n++) {
        int i = random.nextInt(KEYS);
        change(i, grow);
        if (n % 2 == 0) {
          move(i);
        }
      }
    }

    private void change(int i, boolean grow) {
      byte[] key = keys[i];
      if (grow != there.get(i)) {
        if (grow) {
          db.putText(key, 0, key.length, value, 0, value.length, false);
        } else {
          db.remove(key, 0, key.length);
        }
      }
      there.set(i, grow);
    }

    /** Has a key go to another database: if there is no heap there it stays. */
    private void move(int i) {
      if (!there.get(i)) {
        return;
      }
      byte[] key = keys[i];
      other.remove(key, 0, key.length);
      boolean done = false;
      try {
        db.carry(find(i), other, key, 0, key.length);
        done = true;
      } finally {
        there.set(i, !done);
        check(find(i) == Db.NONE == done, "a key that went, or did not go");
        boolean isThere = other.find(key, 0, key.length) != Db.NONE;
        check(isThere == done, "a key that came, or did not come");
      }
    }

    private int find(int i) {
      return db.find(keys[i], 0, keys[i].length);
    }

    @Override
    public void verify() {
      long found = 0;
      for (int i = 0; i < KEYS; i++) {
        boolean has = find(i) != Db.NONE;
        // What was being done may have been done.
        if (has != there.get(i)) {
          found++;
          there.set(i, has);
        }
      }
      check(found <= 1, found + " keys are not as they were");
      check(db.size() == there.cardinality(), db.size() + " keys, not " + there.cardinality());
      long[] scanned = new long[1];
      long cursor = 0;
      do {
        cursor = db.scan(cursor, 1000, h -> scanned[0]++);
      } while (cursor != 0);
      check(scanned[0] == db.size(), scanned[0] + " scanned");
      db.defragment(System.nanoTime() + 1_000_000);
    }

    @Override
    public void end() {
      for (int i = 0; i < KEYS; i++) {
        db.remove(keys[i], 0, keys[i].length);
        other.remove(keys[i], 0, keys[i].length);
      }
      check(other.size() == 0, other.size() + " keys are left that went");
      check(db.size() == 0, db.size() + " keys are left");
      long left = db.footprint().used() - empty;
      check(left == 0, left + " bytes are accounted for nothing");
    }
  }
}
