package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestSet;
import io.sampo.testkit.WireReply;
import java.util.List;
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
  void transactionsAreCarriedOutThereAsAWhole() {
    try (RespClient replica = replica();
        RespClient master = master()) {
      replica.call("DEL", "t", "u");
      replica.call("MULTI");
      assertEquals("QUEUED", replica.call("SET", "t", "1").text());
      assertEquals("QUEUED", replica.call("GET", "t").text());
      assertEquals("QUEUED", replica.call("INCR", "t").text());
      assertEquals(List.of("OK", "1", "2"), texts(replica.call("EXEC")));
      assertEquals("2", master.call("GET", "t").text());

      replica.call("MULTI");
      replica.call("SET", "u", "1");
      assertEquals("OK", replica.call("DISCARD").text());
      assertEquals('_', master.call("GET", "u").type());

      replica.call("MULTI");
      replica.call("SET", "u", "1");
      assertTrue(replica.call("GET").isError());
      assertEquals(
          "EXECABORT Transaction discarded because of previous errors.",
          replica.call("EXEC").text());
      assertEquals('_', master.call("GET", "u").type());
      // The connection is as it was.
      assertEquals("OK", replica.call("SET", "u", "2").text());
    }
  }

  private static List<String> texts(WireReply reply) {
    return reply.elements().stream()
        .map(each -> each.type() == ':' ? "" + each.number() : each.text())
        .toList();
  }

  @Test
  void aTransactionThatSelectsLeavesTheClientThere() {
    try (RespClient replica = replica();
        RespClient master = master()) {
      replica.call("MULTI");
      replica.call("SET", "s", "0");
      replica.call("SELECT", "4");
      replica.call("SET", "s", "4");
      assertEquals(List.of("OK", "OK", "OK"), texts(replica.call("EXEC")));
      replica.call("SET", "after", "v");
      assertEquals("0", master.call("GET", "s").text());
      master.call("SELECT", "4");
      assertEquals("4", master.call("GET", "s").text());
      assertEquals("v", master.call("GET", "after").text());
    }
  }

  @Test
  void whatConcernsThisNodeDoesNotGoWithWhatIsWritten() {
    try (RespClient replica = replica();
        RespClient master = master()) {
      replica.call("MULTI");
      replica.call("SET", "c", "1");
      replica.call("CONFIG", "SET", "maxmemory", "1gb");
      assertTrue(replica.call("EXEC").text().startsWith("EXECABORT"));
      assertEquals('_', master.call("GET", "c").type());
      assertEquals("0", master.call("CONFIG", "GET", "maxmemory").texts().get(1));
    }
  }

  @Test
  void whatIsWatchedIsWatchedThere() {
    try (RespClient replica = replica();
        RespClient master = master()) {
      replica.call("SET", "w", "1");
      assertEquals("OK", replica.call("WATCH", "w").text());
      // Not as old as it may be here.
      assertEquals("1", replica.call("GET", "w").text());
      replica.call("MULTI");
      replica.call("INCR", "w");
      assertEquals(List.of("2"), texts(replica.call("EXEC")));

      replica.call("WATCH", "w");
      master.call("SET", "w", "10");
      assertEquals("10", replica.call("GET", "w").text());
      replica.call("MULTI");
      replica.call("INCR", "w");
      assertEquals('_', replica.call("EXEC").type());
      assertEquals("10", master.call("GET", "w").text());

      replica.call("WATCH", "w");
      master.call("SET", "w", "20");
      assertEquals("OK", replica.call("UNWATCH").text());
      replica.call("MULTI");
      replica.call("INCR", "w");
      assertEquals(List.of("21"), texts(replica.call("EXEC")));
    }
  }

  @Test
  void aReadingTransactionSeesWhatItWatches() {
    try (RespClient replica = replica();
        RespClient master = master()) {
      replica.call("SET", "r", "1");
      replica.call("WATCH", "r");
      master.call("SET", "r", "2");
      replica.call("MULTI");
      replica.call("GET", "r");
      assertEquals('_', replica.call("EXEC").type());
    }
  }
}
