package io.sampo.cluster;

import java.nio.file.Path;
import java.util.List;

/**
 * How a node takes part in a replica set.
 *
 * @param set the name of the replica set
 * @param self the node's id: where its cluster port is, as host:port
 * @param seeds the ids of the nodes by which it finds the others
 * @param voters the ids of the nodes that vote, the same on all of them
 * @param leaseMillis for how long a master is sure to be the only one after it was heard of
 * @param host where clients are told to reach it
 * @param port where clients are told to reach it
 * @param sentinelPort where it speaks as a Sentinel does; 0 if nowhere
 * @param runId of this start of the node
 * @param directory for the file that keeps its promises
 */
public record Plan(
    String set,
    String self,
    List<String> seeds,
    List<String> voters,
    Topology.Kind kind,
    long leaseMillis,
    String host,
    int port,
    int sentinelPort,
    String runId,
    Path directory) {
  public Plan {
    seeds = List.copyOf(seeds);
    voters = List.copyOf(voters);
  }

  boolean isWitness() {
    return kind == Topology.Kind.WITNESS;
  }
}
