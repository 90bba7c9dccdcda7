package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** CLIENT, beside the real server's where that has it, and what only several clients can show. */
class ClientCommandsTest {
  private static final Layout TWO = new Layout(2, 2, "core");

  @AgainstRedis({@On, @On(shards = 5, loops = 2), @On(transport = "pekko")})
  void argumentsAreCheckedAlike(Differential pair) {
    List<String> lines =
        List.of(
            "client",
            "client foo",
            "client getname",
            "client getname x",
            "client setname me",
            "client getname",
            "client kill",
            "client kill 1.2.3.4:5",
            "client kill id 999999",
            "client kill id abc",
            "client kill id 0",
            "client kill id -1",
            "client kill type foo",
            "client kill id 99999 type",
            "client kill user nosuch",
            "client kill id 99999 user default skipme yes",
            "client kill user default skipme maybe",
            "client kill addr 1.2.3.4:5 laddr 1.1.1.1:2",
            "client kill foo bar",
            "client kill a b c",
            "client kill id 99999 id 99998",
            "client list type foo",
            "client list type",
            "client list type replica",
            "client list type slave",
            "client list type master",
            "client list type pubsub",
            "client list type normal extra",
            "client list id",
            "client list id abc",
            "client list id 0",
            "client list id 999999",
            "client list foo",
            "client pause",
            "client pause abc",
            "client pause -1",
            "client pause 99999999999999999999",
            "client pause 9223372036854775807",
            "client pause 10 foo",
            "client pause 0",
            "client pause 0 write",
            "client pause 0 write more",
            "client unpause",
            "client unpause x",
            "client reply foo",
            "client reply on",
            "client no-evict foo",
            "client no-evict on",
            "client no-evict off",
            "client unblock abc",
            "client unblock 999999",
            "client unblock 999999 foo",
            "client unblock 999999 error more",
            "client unblock 999999 timeout",
            "client unblock 999999 error");
    lines.forEach(line -> pair.same(line.split(" ")));
    pair.same("CLIENT", "SETNAME", "two words");
    pair.same("CLIENT", "SETNAME", "bell\u0007");
    pair.same("CLIENT", "SETNAME", "");
    pair.same("CLIENT", "GETNAME");
    pair.sameTypeOnly("CLIENT", "ID");
    pair.sameTypeOnly("CLIENT", "INFO");
    pair.sameTypeOnly("CLIENT", "LIST");
  }

  @AgainstRedis
  void aClientIsDescribedByTheSameFields(Differential pair) {
    pair.same("SELECT", "3");
    pair.same("CLIENT", "SETNAME", "me");
    Map<String, String> ours = fields(pair.sampo().call("CLIENT", "INFO").text());
    Map<String, String> theirs = fields(pair.redis().call("CLIENT", "INFO").text());
    List<String> expected = new ArrayList<>(theirs.keySet());
    expected.add(expected.indexOf("multi") + 1, "watch");
    expected.addAll(List.of("lib-name", "lib-ver"));
    assertEquals(expected, new ArrayList<>(ours.keySet()));
    for (String field : List.of("name", "flags", "db", "sub", "multi", "cmd", "user", "resp")) {
      assertEquals(theirs.get(field), ours.get(field), field);
    }
    assertEquals("127.0.0.1:" + pair.sampo().localPort(), ours.get("addr"));
    assertEquals(pair.sampo().call("CLIENT", "ID").text(), ours.get("id"));
    pair.same("MULTI");
    pair.same("PING");
    pair.same("CLIENT", "INFO");
    for (RespClient client : List.of(pair.sampo(), pair.redis())) {
      Map<String, String> within = fields(client.call("EXEC").texts().get(1));
      assertEquals("x", within.get("flags"));
      assertEquals("2", within.get("multi"));
    }
  }

  @AgainstRedis
  void flagsTellOfTransactionsAndMonitors(Differential pair) {
    Differential other = pair.another();
    other.same("CLIENT", "SETNAME", "other");
    other.same("WATCH", "k");
    pair.same("SET", "k", "v");
    other.same("MULTI");
    other.same("SET", "k", "w");
    for (RespClient client : List.of(pair.sampo(), pair.redis())) {
      Map<String, String> line = named(client, "other");
      assertEquals("xd", line.get("flags"));
      assertEquals("set", line.get("cmd"));
    }
    assertEquals("1", named(pair.sampo(), "other").get("watch"));
    other.same("DISCARD");
    other.same("CLIENT", "NO-EVICT", "ON");
    for (RespClient client : List.of(pair.sampo(), pair.redis())) {
      assertEquals("e", named(client, "other").get("flags"));
    }
    other.same("MONITOR");
    for (RespClient client : List.of(pair.sampo(), pair.redis())) {
      assertEquals("Oe", named(client, "other").get("flags"));
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void repliesAreSwitchedOffAndSkipped(Differential pair) {
    List<List<String>> scripts =
        List.of(
            List.of("client reply skip", "ping", "echo 1"),
            List.of("client reply skip", "client reply skip", "ping", "echo 2"),
            List.of("client reply off", "ping", "client reply skip", "ping", "client reply on"),
            List.of("client reply skip", "client reply off", "ping", "client reply on", "echo 3"),
            List.of("client reply skip", "client reply on", "echo 4"),
            List.of("client reply skip", "nosuch", "echo 5"),
            List.of("client reply skip", "multi", "ping", "echo b", "exec", "echo 6"),
            List.of("client reply skip", "set a 1", "incr a", "client reply skip", "incr a"),
            List.of("client reply off", "set b 1", "reset", "get b"));
    for (List<String> script : scripts) {
      byte[] bytes = RespClient.encode(script.stream().map(line -> line.split(" ")).toList());
      Differential other = pair.another();
      other.sameToTheEnd(bytes);
    }
  }

  @Test
  void librariesIntroduceThemselves() {
    try (TestNode node = TestNode.start(TWO);
        RespClient client = RespClient.connect(node.port())) {
      client.expect('+', "CLIENT", "SETINFO", "LIB-NAME", "lettuce");
      client.expect('+', "CLIENT", "SETINFO", "lib-ver", "6.8");
      Map<String, String> fields = fields(client.call("CLIENT", "INFO").text());
      assertEquals("lettuce", fields.get("lib-name"));
      assertEquals("6.8", fields.get("lib-ver"));
      assertEquals(
          "ERR lib-name cannot contain spaces, newlines or special characters.",
          client.call("CLIENT", "SETINFO", "lib-name", "two words").text());
      assertEquals(
          "ERR Unrecognized option 'lib-os'",
          client.call("CLIENT", "SETINFO", "lib-os", "x").text());
      client.expect('+', "CLIENT", "NO-TOUCH", "ON");
      assertEquals("T", fields(client.call("CLIENT", "INFO").text()).get("flags"));
      client.expect('+', "CLIENT", "NO-TOUCH", "OFF");
      client.expect('-', "CLIENT", "NO-TOUCH", "MAYBE");
    }
  }

  @Test
  void killedClientsAreGone() {
    try (TestNode node = TestNode.start(TWO);
        RespClient killer = RespClient.connect(node.port())) {
      for (String filter : List.of("old", "id", "addr", "maxage")) {
        try (RespClient victim = RespClient.connect(node.port());
            RespClient bystander = RespClient.connect(node.port())) {
          Map<String, String> fields = fields(victim.call("CLIENT", "INFO").text());
          bystander.call("PING");
          switch (filter) {
            case "old" -> killer.expect('+', "CLIENT", "KILL", fields.get("addr"));
            case "id" -> killed(killer, 1, "ID", fields.get("id"), "LADDR", fields.get("laddr"));
            case "addr" -> killed(killer, 1, "ADDR", fields.get("addr"), "TYPE", "normal");
            default -> killed(killer, 0, "ID", fields.get("id"), "MAXAGE", "1000");
          }
          boolean spared = filter.equals("maxage");
          String list = killer.call("CLIENT", "LIST").text();
          assertEquals(spared, list.contains("id=" + fields.get("id") + " "));
          if (!spared) {
            assertTrue(victim.closedByServer(), filter);
          }
          assertEquals("PONG", bystander.call("PING").text());
        }
      }
      // The killer itself is answered first, and with it all it had asked before.
      killer.raw("PING\r\nCLIENT KILL TYPE normal SKIPME no\r\nPING\r\n");
      assertEquals("PONG", killer.read().text());
      assertNotEquals(0, killer.read().number());
      assertTrue(killer.closedByServer());
    }
  }

  private static void killed(RespClient killer, int expected, String... filter) {
    List<String> words = new ArrayList<>(List.of("CLIENT", "KILL"));
    words.addAll(List.of(filter));
    assertEquals(expected, killer.call(words.toArray(String[]::new)).number());
  }

  @Test
  void aPauseHoldsRequestsBackAndLosesNone() {
    try (TestNode node = TestNode.start(TWO);
        RespClient pauser = RespClient.connect(node.port());
        RespClient writer = RespClient.connect(node.port())) {
      pauser.expect('+', "SET", "n", "0");
      pauser.expect('+', "CLIENT", "PAUSE", "100000", "WRITE");
      // Reads go on, queueing a write does not.
      assertEquals("0", writer.call("GET", "n").text());
      List<String[]> pipeline = new ArrayList<>();
      pipeline.add(new String[] {"GET", "n"});
      for (int i = 0; i < 100; i++) {
        pipeline.add(new String[] {"INCR", "n"});
      }
      writer.raw(RespClient.encode(pipeline));
      assertEquals("0", writer.read().text());
      assertEquals("0", pauser.call("GET", "n").text());
      pauser.expect('+', "CLIENT", "UNPAUSE");
      for (int i = 1; i <= 100; i++) {
        assertEquals(i, writer.read().number());
      }
    }
  }

  @Test
  void nothingIsWrittenOnceAPauseWasAnswered() {
    try (TestNode node = TestNode.start(TWO);
        RespClient pauser = RespClient.connect(node.port());
        RespClient one = RespClient.connect(node.port());
        RespClient two = RespClient.connect(node.port())) {
      List<String[]> pipeline = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        pipeline.add(new String[] {"INCR", "k" + i % 10});
        pipeline.add(new String[] {"INCR", "sum"});
      }
      byte[] bytes = RespClient.encode(pipeline);
      String[] sums = {"MGET", "sum", "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9"};
      for (int round = 0; round < 200; round++) {
        one.raw(bytes);
        two.raw(bytes);
        pauser.expect('+', "CLIENT", "PAUSE", "100000", "WRITE");
        WireReply before = pauser.call(sums);
        for (int i = 0; i < 3; i++) {
          assertEquals(before, pauser.call(sums));
        }
        pauser.expect('+', "CLIENT", "UNPAUSE");
        one.read(200);
        two.read(200);
      }
      assertEquals("40000", pauser.call("GET", "sum").text());
    }
  }

  @AgainstRedis
  void whoIsHeldBackByAPauseCountsAsBlocked(Differential pair) {
    Differential held = pair.another();
    held.say("CLIENT SETNAME held");
    pair.say("CLIENT PAUSE 100000 WRITE");
    for (RespClient client : List.of(held.sampo(), held.redis())) {
      client.send("SET", "k", "v");
    }
    for (RespClient client : List.of(pair.sampo(), pair.redis())) {
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (!named(client, "held").get("flags").equals("b")) {
        assertTrue(System.nanoTime() < deadline, named(client, "held")::toString);
      }
      BlockingTest.awaitBlocked(client, 1);
    }
    pair.say("CLIENT UNPAUSE");
    held.sameNext();
  }

  @Test
  void aPauseHoldsBackTransactionsThatWrite() {
    try (TestNode node = TestNode.start(TWO);
        RespClient pauser = RespClient.connect(node.port());
        RespClient writer = RespClient.connect(node.port())) {
      writer.expect('+', "MULTI");
      writer.expect('+', "SET", "k", "v");
      pauser.expect('+', "CLIENT", "PAUSE", "100000", "WRITE");
      writer.send("EXEC");
      pauser.expect('_', "GET", "k");
      assertEquals(0, pauser.call("CLIENT", "UNBLOCK", "" + 2).number());
      pauser.expect('_', "GET", "k");
      pauser.expect('+', "CLIENT", "UNPAUSE");
      assertEquals(List.of("OK"), writer.read().texts());
      assertEquals("v", pauser.call("GET", "k").text());
    }
  }

  @Test
  void aPauseEndsByItselfAndCoversItsOwnClient() {
    try (TestNode node = TestNode.start(TWO);
        RespClient client = RespClient.connect(node.port())) {
      long begin = System.nanoTime();
      client.expect('+', "CLIENT", "PAUSE", "50");
      // The longer and the stricter of two pauses wins.
      client.expect('+', "CLIENT", "PAUSE", "1", "WRITE");
      assertEquals("PONG", client.call("PING").text());
      assertTrue(System.nanoTime() - begin >= 45_000_000);
    }
  }

  @Test
  void aPausedClientThatLeavesIsForgotten() {
    try (TestNode node = TestNode.start(TWO);
        RespClient pauser = RespClient.connect(node.port())) {
      RespClient leaver = RespClient.connect(node.port());
      String id = leaver.call("CLIENT", "ID").text();
      pauser.expect('+', "CLIENT", "PAUSE", "100000", "WRITE");
      leaver.send("SET", "k", "v");
      assertEquals(1, pauser.call("CLIENT", "KILL", "ID", id).number());
      assertTrue(leaver.closedByServer());
      leaver.close();
      pauser.expect('+', "CLIENT", "UNPAUSE");
      pauser.expect('_', "GET", "k");
    }
  }

  @Test
  void blockedClientsAreWoken() {
    try (TestNode node = TestNode.start(TWO);
        RespClient waker = RespClient.connect(node.port());
        RespClient waiter = RespClient.connect(node.port())) {
      String id = waiter.call("CLIENT", "ID").text();
      assertEquals(0, waker.call("CLIENT", "UNBLOCK", id).number());
      waiter.send("WAIT", "1", "0");
      awaitFlags(waker, id, "b");
      assertEquals(1, waker.call("CLIENT", "UNBLOCK", id).number());
      assertEquals(0, waiter.read().number());
      waiter.raw(
          RespClient.encode(List.of(new String[] {"WAIT", "1", "0"}, new String[] {"PING"})));
      awaitFlags(waker, id, "b");
      assertEquals(1, waker.call("CLIENT", "UNBLOCK", id, "ERROR").number());
      assertEquals("UNBLOCKED client unblocked via CLIENT UNBLOCK", waiter.read().text());
      assertEquals("PONG", waiter.read().text());
      assertEquals(0, waker.call("CLIENT", "UNBLOCK", id, "ERROR").number());
      // A blocked client that leaves is seen to leave.
      waiter.send("WAIT", "1", "0");
      awaitFlags(waker, id, "b");
      waiter.finish();
      awaitGone(waker, Set.of(id));
    }
  }

  private static void awaitFlags(RespClient client, String id, String flags) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!flags.equals(fields(client.call("CLIENT", "LIST", "ID", id).text()).get("flags"))) {
      assertTrue(System.nanoTime() < deadline, "never had flags " + flags);
    }
  }

  static void awaitGone(RespClient client, Set<String> ids) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (client
        .call("CLIENT", "LIST")
        .text()
        .lines()
        .map(line -> fields(line).get("id"))
        .anyMatch(ids::contains)) {
      assertTrue(System.nanoTime() < deadline, "still there: " + ids);
    }
  }

  @Test
  void trackingIsUnknown() {
    try (TestNode node = TestNode.start(TWO);
        RespClient client = RespClient.connect(node.port())) {
      WireReply reply = client.call("CLIENT", "TRACKING", "ON");
      assertEquals(
          "ERR unknown subcommand 'TRACKING', for this server does not track what clients cache."
              + " Try CLIENT HELP.",
          reply.text());
      assertFalse(client.call("PING").isError());
    }
  }

  private static Map<String, String> named(RespClient client, String name) {
    return client
        .call("CLIENT", "LIST")
        .text()
        .lines()
        .map(ClientCommandsTest::fields)
        .filter(line -> name.equals(line.get("name")))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, String> fields(String line) {
    String text = line.startsWith("txt:") ? line.substring(4) : line;
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field : text.strip().split(" ")) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        fields.put(field.substring(0, equals), field.substring(equals + 1));
      }
    }
    return fields;
  }
}
