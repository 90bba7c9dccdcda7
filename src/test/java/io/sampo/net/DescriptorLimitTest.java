package io.sampo.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process of its own whose open files are limited, for it takes all of them. */
@Timeout(60)
final class DescriptorLimitTest {
  private static final int LIMIT = 150;

  /** An echo server that prints its port. */
  public static final class Server {
    private Server() {}

    /** Serves until its input ends. */
    public static void main(String[] args) throws Exception {
      ActorSystem system =
          ActorSystem.create(
              "limit", CoreLoops.dispatcherConfig(1).withFallback(ConfigFactory.load()));
      Attributes loop = ActorAttributes.dispatcher(CoreLoops.dispatcher(0));
      CoreTcp.Binding binding =
          CoreTcp.bind(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                  CoreTcp.Options.DEFAULT)
              .to(
                  Sink.foreach(
                      connection ->
                          connection
                              .flow()
                              .map(chunk -> ByteString.fromArrayUnsafe(chunk.bytes()))
                              .join(Flow.<ByteString>create())
                              .addAttributes(loop)
                              .run(system)))
              .addAttributes(loop)
              .run(system)
              .toCompletableFuture()
              .get();
      System.out.println("port " + ((InetSocketAddress) binding.localAddress()).getPort());
      while (System.in.read() >= 0) {}
      system.terminate();
    }
  }

  @Test
  void waitsForDescriptorsAndGoesOn() throws Exception {
    Process server =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n " + LIMIT + "; exec \"$0\" -Xmx128m -cp \"$1\" \"$2\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"),
                Server.class.getName())
            .redirectErrorStream(true)
            .start();
    List<Socket> sockets = new ArrayList<>();
    try {
      List<String> lines = new CopyOnWriteArrayList<>();
      CompletableFuture<Integer> port = new CompletableFuture<>();
      CompletableFuture<Void> refused = new CompletableFuture<>();
      CompletableFuture<Void> ended =
          CompletableFuture.runAsync(
              () ->
                  server
                      .inputReader()
                      .lines()
                      .forEach(
                          line -> {
                            lines.add(line);
                            if (line.startsWith("port ")) {
                              port.complete(Integer.parseInt(line.substring(5)));
                            } else if (line.contains("Cannot accept")) {
                              refused.complete(null);
                            }
                          }));
      InetAddress host = InetAddress.getLoopbackAddress();
      for (int i = 0; i < LIMIT; i++) {
        Socket socket = new Socket(host, port.get(20, TimeUnit.SECONDS));
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        if (i == 0) {
          echo(socket);
        }
      }
      refused.get(20, TimeUnit.SECONDS);
      Duration before = server.info().totalCpuDuration().orElseThrow();
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
      Duration used = server.info().totalCpuDuration().orElseThrow().minus(before);
      assertTrue(used.toMillis() < 500, () -> "waits busily: " + used);
      long complaints = lines.stream().filter(line -> line.contains("Cannot accept")).count();
      assertEquals(1, complaints, () -> String.join("\n", lines));
      while (sockets.size() > 20) {
        sockets.remove(0).close();
      }
      for (Socket socket : sockets) {
        echo(socket);
      }
      server.getOutputStream().close();
      ended.get(20, TimeUnit.SECONDS);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
      server.destroyForcibly();
    }
  }

  private static void echo(Socket socket) throws IOException {
    socket.getOutputStream().write(9);
    assertEquals(9, socket.getInputStream().read());
  }
}
