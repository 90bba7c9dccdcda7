package io.sampo.cluster;

/** What nodes send one another: only what implements this is encoded, and decoded. */
sealed interface Wire extends ReplicaSet.Command {
  /**
   * From one elector to another.
   *
   * @param set the name of the replica set, in which the receiver must be, too
   * @param host where clients reach the sender
   * @param port where clients reach the sender
   */
  record Letter(String set, String from, String host, int port, Message message) implements Wire {}

  /**
   * The master is asked to have another node take over.
   *
   * @param millis how long writes may have to wait for it
   */
  record Abdicate(String set, long millis) implements Wire {}

  /** How the sender is. */
  record News(String set, long term, Topology.Node node) implements Wire {}
}
