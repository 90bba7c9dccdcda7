package io.sampo.server.command;

import static io.sampo.command.Command.cmd;
import static io.sampo.command.Command.container;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import java.util.List;

/** The commands of Redis Cluster, which answer as those of a Redis without cluster mode do. */
final class ClusterCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      container("cluster", -2, "3.0.0", "Commands of Redis Cluster.",
          cmd("cluster|addslots", -3, "admin stale no_async_loading", "", "3.0.0", "O(N)", "slot:int...", "Give this node hash slots.", ClusterCommands::refuse),
          cmd("cluster|addslotsrange", -4, "admin stale no_async_loading", "", "7.0.0", "O(N)", "start-slot_end-slot:(start-slot:int end-slot:int)...", "Give this node ranges of hash slots.", ClusterCommands::refuse),
          cmd("cluster|bumpepoch", 2, "admin stale no_async_loading ~nondeterministic_output", "", "3.0.0", "O(1)", "", "Raise this node's epoch.", ClusterCommands::refuse),
          cmd("cluster|count-failure-reports", 3, "admin stale ~nondeterministic_output", "", "3.0.0", "O(N)", "node-id", "How many nodes hold a node to have failed.", ClusterCommands::refuse),
          cmd("cluster|countkeysinslot", 3, "stale", "", "3.0.0", "O(1)", "slot:int", "Number of keys here in a hash slot.", ClusterCommands::refuse),
          cmd("cluster|delslots", -3, "admin stale no_async_loading", "", "3.0.0", "O(N)", "slot:int...", "Take hash slots from whoever has them, in this node's view.", ClusterCommands::refuse),
          cmd("cluster|delslotsrange", -4, "admin stale no_async_loading", "", "7.0.0", "O(N)", "start-slot_end-slot:(start-slot:int end-slot:int)...", "Take ranges of hash slots from whoever has them, in this node's view.", ClusterCommands::refuse),
          cmd("cluster|failover", -2, "admin stale no_async_loading", "", "3.0.0", "O(1)", "[options:<FORCE|TAKEOVER>]", "Let this replica take its master's place.", ClusterCommands::refuse),
          cmd("cluster|flushslots", 2, "admin stale no_async_loading", "", "3.0.0", "O(1)", "", "Take all hash slots from this node.", ClusterCommands::refuse),
          cmd("cluster|forget", 3, "admin stale no_async_loading", "", "3.0.0", "O(1)", "node-id", "Know a node no more.", ClusterCommands::refuse),
          cmd("cluster|getkeysinslot", 4, "stale ~nondeterministic_output", "", "3.0.0", "O(log(N))", "slot:int count:int", "Some of the keys here in a hash slot.", ClusterCommands::refuse),
          cmd("cluster|help", 2, "loading stale", "", "5.0.0", "O(1)", "", "The subcommands of CLUSTER.", ClusterCommands::refuse),
          cmd("cluster|info", 2, "stale ~nondeterministic_output", "", "3.0.0", "O(1)", "", "State of the cluster as this node sees it.", ClusterCommands::refuse),
          cmd("cluster|keyslot", 3, "stale", "", "3.0.0", "O(N)", "key:string", "Hash slot of a key.", ClusterCommands::refuse),
          cmd("cluster|links", 2, "stale ~nondeterministic_output", "", "7.0.0", "O(N)", "", "Connections to other nodes.", ClusterCommands::refuse),
          cmd("cluster|meet", -4, "admin stale no_async_loading", "", "3.0.0", "O(1)", "ip port:int [cluster_bus_port:int@4.0.0]", "Make the acquaintance of a node.", ClusterCommands::refuse)
              .history("4.0.0 The port of the cluster bus."),
          cmd("cluster|myid", 2, "stale", "", "3.0.0", "O(1)", "", "The id of this node.", ClusterCommands::refuse),
          cmd("cluster|nodes", 2, "stale ~nondeterministic_output", "", "3.0.0", "O(N)", "", "The nodes, a line for each.", ClusterCommands::refuse),
          cmd("cluster|replicas", 3, "admin stale ~nondeterministic_output", "", "5.0.0", "O(1)", "node-id", "The replicas of a master.", ClusterCommands::refuse),
          cmd("cluster|replicate", 3, "admin stale no_async_loading", "", "3.0.0", "O(1)", "node-id", "Become a replica of a master.", ClusterCommands::refuse),
          cmd("cluster|reset", -2, "admin noscript stale", "", "3.0.0", "O(N)", "[hard_soft:<HARD|SOFT>]", "Forget about the cluster.", ClusterCommands::refuse),
          cmd("cluster|saveconfig", 2, "admin stale no_async_loading", "", "3.0.0", "O(1)", "", "Write what is known of the cluster to the disk.", ClusterCommands::refuse),
          cmd("cluster|set-config-epoch", 3, "admin stale no_async_loading", "", "3.0.0", "O(1)", "config-epoch:int", "Set the epoch of a new node.", ClusterCommands::refuse),
          cmd("cluster|setslot", -4, "admin stale no_async_loading", "", "3.0.0", "O(1)", "slot:int subcommand:<IMPORTING node-id|MIGRATING node-id|NODE node-id|STABLE>", "Say whose a hash slot is, or where it moves.", ClusterCommands::refuse),
          cmd("cluster|shards", 2, "stale ~nondeterministic_output", "", "7.0.0", "O(N)", "", "Which hash slots are where, by shard.", ClusterCommands::refuse),
          cmd("cluster|slaves", 3, "admin stale ~nondeterministic_output %deprecated:5.0.0:CLUSTER_REPLICAS", "", "3.0.0", "O(1)", "node-id", "The replicas of a master.", ClusterCommands::refuse),
          cmd("cluster|slots", 2, "stale ~nondeterministic_output %deprecated:7.0.0:CLUSTER_SHARDS", "", "3.0.0", "O(N)", "", "Which hash slots are where, by range.", ClusterCommands::refuse)
              .history("4.0.0 The ids of the nodes.", "7.0.0 More ways to reach each node.")),
      cmd("asking", 1, "fast @connection", "", "3.0.0", "O(1)", "", "Follows an -ASK: the next request is meant for this node.", ClusterCommands::refuse),
      cmd("readonly", 1, "loading stale fast @connection", "", "3.0.0", "O(1)", "", "Let a replica answer reads itself.", ClusterCommands::refuse),
      cmd("readwrite", 1, "loading stale fast @connection", "", "3.0.0", "O(1)", "", "Let a replica answer no reads, as in the beginning.", ClusterCommands::refuse));
  // spotless:on

  private static final RespError DISABLED =
      new RespError("ERR This instance has cluster support disabled");

  private ClusterCommands() {}

  private static void refuse(Context c, Args a) {
    throw DISABLED;
  }
}
