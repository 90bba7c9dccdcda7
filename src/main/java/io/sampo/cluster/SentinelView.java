package io.sampo.cluster;

import io.sampo.cluster.Topology.Node;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A replica set as a Sentinel would tell of it: which master it names, and the events by which one
 * topology becomes the next. Used by one thread at a time, but for {@link #master}.
 */
public final class SentinelView {
  /** What subscribers are told, in a Sentinel's words. */
  public record Event(String channel, String text) {}

  private final String set;
  private final int quorum;
  private final Set<String> replicas = new HashSet<>();
  private final Set<String> sentinels = new HashSet<>();
  private final Set<String> down = new HashSet<>();
  private boolean objectivelyDown;
  private long term;
  private volatile Optional<Node> master = Optional.empty();

  /**
   * @param quorum how many voters make a majority
   */
  public SentinelView(String set, int quorum) {
    this.set = set;
    this.quorum = quorum;
  }

  /** The last master there was, as it was last seen; nothing only before there was any. */
  public Optional<Node> master() {
    return master;
  }

  /** Whether a majority can be reached, and the master cannot. */
  public boolean isObjectivelyDown(Topology topology) {
    return master.filter(m -> !m.reachable()).isPresent() && reachableVoters(topology) >= quorum;
  }

  public static long reachableVoters(Topology topology) {
    return topology.nodes().stream().filter(n -> n.voter() && n.reachable()).count();
  }

  /**
   * The name by which the node speaks as a Sentinel: 40 hexadecimal digits, as lasting as its id.
   */
  public static String sentinelId(String set, String id) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((set + '/' + id).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  /** Forgets what it has told, so that it tells all that is so once more. */
  public void reset() {
    replicas.clear();
    sentinels.clear();
    down.clear();
    objectivelyDown = false;
  }

  /** Takes note of how the set is now; returns what has changed. */
  public List<Event> next(Topology now) {
    List<Event> events = new ArrayList<>();
    if (now.term() > term) {
      term = now.term();
      events.add(new Event("+new-epoch", Long.toString(term)));
    }
    chooseMaster(now, events);
    if (master.isPresent()) {
      now.nodes().forEach(node -> look(node, master.get(), events));
      judge(now, master.get(), events);
    }
    return events;
  }

  private void chooseMaster(Topology now, List<Event> events) {
    Optional<Node> chosen = now.master();
    if (chosen.isEmpty()) {
      // It may have got lost meanwhile.
      master =
          master.map(old -> now.nodes().stream().filter(n -> is(n, old)).findFirst().orElse(old));
      return;
    }
    Node next = chosen.get();
    if (master.isEmpty()) {
      events.add(new Event("+monitor", master(next) + " quorum " + quorum));
    } else if (!is(next, master.get())) {
      succession(next, master.get(), events);
      events.add(
          new Event("+switch-master", set + " " + address(master.get()) + " " + address(next)));
      // What was told of the nodes named the master.
      replicas.clear();
      down.clear();
      objectivelyDown = false;
    }
    master = chosen;
  }

  /**
   * How it came about, as the Sentinel that has seen to it tells of it, which is the new master, or
   * one that has learnt of it.
   */
  private void succession(Node next, Node old, List<Event> events) {
    if (next.self()) {
      events.add(new Event("+try-failover", master(old)));
      events.add(new Event("+elected-leader", master(old)));
      events.add(new Event("+selected-slave", replica(next, old)));
      events.add(new Event("+promoted-slave", replica(next, old)));
      events.add(new Event("+failover-end", master(old)));
    } else if (next.sentinelPort() > 0) {
      events.add(new Event("+config-update-from", sentinel(next, old)));
    }
  }

  private void look(Node node, Node itsMaster, List<Event> events) {
    boolean leads = is(node, itsMaster);
    boolean holdsData = node.kind() == Topology.Kind.DATA;
    if (holdsData && !leads && replicas.add(node.id())) {
      events.add(new Event("+slave", replica(node, itsMaster)));
    }
    if (node.sentinelPort() > 0 && !node.self() && sentinels.add(node.id())) {
      events.add(new Event("+sentinel", sentinel(node, itsMaster)));
    }
    String instance =
        leads ? master(node) : holdsData ? replica(node, itsMaster) : sentinel(node, itsMaster);
    if (node.reachable() ? down.remove(node.id()) : down.add(node.id())) {
      events.add(new Event(node.reachable() ? "-sdown" : "+sdown", instance));
    }
  }

  private void judge(Topology now, Node itsMaster, List<Event> events) {
    boolean isDown = isObjectivelyDown(now);
    if (isDown != objectivelyDown) {
      objectivelyDown = isDown;
      String tally = " #quorum " + reachableVoters(now) + "/" + quorum;
      events.add(
          isDown
              ? new Event("+odown", master(itsMaster) + tally)
              : new Event("-odown", master(itsMaster)));
    }
  }

  private static boolean is(Node one, Node other) {
    return one.id().equals(other.id());
  }

  private static String address(Node node) {
    return node.host() + " " + node.port();
  }

  private String master(Node node) {
    return "master " + set + " " + address(node);
  }

  private String replica(Node node, Node itsMaster) {
    return "slave " + node.host() + ":" + node.port() + " " + address(node) + of(itsMaster);
  }

  private String sentinel(Node node, Node itsMaster) {
    String id = sentinelId(set, node.id());
    return "sentinel " + id + " " + node.host() + " " + node.sentinelPort() + of(itsMaster);
  }

  private String of(Node itsMaster) {
    return " @ " + set + " " + address(itsMaster);
  }
}
