package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestSet;
import io.sampo.testkit.WireReply;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A replica that passes writes on to the master. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForwardingTest {
  private static TestSet set;

  @BeforeAll
  static void start() {
    set = TestSet.start(Map.of("replica-forwards-writes", "yes", "cluster-lease", 4000));
  }

  @AfterAll
  static void stop() {
    if (set != null) {
      set.close();
    }
  }

  private static RespClient replica() {
    set.awaitWhole();
    RespClient replica = RespClient.connect(set.port((set.awaitMaster() + 1) % 3));
    TestSet.await("the way to the master", () -> !replica.call("SET", "way", "open").isError());
    return replica;
  }

  private static RespClient master() {
    return RespClient.connect(set.port(set.awaitMaster()));
  }

  @Test
  void repliesComeInOrder() {
    try (RespClient replica = replica()) {
      replica.call("DEL", "n");
      for (int i = 0; i < 200; i++) {
        replica.send("INCR", "n");
        replica.send("ECHO", "e" + i);
      }
      for (int i = 0; i < 200; i++) {
        assertEquals(i + 1, replica.read().number());
        assertEquals("e" + i, replica.read().text());
      }
      TestSet.await("the write to come back", () -> replica.call("GET", "n").text().equals("200"));
    }
  }

  @Test
  void databaseProtocolAndErrorsAreTheClients() {
    try (RespClient replica = replica();
        RespClient master = master()) {
      replica.call("SELECT", "3");
      replica.call("HELLO", "3");
      assertEquals("OK", replica.call("SET", "three", "v").text());
      assertTrue(replica.call("LPUSH", "three", "x").text().startsWith("WRONGTYPE"));
      assertEquals('_', replica.call("LPOP", "none").type());
      master.call("SELECT", "3");
      assertEquals("v", master.call("GET", "three").text());
      replica.call("SELECT", "0");
      replica.call("SET", "zero", "v");
      master.call("SELECT", "0");
      assertEquals("v", master.call("GET", "zero").text());
    }
  }

  @Test
  void bigOnesGoInPieces() {
    String big = "x".repeat(3_000_000);
    try (RespClient replica = replica()) {
      assertEquals("OK", replica.call("SET", "big", big).text());
      assertEquals(big, replica.call("GETDEL", "big").text());
    }
  }

  @Test
  void whatBlocksBlocksThere() {
    try (RespClient replica = replica();
        RespClient master = master()) {
      replica.send("BLPOP", "queue", "20");
      TestSet.await(
          "the client to block",
          () -> master.call("INFO", "clients").text().contains("blocked_clients:1"));
      master.call("RPUSH", "queue", "v");
      WireReply popped = replica.read();
      assertEquals("v", popped.texts().get(1));
    }
  }

  @Test
  void transactionsStayWhereTheyAre() {
    try (RespClient replica = replica()) {
      replica.call("MULTI");
      assertTrue(replica.call("SET", "k", "v").text().startsWith("READONLY"));
      assertTrue(replica.call("EXEC").text().startsWith("EXECABORT"));
      assertEquals("OK", replica.call("SET", "k", "v").text());
    }
  }
}
