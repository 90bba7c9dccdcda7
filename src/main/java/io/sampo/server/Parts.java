package io.sampo.server;

import io.sampo.resp.Inserts;
import io.sampo.shard.Batch;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.pekko.util.ByteString;

/**
 * A round that was parted into one batch for each shard, and the way its replies are put together
 * again in the order of the requests.
 */
final class Parts {
  /** With more bytes, copying costs too much, or there is no array for it. */
  private static final long MOST_COPIED = 1 << 30;

  private final Batch[] batches;
  private final byte[] shardOf;
  private int outstanding;

  /** How many requests have had their replies joined: all together, and of each batch. */
  private int joined;

  private final int[] items;

  /** How far the present replies of each batch have been taken, in bytes. */
  private final int[] from;

  /** Parts {@code round}; requests without keys go with the one before. */
  Parts(Round round, int shards, Loop loop, Session session) {
    batches = new Batch[shards];
    shardOf = new byte[round.size];
    items = new int[shards];
    from = new int[shards];
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

  /** The next replies in order, as far as there are any; to be called when no batch is out. */
  List<ByteString> join() {
    long length = 0;
    boolean whole = true;
    for (int shard = 0; shard < batches.length; shard++) {
      if (batches[shard] != null) {
        length += batches[shard].replies().length - from[shard];
        whole &= batches[shard].isWhole();
      }
    }
    if (whole && length <= MOST_COPIED) {
      ByteBuffer all = ByteBuffer.allocate((int) length);
      each(all::put);
      return List.of(ByteString.fromArrayUnsafe(all.array(), 0, all.position()));
    }
    Splice splice = new Splice();
    each(splice);
    return splice.result();
  }

  private void each(Inserts.Taker taker) {
    for (; joined < shardOf.length; joined++) {
      int shard = shardOf[joined];
      Batch batch = batches[shard];
      if (items[shard] == batch.done()) {
        break;
      }
      int end = batch.end(items[shard]++);
      batch.eachPiece(from[shard], end, taker);
      from[shard] = end;
    }
  }

  /** Whether all replies have been joined. */
  boolean isDone() {
    return joined == shardOf.length;
  }

  /** The batch that has to go on before more can be joined. */
  Batch next() {
    int shard = shardOf[joined];
    from[shard] = 0;
    outstanding = 1;
    return batches[shard];
  }

  void free(Loop loop) {
    for (Batch batch : batches) {
      if (batch != null) {
        loop.free(batch);
      }
    }
  }
}
