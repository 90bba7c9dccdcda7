package io.sampo.persist;

import io.sampo.data.stream.PendingEntry;
import io.sampo.data.stream.PendingWalk;
import io.sampo.data.stream.StreamConsumer;
import io.sampo.data.stream.StreamGroup;
import io.sampo.data.stream.StreamId;
import io.sampo.data.stream.StreamValue;

/** Writes streams in the form of Redis 7.0. */
final class StreamWriter {
  /** What a raw ID takes. */
  private static final int ID_BYTES = 16;

  private final RdbOutput out;

  StreamWriter(RdbOutput out) {
    this.out = out;
  }

  void write(StreamValue stream) {
    out.length(stream.nodeCount());
    StreamValue.NodeWalk nodes = stream.nodes();
    while (nodes.next(this::node)) {
      // Each is written as it is shown.
    }
    middle(stream);
    stream.groups().forEach(this::group);
  }

  private void node(long ms, long seq, byte[] a, int offset, int length) {
    out.length(ID_BYTES);
    out.id(ms);
    out.id(seq);
    out.blob(a, offset, length);
  }

  /** What stands between the nodes and the groups. */
  private void middle(StreamValue stream) {
    out.length(stream.length());
    id(stream.lastId());
    id(stream.firstId());
    id(stream.maxDeletedId());
    out.length(stream.entriesAdded());
    out.length(stream.groups().size());
  }

  /** Two lengths. */
  private void id(StreamId id) {
    out.length(id.ms());
    out.length(id.seq());
  }

  /** A group: what is pending in it, and its consumers. */
  private void group(StreamGroup group) {
    out.string(group.name());
    id(group.lastId);
    out.length(group.entriesRead);
    pending(group.pendingCount(), group.pendingFrom(StreamId.MIN), true);
    out.length(group.consumers().size());
    for (StreamConsumer consumer : group.consumers()) {
      out.string(consumer.name());
      out.word(consumer.seen);
      pending(consumer.pendingCount(), consumer.pendingFrom(StreamId.MIN), false);
    }
  }

  /**
   * Pending entries.
   *
   * @param whole whether not only their IDs are written
   */
  private void pending(int count, PendingWalk entries, boolean whole) {
    out.length(count);
    for (int left = count; left > 0; left--) {
      PendingEntry entry = entries.next();
      out.id(entry.ms());
      out.id(entry.seq());
      if (whole) {
        out.word(entry.time);
        out.length(entry.count);
      }
      out.spill();
    }
  }
}
