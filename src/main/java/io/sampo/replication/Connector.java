package io.sampo.replication;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;

/** Makes connections to masters. */
@FunctionalInterface
public interface Connector {
  /**
   * Blocks until there is a connection.
   *
   * @param timeoutMillis how long that may take
   */
  Flow<ByteString, ByteString, NotUsed> connect(String host, int port, int timeoutMillis)
      throws IOException;

  /** The same, with somebody else blocking. */
  default CompletableFuture<Flow<ByteString, ByteString, NotUsed>> connect(
      String host, int port, int timeoutMillis, Executor blocking) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return connect(host, port, timeoutMillis);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        blocking);
  }
}
