package io.sampo.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import io.sampo.testkit.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real redis-server as a replica of Sampo, while clients write data of every type. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisFollowsTest {
  private static final int WRITERS = 3;
  private static final Map<String, ?> PROMPT =
      Map.of("repl-diskless-sync-delay", 0, "enable-debug-command", "yes");

  private final List<AutoCloseable> open = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicBoolean writing = new AtomicBoolean(true);
  private final List<Future<?>> writers = new ArrayList<>();
  private TestNode sampo;
  private RespClient client;

  @BeforeEach
  void needsRedis() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
  }

  @AfterEach
  void close() throws Exception {
    writing.set(false);
    threads.shutdownNow();
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void joinsUnderLoadAndHasTheSame(int shards) throws Exception {
    start(shards, PROMPT);
    write();
    RespClient redis = follower();
    awaitUp(redis);
    awaitGrowth(20_000);
    stopWriting();
    assertSame(redis);
    assertEquals(1, stat("sync_full"));
  }

  @Test
  void storesTheOrderOfWhatIsEqual() throws Exception {
    start(1, PROMPT);
    RespClient redis = follower();
    awaitUp(redis);
    for (int i = 0; i < 3000; i++) {
      client.call("RPUSH", "list", "element:" + i);
      client.call("SADD", "set", "element:" + i);
      client.call("SET", "w:element:" + i, "" + i % 7);
    }
    for (String source : List.of("list", "set")) {
      client.expect(':', "SORT", source, "BY", "none:*", "ALPHA", "STORE", "all:" + source);
      client.expect(':', "SORT", source, "BY", "w:*", "ALPHA", "DESC", "STORE", "desc:" + source);
      client.expect(
          ':',
          "SORT",
          source,
          "BY",
          "w:*",
          "ALPHA",
          "LIMIT",
          "5",
          "1100",
          "STORE",
          "some:" + source);
      client.expect(':', "SORT", source, "BY", "w:*", "STORE", "numbers:" + source);
    }
    assertSame(redis);
  }

  @Test
  void severalJoinOneSnapshot() throws Exception {
    start(2, Map.of("repl-diskless-sync-delay", 1, "enable-debug-command", "yes"));
    write();
    List<RespClient> redis = List.of(follower(), follower(), follower());
    for (RespClient one : redis) {
      awaitUp(one);
    }
    stopWriting();
    for (RespClient one : redis) {
      assertSame(one);
    }
    assertEquals(3, stat("sync_full"));
    assertEquals(3, info("replication", "connected_slaves"));
    assertEquals(3, client.call("ROLE").elements().get(2).elements().size());
    assertEquals(3, client.call("WAIT", "3", "5000").number());
  }

  @Test
  void getsAFileIfTheMasterIsToldSo() throws Exception {
    start(
        2,
        Map.of(
            "repl-diskless-sync",
            "no",
            "repl-diskless-sync-delay",
            0,
            "enable-debug-command",
            "yes"));
    write();
    List<RespClient> redis = List.of(follower(), follower());
    for (RespClient one : redis) {
      awaitUp(one);
    }
    stopWriting();
    for (RespClient one : redis) {
      assertSame(one);
    }
  }

  @Test
  void goesOnWhereItWasWhenTheLinkIsCut() throws Exception {
    start(2, PROMPT);
    write();
    RespClient redis = follower();
    awaitUp(redis);
    for (int i = 1; i <= 5; i++) {
      int cuts = i;
      client.expect(':', "CLIENT", "KILL", "TYPE", "replica");
      await("partial resynchronisation", () -> stat("sync_partial_ok") == cuts);
      awaitUp(redis);
    }
    stopWriting();
    assertSame(redis);
    assertEquals(1, stat("sync_full"));
  }

  // --- the servers

  private void start(int shards, Map<String, ?> directives) {
    sampo = keep(TestNode.start(new Layout(shards, 2, "core"), directives));
    client = keep(RespClient.connect(sampo.port()));
  }

  private RespClient follower() {
    RedisProcess redis = keep(RedisProcess.start("--enable-debug-command", "yes"));
    RespClient its = keep(RespClient.connect(redis.port()));
    its.expect('+', "REPLICAOF", "127.0.0.1", String.valueOf(sampo.port()));
    return its;
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.add(0, one);
    return one;
  }

  private void awaitUp(RespClient redis) {
    await("the link is up", () -> has(redis, "replication", "master_link_status:up"));
  }

  private void assertSame(RespClient redis) {
    await("replica has all", () -> field(redis, "replication", "slave_repl_offset") == offset());
    // Keys may expire in between, which the replica is told a moment later.
    await(
        "equal digests and sizes",
        () ->
            digest(client).equals(digest(redis))
                && client.call("DBSIZE").equals(redis.call("DBSIZE")));
    assertTrue(client.call("DBSIZE").number() > 20, "hardly any keys");
  }

  private static String digest(RespClient of) {
    return of.expect('+', "DEBUG", "DIGEST").text();
  }

  private long offset() {
    return info("replication", "master_repl_offset");
  }

  private long stat(String name) {
    return info("stats", name);
  }

  private long info(String section, String name) {
    return field(client, section, name);
  }

  private static long field(RespClient of, String section, String name) {
    return of.call("INFO", section)
        .text()
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).strip()))
        .findFirst()
        .orElse(-1);
  }

  private static boolean has(RespClient of, String section, String line) {
    return of.call("INFO", section).text().lines().anyMatch(line::equals);
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not in time: " + what);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  // --- the load

  private void write() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("workloads from -Dtest.seed=" + seed);
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers.add(threads.submit(() -> write(new Workload(seed + writer, "w" + writer % 2))));
    }
    awaitGrowth(0);
  }

  private void write(Workload workload) {
    try (RespClient writer = RespClient.connect(sampo.port())) {
      while (writing.get()) {
        refuseNoWrite(writer.call(workload.next()));
      }
      writer.call(workload.last());
    }
  }

  private static void refuseNoWrite(WireReply reply) {
    assertTrue(
        reply.type() != '-' || !reply.text().startsWith("NOREPLICAS"), () -> "refused: " + reply);
  }

  private void stopWriting() throws InterruptedException, ExecutionException {
    writing.set(false);
    for (Future<?> writer : writers) {
      writer.get();
    }
  }

  /** Waits until the servers have done some more. */
  private void awaitGrowth(int bytes) {
    long requests = stat("total_commands_processed");
    long from = offset();
    await(
        "more writes",
        () -> stat("total_commands_processed") > requests + 500 && offset() >= from + bytes);
  }
}
