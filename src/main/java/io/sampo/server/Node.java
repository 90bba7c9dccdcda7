package io.sampo.server;

import io.sampo.command.CommandTable;
import io.sampo.journal.Barrier;
import io.sampo.journal.Journal;
import io.sampo.journal.Replay;
import io.sampo.replication.Connector;
import io.sampo.replication.Following;
import io.sampo.replication.History;
import io.sampo.replication.Replica;
import io.sampo.server.config.LogLevel;
import io.sampo.server.config.Settings;
import io.sampo.server.migrate.Targets;
import io.sampo.server.pubsub.Notifications;
import io.sampo.server.pubsub.PubSub;
import io.sampo.server.stats.Counters;
import io.sampo.server.stats.LatencyMonitor;
import io.sampo.server.stats.Peak;
import io.sampo.server.stats.Rates;
import io.sampo.server.stats.SlowLog;
import io.sampo.server.stats.Traffic;
import io.sampo.shard.Executor;
import io.sampo.shard.Router;
import io.sampo.shard.Shard;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;

/**
 * All that the connections of one server share: its directives, its commands, its shards, and what
 * it counts. It knows nothing of sockets.
 */
public final class Node {
  public final Settings settings;
  public final CommandTable commands;
  final Service data;
  public final KeyspaceDirectives keyspaces;
  public final Cores cores;
  final Router router;
  public final Journal journal = new Journal();

  /** Holds back replies until what they tell of is safe. */
  final Barrier barrier = new Barrier();

  public final Replication replication;
  final ReplicaSetPart replicaSet;
  final Place place;
  final Tenure tenure = new Tenure();
  public final Clients clients = new Clients();
  final ClientLimits limits;
  public final Pause pause = new Pause(System::currentTimeMillis, this::later, this::holdStill);
  final Monitors monitors = new Monitors();
  final HttpWarning httpWarning = new HttpWarning(System::nanoTime);
  public final PubSub pubSub;
  public final Counters counters = new Counters();
  public final Statistics statistics;
  public final Traffic traffic;
  public final Rates rates = new Rates();
  public final Peak memoryPeak = new Peak();
  public final LatencyMonitor latency;
  public final SlowLog slowLog;
  public final Overseer watchman;
  public final Targets targets = new Targets(this::later);
  public final Snapshotting snapshots;
  public final Saves saves;
  public final AppendOnly aof;
  final DataFiles files;
  public final Loading loading = new Loading(System::currentTimeMillis);
  public final Beat beat;

  /** Runs what may wait. */
  final java.util.concurrent.Executor blocking;

  /** Runs what needs a processor for long, and waits for nobody. */
  final java.util.concurrent.Executor longWork;

  public final String runId = History.randomId();
  public final long startedAt = System.currentTimeMillis();
  private final ActorSystem<?> system;
  private final ActorRef<AofKeeper.Message> aofKeeper;
  private final Runnable stop;
  private final Runnable failNode;
  private volatile boolean strict;
  private volatile int port;

  /**
   * Spawns all the actors that it consists of.
   *
   * @param dispatchers the dispatcher of each core loop
   * @param connector makes connections to masters
   * @param failNode ends the node at once, for its data may not be what it should
   * @param stop ends it without saving, and returns before that is done
   */
  public Node(
      ActorSystem<?> system,
      Settings settings,
      Offer offer,
      int shardCount,
      int loopCount,
      IntFunction<String> dispatchers,
      Connector connector,
      Runnable failNode,
      Runnable stop) {
    this.system = system;
    this.blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    this.settings = settings;
    this.stop = stop;
    this.failNode = failNode;
    commands = offer.data();
    keyspaces = new KeyspaceDirectives(settings, shardCount);
    limits = new ClientLimits(settings, clients, counters);
    traffic = new Traffic(loopCount);
    statistics = new Statistics(this);
    slowLog = new SlowLog(settings.slowlogMaxLen);
    latency = new LatencyMonitor(settings.latencyMonitorThreshold);
    watchman =
        new Overseer(monitors, slowLog, latency, settings, System::currentTimeMillis, failNode);
    Crew crew = new Crew(system, failNode);
    longWork = crew.executor("sampo.long-work");
    pubSub = PubSub.open(crew::spawn, "courier-", loopCount, dispatchers);
    data = new Service(Service.Kind.DATA, commands, pubSub);
    Notifications notifications = new Notifications(pubSub, settings.notifyKeyspaceEvents);
    cores =
        new Cores(
            crew,
            shardCount,
            loopCount,
            dispatchers,
            keyspaces.keyspaces,
            () -> executor(shardCount, offer.sentinel().ids(), notifications));
    router = cores.router;
    settings.pipelineOrder.each(order -> strict = order.equals("strict"));
    LogLevel.follow(settings.loglevel);
    snapshots = new Snapshotting(crew, cores, settings, keyspaces);
    saves =
        new Saves(
            settings, snapshots::take, System::currentTimeMillis, cores::changes, this::lineage);
    files = new DataFiles(this);
    aof =
        new AppendOnly(
            settings,
            journal,
            barrier,
            this::tellKeeper,
            snapshots::isOn,
            this::placeName,
            failNode);
    aofKeeper =
        crew.spawn(
            AofKeeper.Message.class,
            AofKeeper.create(aof, settings, snapshots::take, keyspaces.keyspaces),
            "aof-keeper",
            DispatcherSelector.blocking());
    if (settings.appendonly.get()) {
      aof.enable();
    }
    settings.appendonly.each(aof::turn);
    settings.aofDisableAutoGc.each(yes -> tellKeeper(new AofKeeper.Collect()));
    replication =
        new Replication(
            crew,
            settings,
            journal,
            this::term,
            snapshots::copy,
            new ReplicaHome(this, blocking),
            new FailoverHome(this),
            connector,
            blocking,
            dispatchers.apply(0));
    place = new Place(replication.history, journal);
    replicaSet = new ReplicaSetPart(this, system, crew, dispatchers, offer.sentinel());
    if (settings.replicaof.get().isPresent()) {
      replication.following = Following.awaited();
      leavesExpiryToStream(true);
    }
    beat = new Beat(this, system);
    beat.begin();
  }

  private Executor executor(int shards, int commandIds, Notifications notifications) {
    Executor executor =
        new Executor(
            new Executor.Services(
                shards,
                commandIds,
                journal.writer(),
                notifications,
                keyspaces.memory,
                watchman,
                System::currentTimeMillis,
                this::makeRoom,
                longWork));
    settings.latencyTracking.each(executor.stats()::track);
    return executor;
  }

  private void makeRoom() {
    cores.tend(new Shard.Tend(0, System.nanoTime()));
  }

  // --- what it consists of, for those who start and end it

  /** Where its data comes from and goes to. */
  public DataFiles files() {
    return files;
  }

  /**
   * What a core loop asks before the replies of a turn leave.
   *
   * @param loop is given something to run when it should ask again
   */
  public BooleanSupplier gate(java.util.concurrent.Executor loop) {
    return aof.gate(loop);
  }

  /** The way into a replica set. */
  public ReplicaSetPart replicaSet() {
    return replicaSet;
  }

  /** Whether all data is being written to its file, or for replicas. */
  public boolean isDumping() {
    return saves.isSaving() || snapshots.isCopying();
  }

  /** Whether all data is being written for whatever purpose, or just about to be. */
  public boolean isSnapshotting() {
    return snapshots.isOn() || aof.isRewriting();
  }

  /** The order of everything that changes this node's data. */
  public Journal journal() {
    return journal;
  }

  /** What holds back replies. */
  public Barrier barrier() {
    return barrier;
  }

  /** Its part in a replica set. */
  public Optional<Membership> membership() {
    return replicaSet.membership();
  }

  /** What it tells of its replica set, if it is in one. */
  public Optional<Sentinel> sentinel() {
    return replicaSet.sentinel();
  }

  // --- where it stands

  /** Says which TCP port clients come in by. */
  public void listensOn(int tcpPort) {
    port = tcpPort;
  }

  /** The TCP port, 0 if there is none. */
  public int port() {
    return port;
  }

  /** Whether no password is required. */
  public boolean isOpen() {
    return settings.requirepass.get().isEmpty();
  }

  /** Whether the requests of one connection take effect in one order over all shards. */
  boolean isStrict() {
    return strict;
  }

  /** Wall clock in milliseconds. */
  public long now() {
    return System.currentTimeMillis();
  }

  /** Wall clock in microseconds. */
  public long micros() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }

  private Map<String, String> lineage() {
    return replication.stream.lineage();
  }

  private long term() {
    return place.term();
  }

  private String placeName() {
    return place.name();
  }

  private void holdStill() {
    keyspaces.paused(pause.isOn());
  }

  /**
   * Says whether a stream tells what expires and what is evicted, rather than this node itself; a
   * master's stream does so in any case.
   */
  public void leavesExpiryToStream(boolean yes) {
    keyspaces.replica(yes || replication.following.isReplica());
  }

  // --- what it can be asked for

  void tellKeeper(AofKeeper.Message message) {
    aofKeeper.tell(message);
  }

  /** Runs a task after some time, on some thread. */
  public Cancellable later(Duration delay, Runnable task) {
    return system.scheduler().scheduleOnce(delay, task, system.executionContext());
  }

  /** Begins to follow the master that the configuration names, if it does. */
  public void followMaster() {
    settings
        .replicaof
        .get()
        .ifPresent(
            master ->
                replication.replica.tell(
                    new Replica.Follow(master.host(), master.port(), () -> {})));
  }

  /**
   * What carries out a stream of requests on this node's data.
   *
   * @param offset where in the stream it begins
   */
  public Replay replay(long offset, Replay.Follower follower) {
    int databases = keyspaces.keyspaces.databases;
    return new Replay(commands, router, cores.loop(0).borrower, databases, offset, follower);
  }

  /**
   * Closes every connection: those that wait for a reply when they have it, replicas when they have
   * everything, or when the time is up.
   */
  public void disconnectAll(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    clients.disconnect(session -> !session.feed.isOn(), deadline);
    // Replicas last, for they are to have what the others write.
    if (replication.replicas.any()) {
      beSilent(deadline);
    }
    clients.disconnect(session -> true, deadline);
    clients.all().forEach(session -> session.kill(false));
  }

  /**
   * Says nothing to replicas on the node's own account any more: they are to have all of the
   * stream, and the file that is then saved no more than they have.
   */
  private void beSilent(long deadline) {
    replication.silent(true);
    pause.begin(Long.MAX_VALUE, Pause.Mode.WRITE);
    CountDownLatch silence = new CountDownLatch(1);
    cores.still(silence::countDown);
    Clients.await(() -> silence.getCount() == 0, deadline);
  }

  /** Ends the node at once, for its data may not be what it should. */
  void fail() {
    failNode.run();
  }

  /** Ends the node, gracefully and without saving, and returns before that is done. */
  public void shutdown() {
    files.forsake();
    stop.run();
  }

  /** What this server is, for the log. */
  public static String version() {
    return Version.SAMPO + " (Redis " + Version.REDIS + ")";
  }
}
