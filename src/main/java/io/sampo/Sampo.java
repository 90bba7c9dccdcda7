package io.sampo;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sampo.net.CoreLoop;
import io.sampo.net.CoreLoops;
import io.sampo.net.CoreTcp;
import io.sampo.net.PekkoTcp;
import io.sampo.server.ClusterPlan;
import io.sampo.server.Node;
import io.sampo.server.Offer;
import io.sampo.server.Peer;
import io.sampo.server.SessionStage;
import io.sampo.server.command.Families;
import io.sampo.server.config.AtSignal;
import io.sampo.server.config.ConfigFile;
import io.sampo.server.config.Settings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node: an ActorSystem of its own that serves Redis clients. Several may live in one JVM.
 *
 * <pre>{@code
 * try (Sampo sampo = Sampo.start(ConfigFactory.parseString("sampo.port = 0"))) {
 *   connectTo("127.0.0.1", sampo.port());
 * }
 * }</pre>
 */
public final class Sampo implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sampo.class);
  private static final int GRACE_SECONDS = 5;

  /** What differs from the server's defaults: an application's data is not saved by itself. */
  private static final Config EMBEDDED = ConfigFactory.parseString("sampo.save = \"\"");

  /** It sends nothing to others, and so need not load the classes of a cluster to encode that. */
  private static final Config LOCAL =
      ConfigFactory.parseString("pekko.library-extensions = []")
          .withFallback(ConfigFactory.parseResources(Sampo.class, "actors.conf"));

  private final ActorSystem<Void> system;
  private final Node node;

  /** One for each loop. */
  private final List<Materializer> materializers;

  private final List<CoreTcp.Binding> bindings = new ArrayList<>();
  private final Settings settings;
  private final int loops;
  private final int shards;
  private volatile boolean failed;
  private int nextLoop;

  private Sampo(Config config, Settings settings) {
    int loopCount = settings.loops.get() == 0 ? defaultLoops() : settings.loops.get().intValue();
    int shardCount = settings.shards.get() == 0 ? loopCount : settings.shards.get().intValue();
    this.loops = loopCount;
    this.shards = shardCount;
    this.settings = settings;
    Config dispatchers =
        CoreLoops.dispatcherConfig(loopCount, settings.spinMicros.get().intValue());
    // What is to be answered takes as long to make as the system; hence beside it.
    CompletableFuture<Offer> offer = CompletableFuture.supplyAsync(() -> Families.offer(settings));
    this.system =
        ActorSystem.create(
            Behaviors.empty(), "sampo", LOCAL.withFallback(dispatchers).withFallback(config));
    this.materializers =
        IntStream.range(0, loopCount)
            .mapToObj(loop -> CoreLoops.materializer(system, loop))
            .toList();
    this.node =
        new Node(
            system,
            settings,
            offer.join(),
            shardCount,
            loopCount,
            CoreLoops::dispatcher,
            (host, port, timeout) ->
                CoreTcp.connect(host, port, settings.bindSourceAddr.get(), timeout),
            this::fail,
            () -> new Thread(this::close, "sampo-stop").start());
    if (settings.transport.get().equals("core")) {
      IntStream.range(0, loopCount).forEach(this::holdReplies);
    }
  }

  /** Has a loop's replies wait until what they tell of has been written to the append-only file. */
  private void holdReplies(int loop) {
    Executor executor =
        system.dispatchers().lookup(DispatcherSelector.fromConfig(CoreLoops.dispatcher(loop)));
    BooleanSupplier gate = node.gate(executor);
    executor.execute(() -> CoreLoop.current().gate(gate::getAsBoolean));
  }

  /**
   * Starts a node and waits until it accepts connections, having loaded what was saved, if there is
   * something. Other than a server's its data is not saved by itself, unless {@code save} says so.
   *
   * @param config directives under {@code sampo}; what is missing comes from the defaults
   * @throws io.sampo.server.config.Setting.BadValue if a directive is unknown or has a wrong value
   * @throws IllegalStateException if it cannot listen where it should, or what was saved cannot be
   *     loaded; the message says why
   */
  public static Sampo start(Config config) {
    Instant since = Instant.now();
    Sampo sampo = start(config.withFallback(EMBEDDED), Optional.empty());
    sampo.announce(since);
    return sampo;
  }

  /**
   * As {@link #start(Config)}, without a word in the log.
   *
   * @param file where the directives come from, for CONFIG REWRITE
   */
  static Sampo start(Config config, Optional<ConfigFile> file) {
    Config whole = config.withFallback(ConfigFactory.defaultReference()).resolve();
    Settings settings = Settings.from(whole);
    file.ifPresent(settings::in);
    Sampo sampo = new Sampo(whole, settings);
    try {
      List<String> seeds = ClusterPlan.seeds(settings, whole);
      if (!seeds.isEmpty()) {
        sampo.node.replicaSet().awaitMaster();
      }
      boolean loads = sampo.node.files().hasFile();
      if (loads) {
        sampo.node.files().awaitLoad();
      }
      sampo.listen();
      if (loads) {
        sampo.node.files().load();
      }
      sampo.node.files().ready();
      if (seeds.isEmpty()) {
        sampo.node.followMaster();
      } else {
        sampo.node.replicaSet().join(seeds, whole, sampo::fail);
        sampo.listenAsSentinel();
      }
    } catch (RuntimeException e) {
      sampo.close();
      throw e;
    }
    return sampo;
  }

  /** Logs that it is ready, and how long that took. */
  void announce(Instant since) {
    LOG.info(
        "Sampo {} is ready to accept connections: port {}, {} shards on {} loops, {},"
            + " started in {} ms",
        Node.version(),
        port(),
        shards,
        loops,
        settings.replicaof.get().isEmpty() ? "master" : "replica",
        Duration.between(since, Instant.now()).toMillis());
  }

  /** Serves the connections that come in by a port. */
  @FunctionalInterface
  private interface Door {
    SessionStage stage(Node node, int loop, Peer peer);
  }

  private void listen() {
    listen(settings.port.get().intValue(), SessionStage::new);
    String path = settings.unixsocket.get();
    if (!path.isEmpty()) {
      try {
        bind(UnixDomainSocketAddress.of(path), SessionStage::new);
      } catch (IllegalArgumentException | CompletionException e) {
        throw unable("Unix", path, e);
      }
    }
    node.listensOn(port());
  }

  private void listenAsSentinel() {
    int port = settings.sentinelPort.get().intValue();
    if (port > 0) {
      listen(port, SessionStage::sentinel);
    }
  }

  /** Listens on all addresses there are to be; with port 0 on one that is free. */
  private void listen(int wanted, Door door) {
    int port = wanted;
    for (String host : settings.bind.get().trim().split("[ ,]+")) {
      boolean optional = host.startsWith("-");
      String name = optional ? host.substring(1) : host;
      try {
        bind(
            new InetSocketAddress(InetAddress.getByName(name.equals("*") ? "::" : name), port),
            door);
        // With port 0 the first address chooses, and the others share its choice.
        port = wanted == 0 ? port() : wanted;
      } catch (UnknownHostException | CompletionException e) {
        if (!optional) {
          throw unable("TCP", host + ":" + port, e);
        }
      }
    }
  }

  private static IllegalStateException unable(String kind, String where, Exception e) {
    Throwable cause = e instanceof CompletionException ? e.getCause() : e;
    String why =
        cause instanceof UnknownHostException ? "Name or service not known" : cause.getMessage();
    return new IllegalStateException(
        "Could not create server " + kind + " listening socket " + where + ": bind: " + why, e);
  }

  private void bind(SocketAddress address, Door door) {
    CoreTcp.Options options =
        new CoreTcp.Options(
            settings.tcpBacklog.get().intValue(),
            () -> settings.tcpKeepalive.get().intValue(),
            true,
            settings.unixsocketperm.get().intValue(),
            CoreTcp.Options.DEFAULT.lingerSeconds());
    CompletionStage<CoreTcp.Binding> binding =
        connections(address, options)
            .toMat(Sink.foreach(c -> serve(c, door)), Keep.left())
            .withAttributes(ActorAttributes.dispatcher(CoreLoops.dispatcher(0)))
            .run(materializers.get(0));
    bindings.add(binding.toCompletableFuture().join());
  }

  private Source<CoreTcp.Connection, CompletionStage<CoreTcp.Binding>> connections(
      SocketAddress address, CoreTcp.Options options) {
    return settings.transport.get().equals("pekko") && address instanceof InetSocketAddress inet
        ? PekkoTcp.bind(system, inet, options)
        : CoreTcp.bind(address, options);
  }

  private void serve(CoreTcp.Connection connection, Door door) {
    int loop = nextLoop;
    nextLoop = (nextLoop + 1) % loops;
    Peer peer =
        new Peer(connection.localAddress(), connection.remoteAddress(), connection.gather());
    SessionStage stage = door.stage(node, loop, peer);
    connection
        .flow()
        .join(Flow.fromGraph(stage))
        .withAttributes(ActorAttributes.dispatcher(CoreLoops.dispatcher(loop)))
        .run(materializers.get(loop));
  }

  /**
   * Half the processors: the other half is for the kernel's part of the network, the collector and,
   * often enough, the clients. With a loop for each of two processors and the clients beside them,
   * requests cost a third more and throughput fell (see the architecture notes).
   */
  private static int defaultLoops() {
    return Math.min(64, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
  }

  /** The TCP port it listens on. */
  public int port() {
    return bindings.stream()
        .map(CoreTcp.Binding::localAddress)
        .filter(InetSocketAddress.class::isInstance)
        .mapToInt(address -> ((InetSocketAddress) address).getPort())
        .findFirst()
        .orElse(0);
  }

  Node node() {
    return node;
  }

  ActorSystem<Void> system() {
    return system;
  }

  /**
   * Stops accepting, lets what is running finish and its replies leave, for at most {@code
   * shutdown-timeout} seconds, closes the connections, saves the data if {@code save} says so, and
   * ends the actor system; waits for all of it.
   */
  @Override
  public void close() {
    close(Duration.ofSeconds(settings.shutdownTimeout.get()), !settings.save.get().isEmpty());
  }

  private synchronized void close(Duration patience, boolean saves) {
    node.replicaSet().leave();
    if (!bindings.isEmpty()) {
      LOG.info("Sampo on port {} stops accepting connections and ends", port());
    }
    bindings.forEach(binding -> binding.unbind().toCompletableFuture().join());
    bindings.clear();
    node.disconnectAll(patience);
    node.files().saveAtEnd(saves);
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
    node.files().close();
  }

  /**
   * {@link #close} as {@code shutdown-on-sigterm} has it, given up a few seconds after its time is
   * over: one of the node's own threads may be waiting for the process to end, as after a fatal
   * error. Saving takes what it takes.
   *
   * @return whether the node has ended
   */
  boolean closeInTime() {
    AtSignal how = settings.shutdownOnSigterm.get();
    boolean saves = how.save() || !how.nosave() && !settings.save.get().isEmpty();
    Duration patience =
        how.now() ? Duration.ZERO : Duration.ofSeconds(settings.shutdownTimeout.get());
    Thread closing = new Thread(() -> close(patience, saves), "sampo-close");
    closing.setDaemon(true);
    closing.start();
    try {
      do {
        closing.join(TimeUnit.SECONDS.toMillis(settings.shutdownTimeout.get() + GRACE_SECONDS));
      } while (closing.isAlive() && node.files().isSaving());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !closing.isAlive();
  }

  /** Ends the node at once, for its data may no longer be what it should. */
  private void fail() {
    failed = true;
    node.files().forsake();
    system.terminate();
  }

  /** Waits until the node has ended; returns whether that was as it should be. */
  boolean awaitEnd() {
    system.getWhenTerminated().toCompletableFuture().join();
    return !failed;
  }
}
