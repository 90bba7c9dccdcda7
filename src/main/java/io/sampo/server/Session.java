package io.sampo.server;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Flag;
import io.sampo.keyspace.DbKey;
import io.sampo.keyspace.Watches;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Frames;
import io.sampo.resp.RequestDecoder;
import io.sampo.shard.Batch;
import io.sampo.shard.Borrower;
import io.sampo.shard.Transaction;
import io.sampo.shard.Waiter;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: it decodes requests, sends them to the shards in rounds, and emits the replies in
 * order. While a round is out nothing more is read, so that the kernel holds the client back.
 *
 * <p>All of it runs on the connection's core loop, but for the {@link Client} part, which a command
 * may use on whichever thread runs it, for the session waits meanwhile; and {@link #push}, {@link
 * #kill} and {@link #resume}, which anybody may call.
 */
final class Session extends GraphStageLogic
    implements InHandler, OutHandler, Client, Batch.Owner, Waiter.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final byte[] NOTHING = new byte[0];

  /** More than a scheduler can count, in milliseconds, is for ever. */
  private static final long FOR_EVER = Duration.ofDays(100).toMillis();

  private static final byte[] OK = Bytes.ascii("+OK\r\n");
  private static final int CHUNK = 256 * 1024;
  private static final byte[] QUEUED = Bytes.ascii("+QUEUED\r\n");

  /** Told to a session from outside, through its {@link #events}. */
  private sealed interface Event permits Push, Kill, Resume, GoOn, CheckOutput, CaughtUp {}

  private record Push(byte[] bytes) implements Event {}

  private record Kill(boolean afterReply) implements Event {}

  private record Resume(byte[] reply) implements Event {}

  private record GoOn() implements Event {}

  private record CheckOutput() implements Event {}

  private static final GoOn GO_ON = new GoOn();
  private static final CheckOutput CHECK_OUTPUT = new CheckOutput();

  /**
   * What a connection holds, in bytes but for {@code queued}, the requests in its transaction or
   * -1, and {@code chunks}.
   */
  record Load(int queued, long query, long arguments, long transaction, int chunks, long output) {
    private static final int SESSION = 1024;

    long total() {
      return SESSION + query + arguments + transaction + output;
    }
  }

  private record CaughtUp() implements Event {}

  private static final CaughtUp CAUGHT_UP = new CaughtUp();

  final Node node;
  final ClientState state;
  final Subscriptions subscriptions;
  private final Loop loop;
  private final FlowShape<ByteString, ByteString> shape;
  private final RequestDecoder decoder;
  private AsyncCallback<Object> events;

  /** Requests at hand and the next one to look at; null while there are none. */
  private Frames frames;

  private int next;

  /** Whether a round is out, or the client is blocked or paused. */
  private boolean busy;

  /** Whether the client is paused; it is read ahead then, as also when it is blocked. */
  private boolean paused;

  /** What the client waits for, or last waited for, or may have to as soon as its round is back. */
  private volatile Waiter waiter = Waiter.forever(this);

  private volatile boolean blocked;

  /** Whether a request that may block is on its way, and what has ended its wait meanwhile. */
  private boolean attempting;

  private byte[] early = NOTHING;
  private Cancellable timer = Cancellable.alreadyCancelled();

  /** What was read while the client was blocked or paused. */
  private ByteString ahead = ByteString.emptyByteString();

  /** Whether replies to the round that is out are to be dropped. */
  private boolean muted;

  private Parts parts;

  /** What goes on when the client has taken the replies so far; null where there is no more. */
  private Batch unfinished;

  /** Messages on their way here that the stage will find in its events; null if there are none. */
  private Inbox inbox;

  /** What the client has not yet taken. */
  private ByteString output = ByteString.emptyByteString();

  private boolean inputDone;
  private boolean closing;
  private boolean closed;
  private Transaction transaction;

  /** The transaction that is being executed; null if none is. */
  private Transaction executing;

  private Watches.Watch watch;

  Session(
      Node node,
      Loop loop,
      FlowShape<ByteString, ByteString> shape,
      SocketAddress local,
      SocketAddress remote) {
    super(shape);
    this.node = node;
    this.loop = loop;
    this.shape = shape;
    this.state = new ClientState(node.clients.nextId(), local, remote, node.now());
    this.subscriptions = new Subscriptions(this, node.pubSub);
    this.decoder = new RequestDecoder(node.requestLimits());
    setHandlers(shape.in(), shape.out(), this);
  }

  /** The session of the client whose request a command is running. */
  static Session of(Context c) {
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
    node.pause.leave(this);
    timer.cancel();
    abandon(waiter);
    subscriptions.clear();
    unwatch();
  }

  @Override
  public void onPush() {
    ByteString chunk = grab(shape.in());
    node.traffic.received(loop.index, chunk.length());
    state.lastInteraction = node.beat();
    if (busy) {
      ahead = ahead.concat(chunk);
    } else {
      decode(chunk.toArrayUnsafe());
    }
    proceed();
  }

  private void decode(byte[] bytes) {
    if (!state.authenticated) {
      decoder.authenticated(node.isOpen());
    }
    frames = loop.frames();
    next = 0;
    try {
      decoder.decode(bytes, 0, bytes.length, frames);
    } catch (OutOfMemoryError e) {
      LOG.error("Closing client whose request does not fit into the heap: {}", state.describe(), e);
      fail();
    }
  }

  @Override
  public void onUpstreamFinish() {
    inputDone = true;
    if (isBlocked()) {
      fail();
    } else {
      proceed();
    }
  }

  @Override
  public void onPull() {
    state.lastInteraction = node.beat();
    emit();
    proceed();
  }

  /** Does whatever can be done now: the next round, the next read, or the end. */
  private void proceed() {
    while (!busy && !closing && frames != null) {
      if (next < frames.count() && node.pubSub.isBehind()) {
        busy = true;
        node.pubSub.hold(this);
      } else if (next < frames.count()) {
        dispatch();
      } else {
        loop.free(frames);
        frames = null;
        if (decoder.held()) {
          decode(NOTHING);
        } else if (decoder.failed()) {
          closing = true;
          send(Bytes.ascii("-" + decoder.error() + "\r\n"));
        } else if (ahead.nonEmpty()) {
          byte[] bytes = ahead.toArrayUnsafe();
          ahead = ByteString.emptyByteString();
          decode(bytes);
        }
      }
    }
    if (!busy && !closing && decoder.pendingBytes() > node.queryBufferLimit()) {
      LOG.warn("Closing client that reached max query buffer length: {}", state.describe());
      node.counters.queryLimitDisconnections.increment();
      closing = true;
    }
    if (output.nonEmpty()) {
      return;
    }
    if (unfinished != null) {
      if (node.pause.await(this)) {
        paused = true;
      } else {
        Batch rest = unfinished;
        unfinished = null;
        dispatch(rest);
      }
    } else if ((closing || inputDone) && !busy) {
      completeStage();
    } else if (readsOn() && !hasBeenPulled(shape.in()) && !isClosed(shape.in())) {
      pull(shape.in());
    }
  }

  /** Whether more input is welcome: also some while waiting, for only so is a lost peer seen. */
  private boolean readsOn() {
    return !busy || (waits() && ahead.length() < CHUNK);
  }

  /** Whether the client is blocked or paused. */
  private boolean waits() {
    return paused || isBlocked();
  }

  private void send(byte[] bytes) {
    if (bytes.length == 0 || closed) {
      return;
    }
    node.traffic.sent(loop.index, bytes.length);
    ByteString more = ByteString.fromArrayUnsafe(bytes);
    output = output.isEmpty() ? more : output.concat(more);
    limitOutput();
    if (isAvailable(shape.out())) {
      emit();
    }
  }

  /** Hands over the next piece of output; small ones, so that what is pending is known. */
  private void emit() {
    if (output.isEmpty()) {
      return;
    }
    ByteString piece = output;
    if (output.length() <= CHUNK) {
      output = ByteString.emptyByteString();
    } else {
      piece = output.take(CHUNK);
      output = output.drop(CHUNK);
    }
    push(shape.out(), piece);
  }

  private void limitOutput() {
    if (node.limits.isOverOutput(this, output.length())) {
      drop();
      // A mere end would wait until the client has taken what the socket's stage still holds.
      failStage(new IOException("output buffer limit"));
    }
  }

  // --- what comes from other threads, and from shards

  private void event(Object event) {
    if (event instanceof Batch batch) {
      back(batch);
    } else if (event instanceof Push more) {
      // Off or not, CLIENT REPLY does not concern what RESP3 has a type of its own for.
      if (!state.muted || more.bytes[0] == '>') {
        send(more.bytes);
      }
    } else if (event instanceof Inbox mail) {
      open(mail);
    } else if (event instanceof CaughtUp) {
      busy = false;
      proceed();
    } else if (event instanceof Resume resume) {
      if (attempting) {
        early = resume.reply;
      } else {
        unblocked(resume.reply);
      }
    } else if (event instanceof GoOn) {
      paused = false;
      busy = unfinished != null;
      proceed();
    } else if (event instanceof CheckOutput) {
      limitOutput();
    } else if (event instanceof Kill kill) {
      if (kill.afterReply && !waits()) {
        closing = true;
        proceed();
      } else {
        fail();
      }
    }
  }

  /** Ends the connection at once; what was not sent is lost. */
  private void fail() {
    drop();
    completeStage();
  }

  /** Sends nothing any more. */
  private void drop() {
    output = ByteString.emptyByteString();
    closing = true;
    closed = true;
  }

  @Override
  public void completed(Batch batch) {
    events.invoke(batch);
  }

  private void back(Batch batch) {
    if (batch.isLost()) {
      fail();
      return;
    }
    if (attempting) {
      attempting = false;
      if (waiter.hasWaited()) {
        loop.free(batch);
        blocked();
        return;
      }
    }
    byte[] replies;
    if (parts == null) {
      replies = batch.replies();
      busy = !batch.isDone();
      unfinished = batch;
    } else if (parts.back()) {
      replies = parts.join();
      busy = !parts.isDone();
      unfinished = busy ? parts.next() : batch;
    } else {
      return;
    }
    if (!busy) {
      answered(batch);
    }
    if (!muted) {
      send(replies);
    }
    proceed();
  }

  /** The request waits for data: goes on reading, though only to see the client's end. */
  private void blocked() {
    if (early.length > 0) {
      byte[] reply = early;
      early = NOTHING;
      unblocked(reply);
    } else if (inputDone || closing) {
      fail();
    } else {
      blocked = true;
      long millis = waiter.timeoutMillis();
      if (millis > 0 && millis < FOR_EVER) {
        Waiter present = waiter;
        timer = node.later(Duration.ofMillis(millis), () -> timeOut(present));
      }
      proceed();
    }
  }

  private void unblocked(byte[] reply) {
    blocked = false;
    busy = false;
    timer.cancel();
    if (!muted) {
      send(reply);
    }
    proceed();
  }

  private void answered(Batch last) {
    unfinished = null;
    executing = null;
    if (parts == null) {
      loop.free(last);
    } else {
      parts.free(loop);
      parts = null;
    }
  }

  /** Sends bytes that answer no request: a message, a line of MONITOR. From any thread. */
  void push(byte[] encoded) {
    events.invoke(new Push(encoded));
  }

  /** Sends a message that was published. On the loop's own thread, from outside the stage. */
  void deliver(Message message) {
    if (inbox == null) {
      inbox = new Inbox();
      events.invoke(inbox);
    }
    inbox.add(state.protocol == 3 ? message.resp3() : message.resp2());
  }

  private void open(Inbox mail) {
    if (inbox == mail) {
      inbox = null;
    }
    mail.drain(this::send);
  }

  /** Subscribes; on the loop's own thread. */
  void subscribe(PubSub.Kind kind, Blob name) {
    // The topic's messages are to come after the reply, hence not with those on their way.
    inbox = null;
    subscriptions.add(kind, name);
  }

  int loopIndex() {
    return loop.index;
  }

  /** Whether messages come as arrays, which are told from replies only if nothing else is asked. */
  boolean isSubscriber() {
    return state.protocol == 2 && subscriptions.any();
  }

  /** Goes on after {@link PubSub#hold}; from any thread. */
  void release() {
    events.invoke(CAUGHT_UP);
  }

  /** Closes the connection, from any thread. */
  void kill(boolean afterReply) {
    abandon(waiter);
    events.invoke(new Kill(afterReply));
  }

  /** Goes on after {@link #suspend}, with this reply. From any thread. */
  @Override
  public void resume(byte[] reply) {
    events.invoke(new Resume(reply));
  }

  /** Stops looking at requests until {@link #resume}, which nobody but the caller can bring. */
  void suspend() {
    block(Waiter.forever(this));
  }

  /**
   * Stops looking at requests until what is given here ends; for commands that run in the session,
   * but not in a transaction.
   */
  void block(Waiter how) {
    waiter = how;
    blocked = true;
    busy = true;
  }

  boolean isBlocked() {
    return blocked;
  }

  /** Ends a block, if there is one, with this reply; returns whether it did. From any thread. */
  boolean unblock(byte[] reply) {
    Waiter present = waiter;
    return withdrawn(present, present.end(reply));
  }

  /** Ends a block as its timeout would; returns whether it did. From any thread. */
  boolean timeOut() {
    return timeOut(waiter);
  }

  /** As {@link #timeOut()}, of this block and no later one. */
  boolean timeOut(Waiter which) {
    return withdrawn(which, which.timeOut());
  }

  private boolean withdrawn(Waiter which, boolean ended) {
    if (ended) {
      node.withdraw(which, which.shards());
    }
    return ended;
  }

  /** Nothing is to be popped for a client that is no more. */
  private void abandon(Waiter which) {
    if (which.abandon()) {
      node.withdraw(which, which.shards());
    }
  }

  @Override
  public void forget(Waiter which, long shards) {
    node.withdraw(which, shards);
  }

  @Override
  public void called(Waiter which) {
    loop.borrower.tell(new Borrower.Serve(which));
  }

  /** Ends a pause; from any thread. */
  void goOn() {
    events.invoke(GO_ON);
  }

  /** Has the soft limit of output enforced; from any thread. */
  void checkOutput() {
    events.invoke(CHECK_OUTPUT);
  }

  /** Whether the client is closed for having been idle. */
  boolean mayTimeOut() {
    return !state.monitor && !waits() && !subscriptions.any();
  }

  boolean isClosing() {
    return closing;
  }

  /** What the output limits and CLIENT LIST take the client for. */
  ClientType type() {
    return subscriptions.any() ? ClientType.PUBSUB : ClientType.NORMAL;
  }

  /** What the connection holds; from any thread, a moment late. */
  Load load() {
    Transaction open = transaction == null ? executing : transaction;
    Frames present = frames;
    ByteString pending = output;
    return new Load(
        open == null ? -1 : open.size(),
        decoder.pendingBytes() + (long) ahead.length(),
        present == null ? 0 : present.bytes(),
        open == null ? 0 : open.bytes(),
        pending.isEmpty() ? 0 : 1 + (pending.length() - 1) / CHUNK,
        pending.length());
  }

  boolean watchBroken() {
    Watches.Watch present = watch;
    return present != null && present.broken();
  }

  /** Has the client logged in, or not any more. */
  void authenticated(boolean yes) {
    state.authenticated = yes;
    decoder.authenticated(yes);
  }

  /** Whether the client may send whatever it likes. */
  boolean mayRun() {
    return state.authenticated || node.isOpen();
  }

  /** Whether the client is shown every request. */
  void monitor(boolean yes) {
    state.monitor = yes;
    if (yes) {
      node.monitors.add(this);
    } else {
      node.monitors.remove(this);
    }
  }

  /** Closes the connection once the reply to the present request is out. */
  void closeAfterReply() {
    closing = true;
  }

  // --- requests

  Batch prepare(Batch batch) {
    return batch.of(this, this, frames);
  }

  /** Puts the requests at hand, as far as they go together, into a round and sends it off. */
  private void dispatch() {
    Round round = loop.round;
    Args args = loop.args;
    for (; next < frames.count() && !closing; next++) {
      args.at(frames, next);
      Command command = Admission.resolve(node.commands, args);
      state.command = command;
      String refusal = Admission.refusal(this, command, args);
      if (!refusal.isEmpty()) {
        reject(round, command, refusal);
      } else if (node.pause.isOn() && holds(command)) {
        if (round.size == 0) {
          waitForPause();
          return;
        }
        break;
      } else if (command.place == Command.Place.DISPATCH) {
        boolean alone = transaction != null && transaction.steering();
        if (alone && round.size > 0) {
          break;
        }
        transact(round, command, args);
        if (alone) {
          next++;
          break;
        }
      } else if (transaction != null && Admission.isQueued(command)) {
        transaction.queue(command, args, node.router.shards(command, args));
        answer(round, Admission.UNKNOWN, QUEUED);
      } else if (command.place == Command.Place.SESSION) {
        if (round.size > 0) {
          break;
        }
        runHere(command);
        if (busy || node.pubSub.isBehind()) {
          next++;
          return;
        }
      } else if (command.has(Flag.BLOCKING)) {
        if (round.size > 0) {
          break;
        }
        attempt(command, args);
        next++;
        return;
      } else {
        Object extra = state.takeSkip() ? Batch.SILENT : Batch.PLAIN;
        round.add(command, next, extra, node.router.shards(command, args));
      }
    }
    if (round.size > 0) {
      launch(round);
      round.clear();
    }
  }

  private boolean holds(Command command) {
    boolean exec = transaction != null && command.name.equals("exec");
    return node.pause.holds(command, exec ? transaction.flags() : 0);
  }

  private void waitForPause() {
    busy = node.pause.await(this);
    paused = busy;
  }

  /** Refuses what may not run at all, which spoils an open transaction; EXEC then ends it. */
  private void reject(Round round, Command command, String error) {
    if (command.name.equals("exec")) {
      discard();
      String reason = error.startsWith("ERR ") ? error.substring(4) : error;
      refuse(round, command, "EXECABORT Transaction discarded because of: " + reason);
      return;
    }
    if (transaction != null) {
      state.transactionFailed = true;
    }
    refuse(round, command, error);
  }

  private void refuse(Round round, Command command, String error) {
    if (command != Admission.UNKNOWN) {
      loop.executor.stats().refused(command.id());
    }
    node.watchman.failed(error);
    answer(
        round,
        Admission.UNKNOWN,
        Bytes.ascii("-" + error.replace('\r', ' ').replace('\n', ' ') + "\r\n"));
  }

  /** Has the round answer this request with bytes already encoded; monitors see the command. */
  private void answer(Round round, Command shown, byte[] reply) {
    if (!state.takeSkip()) {
      round.add(shown, next, reply, 0);
    }
  }

  private void launch(Round round) {
    busy = true;
    muted = state.muted;
    long union = round.union;
    boolean several = (union & union - 1) != 0;
    if (several && !round.spanning && !node.isStrict()) {
      parts = new Parts(round, node.router.shards(), loop, this);
      for (long rest = union; rest != 0; rest &= rest - 1) {
        int shard = Long.numberOfTrailingZeros(rest);
        node.shard(shard).tell(parts.batch(shard));
      }
      return;
    }
    Batch batch = prepare(loop.batch());
    for (int i = 0; i < round.size; i++) {
      batch.add(round.commands[i], round.requests[i], round.extras[i], round.shards[i]);
    }
    batch.atHome(round.spanning);
    dispatch(batch);
  }

  /** Sends a batch to where it can run. */
  private void dispatch(Batch batch) {
    long needed = batch.shards();
    if (batch.atHome() || needed == 0 || (needed & needed - 1) != 0) {
      loop.borrower.tell(batch);
    } else {
      node.shard(Long.numberOfTrailingZeros(needed)).tell(batch);
    }
  }

  /** Sends off a request that may block; what comes behind it has to wait. */
  private void attempt(Command command, Args args) {
    busy = true;
    attempting = true;
    muted = state.takeSkip() || state.muted;
    waiter = Waiter.attempt(this);
    Batch batch = prepare(loop.batch());
    long shards = node.router.shards(command, args);
    batch.add(command, next, waiter, shards);
    batch.atHome(Long.bitCount(shards) > 1);
    dispatch(batch);
  }

  private void runHere(Command command) {
    // What was published before an UNSUBSCRIBE or RESET is not to come after its reply.
    if (inbox != null) {
      open(inbox);
    }
    state.takeSkip();
    byte[] reply = loop.executor.runAlone(this, command, frames, next);
    muted = state.muted || state.skipping();
    if (!muted || PubSubCommands.changesSubscriptions(command)) {
      send(reply);
    }
  }

  // --- transactions

  private void transact(Round round, Command command, Args args) {
    switch (command.name) {
      case "multi" -> {
        if (transaction != null) {
          refuse(round, command, "ERR MULTI calls can not be nested");
          return;
        }
        transaction = new Transaction();
        state.transactionFailed = false;
        answer(round, command, OK);
      }
      case "discard" -> {
        if (transaction == null) {
          refuse(round, command, "ERR DISCARD without MULTI");
          return;
        }
        discard();
        answer(round, command, OK);
      }
      case "exec" -> {
        if (transaction == null) {
          refuse(round, command, "ERR EXEC without MULTI");
        } else if (state.transactionFailed) {
          discard();
          refuse(round, command, "EXECABORT Transaction discarded because of previous errors.");
        } else {
          exec(round, command);
          return;
        }
      }
      case "watch" -> {
        watch(round, command, args);
        return;
      }
      default -> throw new IllegalStateException("no command of a transaction: " + command);
    }
    loop.executor.stats().ran(command.id(), 1, 0);
  }

  private void exec(Round round, Command command) {
    Transaction ready = transaction;
    transaction = null;
    executing = ready;
    long shards = ready.shards();
    if (watch != null) {
      ready.watching(watch);
      for (DbKey watched : watch.keys()) {
        shards |= node.router.shards(watched.key());
      }
      watch = null;
    }
    round.add(command, next, unlessSkipped(ready), shards);
    // Subscriptions are changed on this loop, so the borrower has to run it.
    round.spanning |= (ready.flags() & Flag.PUBSUB.bit) != 0;
  }

  /** Notes the keys here, for EXEC to find its shards, and has the shards watch them. */
  private void watch(Round round, Command command, Args args) {
    if (transaction != null) {
      refuse(round, command, "ERR WATCH inside MULTI is not allowed");
      return;
    }
    if (watch == null) {
      watch = new Watches.Watch();
    }
    for (int i = 1; i < args.count(); i++) {
      watch.add(state.db, args.bytes(i));
    }
    round.add(command, next, unlessSkipped(watch), node.router.shards(command, args));
  }

  private Object unlessSkipped(Object extra) {
    return state.takeSkip() ? new Batch.Silent(extra) : extra;
  }

  /** Forgets the transaction, if there is one, and what it watches. */
  void discard() {
    transaction = null;
    state.transactionFailed = false;
    unwatch();
  }

  boolean inTransaction() {
    return transaction != null;
  }

  /** Forgets what is watched. */
  void unwatch() {
    if (watch != null) {
      watch.end();
      node.unwatch(watch);
      watch = null;
    }
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
  public void select(int db) {
    state.db = db;
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
