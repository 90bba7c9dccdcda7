package io.sampo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.sampo.testkit.Contents;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Workload;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was saved is there after a start, ours or Redis's; what is damaged stops it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestartTest {
  private static final int ACCOUNTS = 2000;
  private static final int BALANCE = 1000;

  @TempDir private Path directory;

  private Sampo start(String directives) {
    String config =
        "sampo { port = 0, bind = \"127.0.0.1\", dir = \"%s\", %s }"
            .formatted(directory, directives);
    return Sampo.start(ConfigFactory.parseString(config));
  }

  private static void change(int port, long seed, int requests) {
    Workload workload = new Workload(seed);
    try (RespClient client = RespClient.connect(port)) {
      for (int i = 0; i < requests; i++) {
        client.call(workload.next());
      }
      client.call(workload.last());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "3, 1", "2, 5"})
  void closeSavesAndTheNextStartLoadsWithAnyNumberOfShards(int shards, int later) {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Contents before;
    try (Sampo sampo = start("save = \"3600 1\", shards = " + shards)) {
      change(sampo.port(), seed, 5000);
      before = Contents.of(sampo.port());
    }
    try (Sampo sampo = start("shards = " + later)) {
      before.assertSame(Contents.of(sampo.port()));
    }
  }

  @Test
  void redisAndSampoStartFromEachOthersFiles() throws IOException {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Contents ours;
    try (Sampo sampo = start("save = \"3600 1\", shards = 2")) {
      change(sampo.port(), seed, 8000);
      ours = Contents.of(sampo.port());
    }
    check(directory.resolve("dump.rdb"));
    Contents theirs;
    try (RedisProcess redis = RedisProcess.start("--dir", directory.toString())) {
      awaitLoaded(redis.port());
      ours.assertSame(Contents.of(redis.port()));
      change(redis.port(), seed + 1, 8000);
      theirs = Contents.of(redis.port());
      try (RespClient client = RespClient.connect(redis.port())) {
        client.expect('+', "SAVE");
      }
    }
    try (Sampo sampo = start("shards = 2")) {
      theirs.assertSame(Contents.of(sampo.port()));
    }
  }

  private static void awaitLoaded(int port) {
    try (RespClient client = RespClient.connect(port)) {
      while (client.call("PING").type() == '-') {
        Thread.onSpinWait();
      }
    }
  }

  private static void check(Path file) throws IOException {
    if (!RedisProcess.onPath("redis-check-rdb")) {
      return;
    }
    Process process =
        new ProcessBuilder("redis-check-rdb", file.toString()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertTrue(output.contains("RDB looks OK!"), output);
    assertTrue(output.contains("Checksum OK"), output);
  }

  @ParameterizedTest
  @ValueSource(strings = {"truncated", "flipped", "foreign", "empty"})
  void aDamagedFileStopsTheStartAndStaysAsItIs(String damage) throws IOException {
    try (Sampo sampo = start("save = \"3600 1\"")) {
      change(sampo.port(), 1, 2000);
    }
    Path file = directory.resolve("dump.rdb");
    byte[] bytes = Files.readAllBytes(file);
    switch (damage) {
      case "truncated" -> bytes = Arrays.copyOf(bytes, bytes.length / 2);
      case "flipped" -> bytes[bytes.length - 1] ^= 1;
      case "foreign" -> bytes = "no RDB at all".getBytes();
      default -> bytes = new byte[0];
    }
    Files.write(file, bytes);
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> start("save = \"1 0\", hz = 500"));
    assertTrue(e.getMessage().contains(file + ", which is left as it is: "), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
    assertArrayEquals(bytes, Files.readAllBytes(file));
  }

  /** The file is a pipe here, so that loading goes on for as long as this likes. */
  @Test
  void clientsAreRefusedWhileDataIsLoaded() throws Exception {
    try (Sampo sampo = start("save = \"3600 1\"");
        RespClient client = RespClient.connect(sampo.port())) {
      List<String[]> sets = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        sets.add(new String[] {"SET", "key:" + i, "some value of some length " + i});
      }
      client.raw(RespClient.encode(sets));
      client.read(sets.size());
    }
    Path file = directory.resolve("dump.rdb");
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
    int port = RedisProcess.freePort();
    String config =
        "sampo { port = %d, bind = \"127.0.0.1\", dir = \"%s\" }".formatted(port, directory);
    CompletableFuture<Sampo> starting =
        CompletableFuture.supplyAsync(() -> Sampo.start(ConfigFactory.parseString(config)));
    try (OutputStream pipe = Files.newOutputStream(file)) {
      pipe.write(bytes, 0, bytes.length / 2);
      try (RespClient client = awaitOpen(port)) {
        assertEquals(
            "LOADING Redis is loading the dataset in memory",
            client.expect('-', "GET", "key:1").text());
        String info = client.call("INFO", "persistence").text();
        assertTrue(info.contains("loading:1"), info);
        assertTrue(info.contains("loading_loaded_perc:"), info);
        assertTrue(info.contains("loading_rdb_used_mem:"), info);
      }
      assertFalse(starting.isDone());
      pipe.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
    }
    try (Sampo sampo = starting.get();
        RespClient client = RespClient.connect(sampo.port())) {
      assertEquals(20_000, client.call("DBSIZE").number());
      String info = client.call("INFO", "persistence").text();
      assertTrue(info.contains("rdb_last_load_keys_loaded:20000"), info);
      assertTrue(info.contains("loading:0"), info);
    }
  }

  private static RespClient awaitOpen(int port) {
    for (; ; ) {
      try {
        return RespClient.connect(port);
      } catch (UncheckedIOException notYet) {
        Thread.onSpinWait();
      }
    }
  }

  /** Money moves between accounts by transactions; in whatever was saved the sum is right. */
  @ParameterizedTest(name = "{0} shards on {1} loops")
  @CsvSource({"1, 1", "2, 2", "5, 2"})
  void everySavedFileIsConsistent(int shards, int loops) throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    List<Path> saved = new ArrayList<>();
    String layout = "shards = " + shards + ", loops = " + loops;
    try (Sampo sampo = start(layout);
        RespClient client = RespClient.connect(sampo.port())) {
      for (int i = 0; i < ACCOUNTS; i++) {
        client.call("SET", "account:" + i, "" + BALANCE);
        client.call("HSET", "accounts:" + i, "balance", "" + BALANCE, "pad", "x".repeat(500));
      }
      ExecutorService writers = Executors.newFixedThreadPool(3);
      for (int i = 0; i < 3; i++) {
        long seed = i;
        writers.submit(() -> transfer(sampo.port(), new Random(seed), stop));
      }
      for (int i = 0; i < 6; i++) {
        client.expect('+', "SAVE");
        Path copy = Files.createDirectories(directory.resolve("copy" + i)).resolve("dump.rdb");
        Files.copy(directory.resolve("dump.rdb"), copy);
        saved.add(copy);
      }
      stop.set(true);
      writers.shutdown();
      assertTrue(writers.awaitTermination(30, TimeUnit.SECONDS));
      client.call("FLUSHALL");
    }
    Files.delete(directory.resolve("dump.rdb"));
    try (Sampo sampo = start("shards = 2, enable-debug-command = local");
        RespClient client = RespClient.connect(sampo.port())) {
      for (Path file : saved) {
        Files.copy(file, directory.resolve("dump.rdb"));
        client.expect('+', "DEBUG", "RELOAD", "NOSAVE");
        Files.delete(directory.resolve("dump.rdb"));
        long sum = 0;
        for (int i = 0; i < ACCOUNTS; i++) {
          sum += Long.parseLong(client.call("GET", "account:" + i).text());
          sum += Long.parseLong(client.call("HGET", "accounts:" + i, "balance").text());
        }
        assertEquals(2L * ACCOUNTS * BALANCE, sum, file.toString());
      }
    }
  }

  private static void transfer(int port, Random random, AtomicBoolean stop) {
    try (RespClient client = RespClient.connect(port)) {
      while (!stop.get()) {
        int amount = random.nextInt(10);
        String from = "account:" + random.nextInt(ACCOUNTS);
        String to = "accounts:" + random.nextInt(ACCOUNTS);
        client.call("MULTI");
        client.call("DECRBY", from, "" + amount);
        client.call("HINCRBY", to, "balance", "" + amount);
        client.call("EXEC");
      }
    }
  }

  @Test
  void noTemporaryFileIsLeft() throws IOException {
    try (Sampo sampo = start("save = \"3600 1\"")) {
      change(sampo.port(), 1, 100);
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(directory.resolve("dump.rdb")), files.toList());
    }
  }
}
