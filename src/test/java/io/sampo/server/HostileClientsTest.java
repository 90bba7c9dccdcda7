package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.TestNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever bytes a client sends, a neighbour is served as before, and nothing of it stays behind.
 */
@Timeout(60)
class HostileClientsTest {
  private static final int CONNECTIONS = 600;

  private static final List<String> CORPUS =
      List.of(
          "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\n",
          "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
          "*1\r\n$4\r\nPING\r\n",
          "PING\r\n",
          "SET k \"quoted \\x00 value\"\r\n",
          "*5\r\n$4\r\nMSET\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n",
          "*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n*1\r\n$4\r\nEXEC\r\n",
          "*1000000\r\n$3\r\nDEL\r\n",
          "*2\r\n*2\r\n$1\r\nx\r\n$1\r\ny\r\n",
          "$5\r\nhello\r\n",
          "*3\r\n$536870912\r\n",
          "*-5\r\n*0\r\n\r\n\r\n",
          "*2147483647\r\n",
          "*1\r\n$99999999999999999999\r\n");

  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void aNeighbourIsServedAsBefore(String transport) throws IOException {
    Random random = Seed.random("random bytes");
    try (TestNode node = TestNode.start(new Layout(2, 2, transport));
        RespClient neighbour = RespClient.connect(node.port())) {
      neighbour.expect('+', "SET", "neighbour", "here");
      for (int i = 0; i < CONNECTIONS; i++) {
        attack(node.port(), random);
        if (i % 20 == 0) {
          assertEquals("here", neighbour.call("GET", "neighbour").text());
        }
      }
      assertEquals("here", neighbour.call("GET", "neighbour").text());
      awaitAlone(neighbour);
    }
  }

  /** The last of the others may still be on its way out. */
  private static void awaitAlone(RespClient neighbour) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    String clients;
    do {
      clients = neighbour.call("CLIENT", "LIST").text();
    } while (clients.lines().count() > 1 && System.nanoTime() < deadline);
    assertEquals(1, clients.lines().count(), clients);
  }

  /** A client that takes nothing is nevertheless rid of at once when it is killed. */
  @ParameterizedTest
  @ValueSource(strings = {"core", "pekko"})
  void whoeverIsKilledIsGoneThoughItTakesNothing(String transport) throws Exception {
    try (TestNode node = TestNode.start(new Layout(1, 1, transport));
        RespClient neighbour = RespClient.connect(node.port());
        Socket deaf = new Socket()) {
      neighbour.expect('+', "SET", "big", "x".repeat(1 << 20));
      deaf.setReceiveBufferSize(1 << 14);
      deaf.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port()));
      for (int i = 0; i < 20; i++) {
        deaf.getOutputStream().write(RespClient.encode("GET", "big"));
      }
      awaitStuck(neighbour);
      String port = "127.0.0.1:" + deaf.getLocalPort();
      neighbour.expect('+', "CLIENT", "KILL", port);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      assertThrows(
          IOException.class,
          () -> {
            while (System.nanoTime() < deadline) {
              deaf.getOutputStream().write('\n');
              TimeUnit.MILLISECONDS.sleep(5);
            }
          });
    }
  }

  /** Waits until the kernel has taken for a while nothing of what is to be sent to a client. */
  private static void awaitStuck(RespClient neighbour) {
    Pattern pending = Pattern.compile(" omem=([1-9]\\d*) ");
    String before = "";
    long since = System.nanoTime();
    while (System.nanoTime() - since < TimeUnit.MILLISECONDS.toNanos(300)) {
      Matcher now = pending.matcher(neighbour.call("CLIENT", "LIST").text());
      String bytes = now.find() ? now.group(1) : "";
      if (bytes.isEmpty() || !bytes.equals(before)) {
        before = bytes;
        since = System.nanoTime();
      }
    }
  }

  /** Sends something odd in odd pieces, and leaves politely or not. */
  private static void attack(int port, Random random) throws IOException {
    byte[] bytes = bytes(random);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(5000);
      int sent = 0;
      while (sent < bytes.length) {
        int piece = Math.min(bytes.length - sent, 1 + random.nextInt(200));
        socket.getOutputStream().write(bytes, sent, piece);
        sent += piece;
      }
      if (random.nextBoolean()) {
        socket.setSoLinger(true, 0);
      } else {
        socket.shutdownOutput();
        drain(socket);
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("neither served nor closed: " + text(bytes), e);
    } catch (IOException closedByServer) {
      assertTrue(bytes.length > 0);
    }
  }

  private static void drain(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[4096];
    int n = 0;
    while (n >= 0) {
      n = in.read(buffer);
    }
  }

  private static byte[] bytes(Random random) {
    if (random.nextInt(4) == 0) {
      byte[] noise = new byte[1 + random.nextInt(500)];
      random.nextBytes(noise);
      return noise;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      text.append(CORPUS.get(random.nextInt(CORPUS.size())));
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
