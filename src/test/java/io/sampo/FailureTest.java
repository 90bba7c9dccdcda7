package io.sampo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sampo.journal.Source;
import io.sampo.persist.SnapshotSink;
import io.sampo.server.pubsub.Blob;
import io.sampo.server.pubsub.Inbox;
import io.sampo.server.pubsub.PubSub;
import io.sampo.server.pubsub.Subscriber;
import io.sampo.server.pubsub.Subscriptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong within a node has an end that somebody hears of. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailureTest {
  @TempDir private Path directory;

  private Config config(String more) {
    return ConfigFactory.parseString(
        "sampo { port = 0, bind = \"127.0.0.1\", dir = \"%s\", %s }".formatted(directory, more));
  }

  /** Where shards are lent, others would wait for ever for what has failed. */
  @Test
  void whatFailsWhileShardsAreHeldEndsTheNode() throws Exception {
    try (Sampo sampo = Sampo.start(config("shards = 2"))) {
      sampo
          .node()
          .cores
          .settle(
              new Source(16),
              () -> {
                throw new IllegalStateException("on purpose");
              });
      assertFalse(CompletableFuture.supplyAsync(sampo::awaitEnd).get(20, TimeUnit.SECONDS));
    }
  }

  /** Nobody on its loop would get a message any more, and nobody would know why. */
  @Test
  void aCourierThatFailsEndsTheNode() throws Exception {
    try (Sampo sampo = Sampo.start(config("loops = 1"))) {
      PubSub pubSub = sampo.node().pubSub;
      new Subscriptions(new Broken(), pubSub).add(PubSub.Kind.CHANNEL, Blob.of(bytes("c")));
      pubSub.publish(Blob.of(bytes("c")), Blob.of(bytes("m")));
      assertFalse(CompletableFuture.supplyAsync(sampo::awaitEnd).get(20, TimeUnit.SECONDS));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Fails when it is given a message. */
  private static final class Broken implements Subscriber {
    @Override
    public int loopIndex() {
      return 0;
    }

    @Override
    public int protocol() {
      return 2;
    }

    @Override
    public void tell(Inbox mail) {
      throw new IllegalStateException("on purpose");
    }

    @Override
    public void send(byte[] bytes) {
      throw new IllegalStateException("on purpose");
    }

    @Override
    public void caughtUp() {
      throw new IllegalStateException("on purpose");
    }
  }

  /** A sink of which only the beginning is called, or all. */
  private static final class Sink implements SnapshotSink {
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final boolean sound;

    Sink(boolean sound) {
      this.sound = sound;
    }

    @Override
    public Map<String, String> cut() {
      return Map.of();
    }

    @Override
    public void chunk(byte[] bytes) {
      if (!sound) {
        throw new IllegalStateException("on purpose");
      }
    }

    @Override
    public void done(long copied) {
      end.complete("done");
    }

    @Override
    public void failed(Throwable cause) {
      end.complete(cause.getMessage());
    }
  }

  @Test
  void aSnapshotThatFailsInAnyWayIsNotTheLast() throws Exception {
    try (Sampo sampo = Sampo.start(config("shards = 2"))) {
      for (boolean sound : new boolean[] {false, true, false, true}) {
        Sink sink = new Sink(sound);
        sampo.node().snapshots.take(sink);
        assertEquals(sound ? "done" : "on purpose", sink.end.get(20, TimeUnit.SECONDS));
      }
    }
  }
}
