package io.sampo.data.string;

/**
 * The registers of a {@link HyperLogLog} of which most are zero, as runs of equal ones:
 *
 * <pre>
 * 00nnnnnn           n + 1 registers are zero
 * 01nnnnnn nnnnnnnn  n + 1 registers are zero
 * 1vvvvvnn           n + 1 registers are v + 1
 * </pre>
 *
 * Which of several ways of writing the same registers is taken follows Redis, byte for byte.
 */
final class SparseRegisters {
  /** What {@link #raise} may say: that the register was as high, was raised, cannot be. */
  static final int UNCHANGED = 0;

  static final int RAISED = 1;
  static final int FULL = 2;

  private static final int MAX_VALUE = 32;
  private static final int MAX_VALUE_RUN = 4;
  private static final int MAX_SHORT_RUN = 64;

  /** How many runs from the one before a changed one are looked at for being joined. */
  private static final int JOINED = 5;

  private SparseRegisters() {}

  /** Writes the two bytes that say all are zero. */
  static void clear(byte[] a, int at) {
    putZeros(a, at, HyperLogLog.REGISTERS);
  }

  /** How many registers at most are above zero in so many bytes. */
  static int most(int bytes) {
    return (int) Math.min((long) bytes * MAX_VALUE_RUN, HyperLogLog.REGISTERS);
  }

  private static boolean isValue(byte[] a, int p) {
    return a[p] < 0;
  }

  private static int value(byte[] a, int p) {
    return isValue(a, p) ? (a[p] >> 2 & 31) + 1 : 0;
  }

  /** How many registers the run at {@code p} is of. */
  private static int run(byte[] a, int p) {
    if (isValue(a, p)) {
      return (a[p] & 3) + 1;
    }
    return size(a, p) == 1 ? (a[p] & 0x3f) + 1 : ((a[p] & 0x3f) << 8 | a[p + 1] & 0xff) + 1;
  }

  /** How many bytes the run at {@code p} takes. */
  private static int size(byte[] a, int p) {
    return (a[p] & 0xc0) == 0x40 ? 2 : 1;
  }

  /**
   * The run at {@code p}, checked against the end of the bytes and of the registers.
   *
   * @param first the register it begins with
   */
  private static int checkedRun(byte[] a, int p, int end, int first) {
    if (p + size(a, p) > end) {
      throw HyperLogLog.CORRUPT;
    }
    int run = run(a, p);
    if (first + run > HyperLogLog.REGISTERS) {
      throw HyperLogLog.CORRUPT;
    }
    return run;
  }

  private static void checkAll(int registers) {
    if (registers != HyperLogLog.REGISTERS) {
      throw HyperLogLog.CORRUPT;
    }
  }

  /** Raises registers, one per byte, to these. */
  static void merge(byte[] a, int from, int end, byte[] registers) {
    int i = 0;
    for (int p = from; p < end; p += size(a, p)) {
      int to = i + checkedRun(a, p, end, i);
      byte value = (byte) value(a, p);
      for (; i < to; i++) {
        registers[i] = value > registers[i] ? value : registers[i];
      }
    }
    checkAll(i);
  }

  /** Counts how many registers have each value. */
  static void count(byte[] a, int from, int end, int[] histogram) {
    int first = 0;
    for (int p = from; p < end; p += size(a, p)) {
      int run = checkedRun(a, p, end, first);
      histogram[value(a, p)] += run;
      first += run;
    }
    checkAll(first);
  }

  /**
   * Makes a register at least that high.
   *
   * @param from where in the string the registers begin
   * @param maxLength the bytes up to which the string may grow
   */
  static int raise(RawString hll, int from, int register, int value, int maxLength) {
    if (value > MAX_VALUE) {
      return FULL;
    }
    byte[] a = hll.array();
    int end = hll.length();
    int before = from;
    int first = 0;
    int p = from;
    while (p < end) {
      int run = checkedRun(a, p, end, first);
      if (register < first + run) {
        break;
      }
      before = p;
      first += run;
      p += size(a, p);
    }
    if (p >= end) {
      throw HyperLogLog.CORRUPT;
    }
    int old = value(a, p);
    if (old >= value) {
      return UNCHANGED;
    }
    byte[] runs = new byte[5];
    int n = put(runs, 0, old, register - first);
    n = put(runs, n, value, 1);
    n = put(runs, n, old, first + run(a, p) - register - 1);
    int size = size(a, p);
    if (n > size && end + n - size > maxLength) {
      return FULL;
    }
    hll.splice(p, size, runs, 0, n);
    join(hll, before);
    return RAISED;
  }

  /** Writes a run that may be empty; returns where the next one begins. */
  private static int put(byte[] a, int at, int value, int run) {
    if (run == 0) {
      return at;
    }
    if (value == 0) {
      return putZeros(a, at, run);
    }
    a[at] = (byte) (0x80 | value - 1 << 2 | run - 1);
    return at + 1;
  }

  private static int putZeros(byte[] a, int at, int run) {
    int n = run - 1;
    if (run <= MAX_SHORT_RUN) {
      a[at] = (byte) n;
      return at + 1;
    }
    a[at] = (byte) (0x40 | n >> 8);
    a[at + 1] = (byte) n;
    return at + 2;
  }

  /** Joins what stands next to one another with the same value, some runs from {@code p} on. */
  private static void join(RawString hll, int p) {
    byte[] joint = new byte[1];
    int at = p;
    for (int i = 0; i < JOINED && at < hll.length(); i++) {
      byte[] a = hll.array();
      int next = at + 1;
      boolean joins =
          isValue(a, at)
              && next < hll.length()
              && isValue(a, next)
              && value(a, at) == value(a, next)
              && run(a, at) + run(a, next) <= MAX_VALUE_RUN;
      if (joins) {
        put(joint, 0, value(a, at), run(a, at) + run(a, next));
        hll.splice(at, 2, joint, 0, 1);
      } else {
        at += size(a, at);
      }
    }
  }

  /** The runs as text: "z:n" and "Z:n" for zeros by size, "v:value,n" for others. */
  static String describe(byte[] a, int from, int end) {
    StringBuilder text = new StringBuilder();
    int first = 0;
    for (int p = from; p < end; p += size(a, p)) {
      int run = checkedRun(a, p, end, first);
      first += run;
      if (isValue(a, p)) {
        text.append("v:").append(value(a, p)).append(',');
      } else {
        text.append(size(a, p) == 1 ? "z:" : "Z:");
      }
      text.append(run).append(' ');
    }
    checkAll(first);
    return text.toString().stripTrailing();
  }
}
