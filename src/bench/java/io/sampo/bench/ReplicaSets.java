package io.sampo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What being part of a replica set costs a node. */
final class ReplicaSets {
  /** The most that an idle node may take, in percent of a processor. */
  static final double MOST_PERCENT = 2;

  private static final int NODES = 3;

  /** Seconds after the start at which an idle node is looked at: what is rare is compiled late. */
  static final int EARLY = 20;

  static final int LATE = 120;

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long POLL_MILLIS = 50;

  private ReplicaSets() {}

  /**
   * The loads that nodes in a set and out of one are compared by.
   *
   * @param what they are called besides the command
   */
  static Stream<Load> loads(String what) {
    return Stream.of(1, 16)
        .flatMap(
            pipeline ->
                Stream.of("set", "get")
                    .map(test -> Load.test(test, 50, pipeline).called(test + " " + what)));
  }

  /** Starts a Sampo with these arguments. */
  interface Launch {
    Server start(String... arguments) throws IOException;
  }

  /** Starts a set of so many nodes; they have a master that takes writes when this returns. */
  static List<Server> start(int count, TempFolder folder, Launch launch) throws IOException {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ports.add(Server.freePort());
    }
    String seeds = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    List<Server> nodes = new ArrayList<>();
    for (int port : ports) {
      String[] arguments =
          folder.arguments(
              "node-" + port,
              "--seed-nodes",
              seeds,
              "--cluster-port",
              "" + port,
              "--sentinel-port",
              "0");
      nodes.add(launch.start(arguments));
    }
    awaitMaster(nodes);
    return nodes;
  }

  /** A master and those that follow it. */
  record Group(Server master, List<Server> replicas) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      for (Server replica : replicas) {
        replica.close();
      }
      master.close();
    }
  }

  /** Starts a set of three nodes; all follow its master when this returns. */
  static Group set(TempFolder folder, Launch launch) throws IOException {
    List<Server> nodes = new ArrayList<>(start(NODES, folder, launch));
    Server master = awaitMaster(nodes);
    nodes.remove(master);
    return followed(new Group(master, nodes));
  }

  /** Starts a master with two replicas, as without a cluster. */
  static Group replicated(Launch launch) throws IOException {
    Server master = launch.start();
    List<Server> replicas = new ArrayList<>();
    for (int i = 1; i < NODES; i++) {
      Server replica = launch.start();
      replicas.add(replica);
      try (Client client = Client.connect(replica.port())) {
        client.command("REPLICAOF", "127.0.0.1", "" + master.port());
      }
    }
    return followed(new Group(master, replicas));
  }

  private static Group followed(Group group) throws IOException {
    for (Server replica : group.replicas) {
      try (Client client = Client.connect(replica.port())) {
        FullSync.awaitUp(client);
      }
    }
    return group;
  }

  private static Server awaitMaster(List<Server> nodes) throws IOException {
    long begin = System.nanoTime();
    while (true) {
      Optional<Server> master = nodes.stream().filter(ReplicaSets::takesWrites).findFirst();
      if (master.isPresent()) {
        return master.get();
      }
      if (System.nanoTime() - begin > PATIENCE_NANOS) {
        throw new IOException("the replica set has no master");
      }
      pause(POLL_MILLIS);
    }
  }

  private static boolean takesWrites(Server node) {
    try (Client client = Client.connect(node.port())) {
      client.command("SET", "key", "value");
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /**
   * What a node with nothing to do takes, in percent of a processor.
   *
   * @param early soon after its start
   * @param late some time after it
   */
  record Idle(double early, double late) {}

  /** Looks at three idle nodes, for so many seconds each time. */
  static List<Idle> idle(int seconds, TempFolder folder, Launch launch) throws IOException {
    List<Server> nodes = start(NODES, folder, launch);
    try {
      pause(TimeUnit.SECONDS.toMillis(EARLY));
      List<Double> early = percent(nodes, seconds);
      pause(TimeUnit.SECONDS.toMillis(LATE - EARLY - seconds));
      List<Double> late = percent(nodes, seconds);
      List<Idle> idle = new ArrayList<>();
      for (int i = 0; i < NODES; i++) {
        idle.add(new Idle(early.get(i), late.get(i)));
      }
      return idle;
    } finally {
      for (Server node : nodes) {
        node.close();
      }
    }
  }

  private static List<Double> percent(List<Server> nodes, int seconds) throws IOException {
    List<Long> before = new ArrayList<>();
    for (Server node : nodes) {
      before.add(node.cpuMicros());
    }
    pause(TimeUnit.SECONDS.toMillis(seconds));
    List<Double> percent = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      percent.add((nodes.get(i).cpuMicros() - before.get(i)) / (seconds * 1e6) * 100);
    }
    return percent;
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
