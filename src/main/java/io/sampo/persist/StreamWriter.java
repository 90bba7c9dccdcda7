package io.sampo.persist;

import io.sampo.data.ListPack;
import io.sampo.data.PendingEntry;
import io.sampo.data.StreamConsumer;
import io.sampo.data.StreamGroup;
import io.sampo.data.StreamId;
import io.sampo.data.StreamValue;

/** Writes streams, in the form of Redis 7.0. */
final class StreamWriter {
  /** What a raw ID takes. */
  private static final int ID_BYTES = 16;

  private final RdbOutput out;

  StreamWriter(RdbOutput out) {
    this.out = out;
  }

  void node(long ms, long seq, byte[] pack) {
    out.length(ID_BYTES);
    out.id(ms);
    out.id(seq);
    out.blob(pack, 0, ListPack.used(pack));
  }

  /** What follows the nodes. */
  void rest(StreamValue stream) {
    out.length(stream.length());
    id(stream.lastId());
    id(stream.firstId());
    id(stream.maxDeletedId());
    out.length(stream.entriesAdded());
    out.length(stream.groups().size());
    stream.groups().forEach(this::group);
  }

  /** Two lengths. */
  private void id(StreamId id) {
    out.length(id.ms());
    out.length(id.seq());
  }

  private void group(StreamGroup group) {
    out.string(group.name());
    id(group.lastId);
    out.length(group.entriesRead);
    out.length(group.pendingCount());
    PendingEntry entry = group.pendingFrom(StreamId.MIN);
    for (int n = group.pendingCount(); n > 0; n--) {
      raw(entry.id());
      out.word(entry.time);
      out.length(entry.count);
      entry = n == 1 ? entry : group.pendingFrom(entry.id().next());
    }
    out.length(group.consumers().size());
    group.consumers().forEach(this::consumer);
  }

  private void consumer(StreamConsumer consumer) {
    out.string(consumer.name());
    out.word(consumer.seen);
    out.length(consumer.pendingCount());
    PendingEntry entry = consumer.pendingFrom(StreamId.MIN);
    for (int n = consumer.pendingCount(); n > 0; n--) {
      raw(entry.id());
      entry = n == 1 ? entry : consumer.pendingFrom(entry.id().next());
    }
  }

  private void raw(StreamId id) {
    out.id(id.ms());
    out.id(id.seq());
  }
}
