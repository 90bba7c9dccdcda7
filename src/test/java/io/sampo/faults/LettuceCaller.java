package io.sampo.faults;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Lettuce with a connection that asks Sentinels, whose calls may take half a second; after one that
 * took longer it is made anew, for Lettuce itself does that only if the connection breaks.
 */
final class LettuceCaller implements Caller {
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final ClientResources resources =
      ClientResources.builder().reconnectDelay(Delay.constant(PAUSE)).build();
  private final RedisClient client;
  private Optional<StatefulRedisConnection<String, String>> connection = Optional.empty();

  LettuceCaller(List<NodeProcess> nodes, String set) {
    RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId(set).withTimeout(PATIENCE);
    nodes.forEach(node -> uri.withSentinel(node.site.host(), node.site.sentinelPort()));
    client = RedisClient.create(resources, uri.build());
    client.setOptions(
        ClientOptions.builder()
            .socketOptions(SocketOptions.builder().connectTimeout(PATIENCE).build())
            .build());
  }

  /** What is refused may be an attempt of its own to send again what it did not see the end of. */
  @Override
  public String add(String key, int element) {
    if (connection.isEmpty()) {
      connection = Optional.of(client.connect());
    }
    try {
      connection.get().sync().sadd(key, "" + element);
      return "";
    } catch (RedisCommandExecutionException refused) {
      throw refused;
    } catch (RedisException silence) {
      connection.get().closeAsync();
      connection = Optional.empty();
      throw silence;
    }
  }

  @Override
  public BitSet read(String key) {
    throw new UnsupportedOperationException("it does not ask whether it reads from a master");
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, PATIENCE);
    resources.shutdown();
  }
}
