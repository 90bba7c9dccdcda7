package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** During CLIENT PAUSE data stays as it is: nothing expires and nothing is evicted. */
class PauseTest {
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  /** Long enough for several rounds of what goes on in the background. */
  private static final int SEVERAL_ROUNDS_MILLIS = 300;

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void whatExpiresIsHiddenAndStays(Differential pair) throws InterruptedException {
    String before = expiredKeys(pair.sampo());
    pair.say("SET stays x", "MULTI", "SET k v PX 1", "RPUSH l a", "PEXPIRE l 1");
    pair.say("CLIENT PAUSE 100000 WRITE", "EXEC");
    try {
      for (RespClient client : List.of(pair.sampo(), pair.redis())) {
        await(client, "0", "EXISTS", "k", "l");
      }
      Thread.sleep(SEVERAL_ROUNDS_MILLIS);
      pair.say("GET k", "LRANGE l 0 -1", "TYPE k", "TTL k", "KEYS *", "RANDOMKEY", "DBSIZE");
      assertEquals(before, expiredKeys(pair.sampo()));
    } finally {
      pair.same("CLIENT", "UNPAUSE");
    }
    for (RespClient client : List.of(pair.sampo(), pair.redis())) {
      await(client, "1", "DBSIZE");
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void nothingIsEvicted(Differential pair) throws InterruptedException {
    pair.config("maxmemory-policy", "allkeys-random");
    for (int i = 0; i < 50; i++) {
      pair.same("SET", "k" + i, "v");
    }
    pair.same("CLIENT", "PAUSE", "100000", "WRITE");
    try {
      pair.config("maxmemory", "1");
      Thread.sleep(SEVERAL_ROUNDS_MILLIS);
      pair.say("GET k1", "DBSIZE", "MGET k2 k3 k4");
    } finally {
      pair.same("CLIENT", "UNPAUSE");
    }
    for (RespClient client : List.of(pair.sampo(), pair.redis())) {
      await(client, "0", "DBSIZE");
    }
  }

  @Test
  void fieldsStayToo() throws InterruptedException {
    try (TestNode node = TestNode.start(new Layout(2, 2, "core"));
        RespClient client = RespClient.connect(node.port())) {
      client.expect(':', "HSET", "h", "a", "1", "b", "2");
      client.expect('+', "MULTI");
      client.expect('+', "HPEXPIRE", "h", "1", "FIELDS", "1", "a");
      client.expect('+', "CLIENT", "PAUSE", "100000", "WRITE");
      client.expect('*', "EXEC");
      await(client, "0", "HEXISTS", "h", "a");
      Thread.sleep(SEVERAL_ROUNDS_MILLIS);
      assertEquals("2", client.call("HLEN", "h").text());
      client.expect('+', "CLIENT", "UNPAUSE");
      await(client, "1", "HLEN", "h");
    }
  }

  private static void await(RespClient client, String wanted, String... command) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!client.call(command).text().equals(wanted)) {
      assertTrue(System.nanoTime() < deadline, "never " + wanted);
      Thread.onSpinWait();
    }
  }

  private static String expiredKeys(RespClient client) {
    return client
        .call("INFO", "stats")
        .text()
        .lines()
        .filter(line -> line.startsWith("expired_keys:"))
        .findFirst()
        .orElseThrow();
  }
}
