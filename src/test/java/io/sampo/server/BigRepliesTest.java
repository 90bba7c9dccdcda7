package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies that share what they tell with the data, which meanwhile goes on changing. */
class BigRepliesTest {
  /** More than the buffers of sockets hold. */
  private static final int LENGTH = 24 << 20;

  private static final int STEP = 1_000_003;

  private static TestNode node(String transport) {
    return TestNode.start(new Layout(2, 2, transport));
  }

  private static String noise() {
    Random random = new Random(LENGTH);
    StringBuilder noise = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      noise.append((char) (' ' + random.nextInt(90)));
    }
    return noise.toString();
  }

  private static long pending(RespClient client, String id) {
    String line = client.call("CLIENT", "LIST", "ID", id).text();
    return Long.parseLong(line.replaceAll("(?s).* omem=([0-9]+) .*", "$1"));
  }

  /** Waits until a client has been replied to, and has not taken all of it. */
  private static void awaitPending(RespClient client, String id) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (pending(client, id) < LENGTH / 4) {
      assertTrue(System.nanoTime() < deadline, "nothing is pending");
    }
  }

  private static String overwritten(RespClient client, String value) {
    StringBuilder changed = new StringBuilder(value);
    for (int at = 0; at < LENGTH; at += STEP) {
      client.expect(':', "SETRANGE", "k", "" + at, "~~");
      changed.replace(at, at + 2, "~~");
    }
    client.expect(':', "APPEND", "k", "end");
    return changed.append("end").toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void aSlowReaderIsToldWhatThereWas(String transport) {
    String value = noise();
    try (TestNode node = node(transport);
        RespClient slow = RespClient.connect(node.port());
        RespClient client = RespClient.connect(node.port())) {
      client.expect('+', "SET", "k", value);
      String id = slow.call("CLIENT", "ID").text();
      slow.send("GET", "k");
      awaitPending(client, id);
      String changed = overwritten(client, value);
      assertTrue(client.call("GET", "k").text().equals(changed), "what has been changed");
      client.expect(':', "DEL", "k");
      assertTrue(slow.read().text().equals(value), "what there was");
      slow.send("PING");
      assertEquals("PONG", slow.read().text());
      assertEquals(0, pending(client, id));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void aReaderThatIsGoneLeavesTheValue(String transport) {
    String value = noise();
    try (TestNode node = node(transport);
        RespClient killed = RespClient.connect(node.port());
        RespClient reset = RespClient.connect(node.port());
        RespClient client = RespClient.connect(node.port())) {
      client.expect('+', "SET", "k", value);
      String first = killed.call("CLIENT", "ID").text();
      String second = reset.call("CLIENT", "ID").text();
      killed.send("GETRANGE", "k", "1", "-1");
      reset.send("MGET", "k", "k");
      awaitPending(client, first);
      awaitPending(client, second);
      client.expect(':', "CLIENT", "KILL", "ID", first);
      reset.reset();
      ClientCommandsTest.awaitGone(client, Set.of(first, second));
      String changed = overwritten(client, value);
      assertTrue(client.call("GET", "k").text().equals(changed), "what has been changed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void whatIsNotWantedIsNotSent(String transport) {
    String value = noise();
    try (TestNode node = node(transport);
        RespClient client = RespClient.connect(node.port())) {
      client.expect('+', "SET", "k", value);
      client.raw("CLIENT REPLY SKIP\r\nGET k\r\nSTRLEN k\r\n");
      assertEquals("" + LENGTH, client.read().text());
      client.raw("CLIENT REPLY OFF\r\nGET k\r\nGETSET k x\r\nCLIENT REPLY ON\r\nGET k\r\n");
      assertEquals("OK", client.read().text());
      assertEquals("x", client.read().text());
    }
  }
}
