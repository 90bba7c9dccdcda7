package io.sampo.server.command;

import io.sampo.replication.Following;
import io.sampo.replication.History;
import io.sampo.replication.ReplicaLink;
import io.sampo.server.Node;
import io.sampo.server.stats.InfoText;

/** INFO replication. */
final class ReplicationInfo {
  private ReplicationInfo() {}

  static void write(Node node, InfoText text) {
    Following following = node.replication.following;
    if (following.isReplica()) {
      master(node, following, text);
    } else {
      text.field("role", "master");
    }
    replicas(node, text);
    History.Ids ids = node.replication.history.ids();
    boolean open = node.replication.backlog.isOpen();
    // Offsets of the second history and of the backlog are of the next byte, as in PSYNC.
    text.field("master_failover_state", node.replication.replicas.failover().word)
        .field("master_replid", ids.id())
        .field("master_replid2", ids.second())
        .field("master_repl_offset", node.journal.offset())
        .field("second_repl_offset", ids.secondEnd() < 0 ? -1 : ids.secondEnd() + 1)
        .field("repl_backlog_active", open ? 1 : 0)
        .field("repl_backlog_size", node.replication.backlog.size())
        .field("repl_backlog_first_byte_offset", open ? node.replication.backlog.start() + 1 : 0)
        .field("repl_backlog_histlen", node.replication.backlog.length());
  }

  private static void master(Node node, Following following, InfoText text) {
    boolean syncing = following.state() == Following.State.SYNC;
    long silence = (node.now() - following.heard()) / 1000;
    long offset = node.journal.offset();
    text.field("role", "slave")
        .field("master_host", following.host())
        .field("master_port", following.port())
        .field("master_link_status", following.isUp() ? "up" : "down")
        .field("master_last_io_seconds_ago", following.isUp() ? silence : -1)
        .field("master_sync_in_progress", syncing ? 1 : 0)
        .field("slave_read_repl_offset", following.isUp() ? following.read() : offset)
        .field("slave_repl_offset", offset);
    if (syncing) {
      long total = following.transferTotal();
      long read = following.transferred();
      text.field("master_sync_total_bytes", total)
          .field("master_sync_read_bytes", read)
          .field("master_sync_left_bytes", total < 0 ? -1 : total - read)
          .field("master_sync_perc", total <= 0 ? 0 : 100.0 * read / total, 2)
          .field("master_sync_last_io_seconds_ago", silence);
    }
    if (!following.isUp()) {
      long since = following.linkChanged();
      text.field("master_link_down_since_seconds", since == 0 ? -1 : (node.now() - since) / 1000);
    }
    text.field("slave_priority", node.settings.replicaPriority.get())
        .field("slave_read_only", node.settings.replicaReadOnly.get() ? 1 : 0)
        .field("replica_announced", node.settings.replicaAnnounced.get() ? 1 : 0);
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
