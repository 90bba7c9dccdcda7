package io.sampo.shard;

import io.sampo.keyspace.Entry;
import io.sampo.keyspace.Slot;
import io.sampo.persist.RdbReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Distributes what an {@link RdbReader} reads over the shards, in groups, of which but a few are on
 * their way at any time. It blocks the thread that reads when the shards cannot keep up.
 */
public final class Loader implements RdbReader.Sink, LoadGroup.Owner {
  /** Groups on their way to all shards together. */
  private static final int MOST_ON_THE_WAY = 32;

  private final List<ActorRef<Shard.Message>> shards;
  private final int databases;
  private final LoadGroup[] groups;
  private final Semaphore room = new Semaphore(MOST_ON_THE_WAY);
  private final LongAdder entries = new LongAdder();
  private final LongAdder duplicates = new LongAdder();

  /**
   * A loader for one file.
   *
   * @param databases how many there are
   */
  public Loader(List<ActorRef<Shard.Message>> shards, int databases) {
    this.shards = shards;
    this.databases = databases;
    groups = new LoadGroup[shards.size()];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = new LoadGroup(this);
    }
  }

  @Override
  public void entry(int db, byte[] key, Entry entry) throws IOException {
    if (db >= databases) {
      throw new IOException(
          "Data file was created with a server configured to handle more than "
              + databases
              + " databases");
    }
    int shard = Slot.shard(key, 0, key.length, groups.length);
    groups[shard].add(db, key, entry);
    if (groups[shard].isFull()) {
      send(shard);
    }
  }

  private void send(int shard) throws IOException {
    room.acquireUninterruptibly();
    shards.get(shard).tell(groups[shard]);
    groups[shard] = new LoadGroup(this);
    check();
  }

  private void check() throws IOException {
    if (duplicates.sum() > 0) {
      throw new IOException("RDB has duplicated keys");
    }
  }

  /** Waits until all that was read is in its place. */
  public void finish() throws IOException {
    for (int shard = 0; shard < groups.length; shard++) {
      if (!groups[shard].isEmpty()) {
        send(shard);
      }
    }
    room.acquireUninterruptibly(MOST_ON_THE_WAY);
    check();
  }

  /** How many entries have been loaded so far. */
  public long keys() {
    return entries.sum();
  }

  @Override
  public void loaded(int count, int itsDuplicates) {
    entries.add(count);
    duplicates.add(itsDuplicates);
    room.release();
  }
}
