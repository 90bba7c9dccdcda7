package io.sampo.replication;

import static io.sampo.testkit.Followers.await;
import static io.sampo.testkit.Followers.awaitCaughtUp;
import static io.sampo.testkit.Followers.awaitLink;
import static io.sampo.testkit.Followers.follow;
import static io.sampo.testkit.Followers.info;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a master does for its replicas, and with them, besides sending them its data. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServingReplicasTest {
  private static final String MIB = "x".repeat(1 << 20);

  private final List<AutoCloseable> open = new ArrayList<>();
  private int port;
  private RespClient client;

  @BeforeEach
  void start() {
    port =
        keep(TestNode.start(
                new Layout(2, 2, "core"),
                Map.of("repl-diskless-sync-delay", 0, "enable-debug-command", "yes")))
            .port();
    client = keep(RespClient.connect(port));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  @Test
  void writesCanWaitForReplicas() {
    assertEquals(0, client.call("WAIT", "1", "20").number());
    RespClient redis = redis();
    for (int i = 0; i < 20; i++) {
      client.expect('+', "SET", "k", "" + i);
      assertEquals(1, client.call("WAIT", "1", "5000").number());
      assertEquals("" + i, redis.call("GET", "k").text());
    }
    client.expect('+', "SET", "k", "more");
    assertEquals(1, client.call("WAIT", "2", "50").number(), "there is but one");
    client.expect('+', "MULTI");
    client.send("WAIT", "2", "0");
    client.send("EXEC");
    assertEquals("QUEUED", client.read().text());
    assertEquals(1, client.read().elements().size(), "nothing waits in a transaction");
    List<WireReply> role = client.call("ROLE").elements();
    assertEquals("master", role.get(0).text());
    assertEquals(1, role.get(2).elements().size());
  }

  @Test
  void writesCanBeRefusedWithoutReplicas() {
    RespClient queueing = keep(RespClient.connect(port));
    queueing.expect('+', "MULTI");
    queueing.expect('+', "SET", "k", "v");
    client.expect('+', "CONFIG", "SET", "min-replicas-to-write", "1");
    assertEquals(
        "NOREPLICAS Not enough good replicas to write.",
        client.expect('-', "SET", "k", "v").text());
    assertEquals(
        "EXECABORT Transaction discarded because of: NOREPLICAS Not enough good replicas to write.",
        queueing.expect('-', "EXEC").text());
    assertEquals("0", info(client, "replication").get("min_slaves_good_slaves"));
    client.expect('_', "GET", "k");
    redis();
    await("a good replica", () -> client.call("SET", "k", "v").type() == '+');
    assertEquals("1", info(client, "replication").get("min_slaves_good_slaves"));
    client.expect(':', "CLIENT", "KILL", "TYPE", "replica");
    client.expect('+', "CONFIG", "SET", "min-slaves-to-write", "0");
    client.expect('+', "SET", "k", "v");
  }

  @Test
  void whoReadsTooSlowlyIsCutOff() {
    client.expect('+', "CONFIG", "SET", "client-output-buffer-limit", "replica 2mb 0 0");
    try (RespClient slow = RespClient.connect(port)) {
      slow.expect('+', "REPLCONF", "listening-port", "1", "capa", "eof", "capa", "psync2");
      slow.send("PSYNC", "?", "-1");
      await(
          "online",
          () -> info(client, "replication").getOrDefault("slave0", "").contains("online"));
      slow.raw(RespClient.encode("REPLCONF", "ACK", "0"));
      await(
          "cut off",
          () -> {
            client.expect('+', "SET", "k", MIB);
            return info(client, "replication").get("connected_slaves").equals("0");
          });
      assertEquals("1", info(client, "stats").get("client_output_buffer_limit_disconnections"));
    }
  }

  @Test
  void messagesReachTheSubscribersOfReplicas() {
    RespClient redis = redis();
    redis.send("SUBSCRIBE", "news");
    redis.read();
    client.call("PUBLISH", "news", "hello");
    assertEquals(List.of("message", "news", "hello"), redis.read().texts());
  }

  @Test
  void anotherHistoryTakesACopy() {
    RespClient redis = redis();
    String id = info(client, "replication").get("master_replid");
    client.expect('+', "DEBUG", "CHANGE-REPL-ID");
    assertNotEquals(id, info(client, "replication").get("master_replid"));
    client.expect(':', "CLIENT", "KILL", "TYPE", "replica");
    await("a second copy", () -> info(client, "stats").get("sync_full").equals("2"));
    awaitUp(redis);
    // An id that nobody has is refused each time; the first is that of the fresh replica.
    assertEquals("2", info(client, "stats").get("sync_partial_err"));
    assertEquals("0", info(client, "stats").get("sync_partial_ok"));
  }

  @Test
  void theBacklogIsGivenUpInTheEnd() {
    RespClient redis = redis();
    client.expect('+', "CONFIG", "SET", "repl-backlog-ttl", "1");
    assertEquals("1", info(client, "replication").get("repl_backlog_active"));
    String id = info(client, "replication").get("master_replid");
    redis.expect('+', "REPLICAOF", "NO", "ONE");
    await("given up", () -> info(client, "replication").get("repl_backlog_active").equals("0"));
    assertNotEquals(id, info(client, "replication").get("master_replid"));
  }

  @Test
  void clientsAreToldFromReplicas() {
    redis();
    await(
        "in the list",
        () -> client.call("CLIENT", "LIST", "TYPE", "replica").text().contains(" flags=S "));
    assertEquals("1", info(client, "clients").get("connected_clients"));
    try (RespClient raw = RespClient.connect(port)) {
      raw.expect('+', "REPLCONF", "capa", "eof", "capa", "psync2");
      raw.send("PSYNC", "?", "-1");
      await("two", () -> info(client, "replication").get("connected_slaves").equals("2"));
    }
    await("one again", () -> info(client, "replication").get("connected_slaves").equals("1"));
  }

  @Test
  void redisCliSavesAFileFromHere(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(RedisProcess.onPath("redis-cli"), "no redis-cli on the PATH");
    for (int i = 0; i < 1000; i++) {
      client.expect('+', "SET", "key:" + i, "value");
    }
    Path file = folder.resolve("got.rdb");
    assertEquals(0, cli("--rdb", file.toString()));
    assertTrue(Files.size(file) > 1000, "hardly anything in it");
    if (RedisProcess.onPath("redis-check-rdb")) {
      Process check = new ProcessBuilder("redis-check-rdb", file.toString()).start();
      String said = new String(check.getInputStream().readAllBytes());
      assertEquals(0, check.waitFor(), said);
      assertTrue(said.contains("1000 keys read"), said);
    }
    await("gone", () -> info(client, "replication").get("connected_slaves").equals("0"));
  }

  @Test
  void redisCliShowsTheStream(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(RedisProcess.onPath("redis-cli"), "no redis-cli on the PATH");
    client.expect('+', "SET", "not", "shown");
    Path out = folder.resolve("out");
    Process cli =
        new ProcessBuilder("redis-cli", "-p", "" + port, "--replica")
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      await("attached", () -> info(client, "replication").get("connected_slaves").equals("1"));
      await(
          "shown",
          () -> {
            client.expect('+', "SET", "is", "shown");
            return read(out).contains("\"SET\",\"is\",\"shown\"");
          });
      assertFalse(read(out).contains("not"), read(out));
    } finally {
      cli.destroyForcibly();
      cli.waitFor(5, TimeUnit.SECONDS);
    }
  }

  /** redis <- Sampo <- Sampo <- redis, one of them in the middle serving what it is sent. */
  @Test
  void aReplicaServesReplicas() {
    int middle =
        keep(TestNode.start(new Layout(1, 1, "core"), Map.of("repl-diskless-sync-delay", 0)))
            .port();
    RedisProcess top = keep(RedisProcess.start("--repl-diskless-sync-delay", "0"));
    RedisProcess end = keep(RedisProcess.start());
    follow(port, top.port());
    awaitLink(port);
    follow(middle, port);
    awaitLink(middle);
    follow(end.port(), middle);
    awaitLink(end.port());
    try (RespClient writer = RespClient.connect(top.port());
        RespClient reader = RespClient.connect(end.port())) {
      for (int i = 0; i < 500; i++) {
        writer.expect(':', "RPUSH", "list", "" + i);
      }
      awaitCaughtUp(top.port(), end.port());
      assertEquals(500, reader.call("LLEN", "list").number());
      assertEquals(
          info(writer, "replication").get("master_replid"),
          info(reader, "replication").get("master_replid"));
    }
  }

  private int cli(String... arguments) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("redis-cli", "-p", "" + port));
    line.addAll(List.of(arguments));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("redis-cli does not end: " + said);
    }
    return process.exitValue();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RespClient redis() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    RedisProcess redis = keep(RedisProcess.start());
    RespClient its = keep(RespClient.connect(redis.port()));
    its.expect('+', "REPLICAOF", "127.0.0.1", "" + port);
    awaitUp(its);
    return its;
  }

  private static void awaitUp(RespClient redis) {
    await("up", () -> "up".equals(info(redis, "replication").get("master_link_status")));
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.add(0, one);
    return one;
  }
}
