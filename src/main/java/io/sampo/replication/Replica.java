package io.sampo.replication;

import io.sampo.journal.Journal;
import io.sampo.replication.Following.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a master, while there is one: connects, takes over all its data or what is missing,
 * carries out its stream, and relays the stream unchanged into the journal, so that whoever reads
 * that goes on at the master's own offsets. A broken link is made anew, and a master that still has
 * what was missed meanwhile sends only that.
 */
public final class Replica extends AbstractBehavior<Replica.Message> {
  /** What a replica can be told. */
  public sealed interface Message
      permits Follow,
          HandOver,
          Lead,
          Await,
          Turned,
          Connected,
          Received,
          Written,
          Lost,
          Loaded,
          Ready,
          Safe,
          Recheck,
          Retry,
          Tick {}

  /** Follow this master from now on; {@code then} runs when the node has become a replica. */
  public record Follow(String host, int port, Runnable then) implements Message {}

  /**
   * Follow what was our own replica from now on, which is to become the master as soon as we ask it
   * for its stream.
   *
   * @param then told once why it refuses, or "" if it does not
   */
  public record HandOver(String host, int port, Consumer<String> then) implements Message {}

  /** Follow nobody for now, without being a master. */
  public record Await() implements Message {}

  /** Follow nobody any more; {@code then} runs when the node has become a master. */
  public record Lead(Runnable then) implements Message {}

  /**
   * What it works with.
   *
   * @param socketAttributes where sockets run
   */
  public record Services(
      Home home,
      Connector connector,
      FullSync.Stream stream,
      Settings settings,
      Attributes socketAttributes) {}

  private record Turned(Runnable then) implements Message {}

  private record Connected(int attempt, Flow<ByteString, ByteString, NotUsed> socket)
      implements Message {}

  private record Received(int attempt, ByteString bytes) implements Message {}

  private record Written(int attempt, String error) implements Message {}

  private record Lost(int attempt, String reason) implements Message {}

  private record Loaded(int attempt, Handshake.Full from, int db, String error)
      implements Message {}

  private record Ready() implements Message {}

  /** The journal up to here is as safe as it is to be. */
  private record Safe(int attempt, long offset) implements Message {}

  private record Recheck(int attempt) implements Message {}

  private record Retry(int attempt) implements Message {}

  private record Tick() implements Message {}

  /** Makes a connection. */
  @FunctionalInterface
  public interface Connector {
    /**
     * Blocks until there is a connection.
     *
     * @param timeoutMillis how long that may take
     */
    Flow<ByteString, ByteString, NotUsed> connect(String host, int port, int timeoutMillis)
        throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(Replica.class);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
  private static final Duration DISK_PAUSE = Duration.ofMillis(100);
  private static final byte[] NEWLINE = {'\n'};

  private final TimerScheduler<Message> timers;
  private final Home home;
  private final Connector connector;
  private final History history;
  private final Journal journal;
  private final Backlog backlog;
  private final Settings settings;
  private final Attributes socketAttributes;
  private final Materializer materializer;
  private final Executor blocking;

  private Following following = Following.NOBODY;

  /** Numbers the connections, so that what is left of an earlier one is told from the present. */
  private int attempt;

  private Optional<Link> link = Optional.empty();
  private Duration pause = Duration.ZERO;

  /** Who wants to know whether the other takes our role. */
  private Optional<Consumer<String>> successor = Optional.empty();

  /** Whether something is under way that has to end before anything else can begin. */
  private boolean busy;

  /** Whether the stream waits for the disk. */
  private boolean waiting;

  /** What begins then. */
  private final ArrayDeque<Runnable> afterwards = new ArrayDeque<>();

  // While shaking hands.
  private Handshake handshake;
  private ByteString unread = ByteString.emptyByteString();

  private Optional<Reception> reception = Optional.empty();
  private final Relay relay;

  private Replica(
      ActorContext<Message> context, TimerScheduler<Message> timers, Services services) {
    super(context);
    this.timers = timers;
    this.home = services.home;
    this.connector = services.connector;
    this.history = services.stream.history();
    this.journal = services.stream.journal();
    this.backlog = services.stream.backlog();
    this.settings = services.settings;
    this.socketAttributes = services.socketAttributes;
    this.materializer = Materializer.createMaterializer(context);
    this.blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    this.relay = new Relay(home, journal, () -> context.getSelf().tell(new Ready()));
  }

  /** One that follows nobody yet. */
  public static Behavior<Message> create(Services services) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Replica(context, timers, services)));
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder().onAnyMessage(this::receive).build();
  }

  private Behavior<Message> receive(Message message) {
    if (message instanceof Received received) {
      if (received.attempt == attempt) {
        received(received.bytes);
      }
    } else if (message instanceof Ready) {
      ready();
    } else if (message instanceof Safe safe) {
      if (safe.attempt == attempt) {
        acknowledge(safe.offset);
      }
    } else if (message instanceof Recheck recheck) {
      if (recheck.attempt == attempt) {
        pullWhenKept();
      }
    } else if (message instanceof Written written) {
      written(written);
    } else if (message instanceof Tick) {
      tick();
    } else if (message instanceof Connected connected) {
      connected(connected);
    } else if (message instanceof Lost lost) {
      if (lost.attempt == attempt) {
        lose(lost.reason);
      }
    } else if (message instanceof Loaded loaded) {
      loaded(loaded);
    } else if (message instanceof Retry retry) {
      if (retry.attempt == attempt) {
        connect();
      }
    } else if (message instanceof Follow follow) {
      disconnect();
      whenIdle(() -> turn(Following.of(follow.host, follow.port, journal.offset()), follow.then));
    } else if (message instanceof HandOver over) {
      disconnect();
      Following next = Following.of(over.host, over.port, journal.offset());
      whenIdle(() -> turn(next, () -> successor = Optional.of(over.then)));
    } else if (message instanceof Await) {
      disconnect();
      whenIdle(() -> turn(Following.awaited(), () -> {}));
    } else if (message instanceof Lead lead) {
      disconnect();
      whenIdle(() -> turn(Following.NOBODY, lead.then));
    } else if (message instanceof Turned turned) {
      turned(turned);
    }
    return this;
  }

  // --- what takes its time

  /** Runs a task at once, or when what is under way has ended. */
  private void whenIdle(Runnable task) {
    if (busy) {
      afterwards.add(task);
    } else {
      task.run();
    }
  }

  /** What was under way has ended; returns whether there is nothing that has to come first. */
  private boolean idle() {
    busy = false;
    while (!busy && !afterwards.isEmpty()) {
      afterwards.poll().run();
    }
    return !busy;
  }

  // --- roles

  private void turn(Following next, Runnable then) {
    boolean was = following.isReplica();
    if (!was && !next.isReplica()) {
      then.run();
      return;
    }
    busy = true;
    attempt++;
    following = next;
    successor = Optional.empty();
    if (next.isReplica()) {
      // From here on clients write no more, and what they have written comes before the turn.
      home.following(next);
    }
    home.still(
        () -> {
          if (!next.isReplica()) {
            history.branch(journal.offset());
          }
          journal.relaying(next.isReplica());
          home.follows(next);
          getContext().getSelf().tell(new Turned(then));
        });
  }

  private void turned(Turned turned) {
    home.following(following);
    if (following.isAwaiting()) {
      LOG.info("Waiting for a master from now on");
    } else if (following.isReplica()) {
      LOG.info("Following the master at {}:{} from now on", following.host(), following.port());
      timers.startTimerWithFixedDelay(Tick.class, new Tick(), SECOND);
    } else {
      LOG.info("A master from now on, of the history {}", history.ids().id());
      timers.cancel(Tick.class);
      // They have to learn the name of the new history, and can then go on where they are.
      home.disconnectReplicas();
    }
    turned.then.run();
    if (idle() && following.isReplica() && !following.isAwaiting()) {
      connect();
    }
  }

  private void publish(Following now) {
    following = now;
    home.following(now);
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  // --- the connection

  private void connect() {
    int present = ++attempt;
    publish(following.with(State.CONNECTING, now()));
    int timeout = (int) Math.min(Integer.MAX_VALUE, settings.timeout * 1000);
    String host = following.host();
    int port = following.port();
    getContext()
        .pipeToSelf(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return connector.connect(host, port, timeout);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                },
                blocking),
            (socket, failure) ->
                failure == null
                    ? new Connected(present, socket)
                    : new Lost(present, "cannot connect: " + reason(failure)));
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private void connected(Connected connected) {
    Link made = new Link(connected.socket, socketAttributes, materializer);
    if (connected.attempt != attempt) {
      made.close();
      return;
    }
    link = Optional.of(made);
    publish(following.with(State.HANDSHAKE, now()));
    handshake =
        new Handshake(home.identity(), history.ids().id(), journal.offset(), successor.isPresent());
    unread = ByteString.emptyByteString();
    made.send(handshake.begin());
    pull();
  }

  private void pull() {
    int present = attempt;
    link.ifPresent(
        open ->
            getContext()
                .pipeToSelf(
                    open.next(),
                    (bytes, failure) ->
                        failure != null
                            ? new Lost(present, reason(failure))
                            : bytes.isPresent()
                                ? new Received(present, bytes.get())
                                : new Lost(present, "the master closed the connection")));
  }

  /** Ends the connection, if there is one; nothing of it is heard any more. */
  private void disconnect() {
    attempt++;
    waiting = false;
    link.ifPresent(Link::close);
    link = Optional.empty();
    whenIdle(this::discardFile);
  }

  /** The link is broken, and is to be made anew. */
  private void lose(String reason) {
    LOG.info(
        "The link to the master at {}:{} is down: {}", following.host(), following.port(), reason);
    // After a connection that worked the next one is tried at once.
    pause = following.isUp() ? Duration.ZERO : longer(pause);
    disconnect();
    publish(following.with(State.CONNECT, now()));
    whenIdle(this::retry);
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.isZero() ? SHORTEST_PAUSE : pause.multipliedBy(2);
    return twice.compareTo(SECOND) > 0 ? SECOND : twice;
  }

  private void retry() {
    timers.startSingleTimer(Retry.class, new Retry(attempt), pause);
  }

  private void tick() {
    if (following.state() == State.CONNECTED) {
      acknowledge();
    } else if (following.state() == State.SYNC) {
      // The master is to know that we live, however long loading takes.
      link.ifPresent(open -> open.send(NEWLINE));
    }
    boolean waits = link.isPresent() && !busy && !waiting;
    if (waits && now() - following.heard() > settings.timeout * 1000) {
      lose("nothing heard of the master in time");
    }
  }

  /** Says at once what is safe, for the master is to hear of us, and the rest when it is, too. */
  private void acknowledge() {
    Safe what = new Safe(attempt, journal.offset());
    long safe = home.safe();
    if (safe < what.offset) {
      acknowledge(safe);
    }
    home.whenSafe(what.offset, () -> getContext().getSelf().tell(what));
  }

  private void acknowledge(long offset) {
    String all = String.valueOf(offset);
    long onDisk = home.onDisk();
    byte[] request =
        onDisk < 0
            ? Handshake.request("REPLCONF", "ACK", all)
            : Handshake.request("REPLCONF", "ACK", all, "FACK", String.valueOf(onDisk));
    link.ifPresent(open -> open.send(request));
  }

  private void received(ByteString bytes) {
    home.received(bytes.length());
    switch (following.state()) {
      case HANDSHAKE -> converse(bytes);
      case SYNC -> receiveFile(bytes);
      case CONNECTED -> follow(bytes);
      default -> throw new IllegalStateException("nobody is connected");
    }
  }

  // --- the handshake

  private void converse(ByteString bytes) {
    publish(following.with(State.HANDSHAKE, now()));
    unread = unread.concat(bytes);
    int end = unread.indexOf((byte) '\n');
    if (end < 0) {
      pull();
      return;
    }
    String line = unread.take(end).decodeString(StandardCharsets.ISO_8859_1).stripTrailing();
    unread = unread.drop(end + 1);
    Handshake.Step step = handshake.answered(line);
    if (step instanceof Handshake.Say say) {
      link.ifPresent(open -> open.send(say.request()));
      converse(ByteString.emptyByteString());
    } else if (step instanceof Handshake.Wait) {
      converse(ByteString.emptyByteString());
    } else if (step instanceof Handshake.Refused refused) {
      handedOver(refused.reason());
      lose("the master refused: " + refused.reason());
    } else if (step instanceof Handshake.Partial partial) {
      goOn(partial.id());
    } else if (step instanceof Handshake.Full whole) {
      beginFile(whole);
    }
  }

  private ByteString takeUnread() {
    ByteString bytes = unread;
    unread = ByteString.emptyByteString();
    return bytes;
  }

  /** If our role was to be taken by the other, that is settled. */
  private void handedOver(String error) {
    successor.ifPresent(then -> then.accept(error));
    successor = Optional.empty();
  }

  /** The master sends what we lack. */
  private void goOn(String id) {
    handedOver("");
    LOG.info("The master continues at offset {} of the history {}", journal.offset(), id);
    if (!id.equals(history.ids().id())) {
      history.rename(id, journal.offset());
      home.disconnectReplicas();
    }
    begin(journal.selected());
  }

  /** Follows the stream from the journal's offset on. */
  private void begin(int db) {
    relay.begin(db);
    // Who follows the same master may come to follow us instead.
    backlog.open();
    pause = Duration.ZERO;
    publish(following.with(State.CONNECTED, now()).read(journal.offset(), now()));
    acknowledge();
    ByteString first = takeUnread();
    if (first.isEmpty()) {
      pull();
    } else {
      follow(first);
    }
  }

  // --- all data

  private void beginFile(Handshake.Full whole) {
    handedOver("");
    LOG.info("The master sends all data, as of offset {} of {}", whole.offset(), whole.id());
    try {
      reception = Optional.of(new Reception(whole, home.newFile()));
    } catch (IOException e) {
      lose("no file for the data from the master: " + e.getMessage());
      return;
    }
    publish(following.with(State.SYNC, now()));
    receiveFile(takeUnread());
  }

  private void receiveFile(ByteString bytes) {
    Reception its = reception.orElseThrow();
    Transfer transfer = its.transfer;
    ByteString part = transfer.take(bytes);
    if (!transfer.error().isEmpty()) {
      lose(transfer.error());
      return;
    }
    publish(following.transferred(transfer.total(), transfer.received(), now()));
    busy = true;
    int present = attempt;
    getContext()
        .pipeToSelf(
            CompletableFuture.runAsync(() -> its.write(part), blocking),
            (none, failure) -> new Written(present, failure == null ? "" : reason(failure)));
  }

  private void written(Written written) {
    if (!idle() || written.attempt != attempt) {
      return;
    }
    if (!written.error.isEmpty()) {
      lose("cannot write the data from the master: " + written.error);
    } else if (reception.orElseThrow().transfer.isDone()) {
      load(reception.orElseThrow());
    } else {
      pull();
    }
  }

  private void load(Reception its) {
    LOG.info("Loading {} bytes from the master", its.transfer.received());
    busy = true;
    unread = its.transfer.rest();
    // Whoever follows us has data that we throw away.
    home.disconnectReplicas();
    int present = attempt;
    home.load(
        its.file,
        (db, error) -> getContext().getSelf().tell(new Loaded(present, its.from, db, error)));
  }

  private void loaded(Loaded loaded) {
    if (loaded.error.isEmpty()) {
      history.adopt(loaded.from.id());
      journal.restart(loaded.from.offset());
    } else {
      LOG.error("Cannot load the data from the master: {}", loaded.error);
      // What there is now is nobody's.
      history.begin();
    }
    if (!idle() || loaded.attempt != attempt) {
      return;
    }
    discardFile();
    if (loaded.error.isEmpty()) {
      begin(loaded.db);
    } else {
      lose("cannot load its data");
    }
  }

  private void discardFile() {
    reception.ifPresent(Reception::discard);
    reception = Optional.empty();
  }

  // --- the stream

  private void follow(ByteString bytes) {
    busy = true;
    publish(following.read(following.read() + bytes.length(), now()));
    relay.feed(bytes);
  }

  private void ready() {
    if (!idle() || following.state() != State.CONNECTED) {
      return;
    }
    if (!relay.error().isEmpty()) {
      // Going on from here would end here again.
      history.begin();
      lose("the stream makes no sense: " + relay.error());
      return;
    }
    if (relay.takeAsked()) {
      acknowledge();
    }
    pullWhenKept();
  }

  /** Takes no more while the disk takes nothing: what came now would be in memory only. */
  private void pullWhenKept() {
    boolean waits = home.cannotKeep();
    if (waits != waiting) {
      waiting = waits;
      LOG.warn(
          waits
              ? "The disk takes nothing, so that nothing more is taken from the master, either"
              : "The disk takes what the master sends again");
    }
    if (waits) {
      timers.startSingleTimer(Recheck.class, new Recheck(attempt), DISK_PAUSE);
    } else {
      pull();
    }
  }
}
