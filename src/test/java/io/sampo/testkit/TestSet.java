package io.sampo.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** A replica set of three embedded nodes, on free ports. */
public final class TestSet implements AutoCloseable {
  public static final String NAME = "trio";
  private static final int SIZE = 3;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
  private static final long POLL_MILLIS = 20;

  private final List<Integer> clusterPorts;
  private final List<Integer> sentinelPorts;
  private final Map<Integer, TestNode> nodes = new HashMap<>();
  private final Map<String, ?> directives;

  /** Where each node keeps its files in a folder of its own, if they are to outlast it. */
  private final Optional<Path> directory;

  private TestSet(Optional<Path> directory, Map<String, ?> directives) {
    this.directory = directory;
    List<Integer> free = freePorts(2 * SIZE);
    clusterPorts = free.subList(0, SIZE);
    sentinelPorts = free.subList(SIZE, 2 * SIZE);
    this.directives = directives;
  }

  /** Starts the nodes and waits until there is a master that both others follow. */
  public static TestSet start(Map<String, ?> directives) {
    TestSet set = new TestSet(Optional.empty(), directives);
    try {
      for (int i = 0; i < SIZE; i++) {
        set.start(i);
      }
      set.awaitWhole();
    } catch (RuntimeException | AssertionError e) {
      set.close();
      throw e;
    }
    return set;
  }

  /** A set of which no node runs yet, whose nodes find again what they kept here. */
  public static TestSet in(Path directory, Map<String, ?> directives) {
    return new TestSet(Optional.of(directory), directives);
  }

  /** Where a node of a set with a directory keeps its files. */
  public Path directory(int i) {
    try {
      return Files.createDirectories(directory.orElseThrow().resolve("n" + i));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Integer> freePorts(int count) {
    Set<Integer> ports = new TreeSet<>();
    try {
      while (ports.size() < count) {
        ports.add(RedisProcess.freePort());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(ports);
  }

  /** Starts a node that is not there. */
  public void start(int i) {
    Map<String, Object> all = new HashMap<>(directives);
    all.put("replica-set", NAME);
    all.put(
        "seed-nodes",
        clusterPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")));
    all.put("cluster-port", clusterPorts.get(i));
    all.putIfAbsent("cluster-lease", 1000);
    all.put("sentinel-port", sentinelPorts.get(i));
    all.put("repl-diskless-sync-delay", 0);
    directory.ifPresent(whole -> all.put("dir", directory(i).toString()));
    nodes.put(i, TestNode.start(new Layout(2, 1, "core"), all));
  }

  /** Ends a node, which hands over first if it is the master. */
  public void stop(int i) {
    nodes.remove(i).close();
  }

  public int port(int i) {
    return nodes.get(i).port();
  }

  /** Where the nodes speak as Sentinels. */
  public List<Integer> sentinelPorts() {
    return sentinelPorts;
  }

  /** Which node says that it is the master; waits until there is one, and only one. */
  public int awaitMaster() {
    List<Integer> found = new ArrayList<>();
    await(
        "a master",
        () -> {
          found.clear();
          found.addAll(masters());
          return found.size() == 1;
        });
    return found.get(0);
  }

  private List<Integer> masters() {
    return with("role:master");
  }

  private List<Integer> with(String line) {
    List<Integer> found = new ArrayList<>();
    nodes.forEach(
        (i, node) -> {
          try (RespClient client = RespClient.connect(node.port())) {
            if (client.call("INFO", "replication").text().contains(line)) {
              found.add(i);
            }
          } catch (UncheckedIOException turning) {
            // A node that ceases to be the master closes the connections to it.
            return;
          }
        });
    return found;
  }

  /** Waits until all nodes but one follow that one. */
  public void awaitWhole() {
    await(
        "replicas",
        () -> masters().size() == 1 && with("master_link_status:up").size() == nodes.size() - 1);
  }

  /** Waits for a condition, for at most half a minute. */
  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE;
    try {
      while (!condition.getAsBoolean()) {
        if (System.nanoTime() - end > 0) {
          throw new AssertionError("waited in vain for " + what);
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + what, e);
    }
  }

  @Override
  public void close() {
    // The replicas first: the master has nobody to hand over to then, and need not try.
    List<Integer> masters = nodes.isEmpty() ? List.of() : masters();
    List.copyOf(nodes.keySet()).stream().filter(i -> !masters.contains(i)).forEach(this::stop);
    List.copyOf(nodes.keySet()).forEach(this::stop);
  }
}
