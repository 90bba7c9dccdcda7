package io.sampo.net;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import jdk.net.ExtendedSocketOptions;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.AbruptStageTerminationException;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.OutHandler;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket as a source of connections, on the core loop that materializes it. */
final class AcceptStage
    extends AbstractGraphStageWithMaterializedValue<
        SourceShape<CoreTcp.Connection>, CompletionStage<CoreTcp.Binding>> {
  private static final Logger log = LoggerFactory.getLogger(AcceptStage.class);

  /** How long to wait after a failure to accept, which mostly means too many open files. */
  private static final Duration RETRY = Duration.ofMillis(100);

  private final Outlet<CoreTcp.Connection> out = Outlet.create("Accept.out");
  private final SourceShape<CoreTcp.Connection> shape = SourceShape.of(out);
  private final SocketAddress address;
  private final CoreTcp.Options options;

  AcceptStage(SocketAddress address, CoreTcp.Options options) {
    this.address = address;
    this.options = options;
  }

  @Override
  public SourceShape<CoreTcp.Connection> shape() {
    return shape;
  }

  @Override
  public Pair<GraphStageLogic, CompletionStage<CoreTcp.Binding>>
      createLogicAndMaterializedValuePair(Attributes inheritedAttributes) {
    Logic logic = new Logic();
    return Pair.create(logic, logic.bound);
  }

  /** What the outside and the loop tell the stage. */
  private enum Event {
    READY,
    UNBIND
  }

  private final class Logic extends TimerGraphStageLogic
      implements OutHandler, CoreLoop.Readiness, CoreTcp.Binding {
    private final CompletableFuture<CoreTcp.Binding> bound = new CompletableFuture<>();
    private final CompletableFuture<Done> unbound = new CompletableFuture<>();
    private CoreLoop loop;
    private ServerSocketChannel server;
    private SelectionKey key;
    private AsyncCallback<Event> callback;
    private volatile SocketAddress localAddress;

    /** The kernel has connections waiting, as far as is known. */
    private boolean ready;

    /** The last accept failed; it was logged. */
    private boolean failing;

    Logic() {
      super(shape);
      setHandler(out, this);
    }

    @Override
    public void preStart() {
      callback = createAsyncCallback(this::on);
      try {
        loop = CoreLoop.current();
        open();
        key = loop.register(server, SelectionKey.OP_ACCEPT, this);
        bound.complete(this);
      } catch (IOException | RuntimeException e) {
        bound.completeExceptionally(e);
        failStage(e);
      }
    }

    private void open() throws IOException {
      server = ServerSocketChannel.open(family());
      server.configureBlocking(false);
      if (address instanceof UnixDomainSocketAddress unix) {
        removeSocket(unix.getPath());
        server.bind(address, options.backlog());
        localAddress = address;
        if (options.unixSocketPermissions() != 0) {
          Files.setPosixFilePermissions(
              unix.getPath(), permissions(options.unixSocketPermissions()));
        }
      } else {
        server.setOption(StandardSocketOptions.SO_REUSEADDR, options.reuseAddress());
        server.bind(address, options.backlog());
        localAddress = server.getLocalAddress();
      }
    }

    private ProtocolFamily family() {
      if (address instanceof UnixDomainSocketAddress) {
        return StandardProtocolFamily.UNIX;
      }
      return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address
          ? StandardProtocolFamily.INET
          : StandardProtocolFamily.INET6;
    }

    @Override
    public SocketAddress localAddress() {
      return localAddress;
    }

    @Override
    public CompletionStage<Done> unbind() {
      if (!unbound.isDone()) {
        callback.invoke(Event.UNBIND);
      }
      return unbound.minimalCompletionStage();
    }

    @Override
    public void ready(int ops) {
      if (!ready) {
        ready = true;
        callback.invoke(Event.READY);
      }
    }

    private void on(Event event) {
      if (event == Event.UNBIND) {
        completeStage();
      } else if (isAvailable(out)) {
        accept();
      } else {
        key.interestOps(0);
      }
    }

    @Override
    public void onPull() {
      if (ready) {
        accept();
      }
    }

    @Override
    public void onTimer(Object timer) {
      accept();
    }

    private void accept() {
      try {
        SocketChannel channel = server.accept();
        failing = false;
        if (channel == null) {
          ready = false;
          key.interestOps(SelectionKey.OP_ACCEPT);
        } else if (configure(channel)) {
          push(
              out,
              CoreTcp.Connection.of(channel, channel.getRemoteAddress(), options.lingerSeconds()));
        } else {
          callback.invoke(Event.READY);
        }
      } catch (IOException e) {
        if (!failing) {
          failing = true;
          log.warn("Cannot accept connections on {}: {}", localAddress, e.getMessage());
        }
        key.interestOps(0);
        scheduleOnce(Event.READY, RETRY);
      }
    }

    /** False if the peer has gone already. */
    private boolean configure(SocketChannel channel) throws IOException {
      try {
        channel.configureBlocking(false);
        if (!(address instanceof UnixDomainSocketAddress)) {
          channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
          keepAlive(channel);
        }
        return true;
      } catch (IOException e) {
        log.debug("Connection lost before it began: {}", e.toString());
        channel.close();
        return false;
      }
    }

    private void keepAlive(SocketChannel channel) throws IOException {
      int seconds = options.tcpKeepAliveSeconds().getAsInt();
      if (seconds > 0) {
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (channel.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
          channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, seconds);
          channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, Math.max(1, seconds / 3));
          channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
        }
      }
    }

    @Override
    public void postStop() {
      bound.completeExceptionally(new AbruptStageTerminationException(this));
      try {
        if (server != null) {
          loop.close(server);
          if (localAddress instanceof UnixDomainSocketAddress unix) {
            removeSocket(unix.getPath());
          }
        }
      } catch (IOException e) {
        log.warn("Cannot remove {}: {}", localAddress, e.toString());
      } finally {
        // Whoever closes the node waits for this.
        unbound.complete(Done.done());
      }
    }
  }

  /** Removes what an earlier server left behind, but never a file of another kind. */
  private static void removeSocket(Path path) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .isOther()) {
      Files.delete(path);
    }
  }

  private static Set<PosixFilePermission> permissions(int bits) {
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int i = 0; i < all.length; i++) {
      if ((bits & 0400 >> i) != 0) {
        set.add(all[i]);
      }
    }
    return set;
  }
}
