package io.sampo.faults;

import io.sampo.testkit.RespClient;
import io.sampo.testkit.WireReply;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A node of a replica set in a process of its own, with what can happen to a process. */
final class NodeProcess {
  /**
   * Where a node is.
   *
   * @param before what stands before the program, to have it run there
   */
  record Site(
      String host,
      int port,
      int clusterPort,
      int sentinelPort,
      List<String> before,
      Path directory) {
    String seed() {
      return host + ":" + clusterPort;
    }
  }

  private static final Pattern BALLOT =
      Pattern.compile("term=(\\d+) .*fresh=false .*reached=(\\d+) ");
  private static final int PATIENCE = 500;

  final Site site;
  private final List<String> directives;
  private final Map<String, String> environment;
  private Process process;

  /**
   * @param directives further ones, seeds among them
   */
  NodeProcess(Site site, List<String> directives, Map<String, String> environment) {
    this.site = site;
    this.directives = directives;
    this.environment = environment;
  }

  void start() throws IOException {
    String classes =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("test-classes"))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    List<String> line = new ArrayList<>(site.before);
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m"));
    line.addAll(List.of("-cp", classes, "io.sampo.Main", "--port", "" + site.port));
    line.addAll(List.of("--bind", site.host, "--protected-mode", "no"));
    line.addAll(List.of("--cluster-port", "" + site.clusterPort));
    line.addAll(List.of("--sentinel-port", "" + site.sentinelPort));
    line.addAll(List.of("--dir", site.directory.toString(), "--save", ""));
    line.addAll(directives);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(site.directory.resolve("log").toFile()));
    builder.environment().putAll(environment);
    process = builder.start();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  void kill() throws InterruptedException {
    strike();
    process.waitFor();
  }

  /** Kills it, without waiting for its end. */
  void strike() {
    process.destroyForcibly();
  }

  /** Ends it by SIGTERM, as an operator does. */
  void terminate() {
    process.destroy();
  }

  /** Whether it is stopped, as the kernel says. */
  boolean isStopped() throws IOException {
    return Files.readString(Path.of("/proc", "" + process.pid(), "status")).contains("State:\tT");
  }

  /** By how many seconds its wall clock is ahead of ours. */
  long secondsAhead() {
    try (RespClient client = connect()) {
      long seconds = Long.parseLong(client.call("TIME").elements().get(0).text());
      return seconds - System.currentTimeMillis() / 1000;
    } catch (UncheckedIOException | IndexOutOfBoundsException e) {
      return 0;
    }
  }

  void stop() {
    Shell.run("kill -STOP " + process.pid());
  }

  void goOn() {
    Shell.run("kill -CONT " + process.pid());
  }

  /** Takes away its disk. */
  void forget() throws IOException {
    try (Stream<Path> files = Files.walk(site.directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(site.directory) && !path.endsWith("log")) {
          Files.delete(path);
        }
      }
    }
  }

  /** Connects as a client does. */
  RespClient connect() {
    try {
      RespClient client = RespClient.connect(InetAddress.getByName(site.host), site.port, PATIENCE);
      client.patience(PATIENCE);
      return client;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it says of its role: "master", "slave", or "" if it cannot be asked. */
  String role() {
    if (!isAlive()) {
      return "";
    }
    try (RespClient client = connect()) {
      return client.call("ROLE").elements().get(0).text();
    } catch (UncheckedIOException | IndexOutOfBoundsException e) {
      return "";
    }
  }

  /** How many replicas follow it and are online; -1 if it is no master. */
  int replicas() {
    try (RespClient client = connect()) {
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
    try (Stream<Path> files = Files.list(site.directory)) {
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

  String log() throws IOException {
    return Files.readString(site.directory.resolve("log"));
  }

  void close() {
    if (isAlive()) {
      goOn();
      process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
  }
}
