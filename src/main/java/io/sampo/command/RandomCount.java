package io.sampo.command;

import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import java.util.SplittableRandom;

/**
 * How many random elements HRANDFIELD and SRANDMEMBER are asked for: distinct ones, or if negative
 * that many with repetitions.
 */
public final class RandomCount {
  private static final RespError OUT_OF_RANGE =
      new RespError(
          "ERR value is out of range, value must between -9223372036854775807 and"
              + " 9223372036854775807");

  /** Where at least one element in this many is wanted, it is cheaper to walk through all. */
  private static final int SPARSE = 3;

  private static final int SMALL = 128;

  private RandomCount() {}

  public static long parse(Args a, int i) {
    long count = a.integer(i);
    if (count == Long.MIN_VALUE) {
      throw OUT_OF_RANGE;
    }
    return count;
  }

  /** A negative count as the number of elements to reply, which must fit into a reply. */
  public static int repeated(long count) {
    if (-count > Integer.MAX_VALUE / 2) {
      throw new OutOfMemoryError("a reply of more than 2 GiB");
    }
    return (int) -count;
  }

  /** Whether to choose {@code count} of {@code size} elements by walking through all of them. */
  public static boolean walks(int size, int count) {
    return size <= SMALL || (long) count * SPARSE > size;
  }

  /**
   * Chooses distinct elements as they pass by, all sets of them equally likely (Knuth, The Art of
   * Computer Programming 3.4.2, algorithm S).
   */
  public static final class Choice {
    private final SplittableRandom random;
    private int left;
    private int wanted;

    public Choice(int size, int count, SplittableRandom random) {
      this.left = size;
      this.wanted = count;
      this.random = random;
    }

    public boolean takes() {
      boolean taken = random.nextInt(left--) < wanted;
      wanted -= taken ? 1 : 0;
      return taken;
    }

    public boolean wantsMore() {
      return wanted > 0;
    }
  }
}
