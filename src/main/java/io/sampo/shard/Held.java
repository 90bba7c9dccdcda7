package io.sampo.shard;

import io.sampo.keyspace.Slot;

/** The data of the shards that an executor has at hand. */
final class Held {
  private final Data[] data;
  private long shards;
  private boolean saving;

  /** {@code count} is the node's number of shards. */
  Held(int count) {
    data = new Data[count];
  }

  void add(Data its) {
    shards |= 1L << its.shard;
    data[its.shard] = its;
    saving |= its.saving.isPresent();
  }

  void remove(int shard) {
    shards &= ~(1L << shard);
    data[shard] = null;
    saving &= shards != 0;
  }

  /** The shards at hand, a bit for each. */
  long shards() {
    return shards;
  }

  /** Whether a snapshot is being taken of any of it. */
  boolean isSaving() {
    return saving;
  }

  /** The data of a shard that is at hand. */
  Data get(int shard) {
    return data[shard];
  }

  /** Whether the shard of a key is at hand. */
  boolean has(byte[] key) {
    return (shards & bit(key)) != 0;
  }

  /** The data with a key whose shard is at hand. */
  Data with(byte[] key) {
    return data[Slot.shard(key, 0, key.length, data.length)];
  }

  /** The shard of a key, at hand or not, as a bit. */
  long bit(byte[] key) {
    return 1L << Slot.shard(key, 0, key.length, data.length);
  }

  /** Lets expired keys be seen, or not any more. */
  void showExpired(boolean yes) {
    for (long rest = shards; rest != 0; rest &= rest - 1) {
      data[Long.numberOfTrailingZeros(rest)].keyspace.showExpired(yes);
    }
  }
}
