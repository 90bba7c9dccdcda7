package io.sampo.bench;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The longest wait of the client by whose requests a value, or the keyspace, comes to a million
 * elements: where a collector, or a table that grows, would show.
 */
final class Growth {
  /** A million keys. */
  private static final String KEYS = "w:";

  private static final List<GarbageCollectorMXBean> COLLECTORS =
      ManagementFactory.getGarbageCollectorMXBeans();

  private static final List<String> TYPES = List.of("list", "hash", "set", "zset", KEYS);

  /** How often the value comes about before it counts. */
  private static final int WARMING = 2;

  /** Fewer cannot tell what happens each time from what happens now and then. */
  private static final int LEAST_ROUNDS = 5;

  /**
   * A value.
   *
   * @param ours the request that takes the longest in most rounds, in milliseconds
   * @param oursOnce the longest that any took, at the median of the rounds
   */
  record Row(String name, double ours, double theirs, double oursOnce, double theirsOnce) {}

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
      times(value, a);
      times(value, b);
    }
    List<double[]> ours = new ArrayList<>();
    List<double[]> theirs = new ArrayList<>();
    for (int i = 0; i < Math.max(LEAST_ROUNDS, rounds); i++) {
      ours.add(times(value, a));
      theirs.add(times(value, b));
    }
    return new Row(name(value), always(ours), always(theirs), once(ours), once(theirs));
  }

  /** The longest request, each taken at the median of the rounds. */
  private static double always(List<double[]> rounds) {
    return IntStream.range(0, rounds.get(0).length)
        .mapToDouble(i -> Report.median(rounds.stream().map(times -> times[i]).toList()))
        .max()
        .orElseThrow();
  }

  /** The median of the rounds' longest requests. */
  private static double once(List<double[]> rounds) {
    return Report.median(
        rounds.stream().map(times -> Arrays.stream(times).max().orElseThrow()).toList());
  }

  /** Of this process, whose pauses are not the server's. */
  private static long collections() {
    return COLLECTORS.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
  }

  private static String[] unlink(BigValue value) {
    return new String[] {"UNLINK", value.key()};
  }

  /** How long each request takes, in milliseconds. */
  private static double[] times(BigValue value, Server server) throws IOException {
    double[] times = new double[value.requests()];
    try (Client client = Client.connect(server.port())) {
      client.command("PING"); // the first request waits for the connection to be accepted
      for (int i = 0; i < times.length; i++) {
        byte[] request = Client.encoded(value.request().apply(i));
        long collections = collections();
        long before = System.nanoTime();
        client.raw(request);
        long took = System.nanoTime() - before;
        times[i] = collections() == collections ? took / 1e6 : 0;
      }
      client.command(value.key().equals(KEYS) ? new String[] {"FLUSHALL"} : unlink(value));
    }
    return times;
  }
}
