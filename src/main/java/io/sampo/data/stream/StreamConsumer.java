package io.sampo.data.stream;

import io.sampo.data.HeapTally;
import io.sampo.data.Value;

/** One reader of a {@link StreamGroup}. */
public final class StreamConsumer {
  /** Has never been given anything. */
  public static final long NEVER = -1;

  static final StreamConsumer NOBODY = new StreamConsumer(new byte[0], 0, new HeapTally());

  /** Objects, the name's header, a node of the map of consumers. */
  static final int OBJECT_BYTES = 168;

  private final byte[] name;
  final IdIndex<PendingEntry> pending;

  /** When it last tried to do something, in Unix milliseconds. */
  public long seen;

  /** When it was last given something, in Unix milliseconds, or {@link #NEVER}. */
  public long active = NEVER;

  StreamConsumer(byte[] name, long now, HeapTally tally) {
    this(name, now, new IdIndex<>(PendingEntry.NONE, tally));
  }

  private StreamConsumer(byte[] name, long now, IdIndex<PendingEntry> pending) {
    this.name = name;
    this.seen = now;
    this.pending = pending;
  }

  /** As {@link Value#frozen}. */
  StreamConsumer frozen() {
    StreamConsumer frozen = new StreamConsumer(name, seen, pending.frozen());
    frozen.active = active;
    return frozen;
  }

  public byte[] name() {
    return name;
  }

  /** How many entries it has not acknowledged. */
  public int pendingCount() {
    return pending.size();
  }

  /** Its pending entries whose IDs are not below. */
  public PendingWalk pendingFrom(StreamId id) {
    return new PendingWalk(pending, id);
  }
}
