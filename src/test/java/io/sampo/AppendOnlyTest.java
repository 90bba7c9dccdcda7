package io.sampo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sampo.testkit.Contents;
import io.sampo.testkit.Folders;
import io.sampo.testkit.Followers;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.SmallDisk;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import io.sampo.testkit.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A node with an append-only file has after a restart what it had, and so has a real Redis. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AppendOnlyTest {
  private static final Layout ONE = new Layout(1, 1, "core");
  private static final Layout TWO = new Layout(2, 2, "core");
  private static final String INCREMENT = "appendonlydir/appendonly.aof.1.incr.aof";
  private static final String MANIFEST = "appendonlydir/appendonly.aof.manifest";

  @TempDir Path directory;

  private TestNode start(Layout layout, String... directives) {
    Map<String, String> all = new HashMap<>();
    all.put("dir", directory.toString());
    all.put("appendonly", "yes");
    for (int i = 0; i < directives.length; i += 2) {
      all.put(directives[i], directives[i + 1]);
    }
    return TestNode.start(layout, all);
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private static String info(RespClient client, String field) {
    return client
        .call("INFO", "persistence")
        .text()
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1))
        .findFirst()
        .orElse("");
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      try {
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError("waited for too long", e);
      }
    }
  }

  private static void awaitRewrite(RespClient client) {
    await(
        () ->
            info(client, "aof_rewrite_in_progress").equals("0")
                && info(client, "aof_rewrite_scheduled").equals("0"));
    assertEquals("ok", info(client, "aof_last_bgrewrite_status"));
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
        new ProcessBuilder("redis-check-aof", file(MANIFEST).toString())
            .redirectErrorStream(true)
            .start();
    String report = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, check.waitFor(), report);
    Path copy = Files.createTempDirectory("sampo-aof");
    Folders.copy(file("appendonlydir"), copy.resolve("appendonlydir"));
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
    try (TestNode node = start(layout, directives);
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
    try (TestNode node = start(layout, directives)) {
      Contents.of(node.port()).assertSame(before);
    }
    try (Stream<Path> files = Files.list(file("appendonlydir"))) {
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
    try (TestNode node = start(TWO)) {
      Contents.of(node.port()).assertSame(theirs);
    }
  }

  @Test
  void aSingleFileOfAnOlderRedisIsTakenOver() throws IOException {
    String commands = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$4\r\nINCR\r\n$1\r\na\r\n";
    Files.writeString(file("appendonly.aof"), commands + "*2\r\n$4\r\nINC");
    try (TestNode node = start(ONE);
        RespClient client = RespClient.connect(node.port())) {
      assertEquals("2", client.call("GET", "a").text());
      client.call("INCR", "a");
    }
    assertEquals(commands, Files.readString(file("appendonlydir/appendonly.aof")));
    try (TestNode node = start(ONE);
        RespClient client = RespClient.connect(node.port())) {
      assertEquals("3", client.call("GET", "a").text());
    }
  }

  @Test
  void anRdbWithCommandsBehindItIsTakenOver() throws IOException {
    try (TestNode node = start(ONE, "appendonly", "no");
        RespClient client = RespClient.connect(node.port())) {
      client.call("SET", "a", "1");
      client.call("RPUSH", "list", "x", "y");
      client.expect('+', "SAVE");
    }
    Path old = Files.move(file("dump.rdb"), file("appendonly.aof"));
    Files.writeString(old, "*2\r\n$4\r\nINCR\r\n$1\r\na\r\n", StandardOpenOption.APPEND);
    try (TestNode node = start(TWO);
        RespClient client = RespClient.connect(node.port())) {
      assertEquals("2", client.call("GET", "a").text());
      assertEquals(2, client.call("LLEN", "list").number());
    }
  }

  @Test
  void itIsSwitchedOnAndOffWhileRunning() {
    try (TestNode node = start(TWO, "appendonly", "no");
        RespClient client = RespClient.connect(node.port())) {
      client.call("SET", "before", "1");
      client.expect('+', "CONFIG", "SET", "appendonly", "yes");
      client.call("SET", "meanwhile", "1");
      awaitRewrite(client);
      client.call("SET", "after", "1");
      client.expect('+', "CONFIG", "SET", "appendonly", "no");
      client.call("SET", "unseen", "1");
    }
    try (TestNode node = start(TWO, "appendonly", "yes");
        RespClient client = RespClient.connect(node.port())) {
      assertEquals(3, client.call("DBSIZE").number());
      assertEquals(0, client.call("EXISTS", "unseen").number());
      client.expect('+', "CONFIG", "SET", "appendonly", "no");
      client.call("SET", "unseen", "1");
      client.expect('+', "CONFIG", "SET", "appendonly", "yes");
      awaitRewrite(client);
      client.call("SET", "last", "1");
    }
    try (TestNode node = start(ONE);
        RespClient client = RespClient.connect(node.port())) {
      assertEquals(5, client.call("DBSIZE").number());
    }
  }

  @Test
  void withoutAppendingARewriteWritesTheWhole() {
    try (TestNode node = start(ONE, "appendonly", "no");
        RespClient client = RespClient.connect(node.port())) {
      client.call("SET", "a", "1");
      client.expect('+', "BGREWRITEAOF");
      awaitRewrite(client);
      assertFalse(Files.exists(file(INCREMENT)));
    }
    try (TestNode node = start(ONE);
        RespClient client = RespClient.connect(node.port())) {
      assertEquals("1", client.call("GET", "a").text());
    }
  }

  @Test
  void whatIsSupersededStaysAsLongAsItIsToStay() throws IOException {
    try (TestNode node = start(ONE, "aof-disable-auto-gc", "yes");
        RespClient client = RespClient.connect(node.port())) {
      client.call("SET", "a", "1");
      client.expect('+', "BGREWRITEAOF");
      awaitRewrite(client);
      assertTrue(Files.exists(file(INCREMENT)));
      assertTrue(
          Files.readString(file("appendonlydir/appendonly.aof.manifest"))
              .contains("file appendonly.aof.1.incr.aof seq 1 type h\n"));
    }
    try (TestNode node = start(ONE, "aof-disable-auto-gc", "yes");
        RespClient client = RespClient.connect(node.port())) {
      assertEquals("1", client.call("GET", "a").text());
      assertTrue(Files.exists(file(INCREMENT)));
      client.expect('+', "CONFIG", "SET", "aof-disable-auto-gc", "no");
      Followers.await("deletion", () -> !Files.exists(file(INCREMENT)));
    }
  }

  @Test
  void incrementsDuringARewriteAreCountedOnce() {
    int clients = 4;
    int each = 5000;
    try (TestNode node = start(TWO);
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
    try (TestNode node = start(ONE);
        RespClient client = RespClient.connect(node.port())) {
      assertEquals("20000", client.call("GET", "counter").text());
      assertEquals(20_001, client.call("DBSIZE").number());
    }
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
    try (TestNode node = start(ONE);
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
    try (TestNode node = start(TWO, "enable-debug-command", "yes");
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
        TestNode node = start(TWO, "aof-timestamp-enabled", "yes");
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
    try (TestNode node = start(ONE)) {
      Contents.of(node.port()).assertSame(expected);
    }
  }

  @Test
  void itIsRewrittenByItselfWhenItHasGrown() {
    try (TestNode node = start(ONE, "auto-aof-rewrite-min-size", "10kb");
        RespClient client = RespClient.connect(node.port())) {
      while (!info(client, "aof_rewrites").equals("1")) {
        client.call("SET", "same", "x".repeat(1000));
      }
      awaitRewrite(client);
      assertEquals("ok", info(client, "aof_last_bgrewrite_status"));
    }
  }

  @Test
  void aRewriteIsAnsweredAsRedisDoes() {
    try (TestNode node = start(ONE);
        RespClient client = RespClient.connect(node.port())) {
      client.call("MULTI");
      client.call("BGREWRITEAOF");
      assertEquals(
          List.of("Background append only file rewriting scheduled"), client.call("EXEC").texts());
      await(() -> info(client, "aof_rewrites").equals("1"));
      awaitRewrite(client);
      assertEquals(
          "Background append only file rewriting started", client.call("BGREWRITEAOF").text());
    }
  }

  @Test
  void infoHasTheFieldsOfRedis() {
    assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    try (TestNode node = start(ONE);
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

  /** Writes some data, in transactions too; returns what the increment is then. */
  private byte[] someData() throws IOException {
    Random random = Seed.random("torn append-only file");
    try (TestNode node = start(ONE);
        RespClient client = RespClient.connect(node.port())) {
      for (int i = 0; i < 200; i++) {
        client.call("SET", "key:" + random.nextInt(50), "x".repeat(random.nextInt(40)));
        if (i % 5 == 0) {
          client.call("MULTI");
          client.call("RPUSH", "list", "item:" + i);
          client.call("INCR", "counter");
          client.call("EXEC");
        }
      }
    }
    return Files.readAllBytes(file(INCREMENT));
  }

  /**
   * However it is cut, a node starts from it and cuts it back to a whole request or transaction; a
   * few times here, at each of the last bytes with {@code -Dtest.rounds=1000}.
   */
  @Test
  @Timeout(value = 1200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aTornTailIsCutOffAtAWholeRequest() throws IOException {
    byte[] whole = someData();
    int rounds = Integer.getInteger("test.rounds", 30);
    int step = Math.max(1, 1000 / rounds);
    for (int cut = 1; cut <= 1000; cut += step) {
      int size = whole.length - cut;
      Files.write(file(INCREMENT), Arrays.copyOf(whole, size));
      try (TestNode node = start(ONE);
          RespClient client = RespClient.connect(node.port())) {
        assertEquals("PONG", client.call("PING").text());
      }
      byte[] left = Files.readAllBytes(file(INCREMENT));
      assertTrue(left.length <= size, "cut at " + size + ": " + left.length);
      assertArrayEquals(Arrays.copyOf(whole, left.length), left);
      String end = new String(left, StandardCharsets.ISO_8859_1);
      int multi = end.lastIndexOf("\r\nMULTI\r\n");
      int exec = end.lastIndexOf("\r\nEXEC\r\n");
      assertTrue(multi <= exec, "an open transaction is left at " + size);
    }
  }

  @Test
  void aTornFileStopsTheStartIfThatIsWanted() throws IOException {
    byte[] whole = someData();
    byte[] torn = Arrays.copyOf(whole, whole.length - 3);
    Files.write(file(INCREMENT), torn);
    String complaint = complaint("aof-load-truncated", "no");
    assertTrue(
        complaint.startsWith(
            "Unexpected end of file reading the append only file " + file(INCREMENT)),
        complaint);
    assertArrayEquals(torn, Files.readAllBytes(file(INCREMENT)));
  }

  private String complaint(String... directives) {
    return assertThrows(IllegalStateException.class, () -> start(ONE, directives).close())
        .getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*1~$4~PI | is truncated, but is not the last one",
        "hello~ | Bad file format reading the append only file",
        "*1~$5~HELLX~ | Unknown command 'HELLX' reading the append only file",
      })
  void aDamagedFileStopsTheStartAndIsLeftAsItIs(String junk, String complaint) throws IOException {
    someData();
    Files.writeString(file(INCREMENT), junk.replace("~", "\r\n"), StandardOpenOption.APPEND);
    Files.copy(file(INCREMENT), file("appendonlydir/appendonly.aof.2.incr.aof"));
    Files.writeString(
        file(MANIFEST), "file appendonly.aof.2.incr.aof seq 2 type i\n", StandardOpenOption.APPEND);
    byte[] before = Files.readAllBytes(file(INCREMENT));
    String message = complaint();
    assertTrue(message.contains(complaint), message);
    assertEquals(1, message.lines().count());
    assertArrayEquals(before, Files.readAllBytes(file(INCREMENT)));
  }

  @Test
  void aDamagedBaseStopsTheStart() throws IOException {
    someData();
    Path base = file("appendonlydir/appendonly.aof.1.base.rdb");
    Files.writeString(base, "REDIS0011nonsense");
    String message = complaint();
    assertTrue(message.startsWith("Bad file format reading the append only file " + base), message);
    assertEquals("REDIS0011nonsense", Files.readString(base));
    Files.delete(base);
    assertEquals(
        "Unable to obtain the AOF file " + base + ": No such file or directory", complaint());
  }

  // --- the disk

  @ParameterizedTest
  @ValueSource(strings = {"everysec", "always"})
  void aFullDiskRefusesWritesUntilThereIsRoom(String fsync) throws Exception {
    try (SmallDisk disk = new SmallDisk(directory.resolve("small"))) {
      // What gathers before the first write fails has to fit in its place.
      Path filler = disk.fill(7_600_000);
      String[] directives = {"dir", disk.at.toString(), "appendfsync", fsync};
      int count = 0;
      try (TestNode node = start(TWO, directives);
          RespClient client = RespClient.connect(node.port());
          RespClient other = RespClient.connect(node.port())) {
        String value = "x".repeat(1000);
        client.patience(500);
        String refusal = "";
        try {
          for (; refusal.isEmpty(); count++) {
            WireReply reply = client.call("SET", "key:" + count, value);
            refusal = reply.isError() ? reply.text() : "";
          }
        } catch (UncheckedIOException held) {
          // With fsync always the reply to what could not be written never came.
          assertEquals("always", fsync);
        }
        await(() -> other.call("SET", "refused", "1").isError());
        assertEquals(
            "MISCONF Errors writing to the AOF file: No space left on device",
            other.call("PING").text());
        Files.delete(filler);
        await(() -> other.call("SET", "recovered", "1").text().equals("OK"));
        assertEquals("ok", info(other, "aof_last_write_status"));
      }
      Path increment = disk.at.resolve(INCREMENT);
      long size = Files.size(increment);
      try (TestNode node = start(ONE, directives);
          RespClient client = RespClient.connect(node.port())) {
        assertEquals(size, Files.size(increment), "the file was torn");
        assertEquals("1", client.call("GET", "recovered").text());
        assertEquals(0, client.call("EXISTS", "refused").number());
        assertTrue(client.call("DBSIZE").number() >= count);
      }
    }
  }
}
