package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.RespClient;
import java.util.ArrayList;
import java.util.List;

/** MONITOR shows what the real server's shows, line by line. */
class MonitorTest {
  private static final String END = "\"echo\" \"end\"";

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void everyRequestThatRanIsShown(Differential pair) {
    Differential monitor = pair.another();
    monitor.same("MONITOR");
    List<String> lines =
        List.of(
            "ping",
            "SET k v",
            "get k",
            "get",
            "nosuch",
            "incr k",
            "select 2",
            "info server",
            "command count",
            "config get maxmemory",
            "client id",
            "client list",
            "slowlog len",
            "auth default topsecret",
            "auth topsecret",
            "hello 2 auth default topsecret setname n",
            "hello 2 setname n",
            "multi",
            "set a 1",
            "get a",
            "exec",
            "multi",
            "discard",
            "watch a",
            "unwatch",
            "exec",
            "discard",
            "multi",
            "multi",
            "watch a",
            "nosuch",
            "exec",
            "multi",
            "get",
            "discard",
            "reset");
    for (String line : lines) {
      pair.sampo().call(line.split(" "));
      pair.redis().call(line.split(" "));
    }
    pair.same("ECHO", "\u0000\u00ff\"\\ \n\r\t\b\u0007");
    pair.same("ECHO", "end");
    List<String> ours = shown(monitor.sampo(), pair.sampo().localPort());
    List<String> theirs = shown(monitor.redis(), pair.redis().localPort());
    assertEquals(String.join("\n", theirs), String.join("\n", ours));
    assertTrue(ours.stream().noneMatch(line -> line.contains("topsecret")));
  }

  /** The lines up to the end, without their time and with the client's port named. */
  private static List<String> shown(RespClient monitor, int port) {
    List<String> lines = new ArrayList<>();
    do {
      String line = monitor.read().text();
      assertTrue(line.matches("[0-9]+\\.[0-9]{6} \\[.*"), line);
      lines.add(line.substring(line.indexOf('[')).replace(":" + port, ":port"));
    } while (!lines.get(lines.size() - 1).toLowerCase().endsWith(END));
    return lines;
  }

  @AgainstRedis
  void aMonitorMayNotTouchData(Differential pair) {
    pair.same("MULTI");
    pair.same("MONITOR");
    pair.same("EXEC");
    Differential monitor = pair.another();
    monitor.same("MONITOR");
    for (RespClient client : List.of(monitor.sampo(), monitor.redis())) {
      assertEquals("ERR Replica can't interact with the keyspace", client.call("GET", "k").text());
      assertEquals("RESET", next(client, "RESET"));
      client.expect('_', "GET", "k");
    }
  }

  /** Sends a request and skips what is shown. */
  private static String next(RespClient client, String request) {
    client.send(request);
    String text = client.read().text();
    while (text.contains("[")) {
      text = client.read().text();
    }
    return text;
  }
}
