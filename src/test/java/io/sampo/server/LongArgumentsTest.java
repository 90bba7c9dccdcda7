package io.sampo.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments of megabytes, in pieces, among other requests: as with Redis. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LongArgumentsTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 8);
  private static final int REQUESTS = 12;
  private static final int KEYS = 3;

  private RedisProcess redis;

  @BeforeAll
  void start() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    redis = RedisProcess.start();
  }

  @AfterAll
  void stop() {
    if (redis != null) {
      redis.close();
    }
  }

  private static String value(Random random) {
    int length =
        switch (random.nextInt(4)) {
          case 0 -> random.nextInt(10);
          case 1 -> (1 << 16) - 10 + random.nextInt(1 << 16);
          default -> 1_000_000 + random.nextInt(3_000_000);
        };
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return new String(bytes, ISO_8859_1);
  }

  private static String[] request(Random random) {
    String key = "{k}" + random.nextInt(KEYS);
    String other = "{k}" + random.nextInt(KEYS);
    return switch (random.nextInt(24)) {
      case 0, 1, 2 -> new String[] {"SET", key, value(random)};
      case 3 -> new String[] {"SET", key, value(random), "EX", "1000", "GET"};
      case 4, 5, 6 -> new String[] {"APPEND", key, value(random)};
      case 7, 8 -> new String[] {"SETRANGE", key, "" + random.nextInt(3_000_000), value(random)};
      case 9 -> new String[] {"GETSET", key, value(random)};
      case 10 -> new String[] {"MSET", key, value(random), "{k}m", value(random), "{k}n", "1"};
      case 11 -> new String[] {"HSET", "{k}hash", "f", value(random), value(random), "v"};
      case 12 -> new String[] {"LPUSH", "{k}list", value(random), value(random)};
      case 13 -> new String[] {"ECHO", value(random)};
      case 14 -> new String[] {"COPY", key, other, "REPLACE"};
      case 15 -> new String[] {"SETBIT", key, "" + random.nextInt(20_000_000), "1"};
      case 16 -> new String[] {"GETRANGE", key, "65530", "70000"};
      case 17 -> new String[] {"MULTI"};
      case 18 -> new String[] {"EXEC"};
      case 19, 20 -> new String[] {"DEL", key};
      case 21 -> new String[] {"GETDEL", key};
      case 22 -> new String[] {"RENAME", key, other};
      default -> new String[] {"STRLEN", key};
    };
  }

  /** Requests, and how many replies there are to be. */
  private record Conversation(byte[] bytes, int replies) {}

  private static Conversation conversation(Random random) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int replies = REQUESTS + 1;
    for (int i = 0; i < REQUESTS; i++) {
      if (random.nextInt(10) == 0) {
        replies++;
        all.writeBytes("PING inline\r\n".getBytes(ISO_8859_1));
      }
      all.writeBytes(RespClient.encode(request(random)));
    }
    String[] last =
        switch (random.nextInt(4)) {
          case 0 -> new String[] {"QUIT"};
          case 1 -> new String[] {"RESET"};
          default -> new String[] {"DISCARD"};
        };
    all.writeBytes(RespClient.encode(last));
    if (random.nextInt(3) == 0) {
      replies += last[0].equals("QUIT") ? 0 : 1;
      all.writeBytes("*1\r\n$x\r\n".getBytes(ISO_8859_1));
    }
    return new Conversation(all.toByteArray(), replies);
  }

  /** What a server says to requests, which come in pieces. */
  private static List<WireReply> replies(int port, Conversation requests, Random random)
      throws InterruptedException {
    try (RespClient client = RespClient.connect(port)) {
      client.expect('+', "FLUSHALL");
      Thread sender = new Thread(() -> send(client, requests.bytes, random));
      sender.start();
      List<WireReply> replies = client.read(requests.replies);
      sender.join();
      client.finish();
      assertTrue(client.closedByServer());
      return replies;
    }
  }

  private static void send(RespClient client, byte[] bytes, Random random) {
    int most = 1 << 10 + random.nextInt(12);
    for (int from = 0; from < bytes.length; ) {
      int to = Math.min(bytes.length, from + 1 + random.nextInt(most));
      client.raw(Arrays.copyOfRange(bytes, from, to));
      from = to;
    }
  }

  private static List<WireReply> contents(int port) {
    try (RespClient client = RespClient.connect(port)) {
      List<WireReply> contents = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        contents.add(client.call("GET", "{k}" + i));
      }
      contents.add(client.call("MGET", "{k}m", "{k}n"));
      contents.add(client.call("LRANGE", "{k}list", "0", "-1"));
      contents.add(client.call("HGET", "{k}hash", "f"));
      return contents;
    }
  }

  private static String brief(List<WireReply> replies) {
    List<String> brief = new ArrayList<>();
    for (WireReply reply : replies) {
      String text = reply.toString();
      brief.add(text.substring(0, Math.min(40, text.length())) + "… of " + text.length());
    }
    return String.join("\n", brief);
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void comeInPiecesAmongOthers(String transport) throws InterruptedException {
    Random random = Seed.random("long arguments");
    try (TestNode node = TestNode.start(new Layout(2, 2, transport))) {
      for (int round = 0; round < ROUNDS; round++) {
        Conversation requests = conversation(random);
        List<WireReply> theirs = replies(redis.port(), requests, random);
        List<WireReply> ours = replies(node.port(), requests, random);
        String trial = "round " + round + "\n" + brief(theirs) + "\n\n" + brief(ours);
        assertTrue(theirs.equals(ours), trial);
        assertTrue(contents(redis.port()).equals(contents(node.port())), trial);
      }
    }
  }

  @Test
  void whoLeavesInTheMidstOfOneLeavesNothing() {
    Random random = Seed.random("long arguments");
    try (TestNode node = TestNode.start(new Layout(1, 1, "core"));
        RespClient client = RespClient.connect(node.port())) {
      client.expect('+', "SET", "k", "before");
      byte[] request = RespClient.encode("SET", "k", "x".repeat(8_000_000));
      for (int i = 0; i < 20; i++) {
        RespClient leaving = RespClient.connect(node.port());
        leaving.raw(Arrays.copyOf(request, 500_000 + random.nextInt(7_000_000)));
        if (i % 3 == 0) {
          leaving.reset();
        } else if (i % 3 == 1) {
          leaving.close();
        } else {
          leaving.finish();
          assertTrue(leaving.closedByServer());
          leaving.close();
        }
      }
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (client.call("CLIENT", "LIST").text().lines().count() > 1) {
        assertTrue(System.nanoTime() < deadline, client.call("CLIENT", "LIST").text());
      }
      assertEquals("before", client.call("GET", "k").text());
    }
  }

  @Test
  void oneThatWasReadAheadWaitsItsTurn() {
    String value = "x".repeat(5_000_000);
    try (TestNode node = TestNode.start(new Layout(1, 1, "core"));
        RespClient blocked = RespClient.connect(node.port());
        RespClient client = RespClient.connect(node.port())) {
      blocked.send("BLPOP", "q", "0");
      Thread sender =
          new Thread(
              () -> {
                for (int i = 0; i < 3; i++) {
                  blocked.send("SET", "k" + i, value + i, "EX", "1000");
                  blocked.send("STRLEN", "k" + i);
                }
              });
      sender.start();
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (!client.call("CLIENT", "LIST").text().matches("(?s).* qbuf=[0-9]{6}.*")) {
        assertTrue(System.nanoTime() < deadline, client.call("CLIENT", "LIST").text());
      }
      client.expect(':', "RPUSH", "q", "e");
      assertEquals(List.of("q", "e"), blocked.read().texts());
      for (int i = 0; i < 3; i++) {
        assertEquals("OK", blocked.read().text());
        assertEquals(5_000_001, blocked.read().number());
        assertTrue(client.call("GET", "k" + i).text().equals(value + i));
      }
    }
  }

  @Test
  void whatATransactionQueuesStaysWhereItCame() {
    String value = "x".repeat(20_000_000);
    try (TestNode node = TestNode.start(new Layout(1, 1, "core"));
        RespClient client = RespClient.connect(node.port())) {
      client.expect('+', "MULTI");
      client.expect('+', "SET", "k", value);
      client.expect('+', "APPEND", "k", "more");
      client.expect('+', "APPEND", "k", value);
      client.expect('+', "STRLEN", "k");
      client.send("CLIENT", "LIST");
      assertEquals("QUEUED", client.read().text());
      try (RespClient other = RespClient.connect(node.port())) {
        String line = other.call("CLIENT", "LIST").text();
        long queued = Long.parseLong(line.replaceAll("(?s).* multi-mem=([1-9][0-9]*) .*", "$1"));
        // An array that was used before may be longer by an eighth.
        assertTrue(queued > 40_000_000 && queued < 46_000_000, line);
      }
      List<WireReply> replies = client.call("EXEC").elements();
      assertEquals(20_000_004, replies.get(1).number());
      assertEquals(40_000_004, replies.get(3).number());
      assertTrue(client.call("GET", "k").text().equals(value + "more" + value));
    }
  }
}
