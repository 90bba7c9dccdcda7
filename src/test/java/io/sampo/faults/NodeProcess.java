package io.sampo.faults;

import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.WireReply;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A node of a replica set in a process of its own, with all that can happen to a process. */
final class NodeProcess {
  private static final Pattern BALLOT =
      Pattern.compile("term=(\\d+) .*fresh=false .*reached=(\\d+) ");

  final int port;
  private final String seeds;
  private final int clusterPort;
  private final Path directory;
  private final List<String> directives;
  private Process process;

  private NodeProcess(
      int port, int clusterPort, String seeds, Path directory, List<String> directives) {
    this.port = port;
    this.clusterPort = clusterPort;
    this.seeds = seeds;
    this.directory = directory;
    this.directives = directives;
  }

  /** So many nodes that are each other's seeds, none of them started. */
  static List<NodeProcess> set(int n, Path directory, String... directives) throws IOException {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < 2 * n; i++) {
      int port = RedisProcess.freePort();
      while (ports.contains(port)) {
        port = RedisProcess.freePort();
      }
      ports.add(port);
    }
    String seeds =
        ports.subList(n, 2 * n).stream()
            .map(port -> "127.0.0.1:" + port)
            .collect(Collectors.joining(","));
    List<NodeProcess> nodes = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Path own = Files.createDirectories(directory.resolve("n" + i));
      nodes.add(new NodeProcess(ports.get(i), ports.get(n + i), seeds, own, List.of(directives)));
    }
    return nodes;
  }

  void start() throws IOException {
    String classes =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("test-classes"))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m"));
    line.addAll(List.of("-cp", classes, "io.sampo.Main", "--port", "" + port));
    line.addAll(List.of("--bind", "127.0.0.1", "--cluster-port", "" + clusterPort));
    line.addAll(List.of("--seed-nodes", seeds, "--dir", directory.toString(), "--save", ""));
    line.addAll(List.of("--sentinel-port", "0"));
    line.addAll(directives);
    process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
            .start();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends it by SIGTERM, as an operator does. */
  void terminate() {
    process.destroy();
  }

  void stop() throws IOException, InterruptedException {
    signal("STOP");
  }

  void goOn() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
  }

  /** Takes away its disk. */
  void forget() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(directory) && !path.endsWith("log")) {
          Files.delete(path);
        }
      }
    }
  }

  /** What it says of its role: "master", "slave", or "" if it cannot be asked. */
  String role() {
    return !isAlive() ? "" : ask("ROLE");
  }

  /** How many replicas follow it and are online; -1 if it is no master. */
  int replicas() {
    try (RespClient client = RespClient.connect(port)) {
      client.patience(500);
      List<WireReply> role = client.call("ROLE").elements();
      return role.get(0).text().equals("master") ? role.get(2).elements().size() : -1;
    } catch (UncheckedIOException | IndexOutOfBoundsException e) {
      return -1;
    }
  }

  /**
   * The last term whose beginning it has, as it remembers; -1 while it cannot vouch for others. The
   * set can do without any one node only when all can.
   */
  long reached() {
    try (Stream<Path> files = Files.list(directory)) {
      Optional<Path> ballot = files.filter(file -> file.toString().endsWith(".ballot")).findFirst();
      if (ballot.isEmpty()) {
        return -1;
      }
      Matcher words = BALLOT.matcher(Files.readString(ballot.get()));
      boolean settled = words.find() && words.group(1).equals(words.group(2));
      return settled ? Long.parseLong(words.group(1)) : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  private String ask(String command) {
    try (RespClient client = RespClient.connect(port)) {
      client.patience(500);
      return client.call(command).elements().get(0).text();
    } catch (UncheckedIOException | IndexOutOfBoundsException e) {
      return "";
    }
  }

  String log() throws IOException {
    return Files.readString(directory.resolve("log"));
  }

  void close() throws IOException, InterruptedException {
    if (isAlive()) {
      goOn();
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }
}
