package io.sampo.faults;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.masterreplica.MasterReplica;
import io.lettuce.core.masterreplica.StatefulRedisMasterReplicaConnection;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/** Lettuce with its connection that follows Sentinels, whose calls may take a second. */
final class LettuceCaller implements Caller {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final RedisClient client;
  private final StatefulRedisMasterReplicaConnection<String, String> connection;

  LettuceCaller(List<NodeProcess> nodes, String set) {
    RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId(set).withTimeout(PATIENCE);
    nodes.forEach(node -> uri.withSentinel(node.site.host(), node.site.sentinelPort()));
    client = RedisClient.create();
    client.setOptions(
        ClientOptions.builder()
            .socketOptions(SocketOptions.builder().connectTimeout(PATIENCE).build())
            .build());
    try {
      connection = MasterReplica.connect(client, StringCodec.UTF8, uri.build());
    } catch (RuntimeException e) {
      end();
      throw e;
    }
  }

  /** What is refused may be an attempt of its own to send again what it did not see the end of. */
  @Override
  public boolean add(String key, int element) {
    connection.sync().sadd(key, "" + element);
    return true;
  }

  @Override
  public BitSet read(String key) {
    throw new UnsupportedOperationException("it does not ask whether it reads from a master");
  }

  private void end() {
    client.shutdown(Duration.ZERO, PATIENCE);
  }

  @Override
  public void close() {
    connection.closeAsync();
    end();
  }
}
