package io.sampo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.WireReply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The process: its arguments, its file, its output, its end. */
@Timeout(60)
class MainTest {
  @TempDir private Path directory;

  private Process launch(String... args) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    // The tests' own classes would bring their logging.
    String classes = System.getProperty("java.class.path").replaceAll("[^:]*test-classes:?", "");
    line.addAll(List.of("-cp", classes, "io.sampo.Main"));
    line.addAll(List.of(args));
    return new ProcessBuilder(line)
        .directory(directory.toFile())
        .redirectOutput(directory.resolve("out").toFile())
        .redirectError(directory.resolve("err").toFile())
        .start();
  }

  private String text(String file) throws IOException {
    // Of a JDK from 24 on the first lines are its own: Pekko still uses sun.misc.Unsafe.
    return Files.readString(directory.resolve(file)).replaceAll("(?m)^WARNING: .*\n", "");
  }

  private static int exitCode(Process process) throws InterruptedException {
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("it did not end");
    }
    return process.exitValue();
  }

  /** Connects as soon as the process says that it is ready. */
  private RespClient connect(Process process, int port) throws Exception {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (process.isAlive() && System.nanoTime() < deadline) {
      if (text("out").contains("ready to accept connections")) {
        return RespClient.connect(port);
      }
      process.waitFor(20, TimeUnit.MILLISECONDS);
    }
    throw new AssertionError("no connection: " + text("out") + text("err"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--prot 3 | unknown directive 'prot'",
        "--hz abc | bad value 'abc' for directive 'hz': argument couldn't be parsed into an integer",
        "--port 70000 | bad value '70000' for directive 'port': argument must be between 0 and 65535 inclusive",
        "--maxmemory-policy | directive 'maxmemory-policy' has no value",
        "--port 1 port | wrong number of arguments for directive 'port'",
        "nosuch.conf | can't open config file 'nosuch.conf'"
      })
  void aWrongDirectiveStopsTheStartWithOneLine(String args, String complaint) throws Exception {
    Process process = launch(args.split(" "));
    assertEquals(1, exitCode(process));
    assertEquals("sampo: " + complaint + "\n", text("err"));
    assertEquals("", text("out"));
  }

  @Test
  void aFileThatIsNoHoconIsNamed() throws Exception {
    Files.writeString(directory.resolve("application.conf"), "sampo {\n  port = \n  = }\n");
    assertEquals(1, exitCode(launch()));
    assertTrue(text("err").matches("sampo: [^\n]*application.conf[^\n]*\n"), text("err"));
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = "" + taken.getLocalPort();
      assertEquals(1, exitCode(launch("--port", port, "--bind", "127.0.0.1")));
      assertEquals(
          "sampo: Could not create server TCP listening socket 127.0.0.1:"
              + port
              + ": bind: Address already in use\n",
          text("err"));
    }
  }

  @Test
  void itEndsGracefullyAtSigterm() throws Exception {
    int port = RedisProcess.freePort();
    Process process =
        launch("--port", "" + port, "--bind", "127.0.0.1", "--pidfile", "pid", "--save", "");
    try (RespClient client = connect(process, port)) {
      client.expect('+', "PING");
      assertEquals(process.pid() + "\n", text("pid"));
      process.destroy();
      assertEquals(0, exitCode(process));
    }
    String log = text("out");
    assertTrue(log.contains("ready to accept connections: port " + port + ", "), log);
    assertEquals(2, log.lines().count(), log);
    assertEquals("", text("err"));
    assertFalse(Files.exists(directory.resolve("pid")));
  }

  @ParameterizedTest
  @CsvSource({"'', save, true", "3600 1, nosave now, false", "3600 1, default, true"})
  void aSignalSavesAsItIsSaid(String save, String how, boolean saved) throws Exception {
    int port = RedisProcess.freePort();
    Process process =
        launch(
            "--port",
            "" + port,
            "--bind",
            "127.0.0.1",
            "--save",
            save,
            "--shutdown-on-sigterm",
            how);
    try (RespClient client = connect(process, port)) {
      client.expect('+', "SET", "k", "v");
      assertEquals(
          List.of("shutdown-on-sigint", how),
          client.call("CONFIG", "GET", "shutdown-on-sigint").texts());
      process.destroy();
      assertEquals(0, exitCode(process));
    }
    assertEquals(saved, Files.exists(directory.resolve("dump.rdb")));
  }

  @Test
  void runningCommandsFinishBeforeTheEnd() throws Exception {
    int port = RedisProcess.freePort();
    Process process =
        launch("--port", "" + port, "--bind", "127.0.0.1", "--enable-debug-command", "local");
    try (RespClient client = connect(process, port)) {
      client.raw(
          RespClient.encode(
              List.of(new String[] {"PING"}, new String[] {"DEBUG", "SLEEP", "0.5"})));
      client.read();
      client.send("SET", "k", "v");
      process.destroy();
      assertEquals("OK", client.read().text());
      assertEquals(0, exitCode(process));
    }
  }

  @Test
  void argumentsGoBeforeTheFileAndRewriteKeepsWhatItSays() throws Exception {
    int port = RedisProcess.freePort();
    Path file = directory.resolve("my.conf");
    Files.writeString(
        file,
        """
        # Ours.
        sampo {
          bind = "127.0.0.1"  # only here
          hz = 20
          maxmemory = 100mb
          slowlog-max-len = 7
        }
        other { thing = 1 }
        """);
    Process process = launch("my.conf", "--port", "" + port, "--hz", "30");
    try (RespClient client = connect(process, port)) {
      assertEquals("30", client.call("CONFIG", "GET", "hz").texts().get(1));
      assertEquals("7", client.call("CONFIG", "GET", "slowlog-max-len").texts().get(1));
      client.expect('+', "CONFIG", "SET", "slowlog-max-len", "9", "requirepass", "s{cr\"t");
      client.expect('+', "CONFIG", "REWRITE");
      client.send("SHUTDOWN");
      assertEquals(0, exitCode(process));
    }
    String rewritten = Files.readString(file);
    assertTrue(rewritten.startsWith("# Ours.\nsampo {\n  bind = \"127.0.0.1\"  # only here\n"));
    assertTrue(rewritten.contains("other { thing = 1 }"), rewritten);
    assertTrue(rewritten.contains("  maxmemory = 100mb\n"), rewritten);
    CommandLine line = CommandLine.parse(file.toString());
    assertEquals("30", line.config().getString("sampo.hz"));
    assertEquals("9", line.config().getString("sampo.slowlog-max-len"));
    assertEquals("s{cr\"t", line.config().getString("sampo.requirepass"));
    assertEquals("" + port, line.config().getString("sampo.port"));
  }

  /** As Redis is started, and with what Redis can go on with. */
  @Test
  void aRedisConfServesAsItIs() throws Exception {
    int port = RedisProcess.freePort();
    Path file = directory.resolve("redis.conf");
    String before =
        """
        # Ours.
        bind 127.0.0.1
        port 1
        daemonize yes
        save 3600 1
        save 300 100

        # Not too much.
        maxmemory 100mb
        slowlog-max-len 7
        """;
    Files.writeString(file, before);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Process process = launch("redis.conf", "--port", "" + port, "--daemonize", "no");
    try (RespClient client = connect(process, port)) {
      assertEquals("3600 1 300 100", client.call("CONFIG", "GET", "save").texts().get(1));
      assertTrue(
          client.call("INFO", "server").text().contains("config_file:" + file.toRealPath()),
          () -> client.call("INFO", "server").text());
      client.expect('+', "CONFIG", "SET", "slowlog-max-len", "9", "requirepass", "s p#\"t");
      client.expect('+', "CONFIG", "SET", "client-output-buffer-limit", "normal 5 0 0");
      client.expect('+', "CONFIG", "SET", "save", "");
      client.expect('+', "CONFIG", "REWRITE");
      client.send("SHUTDOWN");
      assertEquals(0, exitCode(process));
    }
    String after = Files.readString(file);
    assertTrue(
        after.startsWith(
            before
                .replace("port 1\n", "port " + port + "\n")
                .replace("daemonize yes", "daemonize no")
                .replace("save 3600 1\nsave 300 100\n", "save \"\"\n")
                .replace("len 7", "len 9")),
        after);
    assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    CommandLine line = CommandLine.parse(file.toString());
    assertEquals("s p#\"t", line.config().getString("sampo.requirepass"));
    assertEquals("", line.config().getString("sampo.save"));
  }

  @Test
  void aUnixSocketServesToo() throws Exception {
    int port = RedisProcess.freePort();
    Process process =
        launch(
            "--port",
            "" + port,
            "--unixsocket",
            "s",
            "--unixsocketperm",
            "700",
            "--bind",
            "127.0.0.1");
    try (RespClient client = connect(process, port);
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      WireReply pong = client.call("PING");
      channel.connect(UnixDomainSocketAddress.of(directory.resolve("s")));
      channel.write(ByteBuffer.wrap("PING\r\n".getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer reply = ByteBuffer.allocate(7);
      while (reply.hasRemaining() && channel.read(reply) >= 0) {
        assertTrue(process.isAlive());
      }
      assertEquals("+" + pong.text() + "\r\n", StandardCharsets.US_ASCII.decode(reply.flip()) + "");
    } finally {
      process.destroy();
      assertEquals(0, exitCode(process));
    }
  }

  @Test
  void versionAndHelpAreShown() throws Exception {
    assertEquals(0, exitCode(launch("--version")));
    assertTrue(text("out").startsWith("Sampo "), text("out"));
    assertEquals(0, exitCode(launch("--help")));
    assertTrue(text("out").startsWith("Usage: "), text("out"));
  }
}
