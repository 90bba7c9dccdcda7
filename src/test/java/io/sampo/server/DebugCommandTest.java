package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.TestNode;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DEBUG, on servers that allow it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DebugCommandTest {
  private TestNode node;
  private RedisProcess redis;
  private RespClient ours;
  private RespClient theirs;

  @BeforeAll
  void start() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    redis = RedisProcess.start("--enable-debug-command", "local");
    node = TestNode.start(new Layout(3, 2, "core"), Map.of("enable-debug-command", "local"));
    ours = RespClient.connect(node.port());
    theirs = RespClient.connect(redis.port());
  }

  @AfterAll
  void stop() {
    for (AutoCloseable part : new AutoCloseable[] {ours, theirs, node, redis}) {
      if (part != null) {
        try {
          part.close();
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  private void same(String... command) {
    assertEquals(theirs.call(command), ours.call(command), String.join(" ", command));
  }

  @Test
  void digestsAreThoseOfRedis() {
    Random random = Seed.random("random data", 7);
    same("FLUSHALL");
    same("DEBUG", "DIGEST");
    for (int i = 0; i < 2000; i++) {
      int kind = random.nextInt(8);
      String key = "key:" + kind + ":" + random.nextInt(10);
      switch (kind) {
        case 0 -> same("SET", key, "" + random.nextInt());
        case 1 -> same("SET", key, text(random, 3000));
        case 2 -> same(filled("RPUSH", key, random, 1, () -> text(random, 200)));
        case 3 -> same(filled("SADD", key, random, 1, () -> "" + random.nextInt(5000)));
        case 4 -> same(filled("SADD", key, random, 1, () -> text(random, 70)));
        case 5 -> same(filled("HSET", key, random, 2, () -> text(random, 70)));
        case 6 -> {
          for (int n = random.nextInt(20); n >= 0; n--) {
            same("ZADD", key, score(random), text(random, 70));
          }
        }
        default -> {
          String id = (i + 1) + "-" + random.nextInt(3);
          same("XADD", key, id, "f", text(random, 70), text(random, 3), "" + random.nextInt());
          if (random.nextInt(3) == 0) {
            same("XTRIM", key, "MAXLEN", "" + (1 + random.nextInt(9)));
            ours.call("XGROUP", "CREATE", key, "g" + random.nextInt(9), "0");
          }
        }
      }
      if (random.nextInt(5) == 0) {
        same("EXPIRE", key, "1000");
      }
      if (random.nextInt(9) == 0) {
        same("DEL", key);
      }
      if (i % 100 == 50) {
        same("SELECT", "" + random.nextInt(16));
      }
      if (i % 20 == 0) {
        same("DEBUG", "DIGEST");
        same("DEBUG", "DIGEST-VALUE", key, "nosuch", "key:1");
      }
    }
    same("SELECT", "0");
  }

  @Test
  void populatesWithTheKeysOfRedis() {
    same("FLUSHALL");
    for (String words :
        List.of("100", "50 key 3", "20 other", "10 long 3000", "0", "3 z 0", "-1", "1 a -1", "x")) {
      same(("DEBUG POPULATE " + words).split(" "));
    }
    same("DBSIZE");
    same("GET", "long:9");
    same("DEBUG", "POPULATE", "1", "a", "1", "b");
    same("DEBUG", "DIGEST");
  }

  @Test
  void objectTellsWhatRedisTells() {
    same("FLUSHALL");
    // What compression makes of it depends on who compresses.
    same("CONFIG", "SET", "rdbcompression", "no");
    same("SET", "s", "some text");
    same("SET", "n", "123456");
    same("SET", "raw", "r".repeat(500));
    same("RPUSH", "pack", "a", "b", "300");
    same("SADD", "ints", "1", "2", "70000");
    same("ZADD", "scores", "1", "a", "2.5", "b");
    same("XADD", "x", "1-1", "f", "v");
    for (int i = 0; i < 300; i++) {
      same("HSET", "h", "field" + i, "value");
      same("RPUSH", "long", "element" + i);
      same("RPUSH", "longer", "element".repeat(30) + i);
    }
    same("HSET", "h", "f", "v".repeat(100));
    // So big that another thread measures it.
    for (int i = 0; i < 2000; i++) {
      same("HSET", "big", "field" + i, "value".repeat(10));
    }
    for (String key : List.of("s", "n", "raw", "pack", "ints", "scores", "h", "longer", "big")) {
      assertEquals(object(theirs, key), object(ours, key), key);
    }
    // Nodes are counted the same way, where lists are not kept otherwise.
    String longer = ours.call("DEBUG", "OBJECT", "longer").text();
    assertTrue(longer.contains(" ql_nodes:"), longer);
    String x = ours.call("DEBUG", "OBJECT", "x").text();
    assertTrue(x.contains(" encoding:stream "), x);
  }

  @Test
  void compressedNodesOfLists() {
    same("CONFIG", "SET", "list-compress-depth", "1");
    same("CONFIG", "SET", "list-max-listpack-size", "10");
    try {
      for (int i = 0; i < 300; i++) {
        same("RPUSH", "inner", "element".repeat(30) + i);
      }
      same("CONFIG", "SET", "list-compress-depth", "0");
      assertEquals(object(theirs, "inner"), object(ours, "inner"));
      assertTrue(object(ours, "inner").contains("ql_compressed:1"));
      assertEquals("quicklist", ours.call("OBJECT", "ENCODING", "inner").text());
      same("COPY", "inner", "copy");
      assertTrue(object(ours, "copy").contains("ql_compressed:1"));
      long least = 300 * 210;
      assertTrue(ours.call("MEMORY", "USAGE", "inner").number() < least / 2);
      // When it is loaded it is as the directive says then.
      same("DEBUG", "RELOAD");
      assertTrue(object(ours, "inner").contains("ql_compressed:0"));
      assertTrue(object(theirs, "inner").contains("ql_compressed:0"));
      assertTrue(ours.call("MEMORY", "USAGE", "inner").number() > least);
      same("LRANGE", "inner", "0", "-1");
    } finally {
      same("CONFIG", "SET", "list-compress-depth", "0");
      same("CONFIG", "SET", "list-max-listpack-size", "-2");
    }
  }

  private static String object(RespClient client, String key) {
    return client
        .call("DEBUG", "OBJECT", key)
        .text()
        .replaceFirst("at:0x[0-9a-f]+", "")
        .replaceAll("lru(_seconds_idle)?:[0-9]+", "")
        // Short lists have an encoding of their own since Redis 7.2.
        .replaceFirst("quicklist(.*) ql_nodes:1 .*", "listpack$1");
  }

  @Test
  void hashTablesAreDescribed() {
    same("FLUSHALL");
    same("SET", "s", "x");
    same("HSET", "small", "a", "1");
    for (String key : List.of("s", "small", "nosuch")) {
      same("DEBUG", "HTSTATS-KEY", key);
    }
    same("HSET", "big", "a", "v".repeat(100), "b", "c");
    String text = ours.call("DEBUG", "HTSTATS-KEY", "big").text();
    assertTrue(text.contains(" number of elements: 2\n"), text);
  }

  @Test
  void whatIsDoneRegularlyCanBeStopped() {
    same("DEBUG", "PAUSE-CRON");
    same("DEBUG", "PAUSE-CRON", "1");
    long before = expired();
    ours.expect('+', "SET", "brief", "x", "PX", "1");
    ours.expect('+', "DEBUG", "SLEEP", "0.3");
    assertEquals(before, expired());
    same("DEBUG", "PAUSE-CRON", "0");
    long deadline = System.nanoTime() + 5_000_000_000L;
    while (expired() == before && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(before + 1, expired());
  }

  private static String[] filled(
      String name, String key, Random random, int each, Supplier<String> element) {
    int n = random.nextInt(random.nextInt(10) == 0 ? 200 : 20) + 1;
    return Stream.concat(Stream.of(name, key), Stream.generate(element).limit((long) n * each))
        .toArray(String[]::new);
  }

  private static String text(Random random, int most) {
    return random
        .ints(random.nextInt(most), 0, 256)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static String score(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> "" + random.nextInt(100);
      case 1 -> "" + random.nextDouble();
      case 2 -> random.nextBoolean() ? "inf" : "-inf";
      case 3 -> "" + (random.nextGaussian() * 1e30);
      default -> "" + Double.longBitsToDouble(random.nextLong() & ~(1L << 62));
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "string",
        "integer",
        "double",
        "bignum",
        "null",
        "array",
        "set",
        "map",
        "attrib",
        "push",
        "verbatim",
        "true",
        "false",
        "nosuch"
      })
  void protocolShowsEachType(String type) {
    same("DEBUG", "PROTOCOL", type);
  }

  @Test
  void errorsAreThoseOfRedis() {
    for (String words :
        List.of(
            "",
            "NOSUCH",
            "DIGEST x",
            "SLEEP",
            "OBJECT nosuch",
            "OBJECT",
            "ERROR",
            "SET-ACTIVE-EXPIRE",
            "HTSTATS 99",
            "HTSTATS x",
            "SLEEP 0",
            "SLEEP x",
            "LOG hello",
            "CHANGE-REPL-ID",
            "SET-ACTIVE-EXPIRE 1")) {
      same(("DEBUG " + words).trim().split(" "));
    }
    same("DEBUG", "ERROR", "CODE and text");
    same("DEBUG", "DIGEST-VALUE");
  }

  @Test
  void activeExpiryCanBeSwitchedOff() {
    ours.expect('+', "DEBUG", "SET-ACTIVE-EXPIRE", "0");
    long before = expired();
    ours.expect('+', "SET", "short", "lived", "PX", "1");
    ours.expect('+', "DEBUG", "SLEEP", "0.3");
    assertEquals(before, expired());
    ours.expect('+', "DEBUG", "SET-ACTIVE-EXPIRE", "1");
    long deadline = System.nanoTime() + 5_000_000_000L;
    while (expired() == before && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(before + 1, expired());
  }

  private long expired() {
    return ours.call("INFO", "stats")
        .text()
        .lines()
        .filter(line -> line.startsWith("expired_keys:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
        .sum();
  }

  @Test
  void sleepStopsEverybody() {
    try (RespClient other = RespClient.connect(node.port())) {
      // One pipeline each; the other's begins while the first sleeps, or waits for it to begin.
      long start = System.nanoTime();
      ours.raw(
          RespClient.encode(
              List.of(new String[] {"PING"}, new String[] {"DEBUG", "SLEEP", "0.3"})));
      ours.read();
      other.call("GET", "k");
      ours.read();
      other.call("GET", "k");
      assertTrue(System.nanoTime() - start >= 300_000_000);
    }
  }

  @Test
  void itIsForbiddenByDefault() {
    try (TestNode strict = TestNode.start(new Layout(1, 1, "core"));
        RespClient client = RespClient.connect(strict.port())) {
      try (RedisProcess other = RedisProcess.start();
          RespClient oracle = RespClient.connect(other.port())) {
        assertEquals(oracle.call("DEBUG", "SLEEP", "0"), client.call("DEBUG", "SLEEP", "0"));
      }
    }
  }
}
