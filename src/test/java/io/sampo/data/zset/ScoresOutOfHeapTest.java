package io.sampo.data.zset;

import static io.sampo.testkit.FullHeap.check;

import io.sampo.data.Limits;
import io.sampo.data.Words;
import io.sampo.testkit.FullHeap;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Wherever in a sorted set of several pages the heap runs out, both its halves agree. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScoresOutOfHeapTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 45);

  @TempDir private Path directory;

  @Test
  void theSetIsWhole() throws Exception {
    FullHeap.run(Trial.class, ROUNDS, directory);
  }

  /** What runs in a JVM of its own. */
  static final class Trial implements FullHeap.Trial {
    private static final int MEMBERS = 20_000;

    private final Random random;
    private final ZSetValue set = ZSetValue.indexed();
    private final Limits limits = new Limits();
    private final double[] scores = new double[MEMBERS];
    private final byte[] member = new byte[5000];
    private int changing;

    private ZSetValue frozen = new ZSetValue();
    private long frozenSum = sum(frozen);

    Trial(long seed) {
      random = new Random(seed);
      Arrays.fill(scores, ZSetValue.NO_SCORE);
    }

    public static void main(String[] args) {
      FullHeap.main(args, Trial::new);
    }

    @Override
    public int pieces(int kind) {
      return random.nextInt(80);
    }

    @Override
    public void change(int kind) {
      for (int n = 0; n < MEMBERS; n++) {
        change(random.nextInt(MEMBERS), kind);
      }
    }

    private int member(int i) {
      Words.putInt(member, 0, i);
      return i % 200 == 0 ? 4500 : 10 + i % 90;
    }

    private void change(int i, int kind) {
      changing = i;
      int length = member(i);
      if (kind == 2 && random.nextInt(50) == 0 && set.size() > 1) {
        removeRange(random.nextInt(set.size()));
      } else if (kind == 2 && random.nextBoolean()) {
        check(set.remove(member, 0, length) != Double.isNaN(scores[i]), "member " + i);
        scores[i] = ZSetValue.NO_SCORE;
      } else if (!Double.isNaN(scores[i]) || set.size() < MEMBERS * 3 / 4) {
        double score = random.nextInt(1000);
        set.put(score, 0, member, 0, length, limits);
        scores[i] = score;
      }
    }

    private void removeRange(int from) {
      int n = Math.min(1 + random.nextInt(300), set.size() - from);
      int[] gone = new int[n];
      ZSetWalk walk = set.walk(from, false);
      for (int i = 0; i < n; i++) {
        walk.next();
        gone[i] = Words.getInt(walk.array(), walk.offset());
      }
      set.removeRange(from, n);
      for (int i : gone) {
        scores[i] = ZSetValue.NO_SCORE;
      }
    }

    /** Stands for all members of a sorted set, their scores and order. */
    private static long sum(ZSetValue its) {
      int size = its.size();
      long sum = size;
      ZSetWalk walk = its.walk(0, false);
      for (int i = 0; i < size; i++) {
        walk.next();
        sum = 31 * sum + Double.hashCode(walk.score());
        for (int n = 0; n < walk.length(); n++) {
          sum = 31 * sum + walk.array()[walk.offset() + n];
        }
      }
      return sum;
    }

    @Override
    public void verify() {
      int size = 0;
      for (int i = 0; i < MEMBERS; i++) {
        double its = set.score(member, 0, member(i));
        boolean same = Double.compare(its, scores[i]) == 0;
        // What was being done may have been done.
        check(same || i == changing, "member " + i + " has " + its + ", not " + scores[i]);
        scores[i] = its;
        size += Double.isNaN(its) ? 0 : 1;
      }
      check(set.size() == size, set.size() + " members, not " + size);
      ZSetWalk walk = set.walk(0, false);
      double last = Double.NEGATIVE_INFINITY;
      for (int rank = 0; rank < size; rank++) {
        walk.next();
        int i = Words.getInt(walk.array(), walk.offset());
        check(walk.length() == member(i), "member " + i + " is torn");
        check(walk.score() == scores[i], i + " has " + walk.score() + ", not " + scores[i]);
        check(walk.score() >= last, "out of order");
        int its = set.rank(member, 0, walk.length());
        check(its == rank, i + " has rank " + its + ", not " + rank);
        last = walk.score();
      }
      long walked = set.copy().heapBytes();
      check(set.heapBytes() == walked, set.heapBytes() + " bytes, not " + walked);
      check(sum(frozen) == frozenSum, "what was frozen has changed");
      frozen = random.nextInt(3) == 0 ? set.frozen() : new ZSetValue();
      frozenSum = sum(frozen);
    }
  }
}
