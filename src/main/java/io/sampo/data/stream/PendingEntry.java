package io.sampo.data.stream;

/** An entry that was delivered to a consumer of a group, who has not acknowledged it yet. */
public final class PendingEntry implements IdIndex.Item {
  public static final PendingEntry NONE = new PendingEntry(StreamId.MIN, StreamConsumer.NOBODY);

  /** Object header and fields. */
  static final int OBJECT_BYTES = 48;

  private final long ms;
  private final long seq;

  /** When it was last delivered, in Unix milliseconds. */
  public long time;

  /** How often it was delivered. */
  public long count;

  StreamConsumer consumer;

  PendingEntry(StreamId id, StreamConsumer consumer) {
    this.ms = id.ms();
    this.seq = id.seq();
    this.consumer = consumer;
  }

  @Override
  public long ms() {
    return ms;
  }

  @Override
  public long seq() {
    return seq;
  }

  public StreamId id() {
    return new StreamId(ms, seq);
  }

  /** Who has it. */
  public StreamConsumer consumer() {
    return consumer;
  }

  /** Milliseconds since the last delivery. */
  public long idle(long now) {
    return Math.max(0, now - time);
  }
}
