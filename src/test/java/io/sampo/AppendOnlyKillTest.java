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
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process that is killed under load has after its restart what it has acknowledged: all of it
 * with {@code appendfsync always}, all but the last moments with {@code everysec}. A few rounds
 * here, more with {@code -Dtest.rounds}.
 */
@Timeout(value = 1800, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AppendOnlyKillTest {
  private static final int WRITERS = 4;

  @TempDir Path directory;

  /** One client that counts in two keys at once, and remembers when it was told so. */
  private static final class Writer extends Thread {
    private record Told(long count, long at) {}

    private final int port;
    private final String key;
    private final Told[] all = new Told[1 << 17];
    private volatile int told;
    private volatile long asked;

    Writer(int port, int index, long from) {
      this.port = port;
      key = "{" + index + "}";
      asked = from;
      all[0] = new Told(from, Long.MIN_VALUE);
      told = 1;
    }

    @Override
    public void run() {
      try (RespClient client = RespClient.connect(port)) {
        while (told < all.length) {
          asked++;
          client.send("MULTI");
          client.send("INCR", key + "a");
          client.send("INCR", key + "b");
          client.send("EXEC");
          client.read(3);
          List<String> counts = client.read().texts();
          all[told] = new Told(Long.parseLong(counts.get(0)), System.nanoTime());
          told++;
        }
      } catch (UncheckedIOException killed) {
        // That is what this is about.
        assert !isInterrupted();
      }
    }

    /** The last count that it was told of before a moment. */
    long acknowledged(long until) {
      int i = told - 1;
      while (all[i].at > until) {
        i--;
      }
      return all[i].count;
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
  @CsvSource({"always, 0, 300", "everysec, 1000, 2500"})
  void whatWasAcknowledgedIsThere(String fsync, long lossMillis, int loadMillis) throws Exception {
    Random random = Seed.random("kill");
    int rounds = Integer.getInteger("test.rounds", 3);
    List<Writer> writers = List.of();
    long until = 0;
    for (int round = 0; round <= rounds; round++) {
      int port = RedisProcess.freePort();
      Process process = launch(port, fsync);
      try (RespClient client = connect(process, port)) {
        for (int i = 0; i < writers.size(); i++) {
          verify(writers.get(i), until, count(client, i, "a"), count(client, i, "b"));
        }
        writers =
            IntStream.range(0, WRITERS)
                .mapToObj(i -> new Writer(port, i, count(client, i, "a")))
                .toList();
        writers.forEach(Thread::start);
        TimeUnit.MILLISECONDS.sleep(loadMillis / 2 + random.nextInt(loadMillis));
        until = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(lossMillis);
      } finally {
        process.destroyForcibly().waitFor();
      }
      for (Writer writer : writers) {
        writer.join();
      }
      until = lossMillis == 0 ? System.nanoTime() : until;
    }
  }

  private static void verify(Writer writer, long until, long a, long b) {
    assertEquals(a, b, "half a transaction");
    long acknowledged = writer.acknowledged(until);
    assertTrue(a >= acknowledged, acknowledged + " acknowledged, " + a + " there");
    assertTrue(a <= writer.asked, writer.asked + " asked for, " + a + " there");
  }

  private static long count(RespClient client, int writer, String key) {
    WireReply count = client.call("GET", "{" + writer + "}" + key);
    return count.isNull() ? 0 : Long.parseLong(count.text());
  }
}
