package io.sampo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.sampo.command.Command;
import io.sampo.journal.Replay;
import io.sampo.resp.Args;
import io.sampo.testkit.Contents;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.Workload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stream of requests that is replayed rebuilds the data it came from. */
class ReplayTest {
  private static final int CLIENTS = 3;
  private static final int REQUESTS = 4000;

  /** Feeds a replay piece by piece, and remembers what it is told. */
  private static final class Feeder implements Replay.Follower {
    final List<String> asides = new ArrayList<>();
    final List<String> refusals = new ArrayList<>();
    final List<Long> applied = new ArrayList<>();
    private final Semaphore ready = new Semaphore(0);
    private final Replay replay;

    Feeder(Sampo sampo, long offset) {
      sampo.node().leavesExpiryToStream(true);
      replay = sampo.node().replay(offset, this);
    }

    void feed(byte[] bytes, int from, int to) throws InterruptedException {
      replay.feed(bytes, from, to);
      assertTrue(ready.tryAcquire(20, TimeUnit.SECONDS), "a piece was not applied");
    }

    void feed(String text) throws InterruptedException {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      feed(bytes, 0, bytes.length);
    }

    @Override
    public void applied(long offset) {
      applied.add(offset);
    }

    @Override
    public void aside(Command command, Args args) {
      asides.add(command.name);
    }

    @Override
    public void refused(String command, String error) {
      refusals.add(command + ": " + error);
    }

    @Override
    public void ready() {
      ready.release();
    }
  }

  private static Sampo start(int shards, int loops) {
    String config =
        "sampo { port = 0, bind = \"127.0.0.1\", shards = " + shards + ", loops = " + loops + " }";
    return Sampo.start(ConfigFactory.parseString(config));
  }

  @ParameterizedTest(name = "{0} shards on {1} loops")
  @CsvSource({"1, 1", "2, 2", "5, 2"})
  void rebuildsTheData(int shards, int loops) throws Exception {
    long seed = Seed.of("random requests");
    try (Sampo origin = start(2, 2);
        Sampo copy = start(shards, loops)) {
      byte[] stream = record(origin, seed);
      Random random = new Random(seed);
      Feeder feeder = new Feeder(copy, 0);
      for (int at = 0; at < stream.length; ) {
        int most = random.nextInt(4) == 0 ? 10 : 20_000;
        int to = Math.min(stream.length, at + 1 + random.nextInt(most));
        feeder.feed(stream, at, to);
        assertTrue(feeder.replay.applied() <= to, "ahead of what was fed");
        at = to;
      }
      assertEquals(List.of(), feeder.refusals);
      assertEquals(stream.length, feeder.replay.applied());
      assertEquals(feeder.applied.stream().sorted().distinct().toList(), feeder.applied);
      Contents contents = Contents.of(origin.port());
      assertTrue(contents.size() > 20, "hardly anything to compare: " + contents.size());
      contents.assertSame(Contents.of(copy.port()));
    }
  }

  private static byte[] record(Sampo origin, long seed) throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    origin.node().journal().add((offset, bytes, from, length) -> stream.write(bytes, from, length));
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
      Workload workload = new Workload(seed + i);
      clients.submit(() -> change(origin.port(), workload));
    }
    clients.shutdown();
    assertTrue(clients.awaitTermination(60, TimeUnit.SECONDS));
    return stream.toByteArray();
  }

  private static void change(int port, Workload workload) {
    try (RespClient client = RespClient.connect(port)) {
      for (int i = 0; i < REQUESTS; i++) {
        client.call(workload.next());
      }
      client.call(workload.last());
    }
  }

  @Test
  void countsWholeRequestsAndTransactionsAlone() throws Exception {
    try (Sampo sampo = start(2, 1);
        RespClient client = RespClient.connect(sampo.port())) {
      Feeder feeder = new Feeder(sampo, 1000);
      String set = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n";
      feeder.feed(set);
      assertEquals(1000 + set.length(), feeder.replay.applied());
      feeder.feed("*1\r\n$5\r\nMULTI\r\n" + set.replace("1\r\na", "1\r\nb"));
      assertEquals(1000 + set.length(), feeder.replay.applied());
      assertTrue(client.call("GET", "b").isNull());
      feeder.feed("*1\r\n$4\r\nEX");
      assertEquals(1000 + set.length(), feeder.replay.applied());
      feeder.feed("EC\r\n");
      assertEquals(1000 + 2 * set.length() + 15 + 14, feeder.replay.applied());
      assertEquals("1", client.call("GET", "b").text());
    }
  }

  @Test
  void tellsWhatIsNoData() throws Exception {
    try (Sampo sampo = start(2, 2);
        RespClient client = RespClient.connect(sampo.port())) {
      Feeder feeder = new Feeder(sampo, 0);
      feeder.feed("SET a x\r\nPING\r\n#TS:1\r\nMULTI\r\nPUBLISH c m\r\nSET b y\r\nEXEC\r\n\r\n");
      assertEquals(List.of("ping", "publish"), feeder.asides);
      feeder.feed("NONSENSE 1\r\nSET a\r\nINCR a\r\nSET c z\r\n");
      assertEquals(
          List.of(
              "NONSENSE: ERR unknown command",
              "set: ERR wrong number of arguments for 'set' command",
              "INCR: ERR value is not an integer or out of range"),
          feeder.refusals);
      assertEquals(List.of("x", "y", "z"), client.call("MGET", "a", "b", "c").texts());
    }
  }

  @Test
  void carriesOutWhatIsLong() throws Exception {
    try (Sampo sampo = start(2, 1);
        RespClient client = RespClient.connect(sampo.port())) {
      Feeder feeder = new Feeder(sampo, 0);
      StringBuilder text = new StringBuilder("MULTI\r\n");
      for (int i = 0; i < 5000; i++) {
        text.append("RPUSH list ").append(i).append("\r\n");
      }
      feeder.feed(text + "EXEC\r\n");
      assertEquals(5000, client.call("LLEN", "list").number());
      feeder.feed("$9999999\r\n*1\r\n$-5\r\n");
      assertEquals("ERR Protocol error: invalid bulk length", feeder.replay.error());
    }
  }
}
