package io.sampo;

import static io.sampo.AofHome.INCREMENT;
import static io.sampo.AofHome.MANIFEST;
import static io.sampo.AofHome.ONE;
import static io.sampo.AofHome.TWO;
import static io.sampo.AofHome.await;
import static io.sampo.AofHome.awaitRewrite;
import static io.sampo.AofHome.info;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sampo.testkit.Contents;
import io.sampo.testkit.Folders;
import io.sampo.testkit.Followers;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.Workload;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A node with an append-only file has after a restart what it had, and so has a real Redis. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AppendOnlyTest {
  @TempDir private Path directory;
  private AofHome home;

  @BeforeEach
  void live() {
    home = new AofHome(directory);
  }

  private static void change(RespClient client, Workload workload, int requests) {
    for (int i = 0; i < requests; i++) {
      client.call(workload.next());
    }
    client.call(workload.last());
  }

  /** Has Redis's own tool and server look at our files, without letting it change them. */
  private void assertRedisAgrees(Contents expected) throws Exception {
    assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    Process check =
        new ProcessBuilder("redis-check-aof", home.file(MANIFEST).toString())
            .redirectErrorStream(true)
            .start();
    String report = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, check.waitFor(), report);
    Path copy = Files.createTempDirectory("sampo-aof");
    Folders.copy(home.file("appendonlydir"), copy.resolve("appendonlydir"));
    try (RedisProcess redis = RedisProcess.start("--appendonly", "yes", "--dir", copy.toString())) {
      try (RespClient client = RespClient.connect(redis.port())) {
        await(() -> !client.call("PING").isError());
      }
      Contents.of(redis.port()).assertSame(expected);
    } finally {
      Folders.delete(copy);
    }
  }

  @ParameterizedTest(name = "{0} shards, RDB base {1}, fsync {2}")
  @CsvSource({"1, yes, everysec", "2, yes, always", "2, no, no"})
  void aRestartBringsEverythingBack(int shards, String preamble, String fsync) throws Exception {
    long seed = Seed.of("append-only file");
    Layout layout = new Layout(shards, shards, "core");
    String[] directives = {
      "aof-use-rdb-preamble", preamble, "appendfsync", fsync, "aof-timestamp-enabled", "yes"
    };
    Contents before;
    try (TestNode node = home.start(layout, directives);
        RespClient client = RespClient.connect(node.port())) {
      Workload workload = new Workload(seed);
      change(client, workload, 1000);
      client.expect('+', "BGREWRITEAOF");
      change(client, workload, 1000);
      awaitRewrite(client);
      change(client, workload, 500);
      before = Contents.of(node.port());
    }
    assertTrue(before.size() > 20, "hardly any data");
    assertRedisAgrees(before);
    try (TestNode node = home.start(layout, directives)) {
      Contents.of(node.port()).assertSame(before);
    }
    try (Stream<Path> files = Files.list(home.file("appendonlydir"))) {
      assertEquals(3, files.count(), "a base, an increment and a manifest");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void weStartFromTheFilesOfRedis(String preamble) {
    assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    long seed = Seed.of("append-only file of Redis");
    Contents theirs;
    try (RedisProcess redis =
            RedisProcess.start(
                "--dir",
                directory.toString(),
                "--appendonly",
                "yes",
                "--aof-use-rdb-preamble",
                preamble,
                "--aof-timestamp-enabled",
                "yes");
        RespClient client = RespClient.connect(redis.port())) {
      Workload workload = new Workload(seed);
      change(client, workload, 1000);
      client.expect('+', "BGREWRITEAOF");
      change(client, workload, 1000);
      awaitRewrite(client);
      change(client, workload, 500);
      theirs = Contents.of(redis.port());
    }
    try (TestNode node = home.start(TWO)) {
      Contents.of(node.port()).assertSame(theirs);
    }
  }

  @Test
  void aSingleFileOfAnOlderRedisIsTakenOver() throws Exception {
    String commands = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$4\r\nINCR\r\n$1\r\na\r\n";
    Files.writeString(home.file("appendonly.aof"), commands + "*2\r\n$4\r\nINC");
    home.run(
        ONE,
        client -> {
          assertEquals("2", client.call("GET", "a").text());
          client.call("INCR", "a");
        });
    assertEquals(commands, Files.readString(home.file("appendonlydir/appendonly.aof")));
    home.run(
        ONE,
        client -> {
          assertEquals("3", client.call("GET", "a").text());
        });
  }

  @Test
  void anRdbWithCommandsBehindItIsTakenOver() throws Exception {
    home.run(
        ONE,
        client -> {
          client.call("SET", "a", "1");
          client.call("RPUSH", "list", "x", "y");
          client.expect('+', "SAVE");
        },
        "appendonly",
        "no");
    Path old = Files.move(home.file("dump.rdb"), home.file("appendonly.aof"));
    Files.writeString(old, "*2\r\n$4\r\nINCR\r\n$1\r\na\r\n", StandardOpenOption.APPEND);
    home.run(
        TWO,
        client -> {
          assertEquals("2", client.call("GET", "a").text());
          assertEquals(2, client.call("LLEN", "list").number());
        });
  }

  @Test
  void itIsSwitchedOnAndOffWhileRunning() throws Exception {
    home.run(
        TWO,
        client -> {
          client.call("SET", "before", "1");
          client.expect('+', "CONFIG", "SET", "appendonly", "yes");
          client.call("SET", "meanwhile", "1");
          awaitRewrite(client);
          client.call("SET", "after", "1");
          client.expect('+', "CONFIG", "SET", "appendonly", "no");
          client.call("SET", "unseen", "1");
        },
        "appendonly",
        "no");
    home.run(
        TWO,
        client -> {
          assertEquals(3, client.call("DBSIZE").number());
          assertEquals(0, client.call("EXISTS", "unseen").number());
          client.expect('+', "CONFIG", "SET", "appendonly", "no");
          client.call("SET", "unseen", "1");
          client.expect('+', "CONFIG", "SET", "appendonly", "yes");
          awaitRewrite(client);
          client.call("SET", "last", "1");
        },
        "appendonly",
        "yes");
    home.run(
        ONE,
        client -> {
          assertEquals(5, client.call("DBSIZE").number());
        });
  }

  @Test
  void withoutAppendingARewriteWritesTheWhole() throws Exception {
    home.run(
        ONE,
        client -> {
          client.call("SET", "a", "1");
          client.expect('+', "BGREWRITEAOF");
          awaitRewrite(client);
          assertFalse(Files.exists(home.file(INCREMENT)));
        },
        "appendonly",
        "no");
    home.run(
        ONE,
        client -> {
          assertEquals("1", client.call("GET", "a").text());
        });
  }

  @Test
  void whatIsSupersededStaysAsLongAsItIsToStay() throws Exception {
    home.run(
        ONE,
        client -> {
          client.call("SET", "a", "1");
          client.expect('+', "BGREWRITEAOF");
          awaitRewrite(client);
          assertTrue(Files.exists(home.file(INCREMENT)));
          assertTrue(
              Files.readString(home.file("appendonlydir/appendonly.aof.manifest"))
                  .contains("file appendonly.aof.1.incr.aof seq 1 type h\n"));
        },
        "aof-disable-auto-gc",
        "yes");
    home.run(
        ONE,
        client -> {
          assertEquals("1", client.call("GET", "a").text());
          assertTrue(Files.exists(home.file(INCREMENT)));
          client.expect('+', "CONFIG", "SET", "aof-disable-auto-gc", "no");
          Followers.await("deletion", () -> !Files.exists(home.file(INCREMENT)));
        },
        "aof-disable-auto-gc",
        "yes");
  }

  @Test
  void incrementsDuringARewriteAreCountedOnce() throws Exception {
    int clients = 4;
    int each = 5000;
    try (TestNode node = home.start(TWO);
        RespClient client = RespClient.connect(node.port())) {
      for (int i = 0; i < 20_000; i++) {
        client.send("SET", "filler:" + i, "x".repeat(100));
      }
      client.read(20_000);
      client.expect('+', "BGREWRITEAOF");
      List<Thread> threads =
          Stream.generate(() -> new Thread(() -> increment(node.port(), each)))
              .limit(clients)
              .toList();
      threads.forEach(Thread::start);
      while (threads.stream().anyMatch(Thread::isAlive)) {
        awaitRewrite(client);
        client.expect('+', "BGREWRITEAOF");
      }
      awaitRewrite(client);
      assertTrue(Integer.parseInt(info(client, "aof_rewrites")) > 1);
    }
    home.run(
        ONE,
        client -> {
          assertEquals("20000", client.call("GET", "counter").text());
          assertEquals(20_001, client.call("DBSIZE").number());
        });
  }

  private static void increment(int port, int times) {
    try (RespClient client = RespClient.connect(port)) {
      for (int i = 0; i < times; i++) {
        client.call("INCR", "counter");
      }
    }
  }

  @Test
  void whoeverWaitsIsToldWhatIsOnTheDisk() {
    try (TestNode node = home.start(ONE);
        RespClient client = RespClient.connect(node.port())) {
      client.call("SET", "a", "1");
      assertEquals(List.of("1", "0"), client.call("WAITAOF", "1", "0", "0").texts());
      client.call("SET", "a", "2");
      assertEquals(List.of("0", "0"), client.call("WAITAOF", "1", "1", "10").texts());
      client.expect('+', "CONFIG", "SET", "appendfsync", "always");
      client.call("SET", "a", "3");
      assertEquals(List.of("1", "0"), client.call("WAITAOF", "1", "0", "0").texts());
      client.expect('+', "CONFIG", "SET", "appendfsync", "no");
      client.call("SET", "a", "4");
      client.send("WAITAOF", "1", "0", "0");
      try (RespClient other = RespClient.connect(node.port())) {
        other.expect('+', "CONFIG", "SET", "appendonly", "no");
      }
      assertEquals(
          "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.",
          client.read().text());
    }
  }

  @Test
  void itIsLoadedInPlaceOfTheData() {
    long seed = Seed.of("DEBUG LOADAOF");
    try (TestNode node = home.start(TWO, "enable-debug-command", "yes");
        RespClient client = RespClient.connect(node.port())) {
      Workload workload = new Workload(seed);
      change(client, workload, 500);
      client.expect('+', "BGREWRITEAOF");
      change(client, workload, 500);
      awaitRewrite(client);
      Contents before = Contents.of(node.port());
      client.expect('+', "DEBUG", "LOADAOF");
      Contents.of(node.port()).assertSame(before);
    }
  }

  @Test
  void aReplicaKeepsOneToo() throws Exception {
    assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    long seed = Seed.of("append-only file of a replica");
    Contents expected;
    try (RedisProcess redis = RedisProcess.start("--repl-diskless-sync-delay", "0");
        RespClient master = RespClient.connect(redis.port());
        TestNode node = home.start(TWO, "aof-timestamp-enabled", "yes");
        RespClient replica = RespClient.connect(node.port())) {
      replica.call("SET", "gone", "1");
      Workload workload = new Workload(seed);
      change(master, workload, 500);
      replica.expect('+', "REPLICAOF", "127.0.0.1", "" + redis.port());
      change(master, workload, 500);
      await(() -> replica.call("INFO", "replication").text().contains("master_link_status:up"));
      change(master, workload, 500);
      await(() -> info(replica, "aof_rewrites").equals("1"));
      awaitRewrite(replica);
      change(master, workload, 500);
      master.call("SELECT", "0");
      master.call("SET", "last", "1");
      await(() -> replica.call("EXISTS", "last").number() == 1);
      expected = Contents.of(redis.port());
    }
    assertRedisAgrees(expected);
    try (TestNode node = home.start(ONE)) {
      Contents.of(node.port()).assertSame(expected);
    }
  }

  @Test
  void itIsRewrittenByItselfWhenItHasGrown() throws Exception {
    home.run(
        ONE,
        client -> {
          while (!info(client, "aof_rewrites").equals("1")) {
            client.call("SET", "same", "x".repeat(1000));
          }
          awaitRewrite(client);
          assertEquals("ok", info(client, "aof_last_bgrewrite_status"));
        },
        "auto-aof-rewrite-min-size",
        "10kb");
  }

  @Test
  void aRewriteIsAnsweredAsRedisDoes() throws Exception {
    home.run(
        ONE,
        client -> {
          client.call("MULTI");
          client.call("BGREWRITEAOF");
          assertEquals(
              List.of("Background append only file rewriting scheduled"),
              client.call("EXEC").texts());
          await(() -> info(client, "aof_rewrites").equals("1"));
          awaitRewrite(client);
          assertEquals(
              "Background append only file rewriting started", client.call("BGREWRITEAOF").text());
        });
  }

  @Test
  void infoHasTheFieldsOfRedis() {
    assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    try (TestNode node = home.start(ONE);
        RedisProcess redis = RedisProcess.start("--appendonly", "yes");
        RespClient ours = RespClient.connect(node.port());
        RespClient theirs = RespClient.connect(redis.port())) {
      assertEquals(aofFields(theirs), aofFields(ours));
    }
  }

  private static List<String> aofFields(RespClient client) {
    return client
        .call("INFO", "persistence")
        .text()
        .lines()
        .filter(line -> line.startsWith("aof_"))
        .map(line -> line.substring(0, line.indexOf(':')))
        .toList();
  }

  // --- what is torn or damaged
}
