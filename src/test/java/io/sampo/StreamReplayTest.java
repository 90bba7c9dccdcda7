package io.sampo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.sampo.resp.Frames;
import io.sampo.resp.RequestDecoder;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.WireReply;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A real Redis that was told only the effects of commands on streams has the same streams. */
class StreamReplayTest {
  private static final int REQUESTS = 6000;
  private static final int KEYS = 3;

  @Test
  void redisEndsWithTheSameStreams() throws Exception {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    Random random = Seed.random("random commands");
    String config =
        "sampo { port = 0, bind = \"127.0.0.1\", shards = 2, loops = 1,"
            + " stream-node-max-entries = 7 }";
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (Sampo sampo = Sampo.start(ConfigFactory.parseString(config));
        RedisProcess redis = RedisProcess.start();
        RespClient ours = RespClient.connect(sampo.port());
        RespClient theirs = RespClient.connect(redis.port())) {
      sampo
          .node()
          .journal()
          .add((offset, bytes, from, length) -> stream.write(bytes, from, length));
      for (int i = 0; i < REQUESTS; i++) {
        ours.call(request(random).split(" "));
      }
      Frames frames = new Frames();
      byte[] bytes = stream.toByteArray();
      new RequestDecoder(RequestDecoder.Limits.DEFAULT).decode(bytes, 0, bytes.length, frames);
      theirs.raw(bytes);
      for (WireReply reply : theirs.read(frames.count())) {
        assertFalse(reply.isError(), () -> "an effect was refused: " + reply);
      }
      for (int k = 0; k < KEYS; k++) {
        assertTrue(compare(ours, theirs, "XRANGE k" + k + " - +").elements().size() > 1);
        compare(ours, theirs, "XINFO GROUPS k" + k);
        for (int g = 0; g < 2; g++) {
          String group = " k" + k + " g" + g;
          WireReply mine = ours.call(("XPENDING" + group + " - + 1000").split(" "));
          WireReply other = theirs.call(("XPENDING" + group + " - + 1000").split(" "));
          assertEquals(other.elements().size(), mine.elements().size());
          for (int i = 0; i < mine.elements().size(); i++) {
            // ID, consumer and deliveries; the time passes.
            for (int part : new int[] {0, 1, 3}) {
              assertEquals(
                  other.elements().get(i).elements().get(part),
                  mine.elements().get(i).elements().get(part));
            }
          }
        }
      }
    }
  }

  private static WireReply compare(RespClient ours, RespClient theirs, String line) {
    WireReply reply = ours.call(line.split(" "));
    assertEquals(theirs.call(line.split(" ")), reply, line);
    return reply;
  }

  private static String request(Random random) {
    String key = "k" + random.nextInt(KEYS);
    String group = " g" + random.nextInt(2);
    String consumer = " c" + random.nextInt(3);
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> "XADD " + key + " * a " + random.nextInt();
      case 4 -> "XADD " + key + " MAXLEN ~ 60 * a b c d";
      case 5 -> "XADD " + key + " NOMKSTREAM MAXLEN 80 * a b";
      case 6 -> "XADD " + key + " MINID ~ " + (System.currentTimeMillis() - 100) + " * x y";
      case 7 -> "XTRIM " + key + " MAXLEN ~ 50 LIMIT 20";
      case 8 -> "XTRIM " + key + " MINID ~ " + (System.currentTimeMillis() - 200);
      case 9, 10, 11 -> "XREADGROUP GROUP" + group + consumer + " COUNT 3 STREAMS " + key + " >";
      case 12 -> "XREADGROUP GROUP" + group + consumer + " COUNT 2 NOACK STREAMS " + key + " >";
      case 13 -> "XAUTOCLAIM " + key + group + consumer + " 0 0 COUNT 2";
      case 14 -> "XAUTOCLAIM " + key + group + consumer + " 0 0 COUNT 2 JUSTID";
      case 15 -> "XGROUP CREATE " + key + group + " 0 MKSTREAM";
      case 16 -> "XGROUP CREATECONSUMER " + key + group + consumer;
      case 17 ->
          random.nextInt(10) == 0
              ? "XGROUP DELCONSUMER " + key + group + consumer
              : "XCLAIM " + key + group + consumer + " 0 1 LASTID 5";
      case 18 -> "XSETID " + key + " " + (System.currentTimeMillis() + 3) + "-1";
      default -> random.nextInt(40) == 0 ? "XGROUP DESTROY " + key + group : "XLEN " + key;
    };
  }
}
