package io.sampo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.typesafe.config.ConfigFactory;
import io.sampo.journal.Barrier;
import io.sampo.testkit.RespClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With a guard up, clients hear of nothing that is not safe, and of everything else. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HeldRepliesTest {
  @ParameterizedTest(name = "{0} shards on {1} loops")
  @CsvSource({"1, 1", "2, 2"})
  void repliesComeWhenTheirOffsetIsSafe(int shards, int loops) throws Exception {
    String config =
        "sampo { port = 0, bind = \"127.0.0.1\", shards = " + shards + ", loops = " + loops + " }";
    try (Sampo sampo = Sampo.start(ConfigFactory.parseString(config));
        RespClient writer = RespClient.connect(sampo.port());
        RespClient blocked = RespClient.connect(sampo.port());
        RespClient reader = RespClient.connect(sampo.port())) {
      sampo.node().journal().add((offset, bytes, from, length) -> {});
      Barrier.Guard guard = sampo.node().barrier().guard();
      blocked.send("BLPOP", "list", "0");
      guard.raise(sampo.node().journal().offset());
      writer.send("RPUSH", "list", "a", "b");
      CompletableFuture<String> pushed = CompletableFuture.supplyAsync(() -> "" + writer.read());
      CompletableFuture<String> popped = CompletableFuture.supplyAsync(() -> "" + blocked.read());
      while (sampo.node().journal().offset() < 80) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      // A refusal tells of no data and is heard; what might show unsafe data is not.
      assertEquals('-', reader.call("GET").type());
      reader.send("MGET", "x", "y", "z");
      CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> "" + reader.read());
      TimeUnit.MILLISECONDS.sleep(50);
      assertFalse(pushed.isDone() || popped.isDone() || read.isDone());
      guard.advance(sampo.node().journal().offset());
      pushed.get();
      popped.get();
      read.get();
      guard.lower();
      assertEquals("OK", reader.call("SET", "x", "1").text());
    }
  }
}
