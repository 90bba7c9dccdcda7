package io.sampo.replication;

import static io.sampo.testkit.Followers.await;
import static io.sampo.testkit.Followers.awaitCaughtUp;
import static io.sampo.testkit.Followers.awaitLink;
import static io.sampo.testkit.Followers.follow;
import static io.sampo.testkit.Followers.info;
import static io.sampo.testkit.Followers.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Contents;
import io.sampo.testkit.Layout;
import io.sampo.testkit.Proxy;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A Sampo that follows a real Redis has what that has. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FollowRedisTest {
  private static final int WRITERS = 3;
  private static final int REQUESTS = 5000;

  @BeforeEach
  void needsRedis() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
  }

  private static RedisProcess redis(String... more) {
    List<String> directives = new ArrayList<>(List.of(more));
    directives.addAll(List.of("--repl-diskless-sync-delay", "0", "--enable-debug-command", "yes"));
    return RedisProcess.start(directives.toArray(new String[0]));
  }

  private static TestNode sampo() {
    return TestNode.start(
        new Layout(2, 2, "core"),
        Map.of("repl-diskless-sync-delay", 0, "enable-debug-command", "yes"));
  }

  private static String stat(int port, String name) {
    return info(port, "stats").get(name);
  }

  private static void write(RespClient client, Workload workload, int requests) {
    for (int i = 0; i < requests; i++) {
      client.call(workload.next());
    }
    client.call(workload.last());
  }

  @ParameterizedTest(name = "{0} shards on {1} loops, diskless: {2}")
  @CsvSource({"1, 1, yes", "2, 2, no", "5, 2, yes"})
  void hasWhatTheMasterHas(int shards, int loops, String diskless) {
    long seed = Seed.of("random requests");
    Workload workload = new Workload(seed);
    try (RedisProcess redis =
            RedisProcess.start(
                "--repl-diskless-sync-delay", "0", "--repl-diskless-sync", diskless);
        TestNode sampo = TestNode.start(new Layout(shards, loops, "core"));
        RespClient client = RespClient.connect(redis.port())) {
      write(client, workload, REQUESTS);
      follow(sampo.port(), redis.port());
      write(client, workload, REQUESTS);
      awaitCaughtUp(redis.port(), sampo.port());
      Contents contents = Contents.of(redis.port());
      assertTrue(contents.size() > 20, "hardly anything: " + contents.size());
      contents.assertSame(Contents.of(sampo.port()));
      assertEquals("1", info(redis.port(), "stats").get("sync_full"));
      assertEquals(
          info(redis.port(), "replication").get("master_replid"),
          info(sampo.port(), "replication").get("master_replid"));
    }
  }

  @Test
  void theConnectionComesFromTheAddressThatIsWanted() {
    String[] sources = {"127.0.0.2", "192.0.2.1"};
    try (RedisProcess redis = redis("--protected-mode", "no");
        RespClient master = RespClient.connect(redis.port())) {
      for (String source : sources) {
        try (TestNode sampo =
            TestNode.start(new Layout(1, 1, "core"), Map.of("bind-source-addr", source))) {
          ok(sampo.port(), "REPLICAOF", "127.0.0.1", "" + redis.port());
          awaitLink(sampo.port());
          // One that cannot be had is none that is wanted.
          String from = source.equals(sources[0]) ? source : "127.0.0.1";
          String replica = info(master, "replication").get("slave0");
          assertTrue(replica.startsWith("ip=" + from + ","), replica);
        }
        await("nobody", () -> info(master, "replication").get("connected_slaves").equals("0"));
      }
    }
  }

  @Test
  void aBrokenLinkIsMadeAnewWithoutAFullCopy() {
    try (RedisProcess redis = redis();
        Proxy proxy = Proxy.to(redis.port());
        TestNode sampo = sampo();
        RespClient client = RespClient.connect(redis.port())) {
      follow(sampo.port(), proxy.port());
      awaitLink(sampo.port());
      client.call("SELECT", "5");
      client.call("SET", "k", "1");
      awaitCaughtUp(redis.port(), sampo.port());
      proxy.refuse(true);
      await("link down", () -> !isUp(sampo.port()));
      client.call("INCR", "k");
      client.call("SET", "other", "x");
      proxy.refuse(false);
      awaitCaughtUp(redis.port(), sampo.port());
      Contents.of(redis.port()).assertSame(Contents.of(sampo.port()));
      assertEquals("1", stat(redis.port(), "sync_full"));
      assertEquals("1", stat(redis.port(), "sync_partial_ok"));
    }
  }

  private static boolean isUp(int port) {
    return info(port, "replication").get("master_link_status").equals("up");
  }

  /** Three writers, and a link that is cut again and again: {@code -Dtest.rounds} times. */
  @Test
  @Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aLinkThatIsCutAgainAndAgain() throws Exception {
    int rounds = Integer.getInteger("test.rounds", 6);
    long pause = Long.getLong("test.pause", 300);
    long seed = Seed.of("random requests");
    AtomicBoolean enough = new AtomicBoolean();
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try (RedisProcess redis = redis("--repl-backlog-size", "256mb");
        Proxy proxy = Proxy.to(redis.port());
        TestNode sampo = sampo()) {
      follow(sampo.port(), proxy.port());
      awaitLink(sampo.port());
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        Workload workload = new Workload(seed + i, i + ":");
        ends.add(writers.submit(() -> writeUntil(enough, redis.port(), workload)));
      }
      for (int i = 0; i < rounds; i++) {
        // The time between two cuts is what this is about.
        TimeUnit.MILLISECONDS.sleep(pause);
        awaitLink(sampo.port());
        proxy.cut();
      }
      enough.set(true);
      for (Future<?> end : ends) {
        end.get(30, TimeUnit.SECONDS);
      }
      awaitCaughtUp(redis.port(), sampo.port());
      Contents.of(redis.port()).assertSame(Contents.of(sampo.port()));
      // One of the keys may expire just between the two.
      await("equal digests", () -> digest(redis.port()).equals(digest(sampo.port())));
      System.out.println(
          rounds
              + " cuts, partial: "
              + stat(redis.port(), "sync_partial_ok")
              + ", full: "
              + stat(redis.port(), "sync_full")
              + ", bytes: "
              + info(redis.port(), "replication").get("master_repl_offset"));
      assertEquals("1", stat(redis.port(), "sync_full"));
    } finally {
      enough.set(true);
      writers.shutdownNow();
    }
  }

  private static void writeUntil(AtomicBoolean enough, int port, Workload workload) {
    try (RespClient client = RespClient.connect(port)) {
      while (!enough.get()) {
        client.call(workload.next());
      }
      client.call(workload.last());
    }
  }

  @Test
  void aChainHasTheSameStream() {
    long seed = Seed.of("random requests");
    try (RedisProcess redis = redis();
        TestNode middle = sampo();
        TestNode last = sampo();
        RedisProcess end = redis();
        RespClient client = RespClient.connect(redis.port())) {
      Workload workload = new Workload(seed);
      write(client, workload, 500);
      follow(middle.port(), redis.port());
      awaitLink(middle.port());
      write(client, workload, 500);
      follow(last.port(), middle.port());
      awaitLink(last.port());
      write(client, workload, 500);
      follow(end.port(), last.port());
      awaitLink(end.port());
      write(client, workload, 1000);
      String id = info(redis.port(), "replication").get("master_replid");
      for (int port : new int[] {middle.port(), last.port(), end.port()}) {
        awaitCaughtUp(redis.port(), port);
        Contents.of(redis.port()).assertSame(Contents.of(port));
        assertEquals(id, info(port, "replication").get("master_replid"));
      }
    }
  }

  @Test
  void anAppendOnlyFileHasWhatTheMasterHas(@TempDir Path directory) {
    Map<String, Object> keeps = Map.of("appendonly", "yes", "dir", directory.toString());
    Workload workload = new Workload(Seed.of("random requests"));
    try (RedisProcess redis = redis();
        RespClient client = RespClient.connect(redis.port())) {
      write(client, workload, 500);
      try (TestNode sampo = TestNode.start(new Layout(2, 1, "core"), keeps)) {
        // What it had before is of another history.
        ok(sampo.port(), "SET", "own", "x");
        follow(sampo.port(), redis.port());
        awaitLink(sampo.port());
        write(client, workload, 500);
        await("a new file", () -> isKept(sampo.port()));
        write(client, workload, 500);
        awaitCaughtUp(redis.port(), sampo.port());
      }
      try (TestNode again = TestNode.start(new Layout(5, 2, "core"), keeps)) {
        Contents.of(redis.port()).assertSame(Contents.of(again.port()));
      }
    }
  }

  private static boolean isKept(int port) {
    Map<String, String> info = info(port, "persistence");
    return info.get("aof_enabled").equals("1")
        && info.get("aof_rewrite_in_progress").equals("0")
        && info.get("aof_rewrite_scheduled").equals("0");
  }

  @Test
  void siblingsGoOnWithThePromotedOne() {
    try (RedisProcess redis = redis();
        TestNode first = sampo();
        TestNode second = sampo();
        RedisProcess third = redis();
        RespClient client = RespClient.connect(redis.port())) {
      for (int replica : new int[] {first.port(), second.port(), third.port()}) {
        follow(replica, redis.port());
        awaitLink(replica);
      }
      client.call("SELECT", "2");
      client.call("SET", "k", "old");
      for (int replica : new int[] {first.port(), second.port(), third.port()}) {
        awaitCaughtUp(redis.port(), replica);
      }
      String id = info(redis.port(), "replication").get("master_replid");
      ok(first.port(), "REPLICAOF", "NO", "ONE");
      Map<String, String> promoted = info(first.port(), "replication");
      assertEquals("master", promoted.get("role"));
      assertEquals(id, promoted.get("master_replid2"));
      follow(second.port(), first.port());
      follow(third.port(), first.port());
      follow(redis.port(), first.port());
      try (RespClient writer = RespClient.connect(first.port())) {
        writer.expect('+', "SET", "k", "new");
      }
      for (int replica : new int[] {second.port(), third.port(), redis.port()}) {
        awaitCaughtUp(first.port(), replica);
        Contents.of(first.port()).assertSame(Contents.of(replica));
        assertEquals(
            promoted.get("master_replid"), info(replica, "replication").get("master_replid"));
      }
      assertEquals("0", stat(first.port(), "sync_full"));
      assertEquals("3", stat(first.port(), "sync_partial_ok"));
    }
  }

  @Test
  void aMasterThatIsDemotedGoesOnWithItsFormerReplica() {
    try (TestNode first = sampo();
        RedisProcess second = redis();
        RespClient client = RespClient.connect(first.port())) {
      follow(second.port(), first.port());
      awaitLink(second.port());
      client.call("SET", "k", "1");
      awaitCaughtUp(first.port(), second.port());
      ok(second.port(), "REPLICAOF", "NO", "ONE");
      ok(second.port(), "SET", "k", "2");
      follow(first.port(), second.port());
      awaitCaughtUp(second.port(), first.port());
      Contents.of(second.port()).assertSame(Contents.of(first.port()));
      assertEquals("1", stat(second.port(), "sync_partial_ok"));
      assertEquals("0", stat(second.port(), "sync_full"));
    }
  }

  private static String digest(int port) {
    try (RespClient client = RespClient.connect(port)) {
      return client.expect('+', "DEBUG", "DIGEST").text();
    }
  }
}
