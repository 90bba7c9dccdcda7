package io.sampo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.sampo.net.CoreLoops;
import io.sampo.resp.Bytes;
import io.sampo.resp.Chunk;
import io.sampo.server.Peer;
import io.sampo.server.SessionStage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** repl-disable-tcp-nodelay is about the connections of replicas, and no others. */
class GatheringTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"yes, PSYNC ? -1, true", "yes, SYNC, true", "yes, PING, false", "no, SYNC, false"})
  void smallPiecesWaitForOneAnotherIfTheyAreToAReplica(
      String directive, String request, boolean gathers) throws Exception {
    String config =
        "sampo { port = 0, dir = \"%s\", repl-disable-tcp-nodelay = %s, "
                .formatted(directory, directive)
            + "repl-diskless-sync-delay = 0 }";
    try (Sampo sampo = Sampo.start(ConfigFactory.parseString(config))) {
      SocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
      AtomicBoolean gathered = new AtomicBoolean();
      Peer peer = new Peer(here, here, () -> gathered.set(true));
      ByteString reply =
          Source.single(Chunk.of(Bytes.ascii(request + "\r\n")))
              .concat(Source.maybe())
              .via(Flow.fromGraph(new SessionStage(sampo.node(), 0, peer)))
              .withAttributes(ActorAttributes.dispatcher(CoreLoops.dispatcher(0)))
              .runWith(Sink.head(), Materializer.createMaterializer(sampo.system()))
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      assertEquals(gathers, gathered.get(), reply.utf8String());
    }
  }
}
