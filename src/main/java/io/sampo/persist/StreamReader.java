package io.sampo.persist;

import io.sampo.data.stream.PendingEntry;
import io.sampo.data.stream.StreamConsumer;
import io.sampo.data.stream.StreamGroup;
import io.sampo.data.stream.StreamId;
import io.sampo.data.stream.StreamValue;
import java.io.IOException;
import java.util.Arrays;

/** Reads streams, in the forms of Redis 5.0, 7.0 and 7.2. */
final class StreamReader {
  /** What a raw ID takes. */
  private static final int ID_BYTES = 16;

  private final RdbInput in;

  StreamReader(RdbInput in) {
    this.in = in;
  }

  /** Entries that are pending with a group, until it is known with which consumer. */
  private static final class Pending {
    private StreamId[] ids = new StreamId[8];
    private long[] times = new long[8];
    private long[] counts = new long[8];
    private boolean[] taken = new boolean[8];
    private int size;
    private int takenSize;

    /** Adds an entry; its ID has to be above those there are. */
    void add(StreamId id, long time, long count) throws RdbException {
      if (size > 0 && !id.isAbove(ids[size - 1])) {
        throw new RdbException("Duplicated global PEL entry");
      }
      if (size == ids.length) {
        int wider = 2 * size;
        ids = Arrays.copyOf(ids, wider);
        times = Arrays.copyOf(times, wider);
        counts = Arrays.copyOf(counts, wider);
        taken = Arrays.copyOf(taken, wider);
      }
      ids[size] = id;
      times[size] = time;
      counts[size++] = count;
    }

    /** Gives an entry to a consumer. */
    void give(StreamId id, StreamGroup group, StreamConsumer consumer) throws RdbException {
      int i = Arrays.binarySearch(ids, 0, size, id);
      if (i < 0) {
        throw new RdbException("Consumer entry not found in group global PEL");
      }
      if (taken[i]) {
        throw new RdbException("Duplicated consumer PEL entry");
      }
      taken[i] = true;
      takenSize++;
      PendingEntry entry = group.assign(id, consumer);
      entry.time = times[i];
      entry.count = counts[i];
    }

    boolean isGiven() {
      return takenSize == size;
    }
  }

  StreamValue read(int type) throws IOException {
    StreamValue stream = new StreamValue();
    for (int nodes = in.count(); nodes > 0; nodes--) {
      node(stream);
    }
    if (in.length() != stream.length()) {
      throw new RdbException("Stream length inconsistent with rax entries");
    }
    StreamId lastEntry = stream.lastId();
    stream.lastId(id());
    if (stream.lastId().isBelow(lastEntry)) {
      throw new RdbException("Stream with a last ID below that of an entry");
    }
    if (type == RdbFormat.STREAM_LISTPACKS) {
      stream.entriesAdded(stream.length());
    } else {
      // The first ID follows from the entries.
      id();
      stream.maxDeletedId(id());
      stream.entriesAdded(in.length());
    }
    for (int groups = in.count(); groups > 0; groups--) {
      group(stream, type);
    }
    return stream;
  }

  private void node(StreamValue stream) throws IOException {
    if (in.count() != ID_BYTES) {
      throw new RdbException("Stream node key entry is not the size of a stream ID");
    }
    long ms = in.id();
    long seq = in.id();
    if (!stream.addNode(ms, seq, ValueReader.pack(in))) {
      throw new RdbException("Stream listpack integrity check failed");
    }
  }

  /** Two lengths. */
  private StreamId id() throws IOException {
    return new StreamId(in.length(), in.length());
  }

  private StreamId raw() throws IOException {
    return new StreamId(in.id(), in.id());
  }

  private void group(StreamValue stream, int type) throws IOException {
    byte[] name = in.string();
    StreamId last = id();
    long read = type == RdbFormat.STREAM_LISTPACKS ? stream.entriesReadUpTo(last) : in.length();
    if (stream.group(name).isPresent()) {
      throw new RdbException("Duplicated consumer group name");
    }
    stream.addGroup(name, last, read);
    StreamGroup group = stream.group(name).orElseThrow();
    Pending pending = new Pending();
    for (int n = in.count(); n > 0; n--) {
      pending.add(raw(), in.word(), in.length());
    }
    for (int consumers = in.count(); consumers > 0; consumers--) {
      consumer(group, pending, type);
    }
    if (!pending.isGiven()) {
      throw new RdbException("NACK in global PEL without consumer");
    }
  }

  private void consumer(StreamGroup group, Pending pending, int type) throws IOException {
    byte[] name = in.string();
    if (group.consumer(name).isPresent()) {
      throw new RdbException("Duplicated consumer name");
    }
    StreamConsumer consumer = group.addConsumer(name, in.word());
    consumer.active = type == RdbFormat.STREAM_LISTPACKS_3 ? in.word() : consumer.seen;
    for (int n = in.count(); n > 0; n--) {
      pending.give(raw(), group, consumer);
    }
  }
}
