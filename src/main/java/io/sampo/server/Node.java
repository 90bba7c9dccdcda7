package io.sampo.server;

import com.typesafe.config.Config;
import io.sampo.cluster.Plan;
import io.sampo.command.BitmapCommands;
import io.sampo.command.Client;
import io.sampo.command.CommandCommands;
import io.sampo.command.CommandTable;
import io.sampo.command.ExpireCommands;
import io.sampo.command.GeoCommands;
import io.sampo.command.HashCommands;
import io.sampo.command.HashExpireCommands;
import io.sampo.command.HyperLogLogCommands;
import io.sampo.command.KeyCommands;
import io.sampo.command.KeyspaceCommands;
import io.sampo.command.ListCommands;
import io.sampo.command.ObjectCommands;
import io.sampo.command.ScanCommands;
import io.sampo.command.SetAlgebraCommands;
import io.sampo.command.SetCommands;
import io.sampo.command.SortCommands;
import io.sampo.command.StreamClaimCommands;
import io.sampo.command.StreamCommands;
import io.sampo.command.StreamGroupCommands;
import io.sampo.command.StreamInfoCommands;
import io.sampo.command.StreamReadCommands;
import io.sampo.command.StringCommands;
import io.sampo.command.ZPopCommands;
import io.sampo.command.ZRangeCommands;
import io.sampo.command.ZSetCommands;
import io.sampo.command.ZStoreCommands;
import io.sampo.data.Limits;
import io.sampo.journal.Barrier;
import io.sampo.journal.Journal;
import io.sampo.journal.Replay;
import io.sampo.keyspace.DbKey;
import io.sampo.keyspace.Policy;
import io.sampo.keyspace.Watches;
import io.sampo.persist.DamagedFile;
import io.sampo.persist.DumpCommands;
import io.sampo.persist.SnapshotSink;
import io.sampo.replication.Following;
import io.sampo.replication.History;
import io.sampo.replication.Replica;
import io.sampo.resp.RequestDecoder;
import io.sampo.shard.Batch;
import io.sampo.shard.Borrower;
import io.sampo.shard.Data;
import io.sampo.shard.Executor;
import io.sampo.shard.Loader;
import io.sampo.shard.Memory;
import io.sampo.shard.Router;
import io.sampo.shard.Shard;
import io.sampo.shard.Snapshots;
import io.sampo.shard.Waiter;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.AsPublisher;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that the connections of one server share: its directives, its commands, its shards, and what
 * it counts. It knows nothing of sockets.
 */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** Files that the process needs for itself. */
  private static final int OWN_DESCRIPTORS = 32;

  private static final long POLL_NANOS = 1_000_000;

  /** How long a shard looks for expired keys at a time, at the least effort. */
  private static final long EXPIRY_SLICE_NANOS = 1_000_000;

  private static final Duration SECOND = Duration.ofSeconds(1);

  final Settings settings;
  final CommandTable commands = new CommandTable();
  final Service data;
  private final CommandTable sentinelCommands;
  private final IntFunction<String> dispatchers;
  final Router router;
  final Journal journal = new Journal();

  /** Holds back replies until what they tell of is safe. */
  final Barrier barrier = new Barrier();

  final Replication replication;
  final Place place;
  final Clients clients = new Clients();
  final Monitors monitors = new Monitors();
  final Counters counters = new Counters();
  final PubSub pubSub;
  final Notifications notifications;
  final Statistics statistics;
  final Rates rates = new Rates();
  final Peak memoryPeak = new Peak();
  final LatencyMonitor latency;
  final Tenure tenure = new Tenure();
  final Pause pause = new Pause(System::currentTimeMillis, this::later, this::holdStill);
  final ClientLimits limits;
  final Traffic traffic;
  final SlowLog slowLog;
  final Overseer watchman;
  final Memory memory;
  final List<Executor> executors = new ArrayList<>();
  final Targets targets = new Targets(this::later);

  /** Runs what may wait for others. */
  final ActorRef<Borrower.Message> aside;

  final Saves saves;
  final AppendOnly aof;
  final Loading loading = new Loading(System::currentTimeMillis);
  final String runId = History.randomId();
  final long startedAt = System.currentTimeMillis();
  private final io.sampo.keyspace.Settings keyspaceSettings = new io.sampo.keyspace.Settings();
  private final List<ActorRef<Shard.Message>> shards = new ArrayList<>();
  private final List<Loop> loops = new ArrayList<>();
  private final List<ActorRef<Courier.Delivery>> couriers = new ArrayList<>();
  private final ActorRef<Snapshots.Message> snapshots;
  private final ActorRef<AofKeeper.Message> aofKeeper;

  /** How many snapshots have been asked for and not ended. */
  private final AtomicInteger snapshotsAhead = new AtomicInteger();

  private volatile Optional<Membership> membership = Optional.empty();
  private volatile Optional<Sentinel> sentinel = Optional.empty();
  private final ActorSystem<?> system;
  private volatile long beatAt = System.currentTimeMillis();
  private volatile RequestDecoder.Limits requestLimits;
  private volatile long queryBufferLimit;
  private volatile boolean strict;
  private volatile boolean activeExpire = true;
  private volatile int port;

  /** Whether the data is complete, and has not been saved for the last time. */
  private volatile boolean worthSaving;

  private final Runnable stop;
  private Cancellable beat = Cancellable.alreadyCancelled();

  /**
   * Spawns the shards and borrowers.
   *
   * @param dispatchers the dispatcher of each core loop
   * @param connector makes connections to masters
   */
  public Node(
      ActorSystem<?> system,
      Settings settings,
      int shardCount,
      int loopCount,
      IntFunction<String> dispatchers,
      Replica.Connector connector,
      Runnable failNode,
      Runnable stop) {
    this.system = system;
    this.stop = stop;
    this.settings = settings;
    this.router = new Router(shardCount);
    this.memory = new Memory(shardCount);
    this.traffic = new Traffic(loopCount);
    this.limits = new ClientLimits(settings, clients, counters);
    this.slowLog = new SlowLog(settings.slowlogMaxLen);
    this.latency = new LatencyMonitor(settings.latencyMonitorThreshold);
    this.watchman =
        new Overseer(monitors, slowLog, latency, settings, System::currentTimeMillis, failNode);
    this.pubSub = new PubSub(couriers, loopCount);
    this.notifications = new Notifications(pubSub, settings.notifyKeyspaceEvents);
    families();
    this.data = new Service(Service.Kind.DATA, commands, pubSub);
    this.sentinelCommands = sentinelCommands();
    this.dispatchers = dispatchers;
    statistics = new Statistics(this);
    follow();
    followEncodings(keyspaceSettings.limits);
    for (int i = 0; i < shardCount; i++) {
      Data data = new Data(i, keyspaceSettings, System::currentTimeMillis);
      String dispatcher = dispatchers.apply(i % loopCount);
      shards.add(
          system.systemActorOf(
              Shard.create(data, executor()),
              "shard-" + i,
              DispatcherSelector.fromConfig(dispatcher)));
    }
    aside =
        system.systemActorOf(
            Borrower.create(shards, executor()), "aside", DispatcherSelector.blocking());
    for (int i = 0; i < loopCount; i++) {
      Props props = DispatcherSelector.fromConfig(dispatchers.apply(i));
      ActorRef<Borrower.Message> borrower =
          system.systemActorOf(Borrower.create(shards, executor()), "borrower-" + i, props);
      loops.add(new Loop(i, borrower, executor()));
      couriers.add(system.systemActorOf(Courier.create(i, pubSub), "courier-" + i, props));
    }
    snapshots =
        system.systemActorOf(
            Snapshots.create(
                shards, loops.get(0).borrower, this::rdbFormat, snapshotsAhead::decrementAndGet),
            "snapshots",
            DispatcherSelector.blocking());
    saves = new Saves(settings, this::takeSnapshot, System::currentTimeMillis, this::changes);
    aof =
        new AppendOnly(
            settings,
            journal,
            barrier,
            this::tellKeeper,
            this::isTakingSnapshot,
            this::placeName,
            failNode);
    aofKeeper =
        system.systemActorOf(
            AofKeeper.create(aof, settings, this::takeSnapshot, keyspaceSettings),
            "aof-keeper",
            DispatcherSelector.blocking());
    if (settings.appendonly.get()) {
      aof.enable();
    }
    settings.appendonly.each(aof::turn);
    replication =
        new Replication(
            system,
            settings,
            journal,
            this::takeSnapshot,
            new ReplicaHome(this, system.dispatchers().lookup(DispatcherSelector.blocking())),
            new FailoverHome(this),
            connector,
            dispatchers.apply(0));
    place = new Place(replication.history, journal);
    if (settings.replicaof.get().isPresent()) {
      replication.following = Following.awaited();
      leavesExpiryToStream(true);
    }
    settings.hz.each(this::beat);
    system
        .scheduler()
        .scheduleAtFixedRate(SECOND, SECOND, () -> limits.tend(now()), system.executionContext());
  }

  /** Has the regular work done so many times a second from now on. */
  private synchronized void beat(long hz) {
    beat.cancel();
    Duration interval = Duration.ofMillis(1000 / hz);
    beat =
        system
            .scheduler()
            .scheduleAtFixedRate(interval, interval, this::tend, system.executionContext());
  }

  private void families() {
    commands
        .add("string", StringCommands.COMMANDS)
        .add("hash", HashCommands.COMMANDS)
        .add("hash", HashExpireCommands.COMMANDS)
        .add("set", SetCommands.COMMANDS)
        .add("set", SetAlgebraCommands.COMMANDS)
        .add("list", ListCommands.COMMANDS)
        .add("bitmap", BitmapCommands.COMMANDS)
        .add("hyperloglog", HyperLogLogCommands.COMMANDS)
        .add("sorted-set", ZSetCommands.COMMANDS)
        .add("sorted-set", ZRangeCommands.COMMANDS)
        .add("sorted-set", ZPopCommands.COMMANDS)
        .add("sorted-set", ZStoreCommands.COMMANDS)
        .add("geo", GeoCommands.COMMANDS)
        .add("stream", StreamCommands.COMMANDS)
        .add("stream", StreamReadCommands.COMMANDS)
        .add("stream", StreamGroupCommands.COMMANDS)
        .add("stream", StreamClaimCommands.COMMANDS)
        .add("stream", StreamInfoCommands.COMMANDS)
        .add("generic", KeyCommands.COMMANDS)
        .add("generic", SortCommands.COMMANDS)
        .add("generic", ExpireCommands.COMMANDS)
        .add("generic", ScanCommands.COMMANDS)
        .add("generic", ObjectCommands.COMMANDS)
        .add("generic", WaitCommands.COMMANDS)
        .add("generic", MigrateCommand.COMMANDS)
        .add("generic", DumpCommands.onKeys(settings.rdbcompression::get))
        .add("server", DumpCommands.ofServers(settings.rdbcompression::get))
        .add("server", KeyspaceCommands.COMMANDS)
        .add("connection", ConnectionCommands.COMMANDS)
        .add("transactions", TransactionCommands.COMMANDS)
        .add("server", Monitors.COMMANDS)
        .add("pubsub", PubSubCommands.COMMANDS)
        .add("server", CommandCommands.family(commands))
        .add("server", ConfigCommands.COMMANDS)
        .add("server", InfoCommand.COMMANDS)
        .add("server", ServerCommands.COMMANDS)
        .add("server", SaveCommands.COMMANDS)
        .add("server", ShutdownCommand.COMMANDS)
        .add("server", AofCommands.COMMANDS)
        .add("server", ReplicationCommands.COMMANDS)
        .add("server", ReplicaCommands.COMMANDS)
        .add("server", SlowLogCommands.COMMANDS)
        .add("server", LatencyCommands.COMMANDS)
        .add("server", MemoryCommands.COMMANDS)
        .add("server", SampoCommands.COMMANDS)
        .add("server", DebugCommand.COMMANDS);
  }

  private CommandTable sentinelCommands() {
    CommandTable table = commands.part(SentinelCommands.SHARED);
    return table
        .add("sentinel", SentinelCommands.COMMANDS)
        .add("server", CommandCommands.family(table));
  }

  /** Has the directives that are looked at often followed in fields of their own. */
  private void follow() {
    settings.protoMaxBulkLen.each(
        bytes -> requestLimits = new RequestDecoder.Limits(bytes, Integer.MAX_VALUE));
    settings.protoMaxBulkLen.each(bytes -> keyspaceSettings.maxStringLength = bytes);
    settings.clientQueryBufferLimit.each(bytes -> queryBufferLimit = bytes);
    settings.pipelineOrder.each(order -> strict = order.equals("strict"));
    settings.maxmemory.each(bytes -> limitMemory());
    settings.replicaIgnoreMaxmemory.each(yes -> limitMemory());
    keyspaceSettings.databases = settings.databases.get().intValue();
    settings.maxmemoryPolicy.each(
        name -> keyspaceSettings.policy = Policy.named(name).orElseThrow());
    settings.maxmemorySamples.each(n -> keyspaceSettings.samples = n.intValue());
    settings.lfuLogFactor.each(n -> keyspaceSettings.lfuLogFactor = n.intValue());
    settings.lfuDecayTime.each(n -> keyspaceSettings.lfuDecayTime = n.intValue());
    settings.maxclients.provided(Node::checkDescriptors);
    LogLevel.follow(settings.loglevel);
  }

  private void followEncodings(Limits limits) {
    settings.hashMaxListpackEntries.each(n -> limits.hashMaxListpackEntries = n.intValue());
    settings.hashMaxListpackValue.each(n -> limits.hashMaxListpackValue = n.intValue());
    settings.listMaxListpackSize.each(n -> limits.listMaxListpackSize = n.intValue());
    settings.setMaxIntsetEntries.each(n -> limits.setMaxIntsetEntries = n.intValue());
    settings.setMaxListpackEntries.each(n -> limits.setMaxListpackEntries = n.intValue());
    settings.setMaxListpackValue.each(n -> limits.setMaxListpackValue = n.intValue());
    settings.zsetMaxListpackEntries.each(n -> limits.zsetMaxListpackEntries = n.intValue());
    settings.zsetMaxListpackValue.each(n -> limits.zsetMaxListpackValue = n.intValue());
    settings.streamNodeMaxBytes.each(n -> limits.streamNodeMaxBytes = n.intValue());
    settings.streamNodeMaxEntries.each(n -> limits.streamNodeMaxEntries = n.intValue());
    settings.hllSparseMaxBytes.each(n -> limits.hllSparseMaxBytes = n.intValue());
  }

  private Executor executor() {
    Executor executor =
        new Executor(
            new Executor.Services(
                router.shards(),
                sentinelCommands.ids(),
                journal.writer(),
                notifications,
                memory,
                watchman,
                System::currentTimeMillis));
    executors.add(executor);
    settings.latencyTracking.each(executor.stats()::track);
    return executor;
  }

  private static void checkDescriptors(long clients) {
    long most = OperatingSystem.maxDescriptors() - OWN_DESCRIPTORS;
    if (clients > most) {
      throw new Setting.BadValue(
          "The operating system is not able to handle the specified number of clients, try with "
              + most);
    }
  }

  private void tend() {
    beatAt = now();
    long expiry = activeExpire ? settings.activeExpireEffort.get() * EXPIRY_SLICE_NANOS : 0;
    Shard.Tend tend = new Shard.Tend(expiry, System.nanoTime());
    shards.forEach(shard -> shard.tell(tend));
    rates.sample(statistics.requests(), traffic.received(), traffic.sent());
    memoryPeak.seen(memory.used());
    if (worthSaving && !loading.isOn()) {
      saves.tend();
      aof.tend();
    }
  }

  void tellKeeper(AofKeeper.Message message) {
    aofKeeper.tell(message);
  }

  /** Takes a snapshot of all data, as soon as those asked for before have been taken. */
  public void takeSnapshot(SnapshotSink sink) {
    snapshotsAhead.incrementAndGet();
    snapshots.tell(new Snapshots.Take(sink));
  }

  /** Whether snapshots are being taken, or about to be. */
  boolean isTakingSnapshot() {
    return snapshotsAhead.get() > 0;
  }

  private Snapshots.Format rdbFormat() {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("redis-ver", Version.REDIS);
    about.put("redis-bits", "64");
    about.put("ctime", Long.toString(now() / 1000));
    about.put("used-mem", Long.toString(memory.used()));
    about.put("aof-base", "0");
    return new Snapshots.Format(
        settings.rdbcompression.get(), settings.rdbchecksum.get(), about, keyspaceSettings);
  }

  /** How often data has been changed since the start. */
  private long changes() {
    return executors.stream().mapToLong(Executor::changes).sum();
  }

  /**
   * What distributes the entries of an RDB file.
   *
   * @param dropsExpired whether those that have expired are left out
   * @param merges whether there may be others in their place
   */
  Loader loader(boolean dropsExpired, boolean merges) {
    return new Loader(shards, keyspaceSettings.databases, dropsExpired, merges);
  }

  /** Up to where values keep their compact encodings. */
  Limits limits() {
    return keyspaceSettings.limits;
  }

  /** Whether there is anything to {@link #load}. */
  public boolean hasFile() {
    return settings.appendonly.get() || Files.exists(saves.file());
  }

  /**
   * Loads what was saved before this start, and returns when that is done.
   *
   * @throws IllegalStateException if that cannot be read; the message says why
   */
  public void load() {
    if (settings.appendonly.get()) {
      loadAppendOnly();
      return;
    }
    try {
      RdbLoad.load(this, saves.file(), false);
      saves.loaded();
    } catch (IOException e) {
      throw new IllegalStateException(
          "cannot load " + saves.file() + ", which is left as it is: " + e.getMessage(), e);
    }
  }

  private void loadAppendOnly() {
    try {
      AofStart.start(this);
      saves.loaded();
    } catch (IOException | DamagedFile e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Has everything that was appended written to the disk; when nothing runs any more. */
  public void closeFiles() {
    aof.detach();
  }

  /** Refuses clients until {@link #load} has been called. */
  public void awaitLoad() {
    loading.begin(0);
  }

  /** Switches the regular search for expired keys on or off. */
  void activeExpire(boolean on) {
    activeExpire = on;
  }

  /** Says which TCP port clients come in by. */
  public void listensOn(int tcpPort) {
    port = tcpPort;
  }

  /** The TCP port, 0 if there is none. */
  int port() {
    return port;
  }

  int loopCount() {
    return loops.size();
  }

  /** Ends the node, gracefully and without saving, and returns before that is done. */
  void shutdown() {
    worthSaving = false;
    stop.run();
  }

  /** Says that the data is complete. */
  public void ready() {
    worthSaving = true;
  }

  /**
   * Saves the data at the end, if that is configured and has not been done; returns when it is
   * done. Nobody must write any more.
   */
  public void saveAtEnd() {
    if (!worthSaving || settings.save.get().isEmpty()) {
      return;
    }
    worthSaving = false;
    LOG.info("Saving the final RDB snapshot before exiting.");
    CountDownLatch ended = new CountDownLatch(1);
    saves.finish(success -> ended.countDown());
    try {
      ended.await();
    } catch (InterruptedException e) {
      LOG.error("The data is not saved, for the end was interrupted");
      Thread.currentThread().interrupt();
    }
  }

  /** Says that the data may no longer be what it should, and is not to be saved. */
  public void forsake() {
    worthSaving = false;
  }

  /** Whether the data is being saved. */
  public boolean isSaving() {
    return saves.isSaving();
  }

  /** Runs a task after some time, on some thread. */
  Cancellable later(Duration delay, Runnable task) {
    return system.scheduler().scheduleOnce(delay, task, system.executionContext());
  }

  /** Whether no password is required. */
  boolean isOpen() {
    return settings.requirepass.get().isEmpty();
  }

  /** Wall clock in milliseconds as of the last beat of {@code hz}, for what is told in seconds. */
  long beat() {
    return beatAt;
  }

  /** Wall clock in milliseconds. */
  long now() {
    return System.currentTimeMillis();
  }

  /** Wall clock in microseconds. */
  long micros() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }

  Loop loop(int index) {
    return loops.get(index);
  }

  ActorRef<Shard.Message> shard(int index) {
    return shards.get(index);
  }

  RequestDecoder.Limits requestLimits() {
    return requestLimits;
  }

  /** Bytes that an incomplete request may take (client-query-buffer-limit). */
  long queryBufferLimit() {
    return queryBufferLimit;
  }

  /** Whether the requests of one connection take effect in one order over all shards. */
  boolean isStrict() {
    return strict;
  }

  /** Has these shards, a bit for each, forget that a client waited for keys of them. */
  void withdraw(Waiter waiter, long those) {
    for (long involved = those; involved != 0; involved &= involved - 1) {
      shards.get(Long.numberOfTrailingZeros(involved)).tell(new Shard.Withdraw(waiter));
    }
  }

  /**
   * Runs a task once every request has been run that any session has sent off by now: the borrower
   * of each loop gets its turn when the sessions there have had theirs, the shards then, and at
   * last the borrower of those that wait for others.
   */
  void settle(Client client, Runnable then) {
    AtomicInteger left = new AtomicInteger(loops.size());
    Batch.Owner owner =
        batch -> {
          if (left.decrementAndGet() == 0) {
            aside.tell(new Batch().barrier(its -> then.run(), client, router.all()));
          }
        };
    for (Loop loop : loops) {
      loop.borrower.tell(new Batch().barrier(owner, client, router.all()));
    }
  }

  /** Has every shard forget what is watched. */
  void unwatch(Watches.Watch watch) {
    long involved = 0;
    for (DbKey watched : watch.keys()) {
      involved |= router.shards(watched.key());
    }
    for (; involved != 0; involved &= involved - 1) {
      shards.get(Long.numberOfTrailingZeros(involved)).tell(new Shard.Unwatch(watch));
    }
  }

  /** The order of everything that changes this node's data. */
  public Journal journal() {
    return journal;
  }

  /** What holds back replies. */
  public Barrier barrier() {
    return barrier;
  }

  /** During a pause nothing expires or is evicted, for that would be a write. */
  private void holdStill() {
    keyspaceSettings.paused = pause.isOn();
    limitMemory();
  }

  /** A replica has as much memory as its master leaves it to have. */
  private void limitMemory() {
    boolean ignored =
        keyspaceSettings.paused
            || keyspaceSettings.replica && settings.replicaIgnoreMaxmemory.get();
    memory.limit(ignored ? 0 : settings.maxmemory.get());
  }

  /**
   * Says whether a stream tells what expires and what is evicted, rather than this node itself; a
   * master's stream does so in any case.
   */
  public void leavesExpiryToStream(boolean yes) {
    keyspaceSettings.replica = yes || replication.following.isReplica();
    limitMemory();
  }

  /**
   * Runs a task, which must be quick, while nobody uses any data, and after every request that any
   * session has sent off by now.
   */
  void still(Runnable task) {
    AtomicInteger left = new AtomicInteger(loops.size());
    Consumer<List<Data>> then =
        data -> {
          if (left.decrementAndGet() == 0) {
            task.run();
          }
        };
    for (Loop loop : loops) {
      loop.borrower.tell(new Borrower.Cut(router.all(), then));
    }
  }

  /** Has the node wait for a replica set to say whether it leads; until then it is a replica. */
  public void awaitMaster() {
    tenure.bound();
    place.keep();
    replication.following = Following.awaited();
    leavesExpiryToStream(true);
    replication.replica.tell(new Replica.Await());
  }

  /**
   * Joins the replica set that it waits for.
   *
   * @param config of the cluster's actor system
   * @param failed ends the node at once
   * @throws IllegalStateException if it cannot listen there, or its promises are damaged
   */
  public void join(List<String> seeds, Config config, Runnable failed) {
    Plan plan = ClusterPlan.of(settings, seeds, port, runId);
    Membership its = new Membership(this, plan);
    membership = Optional.of(its);
    Sentinel teller =
        new Sentinel(its, new Service(Service.Kind.SENTINEL, sentinelCommands, channels()));
    sentinel = Optional.of(teller);
    its.watch(teller::changed);
    its.join(config, failed);
  }

  /** Leaves the replica set, if it is in one, handing over if it leads it. */
  public void leave() {
    membership.ifPresent(Membership::leave);
  }

  /** Channels of their own, for those who ask for the master. */
  private PubSub channels() {
    List<ActorRef<Courier.Delivery>> its = new ArrayList<>();
    PubSub channels = new PubSub(its, loops.size());
    for (int i = 0; i < loops.size(); i++) {
      its.add(
          system.systemActorOf(
              Courier.create(i, channels),
              "sentinel-courier-" + i,
              DispatcherSelector.fromConfig(dispatchers.apply(i))));
    }
    return channels;
  }

  /** Serves a client that has come to another node of the replica set. */
  Publisher<ByteString> enter(String client, Publisher<ByteString> requests) {
    int loop = Math.floorMod(client.hashCode(), loops.size());
    SocketAddress remote = new Forwarding.Origin(client);
    return Source.fromPublisher(requests)
        .via(Flow.fromGraph(new SessionStage(this, loop, remote, remote)))
        .toMat(Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), Keep.right())
        .withAttributes(ActorAttributes.dispatcher(dispatchers.apply(loop)))
        .run(Materializer.matFromSystem(system.classicSystem()));
  }

  /** What it tells of its replica set, if it is in one. */
  Optional<Sentinel> sentinel() {
    return sentinel;
  }

  private String placeName() {
    return place.name();
  }

  /** Its part in a replica set. */
  Optional<Membership> membership() {
    return membership;
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
    int databases = settings.databases.get().intValue();
    return new Replay(commands, router, loops.get(0).borrower, databases, offset, follower);
  }

  /**
   * Closes every connection: those that wait for a reply when they have it, replicas when they have
   * everything, or when the time is up.
   */
  public void disconnectAll(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    // Replicas last, for they are to have what the others write.
    disconnect(session -> !session.feed.isOn(), deadline);
    disconnect(session -> true, deadline);
    clients.all().forEach(session -> session.kill(false));
  }

  private void disconnect(Predicate<Session> which, long deadline) {
    clients.all().stream().filter(which).forEach(session -> session.kill(true));
    while (clients.all().stream().anyMatch(which) && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** What this server is, for the log. */
  public static String version() {
    return Version.SAMPO + " (Redis " + Version.REDIS + ")";
  }
}
