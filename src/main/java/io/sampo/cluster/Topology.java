package io.sampo.cluster;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.List;
import java.util.Optional;

/**
 * A replica set as one of its nodes sees it: for people and for clients, which look for the master.
 * Nothing that must be right is decided by it.
 *
 * @param set the name of the replica set
 * @param term the latest term this node has heard of; 0 if there has been none
 * @param nodes every node heard of so far, in order of their ids, this one among them
 */
public record Topology(String set, long term, List<Node> nodes) {
  /** What a node is for. */
  public enum Kind {
    DATA,
    WITNESS
  }

  /** What a node does. */
  public enum Role {
    MASTER,
    REPLICA,
    WITNESS,
    /** It knows of no master, so it neither takes writes nor follows. */
    NONE
  }

  /**
   * One node.
   *
   * @param id where its cluster port is, as host:port; in lists of voters and seeds it is named so
   * @param host where clients reach it, as it announces itself
   * @param port where clients reach it
   * @param sentinelPort where it speaks as a Sentinel does; 0 if nowhere
   * @param runId changes with every start
   * @param voter whether it votes
   * @param term the term it is in
   * @param offset of its data, in bytes of the journal
   * @param leaseMillis how long its lease goes on, if it is the master; 0 if it has none
   * @param ailing whether its disk has been too slow lately
   * @param reachable whether it was heard of lately
   * @param silenceMillis how long ago it was heard of; 0 for the node whose view this is
   * @param self whether it is the node whose view this is
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record Node(
      String id,
      String host,
      int port,
      int sentinelPort,
      String runId,
      Kind kind,
      Role role,
      boolean voter,
      long term,
      long offset,
      long leaseMillis,
      boolean ailing,
      boolean reachable,
      long silenceMillis,
      boolean self) {
    /** As another node sees it, which heard of it so long ago. */
    Node seen(boolean asReachable, long silence) {
      return new Node(
          id,
          host,
          port,
          sentinelPort,
          runId,
          kind,
          role,
          voter,
          term,
          offset,
          Math.max(0, leaseMillis - silence),
          ailing,
          asReachable,
          silence,
          false);
    }
  }

  public Topology {
    nodes = List.copyOf(nodes);
  }

  /** Before anything is known. */
  public static Topology empty(String set) {
    return new Topology(set, 0, List.of());
  }

  /** The master of the latest term, whether it can be reached or not. */
  public Optional<Node> master() {
    return nodes.stream().filter(n -> n.role() == Role.MASTER && n.term() == term).findFirst();
  }

  public Optional<Node> self() {
    return nodes.stream().filter(Node::self).findFirst();
  }

  /** The nodes that follow the master. */
  public List<Node> replicas() {
    return nodes.stream().filter(n -> n.role() == Role.REPLICA).toList();
  }
}
