package io.sampo.server;

import io.sampo.shard.Batch;
import java.util.List;
import org.apache.pekko.util.ByteString;

/**
 * The round of a session that is out: in one batch, or in one for each shard where their order does
 * not matter. It may take several flights there and back, with the client taking replies between.
 */
final class Flight {
  private final Session session;
  private final Input input;
  private final Node node;
  private final Loop loop;

  /** Null where the round is one batch. */
  private Parts parts;

  /** What goes on when the client has taken the replies so far; null where there is no more. */
  private Batch unfinished;

  Flight(Session session, Loop loop, Input input) {
    this.session = session;
    this.input = input;
    this.node = session.node;
    this.loop = loop;
  }

  /** Sends a round to the shards. */
  void launch(Round round) {
    long union = round.union;
    boolean several = (union & union - 1) != 0;
    if (several && !round.spanning && !round.aside && !node.isStrict()) {
      parts = new Parts(round, node.router.shards(), loop, session);
      for (long rest = union; rest != 0; rest &= rest - 1) {
        int shard = Long.numberOfTrailingZeros(rest);
        node.cores.shard(shard).tell(parts.batch(shard));
      }
      return;
    }
    Batch batch = session.prepare(loop.batch());
    for (int i = 0; i < round.size; i++) {
      batch.add(round.commands[i], round.requests[i], round.extras[i], round.shards[i]);
    }
    batch.atHome(round.spanning);
    batch.aside(round.aside);
    if (round.aside) {
      session.preparation.begin(round, input.frames(), () -> launch(batch));
    } else {
      launch(batch);
    }
  }

  /** Sends a batch to where it can run. */
  void launch(Batch batch) {
    long needed = batch.shards();
    if (batch.aside()) {
      node.cores.aside.tell(batch);
    } else if (batch.atHome() || needed == 0 || (needed & needed - 1) != 0) {
      loop.borrower.tell(batch);
    } else {
      node.cores.shard(Long.numberOfTrailingZeros(needed)).tell(batch);
    }
  }

  /** Notes that a batch is back; returns whether there are replies now, or others are still out. */
  boolean isBack() {
    return parts == null || parts.back();
  }

  /** The replies, when all is back: as many as there are yet; the last of them ends the round. */
  List<ByteString> replies(Batch last) {
    List<ByteString> replies;
    if (parts == null) {
      replies = Splice.all(last);
      unfinished = last.isDone() ? null : last;
    } else {
      replies = parts.join();
      unfinished = parts.isDone() ? null : parts.next();
    }
    if (unfinished == null) {
      end(last);
    }
    return replies;
  }

  private void end(Batch last) {
    if (parts == null) {
      loop.free(last);
    } else {
      parts.free(loop);
      parts = null;
    }
  }

  /** Whether there are more replies to come, for {@link #goOn} to fetch. */
  boolean isUnfinished() {
    return unfinished != null;
  }

  void goOn() {
    Batch rest = unfinished;
    unfinished = null;
    launch(rest);
  }
}
