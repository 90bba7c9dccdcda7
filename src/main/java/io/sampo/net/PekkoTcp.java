package io.sampo.net;

import io.sampo.resp.Chunk;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.io.Inet;
import org.apache.pekko.io.TcpSO;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;

/**
 * Pekko's own TCP in the shape of {@link CoreTcp}: the yardstick, and what to fall back on. Sockets
 * are read and written by threads of Pekko's, and each chunk is handed over to the stream.
 */
public final class PekkoTcp {
  private PekkoTcp() {}

  /**
   * As {@link CoreTcp#bind}, for TCP alone.
   *
   * @param options of which the keep-alive is on or off as it is now, with the kernel's times
   */
  public static Source<CoreTcp.Connection, CompletionStage<CoreTcp.Binding>> bind(
      ClassicActorSystemProvider system, InetSocketAddress address, CoreTcp.Options options) {
    List<Inet.SocketOption> socket =
        List.of(
            TcpSO.tcpNoDelay(true),
            TcpSO.keepAlive(options.tcpKeepAliveSeconds().getAsInt() > 0),
            TcpSO.reuseAddress(options.reuseAddress()));
    Optional<Duration> neverIdle = Optional.empty();
    return Tcp.get(system)
        .bind(
            address.getAddress().getHostAddress(),
            address.getPort(),
            options.backlog(),
            socket,
            true,
            neverIdle)
        .map(PekkoTcp::connection)
        .mapMaterializedValue(binding -> binding.thenApply(Bound::new));
  }

  private static CoreTcp.Connection connection(Tcp.IncomingConnection c) {
    Flow<ByteString, Chunk, NotUsed> flow = c.flow().map(read -> Chunk.of(read.toArrayUnsafe()));
    return new CoreTcp.Connection(c.localAddress(), c.remoteAddress(), flow, () -> {});
  }

  private record Bound(Tcp.ServerBinding binding) implements CoreTcp.Binding {
    @Override
    public SocketAddress localAddress() {
      return binding.localAddress();
    }

    @Override
    public CompletionStage<Done> unbind() {
      return binding.unbind().thenApply(unit -> Done.getInstance());
    }
  }
}
