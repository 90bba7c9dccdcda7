package io.sampo.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.SetArgs;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import io.sampo.testkit.Layout;
import io.sampo.testkit.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Lettuce works as it does with Redis. */
class LettuceTest {
  private static final List<TestNode> NODES = new ArrayList<>();
  private static RedisClient client;

  @BeforeAll
  static void start() {
    NODES.add(TestNode.start(new Layout(2, 1, "core")));
    NODES.add(TestNode.start(new Layout(2, 1, "pekko")));
    client = RedisClient.create();
  }

  /** Both transports, and both protocols. */
  static Stream<Arguments> ways() {
    return NODES.stream()
        .flatMap(
            node ->
                Stream.of(ProtocolVersion.values()).map(protocol -> Arguments.of(node, protocol)));
  }

  @AfterAll
  static void stop() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    NODES.forEach(TestNode::close);
  }

  private static RedisURI uri(TestNode node) {
    return RedisURI.builder()
        .withHost("127.0.0.1")
        .withPort(node.port())
        .withTimeout(Duration.ofSeconds(10))
        .build();
  }

  private static StatefulRedisConnection<String, String> connect(
      TestNode node, ProtocolVersion protocol) {
    client.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
    StatefulRedisConnection<String, String> connection = client.connect(uri(node));
    connection.sync().flushall();
    return connection;
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("ways")
  void stringsAndExpiry(TestNode node, ProtocolVersion protocol) {
    try (StatefulRedisConnection<String, String> connection = connect(node, protocol)) {
      RedisCommands<String, String> redis = connection.sync();
      assertEquals("OK", redis.set("k", "v", SetArgs.Builder.nx().ex(100)));
      assertNull(redis.set("k", "other", SetArgs.Builder.nx()));
      assertEquals("v", redis.get("k"));
      assertTrue(redis.ttl("k") > 90);
      assertTrue(redis.persist("k"));
      assertEquals(2.5, redis.incrbyfloat("f", 2.5));
      assertEquals("OK", redis.mset(Map.of("a", "1", "b", "2")));
      assertEquals(
          List.of("1", "2"), redis.mget("a", "b").stream().map(KeyValue::getValue).toList());
      assertThrows(RedisCommandExecutionException.class, () -> redis.incr("k"));
      assertEquals(2, redis.del("k", "f", "missing"));
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("ways")
  void asynchronousCommandsKeepTheirOrder(TestNode node, ProtocolVersion protocol)
      throws Exception {
    try (StatefulRedisConnection<String, String> connection = connect(node, protocol)) {
      List<RedisFuture<Long>> replies = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        replies.add(connection.async().incr("counter"));
      }
      assertTrue(
          LettuceFutures.awaitAll(
              10, TimeUnit.SECONDS, replies.toArray(new RedisFuture<?>[replies.size()])));
      for (int i = 0; i < 1_000; i++) {
        assertEquals(i + 1, replies.get(i).get());
      }
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("ways")
  void transactionsAndWatch(TestNode node, ProtocolVersion protocol) {
    try (StatefulRedisConnection<String, String> connection = connect(node, protocol);
        StatefulRedisConnection<String, String> rival = client.connect(uri(node))) {
      RedisCommands<String, String> redis = connection.sync();
      redis.multi();
      redis.incr("a");
      redis.incrby("b", 5);
      TransactionResult result = redis.exec();
      assertFalse(result.wasDiscarded());
      assertEquals(1L, result.<Long>get(0));
      assertEquals(5L, result.<Long>get(1));
      redis.watch("a");
      rival.sync().set("a", "changed");
      redis.multi();
      redis.set("b", "lost");
      assertTrue(redis.exec().wasDiscarded());
      assertEquals("5", redis.get("b"));
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("ways")
  void scanFindsEveryKey(TestNode node, ProtocolVersion protocol) {
    try (StatefulRedisConnection<String, String> connection = connect(node, protocol)) {
      RedisCommands<String, String> redis = connection.sync();
      Map<String, String> pairs =
          IntStream.range(0, 500).boxed().collect(Collectors.toMap(i -> "scan:" + i, i -> "" + i));
      redis.mset(pairs);
      Set<String> found = new HashSet<>();
      ScanArgs page = ScanArgs.Builder.matches("scan:*").limit(50);
      KeyScanCursor<String> cursor = redis.scan(page);
      found.addAll(cursor.getKeys());
      while (!cursor.isFinished()) {
        cursor = redis.scan(cursor, page);
        found.addAll(cursor.getKeys());
      }
      assertEquals(pairs.keySet(), found);
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("ways")
  void serverCommands(TestNode node, ProtocolVersion protocol) {
    try (StatefulRedisConnection<String, String> connection = connect(node, protocol)) {
      RedisCommands<String, String> redis = connection.sync();
      assertEquals("PONG", redis.ping());
      assertTrue(redis.info().contains("redis_version:7."));
      assertEquals("OK", redis.clientSetname("tester"));
      assertEquals("tester", redis.clientGetname());
      assertEquals("noeviction", redis.configGet("maxmemory-policy").get("maxmemory-policy"));
      assertTrue(redis.commandCount() > 50);
    }
  }
}
