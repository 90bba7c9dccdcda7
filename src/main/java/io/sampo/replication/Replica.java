package io.sampo.replication;

import io.sampo.journal.Journal;
import io.sampo.replication.Following.State;
import io.sampo.replication.ReplicaEvent.Connected;
import io.sampo.replication.ReplicaEvent.Loaded;
import io.sampo.replication.ReplicaEvent.Lost;
import io.sampo.replication.ReplicaEvent.Ready;
import io.sampo.replication.ReplicaEvent.Received;
import io.sampo.replication.ReplicaEvent.Recheck;
import io.sampo.replication.ReplicaEvent.Retry;
import io.sampo.replication.ReplicaEvent.Safe;
import io.sampo.replication.ReplicaEvent.Tick;
import io.sampo.replication.ReplicaEvent.Turned;
import io.sampo.replication.ReplicaEvent.Written;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.stream.Attributes;
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
  public sealed interface Message permits Follow, HandOver, Lead, Await, ReplicaEvent {}

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

  private static final Logger LOG = LoggerFactory.getLogger(Replica.class);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration DISK_PAUSE = Duration.ofMillis(100);
  private static final byte[] NEWLINE = {'\n'};

  private final TimerScheduler<Message> timers;
  private final Services services;
  private final Home home;
  private final History history;
  private final Journal journal;
  private final Executor blocking;

  private Following following = Following.NOBODY;

  private final Uplink uplink;
  private final Undertaking work = new Undertaking();
  private final Backoff backoff = new Backoff();

  /** Who wants to know whether the other takes our role. */
  private Optional<Consumer<String>> successor = Optional.empty();

  /** Whether the stream waits for the disk. */
  private boolean waiting;

  private Handshake handshake;

  /** What has come behind what the handshake, or a full copy, ended with. */
  private ByteString unread = ByteString.emptyByteString();

  private Optional<Reception> reception = Optional.empty();
  private final Relay relay;

  private Replica(
      ActorContext<Message> context, TimerScheduler<Message> timers, Services services) {
    super(context);
    this.timers = timers;
    this.services = services;
    this.home = services.home;
    this.history = services.stream.history();
    this.journal = services.stream.journal();
    this.blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    this.uplink = new Uplink(context, services.connector, blocking, services.socketAttributes);
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
    if (message instanceof ReplicaEvent.OfLink event) {
      if (uplink.isPresent(event.attempt())) {
        heard(event);
      }
    } else if (message instanceof Ready) {
      ready();
    } else if (message instanceof Written written) {
      written(written);
    } else if (message instanceof Tick) {
      tick();
    } else if (message instanceof Connected connected) {
      connected(connected);
    } else if (message instanceof Loaded loaded) {
      loaded(loaded);
    } else if (message instanceof Turned turned) {
      turned(turned);
    } else {
      told(message);
    }
    return this;
  }

  private void heard(ReplicaEvent.OfLink event) {
    if (event instanceof Received received) {
      received(received.bytes());
    } else if (event instanceof Safe safe) {
      acknowledge(safe.offset());
    } else if (event instanceof Recheck) {
      pullWhenKept();
    } else if (event instanceof Lost lost) {
      lose(lost.reason());
    } else if (event instanceof Retry) {
      connect();
    }
  }

  private void told(Message message) {
    disconnect();
    if (message instanceof Follow follow) {
      work.whenIdle(
          () -> turn(Following.of(follow.host, follow.port, journal.offset()), follow.then));
    } else if (message instanceof HandOver over) {
      Following next = Following.of(over.host, over.port, journal.offset());
      work.whenIdle(() -> turn(next, () -> successor = Optional.of(over.then)));
    } else if (message instanceof Await) {
      work.whenIdle(() -> turn(Following.awaited(), () -> {}));
    } else if (message instanceof Lead lead) {
      work.whenIdle(() -> turn(Following.NOBODY, lead.then));
    }
  }

  // --- roles

  private void turn(Following next, Runnable then) {
    if (!following.isReplica() && !next.isReplica()) {
      then.run();
      return;
    }
    work.begin();
    uplink.close();
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
    turned.then().run();
    if (work.ended() && following.isReplica() && !following.isAwaiting()) {
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
    publish(following.with(State.CONNECTING, now()));
    uplink.connect(following.host(), following.port(), services.settings.timeout * 1000);
  }

  private void connected(Connected connected) {
    if (uplink.connected(connected)) {
      publish(following.with(State.HANDSHAKE, now()));
      boolean handsOver = successor.isPresent();
      handshake =
          new Handshake(
              home.identity(), home.term(), history.ids().id(), journal.offset(), handsOver);
      unread = ByteString.emptyByteString();
      uplink.send(handshake.begin());
      uplink.pull();
    }
  }

  /** Ends the connection, if there is one; nothing of it is heard any more. */
  private void disconnect() {
    waiting = false;
    uplink.close();
    work.whenIdle(this::discardFile);
  }

  /** The link is broken, and is to be made anew. */
  private void lose(String reason) {
    LOG.info(
        "The link to the master at {}:{} is down: {}", following.host(), following.port(), reason);
    if (!following.isUp()) {
      backoff.longer();
    }
    disconnect();
    publish(following.with(State.CONNECT, now()));
    work.whenIdle(
        () -> timers.startSingleTimer(Retry.class, new Retry(uplink.attempt()), backoff.pause()));
  }

  private void tick() {
    if (following.state() == State.CONNECTED) {
      acknowledge();
    } else if (following.state() == State.SYNC) {
      // The master is to know that we live, however long loading takes.
      uplink.send(NEWLINE);
    }
    boolean waits = uplink.isOpen() && !work.isUnderWay() && !waiting;
    if (waits && now() - following.heard() > services.settings.timeout * 1000) {
      lose("nothing heard of the master in time");
    }
  }

  /** Says at once what is safe, for the master is to hear of us, and the rest when it is, too. */
  private void acknowledge() {
    Safe what = new Safe(uplink.attempt(), journal.offset());
    long safe = home.safe();
    if (safe < what.offset()) {
      acknowledge(safe);
    }
    home.whenSafe(what.offset(), () -> getContext().getSelf().tell(what));
  }

  private void acknowledge(long offset) {
    uplink.send(Handshake.acknowledgement(offset, home.onDisk()));
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
    handshake.take(bytes);
    for (Handshake.Step step = handshake.next(); ; step = handshake.next()) {
      if (step instanceof Handshake.Say say) {
        uplink.send(say.request());
      } else {
        unread = handshake.rest();
        settled(step);
        return;
      }
    }
  }

  private void settled(Handshake.Step step) {
    if (step instanceof Handshake.Refused refused) {
      handedOver(refused.reason());
      lose("the master refused: " + refused.reason());
    } else if (step instanceof Handshake.Wait) {
      uplink.pull();
    } else {
      handshake.led().ifPresent(led -> home.synchronising(led.term(), led.offset()));
      if (step instanceof Handshake.Full whole) {
        beginFile(whole);
      } else if (step instanceof Handshake.Partial partial) {
        goOn(partial.id());
      }
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
    services.stream.backlog().open();
    backoff.none();
    publish(following.with(State.CONNECTED, now()).read(journal.offset(), now()));
    acknowledge();
    ByteString first = takeUnread();
    if (first.isEmpty()) {
      uplink.pull();
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
    work.begin();
    int present = uplink.attempt();
    getContext()
        .pipeToSelf(
            CompletableFuture.runAsync(() -> its.write(part), blocking),
            (none, failure) -> new Written(present, failure == null ? "" : Lost.reason(failure)));
  }

  private void written(Written written) {
    if (!work.ended() || !uplink.isPresent(written.attempt())) {
      return;
    }
    if (!written.error().isEmpty()) {
      lose("cannot write the data from the master: " + written.error());
    } else if (reception.orElseThrow().transfer.isDone()) {
      load(reception.orElseThrow());
    } else {
      uplink.pull();
    }
  }

  private void load(Reception its) {
    LOG.info("Loading {} bytes from the master", its.transfer.received());
    work.begin();
    unread = its.transfer.rest();
    // Whoever follows us has data that we throw away.
    home.disconnectReplicas();
    int present = uplink.attempt();
    home.load(
        its.file,
        () -> {
          history.adopt(its.from.id());
          journal.restart(its.from.offset());
        },
        (db, error) -> getContext().getSelf().tell(new Loaded(present, db, error)));
  }

  private void loaded(Loaded loaded) {
    if (!loaded.error().isEmpty()) {
      LOG.error("Cannot load the data from the master: {}", loaded.error());
      // What there is now is nobody's.
      history.begin();
    }
    if (!work.ended() || !uplink.isPresent(loaded.attempt())) {
      return;
    }
    discardFile();
    if (loaded.error().isEmpty()) {
      begin(loaded.db());
    } else {
      lose("cannot load its data");
    }
  }

  private void discardFile() {
    // To remove a big file takes its time.
    reception.ifPresent(its -> blocking.execute(its::discard));
    reception = Optional.empty();
  }

  // --- the stream

  private void follow(ByteString bytes) {
    work.begin();
    publish(following.read(following.read() + bytes.length(), now()));
    relay.feed(bytes);
  }

  private void ready() {
    if (!work.ended() || following.state() != State.CONNECTED) {
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
      timers.startSingleTimer(Recheck.class, new Recheck(uplink.attempt()), DISK_PAUSE);
    } else {
      uplink.pull();
    }
  }
}
