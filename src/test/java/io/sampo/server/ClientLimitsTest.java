package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients may not do, however long they try. */
class ClientLimitsTest {
  private static TestNode node(String transport, Map<String, ?> directives) {
    return TestNode.start(new Layout(2, 2, transport), directives);
  }

  private static long counted(RespClient client, String field) {
    return client
        .call("INFO", "stats")
        .text()
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(field.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  @AgainstRedis(protocols = 2)
  void directivesAreReadAndShownAlike(Differential pair) {
    pair.config("client-output-buffer-limit", "normal 0 0 0");
    pair.config("maxmemory-clients", "0");
    for (String value :
        List.of(
            "normal 1 2 3",
            "normal 1",
            "foo 1 2 3",
            "normal 1mb 2kb 3 pubsub 1 1 1",
            "replica 1 2 3",
            "slave 1 2 3 Normal 0 0 0",
            "normal -1 0 0",
            "normal x 0 0",
            "normal 1 2 x",
            "normal 1 2 -1",
            "normal 1 2 3.5",
            "master 1 2 3",
            "",
            "normal 0 0 0")) {
      pair.same("CONFIG", "SET", "client-output-buffer-limit", value);
      pair.same("CONFIG", "GET", "client-output-buffer-limit");
    }
    for (String value : List.of("10%", "0", "50", "101%", "-5%", "x%", "1gb", "0")) {
      pair.same("CONFIG", "SET", "maxmemory-clients", value);
      pair.same("CONFIG", "GET", "maxmemory-clients");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void tooManyClientsAreTurnedAway(String transport) {
    try (TestNode node = node(transport, Map.of("maxclients", 2));
        RespClient first = RespClient.connect(node.port());
        RespClient second = RespClient.connect(node.port())) {
      first.call("PING");
      String id = second.call("CLIENT", "ID").text();
      try (RespClient third = RespClient.connect(node.port())) {
        assertEquals("ERR max number of clients reached", third.read().text());
        assertTrue(third.closedByServer());
      }
      assertEquals(1, counted(first, "rejected_connections"));
      assertEquals(3, counted(first, "total_connections_received"));
      second.finish();
      ClientCommandsTest.awaitGone(first, Set.of(id));
      try (RespClient next = RespClient.connect(node.port())) {
        assertEquals("PONG", next.call("PING").text());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void idleClientsAreClosedButMonitorsAreNot(String transport) {
    try (TestNode node = node(transport, Map.of("timeout", 1));
        RespClient idle = RespClient.connect(node.port());
        RespClient monitor = RespClient.connect(node.port())) {
      monitor.expect('+', "MONITOR");
      idle.call("PING");
      assertTrue(monitor.read().text().contains("PING"));
      assertTrue(idle.closedByServer());
      try (RespClient other = RespClient.connect(node.port())) {
        other.call("PING");
        assertTrue(monitor.read().text().contains("PING"));
      }
    }
  }

  /** Does something until a client has been closed for its output. */
  private static void awaitDisconnection(RespClient client, Runnable meanwhile) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (counted(client, "client_output_buffer_limit_disconnections") == 0) {
      meanwhile.run();
      assertTrue(System.nanoTime() < deadline);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void aReplyBeyondTheLimitClosesTheClient(String transport) {
    Map<String, ?> limit = Map.of("client-output-buffer-limit", "normal 1mb 0 0");
    try (TestNode node = node(transport, limit);
        RespClient greedy = RespClient.connect(node.port());
        RespClient modest = RespClient.connect(node.port())) {
      modest.expect('+', "SET", "small", "x".repeat(900_000));
      modest.expect('+', "SET", "big", "x".repeat(2_000_000));
      assertEquals(900_000, greedy.call("GET", "small").text().length());
      greedy.send("GET", "big");
      assertTrue(greedy.closedByServer());
      assertEquals(1, counted(modest, "client_output_buffer_limit_disconnections"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void aMonitorThatDoesNotReadIsClosed(String transport) {
    Map<String, ?> limit = Map.of("client-output-buffer-limit", "normal 1mb 0 0");
    try (TestNode node = node(transport, limit);
        RespClient monitor = RespClient.connect(node.port());
        RespClient client = RespClient.connect(node.port())) {
      monitor.expect('+', "MONITOR");
      String big = "x".repeat(100_000);
      awaitDisconnection(client, () -> client.call("ECHO", big));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void tooMuchForTooLongClosesTheClient(String transport) {
    Map<String, ?> limit = Map.of("client-output-buffer-limit", "normal 0 64kb 1");
    try (TestNode node = node(transport, limit);
        RespClient sleeper = RespClient.connect(node.port());
        RespClient client = RespClient.connect(node.port())) {
      client.expect('+', "SET", "big", "x".repeat(30_000_000));
      // Big, but taken in time.
      assertEquals(30_000_000, client.call("GET", "big").text().length());
      sleeper.send("GET", "big");
      awaitDisconnection(client, () -> {});
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void anEndlessRequestClosesTheClient(String transport) {
    try (TestNode node = node(transport, Map.of("client-query-buffer-limit", 1 << 20));
        RespClient endless = RespClient.connect(node.port());
        RespClient client = RespClient.connect(node.port())) {
      endless.raw("*2\r\n$3\r\nGET\r\n$100000000\r\n");
      endless.raw("x".repeat(1_000_000));
      endless.raw("x".repeat(100_000));
      assertTrue(endless.closedByServer());
      assertEquals(1, counted(client, "client_query_buffer_limit_disconnections"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void theClientThatHoldsMostIsEvicted(String transport) {
    try (TestNode node = node(transport, Map.of("maxmemory-clients", "3mb"));
        RespClient big = RespClient.connect(node.port());
        RespClient spared = RespClient.connect(node.port());
        RespClient client = RespClient.connect(node.port())) {
      spared.expect('+', "CLIENT", "NO-EVICT", "ON");
      for (RespClient each : List.of(big, spared)) {
        each.raw("*2\r\n$3\r\nGET\r\n$100000000\r\n" + "x".repeat(2_000_000));
      }
      assertTrue(big.closedByServer());
      assertEquals(1, counted(client, "evicted_clients"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void strangersNeedAPassword(String transport) throws SocketException {
    Optional<InetAddress> outside =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
            .findFirst();
    Assumptions.assumeTrue(outside.isPresent(), "no address but loopback");
    try (TestNode node = node(transport, Map.of("bind", "0.0.0.0"));
        RespClient local = RespClient.connect(node.port())) {
      try (RespClient stranger = RespClient.connect(outside.get(), node.port())) {
        assertTrue(stranger.read().text().startsWith("DENIED Redis is running in protected mode"));
        assertTrue(stranger.closedByServer());
      }
      local.expect('+', "CONFIG", "SET", "protected-mode", "no");
      try (RespClient stranger = RespClient.connect(outside.get(), node.port())) {
        assertEquals("PONG", stranger.call("PING").text());
      }
      local.expect('+', "CONFIG", "SET", "protected-mode", "yes", "requirepass", "secret");
      try (RespClient stranger = RespClient.connect(outside.get(), node.port())) {
        assertEquals("NOAUTH Authentication required.", stranger.call("PING").text());
      }
    }
  }
}
