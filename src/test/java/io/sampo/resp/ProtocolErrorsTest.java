package io.sampo.resp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a real redis-server makes of raw bytes, and what the decoder makes of them. */
class ProtocolErrorsTest {
  private static RedisProcess redis;

  @BeforeAll
  static void start() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    redis = RedisProcess.start();
  }

  @AfterAll
  static void stop() {
    if (redis != null) {
      redis.close();
    }
  }

  /** The server must answer to the raw bytes as to what was decoded from them. */
  private static void compare(RedisProcess redis, byte[] raw, boolean authenticated, String what) {
    RequestDecoder decoder = new RequestDecoder(RequestDecoder.Limits.DEFAULT);
    decoder.authenticated(authenticated);
    Frames frames = new Frames();
    decoder.decode(raw, 0, raw.length, frames);
    ReplyWriter requests = new ReplyWriter(64);
    Args args = new Args();
    for (int i = 0; i < frames.count(); i++) {
      args.at(frames, i);
      requests.array(args.count());
      for (int j = 0; j < args.count(); j++) {
        requests.bulk(args.bytes(j));
      }
    }
    ReplyWriter error = new ReplyWriter(64);
    if (decoder.failed()) {
      error.error(decoder.error());
    }
    String expected = converse(redis, raw);
    String got = converse(redis, requests.toByteArray()) + Bytes.text(error.toByteArray());
    assertEquals(expected, got, what);
  }

  private static String converse(RedisProcess redis, byte[] bytes) {
    try (RespClient client = RespClient.connect(redis.port())) {
      return client.converse(bytes);
    }
  }

  @Test
  void corpus() {
    for (String text : RequestDecoderTest.CORPUS) {
      compare(redis, Bytes.ascii(text), true, text);
    }
  }

  @Test
  void limits() {
    String line = "1".repeat(RequestDecoder.MAX_LINE);
    for (String text :
        new String[] {
          "*2147483647\r\n",
          "*1\r\n$536870912\r\n",
          line,
          line + "1",
          "*" + line,
          "*1\r\n$" + line,
          "*1\r\n" + line + "1",
          "PING\r\n*1\r\n$" + line
        }) {
      compare(redis, Bytes.ascii(text), true, text.substring(0, Math.min(30, text.length())));
    }
  }

  @Test
  void unauthenticated() {
    try (RedisProcess guarded = RedisProcess.start("--requirepass", "pw")) {
      for (String text :
          new String[] {
            "*10\r\n$4\r\nPING\r\n",
            "*11\r\n",
            "*1\r\n$16384\r\n",
            "*1\r\n$16385\r\n",
            "*-11\r\n*2\r\n$4\r\nAUTH\r\n$16385\r\n",
            "*1\r\n$4\r\n1234\r\n"
          }) {
        compare(guarded, Bytes.ascii(text), false, text);
      }
    }
  }

  @Test
  void randomBytes() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String alphabet = "*$\r\n\"'\\x 01a\u00ff";
    for (int n = 0; n < 1500; n++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(3); i > 0; i--) {
        text.append("*2\r\n$4\r\nECHO\r\n$1\r\n.\r\n");
      }
      text.append(n % 3 == 0 ? "*1\r\n" : n % 3 == 1 ? "ECHO " : "");
      for (int i = random.nextInt(24); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      compare(redis, Bytes.ascii(text.toString()), true, "seed " + seed + ": " + text);
    }
  }
}
