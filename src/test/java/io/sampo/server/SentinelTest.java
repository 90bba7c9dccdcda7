package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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

/** What the nodes of a replica set tell clients of Sentinels. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SentinelTest {
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

  private static RespClient connect(int i) {
    return RespClient.connect(set.sentinelPorts().get(i));
  }

  private static String masterPort(RespClient sentinel) {
    WireReply address = sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", TestSet.NAME);
    return address.type() == '*' ? address.texts().get(1) : "";
  }

  @Test
  void everyNodeNamesTheMaster() {
    String port = Integer.toString(set.port(set.awaitMaster()));
    for (int i = 0; i < 3; i++) {
      try (RespClient sentinel = connect(i)) {
        TestSet.await("its address", () -> masterPort(sentinel).equals(port));
        assertEquals('_', sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "another").type());
        TestSet.await(
            "replicas",
            () -> sentinel.call("SENTINEL", "REPLICAS", TestSet.NAME).elements().size() == 2);
        TestSet.await(
            "sentinels",
            () -> sentinel.call("SENTINEL", "SENTINELS", TestSet.NAME).elements().size() == 2);
        assertEquals(
            "OK 3 usable Sentinels. Quorum and failover authorization can be reached",
            sentinel.call("SENTINEL", "CKQUORUM", TestSet.NAME).text());
        assertEquals(List.of("sentinel"), sentinel.call("ROLE").texts().subList(0, 1));
      }
    }
  }

  @Test
  void knowsNothingOfData() {
    try (RespClient sentinel = connect(0)) {
      assertEquals(
          "ERR unknown command 'GET', with args beginning with: 'k' ",
          sentinel.expect('-', "GET", "k").text());
      assertTrue(sentinel.call("INFO").text().contains("redis_mode:sentinel"));
      assertEquals("PONG", sentinel.call("PING").text());
    }
  }

  @Test
  void subscribersLearnOfANewMaster() {
    int master = set.awaitMaster();
    set.awaitWhole();
    String before = Integer.toString(set.port(master));
    try (RespClient asking = connect((master + 1) % 3);
        RespClient subscriber = connect((master + 2) % 3)) {
      TestSet.await("its address", () -> masterPort(asking).equals(before));
      subscriber.expect('*', "SUBSCRIBE", "+switch-master");
      List<String> message = failOver(asking, subscriber).texts();
      assertEquals("+switch-master", message.get(1));
      String[] words = message.get(2).split(" ");
      assertEquals(List.of(TestSet.NAME, "127.0.0.1", before), List.of(words).subList(0, 3));
      TestSet.await("the new address", () -> masterPort(asking).equals(words[4]));
      assertNotEquals(before, words[4]);
      TestSet.await(
          "the new master", () -> Integer.toString(set.port(set.awaitMaster())).equals(words[4]));
    }
  }

  /** Asks until it is done, for at first no replica may be known to have everything. */
  private static WireReply failOver(RespClient asking, RespClient subscriber) {
    List<String> refusals =
        List.of(
            "NOGOODSLAVE No suitable replica to promote", "INPROG Failover already in progress");
    TestSet.await(
        "a replica that can take over",
        () -> {
          String reply = asking.call("SENTINEL", "FAILOVER", TestSet.NAME).text();
          assertTrue(reply.equals("OK") || refusals.contains(reply), reply);
          return reply.equals("OK");
        });
    return subscriber.read();
  }

  @Test
  void topologyIsATableOrMaps() {
    int master = set.awaitMaster();
    try (RespClient client = RespClient.connect(set.port(master))) {
      TestSet.await(
          "all nodes", () -> client.call("SAMPO", "TOPOLOGY").text().lines().count() == 5);
      assertTrue(client.call("INFO", "sampo").text().contains("replica_set:" + TestSet.NAME));
      assertTrue(client.call("SAMPO", "TOPOLOGY").text().contains(", 3 of 3 voters reachable"));
      client.call("HELLO", "3");
      WireReply map = client.expect('%', "SAMPO", "TOPOLOGY");
      assertEquals("replica-set", map.elements().get(0).text());
      assertEquals(TestSet.NAME, map.elements().get(1).text());
      assertEquals("reachable-voters", map.elements().get(8).text());
      assertEquals(3, map.elements().get(9).number());
      assertEquals(3, map.elements().get(11).elements().size());
    }
  }

  @Test
  void aReplicaSendsThoseAwayWhoWantToWrite() {
    int master = set.awaitMaster();
    set.awaitWhole();
    try (RespClient client = RespClient.connect(set.port((master + 1) % 3))) {
      client.call("GET", "k");
      assertTrue(client.expect('-', "SET", "k", "v").text().startsWith("READONLY "));
      assertTrue(client.closedByServer());
    }
  }

  @Test
  void aMasterThatIsCutOffSendsItsClientsAway() {
    try (TestSet lonely = TestSet.start(Map.of("cluster-lease", 4000))) {
      int master = lonely.awaitMaster();
      try (RespClient client = RespClient.connect(lonely.port(master))) {
        TestSet.await("a write", () -> client.call("SET", "k", "v").text().equals("OK"));
        lonely.stop((master + 1) % 3);
        lonely.stop((master + 2) % 3);
        TestSet.await(
            "the end of its lease",
            () -> client.call("GET", "k").text().startsWith("CLUSTERDOWN "));
        assertTrue(client.closedByServer());
      }
    }
  }
}
