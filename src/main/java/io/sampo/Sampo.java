package io.sampo;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sampo.net.CoreLoops;
import io.sampo.net.CoreTcp;
import io.sampo.server.Node;
import io.sampo.server.SessionStage;
import io.sampo.server.Settings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
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

  private final ActorSystem<Void> system;
  private final Node node;
  private final List<CoreTcp.Binding> bindings = new ArrayList<>();
  private final int loops;
  private int nextLoop;

  private Sampo(Config config, Settings settings) {
    int loopCount = Math.max(1, settings.loops.get().intValue());
    int shardCount = settings.shards.get() == 0 ? loopCount : settings.shards.get().intValue();
    this.loops = loopCount;
    this.system =
        ActorSystem.create(
            Behaviors.empty(), "sampo", CoreLoops.dispatcherConfig(loopCount).withFallback(config));
    this.node =
        new Node(system, settings, shardCount, loopCount, CoreLoops::dispatcher, system::terminate);
  }

  /**
   * Starts a node and waits until it accepts connections.
   *
   * @param config directives under {@code sampo}; what is missing comes from the defaults
   * @throws io.sampo.server.Setting.BadValue if a directive is unknown or has a wrong value
   */
  public static Sampo start(Config config) {
    Config whole = config.withFallback(ConfigFactory.defaultReference()).resolve();
    Settings settings = Settings.from(whole);
    Sampo sampo = new Sampo(whole, settings);
    try {
      sampo.listen(settings);
    } catch (RuntimeException e) {
      sampo.close();
      throw e;
    }
    return sampo;
  }

  private void listen(Settings settings) {
    int port = settings.port.get().intValue();
    for (String host : settings.bind.get().trim().split("[ ,]+")) {
      boolean optional = host.startsWith("-");
      try {
        InetAddress address = InetAddress.getByName(optional ? host.substring(1) : host);
        bind(new InetSocketAddress(address, port), settings);
        // With port 0 the first address chooses, and the others share its choice.
        port = port();
      } catch (UnknownHostException | CompletionException e) {
        if (!optional) {
          throw new IllegalStateException(
              "Could not create server TCP listening socket " + host + ":" + port + ": " + e, e);
        }
      }
    }
  }

  private void bind(SocketAddress address, Settings settings) {
    Materializer materializer = Materializer.createMaterializer(system);
    CoreTcp.Options options =
        new CoreTcp.Options(
            settings.tcpBacklog.get().intValue(), settings.tcpKeepalive.get().intValue(), true, 0);
    CompletionStage<CoreTcp.Binding> binding =
        CoreTcp.bind(address, options)
            .toMat(Sink.foreach(c -> serve(c, materializer)), Keep.left())
            .withAttributes(ActorAttributes.dispatcher(CoreLoops.dispatcher(0)))
            .run(materializer);
    bindings.add(binding.toCompletableFuture().join());
  }

  private void serve(CoreTcp.Connection connection, Materializer materializer) {
    int loop = nextLoop++ % loops;
    SessionStage stage =
        new SessionStage(node, loop, connection.localAddress(), connection.remoteAddress());
    connection
        .flow()
        .join(Flow.fromGraph(stage))
        .withAttributes(ActorAttributes.dispatcher(CoreLoops.dispatcher(loop)))
        .run(materializer);
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

  /** Stops accepting, closes the connections and ends the actor system; waits for all of it. */
  @Override
  public void close() {
    bindings.forEach(binding -> binding.unbind().toCompletableFuture().join());
    node.disconnectAll();
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
  }

  /** Waits until the node has ended. */
  void awaitEnd() {
    system.getWhenTerminated().toCompletableFuture().join();
  }
}
