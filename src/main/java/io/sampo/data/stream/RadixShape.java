package io.sampo.data.stream;

/**
 * How many nodes a compressed radix tree over IDs has, as Redis keeps streams in one: every
 * branching, every run of bytes that nothing branches off, and every end is a node. Takes the IDs
 * in their order.
 */
final class RadixShape {
  private static final int ID_BYTES = 16;

  /** The depths, in bytes, of the branchings above the latest ID; the last is the deepest. */
  private final int[] open = new int[ID_BYTES + 1];

  private int opened;
  private int ids;
  private long nodes;
  private long ms;
  private long seq;

  /** How deep the branching is that the latest ID hangs on so far; -1 if on none. */
  private int above = -1;

  void add(long nextMs, long nextSeq) {
    if (ids++ > 0) {
      int shared = sharedBytes(nextMs, nextSeq);
      end(Math.max(above, shared));
      close(shared);
      if (opened == 0 || open[opened - 1] < shared) {
        open[opened++] = shared;
        nodes++;
      }
      above = shared;
    }
    ms = nextMs;
    seq = nextSeq;
  }

  private int sharedBytes(long nextMs, long nextSeq) {
    return ms != nextMs
        ? Long.numberOfLeadingZeros(ms ^ nextMs) / Byte.SIZE
        : Long.BYTES + Long.numberOfLeadingZeros(seq ^ nextSeq) / Byte.SIZE;
  }

  /** An ID ends below a branching, or -1: the end is a node, and so is what lies between. */
  private void end(int branching) {
    nodes += ID_BYTES - branching > 1 ? 2 : 1;
  }

  /** Leaves the branchings deeper than this, each with the run of bytes above it, if any. */
  private void close(int depth) {
    while (opened > 0 && open[opened - 1] > depth) {
      int left = open[--opened];
      int parent = opened > 0 ? Math.max(open[opened - 1], depth) : depth;
      nodes += left - parent > 1 ? 1 : 0;
    }
  }

  /** The number of nodes for all that was added, after which nothing may be. */
  long nodes() {
    if (ids == 0) {
      return 1;
    }
    end(above);
    close(-1);
    return nodes;
  }
}
