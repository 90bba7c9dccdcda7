package io.sampo.server;

import io.sampo.command.BitmapCommands;
import io.sampo.command.CommandCommands;
import io.sampo.command.CommandTable;
import io.sampo.command.Events;
import io.sampo.command.ExpireCommands;
import io.sampo.command.KeyCommands;
import io.sampo.command.KeyspaceCommands;
import io.sampo.command.ObjectCommands;
import io.sampo.command.ScanCommands;
import io.sampo.command.StringCommands;
import io.sampo.journal.Journal;
import io.sampo.keyspace.Policy;
import io.sampo.keyspace.Watches;
import io.sampo.resp.RequestDecoder;
import io.sampo.shard.Borrower;
import io.sampo.shard.Data;
import io.sampo.shard.Executor;
import io.sampo.shard.Memory;
import io.sampo.shard.Router;
import io.sampo.shard.Shard;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;

/**
 * All that the connections of one server share: its directives, its commands, its shards, and what
 * it counts. It knows nothing of sockets.
 */
public final class Node {
  final Settings settings;
  final CommandTable commands = new CommandTable();
  final Router router;
  final Journal journal = new Journal();
  final Clients clients = new Clients();
  final Monitors monitors = new Monitors();
  final Counters counters = new Counters();
  final Traffic traffic;
  final SlowLog slowLog;
  final Overseer watchman;
  final Memory memory;
  final List<Executor> executors = new ArrayList<>();
  final String runId = randomId();
  final long startedAt = System.currentTimeMillis();
  private final io.sampo.keyspace.Settings keyspaceSettings = new io.sampo.keyspace.Settings();
  private final List<ActorRef<Shard.Message>> shards = new ArrayList<>();
  private final List<Loop> loops = new ArrayList<>();
  private final ActorSystem<?> system;
  private volatile RequestDecoder.Limits requestLimits;
  private volatile long queryBufferLimit;
  private volatile boolean strict;

  /**
   * Spawns the shards and borrowers.
   *
   * @param dispatchers the dispatcher of each core loop
   */
  public Node(
      ActorSystem<?> system,
      Settings settings,
      int shardCount,
      int loopCount,
      IntFunction<String> dispatchers,
      Runnable failNode) {
    this.system = system;
    this.settings = settings;
    this.router = new Router(shardCount);
    this.memory = new Memory(shardCount);
    this.traffic = new Traffic(loopCount);
    this.slowLog = new SlowLog(settings.slowlogMaxLen);
    this.watchman =
        new Overseer(
            monitors, slowLog, settings.slowlogLogSlowerThan, System::currentTimeMillis, failNode);
    families();
    follow();
    for (int i = 0; i < shardCount; i++) {
      Data data = new Data(i, keyspaceSettings, System::currentTimeMillis);
      String dispatcher = dispatchers.apply(i % loopCount);
      shards.add(
          system.systemActorOf(
              Shard.create(data, executor()),
              "shard-" + i,
              DispatcherSelector.fromConfig(dispatcher)));
    }
    for (int i = 0; i < loopCount; i++) {
      Props props = DispatcherSelector.fromConfig(dispatchers.apply(i));
      ActorRef<Borrower.Message> borrower =
          system.systemActorOf(Borrower.create(shards, executor()), "borrower-" + i, props);
      loops.add(new Loop(i, borrower, executor()));
    }
    Duration beat = Duration.ofMillis(1000 / settings.hz.get());
    system.scheduler().scheduleAtFixedRate(beat, beat, this::tend, system.executionContext());
  }

  private void families() {
    commands
        .add("string", StringCommands.COMMANDS)
        .add("bitmap", BitmapCommands.COMMANDS)
        .add("generic", KeyCommands.COMMANDS)
        .add("generic", ExpireCommands.COMMANDS)
        .add("generic", ScanCommands.COMMANDS)
        .add("generic", ObjectCommands.COMMANDS)
        .add("generic", WaitCommands.COMMANDS)
        .add("server", KeyspaceCommands.COMMANDS)
        .add("connection", ConnectionCommands.COMMANDS)
        .add("transactions", TransactionCommands.COMMANDS)
        .add("server", CommandCommands.family(commands));
  }

  /** Has the directives that are looked at often followed in fields of their own. */
  private void follow() {
    settings.protoMaxBulkLen.each(
        bytes -> requestLimits = new RequestDecoder.Limits(bytes, Integer.MAX_VALUE));
    settings.protoMaxBulkLen.each(bytes -> keyspaceSettings.maxStringLength = bytes);
    settings.clientQueryBufferLimit.each(bytes -> queryBufferLimit = bytes);
    settings.pipelineOrder.each(order -> strict = order.equals("strict"));
    settings.maxmemory.each(memory::limit);
    keyspaceSettings.databases = settings.databases.get().intValue();
    settings.maxmemoryPolicy.each(
        name -> keyspaceSettings.policy = Policy.named(name).orElseThrow());
  }

  private Executor executor() {
    Executor executor =
        new Executor(
            new Executor.Services(
                router.shards(),
                commands.all().size(),
                journal.writer(),
                Events.NONE,
                memory,
                watchman,
                System::currentTimeMillis));
    executors.add(executor);
    return executor;
  }

  private void tend() {
    Shard.Tend tend = new Shard.Tend(true);
    shards.forEach(shard -> shard.tell(tend));
  }

  private static String randomId() {
    byte[] bytes = new byte[20];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Runs a task after some time, on some thread. */
  void later(Duration delay, Runnable task) {
    system.scheduler().scheduleOnce(delay, task, system.executionContext());
  }

  /** Wall clock in milliseconds. */
  long now() {
    return System.currentTimeMillis();
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

  /** Enters a new connection; returns an error line if it is to be refused, else "". */
  String admit(Session session) {
    counters.connectionsReceived.increment();
    if (clients.count() >= settings.maxclients.get()) {
      counters.connectionsRejected.increment();
      return "ERR max number of clients reached";
    }
    clients.add(session);
    return "";
  }

  /** Whether a client has let more than its limit of output gather. */
  boolean isOverLimit(ClientState state, int pending) {
    return false;
  }

  /** Has every shard forget what is watched. */
  void unwatch(Watches.Watch watch) {
    long involved = 0;
    for (Watches.Watched watched : watch.keys()) {
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

  /** Closes every connection. */
  public void disconnectAll() {
    clients.all().forEach(session -> session.kill(false));
  }
}
