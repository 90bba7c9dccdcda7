package io.sampo.server;

import io.sampo.shard.Batch;

/**
 * A round that was parted into one batch for each shard, and the way its replies are put together
 * again in the order of the requests.
 */
final class Parts {
  private final Batch[] batches;
  private final byte[] shardOf;
  private int outstanding;

  /** Parts {@code round}; requests without keys go with the one before. */
  Parts(Round round, int shards, Loop loop, Session session) {
    batches = new Batch[shards];
    shardOf = new byte[round.size];
    int shard = Long.numberOfTrailingZeros(round.union);
    for (int i = 0; i < round.size; i++) {
      if (round.shards[i] != 0) {
        shard = Long.numberOfTrailingZeros(round.shards[i]);
      }
      Batch batch = batches[shard];
      if (batch == null) {
        batch = batches[shard] = session.prepare(loop.batch());
        outstanding++;
      }
      batch.add(round.commands[i], round.requests[i], round.extras[i], 1L << shard);
      shardOf[i] = (byte) shard;
    }
  }

  /** The batch for this shard; null where none was needed. */
  Batch batch(int shard) {
    return batches[shard];
  }

  /** Notes that one batch is back; returns whether it was the last. */
  boolean back() {
    return --outstanding == 0;
  }

  /** All replies in order; to be called when all batches are back. */
  byte[] join() {
    int length = 0;
    for (Batch batch : batches) {
      if (batch != null) {
        length += batch.replies().length;
      }
    }
    byte[] all = new byte[length];
    int[] items = new int[batches.length];
    int[] from = new int[batches.length];
    int at = 0;
    for (byte shard : shardOf) {
      Batch batch = batches[shard];
      int end = batch.end(items[shard]++);
      int bytes = end - from[shard];
      System.arraycopy(batch.replies(), from[shard], all, at, bytes);
      from[shard] = end;
      at += bytes;
    }
    return all;
  }

  void free(Loop loop) {
    for (Batch batch : batches) {
      if (batch != null) {
        loop.free(batch);
      }
    }
  }
}
