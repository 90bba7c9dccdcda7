package io.sampo.server;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.keyspace.Watches;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Frames;
import io.sampo.resp.RequestDecoder;
import io.sampo.shard.Batch;
import io.sampo.shard.Transaction;
import java.net.SocketAddress;
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
final class Session extends GraphStageLogic implements InHandler, OutHandler, Client, Batch.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final byte[] NOTHING = new byte[0];
  private static final byte[] OK = Bytes.ascii("+OK\r\n");
  private static final byte[] QUEUED = Bytes.ascii("+QUEUED\r\n");

  /** Told to a session from outside, through its {@link #events}. */
  private sealed interface Event permits Push, Kill, Resume {}

  private record Push(byte[] bytes) implements Event {}

  private record Kill(boolean afterReply) implements Event {}

  private record Resume(byte[] reply) implements Event {}

  final Node node;
  final ClientState state;
  private final Loop loop;
  private final FlowShape<ByteString, ByteString> shape;
  private final RequestDecoder decoder;
  private AsyncCallback<Object> events;

  /** Requests at hand and the next one to look at; null while there are none. */
  private Frames frames;

  private int next;

  /** Whether a round is out, or the client is blocked or paused. */
  private boolean busy;

  /** Whether it is the client that waits, and no round: then its leaving must be seen. */
  private boolean suspended;

  /** What came while it was suspended. */
  private ByteString early = ByteString.emptyByteString();

  private Parts parts;

  /** What the client has not yet taken. */
  private ByteString output = ByteString.emptyByteString();

  private boolean inputDone;
  private boolean closing;
  private Transaction transaction;
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
    state.authenticated = node.settings.requirepass.get().isEmpty();
    decoder.authenticated(state.authenticated);
    String refusal = node.admit(this);
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
    unwatch();
  }

  @Override
  public void onPush() {
    ByteString chunk = grab(shape.in());
    node.traffic.received(loop.index, chunk.length());
    state.lastInteraction = node.now();
    if (suspended) {
      early = chunk;
    } else {
      decode(chunk.toArrayUnsafe());
      proceed();
    }
  }

  private void decode(byte[] bytes) {
    frames = loop.frames();
    next = 0;
    decoder.decode(bytes, 0, bytes.length, frames);
  }

  @Override
  public void onUpstreamFinish() {
    inputDone = true;
    proceed();
  }

  @Override
  public void onPull() {
    if (output.nonEmpty()) {
      ByteString bytes = output;
      output = ByteString.emptyByteString();
      push(shape.out(), bytes);
    }
    proceed();
  }

  /** Does whatever can be done now: the next round, the next read, or the end. */
  private void proceed() {
    while (!busy && !closing && (frames != null || takeEarly())) {
      if (next < frames.count()) {
        dispatch();
      } else {
        loop.free(frames);
        frames = null;
        if (decoder.held()) {
          decode(NOTHING);
        } else if (decoder.failed()) {
          closing = true;
          send(Bytes.ascii("-" + decoder.error() + "\r\n"));
        }
      }
    }
    if (!busy && frames == null && decoder.pendingBytes() > node.queryBufferLimit()) {
      LOG.warn("Closing client that reached max query buffer length: {}", state.describe());
      node.counters.queryLimitDisconnections.increment();
      closing = true;
    }
    if (output.nonEmpty()) {
      return;
    }
    boolean listening = !busy || suspended;
    if ((closing || inputDone) && listening) {
      completeStage();
    } else if (listening
        && early.isEmpty()
        && !hasBeenPulled(shape.in())
        && !isClosed(shape.in())) {
      pull(shape.in());
    }
  }

  private boolean takeEarly() {
    if (early.isEmpty()) {
      return false;
    }
    byte[] bytes = early.toArrayUnsafe();
    early = ByteString.emptyByteString();
    decode(bytes);
    return true;
  }

  private void send(byte[] bytes) {
    if (bytes.length == 0 || state.muted) {
      return;
    }
    node.traffic.sent(loop.index, bytes.length);
    ByteString more = ByteString.fromArrayUnsafe(bytes);
    if (output.isEmpty() && isAvailable(shape.out())) {
      push(shape.out(), more);
    } else {
      output = output.isEmpty() ? more : output.concat(more);
    }
  }

  // --- what comes from other threads, and from shards

  private void event(Object event) {
    if (event instanceof Batch batch) {
      back(batch);
    } else if (event instanceof Push more) {
      send(more.bytes);
      if (node.isOverLimit(state, output.size())) {
        LOG.warn("Client {} scheduled to be closed ASAP: output buffer limit", state.describe());
        fail();
      }
    } else if (event instanceof Resume resume) {
      busy = false;
      suspended = false;
      send(resume.reply);
      proceed();
    } else if (event instanceof Kill kill) {
      if (kill.afterReply && !suspended) {
        closing = true;
        proceed();
      } else {
        fail();
      }
    }
  }

  /** Ends the connection at once; what was not sent is lost. */
  private void fail() {
    output = ByteString.emptyByteString();
    completeStage();
  }

  @Override
  public void completed(Batch batch) {
    events.invoke(batch);
  }

  private void back(Batch batch) {
    if (parts == null) {
      byte[] replies = batch.replies();
      loop.free(batch);
      busy = false;
      send(replies);
      proceed();
    } else if (parts.back()) {
      byte[] replies = parts.join();
      parts.free(loop);
      parts = null;
      busy = false;
      send(replies);
      proceed();
    }
  }

  /** Sends bytes that answer no request: a message, a line of MONITOR. From any thread. */
  void push(byte[] encoded) {
    events.invoke(new Push(encoded));
  }

  /** Closes the connection, from any thread. */
  void kill(boolean afterReply) {
    events.invoke(new Kill(afterReply));
  }

  /** Goes on after {@link #suspend}, with this reply. From any thread. */
  void resume(byte[] reply) {
    events.invoke(new Resume(reply));
  }

  /** Stops looking at requests until {@link #resume}; for commands that run in the session. */
  void suspend() {
    suspended = true;
    busy = true;
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
      String refusal = Admission.refusal(this, command, args);
      if (!refusal.isEmpty()) {
        reject(round, command, refusal);
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
        state.queued = transaction.size();
        answer(round, QUEUED);
      } else if (command.place == Command.Place.SESSION) {
        if (round.size > 0) {
          break;
        }
        runHere(command);
        if (busy) {
          next++;
          return;
        }
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
    answer(round, Bytes.ascii("-" + error.replace('\r', ' ').replace('\n', ' ') + "\r\n"));
  }

  /** Has the round answer this request with bytes already encoded. */
  private void answer(Round round, byte[] reply) {
    if (!state.takeSkip()) {
      round.add(Admission.UNKNOWN, next, reply, 0);
    }
  }

  private void launch(Round round) {
    busy = true;
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
    if (several || union == 0) {
      loop.borrower.tell(batch);
    } else {
      node.shard(Long.numberOfTrailingZeros(union)).tell(batch);
    }
  }

  private void runHere(Command command) {
    boolean skipped = state.takeSkip();
    byte[] reply = loop.executor.runAlone(this, command, frames, next);
    if (!skipped) {
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
        state.queued = 0;
        answer(round, OK);
      }
      case "discard" -> {
        if (transaction == null) {
          refuse(round, command, "ERR DISCARD without MULTI");
          return;
        }
        discard();
        answer(round, OK);
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
    state.queued = -1;
    long shards = ready.shards();
    if (watch != null) {
      ready.watching(watch);
      for (Watches.Watched watched : watch.keys()) {
        shards |= node.router.shards(watched.key());
      }
      watch = null;
    }
    round.add(command, next, unlessSkipped(ready), shards);
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
    state.queued = -1;
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
