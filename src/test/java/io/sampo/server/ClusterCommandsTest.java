package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The commands of Redis Cluster on a node that is in none. */
class ClusterCommandsTest {
  private static final String[] REQUESTS = {
    "asking",
    "readonly",
    "readwrite",
    "readonly x",
    "asking x",
    "cluster",
    "cluster nope",
    "cluster addslots",
    "cluster addslots 1 2",
    "cluster addslotsrange 1",
    "cluster addslotsrange 1 2",
    "cluster bumpepoch",
    "cluster count-failure-reports",
    "cluster count-failure-reports x",
    "cluster countkeysinslot x",
    "cluster delslots 1",
    "cluster delslotsrange 1 2",
    "cluster failover",
    "cluster failover nope",
    "cluster flushslots",
    "cluster forget x",
    "cluster getkeysinslot 1",
    "cluster getkeysinslot 1 1",
    "cluster help",
    "CLUSTER INFO",
    "cluster info x",
    "cluster keyslot",
    "cluster keyslot k",
    "cluster links",
    "cluster meet 127.0.0.1",
    "cluster meet 127.0.0.1 1",
    "cluster myid",
    "cluster nodes",
    "cluster nodes x",
    "cluster replicas x",
    "cluster replicate x",
    "cluster reset",
    "cluster saveconfig",
    "cluster set-config-epoch 1",
    "cluster setslot 1 STABLE",
    "cluster shards",
    "cluster slaves x",
    "cluster slots"
  };

  @AgainstRedis
  void thereIsNoCluster(Differential redis) {
    for (String request : REQUESTS) {
      redis.same(request.split(" "));
    }
  }

  @AgainstRedis
  void transactionsMayAsk(Differential redis) {
    redis.same("MULTI");
    redis.same("SET", "k", "v");
    redis.same("ASKING");
    redis.same("READONLY");
    redis.same("CLUSTER", "SLOTS");
    redis.same("EXEC");
    redis.same("MULTI");
    redis.same("CLUSTER", "NOPE");
    redis.same("EXEC");
  }

  @AgainstRedis
  void noSubcommandIsMissing(Differential redis) {
    List<String> ours = clusterCommands(redis.sampo().call("COMMAND", "LIST").texts());
    List<String> theirs = clusterCommands(redis.redis().call("COMMAND", "LIST").texts());
    Set<String> missing = new HashSet<>(theirs);
    missing.removeAll(ours);
    assertEquals(Set.of(), missing);
  }

  private static List<String> clusterCommands(List<String> names) {
    return names.stream().filter(name -> name.startsWith("cluster")).toList();
  }
}
