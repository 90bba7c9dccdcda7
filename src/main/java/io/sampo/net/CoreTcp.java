package io.sampo.net;

import io.sampo.resp.Chunk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TCP and unix sockets as Pekko Streams over core loops. It has the shape of Pekko's own {@code
 * Tcp().bind}: a source of incoming connections, each with a flow of bytes to be joined with the
 * flow that handles it, so that the two transports are interchangeable. The difference is where
 * things run: the streams must be materialized on core loop dispatchers, and a connection's socket
 * is read and written by the very thread that runs its stream.
 */
public final class CoreTcp {
  private static final Logger LOG = LoggerFactory.getLogger(CoreTcp.class);

  private CoreTcp() {}

  /**
   * What a listening socket and its connections are set to. Nagle's algorithm is off at first.
   *
   * @param backlog the length of the kernel's queue of connections not yet accepted
   * @param tcpKeepAliveSeconds idle seconds before the kernel probes the peer, 0 for never; it
   *     probes again after a third of that, and gives up after three probes; asked for each
   *     connection
   * @param reuseAddress whether a port may be bound while old connections linger on it
   * @param unixSocketPermissions permission bits of a unix socket's file, such as 0700; 0 leaves
   *     them to the process's umask
   * @param lingerSeconds for how long the peer of a connection that is over may take nothing of
   *     what is left for it, before it is given up
   */
  public record Options(
      int backlog,
      IntSupplier tcpKeepAliveSeconds,
      boolean reuseAddress,
      int unixSocketPermissions,
      int lingerSeconds) {
    /** Redis's own defaults, as far as it has them. */
    public static final Options DEFAULT = new Options(511, () -> 300, true, 0, 60);
  }

  /**
   * A connection.
   *
   * @param localAddress this end
   * @param remoteAddress the peer; of a unix socket it has an empty path
   * @param flow takes what is to be written and emits what was read, each chunk to be freed on the
   *     same thread; to be materialized exactly once, on a core loop's dispatcher. The peer's
   *     half-close completes what it emits, while writing goes on; completing what it takes writes
   *     what is pending and closes
   * @param gather switches Nagle's algorithm on, if there is one; called on any thread
   */
  public record Connection(
      SocketAddress localAddress,
      SocketAddress remoteAddress,
      Flow<ByteString, Chunk, NotUsed> flow,
      Runnable gather) {
    static Connection of(SocketChannel channel, SocketAddress remote, int lingerSeconds)
        throws IOException {
      return new Connection(
          channel.getLocalAddress(),
          remote,
          Flow.fromGraph(new ConnectionStage<>(channel, lingerSeconds, ConnectionStage.Form.LENT)),
          () -> gather(channel));
    }

    private static void gather(SocketChannel channel) {
      try {
        if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
          channel.setOption(StandardSocketOptions.TCP_NODELAY, false);
        }
      } catch (IOException e) {
        LOG.debug("Cannot switch Nagle's algorithm on: {}", e.toString());
      }
    }
  }

  /** A bound address. */
  public interface Binding {
    /** Where it listens; the actual port if port 0 was asked for. */
    SocketAddress localAddress();

    /** Stops accepting; completes when the address is free. Connections live on. Idempotent. */
    CompletionStage<Done> unbind();
  }

  /**
   * Connections to an address, accepted as they are demanded.
   *
   * @param address an {@code InetSocketAddress}, or a {@code UnixDomainSocketAddress} whose file is
   *     replaced if it is a socket, and removed at the end
   * @return a source whose materialized stage fails with the {@code IOException} if binding failed;
   *     to be materialized on a core loop's dispatcher
   */
  public static Source<Connection, CompletionStage<Binding>> bind(
      SocketAddress address, Options options) {
    return Source.fromGraph(new AcceptStage(address, options));
  }

  /**
   * A connection of our own to a server, as {@link Connection#flow} but for what was read, which
   * may be kept. Blocks until there is one.
   *
   * @param source the address of our own that it is to come from, if that is possible; "" for any
   * @param timeoutMillis how long that may take
   * @throws IOException if it takes longer, or is refused
   */
  public static Flow<ByteString, ByteString, NotUsed> connect(
      String host, int port, String source, int timeoutMillis) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException(host);
    }
    SocketChannel channel = SocketChannel.open();
    try {
      bind(channel, source);
      channel.socket().connect(address, timeoutMillis);
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      return Flow.fromGraph(
          new ConnectionStage<>(
              channel, Options.DEFAULT.lingerSeconds(), ConnectionStage.Form.KEPT));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** A connection that comes from elsewhere is better than none. */
  private static void bind(SocketChannel channel, String source) {
    if (source.isEmpty()) {
      return;
    }
    try {
      channel.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
    } catch (IOException e) {
      LOG.warn("Cannot connect from {}: {}", source, e.getMessage());
    }
  }
}
