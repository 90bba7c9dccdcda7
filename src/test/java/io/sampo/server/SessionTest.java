package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections that behave badly harm nobody, and well-behaved ones lose nothing. */
class SessionTest {
  static Stream<Layout> layouts() {
    return Stream.of(
        new Layout(1, 1, "core"),
        new Layout(5, 2, "core"),
        new Layout(1, 1, "pekko"),
        new Layout(5, 2, "pekko"));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void requestsMayComeByteByByte(Layout layout) {
    byte[] script = "SET k 'a b'\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nPING\r\n".getBytes();
    try (TestNode node = TestNode.start(layout);
        RespClient slow = RespClient.connect(node.port());
        RespClient other = RespClient.connect(node.port())) {
      for (byte b : script) {
        slow.raw(new byte[] {b});
        assertEquals("PONG", other.call("PING").text());
      }
      assertEquals(List.of("OK", "a b", "PONG"), texts(slow, 3));
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void whatWasAskedBeforeTheEndIsAnswered(Layout layout) {
    try (TestNode node = TestNode.start(layout)) {
      int n = 20_000;
      List<String[]> pipeline = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        pipeline.add(new String[] {"SET", "k" + i % 100, "v" + i});
      }
      try (RespClient client = RespClient.connect(node.port())) {
        assertEquals("+OK\r\n".repeat(n), client.converse(RespClient.encode(pipeline)));
      }
      try (RespClient client = RespClient.connect(node.port())) {
        String heard = client.converse("PING\r\nECHO 1\r\n*1\r\nbad\r\nPING\r\n".getBytes());
        assertEquals("+PONG\r\n$1\r\n1\r\n-ERR Protocol error: expected '$', got 'b'\r\n", heard);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void bigRepliesComeInOrderAndInPieces(Layout layout) {
    try (TestNode node = TestNode.start(layout);
        RespClient client = RespClient.connect(node.port())) {
      for (int i = 0; i < 10; i++) {
        client.expect('+', "SET", "k" + i, ("" + i).repeat(100_000 + i));
      }
      List<String[]> pipeline = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        pipeline.add(new String[] {"GET", "k" + i % 10});
        pipeline.add(new String[] {"ECHO", "" + i});
        if (i % 50 == 49) {
          pipeline.add(new String[] {"MULTI"});
          pipeline.add(new String[] {"GET", "k1"});
          pipeline.add(new String[] {"EXEC"});
        }
      }
      client.raw(RespClient.encode(pipeline));
      for (int i = 0; i < 300; i++) {
        assertEquals(100_000 + i % 10, client.read().text().length());
        assertEquals("" + i, client.read().text());
        if (i % 50 == 49) {
          assertEquals("OK", client.read().text());
          assertEquals("QUEUED", client.read().text());
          assertEquals(100_001, client.read().texts().get(0).length());
        }
      }
      assertEquals("PONG", client.call("PING").text());
    }
  }

  /** The replies would need more than all the heap that tests are given. */
  @ParameterizedTest
  @MethodSource("layouts")
  void whoDoesNotReadHoldsNoMemory(Layout layout) {
    try (TestNode node = TestNode.start(layout);
        RespClient deaf = RespClient.connect(node.port());
        RespClient other = RespClient.connect(node.port())) {
      other.expect('+', "SET", "k", "x".repeat(1_000_000));
      List<String[]> pipeline = new ArrayList<>();
      for (int i = 0; i < 4_000; i++) {
        pipeline.add(new String[] {"GET", "k"});
      }
      deaf.raw(RespClient.encode(pipeline));
      for (int i = 0; i < 100; i++) {
        assertEquals("PONG", other.call("PING").text());
      }
      String id = deaf.call("GET", "k").text().substring(0, 1);
      assertEquals("x", id);
      long held =
          other
              .call("CLIENT", "LIST")
              .text()
              .lines()
              .mapToLong(line -> Long.parseLong(line.replaceAll(".*tot-mem=(\\d+).*", "$1")))
              .sum();
      assertTrue(held < 8_000_000, "clients hold " + held);
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void whoGoesWithoutAWordLeavesNothingBehind(Layout layout) {
    try (TestNode node = TestNode.start(layout);
        RespClient client = RespClient.connect(node.port())) {
      List<String[]> pipeline = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        pipeline.add(new String[] {"MSET", "a" + i, "1", "b" + i, "2", "c" + i, "3"});
      }
      byte[] bytes = RespClient.encode(pipeline);
      for (int i = 0; i < 1_000; i++) {
        try (RespClient brief = RespClient.connect(node.port())) {
          switch (i % 4) {
            case 0 -> brief.raw(bytes);
            case 1 -> brief.raw("*3\r\n$3\r\nSET\r\n$1");
            case 2 -> brief.call("PING");
            default -> brief.raw("");
          }
          if (i % 2 == 0) {
            brief.reset();
          }
        }
      }
      long deadline = System.nanoTime() + 10_000_000_000L;
      // The last of them may still be on their way in when those before have left.
      while (client.call("CLIENT", "LIST").text().lines().count() > 1
          || !client.call("INFO", "clients").text().contains("connected_clients:1\r\n")) {
        assertTrue(System.nanoTime() < deadline, "sessions are left");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void whoLeavesWhileWaitingIsSeenToLeave(Layout layout) {
    try (TestNode node = TestNode.start(layout);
        RespClient client = RespClient.connect(node.port())) {
      for (boolean reset : List.of(true, false)) {
        try (RespClient waiter = RespClient.connect(node.port())) {
          waiter.send("WAIT", "1", "0");
          waiter.raw("PING\r\n");
          if (reset) {
            waiter.reset();
          }
        }
      }
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (client.call("CLIENT", "LIST").text().lines().count() > 1) {
        assertTrue(System.nanoTime() < deadline, "sessions are left");
      }
    }
  }

  private static List<String> texts(RespClient client, int n) {
    return client.read(n).stream().map(reply -> reply.text()).toList();
  }
}
