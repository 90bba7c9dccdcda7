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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** redis-cli and redis-benchmark work as they do with Redis. */
class RedisToolsTest {
  private static final int PATIENCE_SECONDS = 30;

  private static final List<TestNode> NODES = new ArrayList<>();

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    Assumptions.assumeTrue(
        RedisProcess.onPath("redis-cli") && RedisProcess.onPath("redis-benchmark"),
        "no redis-cli and redis-benchmark on the PATH");
    NODES.add(TestNode.start(new Layout(2, 1, "core")));
    NODES.add(TestNode.start(new Layout(2, 1, "pekko")));
  }

  @AfterAll
  static void stop() {
    NODES.forEach(TestNode::close);
  }

  static Stream<TestNode> nodes() {
    return NODES.stream();
  }

  private static Stream<Arguments> nodesWith(String... options) {
    return nodes().flatMap(node -> Stream.of(options).map(option -> Arguments.of(node, option)));
  }

  static Stream<Arguments> protocols() {
    return nodesWith("-2", "-3");
  }

  static Stream<Arguments> loads() {
    return nodesWith("-P 1", "-P 16", "-P 16 -3", "-P 1 -k 0", "-P 4 -r 1000 --dbnum 3");
  }

  /** Runs a tool to its end with this input; returns what it printed. */
  private String run(TestNode node, byte[] input, String tool, String... arguments)
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

  private String cli(TestNode node, String... arguments) throws IOException, InterruptedException {
    return run(node, new byte[0], "redis-cli", arguments).strip();
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("protocols")
  void cliCommands(TestNode node, String protocol) throws IOException, InterruptedException {
    assertEquals("PONG", cli(node, protocol, "ping"));
    assertEquals("OK", cli(node, protocol, "set", "cli:k", "a value"));
    assertEquals("a value", cli(node, protocol, "get", "cli:k"));
    assertEquals("", cli(node, protocol, "get", "cli:missing"));
    assertEquals(
        "ERR value is not an integer or out of range", cli(node, protocol, "incr", "cli:k"));
    assertTrue(cli(node, protocol, "info", "server").contains("tcp_port:" + node.port()));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("nodes")
  void cliReadsCommandsFromItsInput(TestNode node) throws IOException, InterruptedException {
    byte[] script = "multi\nset in:a 1\nincr in:a\nexec\n".getBytes(StandardCharsets.US_ASCII);
    assertEquals("OK\nQUEUED\nQUEUED\nOK\n2\n", run(node, script, "redis-cli"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("nodes")
  void cliPipesInBulk(TestNode node) throws IOException, InterruptedException {
    int n = 5_000;
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      commands.add(new String[] {"SET", "pipe:" + i, "value " + i});
    }
    String text = run(node, RespClient.encode(commands), "redis-cli", "--pipe");
    assertTrue(text.contains("errors: 0, replies: " + n), text);
    assertEquals(n, cli(node, "--scan", "--pattern", "pipe:*").lines().distinct().count());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("loads")
  void benchmark(TestNode node, String options) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("-n", "500", "-q"));
    arguments.addAll(List.of(options.split(" ")));
    String text = run(node, new byte[0], "redis-benchmark", arguments.toArray(String[]::new));
    assertFalse(text.contains("ERR"), text);
    assertEquals(20, text.split("requests per second", -1).length - 1, text);
  }
}
