package io.sampo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.WireReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose memory runs out, its own limit's or the JVM's, says so and goes on. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SmallHeapTest {
  private static final String OOM = "OOM command not allowed when used memory > 'maxmemory'.";

  @TempDir private Path directory;
  private Process process;
  private int port;
  private RespClient client;

  @BeforeEach
  void start() throws Exception {
    port = RedisProcess.freePort();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path").replaceAll("[^:]*test-classes:?", "");
    process =
        new ProcessBuilder(
                List.of(
                    java,
                    "-Xmx96m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    classes,
                    "io.sampo.Main",
                    "--port",
                    "" + port,
                    "--bind",
                    "127.0.0.1",
                    "--maxmemory",
                    "24mb"))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    client = connect();
  }

  @AfterEach
  void stop() throws InterruptedException {
    client.close();
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  private RespClient connect() throws Exception {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (process.isAlive() && System.nanoTime() < deadline) {
      try {
        return RespClient.connect(port);
      } catch (UncheckedIOException notYet) {
        process.waitFor(20, TimeUnit.MILLISECONDS);
      }
    }
    throw new AssertionError("no connection: " + log());
  }

  private String log() throws IOException {
    return Files.readString(directory.resolve("out"));
  }

  @Test
  void maxmemoryRefusesWritesUntilThereIsRoom() throws IOException {
    String value = "x".repeat(10_000);
    int stored = 0;
    WireReply reply = client.call("SET", "key:0", value);
    while (reply.type() == '+' && stored < 10_000) {
      reply = client.call("SET", "key:" + ++stored, value);
    }
    assertEquals(OOM, reply.text(), log());
    assertTrue(stored > 2000, "only " + stored);
    assertEquals(OOM, client.call("APPEND", "key:1", "more").text());
    assertEquals(value, client.call("GET", "key:1").text());
    assertEquals(1, client.call("DEL", "key:1").number());
    assertEquals(1, client.call("DEL", "key:2").number());
    client.expect('+', "SET", "key:1", "small");
    assertEquals("small", client.call("GET", "key:1").text());
  }

  @Test
  void anAllocationTooBigForTheHeapIsRefused() throws Exception {
    client.expect('+', "SET", "here", "still");
    client.expect('+', "CONFIG", "SET", "maxmemory", "0");
    // The gap takes no heap until something is written there.
    client.expect(':', "SETRANGE", "sparse", "300000000", "x");
    for (int i = 0; i < 3; i++) {
      WireReply reply = client.call("BITOP", "NOT", "huge", "sparse");
      assertEquals("OOM the heap is too small for this command", reply.text(), this::quietLog);
    }
    assertEquals("still", client.call("GET", "here").text());
    assertEquals(0, client.call("EXISTS", "huge").number());
  }

  @Test
  void aRequestTooBigForTheHeapCostsOnlyItsConnection() throws Exception {
    client.expect('+', "SET", "here", "still");
    byte[] piece = new byte[1 << 20];
    try (RespClient greedy = RespClient.connect(port)) {
      greedy.raw("*3\r\n$3\r\nSET\r\n$4\r\nhuge\r\n$400000000\r\n");
      for (int i = 0; i < 381; i++) {
        greedy.raw(piece);
      }
      assertTrue(greedy.closedByServer());
    } catch (UncheckedIOException reset) {
      assertTrue(process.isAlive(), this::quietLog);
    }
    assertEquals("still", client.call("GET", "here").text());
  }

  @Test
  void repliesTooBigForTheHeapCostOnlyTheirConnection() throws Exception {
    client.expect('+', "SET", "big", "y".repeat(4_000_000));
    byte[] get = RespClient.encode("GET", "big");
    try (RespClient greedy = RespClient.connect(port)) {
      for (int i = 0; i < 60; i++) {
        greedy.raw(get);
      }
      greedy.finish();
      assertTrue(process.isAlive(), this::quietLog);
    } catch (UncheckedIOException reset) {
      assertTrue(process.isAlive(), this::quietLog);
    }
    assertEquals(4_000_000, client.call("STRLEN", "big").number());
  }

  private String quietLog() {
    try {
      return log();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
