package io.sampo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.WireReply;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that is killed under load has after its restart what it has acknowledged, all of it and
 * whatever {@code appendfsync} says: that is about the machine's end, not the process's. A few
 * rounds here, more with {@code -Dtest.rounds}.
 */
@Timeout(value = 1800, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AppendOnlyKillTest {
  private static final int WRITERS = 4;

  /** How long a process lives under load at least, and half the longest it does. */
  private static final int LOAD_MILLIS = 300;

  @TempDir Path directory;

  /** One client that counts in two keys at once, and remembers what it was told. */
  private static final class Writer extends Thread {
    private final int port;
    private final String key;
    private volatile long acknowledged;
    private volatile long asked;

    Writer(int port, int index, long from) {
      this.port = port;
      key = "{" + index + "}";
      asked = from;
      acknowledged = from;
    }

    @Override
    public void run() {
      try (RespClient client = RespClient.connect(port)) {
        while (!isInterrupted()) {
          asked = acknowledged + 1;
          client.send("MULTI");
          client.send("INCR", key + "a");
          client.send("INCR", key + "b");
          client.send("EXEC");
          client.read(3);
          acknowledged = Long.parseLong(client.read().texts().get(0));
        }
      } catch (UncheckedIOException killed) {
        // That is what this is about.
        assert !isInterrupted();
      }
    }
  }

  private Process launch(int port, String fsync) throws IOException {
    String classes =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("test-classes"))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    line.addAll(List.of("-cp", classes, "io.sampo.Main", "--port", "" + port));
    line.addAll(List.of("--bind", "127.0.0.1", "--shards", "2", "--loops", "2"));
    line.addAll(List.of("--dir", directory.toString(), "--appendonly", "yes"));
    line.addAll(List.of("--appendfsync", fsync, "--auto-aof-rewrite-min-size", "50kb"));
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
  }

  private RespClient connect(Process process, int port) throws IOException, InterruptedException {
    while (process.isAlive()) {
      try (RespClient client = RespClient.connect(port)) {
        if (client.call("PING").text().equals("PONG")) {
          return RespClient.connect(port);
        }
      } catch (UncheckedIOException notYet) {
        assert port > 0;
      }
      process.waitFor(10, TimeUnit.MILLISECONDS);
    }
    throw new AssertionError("it did not start: " + Files.readString(directory.resolve("log")));
  }

  @ParameterizedTest(name = "appendfsync {0}")
  @ValueSource(strings = {"always", "everysec", "no"})
  void whatWasAcknowledgedIsThere(String fsync) throws Exception {
    Random random = Seed.random("kill");
    int rounds = Integer.getInteger("test.rounds", 3);
    List<Writer> writers = List.of();
    long told = 0;
    for (int round = 0; round <= rounds; round++) {
      int port = RedisProcess.freePort();
      Process process = launch(port, fsync);
      try (RespClient client = connect(process, port)) {
        for (int i = 0; i < writers.size(); i++) {
          verify(writers.get(i), count(client, i, "a"), count(client, i, "b"));
          told += writers.get(i).acknowledged;
        }
        writers =
            IntStream.range(0, WRITERS)
                .mapToObj(i -> new Writer(port, i, count(client, i, "a")))
                .toList();
        writers.forEach(Thread::start);
        TimeUnit.MILLISECONDS.sleep(LOAD_MILLIS / 2 + random.nextInt(LOAD_MILLIS));
      } finally {
        process.destroyForcibly().waitFor();
      }
      for (Writer writer : writers) {
        writer.join();
      }
    }
    assertTrue(told > rounds, "hardly anything was written: " + told);
    System.out.println(fsync + ": nothing lost in " + rounds + " rounds");
  }

  private static void verify(Writer writer, long a, long b) {
    assertEquals(a, b, "half a transaction");
    assertTrue(a >= writer.acknowledged, writer.acknowledged + " acknowledged, " + a + " there");
    assertTrue(a <= writer.asked, writer.asked + " asked for, " + a + " there");
  }

  private static long count(RespClient client, int writer, String key) {
    WireReply count = client.call("GET", "{" + writer + "}" + key);
    return count.isNull() ? 0 : Long.parseLong(count.text());
  }
}
