package io.sampo.data;

import static io.sampo.testkit.FullHeap.check;

import io.sampo.testkit.FullHeap;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wherever in a table of several pages the heap runs out, only what was being done is not done: in
 * a JVM of its own, whose heap is filled up to a little that differs each time.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TableOutOfHeapTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 45);

  @TempDir private Path directory;

  @Test
  void nothingElseIsLost() throws Exception {
    FullHeap.run(Trial.class, ROUNDS, directory);
  }

  /** What runs in a JVM of its own. */
  static final class Trial implements FullHeap.Trial {
    private static final int KEYS = 20_000;

    private final Random random;
    private final ByteTable table = new ByteTable();

    /** What each key has, by number; 0 if it is not there. */
    private final int[] lengths = new int[KEYS];

    private final byte[] key = new byte[12];
    private final byte[] value = new byte[6000];
    private int changing;

    private ByteTable frozen = new ByteTable();
    private long frozenSum = sum(frozen);

    Trial(long seed) {
      random = new Random(seed);
    }

    public static void main(String[] args) {
      FullHeap.main(args, Trial::new);
    }

    @Override
    public int pieces(int kind) {
      return random.nextInt(60);
    }

    @Override
    public void change(int kind) {
      for (int n = 0; n < KEYS; n++) {
        change(random.nextInt(KEYS), kind);
      }
    }

    private byte[] key(int i) {
      Words.putInt(key, 4, i);
      return key;
    }

    /** Adds or replaces, or, if {@code kind} is 2, mostly removes. */
    private void change(int i, int kind) {
      changing = i;
      if (kind == 2 && random.nextInt(3) > 0) {
        boolean had = lengths[i] > 0;
        check(table.remove(key(i), 0, key.length) == had, "key " + i + " was wrong");
        lengths[i] = 0;
        return;
      }
      int length = 1 + random.nextInt(random.nextInt(100) > 0 ? 300 : value.length);
      if (lengths[i] == 0 && table.heapBytes() > 6 << 20) {
        return;
      }
      Arrays.fill(value, 0, length, (byte) (i ^ length));
      boolean isNew = table.put(key(i), 0, key.length, value, 0, length);
      check(isNew == (lengths[i] == 0), "key " + i + " was wrong");
      lengths[i] = length;
    }

    /** Stands for all entries of a table, whatever their order. */
    private static long sum(ByteTable its) {
      long[] sum = {its.size()};
      its.each(
          (k, ko, kl, v, vo, vl) -> {
            long entry = Words.getInt(k, ko + 4);
            for (int n = 0; n < vl; n++) {
              entry = 31 * entry + v[vo + n];
            }
            sum[0] += entry * entry;
            return true;
          });
      return sum[0];
    }

    @Override
    public void verify() {
      int size = 0;
      for (int i = 0; i < KEYS; i++) {
        int its = table.find(key(i), 0, key.length) ? table.valueLength() : 0;
        // What was being done may have been done.
        check(
            its == lengths[i] || i == changing, "key " + i + " has " + its + ", not " + lengths[i]);
        lengths[i] = its;
        size += its > 0 ? 1 : 0;
        for (int n = 0; n < its; n++) {
          check(table.value()[table.valueAt() + n] == (byte) (i ^ its), "key " + i + " is torn");
        }
      }
      check(table.size() == size, table.size() + " entries, not " + size);
      int[] seen = {0};
      table.each((k, ko, kl, v, vo, vl) -> seen[0]++ >= 0);
      check(seen[0] == size, seen[0] + " seen of " + size);
      long walked = table.copy().heapBytes();
      check(walked == table.heapBytes(), table.heapBytes() + " bytes, not " + walked);
      check(sum(frozen) == frozenSum, "what was frozen has changed");
      frozen = random.nextInt(4) == 0 ? table.frozen() : new ByteTable();
      frozenSum = sum(frozen);
    }

    @Override
    public void end() {
      for (int i = 0; i < KEYS; i++) {
        table.remove(key(i), 0, key.length);
      }
      check(table.size() == 0, table.size() + " entries are left");
    }
  }
}
