package io.sampo;

import static io.sampo.AofHome.INCREMENT;
import static io.sampo.AofHome.MANIFEST;
import static io.sampo.AofHome.ONE;
import static io.sampo.AofHome.TWO;
import static io.sampo.AofHome.await;
import static io.sampo.AofHome.info;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.SmallDisk;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a disk can do to an append-only file, and what comes of it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AppendOnlyDamageTest {
  @TempDir private Path directory;
  private AofHome home;

  @BeforeEach
  void live() {
    home = new AofHome(directory);
  }

  /** Writes some data, in transactions too; returns what the increment is then. */
  private byte[] someData() throws Exception {
    Random random = Seed.random("torn append-only file");
    home.run(
        ONE,
        client -> {
          for (int i = 0; i < 200; i++) {
            client.call("SET", "key:" + random.nextInt(50), "x".repeat(random.nextInt(40)));
            if (i % 5 == 0) {
              client.call("MULTI");
              client.call("RPUSH", "list", "item:" + i);
              client.call("INCR", "counter");
              client.call("EXEC");
            }
          }
        });
    return Files.readAllBytes(home.file(INCREMENT));
  }

  /**
   * However it is cut, a node starts from it and cuts it back to a whole request or transaction; a
   * few times here, at each of the last bytes with {@code -Dtest.rounds=1000}.
   */
  @Test
  @Timeout(value = 1200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aTornTailIsCutOffAtAWholeRequest() throws Exception {
    byte[] whole = someData();
    int rounds = Integer.getInteger("test.rounds", 30);
    int step = Math.max(1, 1000 / rounds);
    for (int cut = 1; cut <= 1000; cut += step) {
      int size = whole.length - cut;
      Files.write(home.file(INCREMENT), Arrays.copyOf(whole, size));
      try (TestNode node = home.start(ONE);
          RespClient client = RespClient.connect(node.port())) {
        assertEquals("PONG", client.call("PING").text());
      }
      byte[] left = Files.readAllBytes(home.file(INCREMENT));
      assertTrue(left.length <= size, "cut at " + size + ": " + left.length);
      assertArrayEquals(Arrays.copyOf(whole, left.length), left);
      String end = new String(left, StandardCharsets.ISO_8859_1);
      int multi = end.lastIndexOf("\r\nMULTI\r\n");
      int exec = end.lastIndexOf("\r\nEXEC\r\n");
      assertTrue(multi <= exec, "an open transaction is left at " + size);
    }
  }

  @Test
  void aTornFileStopsTheStartIfThatIsWanted() throws Exception {
    byte[] whole = someData();
    byte[] torn = Arrays.copyOf(whole, whole.length - 3);
    Files.write(home.file(INCREMENT), torn);
    String complaint = complaint("aof-load-truncated", "no");
    assertTrue(
        complaint.startsWith(
            "Unexpected end of file reading the append only file " + home.file(INCREMENT)),
        complaint);
    assertArrayEquals(torn, Files.readAllBytes(home.file(INCREMENT)));
  }

  private String complaint(String... directives) {
    return assertThrows(IllegalStateException.class, () -> home.start(ONE, directives).close())
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
  void aDamagedFileStopsTheStartAndIsLeftAsItIs(String junk, String complaint) throws Exception {
    someData();
    Files.writeString(home.file(INCREMENT), junk.replace("~", "\r\n"), StandardOpenOption.APPEND);
    Files.copy(home.file(INCREMENT), home.file("appendonlydir/appendonly.aof.2.incr.aof"));
    Files.writeString(
        home.file(MANIFEST),
        "file appendonly.aof.2.incr.aof seq 2 type i\n",
        StandardOpenOption.APPEND);
    byte[] before = Files.readAllBytes(home.file(INCREMENT));
    String message = complaint();
    assertTrue(message.contains(complaint), message);
    assertEquals(1, message.lines().count());
    assertArrayEquals(before, Files.readAllBytes(home.file(INCREMENT)));
  }

  @Test
  void aDamagedBaseStopsTheStart() throws Exception {
    someData();
    Path base = home.file("appendonlydir/appendonly.aof.1.base.rdb");
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
      try (TestNode node = home.start(TWO, directives);
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
      try (TestNode node = home.start(ONE, directives);
          RespClient client = RespClient.connect(node.port())) {
        assertEquals(size, Files.size(increment), "the file was torn");
        assertEquals("1", client.call("GET", "recovered").text());
        assertEquals(0, client.call("EXISTS", "refused").number());
        assertTrue(client.call("DBSIZE").number() >= count);
      }
    }
  }
}
