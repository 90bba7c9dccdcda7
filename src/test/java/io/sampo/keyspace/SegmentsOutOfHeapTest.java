package io.sampo.keyspace;

import static io.sampo.testkit.FullHeap.check;

import io.sampo.data.Directory;
import io.sampo.data.KeyHash;
import io.sampo.testkit.FullHeap;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wherever in a table whose segments lie in pages the heap runs out, only what was being done is
 * not done.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SegmentsOutOfHeapTest {
  private static final int ENTRIES = 600_000;
  private static final int STEP = 200_000;
  private static final int ROUNDS = Integer.getInteger("test.rounds", 40);

  @TempDir private Path directory;

  @Test
  void nothingElseIsLost() throws Exception {
    FullHeap.run(Trial.class, ROUNDS, directory);
  }

  /** What runs in a JVM of its own. */
  static final class Trial implements FullHeap.Trial {
    private static final long[] HASHES = new Random(1).longs(ENTRIES, 0, KeyHash.END).toArray();

    private final Random random;
    private final Table table = new Table(new Arena(), new KeyHash(1));
    private final long empty = table.bytes();

    /** Those from 1 to here are in the table, as addresses. */
    private int count;

    Trial(long seed) {
      random = new Random(seed);
      while (count < ENTRIES / 2) {
        insert();
      }
    }

    public static void main(String[] args) {
      FullHeap.main(args, Trial::new);
    }

    private void insert() {
      table.insert(HASHES[count], count + 1);
      count++;
    }

    private void remove() {
      long hash = HASHES[count - 1];
      Segment segment = table.segment(hash);
      table.remove(segment, table.slot(segment, hash, count));
      count--;
      table.shrink(hash);
    }

    @Override
    public int pieces(int kind) {
      // Next to nothing where it is to shrink, for which it needs some, too.
      return random.nextInt(kind == 0 ? 2 : 32);
    }

    @Override
    public void change(int kind) {
      int wanted = kind == 0 ? count - random.nextInt(STEP) : count + random.nextInt(STEP);
      wanted = Math.min(Math.max(wanted, ENTRIES / 4), ENTRIES);
      while (count < wanted) {
        insert();
      }
      while (count > wanted) {
        remove();
      }
    }

    @Override
    public void verify() {
      check(table.size() == count, table.size() + " entries, not " + count);
      // One in ten, for all of them would take longer than the rest.
      for (int i = random.nextInt(10); i < ENTRIES; i += 10) {
        boolean has = table.slot(table.segment(HASHES[i]), HASHES[i], i + 1) >= 0;
        check(has == i < count, "entry " + i + " of " + count);
      }
      int[] scanned = new int[1];
      table.scan(0, Integer.MAX_VALUE, h -> scanned[0]++);
      check(scanned[0] == count, scanned[0] + " scanned");
    }

    @Override
    public void end() {
      while (count > 0) {
        remove();
      }
      check(table.bytes() == empty, table.bytes() - empty + " bytes are accounted for nothing");
      expire();
    }

    /** Takes what is left of the heap in so small pieces that there is room for nothing. */
    private static Object[] crumbs() {
      Object[] crumbs = new Object[1];
      try {
        while (true) {
          crumbs = new Object[] {crumbs};
        }
      } catch (OutOfMemoryError full) {
        return crumbs;
      }
    }

    /** Removes all, as expiry does: it has the table shrink once for each segment. */
    private void expire() {
      while (count < ENTRIES / 2) {
        insert();
      }
      long before = table.bytes();
      List<byte[]> ballast = FullHeap.but(0);
      Object[] crumbs = crumbs();
      for (long hash = 0; hash < KeyHash.END; ) {
        Segment segment = table.segment(hash);
        for (int slot = 0; slot < segment.length(); ) {
          if (segment.address(slot) == Arena.NONE) {
            slot++;
          } else {
            table.remove(segment, slot);
          }
        }
        long behind = Directory.behind(segment, hash);
        table.shrink(hash);
        hash = behind;
        if (hash > KeyHash.END / 8 && crumbs.length > 0) {
          ballast.clear();
          crumbs = new Object[0];
        }
      }
      check(table.bytes() < before / 2, table.bytes() + " of " + before + " bytes are left");
    }
  }
}
