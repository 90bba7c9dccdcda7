package io.sampo.server;

import com.typesafe.config.Config;
import io.sampo.cluster.Plan;
import io.sampo.cluster.Topology;
import io.sampo.server.config.Setting;
import io.sampo.server.config.Settings;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** How the directives say that a node takes part in a replica set. */
public final class ClusterPlan {
  private static final String PEKKO_SEEDS = "pekko.cluster.seed-nodes";
  private static final int PORT_DISTANCE = 10000;

  private ClusterPlan() {}

  /**
   * The seed nodes as host:port: those of the directive, or those that Pekko's own setting names.
   */
  public static List<String> seeds(Settings settings, Config config) {
    List<String> own = list(settings.seedNodes.get());
    if (!own.isEmpty() || !config.hasPath(PEKKO_SEEDS)) {
      return own;
    }
    return config.getStringList(PEKKO_SEEDS).stream()
        .map(seed -> seed.substring(seed.indexOf('@') + 1))
        .toList();
  }

  /**
   * The part of this node.
   *
   * @param seeds the seed nodes, of which there is one at least
   * @param port that clients come in by
   * @param runId of this start
   * @throws Setting.BadValue if the directives make no sense together
   */
  static Plan of(Settings settings, List<String> seeds, int port, String runId) {
    List<String> voters = list(settings.voters.get());
    int clusterPort = settings.clusterPort.get().intValue();
    String self = self(settings, seeds, clusterPort == 0 ? port + PORT_DISTANCE : clusterPort);
    long announced = settings.announcePort.get();
    Stream.concat(seeds.stream(), voters.stream()).forEach(ClusterPlan::check);
    return new Plan(
        settings.replicaSet.get(),
        self,
        seeds,
        voters.isEmpty() ? seeds : voters,
        settings.clusterNode.get().equals("witness") ? Topology.Kind.WITNESS : Topology.Kind.DATA,
        settings.clusterLease.get(),
        settings.announceIp.get().isEmpty() ? host(self) : settings.announceIp.get(),
        announced == 0 ? port : (int) announced,
        settings.sentinelPort.get().intValue(),
        runId,
        Path.of(settings.dir.get()));
  }

  private static List<String> list(String text) {
    return Stream.of(text.trim().split("[ ,]+")).filter(word -> !word.isEmpty()).toList();
  }

  private static void check(String id) {
    if (!id.matches(".+:[0-9]{1,5}")) {
      throw new Setting.BadValue("seed-nodes and voters have the form host:port, not '" + id + "'");
    }
  }

  private static String host(String id) {
    return id.substring(0, id.lastIndexOf(':'));
  }

  /** The name of this node: the seed that it is, or else where it says or listens. */
  private static String self(Settings settings, List<String> seeds, int clusterPort) {
    if (!settings.announceIp.get().isEmpty()) {
      String announced = settings.announceIp.get() + ":" + clusterPort;
      if (seeds.contains(announced)) {
        return announced;
      }
    }
    for (String seed : seeds) {
      if (seed.endsWith(":" + clusterPort) && isHere(host(seed))) {
        return seed;
      }
    }
    if (!settings.announceIp.get().isEmpty()) {
      return settings.announceIp.get() + ":" + clusterPort;
    }
    String bound = settings.bind.get().trim().split("[ ,]+")[0];
    boolean any = bound.equals("*") || bound.equals("0.0.0.0") || bound.equals("::");
    try {
      return (any ? InetAddress.getLocalHost().getHostAddress() : bound) + ":" + clusterPort;
    } catch (UnknownHostException e) {
      throw new Setting.BadValue("announce-ip is needed, for this host has no address: " + e);
    }
  }

  private static boolean isHere(String host) {
    try {
      InetAddress address = InetAddress.getByName(host);
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (UnknownHostException | SocketException e) {
      return false;
    }
  }
}
