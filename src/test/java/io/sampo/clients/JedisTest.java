package io.sampo.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.TestNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPooled;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.ScanResult;

/** Jedis works as it does with Redis. */
class JedisTest {
  private static final List<TestNode> NODES = new ArrayList<>();

  @BeforeAll
  static void start() {
    NODES.add(TestNode.start(new Layout(2, 1, "core")));
    NODES.add(TestNode.start(new Layout(2, 1, "pekko")));
  }

  /** Both transports, and both protocols. */
  static Stream<Arguments> ways() {
    return NODES.stream()
        .flatMap(
            node ->
                Stream.of(RedisProtocol.values()).map(protocol -> Arguments.of(node, protocol)));
  }

  @AfterAll
  static void stop() {
    NODES.forEach(TestNode::close);
  }

  private static DefaultJedisClientConfig speaking(RedisProtocol protocol) {
    return DefaultJedisClientConfig.builder().protocol(protocol).build();
  }

  private static Jedis connect(TestNode node, RedisProtocol protocol) {
    Jedis jedis = new Jedis(new HostAndPort("127.0.0.1", node.port()), speaking(protocol));
    jedis.flushAll();
    return jedis;
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("ways")
  void stringsAndExpiry(TestNode node, RedisProtocol protocol) {
    try (Jedis jedis = connect(node, protocol)) {
      assertEquals("OK", jedis.set("k", "v", SetParams.setParams().nx().ex(100)));
      assertNull(jedis.set("k", "other", SetParams.setParams().nx()));
      assertEquals("v", jedis.get("k"));
      assertTrue(jedis.ttl("k") > 90);
      assertEquals(1, jedis.persist("k"));
      assertEquals(-1, jedis.ttl("k"));
      assertEquals(2.5, jedis.incrByFloat("f", 2.5));
      assertEquals(List.of("v", "2.5"), jedis.mget("k", "f"));
      assertThrows(JedisDataException.class, () -> jedis.incr("k"));
      assertEquals(2, jedis.del("k", "f", "missing"));
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("ways")
  void pipelinesKeepTheirOrder(TestNode node, RedisProtocol protocol) {
    try (Jedis jedis = connect(node, protocol);
        Pipeline pipeline = jedis.pipelined()) {
      for (int i = 0; i < 1_000; i++) {
        pipeline.set("k" + i, "v" + i);
        pipeline.get("k" + i);
      }
      List<Object> replies = pipeline.syncAndReturnAll();
      for (int i = 0; i < 1_000; i++) {
        assertEquals("v" + i, replies.get(2 * i + 1));
      }
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("ways")
  void transactionsAndWatch(TestNode node, RedisProtocol protocol) {
    try (Jedis jedis = connect(node, protocol);
        Jedis rival = new Jedis(new HostAndPort("127.0.0.1", node.port()), speaking(protocol))) {
      try (AbstractTransaction transaction = jedis.multi()) {
        Response<Long> a = transaction.incr("a");
        Response<Long> b = transaction.incrBy("b", 5);
        transaction.exec();
        assertEquals(1, a.get());
        assertEquals(5, b.get());
      }
      jedis.watch("a");
      rival.set("a", "changed");
      try (AbstractTransaction transaction = jedis.multi()) {
        transaction.set("b", "lost");
        assertNull(transaction.exec());
      }
      assertEquals("5", jedis.get("b"));
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("ways")
  void scanFindsEveryKey(TestNode node, RedisProtocol protocol) {
    try (Jedis jedis = connect(node, protocol)) {
      Set<String> keys = new HashSet<>();
      for (int i = 0; i < 500; i++) {
        keys.add("scan:" + i);
        jedis.set("scan:" + i, "");
        jedis.set("other:" + i, "");
      }
      Set<String> found = new HashSet<>();
      String cursor = ScanParams.SCAN_POINTER_START;
      do {
        ScanResult<String> page = jedis.scan(cursor, new ScanParams().match("scan:*").count(50));
        found.addAll(page.getResult());
        cursor = page.getCursor();
      } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
      assertEquals(keys, found);
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("ways")
  void connectionPool(TestNode node, RedisProtocol protocol) {
    try (Jedis jedis = connect(node, protocol);
        JedisPooled pool =
            new JedisPooled(new HostAndPort("127.0.0.1", node.port()), speaking(protocol))) {
      assertEquals("OK", pool.set("pooled", "yes"));
      assertEquals("yes", pool.get("pooled"));
      assertEquals("yes", jedis.get("pooled"));
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("ways")
  void serverCommands(TestNode node, RedisProtocol protocol) {
    try (Jedis jedis = connect(node, protocol)) {
      assertEquals("PONG", jedis.ping());
      assertTrue(jedis.info().contains("redis_version:7."));
      jedis.clientSetname("tester");
      assertEquals("tester", jedis.clientGetname());
      assertTrue(jedis.clientList().contains("name=tester"));
      assertEquals("noeviction", jedis.configGet("maxmemory-policy").get("maxmemory-policy"));
      jedis.select(3);
      jedis.set("k", "in 3");
      jedis.select(0);
      assertNull(jedis.get("k"));
    }
  }
}
