package io.sampo.replication;

import static io.sampo.testkit.Followers.awaitCaughtUp;
import static io.sampo.testkit.Followers.follow;
import static io.sampo.testkit.Followers.info;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Contents;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.Workload;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A Sampo that follows a real Redis has what that has. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FollowRedisTest {
  private static final String[] NO_DELAY = {"--repl-diskless-sync-delay", "0"};
  private static final int REQUESTS = 5000;

  @BeforeEach
  void needsRedis() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
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
    long seed = Long.getLong("sampo.seed", System.nanoTime());
    System.out.println("seed " + seed);
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
}
