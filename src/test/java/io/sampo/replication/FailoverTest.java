package io.sampo.replication;

import static io.sampo.testkit.Followers.await;
import static io.sampo.testkit.Followers.awaitCaughtUp;
import static io.sampo.testkit.Followers.awaitLink;
import static io.sampo.testkit.Followers.follow;
import static io.sampo.testkit.Followers.info;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Contents;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A master hands its role over to a replica, and no write that it acknowledged is lost. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailoverTest {
  private static final int WRITERS = 3;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void close() throws Exception {
    threads.shutdownNow();
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  @Test
  void aSampoTakesOver() throws Exception {
    int master = sampo();
    int successor = sampo();
    int other = sampo();
    follow(successor, master);
    follow(other, master);
    awaitLink(successor);
    awaitLink(other);
    handOver(master, successor);
    assertEquals("1", info(successor, "stats").get("sync_partial_ok"));
    assertEquals("0", info(successor, "stats").get("sync_full"));
    // The other one follows the old master still, which passes the new one's stream on.
    awaitCaughtUp(successor, other);
    Contents.of(successor).assertSame(Contents.of(other));
    assertEquals("1", info(master, "stats").get("sync_partial_ok"));
  }

  @Test
  void aRedisTakesOverAndHandsBack() throws Exception {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    int master = sampo();
    int redis = keep(RedisProcess.start("--repl-diskless-sync-delay", "0")).port();
    follow(redis, master);
    awaitLink(redis);
    handOver(master, redis);
    handOver(redis, master);
    assertEquals("0", info(redis, "stats").get("sync_full"));
  }

  /** Writers count up while the role changes hands; what they were told is what is there. */
  private void handOver(int from, int to) throws Exception {
    List<Future<Long>> writers = new ArrayList<>();
    String[] written = new String[WRITERS + 1];
    written[0] = "EXISTS";
    for (int i = 0; i < WRITERS; i++) {
      String key = "count" + from + ":" + i;
      written[i + 1] = key;
      writers.add(threads.submit(() -> count(from, key)));
    }
    try (RespClient client = RespClient.connect(from)) {
      await("a write by each", () -> client.call(written).number() == WRITERS);
      client.expect('+', "FAILOVER", "TO", "127.0.0.1", "" + to, "TIMEOUT", "20000");
      await("another master", () -> role(from).equals("slave") && role(to).equals("master"));
      await("the end", () -> failoverState(from).equals("no-failover"));
    }
    awaitCaughtUp(to, from);
    try (RespClient client = RespClient.connect(to)) {
      for (int i = 0; i < WRITERS; i++) {
        long counted = writers.get(i).get();
        assertTrue(counted > 0, "nothing was written");
        assertEquals(counted, client.call("GET", "count" + from + ":" + i).number());
      }
      client.expect('+', "SET", "new", "master");
    }
    awaitCaughtUp(to, from);
    Contents.of(to).assertSame(Contents.of(from));
  }

  /** Counts until the server is a master no more; returns how far it was told to have come. */
  private static long count(int port, String key) {
    try (RespClient client = RespClient.connect(port)) {
      long counted = 0;
      while (true) {
        WireReply reply = client.call("INCR", key);
        if (reply.type() != ':') {
          assertTrue(reply.text().startsWith("READONLY"), reply::toString);
          return counted;
        }
        counted = reply.number();
      }
    }
  }

  @Test
  void whoNeverHasEverythingIsWaitedForUntilTimeIsUp() {
    int master = sampo();
    try (RespClient client = RespClient.connect(master);
        RespClient writer = RespClient.connect(master);
        RespClient silent = RespClient.connect(master)) {
      silent.expect('+', "REPLCONF", "listening-port", "1", "capa", "eof", "capa", "psync2");
      silent.send("PSYNC", "?", "-1");
      await(
          "snapshot",
          () -> String.valueOf(info(client, "replication").get("slave0")).contains("state=online"));
      writer.expect('+', "SET", "a", "b");
      assertEquals("FAILOVER already in progress.", begun(client, "TO", "127.0.0.1", "1"));
      assertEquals("waiting-for-sync", failoverState(master));
      for (String host : List.of("NO", "127.0.0.1")) {
        assertEquals(
            "ERR REPLICAOF not allowed while failing over.",
            client.expect('-', "REPLICAOF", host, host.equals("NO") ? "ONE" : "1").text());
      }
      writer.send("SET", "held", "back");
      assertEquals("b", client.call("GET", "a").text(), "reading goes on");
      client.expect('+', "FAILOVER", "ABORT");
      assertEquals("OK", writer.read().text());
      assertEquals("master", role(master));

      client.expect('+', "FAILOVER", "TIMEOUT", "50");
      await("given up", () -> failoverState(master).equals("no-failover"));
      writer.expect('+', "SET", "a", "c");

      // Nobody is there at that address, and the role has been given up all the same.
      client.expect('+', "FAILOVER", "TO", "127.0.0.1", "1", "FORCE", "TIMEOUT", "50");
      await("forced", () -> failoverState(master).equals("failover-in-progress"));
      client.expect('+', "FAILOVER", "ABORT");
      await("master again", () -> role(master).equals("master"));
      writer.expect('+', "SET", "a", "d");
    }
  }

  /** Begins a failover; returns what a second attempt is told. */
  private static String begun(RespClient client, String... target) {
    String[] request = new String[target.length + 1];
    request[0] = "FAILOVER";
    System.arraycopy(target, 0, request, 1, target.length);
    client.expect('+', request);
    return client.expect('-', "FAILOVER").text().replace("ERR ", "");
  }

  @AgainstRedis(protocols = 2)
  void refusesAsRedisDoes(Differential pair) {
    pair.same("FAILOVER");
    pair.same("FAILOVER", "ABORT");
    pair.same("FAILOVER", "FORCE");
    pair.same("FAILOVER", "TIMEOUT", "0");
    pair.same("FAILOVER", "TIMEOUT", "x");
    pair.same("FAILOVER", "TIMEOUT", "1", "TIMEOUT", "1");
    pair.same("FAILOVER", "TO", "host");
    pair.same("FAILOVER", "TO", "host", "x");
    pair.same("FAILOVER", "TO", "host", "1", "TO", "host", "1");
    pair.same("FAILOVER", "ABORT", "x");
    pair.same("PSYNC", "x", "1", "FAILOVER");
    pair.same("REPLCONF", "odd");
    pair.same("REPLCONF");
    pair.same("REPLCONF", "nonsense", "1");
    pair.same("REPLCONF", "listening-port", "x");
    pair.same("REPLCONF", "rdb-filter-only", "data");
    pair.same("REPLCONF", "listening-port", "99999999999");
    pair.same("REPLCONF", "rdb-only", "x");
    pair.same("REPLCONF", "rdb-only", "2");
    pair.same("REPLCONF", "capa", "x", "capa", "eof");
    pair.same("REPLCONF", "ip-address", "1".repeat(300));
    pair.same("WAIT", "0", "0");
    pair.same("WAIT", "x", "0");
    pair.same("WAIT", "1", "-1");
    pair.same("WAIT", "1", "10");
  }

  private static String role(int port) {
    return info(port, "replication").get("role");
  }

  private static String failoverState(int port) {
    return info(port, "replication").get("master_failover_state");
  }

  private int sampo() {
    return keep(TestNode.start(new Layout(2, 2, "core"), Map.of("repl-diskless-sync-delay", 0)))
        .port();
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.add(0, one);
    return one;
  }
}
