package io.sampo.server;

import io.sampo.resp.Args;
import io.sampo.resp.Frames;
import io.sampo.resp.Spare;
import io.sampo.shard.Batch;
import io.sampo.shard.Borrower;
import io.sampo.shard.Executor;
import java.util.ArrayDeque;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What the sessions of one core loop share: scratch space and pools, so that an idle connection
 * holds none. Only the loop's own thread uses it.
 */
final class Loop {
  private static final int POOLED = 1024;

  final int index;

  /** Runs tasks on the loop's thread, given by whichever thread. */
  final java.util.concurrent.Executor thread;

  final ActorRef<Borrower.Message> borrower;

  /** Runs the commands whose place is the session. */
  final Executor executor;

  /** The round that a session is putting together. */
  final Round round = new Round();

  final Args args = new Args();

  /** What a long request came in. */
  final Spare spare = new Spare();

  private final ArrayDeque<Frames> frames = new ArrayDeque<>();
  private final ArrayDeque<Batch> batches = new ArrayDeque<>();

  Loop(
      int index,
      java.util.concurrent.Executor thread,
      ActorRef<Borrower.Message> borrower,
      Executor executor) {
    this.index = index;
    this.thread = thread;
    this.borrower = borrower;
    this.executor = executor;
  }

  Frames frames() {
    Frames pooled = frames.poll();
    return pooled == null ? new Frames() : pooled;
  }

  void free(Frames used) {
    used.clear();
    if (frames.size() < POOLED) {
      frames.push(used);
    }
  }

  Batch batch() {
    Batch pooled = batches.poll();
    return pooled == null ? new Batch() : pooled;
  }

  void free(Batch used) {
    used.clear();
    if (batches.size() < POOLED) {
      batches.push(used);
    }
  }
}
