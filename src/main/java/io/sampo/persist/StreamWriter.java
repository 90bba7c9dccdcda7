package io.sampo.persist;

import io.sampo.data.ListPack;
import io.sampo.data.PendingEntry;
import io.sampo.data.PendingWalk;
import io.sampo.data.StreamConsumer;
import io.sampo.data.StreamGroup;
import io.sampo.data.StreamId;
import io.sampo.data.StreamValue;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Writes streams, a slice at a time, in the form of Redis 7.0. */
final class StreamWriter {
  /** What a raw ID takes. */
  private static final int ID_BYTES = 16;

  /** How many nodes, or pending entries, are written at a time. */
  private static final int NODES = 8;

  private static final int PENDING = 256;

  private final RdbOutput out;

  StreamWriter(RdbOutput out) {
    this.out = out;
  }

  /** Writes one: a slice each time it is asked, until it says that there is no more. */
  BooleanSupplier begin(StreamValue stream) {
    out.length(stream.nodeCount());
    return new Parts(stream);
  }

  private void node(long ms, long seq, byte[] pack) {
    out.length(ID_BYTES);
    out.id(ms);
    out.id(seq);
    out.blob(pack, 0, ListPack.used(pack));
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

  /** The nodes of a stream, then its groups: what is pending in each, and its consumers. */
  private final class Parts implements BooleanSupplier {
    private final StreamValue stream;
    private final StreamValue.NodeWalk nodes;
    private boolean pastNodes;
    private Iterator<StreamGroup> groups = Collections.emptyIterator();
    private Optional<StreamGroup> group = Optional.empty();
    private Iterator<StreamConsumer> consumers = Collections.emptyIterator();

    /** The entries that are being written. */
    private Optional<Pending> list = Optional.empty();

    Parts(StreamValue stream) {
      this.stream = stream;
      this.nodes = stream.nodes();
    }

    @Override
    public boolean getAsBoolean() {
      if (!pastNodes) {
        writeNodes();
      } else if (list.isPresent()) {
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
      return !pastNodes
          || list.isPresent()
          || group.isPresent()
          || consumers.hasNext()
          || groups.hasNext();
    }

    private void writeNodes() {
      for (int n = NODES; n > 0 && !pastNodes; n--) {
        pastNodes = !nodes.next(StreamWriter.this::node);
      }
      if (pastNodes) {
        middle(stream);
        groups = stream.groups().iterator();
      }
    }

    private Pending begin(StreamGroup its) {
      out.string(its.name());
      id(its.lastId);
      out.length(its.entriesRead);
      return new Pending(its.pendingCount(), its.pendingFrom(StreamId.MIN), true);
    }

    private Pending begin(StreamConsumer its) {
      out.string(its.name());
      out.word(its.seen);
      return new Pending(its.pendingCount(), its.pendingFrom(StreamId.MIN), false);
    }
  }

  /** The pending entries of a group, or of a consumer, for whom only their IDs are written. */
  private final class Pending {
    private final PendingWalk entries;
    private final boolean whole;
    private int left;

    Pending(int count, PendingWalk entries, boolean whole) {
      this.entries = entries;
      this.whole = whole;
      left = count;
      out.length(count);
    }

    /** Writes a slice; returns whether there is more. */
    boolean goOn() {
      for (int n = Math.min(PENDING, left); n > 0; n--, left--) {
        PendingEntry entry = entries.next();
        out.id(entry.ms());
        out.id(entry.seq());
        if (whole) {
          out.word(entry.time);
          out.length(entry.count);
        }
      }
      out.spill();
      return left > 0;
    }
  }
}
