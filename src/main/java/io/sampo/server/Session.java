package io.sampo.server;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Flag;
import io.sampo.replication.Master;
import io.sampo.replication.ReplicaLink;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.shard.Batch;
import io.sampo.shard.Transaction;
import io.sampo.shard.Waiter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
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
final class Session extends GraphStageLogic implements InHandler, OutHandler, Client, Batch.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** Bytes that may be read ahead of the end of a wait. */
  private static final int MOST_AHEAD = 256 * 1024;

  /** Told to a session from outside, through its {@link #events}. */
  private sealed interface Event permits Push, Kill, Resume, GoOn, CheckOutput, CaughtUp, Feed {}

  private record Push(byte[] bytes) implements Event {}

  private record Kill(boolean afterReply) implements Event {}

  private record Resume(byte[] reply) implements Event {}

  private record GoOn() implements Event {}

  private record CheckOutput() implements Event {}

  private record CaughtUp() implements Event {}

  private record Feed() implements Event {}

  private static final GoOn GO_ON = new GoOn();
  private static final CheckOutput CHECK_OUTPUT = new CheckOutput();
  private static final CaughtUp CAUGHT_UP = new CaughtUp();
  private static final Feed FEED = new Feed();

  final Node node;
  final Service service;
  final ClientState state;
  final Subscriptions subscriptions;
  final Waiting waiting;
  final Transactions transactions;
  private Optional<Forwarding> forwarding = Optional.empty();
  private final Loop loop;
  private final FlowShape<ByteString, ByteString> shape;
  private final Input input;
  private final Answers answers;
  private final Flight flight;
  private final Output output = new Output();
  private AsyncCallback<Object> events;

  /** Whether a round is out, or the client is blocked or paused. */
  private boolean busy;

  /** Whether replies to the round that is out are to be dropped. */
  private boolean muted;

  /** Messages on their way here that the stage will find in its events; null if there are none. */
  private Inbox inbox;

  /** What a replica at the other end is sent, besides replies. */
  private volatile Optional<ReplicaLink> replica = Optional.empty();

  private volatile long written;
  private final int tenure;

  /** Whether this node may not be the only master, as of the beginning of the present round. */
  private boolean inDoubt;

  private boolean inputDone;
  private boolean closing;

  Session(
      Node node,
      Service service,
      Loop loop,
      FlowShape<ByteString, ByteString> shape,
      SocketAddress local,
      SocketAddress remote) {
    super(shape);
    this.node = node;
    this.service = service;
    this.loop = loop;
    this.shape = shape;
    this.tenure = node.tenure.number();
    this.state = new ClientState(node.clients.nextId(), local, remote, node.now());
    this.subscriptions = new Subscriptions(this, service.pubSub());
    this.waiting = new Waiting(this, loop);
    this.input = new Input(this, loop);
    this.answers = new Answers(this, loop, input);
    this.transactions = new Transactions(this, loop, input, answers);
    this.flight = new Flight(this, loop);
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
    replica.ifPresent(
        link -> {
          link.closed();
          node.replication.master.tell(new Master.Detach(link));
        });
    waiting.close();
    subscriptions.clear();
    transactions.unwatch();
    forwarding.ifPresent(Forwarding::close);
  }

  @Override
  public void onPush() {
    ByteString chunk = grab(shape.in());
    node.traffic.received(loop.index, chunk.length());
    state.lastInteraction = node.beat();
    replica.ifPresent(ReplicaLink::heard);
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
    state.lastInteraction = node.beat();
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
        dispatch();
      } else {
        input.refill();
        if (input.isBroken()) {
          closing = true;
          send(Bytes.ascii("-" + input.error() + "\r\n"));
        }
      }
    }
    if (!busy && !closing && input.partial() > node.queryBufferLimit()) {
      LOG.warn("Closing client that reached max query buffer length: {}", state.describe());
      node.counters.queryLimitDisconnections.increment();
      closing = true;
    }
    if (!output.isEmpty() || closing && !inputDone && hasFeed()) {
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

  private void send(byte[] bytes) {
    if (bytes.length == 0 || output.isShut()) {
      return;
    }
    node.traffic.sent(loop.index, bytes.length);
    output.add(bytes);
    limitOutput();
    if (isAvailable(shape.out())) {
      emit();
    }
  }

  private void emit() {
    if (output.isEmpty() && replica.isPresent() && !output.isShut()) {
      ByteString piece = replica.get().next(Output.PIECE);
      node.traffic.replicated(loop.index, piece.length());
      output.add(piece);
    }
    if (!output.isEmpty()) {
      push(shape.out(), output.take());
    }
  }

  /** Whether there is something for a replica that it has not yet been sent. */
  private boolean hasFeed() {
    return replica.isPresent() && !output.isShut() && replica.get().pending() > 0;
  }

  private void limitOutput() {
    long pending = output.length() + replica.map(ReplicaLink::pending).orElse(0L);
    if (node.limits.isOverOutput(this, pending)) {
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
      if (waiting.ended(resume.reply)) {
        unblocked(resume.reply);
      }
    } else if (event instanceof GoOn) {
      waiting.pauseEnded();
      busy = flight.isUnfinished();
      proceed();
    } else if (event instanceof Feed) {
      if (isAvailable(shape.out())) {
        emit();
        proceed();
      }
    } else if (event instanceof CheckOutput) {
      limitOutput();
    } else if (event instanceof Kill kill) {
      if (kill.afterReply && !waiting.isOn()) {
        closing = true;
        proceed();
      } else {
        fail();
      }
    }
  }

  /** Ends the connection at once; what was not sent is lost. */
  void fail() {
    drop();
    completeStage();
  }

  /** Sends nothing any more. */
  private void drop() {
    output.shut();
    closing = true;
  }

  @Override
  public void completed(Batch batch) {
    wrote();
    // What it changed or saw has been appended by now. What it was merely told needs no safety.
    if (node.barrier.isOn() && batch.tells() && !service.isSentinel()) {
      hold(() -> events.invoke(batch));
    } else {
      events.invoke(batch);
    }
  }

  /** Runs a task when all that has been appended by now is safe; from any thread. */
  void hold(Runnable release) {
    node.barrier.await(node.journal.offset(), release);
    node.aof.writeSoon(loop.borrower);
  }

  /** What has been run for the client has been appended by now. From any thread. */
  void wrote() {
    if (node.replication.replicas.any() || node.aof.isAttached()) {
      written = node.journal.offset();
    }
  }

  /** The end of the journal when the client's latest request had run. */
  long written() {
    return written;
  }

  private void back(Batch batch) {
    if (batch.isLost()) {
      fail();
      return;
    }
    if (waiting.hasBegun()) {
      loop.free(batch);
      blocked();
      return;
    }
    if (!flight.isBack()) {
      return;
    }
    if (batch.tells() && !mayAnswer()) {
      fail();
      return;
    }
    byte[] replies = flight.replies(batch);
    busy = flight.isUnfinished();
    if (!busy) {
      transactions.executed();
    }
    if (!muted) {
      send(replies);
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

  /** Whether what this node knows of its data may be told, which is all a Sentinel never tells. */
  private boolean mayAnswer() {
    return service.isSentinel() || node.tenure.mayAnswer(tenure);
  }

  private void unblocked(byte[] reply) {
    if (!mayAnswer()) {
      fail();
      return;
    }
    busy = false;
    if (!muted) {
      send(reply);
    }
    proceed();
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
    waiting.abandon();
    events.invoke(new Kill(afterReply));
  }

  /** Goes on after {@link #suspend} or {@link #block}, with this reply. From any thread. */
  void resume(byte[] reply) {
    events.invoke(new Resume(reply));
  }

  /** Stops looking at requests until {@link #resume}, which nobody but the caller can bring. */
  void suspend() {
    block(waiting.forever());
  }

  /**
   * Stops looking at requests until what is given here ends; for commands that run in the session,
   * but not in a transaction.
   */
  void block(Waiter how) {
    waiting.block(how);
    busy = true;
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
    return !state.monitor && !waiting.isOn() && !subscriptions.any() && !isReplica();
  }

  boolean isClosing() {
    return closing;
  }

  /** What the output limits and CLIENT LIST take the client for. */
  ClientType type() {
    if (isReplica()) {
      return ClientType.REPLICA;
    }
    return subscriptions.any() ? ClientType.PUBSUB : ClientType.NORMAL;
  }

  /** What the connection holds; from any thread, a moment late. */
  Load load() {
    Optional<Transaction> transaction = transactions.present();
    return new Load(
        transaction.map(Transaction::size).orElse(-1),
        input.partial() + input.ahead(),
        input.atHand(),
        transaction.map(Transaction::bytes).orElse(0L),
        output.length() + replica.map(ReplicaLink::pending).orElse(0L));
  }

  /** Whether there is a replica at the other end. */
  boolean isReplica() {
    return replica.isPresent();
  }

  Optional<ReplicaLink> replica() {
    return replica;
  }

  /** The replica at the other end is to be sent whatever the master has for it. */
  ReplicaLink attach(boolean old) {
    ReplicaLink link =
        new ReplicaLink(
            new ReplicaWire(),
            node.replication.backlog,
            peer(),
            state.introduction,
            old,
            node::now);
    replica = Optional.of(link);
    return link;
  }

  private String peer() {
    return state.remote instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : "";
  }

  /** The connection as its link sees it. */
  private final class ReplicaWire implements ReplicaLink.Wire {
    @Override
    public void more() {
      events.invoke(FEED);
    }

    @Override
    public void checkOutput() {
      Session.this.checkOutput();
    }

    @Override
    public void close() {
      kill(false);
    }

    @Override
    public void closeAfterOutput() {
      kill(true);
    }
  }

  /** Whether this node, as a master, may not be the only one. */
  boolean isInDoubt() {
    return inDoubt;
  }

  /** Has the client logged in, or not any more. */
  void authenticated(boolean yes) {
    state.authenticated = yes;
    input.authenticated(yes);
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
    return batch.of(this, this, input.frames());
  }

  /** Puts the requests at hand, as far as they go together, into a round and sends it off. */
  private void dispatch() {
    Round round = loop.round;
    inDoubt = node.tenure.isInDoubt();
    Args args = loop.args;
    for (; input.hasNext() && !closing; input.advance()) {
      args.at(input.frames(), input.next());
      Command command = Admission.resolve(service.commands(), args);
      state.command = command;
      String refusal = Admission.refusal(this, command, args);
      if (refusal.equals(Admission.READONLY) && isForwarded()) {
        if (round.size > 0) {
          break;
        }
        forward(args);
        input.advance();
        return;
      } else if (!refusal.isEmpty()) {
        reject(command, refusal);
      } else if (node.pause.isOn()
          && !isReplica()
          && node.pause.holds(command, transactions.flags(command))) {
        if (round.size == 0) {
          busy = waiting.pause();
          return;
        }
        break;
      } else if (command.place == Command.Place.DISPATCH) {
        boolean alone = transactions.steering();
        if (alone && round.size > 0) {
          break;
        }
        transactions.steer(command, args);
        if (alone) {
          input.advance();
          break;
        }
      } else if (transactions.isOpen() && Admission.isQueued(command)) {
        transactions.queue(command, args);
      } else if (command.place == Command.Place.SESSION) {
        if (round.size > 0) {
          break;
        }
        runHere(command);
        if (busy || service.pubSub().isBehind()) {
          input.advance();
          return;
        }
      } else if (command.has(Flag.BLOCKING)) {
        if (round.size > 0) {
          break;
        }
        attempt(command, args);
        input.advance();
        return;
      } else if (command.place == Command.Place.ASIDE && round.size > 0) {
        break;
      } else {
        Object extra = state.takeSkip() ? Batch.SILENT : Batch.PLAIN;
        round.add(command, input.next(), extra, node.router.shards(command, args));
        if (round.aside) {
          input.advance();
          break;
        }
      }
    }
    if (round.size > 0) {
      launch(round);
      round.clear();
    }
  }

  /** Refuses what may not run at all, which spoils an open transaction; EXEC then ends it. */
  private void reject(Command command, String error) {
    if (command.name.equals("exec")) {
      transactions.discard();
      String reason = error.startsWith("ERR ") ? error.substring(4) : error;
      answers.refuse(command, "EXECABORT Transaction discarded because of: " + reason);
      return;
    }
    transactions.spoil();
    answers.refuse(command, error);
  }

  /** Whether what this replica may not write goes to the master; but never on and on. */
  private boolean isForwarded() {
    return node.settings.replicaForwardsWrites.get()
        && node.membership().isPresent()
        && !transactions.isOpen()
        && !(state.remote instanceof Forwarding.Origin);
  }

  /** Waits for the master's reply to the present request. */
  private void forward(Args args) {
    muted = state.takeSkip() || state.muted;
    if (forwarding.isEmpty()) {
      forwarding = Optional.of(new Forwarding(this));
    }
    suspend();
    forwarding.get().pass(args);
  }

  private void launch(Round round) {
    busy = true;
    muted = state.muted;
    flight.launch(round);
  }

  /** Sends off a request that may block; what comes behind it has to wait. */
  private void attempt(Command command, Args args) {
    busy = true;
    muted = state.takeSkip() || state.muted;
    Batch batch = prepare(loop.batch());
    long shards = node.router.shards(command, args);
    batch.add(command, input.next(), waiting.attempt(), shards);
    batch.atHome(Long.bitCount(shards) > 1);
    flight.launch(batch);
  }

  private void runHere(Command command) {
    // What was published before an UNSUBSCRIBE or RESET is not to come after its reply.
    if (inbox != null) {
      open(inbox);
    }
    state.takeSkip();
    byte[] reply = loop.executor.runAlone(this, command, input.frames(), input.next());
    muted = state.muted || state.skipping();
    if (!muted || PubSubCommands.changesSubscriptions(command)) {
      send(reply);
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
