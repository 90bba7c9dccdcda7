package io.sampo.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** redis-cli and redis-benchmark work as they do with Redis. */
class RedisToolsTest {
  private static final int PATIENCE_SECONDS = 30;

  private static TestNode node;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    Assumptions.assumeTrue(
        RedisProcess.onPath("redis-cli") && RedisProcess.onPath("redis-benchmark"),
        "no redis-cli and redis-benchmark on the PATH");
    node = TestNode.start(new Layout(2, 1, "core"));
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  /** Runs a tool to its end with this input; returns what it printed. */
  private String run(byte[] input, String tool, String... arguments)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    List<String> line = new ArrayList<>(List.of(tool, "-p", "" + node.port()));
    line.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input);
      }
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), tool + " does not end");
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output, StandardCharsets.ISO_8859_1);
    assertEquals(0, process.exitValue(), text);
    return text;
  }

  private String cli(String... arguments) throws IOException, InterruptedException {
    return run(new byte[0], "redis-cli", arguments).strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-2", "-3"})
  void cliCommands(String protocol) throws IOException, InterruptedException {
    assertEquals("PONG", cli(protocol, "ping"));
    assertEquals("OK", cli(protocol, "set", "cli:k", "a value"));
    assertEquals("a value", cli(protocol, "get", "cli:k"));
    assertEquals("", cli(protocol, "get", "cli:missing"));
    assertEquals("ERR value is not an integer or out of range", cli(protocol, "incr", "cli:k"));
    assertTrue(cli(protocol, "info", "server").contains("tcp_port:" + node.port()));
  }

  @Test
  void cliReadsCommandsFromItsInput() throws IOException, InterruptedException {
    byte[] script = "multi\nset in:a 1\nincr in:a\nexec\n".getBytes(StandardCharsets.US_ASCII);
    assertEquals("OK\nQUEUED\nQUEUED\nOK\n2\n", run(script, "redis-cli"));
  }

  @Test
  void cliPipesInBulk() throws IOException, InterruptedException {
    int n = 5_000;
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      commands.add(new String[] {"SET", "pipe:" + i, "value " + i});
    }
    String text = run(RespClient.encode(commands), "redis-cli", "--pipe");
    assertTrue(text.contains("errors: 0, replies: " + n), text);
    assertEquals(n, cli("--scan", "--pattern", "pipe:*").lines().distinct().count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-P 1", "-P 16", "-P 16 -3", "-P 1 -k 0", "-P 4 -r 1000 --dbnum 3"})
  void benchmark(String options) throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(List.of("-t", "ping,set,get,incr,mset", "-n", "2000", "-q"));
    arguments.addAll(List.of(options.split(" ")));
    String text = run(new byte[0], "redis-benchmark", arguments.toArray(String[]::new));
    assertFalse(text.contains("ERR"), text);
    assertEquals(6, text.split("requests per second", -1).length - 1, text);
  }
}
