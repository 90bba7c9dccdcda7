package io.sampo.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.Words;
import io.sampo.resp.Bytes;
import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.WireReply;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

class DumpCommandsTest {
  private static final int ROUNDS = 15;

  private static final String[] HELLO = {"SET", "k", "hello"};

  @AgainstRedis
  void whatOneHasDumpedTheOtherRestores(Differential pair) {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("values, -Dtest.seed=" + seed);
    RandomValues values = new RandomValues(new Random(seed));
    for (int i = 0; i < ROUNDS * RandomValues.KINDS; i++) {
      pair.same("FLUSHALL");
      for (String[] command : values.make("k", i % RandomValues.KINDS)) {
        pair.sameTypeOnly(command);
      }
      String ours = pair.sampo().call("DUMP", "k").text();
      String theirs = pair.redis().call("DUMP", "k").text();
      pair.redis().expect('+', "RESTORE", "copy", "0", ours);
      pair.sampo().expect('+', "RESTORE", "copy", "0", theirs);
      readOut(pair, "copy");
      if (i % RandomValues.KINDS != RandomValues.MANY_INTEGERS) {
        // Those may have come to be a table before it was seen that most are the same.
        assertEquals(
            pair.sampo().call("OBJECT", "ENCODING", "k"),
            pair.sampo().call("OBJECT", "ENCODING", "copy"));
      }
      if (!pair.same("TYPE", "k").text().equals("set")) {
        // Reads of streams leave times, but what was restored is the same to the millisecond.
        assertTrue(
            contentOf(pair.sampo(), "k").equals(contentOf(pair.redis(), "copy")),
            () -> "differs after RESTORE at Redis");
      }
    }
  }

  @AgainstRedis
  void listsOfCompressedNodesAreExchanged(Differential pair) {
    // Redis 7.0 would have it for a list of one node, too.
    pair.config("list-compress-depth", "1");
    pair.config("list-max-listpack-size", "10");
    for (int i = 0; i < 500; i++) {
      pair.same("RPUSH", "k", "element:" + i, "x".repeat(i % 300), "" + i);
    }
    for (String compression : List.of("no", "yes")) {
      pair.config("rdbcompression", compression);
      String ours = pair.sampo().call("DUMP", "k").text();
      String theirs = pair.redis().call("DUMP", "k").text();
      // Compressed nodes are written as such in any case.
      assertTrue(ours.length() < 60_000, ours.length() + " bytes, and of Redis " + theirs.length());
      pair.redis().expect('+', "RESTORE", "copy", "0", ours, "REPLACE");
      pair.sampo().expect('+', "RESTORE", "copy", "0", theirs, "REPLACE");
      pair.same("LRANGE", "copy", "0", "-1");
      assertEquals(ours, pair.sampo().call("DUMP", "copy").text());
    }
  }

  private static WireReply contentOf(RespClient client, String key) {
    String type = client.call("TYPE", key).text();
    return switch (type) {
      case "string" -> client.call("GET", key);
      case "list" -> client.call("LRANGE", key, "0", "-1");
      case "hash" -> client.call("HGETALL", key).sorted();
      case "zset" -> client.call("ZRANGE", key, "0", "-1", "WITHSCORES");
      default -> client.call("XRANGE", key, "-", "+");
    };
  }

  private static void readOut(Differential pair, String key) {
    switch (pair.same("TYPE", key).text()) {
      case "string" -> pair.same("GET", key);
      case "list" -> pair.same("LRANGE", key, "0", "-1");
      case "set" -> pair.sameUnordered("SMEMBERS", key);
      case "hash" -> pair.sameUnordered("HGETALL", key);
      case "zset" -> pair.same("ZRANGE", key, "0", "-1", "WITHSCORES");
      case "stream" -> {
        pair.same("XRANGE", key, "-", "+");
        pair.same("XINFO", "STREAM", key);
        pair.same("XINFO", "GROUPS", key);
        for (WireReply group : pair.redis().call("XINFO", "GROUPS", key).elements()) {
          String name = group.texts().get(1);
          pair.same("XPENDING", key, name);
          pair.sameTypeOnly("XPENDING", key, name, "-", "+", "100");
        }
      }
      default -> throw new AssertionError("nothing there");
    }
  }

  @AgainstRedis
  void optionsAndErrors(Differential pair) {
    pair.same(HELLO);
    String dump = pair.redis().call("DUMP", "k").text();
    assertEquals(dump, pair.same("DUMP", "k").text());
    pair.same("DUMP", "missing");
    pair.same("RESTORE", "k", "0", dump);
    pair.same("RESTORE", "k", "x", dump);
    pair.same("RESTORE", "k", "0", dump, "REPLACE");
    pair.same("RESTORE", "new", "-1", dump);
    pair.same("RESTORE", "new", "x", dump);
    pair.same("RESTORE", "new", "0", "");
    pair.same("RESTORE", "new", "0", dump.substring(1));
    pair.same("RESTORE", "new", "0", dump.substring(0, dump.length() - 8) + "\0".repeat(8));
    pair.same("RESTORE", "k", "0", "junk", "REPLACE");
    pair.same("RESTORE", "new", "0", dump, "IDLETIME", "-1");
    pair.same("RESTORE", "new", "0", dump, "IDLETIME");
    pair.same("RESTORE", "new", "0", dump, "FREQ", "256");
    pair.same("RESTORE", "new", "0", dump, "FREQ", "x");
    pair.same("RESTORE", "new", "0", dump, "IDLETIME", "1", "FREQ", "1");
    pair.same("RESTORE", "new", "0", dump, "NONSENSE");
    pair.same("RESTORE", "new", "0", dump, "idletime", "1000", "IdleTime", "500");
    pair.sameWithin(1, "OBJECT", "IDLETIME", "new");
    pair.same("RESTORE", "freq", "0", dump, "FREQ", "100");
    pair.same("RESTORE", "k", "1", dump, "REPLACE", "ABSTTL");
    pair.same("EXISTS", "k");
    pair.same("RESTORE", "gone", "1", dump, "ABSTTL");
    pair.same("EXISTS", "gone");
    pair.same("RESTORE", "k", "100000", dump);
    pair.sameWithin(1000, "PTTL", "k");
    pair.same("RESTORE", "k", "4102444800000", dump, "REPLACE", "ABSTTL");
    pair.same("PEXPIRETIME", "k");
    pair.same("RESTORE", "k", "9223372036854775807", dump, "REPLACE");
    pair.same("EXISTS", "k");
    pair.same("RESTORE", "k", "0", dump);
    pair.same("GET", "k");
    pair.same("RESTORE");
    pair.same("DUMP", "a", "b");
  }

  @AgainstRedis(protocols = 2)
  void frequencyIsRestoredUnderThatPolicy(Differential pair) {
    pair.config("maxmemory-policy", "allkeys-lfu");
    pair.same(HELLO);
    String dump = pair.redis().call("DUMP", "k").text();
    pair.same("RESTORE", "new", "0", dump, "FREQ", "77");
    pair.same("OBJECT", "FREQ", "new");
  }

  /** A payload that is intact, but says something that cannot be. */
  @AgainstRedis(protocols = 2)
  void malformedValuesAreRefused(Differential pair) {
    List<int[]> bodies =
        List.of(
            new int[] {RdbFormat.SET, 0},
            new int[] {RdbFormat.LIST, 0},
            new int[] {RdbFormat.SET, 2, 1, 'a', 1, 'a'},
            new int[] {RdbFormat.HASH, 2, 1, 'a', 1, 'b', 1, 'a', 1, 'b'},
            new int[] {RdbFormat.STRING, 50, 'a'},
            new int[] {RdbFormat.STRING, 0xc3, 2, 9, 0, 0},
            new int[] {RdbFormat.STRING, 0xc4},
            new int[] {RdbFormat.STRING, 0x81, 255, 255, 255, 255, 255, 255, 255, 255},
            new int[] {RdbFormat.STRING, 0x82, 1},
            new int[] {RdbFormat.SET, 0x81, 127, 255, 255, 255, 255, 255, 255, 255},
            new int[] {RdbFormat.LIST_QUICKLIST_2, 1, 3, 1, 'a'},
            new int[] {RdbFormat.LIST_QUICKLIST_2, 1, 2, 7, 7, 0, 0, 0, 0, 0, 255},
            new int[] {RdbFormat.ZSET_2, 1, 1, 'a', 0, 0, 0, 0, 0, 0, 0xf8, 0x7f},
            new int[] {RdbFormat.SET_INTSET, 10, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0},
            new int[] {RdbFormat.SET_INTSET, 8, 2, 0, 0, 0, 0, 0, 0, 0},
            new int[] {RdbFormat.EOF},
            new int[] {99},
            new int[] {8});
    pair.redis().expect('+', "CONFIG", "SET", "sanitize-dump-payload", "yes");
    for (int[] body : bodies) {
      WireReply reply = pair.same("RESTORE", "k", "0", payload(body, RdbFormat.VERSION));
      assertEquals("ERR Bad data format", reply.text(), () -> Arrays.toString(body));
      assertFalse(pair.same("EXISTS", "k").text().equals("1"));
    }
    pair.redis().expect('+', "CONFIG", "SET", "sanitize-dump-payload", "no");
    pair.same("RESTORE", "k", "0", payload(new int[] {0, 1, 'x', 'j', 'u', 'n', 'k'}, 10));
    pair.same("GET", "k");
    pair.same("RESTORE", "k", "0", payload(new int[] {0, 1, 'x'}, 99), "REPLACE");
    pair.same("RESTORE", "k", "0", payload(new int[] {0, 1, 'y'}, 1), "REPLACE");
    pair.same("GET", "k");
  }

  /** A body with the footer that it needs. */
  static String payload(int[] body, int version) {
    byte[] all = new byte[body.length + 10];
    for (int i = 0; i < body.length; i++) {
      all[i] = (byte) body[i];
    }
    all[body.length] = (byte) version;
    Words.putLong(all, body.length + 2, Crc64.update(0, all, 0, body.length + 2));
    return Bytes.text(all);
  }
}
