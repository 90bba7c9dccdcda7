package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Followers;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SAVE, BGSAVE, LASTSAVE, save points, and what happens where there is no saving. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SaveCommandsTest {
  @TempDir private Path directory;

  @AgainstRedis
  void repliesAreRediss(Differential redis) {
    redis.same("BGSAVE", "x");
    redis.same("BGSAVE", "SCHEDULE", "SCHEDULE");
    redis.same("SAVE", "x");
    redis.same("LASTSAVE", "x");
    redis.same("SET", "k", "v");
    redis.same("SAVE");
    redis.same("BGSAVE");
    await(redis.sampo());
    await(redis.redis());
    redis.same("MULTI");
    redis.same("SAVE");
    redis.same("BGSAVE");
    redis.same("EXEC");
    redis.same("MULTI");
    redis.same("SET", "k", "v");
    redis.same("BGSAVE");
    redis.same("EXEC");
    await(redis.sampo());
    await(redis.redis());
    redis.same("BGSAVE", "schedule");
    await(redis.sampo());
    await(redis.redis());
    for (String bad : new String[] {"3600", "a b", "0 1", "-1 1", "1 -1", "1 2 3"}) {
      redis.same("CONFIG", "SET", "save", bad);
    }
    redis.same("CONFIG", "SET", "dir", "/nowhere");
    redis.same("CONFIG", "SET", "dbfilename", "x");
    redis.same("CONFIG", "SET", "rdbchecksum", "no");
    redis.same("CONFIG", "GET", "stop-writes-on-bgsave-error");
    redis.config("save", "3600 1 300 100");
    redis.same("CONFIG", "GET", "save");
  }

  private static String field(RespClient client, String name) {
    return client
        .call("INFO", "persistence")
        .text()
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  /** Also for a save that a transaction has merely scheduled, if the transaction changed data. */
  private static void await(RespClient client) {
    while (!field(client, "rdb_bgsave_in_progress").equals("0")
        || !field(client, "rdb_changes_since_last_save").equals("0")) {
      Thread.onSpinWait();
    }
  }

  private TestNode start(Map<String, ?> directives) {
    Map<String, Object> all = new HashMap<>(directives);
    all.put("dir", directory.toString());
    all.put("enable-protected-configs", "local");
    all.put("enable-debug-command", "local");
    return TestNode.start(new Layout(2, 2, "core"), all);
  }

  @Test
  void aSaveWaitsForARewriteIfThatIsAskedFor() {
    try (TestNode node = start(Map.of("save", ""));
        RespClient client = RespClient.connect(node.port())) {
      client.expect('+', "DEBUG", "POPULATE", "200000", "key", "100");
      // Read at once, so that all of it comes while the first is under way.
      client.send("BGREWRITEAOF");
      client.send("BGSAVE");
      client.send("BGSAVE", "SCHEDULE");
      client.send("BGSAVE", "SCHEDULE");
      client.send("BGSAVE");
      client.send("INFO", "persistence");
      List<String> replies = client.read(5).stream().map(WireReply::text).toList();
      String busy = "Another child process is active (AOF?): can't BGSAVE right now. ";
      assertEquals("Background append only file rewriting started", replies.get(0));
      assertTrue(replies.get(1).contains(busy), replies.get(1));
      assertEquals("Background saving scheduled", replies.get(2));
      assertEquals("Background saving scheduled", replies.get(3));
      assertTrue(replies.get(4).contains(busy), replies.get(4));
      String info = client.read().text();
      assertTrue(info.contains("rdb_bgsave_in_progress:0\r\n"), info);
      assertTrue(info.contains("aof_rewrite_in_progress:1\r\n"), info);
      assertTrue(info.contains("rdb_saves:0\r\n"), info);
      Followers.await("a save", () -> field(client, "rdb_last_bgsave_time_sec").charAt(0) != '-');
      assertEquals("1", field(client, "rdb_saves"));
      assertEquals("1", field(client, "aof_rewrites"));
    }
  }

  @Test
  void savePointsSaveByThemselves() {
    try (TestNode node = start(Map.of("save", "1 3", "hz", 100));
        RespClient client = RespClient.connect(node.port())) {
      client.call("MSET", "a", "1", "b", "2");
      assertEquals("0", field(client, "rdb_saves"));
      client.call("SET", "c", "3");
      await(client);
      assertTrue(Files.exists(directory.resolve("dump.rdb")));
      assertEquals("1", field(client, "rdb_saves"));
      assertEquals("ok", field(client, "rdb_last_bgsave_status"));
      client.call("SET", "c", "4");
      assertEquals("1", field(client, "rdb_changes_since_last_save"));
    }
  }

  @Test
  void whereItCannotBeSavedWritesAreRefusedUntilItCan() throws IOException {
    Path gone = Files.createDirectory(directory.resolve("gone"));
    try (TestNode node = start(Map.of("save", "3600 1000000"));
        RespClient client = RespClient.connect(node.port())) {
      client.expect('+', "CONFIG", "SET", "dir", gone.toString());
      client.expect('+', "SET", "k", "v");
      Files.delete(gone);
      assertEquals("ERR", client.expect('-', "SAVE").text());
      assertEquals("err", field(client, "rdb_last_bgsave_status"));
      assertTrue(client.expect('-', "SET", "k", "w").text().startsWith("MISCONF "));
      assertTrue(client.expect('-', "PING").text().startsWith("MISCONF "));
      assertEquals("v", client.call("GET", "k").text());
      client.expect('+', "MULTI");
      assertTrue(client.expect('-', "DEL", "k").text().startsWith("MISCONF "));
      assertTrue(client.expect('-', "EXEC").text().startsWith("EXECABORT "));
      client.expect('+', "CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
      client.expect('+', "SET", "k", "x");
      client.expect('+', "CONFIG", "SET", "stop-writes-on-bgsave-error", "yes", "save", "");
      client.expect('+', "SET", "k", "y");
      client.expect('+', "CONFIG", "SET", "save", "3600 1000000");
      assertTrue(client.expect('-', "SHUTDOWN", "SAVE").text().startsWith("ERR Errors trying to"));
      Files.createDirectory(gone);
      client.expect('+', "SAVE");
      client.expect('+', "SET", "k", "z");
      // As in Redis, those that failed count.
      assertEquals("3", field(client, "rdb_saves"));
      assertTrue(Files.exists(gone.resolve("dump.rdb")));
    }
  }

  @Test
  void aFailureLeavesTheOldFileAlone() throws IOException {
    try (TestNode node = start(Map.of());
        RespClient client = RespClient.connect(node.port())) {
      client.call("SET", "k", "v");
      client.expect('+', "SAVE");
      byte[] before = Files.readAllBytes(directory.resolve("dump.rdb"));
      client.call("SET", "k", "w");
      // A directory in the file's place cannot be replaced by one.
      client.expect('+', "CONFIG", "SET", "dbfilename", "taken");
      Files.createDirectories(directory.resolve("taken").resolve("by something"));
      client.expect('-', "SAVE");
      assertEquals(2, count(), "no temporary file is left");
      assertArrayEquals(before, Files.readAllBytes(directory.resolve("dump.rdb")));
    }
  }

  private long count() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " NOSAVE", " NOSAVE NOFLUSH MERGE", " NOSAVE MERGE"})
  void debugReloadBringsEverythingBack(String options) {
    try (TestNode node = start(Map.of());
        RespClient client = RespClient.connect(node.port())) {
      client.call("MSET", "a", "1", "b", "two", "c", "x".repeat(10_000));
      client.call("RPUSH", "list", "1", "2", "3");
      client.call("HSET", "hash", "f", "v");
      client.call("PEXPIREAT", "a", "4102444800000");
      client.call("ZADD", "zset", "1", "m");
      client.call("XADD", "stream", "*", "f", "v");
      client.call("SELECT", "5");
      client.call("SADD", "set", "1", "2", "x");
      client.expect('+', "SAVE");
      String digest = client.call("DEBUG", "DIGEST").text();
      client.expect('+', ("DEBUG RELOAD" + options).split(" "));
      assertEquals(digest, client.call("DEBUG", "DIGEST").text());
      client.call("SELECT", "0");
      assertEquals(4102444800000L, client.call("PEXPIRETIME", "a").number());
    }
  }

  @Test
  void debugReloadRefusesWhatItCannotDo() {
    try (TestNode node = start(Map.of());
        RespClient client = RespClient.connect(node.port())) {
      client.call("SET", "a", "1");
      assertEquals(
          "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
          client.expect('-', "DEBUG", "RELOAD", "x").text());
      client.expect('-', "DEBUG", "RELOAD", "NOSAVE", "NOFLUSH");
      assertEquals("1", client.call("GET", "a").text());
    }
  }

  @Test
  void whoEmbedsANodeHasNothingSavedUnasked() {
    try (TestNode node = start(Map.of());
        RespClient client = RespClient.connect(node.port())) {
      assertEquals("", client.call("CONFIG", "GET", "save").texts().get(1));
      client.call("SET", "k", "v");
    }
    assertFalse(Files.exists(directory.resolve("dump.rdb")));
  }
}
