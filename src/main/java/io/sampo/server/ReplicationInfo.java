package io.sampo.server;

import io.sampo.replication.History;
import io.sampo.replication.ReplicaLink;

/** INFO replication. */
final class ReplicationInfo {
  private ReplicationInfo() {}

  static void write(Node node, InfoText text) {
    text.field("role", "master");
    replicas(node, text);
    History.Ids ids = node.replication.history.ids();
    boolean open = node.replication.backlog.isOpen();
    // Offsets of the second history and of the backlog are of the next byte, as in PSYNC.
    text.field("master_failover_state", "no-failover")
        .field("master_replid", ids.id())
        .field("master_replid2", ids.second())
        .field("master_repl_offset", node.journal.offset())
        .field("second_repl_offset", ids.secondEnd() < 0 ? -1 : ids.secondEnd() + 1)
        .field("repl_backlog_active", open ? 1 : 0)
        .field("repl_backlog_size", node.replication.backlog.size())
        .field("repl_backlog_first_byte_offset", open ? node.replication.backlog.start() + 1 : 0)
        .field("repl_backlog_histlen", node.replication.backlog.length());
  }

  private static void replicas(Node node, InfoText text) {
    text.field("connected_slaves", node.replication.replicas.all().size());
    if (node.settings.minReplicasToWrite.get() > 0 && node.settings.minReplicasMaxLag.get() > 0) {
      text.field("min_slaves_good_slaves", node.replication.replicas.good());
    }
    int i = 0;
    for (ReplicaLink link : node.replication.replicas.all()) {
      boolean online = link.state() == ReplicaLink.State.ONLINE;
      text.field(
          "slave" + i++,
          "ip="
              + link.host()
              + ",port="
              + link.port()
              + ",state="
              + link.state().word
              + ",offset="
              + link.acknowledged()
              + ",lag="
              + (online ? link.lagSeconds() : 0));
    }
  }
}
