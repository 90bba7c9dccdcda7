package io.sampo;

import static io.sampo.testkit.Followers.await;
import static io.sampo.testkit.Followers.awaitCaughtUp;
import static io.sampo.testkit.Followers.follow;
import static io.sampo.testkit.Followers.info;
import static io.sampo.testkit.Followers.offset;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Contents;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.SmallDisk;
import io.sampo.testkit.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A snapshot that finds the disk full spoils nothing, says so, and succeeds when there is room. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullDiskTest {
  /** The data takes two of the disk's eight megabytes, and that too much room. */
  private static final int KEYS = 2000;

  private static final int TOO_MUCH = 5_000_000;

  @TempDir Path directory;
  private SmallDisk disk;

  @BeforeEach
  void mount() throws IOException {
    disk = new SmallDisk(directory.resolve("small"));
  }

  @AfterEach
  void unmount() throws IOException {
    disk.close();
  }

  private TestNode start(String... directives) {
    Map<String, Object> all = new HashMap<>();
    all.put("dir", disk.at.toString());
    all.put("rdbcompression", "no");
    all.put("repl-diskless-sync-delay", 0);
    for (int i = 0; i < directives.length; i += 2) {
      all.put(directives[i], directives[i + 1]);
    }
    return TestNode.start(new Layout(2, 1, "core"), all);
  }

  private static void fill(RespClient client) {
    String value = "x".repeat(1000);
    for (int i = 0; i < KEYS; i++) {
      client.expect('+', "SET", "key:" + i, value);
    }
  }

  private static String persistence(RespClient client, String field) {
    return info(client, "persistence").get(field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SAVE", "BGSAVE"})
  void aFileThatWasSavedStays(String command) throws IOException {
    Path file = disk.at.resolve("dump.rdb");
    try (TestNode node = start("save", "3600 1");
        RespClient client = RespClient.connect(node.port())) {
      fill(client);
      client.expect('+', "SAVE");
      byte[] saved = Files.readAllBytes(file);
      client.expect('+', "SET", "later", "1");
      Path filler = disk.fill(TOO_MUCH);
      client.expect(command.equals("SAVE") ? '-' : '+', command);
      await("failure", () -> persistence(client, "rdb_last_bgsave_status").equals("err"));
      assertEquals(
          "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist"
              + " to disk. Commands that may modify the data set are disabled, because this"
              + " instance is configured to report errors during writes if RDB snapshotting fails"
              + " (stop-writes-on-bgsave-error option). Please check the Redis logs for details"
              + " about the RDB error.",
          client.expect('-', "SET", "refused", "1").text());
      assertEquals("1", client.call("GET", "later").text());
      assertArrayEquals(saved, Files.readAllBytes(file));
      assertEquals(List.of("dump.rdb", "filler"), disk.files(""));
      client.expect('+', "CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
      client.expect('+', "SET", "taken", "1");
      client.expect('+', "CONFIG", "SET", "stop-writes-on-bgsave-error", "yes");
      Files.delete(filler);
      client.expect('+', "SAVE");
      client.expect('+', "SET", "last", "1");
    }
    try (TestNode node = start();
        RespClient client = RespClient.connect(node.port())) {
      assertEquals(KEYS + 3, client.call("DBSIZE").number());
      assertEquals(0, client.call("EXISTS", "refused").number());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void aRewriteThatFailsLosesNothing(String preamble) throws IOException {
    String[] appending = {"appendonly", "yes", "aof-use-rdb-preamble", preamble};
    try (TestNode node = start(appending);
        RespClient client = RespClient.connect(node.port())) {
      fill(client);
      Path filler = disk.fill(TOO_MUCH);
      client.expect('+', "BGREWRITEAOF");
      await("failure", () -> persistence(client, "aof_last_bgrewrite_status").equals("err"));
      // There is still room for what is merely appended.
      client.expect('+', "SET", "meanwhile", "1");
      assertEquals("ok", persistence(client, "aof_last_write_status"));
      Files.delete(filler);
      client.expect('+', "SET", "later", "1");
      client.expect('+', "BGREWRITEAOF");
      await("success", () -> persistence(client, "aof_last_bgrewrite_status").equals("ok"));
      client.expect('+', "SET", "last", "1");
    }
    List<String> files = disk.files("appendonlydir");
    assertTrue(files.stream().noneMatch(name -> name.startsWith("temp")), files.toString());
    try (TestNode node = start(appending);
        RespClient client = RespClient.connect(node.port())) {
      assertEquals(KEYS + 3, client.call("DBSIZE").number());
    }
  }

  @ParameterizedTest
  @CsvSource({"master", "replica"})
  void aFullCopyWaitsForRoom(String whose) throws IOException {
    boolean ofMaster = whose.equals("master");
    String other = Files.createDirectories(directory.resolve("other")).toString();
    String small = disk.at.toString();
    try (TestNode master =
            start("dir", ofMaster ? small : other, "repl-diskless-sync", ofMaster ? "no" : "yes");
        TestNode replica = start("dir", ofMaster ? other : small);
        RespClient client = RespClient.connect(master.port());
        RespClient there = RespClient.connect(replica.port())) {
      fill(client);
      there.expect('+', "SET", "old", "1");
      Path filler = disk.fill(TOO_MUCH + 2_000_000);
      follow(replica.port(), master.port());
      await("attempts", () -> Long.parseLong(info(client, "stats").get("sync_full")) > 1);
      // What was there is there until all of the other has come.
      assertEquals("1", there.call("GET", "old").text());
      Files.delete(filler);
      awaitCaughtUp(master.port(), replica.port());
      Contents.of(master.port()).assertSame(Contents.of(replica.port()));
      await("no files", () -> disk.files("").isEmpty());
    }
  }

  @Test
  void aReplicaTakesNothingThatItCannotKeep() throws IOException {
    String other = Files.createDirectories(directory.resolve("other")).toString();
    try (TestNode master = start("dir", other);
        TestNode replica = start("appendonly", "yes");
        RespClient client = RespClient.connect(master.port());
        RespClient there = RespClient.connect(replica.port())) {
      client.expect('+', "SET", "count", "0");
      follow(replica.port(), master.port());
      awaitCaughtUp(master.port(), replica.port());
      // A copy of everything is followed by a file of its own, which is scheduled at first.
      await("no file to come", () -> persistence(there, "aof_rewrite_scheduled").equals("0"));
      await("a file", () -> persistence(there, "aof_rewrite_in_progress").equals("0"));
      Path filler = disk.fill(7_500_000);
      fill(client);
      await("errors", () -> persistence(there, "aof_last_write_status").equals("err"));
      client.expect(':', "INCR", "count");
      client.expect(':', "WAIT", "1", "50");
      long stays = offset(replica.port());
      fill(client);
      client.expect(':', "WAIT", "1", "50");
      assertTrue(offset(master.port()) > offset(replica.port()));
      assertEquals(stays, offset(replica.port()), "it took more");
      Files.delete(filler);
      awaitCaughtUp(master.port(), replica.port());
      assertEquals("ok", persistence(there, "aof_last_write_status"));
      assertEquals("1", info(client, "stats").get("sync_full"));
      Contents.of(master.port()).assertSame(Contents.of(replica.port()));
    }
  }
}
