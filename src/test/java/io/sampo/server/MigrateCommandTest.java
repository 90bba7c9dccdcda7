package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.keyspace.Slot;
import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MigrateCommandTest {
  private static final String HOST = "127.0.0.1";
  private static final String PATIENCE = "5000";

  private TestNode node;
  private RespClient client;
  private TestNode other;
  private RespClient there;

  @BeforeEach
  void start() {
    node = TestNode.start(new Layout(4, 2, "core"));
    client = RespClient.connect(node.port());
    other = TestNode.start(new Layout(2, 1, "core"));
    there = RespClient.connect(other.port());
  }

  @AfterEach
  void stop() {
    client.close();
    there.close();
    node.close();
    other.close();
  }

  private WireReply migrate(int port, String key, String db, String... options) {
    List<String> all = new ArrayList<>(List.of("MIGRATE", HOST, "" + port, key, db, PATIENCE));
    all.addAll(List.of(options));
    return client.call(all.toArray(String[]::new));
  }

  @Test
  void aKeyGoesWithItsExpiry() {
    client.expect('+', "SET", "k", "v", "PX", "100000");
    assertEquals("OK", migrate(other.port(), "k", "3").text());
    assertEquals(0, client.call("EXISTS", "k").number());
    there.expect('+', "SELECT", "3");
    assertEquals("v", there.call("GET", "k").text());
    long ttl = there.call("PTTL", "k").number();
    assertTrue(ttl > 90_000 && ttl <= 100_000, () -> "ttl " + ttl);
    assertTrue(client.call("INFO", "stats").text().contains("migrate_cached_sockets:1"));
  }

  @Test
  void manyKeysOfSeveralShardsGo() {
    List<String> command =
        new ArrayList<>(
            List.of("MIGRATE", HOST, "" + other.port(), "", "0", PATIENCE, "COPY", "KEYS"));
    for (int i = 0; i < 500; i++) {
      client.expect(':', "RPUSH", "list:" + i, "" + i, "x".repeat(i));
      command.add("list:" + i);
    }
    command.add("missing");
    client.expect('+', command.toArray(String[]::new));
    assertEquals(500, client.call("DBSIZE").number());
    assertEquals(500, there.call("DBSIZE").number());
    // They are there already, all but one.
    there.expect(':', "DEL", "list:7");
    command.remove("COPY");
    assertEquals(
        "ERR Target instance replied with error: BUSYKEY Target key name already exists.",
        client.call(command.toArray(String[]::new)).text());
    assertEquals(499, client.call("DBSIZE").number());
    command.add(6, "REPLACE");
    client.expect('+', command.toArray(String[]::new));
    assertEquals(0, client.call("DBSIZE").number());
    assertEquals(500, there.call("DBSIZE").number());
    assertEquals(
        List.of("499", "x".repeat(499)), there.call("LRANGE", "list:499", "0", "-1").texts());
  }

  @Test
  void logsIn() {
    client.expect('+', "SET", "k", "v");
    there.expect('+', "CONFIG", "SET", "requirepass", "secret");
    String refused = migrate(other.port(), "k", "0").text();
    assertTrue(refused.startsWith("ERR Target instance replied with error: NOAUTH"), refused);
    refused = migrate(other.port(), "k", "0", "AUTH", "wrong").text();
    assertTrue(refused.startsWith("ERR Target instance replied with error: WRONGPASS"), refused);
    assertEquals("v", client.call("GET", "k").text());
    client.expect('+', "CONFIG", "SET", "slowlog-log-slower-than", "0");
    assertEquals("OK", migrate(other.port(), "k", "0", "COPY", "AUTH", "secret").text());
    assertEquals(
        "OK", migrate(other.port(), "k", "0", "REPLACE", "AUTH2", "default", "secret").text());
    assertTrue(!client.call("SLOWLOG", "GET", "10").toString().contains("secret"));
    there.expect('+', "AUTH", "secret");
    assertEquals("v", there.call("GET", "k").text());
  }

  @Test
  void aDatabaseThatIsNotThereTakesNothing() {
    client.expect('+', "SET", "k", "v");
    assertEquals(
        "ERR Target instance replied with error: ERR DB index is out of range",
        migrate(other.port(), "k", "99").text());
    assertEquals(1, client.call("EXISTS", "k").number());
    assertEquals(0, there.call("DBSIZE").number());
  }

  @Test
  void withinATransaction() {
    client.expect('+', "SET", "k", "v");
    client.expect('+', "MULTI");
    migrate(other.port(), "k", "0");
    client.call("SET", "after", "1");
    assertEquals("[+OK, +OK]", client.call("EXEC").toString().substring(1));
    assertEquals("v", there.call("GET", "k").text());
    client.expect('+', "MULTI");
    migrate(other.port(), "k", "0");
    client.call("SUBSCRIBE", "c");
    assertTrue(client.call("EXEC").text().startsWith("EXECABORT"));
  }

  /** While the target is silent its key cannot be changed, but nothing else waits. */
  @Test
  void nobodyWaitsButForTheKeysThatGo() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        RespClient second = RespClient.connect(node.port());
        RespClient third = RespClient.connect(node.port())) {
      CountDownLatch arrived = new CountDownLatch(1);
      CountDownLatch answer = new CountDownLatch(1);
      threads.submit(() -> serve(server, arrived, answer));
      client.expect('+', "SET", "k", "1");
      Future<WireReply> migration = threads.submit(() -> migrate(server.getLocalPort(), "k", "0"));
      assertTrue(arrived.await(10, TimeUnit.SECONDS));
      Future<WireReply> increment = threads.submit(() -> second.call("INCR", "k"));
      String free = keyOfAnotherShard();
      for (int i = 1; i <= 100; i++) {
        assertEquals(i, third.call("INCR", free).number());
        third.expect('+', "PING");
      }
      assertTrue(!increment.isDone() && !migration.isDone());
      answer.countDown();
      assertEquals("OK", migration.get().text());
      // So it was neither lost nor counted twice: a new key begins at 1.
      assertEquals(1, increment.get().number());
    } finally {
      threads.shutdownNow();
    }
  }

  /** It is asked for its attention before the keys are held, so that others use them meanwhile. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nobodyWaitsForATargetThatDoesNotAnswer(boolean inTransaction) throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (ServerSocket hole = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        RespClient second = RespClient.connect(node.port())) {
      client.expect('+', "SET", "k", "1");
      if (inTransaction) {
        client.expect('+', "MULTI");
      }
      Future<WireReply> migration =
          threads.submit(
              () -> {
                WireReply reply = migrate(hole.getLocalPort(), "k", "0");
                return inTransaction ? client.call("EXEC").elements().get(0) : reply;
              });
      // It has come there, and is waiting.
      try (Socket socket = hole.accept()) {
        assertTrue(socket.getInputStream().read() > 0);
        for (int i = 2; i <= 100; i++) {
          assertEquals(i, second.call("INCR", "k").number());
          assertEquals("OK", second.call("SET", "{k}", "x").text());
        }
        assertFalse(migration.isDone());
      }
      assertEquals("IOERR error or timeout reading to target instance", migration.get().text());
      assertEquals("100", client.call("GET", "k").text());
    } finally {
      threads.shutdownNow();
    }
  }

  private static String keyOfAnotherShard() {
    for (int i = 0; ; i++) {
      byte[] key = ("free" + i).getBytes(StandardCharsets.US_ASCII);
      if (Slot.shard(key, 0, key.length, 4) != Slot.shard(new byte[] {'k'}, 0, 1, 4)) {
        return "free" + i;
      }
    }
  }

  /** Answers SELECT at once, and RESTORE when told so. */
  private static Void serve(ServerSocket server, CountDownLatch arrived, CountDownLatch answer)
      throws Exception {
    try (Socket socket = server.accept()) {
      byte[] buffer = new byte[1000];
      InputStream in = socket.getInputStream();
      StringBuilder heard = new StringBuilder();
      while (!heard.toString().contains("SELECT")) {
        heard.append(new String(buffer, 0, in.read(buffer), StandardCharsets.ISO_8859_1));
      }
      socket.getOutputStream().write("+OK\r\n".getBytes(StandardCharsets.US_ASCII));
      while (!heard.toString().contains("RESTORE")) {
        heard.append(new String(buffer, 0, in.read(buffer), StandardCharsets.ISO_8859_1));
      }
      arrived.countDown();
      answer.await();
      socket.getOutputStream().write("+OK\r\n".getBytes(StandardCharsets.US_ASCII));
      assertEquals(-1, in.read());
    }
    return null;
  }

  @Test
  void aSilentTargetTakesNothing() throws IOException {
    client.expect('+', "SET", "k", "v");
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      WireReply reply = client.call("MIGRATE", HOST, "" + silent.getLocalPort(), "k", "0", "100");
      assertEquals("IOERR error or timeout reading to target instance", reply.text());
    }
    assertEquals("v", client.call("GET", "k").text());
  }

  @Test
  void aConnectionThatWasKeptMayHaveBeenClosed() {
    client.expect('+', "SET", "a", "1");
    client.expect('+', "SET", "b", "2");
    assertEquals("OK", migrate(other.port(), "a", "0").text());
    there.expect(':', "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    assertEquals("OK", migrate(other.port(), "b", "0").text());
    assertEquals("2", there.call("GET", "b").text());
  }

  @Test
  void redisTakesOurKeysAndGivesThemBack() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    try (RedisProcess redis = RedisProcess.start();
        RespClient theirs = RespClient.connect(redis.port())) {
      client.expect(':', "ZADD", "z", "1.5", "a", "2", "b");
      client.expect(':', "HSET", "h", "f", "v");
      client.expect('+', "MIGRATE", HOST, "" + redis.port(), "", "0", PATIENCE, "KEYS", "z", "h");
      assertEquals(0, client.call("DBSIZE").number());
      assertEquals(
          List.of("a", "1.5", "b", "2"),
          theirs.call("ZRANGE", "z", "0", "-1", "WITHSCORES").texts());
      theirs.expect('+', "MIGRATE", HOST, "" + node.port(), "", "0", PATIENCE, "KEYS", "z", "h");
      assertEquals(0, theirs.call("DBSIZE").number());
      assertEquals(List.of("f", "v"), client.call("HGETALL", "h").texts());
    }
  }

  @AgainstRedis(protocols = 2)
  void errors(Differential pair) {
    pair.same("SET", "a", "hello");
    pair.same("MIGRATE", "h", "1", "a", "0");
    pair.same("MIGRATE", HOST, "1", "a", "0", "100");
    pair.same("MIGRATE", HOST, "x", "a", "0", "100");
    pair.same("MIGRATE", HOST, "1", "none", "0", "100");
    pair.same("MIGRATE", HOST, "1", "none", "x", "y");
    pair.same("MIGRATE", HOST, "1", "none", "x", "5");
    pair.same("MIGRATE", HOST, "1", "a", "0", "100", "BLAH");
    pair.same("MIGRATE", HOST, "1", "a", "0", "100", "AUTH");
    pair.same("MIGRATE", HOST, "1", "a", "0", "100", "AUTH2", "u");
    pair.same("MIGRATE", HOST, "1", "a", "0", "100", "KEYS", "b");
    pair.same("MIGRATE", HOST, "1", "", "0", "100", "KEYS");
    pair.same("MIGRATE", HOST, "1", "", "0", "100", "KEYS", "none");
    pair.same("MIGRATE", HOST, "1", "", "0", "100");
    pair.same("EXISTS", "a");
  }
}
