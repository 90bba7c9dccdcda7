package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Followers;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many elements a request may have: whose requests that is about, and from when on. */
class MultibulkLimitTest {
  private static final String DIRECTIVE = "proto-max-multibulk-len";
  private static final String TOO_MANY = "-ERR Protocol error: invalid multibulk length\r\n";
  private static final Layout LAYOUT = new Layout(1, 1, "core");

  /** A request of so many elements, which are all the same but for the command and the key. */
  private static String[] push(int elements) {
    String[] words = new String[elements];
    Arrays.fill(words, "x");
    words[0] = "RPUSH";
    words[1] = "k";
    return words;
  }

  @Test
  void aMillionUnlessToldOtherwise() {
    try (TestNode node = TestNode.start(LAYOUT);
        RespClient below = RespClient.connect(node.port());
        RespClient above = RespClient.connect(node.port())) {
      assertEquals("1048576", below.call("CONFIG", "GET", DIRECTIVE).texts().get(1));
      below.send(push(1 << 20));
      assertEquals(1048574, below.read().number());
      assertEquals(TOO_MANY, above.converse("*1048577\r\n".getBytes()));
    }
  }

  @Test
  void whatIsSetHoldsForThoseWhoAreConnected() {
    try (TestNode node = TestNode.start(LAYOUT, Map.of(DIRECTIVE, 1024));
        RespClient client = RespClient.connect(node.port());
        RespClient other = RespClient.connect(node.port())) {
      other.expect('+', "PING");
      assertEquals(1022, client.call(push(1024)).number());
      client.expect('+', "CONFIG", "SET", DIRECTIVE, "1025");
      assertEquals(2045, other.call(push(1025)).number());
      assertEquals(TOO_MANY, other.converse(RespClient.encode(push(1026))));
      client.expect('+', "CONFIG", "SET", DIRECTIVE, "2147483647");
      assertEquals(4094, client.call(push(2051)).number());
      client.expect('-', "CONFIG", "SET", DIRECTIVE, "2147483648");
      client.expect('-', "CONFIG", "SET", DIRECTIVE, "1023");
      assertEquals("2147483647", client.call("CONFIG", "GET", DIRECTIVE).texts().get(1));
      // What a real server takes is taken now: the header alone waits for more.
      client.raw("*2147483647\r\n$4\r\nPING\r\n");
      client.finish();
      assertTrue(client.closedByServer());
    }
  }

  @Test
  void aMasterMaySendWhatItLikes() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    try (RedisProcess master = RedisProcess.start();
        TestNode node = TestNode.start(LAYOUT, Map.of(DIRECTIVE, 1024));
        RespClient writer = RespClient.connect(master.port());
        RespClient reader = RespClient.connect(node.port())) {
      Followers.follow(node.port(), master.port());
      Followers.awaitLink(node.port());
      assertEquals(4998, writer.call(push(5000)).number());
      Followers.awaitCaughtUp(master.port(), node.port());
      assertEquals(4998, reader.call("LLEN", "k").number());
    }
  }

  @Test
  void whatWasAppendedIsLoaded(@TempDir Path dir) {
    Map<String, ?> kept = Map.of("dir", dir.toString(), "appendonly", "yes");
    try (TestNode node = TestNode.start(LAYOUT, kept);
        RespClient client = RespClient.connect(node.port())) {
      assertEquals(4998, client.call(push(5000)).number());
    }
    Map<String, ?> limited =
        Map.of("dir", dir.toString(), "appendonly", "yes", DIRECTIVE, 1024, "save", "");
    try (TestNode node = TestNode.start(LAYOUT, limited);
        RespClient client = RespClient.connect(node.port())) {
      Followers.await("loaded", () -> client.call("LLEN", "k").text().equals("4998"));
      assertEquals(TOO_MANY, client.converse(RespClient.encode(push(1025))));
    }
  }
}
