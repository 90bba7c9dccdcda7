package io.sampo.faults;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A network of namespaces, one for each node, joined by a bridge in one of its own, in which what
 * one node sends another can be dropped. This process reaches all of them.
 */
final class Network implements AutoCloseable {
  private record Way(int from, int to) {}

  private static final String HUB = "hub";

  private final String name;
  private final String prefix;
  private final int size;
  private final Set<Way> dropped = new HashSet<>();
  private final Thread atExit = new Thread(this::remove);

  private Network(int size) {
    this.size = size;
    long pid = ProcessHandle.current().pid();
    this.name = "sampo" + pid;
    // Of the addresses that are set aside for measuring networks.
    this.prefix = "198.18." + pid % 250 + ".";
  }

  /** Why there can be no such network on this machine; nothing if there can be. */
  static Optional<String> obstacle() {
    Network probe = new Network(1);
    try {
      probe.lay();
      return Optional.empty();
    } catch (UncheckedIOException e) {
      return Optional.of(e.getMessage());
    } finally {
      probe.remove();
    }
  }

  /** A network for so many nodes. */
  static Network of(int size) {
    Network network = new Network(size);
    Runtime.getRuntime().addShutdownHook(network.atExit);
    network.lay();
    return network;
  }

  private void lay() {
    String hub = name + HUB;
    Shell.run("ip netns add " + hub);
    Shell.run("ip -n " + hub + " link add bridge type bridge");
    Shell.run("ip -n " + hub + " link set bridge up");
    for (int i = 0; i < size; i++) {
      String own = namespace(i);
      Shell.run("ip netns add " + own);
      Shell.run("ip link add n" + i + " netns " + hub + " type veth peer name eth0 netns " + own);
      plug(i, true);
      Shell.run("ip -n " + hub + " link set n" + i + " master bridge");
      Shell.run("ip -n " + own + " link set lo up");
      Shell.run("ip -n " + own + " addr add " + address(i) + "/24 dev eth0");
      Shell.run("ip -n " + own + " link set eth0 up");
      filter(i);
    }
    Shell.run("ip link add " + name + " type veth peer name host netns " + hub);
    Shell.run("ip -n " + hub + " link set host master bridge");
    Shell.run("ip -n " + hub + " link set host up");
    Shell.run("ip addr add " + prefix + "254/24 dev " + name);
    Shell.run("ip link set " + name + " up");
  }

  private String namespace(int node) {
    return name + "n" + node;
  }

  String address(int node) {
    return prefix + (node + 1);
  }

  /** What is to stand before a program that is to run where this node is. */
  List<String> inside(int node) {
    return List.of("ip", "netns", "exec", namespace(node));
  }

  /** Drops what one node sends another, from now on. */
  void drop(int from, int to) {
    if (dropped.add(new Way(from, to))) {
      filter(to);
    }
  }

  /** Drops nothing any more of what a node sends or is sent. */
  void heal(int node) {
    if (dropped.removeIf(way -> way.from == node || way.to == node)) {
      for (int i = 0; i < size; i++) {
        filter(i);
      }
    }
  }

  private void filter(int node) {
    List<String> rules = new ArrayList<>();
    rules.add("table ip faults {}");
    rules.add("flush table ip faults");
    rules.add("table ip faults { chain input { type filter hook input priority 0; }; }");
    for (Way way : dropped) {
      if (way.to == node) {
        rules.add("add rule ip faults input ip saddr " + address(way.from) + " counter drop");
      }
    }
    Shell.run(String.join("\n", rules) + "\n", inside(node, "nft", "-f", "-"));
  }

  /** Whether something has been dropped on each of the ways that are closed. */
  boolean hasDropped() {
    for (int to : dropped.stream().map(Way::to).distinct().toList()) {
      String rules = Shell.run("", inside(to, "nft", "list", "table", "ip", "faults"));
      if (rules.contains("packets 0 ")) {
        return false;
      }
    }
    return !dropped.isEmpty();
  }

  private String[] inside(int node, String... program) {
    return Stream.concat(inside(node).stream(), Stream.of(program)).toArray(String[]::new);
  }

  /** Plugs the cable of a node in, or out. */
  void plug(int node, boolean in) {
    Shell.run("ip -n " + name + HUB + " link set n" + node + " " + (in ? "up" : "down"));
  }

  private void remove() {
    // Links go with the namespaces.
    for (int i = 0; i < size; i++) {
      Shell.attempt("", "ip", "netns", "del", namespace(i));
    }
    Shell.attempt("", "ip", "netns", "del", name + HUB);
  }

  @Override
  public void close() {
    remove();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
