package io.sampo.replication;

import static io.sampo.testkit.Followers.await;
import static io.sampo.testkit.Followers.awaitCaughtUp;
import static io.sampo.testkit.Followers.awaitLink;
import static io.sampo.testkit.Followers.follow;
import static io.sampo.testkit.Followers.info;
import static io.sampo.testkit.Followers.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.sampo.testkit.Contents;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who has been started from a file goes on where that stands, without a full copy. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContinuationTest {
  private static final String[] SAVING = {"--save", "3600 1", "--repl-diskless-sync-delay", "0"};

  @TempDir private Path directory;

  @BeforeEach
  void needsRedis() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
  }

  private RedisProcess redis(String... more) {
    return RedisProcess.start(
        Stream.concat(Stream.of(SAVING), Stream.of(more)).toArray(String[]::new));
  }

  private TestNode sampo(Map<String, ?> more) {
    Map<String, Object> directives = new HashMap<>();
    directives.put("repl-diskless-sync-delay", 0);
    directives.put("dir", directory.toString());
    directives.put("save", "3600 1");
    directives.putAll(more);
    return TestNode.start(new Layout(2, 2, "core"), directives);
  }

  private static Map<String, ?> following(int port) {
    return Map.of("replicaof", "127.0.0.1 " + port);
  }

  private static void change(RespClient client, Workload workload) {
    for (int i = 0; i < 1000; i++) {
      client.call(workload.next());
    }
    client.call(workload.last());
    // The next request is to find the right database selected.
    client.call("SELECT", "5");
    client.call("INCR", "count");
  }

  private static void assertSyncs(int port, int full, int partial) {
    Map<String, String> stats = info(port, "stats");
    assertEquals(
        full + " full, " + partial + " partial",
        stats.get("sync_full") + " full, " + stats.get("sync_partial_ok") + " partial");
  }

  @Test
  void aReplicaGoesOnWhereItWasClosed() {
    Workload workload = new Workload(Seed.of("random requests"));
    try (RedisProcess redis = redis();
        RespClient client = RespClient.connect(redis.port())) {
      change(client, workload);
      String id;
      try (TestNode sampo = sampo(following(redis.port()))) {
        awaitLink(sampo.port());
        change(client, workload);
        awaitCaughtUp(redis.port(), sampo.port());
        id = info(sampo.port(), "replication").get("master_replid");
      }
      client.call("INCR", "count");
      change(client, workload);
      try (TestNode again = sampo(following(redis.port()))) {
        awaitCaughtUp(redis.port(), again.port());
        Contents.of(redis.port()).assertSame(Contents.of(again.port()));
        assertSyncs(redis.port(), 1, 1);
        assertEquals(id, info(again.port(), "replication").get("master_replid"));
      }
    }
  }

  @Test
  void aReplicaGoesOnWhereItLastSaved() {
    Workload workload = new Workload(Seed.of("random requests"));
    try (RedisProcess redis = redis();
        RespClient client = RespClient.connect(redis.port())) {
      try (TestNode sampo = sampo(following(redis.port()))) {
        awaitLink(sampo.port());
        change(client, workload);
        awaitCaughtUp(redis.port(), sampo.port());
        ok(sampo.port(), "SAVE");
        ok(sampo.port(), "CONFIG", "SET", "save", "");
        client.call("INCR", "count");
        change(client, workload);
        awaitCaughtUp(redis.port(), sampo.port());
      }
      try (TestNode again = sampo(following(redis.port()))) {
        awaitCaughtUp(redis.port(), again.port());
        Contents.of(redis.port()).assertSame(Contents.of(again.port()));
        assertSyncs(redis.port(), 1, 1);
      }
    }
  }

  @Test
  void theReplicasOfAMasterThatIsStartedAgainGoOn() throws IOException {
    Workload workload = new Workload(Seed.of("random requests"));
    Map<String, ?> port = Map.of("port", RedisProcess.freePort());
    try (RedisProcess redis = redis();
        TestNode other = TestNode.start(new Layout(1, 1, "core"))) {
      List<Integer> replicas = List.of(redis.port(), other.port());
      String id;
      try (TestNode master = sampo(port);
          RespClient client = RespClient.connect(master.port())) {
        change(client, workload);
        replicas.forEach(replica -> follow(replica, master.port()));
        replicas.forEach(replica -> awaitCaughtUp(master.port(), replica));
        change(client, workload);
        // It expires while nobody is there to say so.
        client.expect('+', "SET", "short", "x", "PX", "300");
        id = info(master.port(), "replication").get("master_replid");
        // As nothing has to be saved afterwards, this is how it stops.
        client.send("SHUTDOWN");
        await("the end", () -> isDown(redis.port()));
      }
      await("expiry", () -> isGone(redis.port(), "short"));
      try (TestNode master = sampo(port);
          RespClient client = RespClient.connect(master.port())) {
        replicas.forEach(replica -> awaitCaughtUp(master.port(), replica));
        Map<String, String> replication = info(master.port(), "replication");
        assertEquals(id, replication.get("master_replid2"));
        assertNotEquals("0", info(master.port(), "persistence").get("rdb_last_load_keys_expired"));
        change(client, workload);
        for (int replica : replicas) {
          awaitCaughtUp(master.port(), replica);
          Contents.of(master.port()).assertSame(Contents.of(replica));
          // An expired key is not seen, but is there as long as the master has not deleted it.
          assertEquals(size(master.port()), size(replica));
        }
        assertSyncs(master.port(), 0, 2);
      }
    }
  }

  private static boolean isDown(int replica) {
    return info(replica, "replication").get("master_link_status").equals("down");
  }

  private static boolean isGone(int port, String key) {
    try (RespClient client = RespClient.connect(port)) {
      client.call("SELECT", "5");
      return client.call("EXISTS", key).number() == 0;
    }
  }

  private static long size(int port) {
    try (RespClient client = RespClient.connect(port)) {
      client.call("SELECT", "5");
      return client.call("DBSIZE").number();
    }
  }

  @Test
  void sampoGoesOnFromTheFileOfARedisAndTheOtherWayRound() {
    Workload workload = new Workload(Seed.of("random requests"));
    try (RedisProcess master = redis();
        RespClient client = RespClient.connect(master.port())) {
      try (RedisProcess replica = redis("--dir", directory.toString())) {
        follow(replica.port(), master.port());
        awaitLink(replica.port());
        change(client, workload);
        awaitCaughtUp(master.port(), replica.port());
      }
      client.call("INCR", "count");
      try (TestNode instead = sampo(following(master.port()))) {
        awaitCaughtUp(master.port(), instead.port());
        change(client, workload);
        awaitCaughtUp(master.port(), instead.port());
        Contents.of(master.port()).assertSame(Contents.of(instead.port()));
        assertSyncs(master.port(), 1, 1);
      }
      client.call("INCR", "count");
      String address = "127.0.0.1 " + master.port();
      try (RedisProcess again = redis("--dir", directory.toString(), "--replicaof", address)) {
        awaitCaughtUp(master.port(), again.port());
        Contents.of(master.port()).assertSame(Contents.of(again.port()));
        assertSyncs(master.port(), 1, 2);
      }
    }
  }

  /** Writes while nobody reads are in no stream, so that the file tells of none. */
  @Test
  void withoutReplicasThereIsNothingToGoOnFrom() {
    try (TestNode sampo = sampo(Map.of())) {
      ok(sampo.port(), "SET", "k", "v");
    }
    try (TestNode again = sampo(Map.of())) {
      Map<String, String> replication = info(again.port(), "replication");
      assertEquals("0", replication.get("repl_backlog_active"));
      assertEquals("-1", replication.get("second_repl_offset"));
    }
  }
}
