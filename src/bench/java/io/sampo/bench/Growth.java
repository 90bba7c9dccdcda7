package io.sampo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The longest wait of the client by whose requests a value, or the keyspace, comes to a million
 * elements: where a collector, or a table that grows, would show.
 */
final class Growth {
  /** A million keys. */
  private static final String KEYS = "w:";

  private static final List<String> TYPES = List.of("list", "hash", "set", "zset", KEYS);

  /** How often the value comes about before it counts. */
  private static final int WARMING = 2;

  /**
   * A value.
   *
   * @param ours the longest of its requests in milliseconds, at the median of the rounds
   */
  record Row(String name, double ours, double theirs) {}

  private Growth() {}

  /** The values, one of each type. */
  static List<BigValue> values() {
    return BigValue.ALL.stream().filter(value -> TYPES.contains(value.key())).toList();
  }

  static String row(BigValue value) {
    return "growth " + name(value);
  }

  private static String name(BigValue value) {
    return value.key().equals(KEYS) ? "keyspace" : value.key();
  }

  static Row of(BigValue value, Server a, Server b, int rounds) throws IOException {
    for (int i = 0; i < WARMING; i++) {
      longest(value, a);
      longest(value, b);
    }
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      ours.add(longest(value, a));
      theirs.add(longest(value, b));
    }
    return new Row(name(value), Report.median(ours), Report.median(theirs));
  }

  private static String[] unlink(BigValue value) {
    return new String[] {"UNLINK", value.key()};
  }

  private static double longest(BigValue value, Server server) throws IOException {
    long longest = 0;
    try (Client client = Client.connect(server.port())) {
      for (int i = 0; i < value.requests(); i++) {
        String[] request = value.request().apply(i);
        long before = System.nanoTime();
        client.command(request);
        longest = Math.max(longest, System.nanoTime() - before);
      }
      client.command(value.key().equals(KEYS) ? new String[] {"FLUSHALL"} : unlink(value));
    }
    return longest / 1e6;
  }
}
