package io.sampo.shard;

import io.sampo.data.Value;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Keyspace;
import io.sampo.keyspace.Snapshot;
import io.sampo.persist.RdbWriter;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * One shard's part in a snapshot: encodes its entries and sends them off in chunks, each of which
 * begins by naming a database, so that those of several shards may alternate. Used by whoever holds
 * the shard's data.
 */
final class Saving implements Snapshot.Sink {
  /** The bytes of a chunk, unless an entry is bigger. */
  private static final int CHUNK = 1 << 16;

  /** Bytes on their way from one shard above which those that can wait do. */
  private static final long MOST_IN_FLIGHT = 4 << 20;

  /** Values that take more heap are frozen to be written elsewhere. */
  private static final long BIG = 1 << 16;

  private static final int NO_DB = -1;

  private final int shard;
  private final ActorRef<Snapshots.Message> snapshots;
  private final Snapshot snapshot;
  private final RdbWriter out;
  private final List<byte[]> overflow = new ArrayList<>();

  private final SnapshotProgress progress;
  private int selected = NO_DB;
  private long inFlight;

  /** All that has been encoded and sent off. */
  private long sent;

  /** Entries encoded, and bytes of those that were before their turn, since this was last told. */
  private long entries;

  private long kept;

  Saving(
      int shard,
      Keyspace keyspace,
      ActorRef<Snapshots.Message> snapshots,
      SnapshotProgress progress,
      boolean compressing) {
    this.shard = shard;
    this.snapshots = snapshots;
    this.progress = progress;
    out = new RdbWriter(compressing, CHUNK, overflow::add);
    snapshot = keyspace.snapshot(this);
  }

  private static boolean isBig(Db from, int h) {
    return from.isObject(h) && from.value(h).heapBytes() > BIG;
  }

  @Override
  public void keep(int db, Db from, int h) {
    long before = sent + out.size();
    try {
      entry(db, from, h);
    } catch (OutOfMemoryError full) {
      // Half of an entry may have been written; and the change that is to come is no less urgent.
      abandon();
      snapshots.tell(new Snapshots.GivenUp(full));
    }
    kept += sent + out.size() - before;
  }

  @Override
  public boolean entry(int db, Db from, int h) {
    entries++;
    if (isBig(from, h)) {
      freeze(db, from, h);
      return hasRoom();
    }
    if (db != selected) {
      out.selectDb(db);
      selected = db;
    }
    out.entry(from, h);
    if (out.size() >= CHUNK || !overflow.isEmpty()) {
      ship();
    }
    return hasRoom();
  }

  /** Leaves a big value to be encoded elsewhere, so that this takes no time that grows with it. */
  private void freeze(int db, Db from, int h) {
    ship();
    Value value = from.value(h);
    inFlight += value.heapBytes();
    Frozen frozen = new Frozen(db, from.key(h), from.entry(h).with(value.frozen()));
    snapshots.tell(new Snapshots.Big(shard, frozen, value.heapBytes()));
  }

  private void ship() {
    if (out.size() > 0) {
      overflow.add(out.take());
    }
    if (!overflow.isEmpty()) {
      send(overflow);
    }
    selected = NO_DB;
  }

  private void send(List<byte[]> parts) {
    for (byte[] part : parts) {
      inFlight += part.length;
      sent += part.length;
    }
    snapshots.tell(new Snapshots.Chunk(shard, List.copyOf(parts), kept));
    parts.clear();
    report();
  }

  private void report() {
    progress.sent(entries, kept);
    entries = 0;
    kept = 0;
  }

  /** Whether to go on without having heard of anything written. */
  boolean hasRoom() {
    return inFlight < MOST_IN_FLIGHT;
  }

  /** So many bytes have been written. */
  void written(long bytes) {
    inFlight -= bytes;
  }

  /** Has the rest go nowhere. */
  void abandon() {
    snapshot.abandon();
    out.take();
    overflow.clear();
  }

  /** Goes on for about so many nanoseconds; returns whether that was the end. */
  boolean advance(long nanos) {
    snapshot.advance(nanos);
    if (snapshot.isDone()) {
      ship();
      report();
      snapshots.tell(Snapshots.shardDoneMessage());
    }
    return snapshot.isDone();
  }
}
