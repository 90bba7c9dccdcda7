package io.sampo.server;

/** Counts of the network, kept per core loop so that nobody contends; sums may be a moment old. */
final class Traffic {
  /** Far enough apart not to share a cache line. */
  private static final int STRIDE = 16;

  private final long[] in;
  private final long[] out;

  /** What of {@link #out} went to replicas besides replies. */
  private final long[] replicated;

  Traffic(int loops) {
    replicated = new long[loops * STRIDE];
    in = new long[loops * STRIDE];
    out = new long[loops * STRIDE];
  }

  void received(int loop, int bytes) {
    in[loop * STRIDE] += bytes;
  }

  void sent(int loop, int bytes) {
    out[loop * STRIDE] += bytes;
  }

  /** Counts what is sent to a replica. */
  void replicated(int loop, int bytes) {
    sent(loop, bytes);
    replicated[loop * STRIDE] += bytes;
  }

  long replicated() {
    return sum(replicated);
  }

  long received() {
    return sum(in);
  }

  long sent() {
    return sum(out);
  }

  private static long sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }
}
