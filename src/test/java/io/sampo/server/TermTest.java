package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Followers;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestSet;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a master and those who follow it within a replica set tell one another of its terms. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TermTest {
  private static TestSet set;

  @BeforeAll
  static void start() {
    set = TestSet.start(Map.of());
  }

  @AfterAll
  static void stop() {
    if (set != null) {
      set.close();
    }
  }

  /** So that whoever loads it and is restarted at once knows what it has. */
  @Test
  void fullCopySaysOfWhichTermItHasTheBeginning() throws IOException {
    int port = set.port(set.awaitMaster());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(RespClient.encode("PSYNC", "?", "-1"));
      InputStream in = socket.getInputStream();
      StringBuilder copy = new StringBuilder();
      byte[] bytes = new byte[4096];
      while (!copy.toString().contains("repl-offset")) {
        int n = in.read(bytes);
        assertTrue(n > 0, "the copy ends: " + copy);
        copy.append(new String(bytes, 0, n, StandardCharsets.ISO_8859_1));
      }
      assertTrue(copy.toString().contains("sampo-term"), copy.toString());
    }
  }

  @Test
  void onlyWhoLeadsTheTermServesThoseWhoAskForIt() {
    set.awaitWhole();
    int master = set.awaitMaster();
    String term = Followers.info(set.port(master), "sampo").get("replica_set_term");
    try (RespClient leader = RespClient.connect(set.port(master));
        RespClient other = RespClient.connect(set.port((master + 1) % 3))) {
      leader.call("SET", "k", "v");
      long offset = leader.expect(':', "REPLCONF", "sampo-term", term).number();
      assertTrue(offset >= "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n".length(), "" + offset);
      leader.expect('-', "REPLCONF", "sampo-term", "1000");
      assertEquals(
          "ERR this node does not lead the term " + term,
          other.expect('-', "REPLCONF", "sampo-term", term).text());
    }
  }
}
