package io.sampo.server.command;

import io.sampo.cluster.SentinelView;
import io.sampo.cluster.Topology;
import io.sampo.cluster.Topology.Node;
import io.sampo.server.Sentinel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of an instance in a Sentinel's words: field by field, in its order. Where a Sentinel
 * would tell when it was last answered, here it is when the node was last heard of.
 */
final class SentinelReport {
  private final Sentinel sentinel;
  private final Map<String, String> fields = new LinkedHashMap<>();

  private SentinelReport(Sentinel sentinel) {
    this.sentinel = sentinel;
  }

  static Map<String, String> master(Sentinel sentinel, Node master) {
    Topology topology = sentinel.topology();
    List<String> flags = new ArrayList<>();
    if (sentinel.isObjectivelyDown()) {
      flags.add("o_down");
    }
    flags.add("master");
    return new SentinelReport(sentinel)
        .instance(sentinel.plan.set(), master, master.port(), master.runId(), flags)
        .roles(master)
        .put("config-epoch", topology.term())
        .put("num-slaves", replicaNodes(sentinel).size())
        .put("num-other-sentinels", sentinelNodes(sentinel).size())
        .put("quorum", sentinel.quorum)
        .put("failover-timeout", sentinel.plan.leaseMillis())
        .put("parallel-syncs", 1)
        .fields;
  }

  static List<Map<String, String>> replicas(Sentinel sentinel) {
    return replicaNodes(sentinel).stream().map(node -> replica(sentinel, node)).toList();
  }

  private static Map<String, String> replica(Sentinel sentinel, Node node) {
    Node master = sentinel.master().orElseThrow();
    boolean follows = node.role() == Topology.Role.REPLICA && node.term() == master.term();
    return new SentinelReport(sentinel)
        .instance(
            node.host() + ":" + node.port(), node, node.port(), node.runId(), List.of("slave"))
        .roles(node)
        .put("master-link-down-time", 0)
        .put("master-link-status", follows && node.reachable() ? "ok" : "err")
        .put("master-host", follows ? master.host() : "?")
        .put("master-port", follows ? master.port() : 0)
        .put("slave-priority", 100)
        .put("slave-repl-offset", Math.max(0, node.offset()))
        .put("replica-announced", 1)
        .fields;
  }

  static List<Map<String, String>> sentinels(Sentinel sentinel) {
    return sentinelNodes(sentinel).stream().map(node -> sentinel(sentinel, node)).toList();
  }

  private static Map<String, String> sentinel(Sentinel sentinel, Node node) {
    String id = SentinelView.sentinelId(sentinel.plan.set(), node.id());
    return new SentinelReport(sentinel)
        .instance(id, node, node.sentinelPort(), id, List.of("sentinel"))
        .put("last-hello-message", node.silenceMillis())
        .put("voted-leader", "?")
        .put("voted-leader-epoch", node.term())
        .fields;
  }

  /** Whoever holds data, but for the master. */
  static List<Node> replicaNodes(Sentinel sentinel) {
    String master = sentinel.master().map(Node::id).orElse("");
    return sentinel.topology().nodes().stream()
        .filter(n -> n.kind() == Topology.Kind.DATA && !n.id().equals(master))
        .toList();
  }

  /** The other nodes that can be asked as this one can. */
  static List<Node> sentinelNodes(Sentinel sentinel) {
    return sentinel.topology().nodes().stream()
        .filter(n -> !n.self() && n.sentinelPort() > 0)
        .toList();
  }

  private SentinelReport put(String name, Object value) {
    fields.put(name, value.toString());
    return this;
  }

  private SentinelReport instance(
      String name, Node node, int port, String runId, List<String> words) {
    List<String> flags = new ArrayList<>(words);
    if (!node.reachable()) {
      flags.add(0, "s_down");
      flags.add("disconnected");
    }
    put("name", name)
        .put("ip", node.host())
        .put("port", port)
        .put("runid", runId)
        .put("flags", String.join(",", flags))
        .put("link-pending-commands", 0)
        .put("link-refcount", 1)
        .put("last-ping-sent", node.reachable() ? 0 : node.silenceMillis())
        .put("last-ok-ping-reply", node.silenceMillis())
        .put("last-ping-reply", node.silenceMillis());
    if (!node.reachable()) {
      put("s-down-time", node.silenceMillis());
    }
    if (flags.contains("o_down")) {
      put("o-down-time", node.silenceMillis());
    }
    return put("down-after-milliseconds", sentinel.plan.leaseMillis());
  }

  private SentinelReport roles(Node node) {
    return put("info-refresh", node.silenceMillis())
        .put("role-reported", node.role() == Topology.Role.MASTER ? "master" : "slave")
        .put("role-reported-time", node.silenceMillis());
  }
}
