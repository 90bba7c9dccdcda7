package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.resp.Bytes;
import io.sampo.shard.Borrower;
import io.sampo.shard.Waiter;
import java.time.Duration;
import org.apache.pekko.actor.Cancellable;

/**
 * What a connection waits for besides its rounds: what a command has blocked it for, or the end of
 * a pause. Ends may come from any thread; all else is the session's own.
 */
public final class Waiting implements Waiter.Owner {
  private static final byte[] NOTHING = new byte[0];

  /** More than a scheduler can count, in milliseconds, is for ever. */
  private static final long FOR_EVER = Duration.ofDays(100).toMillis();

  private final Session session;
  private final Node node;
  private final Loop loop;

  /** What the client waits for, or last waited for, or may have to as soon as its round is back. */
  private volatile Waiter waiter;

  private volatile boolean blocked;

  /** Whether a request that may block is on its way, and what has ended its wait meanwhile. */
  private boolean attempting;

  private byte[] early = NOTHING;
  private Cancellable timer = Cancellable.alreadyCancelled();
  private volatile boolean paused;

  Waiting(Session session, Loop loop) {
    this.session = session;
    this.node = session.node;
    this.loop = loop;
    waiter = forever();
  }

  // --- for the session

  /** Whether the client is blocked or paused; from any thread. */
  public boolean isOn() {
    return paused || blocked;
  }

  public boolean isBlocked() {
    return blocked;
  }

  /** Whether the client is blocked, but not for ever; from any thread. */
  boolean isTimed() {
    return blocked && waiter.timeoutMillis() > 0;
  }

  /** For a request that may have to wait for data. */
  Waiter attempt() {
    attempting = true;
    waiter = Waiter.attempt(session, this);
    return waiter;
  }

  /** Ends an attempt, if there is one; returns whether it has come to wait. */
  boolean hasBegun() {
    if (!attempting) {
      return false;
    }
    attempting = false;
    return waiter.hasWaited();
  }

  /** The reply to a wait that was over before it had begun here, or nothing. */
  byte[] takeEarly() {
    byte[] reply = early;
    early = NOTHING;
    return reply;
  }

  /** Waits for what an attempt has asked for. */
  void begin() {
    blocked = true;
    Waiter present = waiter;
    long millis = present.timeoutMillis();
    if (millis > 0 && millis < FOR_EVER) {
      timer = node.later(Duration.ofMillis(millis), () -> timeOut(present));
    }
  }

  /** Blocks the client until what is given here ends. */
  void block(Waiter how) {
    waiter = how;
    blocked = true;
  }

  /** One that nothing ends. */
  Waiter forever() {
    return Waiter.forever(session, this);
  }

  /** Takes note of an end; false if the attempt is not back yet, and then finds it early. */
  boolean ended(byte[] reply) {
    if (attempting) {
      early = reply;
      return false;
    }
    blocked = false;
    timer.cancel();
    return true;
  }

  /** Has the client wait for the end of a pause; false if there is none. */
  boolean pause() {
    paused = paused || node.pause.await(session);
    return paused;
  }

  void pauseEnded() {
    paused = false;
  }

  /** Waits for nothing any more, for there is nobody left to answer. */
  void close() {
    node.pause.leave(session);
    timer.cancel();
    abandon();
  }

  // --- from any thread

  /** Ends a block, if there is one, with this error; returns whether it did. */
  public boolean fail(String error) {
    Waiter present = waiter;
    boolean ended = withdrawn(present, present.end(Bytes.ascii("-" + error + "\r\n")));
    if (ended) {
      node.watchman.failed(error);
    }
    return ended;
  }

  /**
   * Ends a block, if there is one, with this error, or as its timeout would if that is empty;
   * returns whether it did. The command has failed then, as Redis counts it, in either case.
   */
  public boolean unblock(String error) {
    // The session may go on to the next one as soon as the block is over.
    Command command = session.state.command;
    boolean ended = error.isEmpty() ? timeOut(waiter) : fail(error);
    if (ended) {
      loop.thread.execute(() -> loop.executor.stats().failed[command.id()]++);
    }
    return ended;
  }

  /** Ends this block, and no later one, as its timeout would; returns whether it did. */
  public boolean timeOut(Waiter which) {
    return withdrawn(which, which.timeOut());
  }

  private boolean withdrawn(Waiter which, boolean ended) {
    if (ended) {
      node.cores.withdraw(which, which.shards());
    }
    return ended;
  }

  /** Sees to it that nothing is popped for a client that is no more. */
  void abandon() {
    Waiter present = waiter;
    if (present.abandon()) {
      node.cores.withdraw(present, present.shards());
    }
  }

  @Override
  public void resume(byte[] reply) {
    session.resume(reply);
  }

  @Override
  public void served(byte[] reply) {
    session.disclosure.wrote();
    if (session.disclosure.isHeld()) {
      session.disclosure.await(() -> session.resume(reply));
    } else {
      session.resume(reply);
    }
  }

  @Override
  public void forget(Waiter which, long shards) {
    node.cores.withdraw(which, shards);
  }

  @Override
  public void called(Waiter which) {
    loop.borrower.tell(new Borrower.Serve(which));
  }
}
