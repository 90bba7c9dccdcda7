package io.sampo.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server process on a loopback port of its own, and what the kernel says about it. */
final class Server implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** Clock ticks per second in /proc: 100 on every Linux architecture that the JDK runs on. */
  private static final long TICK_MICROS = 10_000;

  private static final String REDIS = "Redis";

  private final String name;
  private final Process process;

  /** Where it is started, so that it finds nobody else's files. */
  private final TempFolder folder;

  private final int port;
  private final double startMillis;

  private Server(String name, List<String> line, int port) throws IOException {
    this.name = name;
    this.port = port;
    this.folder = new TempFolder();
    long begin = System.nanoTime();
    this.process =
        new ProcessBuilder(line)
            .directory(folder.path().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log().toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    awaitPong(begin);
    this.startMillis = (System.nanoTime() - begin) / 1e6;
  }

  /** A redis-server without persistence, with further arguments. */
  static Server redis(String... arguments) throws IOException {
    int port = freePort();
    List<String> line = new ArrayList<>(List.of("redis-server"));
    line.addAll(common(port));
    line.addAll(List.of(arguments));
    return new Server(REDIS, line, port);
  }

  /** A Sampo without persistence, with arguments besides those of the variant. */
  static Server sampo(String name, Options.Variant variant, String... arguments)
      throws IOException {
    int port = freePort();
    List<String> line = new ArrayList<>(List.of(variant.java()));
    line.addAll(variant.jvm());
    line.addAll(List.of("-jar", variant.jar().toAbsolutePath().toString()));
    line.addAll(common(port));
    line.addAll(variant.arguments());
    line.addAll(List.of(arguments));
    return new Server(name, line, port);
  }

  private static List<String> common(int port) {
    return List.of("--port", "" + port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no");
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitPong(long begin) throws IOException {
    while (process.isAlive() && System.nanoTime() - begin < PATIENCE_NANOS) {
      try (Client client = Client.connect(port)) {
        client.command("PING");
        return;
      } catch (IOException notYet) {
        pause();
      }
    }
    process.destroyForcibly();
    throw new IOException(name + " did not start:\n" + Files.readString(log()));
  }

  private Path log() {
    return folder.path().resolve("log");
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it is one of ours. */
  boolean isJvm() {
    return !name.equals(REDIS);
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  /** From the start of the process to its first PONG, in milliseconds. */
  double startMillis() {
    return startMillis;
  }

  /** User and system time so far, in microseconds, in steps of 10 ms. */
  long cpuMicros() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    // Field 2 is the program's name in parentheses; 14 and 15 are utime and stime, proc(5).
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MICROS;
  }

  /** Resident set, in bytes. */
  long resident() throws IOException {
    return kernel(process.pid(), "status", "VmRSS:");
  }

  /** The memory of the process and those it has forked, in bytes; what they share counts once. */
  long proportional() throws IOException {
    long sum = kernel(process.pid(), "smaps_rollup", "Pss:");
    for (ProcessHandle child : process.descendants().toList()) {
      try {
        sum += kernel(child.pid(), "smaps_rollup", "Pss:");
      } catch (IOException ended) {
        // What it had is no more.
      }
    }
    return sum;
  }

  private static long kernel(long pid, String file, String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", "" + pid, file))) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("no " + field + " of process " + pid);
  }

  /** A figure of INFO memory. */
  long info(String field) throws IOException {
    try (Client client = Client.connect(port)) {
      for (String line : client.command("INFO", "memory").split("\r\n")) {
        if (line.startsWith(field + ":")) {
          return Long.parseLong(line.substring(field.length() + 1));
        }
      }
    }
    throw new IOException(name + ": INFO memory lacks " + field);
  }

  /**
   * Bytes of the heap in live objects; collects garbage first. Only of a JVM. The serial collector
   * moves everything together every fourth time only, and else leaves some of the dead where they
   * lie, which are counted.
   */
  long liveHeap() throws IOException, InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      least = Math.min(least, histogram());
    }
    return least;
  }

  private long histogram() throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder("jcmd", "" + process.pid(), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    List<String> lines = new String(jcmd.getInputStream().readAllBytes()).lines().toList();
    jcmd.waitFor();
    String last = lines.get(lines.size() - 1).trim();
    if (!last.startsWith("Total")) {
      throw new IOException("jcmd: " + last);
    }
    return Long.parseLong(last.split("\\s+")[2]);
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    folder.close();
  }
}
