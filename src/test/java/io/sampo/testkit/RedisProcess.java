package io.sampo.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real redis-server on a loopback port of its own, with no persistence: the oracle that tests ask
 * what Redis replies. It ends with {@link #close}, at the latest with this JVM.
 */
public final class RedisProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String SENTINEL = "--sentinel";

  private final Process process;
  private final Path directory;
  private final int port;
  private final Thread atExit;

  private RedisProcess(Process process, Path directory, int port) {
    this.process = process;
    this.directory = directory;
    this.port = port;
    this.atExit = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Whether there is a redis-server on the PATH. */
  public static boolean available() {
    return onPath("redis-server");
  }

  /** Whether the PATH has a program of this name. */
  public static boolean onPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /**
   * Starts a server and waits until it answers PING and has loaded its data.
   *
   * @param directives further ones as on redis-server's command line, e.g. {@code "--maxmemory",
   *     "1mb"}
   * @throws IllegalStateException with the server's log, if it does not come up in 10 seconds
   */
  public static RedisProcess start(String... directives) {
    String log = "";
    // Between our finding a free port and the server's binding it, another may take it.
    for (int attempt = 0; attempt < 3; attempt++) {
      RedisProcess redis = launch(directives);
      if (redis.answers()) {
        return redis;
      }
      log = redis.log();
      redis.close();
    }
    throw new IllegalStateException("redis-server did not start:\n" + log);
  }

  /**
   * Starts a Sentinel that watches a master, and waits until it answers.
   *
   * @param name by which clients ask for the master
   */
  public static RedisProcess sentinel(String name, int master, int quorum) {
    RedisProcess sentinel = start(SENTINEL);
    try (RespClient client = RespClient.connect(sentinel.port)) {
      client.expect('+', "SENTINEL", "MONITOR", name, "127.0.0.1", "" + master, "" + quorum);
    }
    return sentinel;
  }

  private static RedisProcess launch(String... directives) {
    try {
      Path directory = Files.createTempDirectory("sampo-redis");
      int port = freePort();
      List<String> line = new ArrayList<>(List.of("redis-server"));
      if (List.of(directives).contains(SENTINEL)) {
        // It keeps its state in the file that it is configured by.
        line.add(Files.createFile(directory.resolve("sentinel.conf")).toString());
      } else {
        line.addAll(List.of("--save", "", "--appendonly", "no"));
      }
      // Of two directives the last one counts, and a test may name another directory.
      line.addAll(List.of("--dir", directory.toString()));
      line.addAll(List.of(directives));
      line.addAll(List.of("--port", "" + port, "--bind", "127.0.0.1", "--daemonize", "no"));
      Process process =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
      return new RedisProcess(process, directory, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A loopback port that nobody listens on at this moment. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean answers() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      try (RespClient client = RespClient.connect(port)) {
        // Any reply will do: with requirepass it is an error.
        if (!client.call("PING").toString().contains("LOADING")) {
          return true;
        }
      } catch (UncheckedIOException notYet) {
        Thread.onSpinWait();
      }
      try {
        process.waitFor(10, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return false;
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  /** What the server has printed so far. */
  public String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        process.waitFor(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException exiting) {
      // Then the hook is running, and finds the process gone.
      assert !process.isAlive();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
