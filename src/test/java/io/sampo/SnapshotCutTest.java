package io.sampo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.sampo.persist.SnapshotSink;
import io.sampo.testkit.Contents;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Workload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A snapshot that is taken while clients change everything is what was there at its instant: a
 * Redis that loads it holds the same as one that was told the effects up to that instant.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SnapshotCutTest {
  private static final int CLIENTS = 3;
  private static final int SNAPSHOTS = 4;

  /** More are taken, for some may come right after a FLUSHALL and hold next to nothing. */
  private static final int SPARE = 2;

  private static final int STILL = 20_000;

  /** Elements of a collection that is not encoded at once. */
  private static final int BIG = 5_000;

  /** Keeps a snapshot, and how much of the journal there was at its instant. */
  private static final class Keeper implements SnapshotSink {
    private final ByteArrayOutputStream journal;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CountDownLatch ended = new CountDownLatch(1);
    private int cut;

    Keeper(ByteArrayOutputStream journal) {
      this.journal = journal;
    }

    @Override
    public Map<String, String> cut() {
      cut = journal.size();
      return Map.of("mark", "of this test");
    }

    @Override
    public void chunk(byte[] chunk) {
      bytes.writeBytes(chunk);
    }

    @Override
    public void done(long copied) {
      ended.countDown();
    }

    @Override
    public void failed(Throwable cause) {
      throw new AssertionError(cause);
    }
  }

  @ParameterizedTest(name = "{0} shards on {1} loops")
  @CsvSource({"1, 1", "2, 2", "5, 2"})
  void isWhatWasThereAtItsInstant(int shards, int loops, @TempDir Path directory) throws Exception {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    String config =
        "sampo { port = 0, bind = \"127.0.0.1\", shards = %d, loops = %d, dir = \"%s\" }"
            .formatted(shards, loops, directory);
    ByteArrayOutputStream journal = new ByteArrayOutputStream();
    List<Keeper> kept = new ArrayList<>();
    try (Sampo sampo = Sampo.start(ConfigFactory.parseString(config))) {
      sampo
          .node()
          .journal()
          .add((offset, bytes, from, length) -> journal.write(bytes, from, length));
      fill(sampo.port());
      AtomicBoolean stop = new AtomicBoolean();
      ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
      for (int i = 0; i < CLIENTS; i++) {
        long its = seed + i;
        clients.submit(() -> change(sampo.port(), its, stop));
      }
      for (int i = 0; i < SNAPSHOTS + SPARE; i++) {
        Thread.sleep(300);
        Keeper keeper = new Keeper(journal);
        kept.add(keeper);
        sampo.node().snapshots.take(keeper);
        assertTrue(keeper.ended.await(30, TimeUnit.SECONDS), "the snapshot ends");
      }
      stop.set(true);
      clients.shutdown();
      assertTrue(clients.awaitTermination(60, TimeUnit.SECONDS));
    }
    byte[] effects = journal.toByteArray();
    int full = 0;
    for (Keeper keeper : kept) {
      full += compare(keeper, effects, directory) > 10 ? 1 : 0;
    }
    assertTrue(full >= SNAPSHOTS, "hardly anything to compare");
    assertTrue(kept.get(kept.size() - 1).cut > kept.get(0).cut, "data was changed meanwhile");
  }

  private static void fill(int port) {
    try (RespClient client = RespClient.connect(port)) {
      List<String[]> sets = new ArrayList<>();
      for (int i = 0; i < STILL; i++) {
        sets.add(new String[] {"SET", "still:" + i, "value " + i});
      }
      for (int i = 0; i < BIG; i++) {
        sets.add(new String[] {"HSET", "big:hash", "field" + i, "value " + i});
        sets.add(new String[] {"SADD", "big:set", "member " + i});
        sets.add(new String[] {"ZADD", "big:zset", i + ".5", "member " + i});
        sets.add(new String[] {"RPUSH", "big:list", "element number " + i});
        sets.add(new String[] {"XADD", "big:stream", "*", "field", "value number " + i});
      }
      sets.add(new String[] {"SET", "big:string", "0123456789".repeat(BIG * 2)});
      client.raw(RespClient.encode(sets));
      client.read(sets.size());
    }
  }

  private static void change(int port, long seed, AtomicBoolean stop) {
    Workload workload = new Workload(seed);
    Random random = new Random(seed);
    try (RespClient client = RespClient.connect(port)) {
      while (!stop.get()) {
        client.call(workload.next());
        if (random.nextInt(2000) == 0) {
          client.call("SWAPDB", "0", "3");
        } else if (random.nextInt(4000) == 0) {
          client.call(random.nextBoolean() ? "FLUSHDB" : "FLUSHALL");
        } else if (random.nextInt(3) == 0) {
          client.call(onBig(random, random.nextInt(BIG)));
        } else if (random.nextInt(4) == 0) {
          int some = random.nextInt(STILL);
          client.call(random.nextBoolean() ? "APPEND" : "DEL", "still:" + some, "more");
        }
      }
      client.call(workload.last());
    }
  }

  private static String[] onBig(Random random, int n) {
    String line =
        switch (random.nextInt(10)) {
          case 0 -> "HINCRBY big:hash counter" + n + " 1";
          case 1 -> "HDEL big:hash field" + n;
          case 2 -> "SADD big:set another" + n;
          case 3 -> "SPOP big:set 2";
          case 4 -> "ZINCRBY big:zset " + n + " member" + n;
          case 5 -> "ZPOPMIN big:zset";
          case 6 -> "LPUSH big:list another" + n;
          case 7 -> "LINSERT big:list BEFORE another" + n + " inserted";
          case 8 -> "XADD big:stream * field another" + n;
          default -> "SETRANGE big:string " + n + " " + n;
        };
    return line.split(" ");
  }

  /** Returns how much there was to compare. */
  private static int compare(Keeper keeper, byte[] effects, Path directory) throws IOException {
    Path cut = Files.createTempDirectory(directory, "cut");
    Files.write(cut.resolve("cut.rdb"), keeper.bytes.toByteArray());
    // A server that loads an append-only file lets nothing expire but by what that says.
    Path files = Files.createDirectory(cut.resolve("appendonlydir"));
    Files.write(files.resolve("cut.aof.1.incr.aof"), Arrays.copyOf(effects, keeper.cut));
    Files.writeString(files.resolve("cut.aof.manifest"), "file cut.aof.1.incr.aof seq 1 type i\n");
    String[] told = {"--dir", cut.toString(), "--appendonly", "yes", "--appendfilename", "cut.aof"};
    String[] loading = {"--dir", cut.toString(), "--dbfilename", "cut.rdb"};
    try (RedisProcess replayed = RedisProcess.start(told);
        RedisProcess loaded = RedisProcess.start(loading)) {
      awaitLoaded(replayed);
      awaitLoaded(loaded);
      Contents expected = Contents.of(replayed.port());
      Contents.of(loaded.port()).assertSame(expected);
      return expected.size();
    }
  }

  private static void awaitLoaded(RedisProcess redis) {
    try (RespClient client = RespClient.connect(redis.port())) {
      while (client.call("PING").type() == '-') {
        Thread.onSpinWait();
      }
    }
  }
}
