package io.sampo.replication;

import io.sampo.persist.RdbWriter;
import io.sampo.persist.SnapshotSink;
import io.sampo.resp.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the replicas of this node, be it a master or itself a replica: decides how each is brought
 * up to date, watches over them, and answers those who wait for their acknowledgements. The bytes
 * take another way: each replica's connection fetches them by its {@link ReplicaLink}.
 */
public final class Master extends AbstractBehavior<Master.Message> {
  /** What it can be told. */
  public sealed interface Message
      permits Attach,
          Detach,
          Acknowledged,
          Await,
          DetachAll,
          FailOver,
          AbortFailover,
          Later,
          Take,
          Over,
          Tick {}

  /**
   * A replica asks for the stream.
   *
   * @param history the one that it has, or "?"
   * @param offset up to which it has it
   */
  public record Attach(ReplicaLink link, String history, long offset) implements Message {}

  /** A replica's connection is no more. */
  public record Detach(ReplicaLink link) implements Message {}

  /** A replica has acknowledged something. */
  public record Acknowledged(ReplicaLink link) implements Message {}

  /**
   * Somebody waits for acknowledgements.
   *
   * @param attempt asked now and after each of them; returns whether the wait is over
   */
  public record Await(BooleanSupplier attempt) implements Message {}

  /** Has all replicas ask anew, for the history that they follow is no longer ours. */
  public record DetachAll() implements Message {}

  /** Hand over to a replica; answered by an error line, or "". */
  public record FailOver(Failover.Request request, Consumer<String> answer) implements Message {}

  /** Give up handing over; answered by an error line, or "". */
  public record AbortFailover(Consumer<String> answer) implements Message {}

  /** Something to be done here. */
  private record Later(Runnable task) implements Message {}

  /** No more replicas need join this snapshot. */
  private record Take(FullSync sync) implements Message {}

  /** No more chunks of this snapshot are to come. */
  private record Over(FullSync sync) implements Message {}

  private record Tick() implements Message {}

  /**
   * What it works with.
   *
   * @param home the node, as far as it changes its role
   * @param snapshots takes snapshots
   * @param directory where it may write files
   * @param blocking runs what reads files
   */
  public record Services(
      FullSync.Stream stream,
      Replicas replicas,
      Settings settings,
      Failover.Home home,
      Consumer<SnapshotSink> snapshots,
      Supplier<Path> directory,
      Executor blocking) {}

  private static final Logger LOG = LoggerFactory.getLogger(Master.class);

  /** Bytes of the checksum at the end of an RDB file; all 0 is none. */
  private static final int RDB_CHECKSUM = 8;

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final byte[] PING = Bytes.ascii("*1\r\n$4\r\nPING\r\n");
  private static final byte[] GETACK =
      Bytes.ascii("*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n");

  private final Services services;
  private final Settings settings;
  private final Replicas replicas;
  private final FullSync.Stream stream;
  private final TimerScheduler<Message> timers;
  private final Failover failover;

  /** Snapshots that may be joined, the latest of each kind. */
  private Optional<FullSync> bySocket = Optional.empty();

  private Optional<FullSync> byFile = Optional.empty();
  private int files;
  private final List<Await> waiting = new ArrayList<>();

  /** Where the stream ended when acknowledgements were last asked for. */
  private long askedAt = -1;

  /** Seconds since the last ping, and since there was a replica. */
  private long sincePing;

  private long deserted;

  private Master(ActorContext<Message> context, TimerScheduler<Message> timers, Services services) {
    super(context);
    this.timers = timers;
    this.services = services;
    this.settings = services.settings;
    this.replicas = services.replicas;
    this.stream = services.stream;
    ActorRef<Message> self = context.getSelf();
    this.failover =
        new Failover(
            services.home,
            replicas,
            stream.journal()::offset,
            task -> self.tell(new Later(task)),
            (delay, task) -> timers.startSingleTimer(new Object(), new Later(task), delay));
    timers.startTimerAtFixedRate(new Tick(), SECOND);
  }

  public static Behavior<Message> create(Services services) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Master(context, timers, services)));
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(Attach.class, this::attach)
        .onMessage(Detach.class, this::detach)
        .onMessage(Acknowledged.class, this::acknowledged)
        .onMessage(Await.class, this::await)
        .onMessage(DetachAll.class, this::detachAll)
        .onMessage(FailOver.class, this::failOver)
        .onMessage(AbortFailover.class, this::abortFailover)
        .onMessage(Later.class, this::later)
        .onMessage(Take.class, this::take)
        .onMessage(Over.class, this::over)
        .onMessage(Tick.class, this::tick)
        .build();
  }

  // --- bringing replicas up to date

  private Behavior<Message> attach(Attach asked) {
    ReplicaLink link = asked.link;
    if (link.isClosed()) {
      return this;
    }
    replicas.add(link);
    deserted = 0;
    Optional<Backlog.Cursor> from =
        stream.history().ids().continues(asked.history, asked.offset)
            ? stream.backlog().from(asked.offset)
            : Optional.empty();
    if (from.isPresent()) {
      resume(link, from.get());
    } else {
      if (!asked.history.equals("?")) {
        LOG.info("Replica {} cannot go on at {} of {}", link, asked.offset, asked.history);
        replicas.refused.increment();
      }
      copy(link);
    }
    replicas.judge();
    return this;
  }

  private void resume(ReplicaLink link, Backlog.Cursor from) {
    replicas.partial.increment();
    LOG.info(
        "Replica {} goes on at {}, {} bytes behind",
        link,
        from.offset(),
        stream.backlog().behind(from.offset()));
    String words =
        link.introduction.psync2()
            ? "+CONTINUE " + stream.history().ids().id() + "\r\n"
            : "+CONTINUE\r\n";
    link.resume(ByteString.fromArrayUnsafe(Bytes.ascii(words)), from);
  }

  private void copy(ReplicaLink link) {
    replicas.full.increment();
    if (!stream.backlog().isOpen()) {
      // What was written while nobody looked is in no stream, so that this is another history.
      stream.history().begin();
      stream.backlog().open();
    }
    if (!link.introduction.withData()) {
      sendNothing(link);
    } else if (settings.diskless && link.introduction.eof()) {
      joinBySocket(link);
    } else {
      joinByFile(link);
    }
  }

  /** Some want the stream alone, and get a snapshot of nothing. */
  private void sendNothing(ReplicaLink link) {
    stream.journal().selectAnew();
    stream.promise(link, stream.backlog().tail());
    RdbWriter empty = new RdbWriter(false);
    empty.header();
    empty.end();
    ByteString bytes =
        ByteString.fromArrayUnsafe(empty.take())
            .concat(ByteString.fromArrayUnsafe(new byte[RDB_CHECKSUM]));
    link.transfer(ByteString.fromString("$" + bytes.length() + "\r\n").concat(bytes));
    link.online();
    link.flow();
  }

  private void joinBySocket(ReplicaLink link) {
    if (bySocket.isEmpty() || !bySocket.get().join(link)) {
      FullSync fresh = sync(SocketCarrier::new);
      fresh.join(link);
      bySocket = Optional.of(fresh);
      timers.startSingleTimer(fresh, new Take(fresh), Duration.ofSeconds(settings.disklessDelay));
    }
    FullSync sync = bySocket.orElseThrow();
    if (settings.disklessMaxReplicas > 0 && sync.size() >= settings.disklessMaxReplicas) {
      take(new Take(sync));
    }
  }

  private void joinByFile(ReplicaLink link) {
    if (byFile.isEmpty() || !byFile.get().join(link)) {
      String name = "temp-sync-" + ProcessHandle.current().pid() + "-" + ++files + ".rdb";
      Path path = services.directory.get().resolve(name);
      FullSync fresh = sync(links -> new FileCarrier(links, path, services.blocking));
      fresh.join(link);
      byFile = Optional.of(fresh);
      take(new Take(fresh));
    }
  }

  private FullSync sync(Function<List<ReplicaLink>, FullSync.Carrier> carriers) {
    ActorRef<Message> self = getContext().getSelf();
    return new FullSync(stream, carriers, sync -> self.tell(new Over(sync)));
  }

  private Behavior<Message> take(Take take) {
    timers.cancel(take.sync);
    if (take.sync.take()) {
      LOG.info("Taking a snapshot for {} replicas", take.sync.size());
      services.snapshots.accept(take.sync);
    }
    return this;
  }

  private Behavior<Message> over(Over over) {
    bySocket = bySocket.filter(sync -> sync != over.sync);
    byFile = byFile.filter(sync -> sync != over.sync);
    replicas.judge();
    return this;
  }

  private Behavior<Message> detach(Detach gone) {
    if (replicas.remove(gone.link)) {
      LOG.info("Connection with replica {} lost", gone.link);
      replicas.judge();
    }
    return this;
  }

  private Behavior<Message> detachAll(DetachAll message) {
    // What is being copied is of before.
    bySocket = Optional.empty();
    byFile = Optional.empty();
    replicas.all().forEach(ReplicaLink::close);
    return this;
  }

  // --- acknowledgements

  private Behavior<Message> acknowledged(Acknowledged message) {
    replicas.judge();
    waiting.removeIf(await -> await.attempt.getAsBoolean());
    failover.advance();
    return this;
  }

  private Behavior<Message> await(Await await) {
    if (!await.attempt.getAsBoolean()) {
      waiting.add(await);
      ask();
    }
    return this;
  }

  /** Asks all for an acknowledgement, unless nothing has come since that was done. */
  private void ask() {
    if (speaks() && stream.journal().offset() != askedAt) {
      stream.journal().signal(GETACK);
      askedAt = stream.journal().offset();
    }
  }

  // --- handing over

  private Behavior<Message> failOver(FailOver asked) {
    asked.answer.accept(failover.begin(asked.request));
    return this;
  }

  private Behavior<Message> abortFailover(AbortFailover asked) {
    asked.answer.accept(failover.abort());
    return this;
  }

  private Behavior<Message> later(Later later) {
    later.task.run();
    return this;
  }

  private boolean leads() {
    return !services.home.isReplica();
  }

  /** Whether a master may say something in its stream. */
  private boolean speaks() {
    return leads() && failover.state() == Failover.State.NONE && !settings.silent;
  }

  // --- once a second

  private Behavior<Message> tick(Tick tick) {
    replicas.all().forEach(this::watch);
    replicas.judge();
    ping();
    waiting.removeIf(await -> await.attempt.getAsBoolean());
    if (!waiting.isEmpty()) {
      askedAt = -1;
      ask();
    }
    forget();
    return this;
  }

  private void watch(ReplicaLink link) {
    link.keepAlive();
    if (link.isDue() && link.lagSeconds() > settings.timeout) {
      LOG.warn("Disconnecting replica {}, which has been silent for too long", link);
      link.close();
    }
  }

  private void ping() {
    if (++sincePing >= settings.pingPeriod) {
      sincePing = 0;
      if (replicas.any() && speaks()) {
        stream.journal().signal(PING);
      }
    }
  }

  /** Gives up the backlog when there has been no replica for too long. */
  private void forget() {
    deserted = replicas.any() ? 0 : deserted + 1;
    if (stream.backlog().isOpen()
        && leads()
        && settings.backlogTtl > 0
        && deserted > settings.backlogTtl) {
      LOG.info("No replica for {} seconds: the backlog is given up", deserted);
      stream.history().begin();
      stream.backlog().close();
    }
  }
}
