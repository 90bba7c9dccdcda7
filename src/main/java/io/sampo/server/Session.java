package io.sampo.server;

import io.sampo.command.Client;
import io.sampo.command.Context;
import io.sampo.resp.Bytes;
import io.sampo.resp.Chunk;
import io.sampo.server.pubsub.Inbox;
import io.sampo.server.pubsub.Subscriber;
import io.sampo.server.pubsub.Subscriptions;
import io.sampo.shard.Batch;
import io.sampo.shard.Transaction;
import io.sampo.shard.Waiter;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: it has requests decoded, sends them to the shards in rounds, and emits the
 * replies in order. While a round is out nothing more is read, so that the kernel holds the client
 * back.
 *
 * <p>All of it runs on the connection's core loop, but for the {@link Client} part, which a command
 * may use on whichever thread runs it, for the session waits meanwhile; and {@link #push}, {@link
 * #kill} and {@link #resume}, which anybody may call.
 */
public final class Session extends GraphStageLogic
    implements InHandler, OutHandler, Client, Subscriber, Batch.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** Bytes that may be read ahead of the end of a wait. */
  private static final int MOST_AHEAD = 256 * 1024;

  public final Node node;
  public final Service service;
  public final ClientState state;
  public final Subscriptions subscriptions;
  public final Disclosure disclosure;
  public final Feed feed;
  public final Waiting waiting;
  public final Transactions transactions;
  public final Preparation preparation;
  private final Loop loop;
  private final FlowShape<Chunk, ByteString> shape;
  private final Input input;
  private final Dispatch dispatch;
  private final Flight flight;
  private final Output output = new Output();
  private AsyncCallback<Object> events;

  /** Whether a round is out, or the client is blocked or paused. */
  private boolean busy;

  private boolean inputDone;
  private boolean closing;

  Session(Node node, Service service, Loop loop, FlowShape<Chunk, ByteString> shape, Peer peer) {
    super(shape);
    this.node = node;
    this.service = service;
    this.loop = loop;
    this.shape = shape;
    this.state = new ClientState(node.clients.nextId(), peer, node.now());
    this.subscriptions = new Subscriptions(this, service.pubSub());
    this.disclosure = new Disclosure(node, service, loop);
    this.feed = new Feed(this, peer);
    this.waiting = new Waiting(this, loop);
    this.preparation = new Preparation(this, loop, node.blocking);
    this.input = new Input(this, loop);
    Answers answers = new Answers(this, loop, input);
    this.transactions = new Transactions(this, loop, input, answers);
    this.flight = new Flight(this, loop, input);
    this.dispatch = new Dispatch(this, loop, input, answers, flight);
    setHandlers(shape.in(), shape.out(), this);
  }

  /** The session of the client whose request a command is running. */
  public static Session of(Context c) {
    return (Session) c.client();
  }

  // --- the stream

  @Override
  public void preStart() {
    events = createAsyncCallback(this::event);
    authenticated(node.isOpen());
    String refusal = node.limits.admit(this);
    if (refusal.isEmpty()) {
      pull(shape.in());
    } else {
      closing = true;
      send(Bytes.ascii("-" + refusal + "\r\n"));
    }
  }

  @Override
  public void postStop() {
    node.clients.remove(this);
    node.monitors.remove(this);
    feed.ended();
    waiting.close();
    subscriptions.clear();
    transactions.unwatch();
    dispatch.close();
  }

  @Override
  public void onPush() {
    Chunk chunk = grab(shape.in());
    node.traffic.received(loop.index, chunk.length());
    state.lastInteraction = node.beat.at();
    feed.heard();
    if (busy) {
      input.readAhead(chunk);
    } else {
      input.read(chunk);
    }
    proceed();
  }

  @Override
  public void onUpstreamFinish() {
    inputDone = true;
    if (waiting.isBlocked()) {
      fail();
    } else {
      proceed();
    }
  }

  @Override
  public void onPull() {
    state.lastInteraction = node.beat.at();
    emit();
    proceed();
  }

  /** Does whatever can be done now: the next round, the next read, or the end. */
  private void proceed() {
    while (!busy && !closing && input.isOpen()) {
      if (input.hasNext() && service.pubSub().isBehind()) {
        busy = true;
        service.pubSub().hold(this);
      } else if (input.hasNext()) {
        dispatch.next();
      } else {
        input.refill();
        if (input.isBroken()) {
          closing = true;
          send(Bytes.ascii("-" + input.error() + "\r\n"));
        }
      }
    }
    if (!busy && !closing && input.partial() > node.limits.queryBuffer()) {
      LOG.warn("Closing client that reached max query buffer length: {}", state.describe());
      node.counters.queryLimitDisconnections.increment();
      closing = true;
    }
    if (!output.isEmpty() || closing && !inputDone && !output.isShut() && feed.pending() > 0) {
      return;
    }
    if (flight.isUnfinished()) {
      if (!waiting.pause()) {
        flight.goOn();
      }
    } else if ((closing || inputDone) && !busy) {
      completeStage();
    } else if (readsOn() && !hasBeenPulled(shape.in()) && !isClosed(shape.in())) {
      pull(shape.in());
    }
  }

  /** Whether more input is welcome: also some while waiting, for only so is a lost peer seen. */
  private boolean readsOn() {
    return !busy || (waiting.isOn() && input.ahead() < MOST_AHEAD);
  }

  /** Adds to what the client is sent. */
  @Override
  public void send(byte[] bytes) {
    send(ByteString.fromArrayUnsafe(bytes));
  }

  private void send(ByteString bytes) {
    if (bytes.isEmpty() || output.isShut()) {
      return;
    }
    node.traffic.sent(loop.index, bytes.length());
    output.add(bytes);
    limitOutput();
    if (isAvailable(shape.out())) {
      emit();
    }
  }

  private void emit() {
    if (output.isEmpty() && feed.isOn() && !output.isShut()) {
      ByteString piece = feed.next();
      node.traffic.replicated(loop.index, piece.length());
      output.add(piece);
    }
    if (!output.isEmpty()) {
      node.traffic.wrote(loop.index);
      push(shape.out(), output.take());
    }
  }

  private void limitOutput() {
    long pending = output.length() + feed.pending();
    if (node.limits.isOverOutput(this, pending)) {
      fail("output buffer limit");
    }
  }

  // --- what comes from other threads, and from shards

  private void event(Object event) {
    if (event instanceof Batch batch) {
      back(batch);
    } else if (event instanceof SessionEvent.Push more) {
      // Off or not, CLIENT REPLY does not concern what RESP3 has a type of its own for.
      if (!state.muted || more.bytes()[0] == '>') {
        send(more.bytes());
      }
    } else if (event instanceof Inbox mail) {
      subscriptions.open(mail);
    } else if (event instanceof SessionEvent.Resume resume) {
      if (waiting.ended(resume.reply())) {
        unblocked(resume.reply());
      }
    } else if (event instanceof SessionEvent.Ahead ahead) {
      dispatch.advanced(ahead.advanced());
      busy = false;
      proceed();
    } else if (event instanceof SessionEvent.Room room) {
      busy = false;
      input.room(room.made());
      proceed();
    } else if (event instanceof SessionEvent.NoRoom full) {
      input.tooLong(full.why());
    } else if (event instanceof SessionEvent.Kill kill) {
      if (kill.afterReply() && !waiting.isOn()) {
        closing = true;
        proceed();
      } else {
        fail();
      }
    } else if (event instanceof SessionEvent.Signal signal) {
      heard(signal);
    }
  }

  private void heard(SessionEvent.Signal signal) {
    switch (signal) {
      case GO_ON -> {
        waiting.pauseEnded();
        busy = flight.isUnfinished();
        proceed();
      }
      case CAUGHT_UP -> {
        busy = false;
        proceed();
      }
      case CHECK_OUTPUT -> limitOutput();
      case FEED -> {
        if (isAvailable(shape.out())) {
          emit();
          proceed();
        }
      }
    }
  }

  /** Ends the connection at once; what was not sent is lost. */
  void fail() {
    fail("what is pending is given up");
  }

  /** A mere end would wait until the client has taken what the socket's stage still holds. */
  private void fail(String why) {
    drop();
    failStage(new IOException(why));
  }

  /** Sends nothing any more. */
  private void drop() {
    output.shut();
    closing = true;
  }

  @Override
  public void completed(Batch batch) {
    disclosure.wrote();
    // What it changed or saw has been appended by now. What it was merely told needs no safety.
    if (disclosure.isHeld() && batch.tells()) {
      disclosure.await(() -> events.invoke(batch));
    } else {
      events.invoke(batch);
    }
  }

  private void back(Batch batch) {
    if (batch.isLost()) {
      fail();
      return;
    }
    if (batch.isDone() && waiting.hasBegun()) {
      loop.free(batch);
      blocked();
      return;
    }
    if (!flight.isBack()) {
      return;
    }
    if (batch.tells() && !disclosure.isAllowed()) {
      fail();
      return;
    }
    List<ByteString> replies = flight.replies(batch);
    busy = flight.isUnfinished();
    if (!busy) {
      transactions.executed();
    }
    if (!dispatch.isMuted()) {
      replies.forEach(this::send);
    }
    proceed();
  }

  /** The request waits for data: goes on reading, though only to see the client's end. */
  private void blocked() {
    byte[] early = waiting.takeEarly();
    if (early.length > 0) {
      unblocked(early);
    } else if (inputDone || closing) {
      fail();
    } else {
      waiting.begin();
      proceed();
    }
  }

  private void unblocked(byte[] reply) {
    if (!disclosure.isAllowed()) {
      fail();
      return;
    }
    busy = false;
    if (!dispatch.isMuted()) {
      send(reply);
    }
    proceed();
  }

  /** Has an event happen on the session's own thread; from any. */
  void tell(SessionEvent event) {
    events.invoke(event);
  }

  @Override
  public void tell(Inbox mail) {
    events.invoke(mail);
  }

  /** Sends bytes that answer no request; from any thread. */
  void push(byte[] encoded) {
    tell(new SessionEvent.Push(encoded));
  }

  /** Goes on only when it has been handed what it has published to itself. */
  public void hearItself() {
    if (!busy) {
      busy = true;
      service.pubSub().follow(this);
    }
  }

  @Override
  public void caughtUp() {
    tell(SessionEvent.Signal.CAUGHT_UP);
  }

  @Override
  public int loopIndex() {
    return loop.index;
  }

  /** Whether messages come as arrays, which are told from replies only if nothing else is asked. */
  public boolean isSubscriber() {
    return state.protocol == 2 && subscriptions.any();
  }

  /** Closes the connection, from any thread. */
  void kill(boolean afterReply) {
    waiting.abandon();
    tell(new SessionEvent.Kill(afterReply));
  }

  /** Goes on after {@link #suspend} or {@link #block}, with this reply. From any thread. */
  public void resume(byte[] reply) {
    tell(new SessionEvent.Resume(reply));
  }

  /** Stops looking at requests until {@link #resume}, which nobody but the caller can bring. */
  public void suspend() {
    block(waiting.forever());
  }

  /**
   * Stops looking at requests until what is given here ends; for commands that run in the session,
   * but not in a transaction.
   */
  public void block(Waiter how) {
    waiting.block(how);
    busy = true;
  }

  /** Stops looking at requests until the end of the pause that is on, if it still is. */
  void pause() {
    busy = waiting.pause();
  }

  /** Stops looking at requests until what has been sent off is back. */
  void occupied() {
    busy = true;
  }

  /** Whether the client waits for something before its next request is looked at. */
  boolean isBusy() {
    return busy;
  }

  /** Whether the client is closed for having been idle. */
  boolean mayTimeOut() {
    return !state.monitor && !waiting.isOn() && !subscriptions.any() && !feed.isOn();
  }

  public boolean isClosing() {
    return closing;
  }

  /** What the output limits and CLIENT LIST take the client for. */
  public ClientType type() {
    if (feed.isOn()) {
      return ClientType.REPLICA;
    }
    return subscriptions.any() ? ClientType.PUBSUB : ClientType.NORMAL;
  }

  /** What the connection holds; from any thread, a moment late. */
  public Load load() {
    Optional<Transaction> transaction = transactions.present();
    return new Load(
        transaction.map(Transaction::size).orElse(-1),
        input.partial() + input.ahead(),
        input.atHand(),
        transaction.map(Transaction::bytes).orElse(0L),
        output.length() + feed.pending());
  }

  /** Has the client logged in, or not any more. */
  public void authenticated(boolean yes) {
    state.authenticated = yes;
    input.authenticated(yes);
  }

  /** Whether the client may send whatever it likes. */
  public boolean mayRun() {
    return state.authenticated || node.isOpen();
  }

  /** Whether the client is shown every request. */
  public void monitor(boolean yes) {
    node.monitors.turn(this, yes);
  }

  /** Closes the connection once the reply to the present request is out. */
  public void closeAfterReply() {
    closing = true;
  }

  /** A batch for the requests at hand. */
  Batch prepare(Batch batch) {
    return batch.of(this, this, input.frames());
  }

  // --- what commands see of the client

  @Override
  public long id() {
    return state.id;
  }

  @Override
  public int db() {
    return state.db;
  }

  @Override
  public boolean select(int db) {
    boolean exists = db >= 0 && db < node.settings.databases.get();
    state.db = exists ? db : state.db;
    return exists;
  }

  @Override
  public int protocol() {
    return state.protocol;
  }

  @Override
  public boolean noTouch() {
    return state.noTouch;
  }
}
