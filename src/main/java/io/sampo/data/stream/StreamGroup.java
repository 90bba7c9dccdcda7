package io.sampo.data.stream;

import io.sampo.data.HeapTally;
import io.sampo.data.Value;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Consumers that share the entries of a stream among them, and what they have yet to acknowledge.
 */
public final class StreamGroup {
  /** {@link #entriesRead} that cannot be told. */
  public static final long UNKNOWN = -1;

  /** Objects, the name's header, a node of the map of groups. */
  static final int OBJECT_BYTES = 224;

  /** Who has more than this part of what is pending loses it sooner by a look at all of it. */
  private static final int LARGE_SHARE = 8;

  private final byte[] name;
  private final HeapTally tally;
  private final IdIndex<PendingEntry> pending;
  private final TreeMap<byte[], StreamConsumer> consumers = new TreeMap<>(Arrays::compareUnsigned);

  /** The last entry that was delivered to anybody. */
  public StreamId lastId;

  /** How many entries of the stream's history were delivered, or {@link #UNKNOWN}. */
  public long entriesRead;

  /** Whether it was ever frozen: then any pending entry may belong to another group, too. */
  private boolean sharing;

  StreamGroup(byte[] name, StreamId lastId, long entriesRead, HeapTally tally) {
    this(name, lastId, entriesRead, tally, new IdIndex<>(PendingEntry.NONE, tally));
    tally.bytes += OBJECT_BYTES + name.length;
  }

  private StreamGroup(
      byte[] name,
      StreamId lastId,
      long entriesRead,
      HeapTally tally,
      IdIndex<PendingEntry> pending) {
    this.name = name;
    this.lastId = lastId;
    this.entriesRead = entriesRead;
    this.tally = tally;
    this.pending = pending;
  }

  /** As {@link Value#frozen}. */
  StreamGroup frozen() {
    sharing = true;
    StreamGroup frozen =
        new StreamGroup(name, lastId, entriesRead, new HeapTally(), pending.frozen());
    consumers.forEach((itsName, consumer) -> frozen.consumers.put(itsName, consumer.frozen()));
    return frozen;
  }

  /** A pending entry that takes the place of one, to be changed; often itself. */
  public PendingEntry own(PendingEntry entry) {
    if (!sharing) {
      return entry;
    }
    PendingEntry own = new PendingEntry(entry.id(), entry.consumer);
    own.time = entry.time;
    own.count = entry.count;
    pending.replace(own);
    entry.consumer.pending.replace(own);
    return own;
  }

  StreamGroup copy(HeapTally itsTally) {
    StreamGroup copy = new StreamGroup(name, lastId, entriesRead, itsTally);
    for (StreamConsumer from : consumers.values()) {
      StreamConsumer to = copy.addConsumer(from.name(), from.seen);
      to.active = from.active;
      var entries = from.pending.from(0, 0);
      for (PendingEntry entry = entries.next();
          entry != PendingEntry.NONE;
          entry = entries.next()) {
        PendingEntry its = copy.assign(entry.id(), to);
        its.time = entry.time;
        its.count = entry.count;
      }
    }
    return copy;
  }

  /** Says that the group is no longer in use. */
  void dispose() {
    for (StreamConsumer consumer : consumers.values()) {
      consumer.pending.dispose();
      tally.bytes -= StreamConsumer.OBJECT_BYTES + consumer.name().length;
    }
    pending.dispose();
    tally.bytes -= (long) PendingEntry.OBJECT_BYTES * pending.size();
    tally.bytes -= OBJECT_BYTES + name.length;
  }

  public byte[] name() {
    return name;
  }

  /** The consumers by their names' bytes. */
  public Collection<StreamConsumer> consumers() {
    return Collections.unmodifiableCollection(consumers.values());
  }

  public Optional<StreamConsumer> consumer(byte[] itsName) {
    return Optional.ofNullable(consumers.get(itsName));
  }

  /** Adds a consumer of a new name. */
  public StreamConsumer addConsumer(byte[] itsName, long now) {
    StreamConsumer consumer = new StreamConsumer(itsName, now, tally);
    consumers.put(itsName, consumer);
    tally.bytes += StreamConsumer.OBJECT_BYTES + itsName.length;
    return consumer;
  }

  /** Removes a consumer with all it had pending. */
  public void removeConsumer(StreamConsumer consumer) {
    int gone = consumer.pending.size();
    if (gone > pending.size() / LARGE_SHARE) {
      pending.removeIf(entry -> entry.consumer == consumer);
      consumer.pending.dispose();
      tally.bytes -= (long) PendingEntry.OBJECT_BYTES * gone;
    } else {
      while (consumer.pending.size() > 0) {
        acknowledge(consumer.pending.first());
      }
    }
    consumers.remove(consumer.name());
    tally.bytes -= StreamConsumer.OBJECT_BYTES + consumer.name().length;
  }

  /** How many entries are not acknowledged. */
  public int pendingCount() {
    return pending.size();
  }

  /** The pending entry of an ID, or {@link PendingEntry#NONE}. */
  public PendingEntry pending(StreamId id) {
    return pending.get(id.ms(), id.seq());
  }

  /** The pending entries whose IDs are not below. */
  public PendingWalk pendingFrom(StreamId id) {
    return new PendingWalk(pending, id);
  }

  /** The pending entry of the lowest ID, or {@link PendingEntry#NONE}. */
  public PendingEntry firstPending() {
    return pending.first();
  }

  /** The pending entry of the highest ID, or {@link PendingEntry#NONE}. */
  public PendingEntry lastPending() {
    return pending.last();
  }

  /**
   * Makes an entry pending with a consumer, whoever may have had it before.
   *
   * @return the entry, to be changed
   */
  public PendingEntry assign(StreamId id, StreamConsumer consumer) {
    PendingEntry entry = pending(id);
    if (entry == PendingEntry.NONE) {
      entry = new PendingEntry(id, consumer);
      pending.add(entry);
      try {
        consumer.pending.add(entry);
      } catch (OutOfMemoryError full) {
        pending.remove(entry);
        throw full;
      }
      tally.bytes += PendingEntry.OBJECT_BYTES;
      return entry;
    }
    entry = own(entry);
    if (entry.consumer != consumer) {
      // First, for there may be no heap for it.
      consumer.pending.add(entry);
      entry.consumer.pending.remove(entry);
      entry.consumer = consumer;
    }
    return entry;
  }

  /** Forgets a pending entry. */
  public void acknowledge(PendingEntry entry) {
    pending.remove(entry);
    entry.consumer.pending.remove(entry);
    tally.bytes -= PendingEntry.OBJECT_BYTES;
  }
}
