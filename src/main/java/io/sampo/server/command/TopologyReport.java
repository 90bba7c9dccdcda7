package io.sampo.server.command;

import io.sampo.cluster.SentinelView;
import io.sampo.cluster.Topology;
import io.sampo.cluster.Topology.Node;
import io.sampo.resp.ReplyWriter;
import io.sampo.server.Membership;
import io.sampo.server.stats.InfoText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How a replica set looks, for people, for programs, and for INFO. */
final class TopologyReport {
  private final Topology topology;

  /** How many vote, be they known or not yet. */
  private final long voters;

  TopologyReport(Membership membership) {
    topology = membership.topology();
    voters = membership.voters();
  }

  /** What is told of a node: texts, numbers and booleans, in this order. */
  private Map<String, Object> facts(Node node) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("id", node.id());
    facts.put("address", node.host() + ":" + node.port());
    facts.put("sentinel-port", (long) node.sentinelPort());
    facts.put("kind", word(node.kind()));
    facts.put("role", role(node));
    facts.put("voter", node.voter());
    facts.put("term", node.term());
    facts.put("offset", node.offset());
    facts.put("lag", lag(node));
    facts.put("lease-ms", node.leaseMillis());
    facts.put("disk", node.ailing() ? "slow" : "ok");
    facts.put("reachable", node.reachable());
    facts.put("silence-ms", node.silenceMillis());
    facts.put("self", node.self());
    return facts;
  }

  /** Bytes by which a node is behind the master; -1 if that is not known. */
  private long lag(Node node) {
    return node.offset() < 0
        ? -1
        : topology.master().map(master -> Math.max(0, master.offset() - node.offset())).orElse(-1L);
  }

  /** One that was the master when it was last heard of may not know yet that it is not any more. */
  private String role(Node node) {
    boolean deposed = node.role() == Topology.Role.MASTER && node.term() < topology.term();
    return deposed ? "deposed" : word(node.role());
  }

  private long reachableVoters() {
    return SentinelView.reachableVoters(topology);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private String masterId() {
    return topology.master().map(Node::id).orElse("");
  }

  /** As nested maps. */
  void write(ReplyWriter out) {
    out.map(6);
    out.bulk("replica-set");
    out.bulk(topology.set());
    out.bulk("term");
    out.integer(topology.term());
    out.bulk("master");
    out.bulk(masterId());
    out.bulk("voters");
    out.integer(voters);
    out.bulk("reachable-voters");
    out.integer(reachableVoters());
    out.bulk("nodes");
    out.array(topology.nodes().size());
    for (Node node : topology.nodes()) {
      Map<String, Object> facts = facts(node);
      out.map(facts.size());
      facts.forEach((name, value) -> write(out, name, value));
    }
  }

  private static void write(ReplyWriter out, String name, Object value) {
    out.bulk(name);
    if (value instanceof Long number) {
      out.integer(number);
    } else if (value instanceof Boolean truth) {
      out.bool(truth);
    } else {
      out.bulk(value.toString());
    }
  }

  /** As a table with a line for each node. */
  String text() {
    List<List<String>> rows = new ArrayList<>();
    for (Node node : topology.nodes()) {
      Map<String, Object> facts = facts(node);
      if (rows.isEmpty()) {
        rows.add(List.copyOf(facts.keySet()));
      }
      rows.add(facts.values().stream().map(TopologyReport::plain).toList());
    }
    StringBuilder text = new StringBuilder();
    text.append("replica-set ").append(topology.set()).append(", term ").append(topology.term());
    text.append(", master ").append(masterId().isEmpty() ? "unknown" : masterId());
    text.append(", ").append(reachableVoters()).append(" of ").append(voters);
    text.append(" voters reachable\n");
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int column = i;
        int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
        line.append(row.get(i)).append(" ".repeat(width - row.get(i).length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static String plain(Object value) {
    return value instanceof Boolean truth ? (truth ? "yes" : "no") : value.toString();
  }

  /** As fields of INFO. */
  void write(InfoText text) {
    text.field("replica_set", topology.set())
        .field("replica_set_term", topology.term())
        .field("replica_set_master", masterId())
        .field("replica_set_voters", voters)
        .field("replica_set_reachable_voters", reachableVoters())
        .field("replica_set_nodes", topology.nodes().size());
    int i = 0;
    for (Node node : topology.nodes()) {
      text.field(
          "replica_set_node" + i++,
          facts(node).entrySet().stream()
              .map(fact -> fact.getKey().replace('-', '_') + "=" + plain(fact.getValue()))
              .collect(Collectors.joining(",")));
    }
  }
}
