package io.sampo.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Contents;
import io.sampo.testkit.Followers;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The guide to migration, as it is written, while clients write: no write is lost. */
class MigrationGuideTest {
  private static final Path GUIDE = Path.of("src/docs/migration.md");
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final int WRITERS = 3;

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void losesNoWrite() throws Exception {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    AtomicBoolean enough = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try (RedisProcess redis = RedisProcess.start("--repl-diskless-sync-delay", "0");
        TestNode sampo = TestNode.start(new Layout(2, 2, "core"), Map.of())) {
      List<Future<Long>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        String key = "counter:" + i;
        writers.add(threads.submit(() -> write(key, redis.port(), enough)));
      }
      Matcher blocks = BLOCK.matcher(Files.readString(GUIDE));
      int count = 0;
      while (blocks.find()) {
        run(blocks.group(1).replace("6379", "" + redis.port()).replace("6380", "" + sampo.port()));
        assertTrue(++count != 3 || role(sampo.port()).equals("master"), "Sampo took over");
      }
      assertEquals("master", role(redis.port()));
      enough.set(true);
      try (RespClient client = RespClient.connect(redis.port())) {
        for (int i = 0; i < WRITERS; i++) {
          long done = writers.get(i).get(20, TimeUnit.SECONDS);
          assertTrue(done > 0, "nothing was written");
          assertEquals(done, client.call("GET", "counter:" + i).number());
        }
      }
      Followers.awaitCaughtUp(redis.port(), sampo.port());
      Contents.of(redis.port()).assertSame(Contents.of(sampo.port()));
    } finally {
      enough.set(true);
      threads.shutdownNow();
    }
  }

  private static String role(int port) {
    return Followers.info(port, "replication").get("role");
  }

  /** Counts in a key, at whoever is the master; returns how often that was acknowledged. */
  private static long write(String key, int first, AtomicBoolean enough) {
    long done = 0;
    int port = first;
    while (!enough.get()) {
      try (RespClient client = RespClient.connect(port)) {
        WireReply reply = client.call("INCR", key);
        while (!reply.isError() && !enough.get()) {
          done++;
          reply = client.call("INCR", key);
        }
        done += reply.isError() ? 0 : 1;
        WireReply role = client.call("ROLE");
        if (reply.isError() && role.elements().get(0).text().equals("slave")) {
          port = Math.toIntExact(role.elements().get(2).number());
        }
      }
    }
    return done;
  }

  private static void run(String script) throws IOException, InterruptedException {
    Path output = Files.createTempFile("guide", ".log");
    Process shell =
        new ProcessBuilder("bash", "-eu", "-c", script)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = shell.waitFor(30, TimeUnit.SECONDS);
    shell.destroyForcibly();
    String said = Files.readString(output);
    Files.delete(output);
    assertTrue(ended && shell.exitValue() == 0, () -> script + "\n" + said);
    assertTrue(!said.contains("ERR"), () -> script + "\n" + said);
  }
}
