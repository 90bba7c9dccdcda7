package io.sampo.data.list;

import static io.sampo.testkit.FullHeap.check;

import io.sampo.data.Words;
import io.sampo.testkit.FullHeap;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wherever in a list of several pages the heap runs out, it has what it had before, or what it was
 * to have.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListOutOfHeapTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 45);

  @TempDir private Path directory;

  @Test
  void theListIsWhole() throws Exception {
    FullHeap.run(Trial.class, ROUNDS, directory);
  }

  @Test
  void aListOfCompressedNodesIsWhole() throws Exception {
    FullHeap.run(CompressedTrial.class, ROUNDS, directory);
  }

  /** As {@link Trial}, with a depth of one or of several nodes. */
  static final class CompressedTrial {
    private CompressedTrial() {}

    public static void main(String[] args) {
      FullHeap.main(args, seed -> new Trial(seed, 1 + (int) (seed & 1) * 2));
    }
  }

  /** What runs in a JVM of its own. */
  static final class Trial implements FullHeap.Trial {
    private static final int MOST = 40_000;
    private static final int FILL = -2;

    private final Random random;
    private final ListValue list = new ListValue();

    /** The numbers that the elements are to be, and those that they were before the last change. */
    private int[] model = new int[MOST];

    private int[] before = new int[MOST];
    private int size;
    private int sizeBefore;
    private final byte[] element = new byte[300];
    private int next;

    private ListValue frozen = list.frozen();
    private long frozenSum = sum(frozen);

    private final int depth;

    Trial(long seed, int depth) {
      this.depth = depth;
      random = new Random(seed);
    }

    public static void main(String[] args) {
      FullHeap.main(args, seed -> new Trial(seed, 0));
    }

    @Override
    public int pieces(int kind) {
      return random.nextInt(depth == 0 ? 60 : 12);
    }

    @Override
    public void change(int kind) {
      int many = 1 + random.nextInt(400);
      boolean inMiddle = random.nextBoolean();
      for (int n = 0; n < 6_000; n++) {
        if (inMiddle) {
          changeMiddle(kind, many);
        } else {
          changeEnd(kind);
        }
      }
    }

    private int number() {
      int length = 8 + next % 250 * 7919 % 250;
      Arrays.fill(element, (byte) length);
      // Every other one repeats nothing that came before.
      for (int i = 0; depth > 0 && next % 2 == 0 && i < length - Long.BYTES; i += Long.BYTES) {
        Words.putLong(element, i, (next + i) * 0x9e3779b97f4a7c15L);
      }
      Words.putInt(element, 0, next);
      return length;
    }

    private void changeEnd(int kind) {
      sizeBefore = -1;
      boolean inFront = random.nextBoolean();
      if (kind == 2 && size > 1 || size == MOST) {
        remember(inFront ? 0 : size - 1, 0, 1);
        if (inFront) {
          list.removeFirst();
        } else {
          list.removeLast();
        }
        list.settle(FILL);
      } else if (kind != 2) {
        int length = number();
        remember(inFront ? 0 : size, 1, 0);
        list.prepare(length, 1, FILL, depth);
        if (inFront) {
          list.addFirst(element, 0, length, FILL);
        } else {
          list.addLast(element, 0, length, FILL);
        }
      }
    }

    private void changeMiddle(int kind, int many) {
      if (size < 2) {
        changeEnd(0);
        return;
      }
      int at = random.nextInt(size);
      int n = Math.min(Math.min(many, size - at), size - 1);
      if (kind == 2 || size == MOST) {
        remember(at, 0, n);
        list.remove(at, n, FILL);
        list.settle(FILL);
      } else if (kind == 1 && many % 3 == 0) {
        int length = number();
        remember(at, 1, 1);
        list.prepare(length, 1, FILL, depth);
        list.set(at, element, 0, length, FILL);
        list.settle(FILL);
      } else if (kind == 1 && many % 3 == 1 && size > 100) {
        int first = random.nextInt(3);
        int end = size - random.nextInt(3);
        remember(0, 0, first);
        size = end - first;
        list.retain(first, end, FILL);
        list.settle(FILL);
      } else {
        int length = number();
        remember(at, 1, 0);
        list.prepare(length, 1, FILL, depth);
        list.insert(at, element, 0, length, FILL);
      }
    }

    /** Has the model have {@code more} or {@code less} at some place. */
    private void remember(int at, int more, int less) {
      sizeBefore = size;
      System.arraycopy(model, 0, before, 0, size);
      System.arraycopy(model, at + less, model, at + more, size - at - less);
      if (more > 0) {
        model[at] = next++;
      }
      size += more - less;
    }

    /** Stands for all elements of a list. */
    private static long sum(ListValue its) {
      long sum = its.size();
      for (ListValue.Cursor cursor = its.cursor(false); cursor.next(); ) {
        sum = 31 * sum + Arrays.hashCode(cursor.get());
      }
      return sum;
    }

    /** Whether the last change, which was to replace an element, has not been made. */
    private boolean isAsBefore() {
      if (sizeBefore != size) {
        return false;
      }
      int differing = Arrays.mismatch(model, 0, size, before, 0, size);
      return differing >= 0 && Words.getInt(list.get(differing), 0) == before[differing];
    }

    @Override
    public void verify() {
      if (list.size() != size || isAsBefore()) {
        check(list.size() == sizeBefore, "size " + list.size() + ", not " + size);
        int[] swap = model;
        model = before;
        before = swap;
        size = sizeBefore;
      }
      ListValue.Cursor cursor = list.cursor(false);
      for (int i = 0; i < size; i++) {
        check(cursor.next(), "there are " + i + " of " + size);
        byte[] b = cursor.get();
        int its = Words.getInt(b, 0);
        check(its == model[i], "element " + i + " is " + its + ", not " + model[i]);
        check(b[b.length - 1] == (byte) b.length, "element " + i + " is torn");
      }
      check(!cursor.next(), "there are more than " + size);
      long walked = list.heapByNode();
      check(list.heapBytes() == walked, list.heapBytes() + " bytes, not " + walked);
      check(sum(frozen) == frozenSum, "what was frozen has changed");
      frozen = random.nextInt(4) == 0 ? list.frozen() : new ListValue();
      frozenSum = sum(frozen);
    }
  }
}
