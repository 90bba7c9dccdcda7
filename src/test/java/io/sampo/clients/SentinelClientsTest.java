package io.sampo.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.masterreplica.MasterReplica;
import io.lettuce.core.masterreplica.StatefulRedisMasterReplicaConnection;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestSet;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisSentinelPool;
import redis.clients.jedis.JedisSentineled;
import redis.clients.jedis.exceptions.JedisException;

/** Clients that ask Sentinels find the master of a replica set, and the next one after a switch. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SentinelClientsTest {
  private static TestSet set;

  @BeforeAll
  static void start() {
    set = TestSet.start(Map.of("cluster-lease", 3000));
  }

  @AfterAll
  static void stop() {
    if (set != null) {
      set.close();
    }
  }

  private static Set<HostAndPort> sentinels() {
    return set.sentinelPorts().stream()
        .map(port -> new HostAndPort("127.0.0.1", port))
        .collect(Collectors.toSet());
  }

  /** Has another node become the master, and waits until the others follow it. */
  private static void switchMaster() {
    set.awaitWhole();
    int before = set.awaitMaster();
    try (RespClient sentinel = RespClient.connect(set.sentinelPorts().get((before + 1) % 3))) {
      TestSet.await(
          "another master",
          () -> {
            boolean another = set.awaitMaster() != before;
            if (!another) {
              sentinel.call("SENTINEL", "FAILOVER", TestSet.NAME);
            }
            return another;
          });
    }
    set.awaitWhole();
  }

  /** What a client tries again until it works, as after a switch every client has to. */
  private static void eventually(String what, BooleanSupplier attempt) {
    TestSet.await(
        what,
        () -> {
          try {
            return attempt.getAsBoolean();
          } catch (JedisException | RedisException notYet) {
            return false;
          }
        });
  }

  @Test
  void jedisPool() {
    Set<String> addresses =
        sentinels().stream().map(HostAndPort::toString).collect(Collectors.toSet());
    try (JedisSentinelPool pool = new JedisSentinelPool(TestSet.NAME, addresses)) {
      assertEquals(set.port(set.awaitMaster()), pool.getCurrentHostMaster().getPort());
      eventually(
          "a write",
          () -> {
            try (Jedis jedis = pool.getResource()) {
              return jedis.set("pool", "before").equals("OK");
            }
          });
      switchMaster();
      eventually(
          "the pool to write to the new master",
          () -> {
            try (Jedis jedis = pool.getResource()) {
              return jedis.set("pool", jedis.get("pool") + "+").equals("OK");
            }
          });
      assertEquals(set.port(set.awaitMaster()), pool.getCurrentHostMaster().getPort());
      try (Jedis jedis = pool.getResource()) {
        assertEquals("before+", jedis.get("pool"));
      }
    }
  }

  @Test
  void jedisSentineled() {
    DefaultJedisClientConfig config = DefaultJedisClientConfig.builder().build();
    try (JedisSentineled jedis = new JedisSentineled(TestSet.NAME, config, sentinels(), config)) {
      eventually("a write", () -> jedis.set("sentineled", "before").equals("OK"));
      switchMaster();
      eventually("a write to the new master", () -> jedis.set("sentineled", "after").equals("OK"));
      assertEquals("after", jedis.get("sentineled"));
    }
  }

  private static RedisURI uri() {
    String hosts = sentinels().stream().map(HostAndPort::toString).collect(Collectors.joining(","));
    RedisURI uri =
        RedisURI.create("redis-sentinel://" + hosts + "/0?sentinelMasterId=" + TestSet.NAME);
    uri.setTimeout(Duration.ofSeconds(5));
    return uri;
  }

  /** As Spring Boot does it with {@code spring.data.redis.sentinel.*} and reading from replicas. */
  @Test
  void lettuceReadsFromReplicas() {
    set.awaitWhole();
    RedisClient client = RedisClient.create();
    try (RespClient master = RespClient.connect(set.port(set.awaitMaster()));
        StatefulRedisMasterReplicaConnection<String, String> connection =
            MasterReplica.connect(client, StringCodec.UTF8, uri())) {
      connection.setReadFrom(ReadFrom.REPLICA);
      eventually("a write", () -> connection.sync().set("apart", "read").equals("OK"));
      master.call("CONFIG", "RESETSTAT");
      eventually("the write to be there", () -> "read".equals(connection.sync().get("apart")));
      String calls = master.call("INFO", "commandstats").text();
      assertFalse(calls.contains("cmdstat_get:"), calls);
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
  }

  @Test
  void lettuce() {
    RedisURI uri = uri();
    RedisClient client = RedisClient.create(uri);
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      eventually("a write", () -> connection.sync().set("lettuce", "before").equals("OK"));
      switchMaster();
      eventually(
          "a write to the new master",
          () -> connection.sync().set("lettuce", "after").equals("OK"));
      assertEquals("after", connection.sync().get("lettuce"));
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
  }
}
