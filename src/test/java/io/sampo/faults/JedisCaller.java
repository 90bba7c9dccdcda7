package io.sampo.faults;

import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisSentinelPool;
import redis.clients.jedis.exceptions.JedisDataException;

/** Jedis with its pool for Sentinels, whose calls may take half a second. */
final class JedisCaller implements Caller {
  private static final int PATIENCE = 500;

  private final JedisSentinelPool pool;

  JedisCaller(List<NodeProcess> nodes, String set) {
    Set<String> sentinels =
        nodes.stream()
            .map(node -> node.site.host() + ":" + node.site.sentinelPort())
            .collect(Collectors.toSet());
    pool =
        new JedisSentinelPool(
            set, sentinels, new GenericObjectPoolConfig<>(), PATIENCE, PATIENCE, null, 0);
  }

  @Override
  public String add(String key, int element) {
    try (Jedis jedis = pool.getResource()) {
      jedis.sadd(key, "" + element);
      return "";
    } catch (JedisDataException refused) {
      return refused.getMessage();
    }
  }

  @Override
  public BitSet read(String key) {
    throw new UnsupportedOperationException("it does not ask whether it reads from a master");
  }

  @Override
  public void close() {
    pool.close();
  }
}
