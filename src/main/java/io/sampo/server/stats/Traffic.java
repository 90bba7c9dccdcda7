package io.sampo.server.stats;

/** Counts of the network, kept per core loop so that nobody contends; sums may be a moment old. */
public final class Traffic {
  /** Far enough apart not to share a cache line. */
  private static final int STRIDE = 16;

  private final long[] in;
  private final long[] out;

  /** How often something was read, or handed over to be written. */
  private final long[] reads;

  private final long[] writes;

  /** What of {@link #out} went to replicas besides replies. */
  private final long[] replicated;

  /** What of {@link #in} came from a master. */
  private final long[] followed;

  public Traffic(int loops) {
    followed = new long[loops * STRIDE];
    replicated = new long[loops * STRIDE];
    reads = new long[loops * STRIDE];
    writes = new long[loops * STRIDE];
    in = new long[loops * STRIDE];
    out = new long[loops * STRIDE];
  }

  public void received(int loop, int bytes) {
    in[loop * STRIDE] += bytes;
    reads[loop * STRIDE]++;
  }

  /** Counts what a master has sent. */
  public void followed(int loop, int bytes) {
    received(loop, bytes);
    followed[loop * STRIDE] += bytes;
  }

  public long followed() {
    return sum(followed);
  }

  /** Counts a hand-over of what was {@link #sent}, in as many pieces as it may. */
  public void wrote(int loop) {
    writes[loop * STRIDE]++;
  }

  public void sent(int loop, int bytes) {
    out[loop * STRIDE] += bytes;
  }

  /** Counts what is sent to a replica. */
  public void replicated(int loop, int bytes) {
    sent(loop, bytes);
    replicated[loop * STRIDE] += bytes;
  }

  public long replicated() {
    return sum(replicated);
  }

  public long reads() {
    return sum(reads);
  }

  public long writes() {
    return sum(writes);
  }

  public long received() {
    return sum(in);
  }

  public long sent() {
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
