package io.sampo.shard;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.data.Type;
import io.sampo.keyspace.DbKey;
import io.sampo.resp.Frames;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A client that waits for something other than its own next request. What it waits for, its
 * timeout, CLIENT UNBLOCK and its end may come at once and from several threads; the state decides
 * who is the one to answer it.
 */
public final class Waiter {
  /** Whom a waiter stands for; told from any thread. */
  public interface Owner {
    /** The wait is over, and this is the reply. */
    void resume(byte[] reply);

    /** As {@link #resume}, with a reply that tells of data; on the thread that has changed it. */
    void served(byte[] reply);

    /** These shards, a bit for each, still know of a wait that is over. */
    void forget(Waiter waiter, long shards);

    /** There may be what the client waits for, but serving it takes more shards than one. */
    void called(Waiter waiter);
  }

  /**
   * A request, with what it takes to run it anew.
   *
   * @param shards those of all its keys, a bit for each
   * @param beside those it needs besides the shard of the key that it is served from
   * @param minds whether it is also served when there is no such value any more
   */
  record Request(
      Command command,
      Frames frames,
      long shards,
      long beside,
      List<DbKey> keys,
      Type type,
      boolean minds) {}

  /** The request is on its way, and may yet be answered at once. */
  private static final Object ATTEMPT = "attempt";

  private static final Object WAITING = "waiting";

  /**
   * Its request is being run anew; if its end comes meanwhile, the state is what to answer then.
   */
  private static final Object SERVING = "serving";

  private static final Object OVER = "over";
  private static final byte[] NOTHING = {};

  final Client client;
  final Owner owner;
  private final AtomicReference<Object> state;
  private final AtomicBoolean missed = new AtomicBoolean();
  private final AtomicBoolean called = new AtomicBoolean();
  private Supplier<byte[]> atTimeout;

  // Set once, before anybody else sees it wait.
  private Request request;
  private long timeoutMillis;

  private Waiter(Client client, Owner owner, Object state, Supplier<byte[]> atTimeout) {
    this.client = client;
    this.owner = owner;
    this.state = new AtomicReference<>(state);
    this.atTimeout = atTimeout;
  }

  /** For a request that may have to wait for data. */
  public static Waiter attempt(Client client, Owner owner) {
    return new Waiter(client, owner, ATTEMPT, () -> NOTHING);
  }

  /**
   * One that waits for something that is not data.
   *
   * @param timeoutMillis how long, as far as anybody asks; 0 is for ever
   * @param atTimeout the encoded reply where nothing came in time
   */
  public static Waiter of(
      Client client, Owner owner, long timeoutMillis, Supplier<byte[]> atTimeout) {
    Waiter made = new Waiter(client, owner, WAITING, atTimeout);
    made.timeoutMillis = timeoutMillis;
    return made;
  }

  /** One that nothing ends. */
  public static Waiter forever(Client client, Owner owner) {
    return new Waiter(client, owner, OVER, () -> NOTHING);
  }

  // --- for its session, from any thread

  /** Whether it has come to wait, even if that is over again. */
  public boolean hasWaited() {
    return state.get() != ATTEMPT;
  }

  /** How long it waits, in milliseconds; 0 is for ever. */
  public long timeoutMillis() {
    return timeoutMillis;
  }

  /** The shards that know of it, a bit for each. */
  public long shards() {
    return request == null ? 0 : request.shards;
  }

  /** Ends the wait as its timeout would; returns whether the owner was resumed by this. */
  public boolean timeOut() {
    return end(atTimeout.get());
  }

  /** Ends the wait with a reply; returns whether the owner was resumed by this. */
  public boolean end(byte[] reply) {
    if (state.compareAndSet(WAITING, OVER)) {
      owner.resume(reply);
      return true;
    }
    state.compareAndSet(SERVING, reply);
    return false;
  }

  /**
   * Ends whatever it is at, for there is nobody left to answer; returns whether shards may still
   * know of it.
   */
  public boolean abandon() {
    if (state.compareAndSet(WAITING, OVER)) {
      return request != null;
    }
    if (!state.compareAndSet(ATTEMPT, OVER)) {
      state.compareAndSet(SERVING, NOTHING);
    }
    return false;
  }

  // --- for executors

  /** Begins to wait; false if it has been abandoned. */
  boolean begin(Request itsRequest, long timeout, byte[] timeoutReply) {
    request = itsRequest;
    timeoutMillis = timeout;
    atTimeout = () -> timeoutReply;
    return state.compareAndSet(ATTEMPT, WAITING);
  }

  Request request() {
    return request;
  }

  /** Whether the wait has ended. */
  public boolean isOver() {
    return state.get() == OVER;
  }

  /** Reserves it for being served; false if its wait is over, or it is being served elsewhere. */
  boolean claim() {
    if (state.compareAndSet(WAITING, SERVING)) {
      return true;
    }
    // If it is served elsewhere, but in vain, then it has to come back to us.
    missed.set(true);
    return state.compareAndSet(WAITING, SERVING);
  }

  /** Ends the wait of one that was claimed. */
  void serve(byte[] reply) {
    state.set(OVER);
    owner.served(reply);
  }

  /** Goes on waiting after having been claimed in vain; false if its end came meanwhile. */
  boolean goOn() {
    if (state.compareAndSet(SERVING, WAITING)) {
      if (missed.getAndSet(false)) {
        call();
      }
      return true;
    }
    owner.resume((byte[]) state.getAndSet(OVER));
    return false;
  }

  /** Has the owner called, unless that has been done already. */
  void call() {
    if (called.compareAndSet(false, true)) {
      owner.called(this);
    }
  }

  /** Says that a call is being followed, so that there may be another one. */
  void answerCall() {
    called.set(false);
  }
}
