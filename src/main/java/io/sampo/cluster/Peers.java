package io.sampo.cluster;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The nodes of a replica set as one of them knows them: how each is talked to, where clients reach
 * it, and what it said of itself last.
 */
final class Peers {
  /** What a node said last, and when. */
  private record Report(Topology.Node node, long term, long heardAt) {}

  /** Where clients reach a node. */
  record Endpoint(String host, int port) {}

  private static final long SILENCE = TimeUnit.SECONDS.toNanos(5);

  private final Plan plan;
  private final Function<String, ActorRef<Wire>> resolve;
  private final Map<String, ActorRef<Wire>> refs = new HashMap<>();
  private final Map<String, Endpoint> endpoints = new HashMap<>();
  private final Map<String, Report> reports = new TreeMap<>();

  /**
   * Knows the voters from the beginning.
   *
   * @param resolve finds the node of an address
   */
  Peers(Plan plan, Function<String, ActorRef<Wire>> resolve) {
    this.plan = plan;
    this.resolve = resolve;
    plan.voters().forEach(this::get);
  }

  /** How to talk to a node, which is known from now on. */
  ActorRef<Wire> get(String id) {
    return refs.computeIfAbsent(id, resolve);
  }

  /** All that are known, but for this node itself. */
  Collection<ActorRef<Wire>> others() {
    return refs.entrySet().stream()
        .filter(peer -> !peer.getKey().equals(plan.self()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Where clients reach a node that has been heard of. */
  Endpoint endpoint(String id) {
    return endpoints.get(id);
  }

  void reached(String id, String host, int port) {
    endpoints.put(id, new Endpoint(host, port));
  }

  void heard(Wire.News news, long now) {
    Topology.Node node = news.node();
    get(node.id());
    reached(node.id(), node.host(), node.port());
    reports.put(node.id(), new Report(node, news.term(), now));
  }

  /** Forgets a node that has left; false if it has a vote, and so remains. */
  boolean forget(String id) {
    if (plan.voters().contains(id)) {
      return false;
    }
    refs.remove(id);
    reports.remove(id);
    return true;
  }

  /** Whether a node has told of itself, and that its disk is not too slow. */
  boolean isWell(String id) {
    return reports.containsKey(id) && !reports.get(id).node().ailing();
  }

  /** The set as it is seen from here, by a node that is in this term. */
  Topology topology(Topology.Node self, long itsTerm, long now) {
    Map<String, Topology.Node> nodes = new TreeMap<>();
    long term = itsTerm;
    for (Report report : reports.values()) {
      long silence = now - report.heardAt();
      Topology.Node seen =
          report.node().seen(silence < SILENCE, TimeUnit.NANOSECONDS.toMillis(silence));
      nodes.put(seen.id(), seen);
      term = Math.max(term, report.node().role() == Topology.Role.MASTER ? report.term() : 0);
    }
    nodes.put(plan.self(), self);
    return new Topology(plan.set(), term, List.copyOf(nodes.values()));
  }
}
