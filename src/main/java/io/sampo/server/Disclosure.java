package io.sampo.server;

import io.sampo.shard.Borrower;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a client may be told of what its requests have done or seen: nothing before it is safe, and
 * nothing at all once another node may be the master. Used from any thread, but for {@link #begin}
 * and {@link #isInDoubt}, which are the session's own.
 */
public final class Disclosure {
  private final Node node;
  private final ActorRef<Borrower.Message> borrower;
  private final Executor thread;

  /** A Sentinel tells nothing of data. */
  private final boolean harmless;

  private final int tenure;
  private boolean inDoubt;
  private volatile long written;

  Disclosure(Node node, Service service, Loop loop) {
    this.node = node;
    this.borrower = loop.borrower;
    this.thread = loop.thread;
    this.harmless = service.isSentinel();
    this.tenure = node.tenure.number();
  }

  /** Looks at how this node stands, for a round that begins. */
  void begin() {
    inDoubt = node.tenure.isInDoubt();
  }

  /** Whether this node, as a master, may not be the only one, as of the present round. */
  boolean isInDoubt() {
    return inDoubt;
  }

  /** Notes that what has been run for the client has been appended by now. */
  void wrote() {
    if (node.replication.replicas.any() || node.aof.isAttached()) {
      written = node.journal.offset();
    }
  }

  /** The end of the journal when the client's latest request had run. */
  public long written() {
    return written;
  }

  /** Whether replies have to wait for {@link #await}. */
  boolean isHeld() {
    return node.barrier.isOn() && !harmless;
  }

  /** Runs a task when all that was appended by now is safe: at once, or on the loop's thread. */
  void await(Runnable release) {
    node.barrier.await(node.journal.offset(), thread, release);
    node.aof.writeSoon(borrower);
  }

  /** Whether what this node knows of its data may be told. */
  boolean isAllowed() {
    return harmless || node.tenure.mayAnswer(tenure);
  }
}
