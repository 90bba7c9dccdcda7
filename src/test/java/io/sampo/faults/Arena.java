package io.sampo.faults;

import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.Seed;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The three nodes of a replica set, each a process: where the machine allows it on a network that
 * can be cut, and with clocks and disks that can go wrong.
 */
final class Arena implements AutoCloseable {
  static final String SET = "trio";
  static final int SIZE = 3;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);

  final List<NodeProcess> nodes = new ArrayList<>();
  private final List<Mischief> mischief = new ArrayList<>();
  private final Optional<Network> network;

  /** Why the network cannot be cut, or nothing. */
  private static final Optional<String> NO_NETWORK = Network.obstacle();

  /** Why clocks and disks cannot be tampered with, or nothing. */
  private static final Optional<String> NO_LIBRARY = compile();

  /** Three nodes that have never run, and do not yet. */
  Arena(Path directory, String... directives) throws IOException {
    network = NO_NETWORK.isEmpty() ? Optional.of(Network.of(SIZE)) : Optional.empty();
    Path library = directory.resolve("mischief.so");
    boolean compiled = Mischief.compile(library).isEmpty();
    List<NodeProcess.Site> sites = sites(directory);
    String seeds = sites.stream().map(NodeProcess.Site::seed).collect(Collectors.joining(","));
    List<String> all =
        Stream.concat(Stream.of("--replica-set", SET, "--seed-nodes", seeds), Stream.of(directives))
            .toList();
    for (NodeProcess.Site site : sites) {
      Map<String, String> environment = Map.of();
      if (compiled) {
        mischief.add(
            Mischief.of(library, site.directory().resolveSibling(site.directory() + ".mischief")));
        environment = mischief.get(mischief.size() - 1).environment();
      }
      nodes.add(new NodeProcess(site, all, environment));
    }
  }

  private List<NodeProcess.Site> sites(Path directory) throws IOException {
    List<Integer> ports = network.isPresent() ? List.of() : freePorts(3 * SIZE);
    List<NodeProcess.Site> sites = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      Path own = Files.createDirectories(directory.resolve("n" + i));
      int at = 3 * i;
      sites.add(
          network.isPresent()
              ? new NodeProcess.Site(
                  network.get().address(i), 6379, 16379, 26379, network.get().inside(i), own)
              : new NodeProcess.Site(
                  "127.0.0.1",
                  ports.get(at),
                  ports.get(at + 1),
                  ports.get(at + 2),
                  List.of(),
                  own));
    }
    return sites;
  }

  private static List<Integer> freePorts(int count) throws IOException {
    Set<Integer> ports = new TreeSet<>();
    while (ports.size() < count) {
      ports.add(RedisProcess.freePort());
    }
    return List.copyOf(ports);
  }

  /** Why this cannot happen here, or nothing. */
  static Optional<String> obstacle(Fault fault) {
    return switch (fault.needs) {
      case PROCESS -> Optional.empty();
      case NETWORK -> NO_NETWORK;
      case LIBRARY -> NO_LIBRARY;
    };
  }

  private static Optional<String> compile() {
    try {
      Path folder = Files.createTempDirectory("sampo-mischief");
      Optional<String> failure = Mischief.compile(folder.resolve("mischief.so"));
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
      return failure;
    } catch (IOException e) {
      return Optional.of(e.toString());
    }
  }

  Network network() {
    return network.orElseThrow();
  }

  Mischief mischief(int node) {
    return mischief.get(node);
  }

  /** Starts all of them in some order, and waits until they are whole; how long that took. */
  long form() throws IOException, InterruptedException {
    List<NodeProcess> order = new ArrayList<>(nodes);
    Collections.shuffle(order, Seed.random("order"));
    return form(order, 0);
  }

  /**
   * Starts them in this order.
   *
   * @param pause milliseconds between one start and the next
   * @return milliseconds from the last start until a master had two replicas
   */
  long form(List<NodeProcess> order, long pause) throws IOException, InterruptedException {
    long before = System.nanoTime();
    for (NodeProcess node : order) {
      if (node != order.get(0)) {
        TimeUnit.MILLISECONDS.sleep(pause);
      }
      before = System.nanoTime();
      node.start();
    }
    await("a master with two replicas", () -> nodes.stream().anyMatch(n -> n.replicas() == 2));
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
  }

  /** Kills all of them at once. */
  void killAll() throws InterruptedException {
    nodes.forEach(NodeProcess::strike);
    for (NodeProcess node : nodes) {
      node.kill();
    }
  }

  /** Waits until the set could do without any one of its nodes. */
  void awaitWhole() throws IOException, InterruptedException {
    await(
        "a master with two replicas, all of one term",
        () ->
            nodes.stream().anyMatch(n -> n.replicas() == SIZE - 1)
                && nodes.stream().mapToLong(NodeProcess::reached).distinct().count() == 1
                && nodes.get(0).reached() > 0);
  }

  /** The term of a set that is whole. */
  long term() {
    return nodes.get(0).reached();
  }

  void await(String what, BooleanSupplier condition) throws IOException, InterruptedException {
    long until = System.nanoTime() + PATIENCE;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - until > 0) {
        throw new AssertionError("waited in vain for " + what + logs());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** What the nodes have logged. */
  String logs() throws IOException {
    StringBuilder logs = new StringBuilder();
    for (NodeProcess node : nodes) {
      logs.append("\n--- ").append(node.site.seed()).append('\n').append(node.log());
    }
    return logs.toString();
  }

  /** Waits until a write is acknowledged that was sent after this moment, or nearly so. */
  void awaitWrite(Users users, long moment) throws IOException, InterruptedException {
    await("a write to be acknowledged", () -> users.haveDoneSince(moment));
  }

  /** The number of the node that is the master. */
  int master() throws IOException, InterruptedException {
    int[] found = {-1};
    await(
        "a master",
        () -> {
          for (int i = 0; i < SIZE && found[0] < 0; i++) {
            found[0] = nodes.get(i).role().equals("master") ? i : -1;
          }
          return found[0] >= 0;
        });
    return found[0];
  }

  @Override
  public void close() {
    for (NodeProcess node : nodes) {
      node.close();
    }
    network.ifPresent(Network::close);
  }
}
