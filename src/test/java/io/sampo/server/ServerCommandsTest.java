package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** TIME, ROLE, SLOWLOG, LATENCY, MEMORY, SHUTDOWN and the like. */
class ServerCommandsTest {
  @AgainstRedis
  void repliesHaveRedissShape(Differential redis) {
    redis.sameTypeOnly("TIME");
    redis.sameWithin(3600, "LASTSAVE");
    redis.same("ROLE");
    redis.sameTypeOnly("LOLWUT");
    redis.sameTypeOnly("LOLWUT", "VERSION", "5", "1");
    redis.same("LOLWUT", "VERSION", "x");
    redis.same("SHUTDOWN", "ABORT");
    redis.same("SHUTDOWN", "NOSUCH");
    redis.same("SHUTDOWN", "SAVE", "NOSAVE");
    redis.same("SHUTDOWN", "ABORT", "NOW");
    redis.same("MULTI");
    redis.same("SHUTDOWN", "NOSAVE");
    redis.same("EXEC");
  }

  @AgainstRedis
  void slowRequestsOfAPipelineAreToldApart(Differential redis) {
    redis.config("slowlog-log-slower-than", "0");
    redis.same("SLOWLOG", "RESET");
    List<String[]> pipeline = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      pipeline.add(new String[] {"SET", "k" + i, "v"});
      pipeline.add(new String[] {"GET", "k" + i});
      pipeline.add(new String[] {"GET", "k" + (i + 1)});
      pipeline.add(new String[] {"LRANGE", "l" + i, "0", "-1"});
    }
    redis.samePipelined(pipeline);
    redis.same("CONFIG", "SET", "slowlog-log-slower-than", "-1");
    List<WireReply> ours = arguments(redis.sampo());
    // And SLOWLOG RESET itself.
    assertEquals(pipeline.size() + 1, ours.size());
    assertEquals(arguments(redis.redis()), ours);
  }

  @AgainstRedis
  void slowRequestsAreRemembered(Differential redis) {
    redis.config("slowlog-log-slower-than", "0");
    redis.same("SLOWLOG", "RESET");
    String[] many = new String[40];
    Arrays.fill(many, "k");
    many[0] = "DEL";
    redis.same(many);
    redis.same("SET", "k", "v".repeat(200));
    redis.same("CONFIG", "SET", "slowlog-log-slower-than", "-1");
    List<WireReply> ours = arguments(redis.sampo());
    assertEquals(3, ours.size());
    assertEquals(arguments(redis.redis()), ours);
    redis.same("SLOWLOG", "GET", "0");
    redis.same("SLOWLOG", "GET", "-2");
    redis.same("SLOWLOG", "GET", "x");
    redis.same("SLOWLOG", "GET", "1", "2");
    redis.same("SLOWLOG", "RESET");
    redis.same("SLOWLOG", "LEN");
  }

  /** The requests that are no CONFIG, newest first. */
  private static List<WireReply> arguments(RespClient client) {
    return client.call("SLOWLOG", "GET", "-1").elements().stream()
        .map(entry -> entry.elements().get(3))
        .filter(args -> !args.texts().get(0).equalsIgnoreCase("CONFIG"))
        .toList();
  }

  @AgainstRedis
  void latencyAnswersInRedissForm(Differential redis) {
    redis.same("LATENCY", "RESET");
    redis.same("LATENCY", "LATEST");
    redis.same("LATENCY", "HISTORY", "nosuch");
    redis.same("LATENCY", "GRAPH", "nosuch");
    redis.same("LATENCY", "GRAPH");
    redis.same("LATENCY", "HISTOGRAM", "nosuch");
    redis.sameTypeOnly("LATENCY", "DOCTOR");
    redis.same("CONFIG", "RESETSTAT");
    redis.same("SET", "k", "v");
    redis.sameTypeOnly("LATENCY", "HISTOGRAM", "SET", "nosuch");
    WireReply ours = redis.sampo().call("LATENCY", "HISTOGRAM", "set").elements().get(1);
    assertEquals("calls", ours.elements().get(0).text());
    assertEquals(1, ours.elements().get(1).number());
    assertEquals(1, ours.elements().get(3).elements().get(1).number());
  }

  @AgainstRedis
  void memoryAnswersInRedissForm(Differential redis) {
    redis.same("SET", "k", "v");
    redis.same("MEMORY", "USAGE", "nosuch");
    redis.sameTypeOnly("MEMORY", "USAGE", "k");
    redis.sameTypeOnly("MEMORY", "USAGE", "k", "SAMPLES", "0");
    redis.same("MEMORY", "USAGE", "k", "SAMPLES", "-1");
    redis.same("MEMORY", "USAGE", "k", "SAMPLES", "x");
    redis.same("MEMORY", "USAGE", "k", "SAMPLES");
    redis.same("MEMORY", "USAGE", "k", "NOSUCH", "1");
    redis.same("MEMORY", "PURGE");
    redis.sameTypeOnly("MEMORY", "DOCTOR");
    redis.sameTypeOnly("MEMORY", "MALLOC-STATS");
    redis.sameTypeOnly("MEMORY", "STATS");
    List<String> ours = redis.sampo().call("MEMORY", "STATS").texts();
    List<String> theirs = redis.redis().call("MEMORY", "STATS").texts();
    for (int i = 0; i < theirs.size(); i += 2) {
      assertEquals(theirs.get(i), ours.get(i));
    }
  }

  @Test
  void slowEventsAreMonitored() {
    Map<String, ?> directives = Map.of("enable-debug-command", "yes");
    try (TestNode node = TestNode.start(new Layout(2, 2, "core"), directives);
        RespClient client = RespClient.connect(node.port())) {
      client.expect('+', "CONFIG", "SET", "latency-monitor-threshold", "50");
      client.expect('+', "DEBUG", "SLEEP", "0.1");
      List<WireReply> latest = client.call("LATENCY", "LATEST").elements();
      WireReply command =
          latest.stream().filter(e -> e.texts().get(0).equals("command")).findFirst().orElseThrow();
      assertTrue(command.elements().get(2).number() >= 100, command.toString());
      assertEquals(1, client.call("LATENCY", "HISTORY", "command").elements().size());
      assertTrue(client.call("LATENCY", "GRAPH", "command").text().startsWith("command - high "));
      assertEquals(1, client.call("LATENCY", "RESET", "command", "nosuch").number());
      assertEquals(0, client.call("LATENCY", "HISTORY", "command").elements().size());
    }
  }

  @Test
  void shutdownEndsTheNodeWithoutReply() {
    TestNode node = TestNode.start(new Layout(2, 2, "core"));
    int port = node.port();
    try (RespClient client = RespClient.connect(port)) {
      client.send("SHUTDOWN", "NOSAVE");
      assertThrows(UncheckedIOException.class, client::read);
    }
    node.close();
    assertThrows(UncheckedIOException.class, () -> RespClient.connect(port));
  }
}
