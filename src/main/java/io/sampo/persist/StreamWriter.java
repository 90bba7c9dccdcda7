package io.sampo.persist;

import io.sampo.data.ListPack;
import io.sampo.data.PendingEntry;
import io.sampo.data.StreamConsumer;
import io.sampo.data.StreamGroup;
import io.sampo.data.StreamId;
import io.sampo.data.StreamValue;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Writes streams, a slice at a time, in the form of Redis 7.0. */
final class StreamWriter {
  /** What a raw ID takes. */
  private static final int ID_BYTES = 16;

  /** How many pending entries are written at a time. */
  private static final int SLICE = 256;

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

  /** What follows the nodes: a slice each time it is asked, until it says that there is no more. */
  BooleanSupplier rest(StreamValue stream) {
    out.length(stream.length());
    id(stream.lastId());
    id(stream.firstId());
    id(stream.maxDeletedId());
    out.length(stream.entriesAdded());
    out.length(stream.groups().size());
    return new Groups(stream.groups().iterator());
  }

  /** Two lengths. */
  private void id(StreamId id) {
    out.length(id.ms());
    out.length(id.seq());
  }

  /** The groups of a stream, what is pending in them, and their consumers. */
  private final class Groups implements BooleanSupplier {
    private final Iterator<StreamGroup> groups;
    private Optional<StreamGroup> group = Optional.empty();
    private Iterator<StreamConsumer> consumers = Collections.emptyIterator();

    /** The entries that are being written. */
    private Optional<Pending> list = Optional.empty();

    Groups(Iterator<StreamGroup> groups) {
      this.groups = groups;
    }

    @Override
    public boolean getAsBoolean() {
      if (list.isPresent()) {
        list = list.filter(Pending::goOn);
      } else if (group.isPresent()) {
        out.length(group.get().consumers().size());
        consumers = group.get().consumers().iterator();
        group = Optional.empty();
      } else if (consumers.hasNext()) {
        list = Optional.of(begin(consumers.next()));
      } else if (groups.hasNext()) {
        group = Optional.of(groups.next());
        list = Optional.of(begin(group.get()));
      }
      return list.isPresent() || group.isPresent() || consumers.hasNext() || groups.hasNext();
    }

    private Pending begin(StreamGroup its) {
      out.string(its.name());
      id(its.lastId);
      out.length(its.entriesRead);
      return new Pending(its.pendingCount(), its::pendingFrom, true);
    }

    private Pending begin(StreamConsumer its) {
      out.string(its.name());
      out.word(its.seen);
      return new Pending(its.pendingCount(), its::pendingFrom, false);
    }
  }

  /** The pending entries of a group, or of a consumer, for whom only their IDs are written. */
  private final class Pending {
    private final Function<StreamId, PendingEntry> from;
    private final boolean whole;
    private StreamId next = StreamId.MIN;
    private int left;

    Pending(int count, Function<StreamId, PendingEntry> from, boolean whole) {
      this.from = from;
      this.whole = whole;
      left = count;
      out.length(count);
    }

    /** Writes a slice; returns whether there is more. */
    boolean goOn() {
      for (int n = Math.min(SLICE, left); n > 0; n--, left--) {
        PendingEntry entry = from.apply(next);
        StreamId id = entry.id();
        out.id(id.ms());
        out.id(id.seq());
        if (whole) {
          out.word(entry.time);
          out.length(entry.count);
        }
        next = left == 1 ? id : id.next();
      }
      out.spill();
      return left > 0;
    }
  }
}
