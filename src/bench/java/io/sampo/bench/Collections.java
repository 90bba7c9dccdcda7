package io.sampo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** What collections cost: many small ones, or one that is big. */
final class Collections {
  private static final int SMALL = 100_000;
  private static final int IN_SMALL = 5;
  private static final int IN_BIG = 1_000_000;

  /**
   * A kind of collection.
   *
   * @param command adds one element
   * @param element the words of the n-th element
   */
  private record Kind(String name, String command, IntFunction<List<String>> element) {}

  /** Bytes per element, and the most that their ratio is to be. */
  record Row(String name, double ours, double theirs, double most) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("list", "RPUSH", n -> List.of("element:%07d".formatted(n))),
          new Kind(
              "hash", "HSET", n -> List.of("field:%07d".formatted(n), "value:%07d".formatted(n))),
          new Kind("set", "SADD", n -> List.of("element:%07d".formatted(n))),
          new Kind("zset", "ZADD", n -> List.of("" + n, "element:%07d".formatted(n))));

  private Collections() {}

  static List<Row> measure(Server ours, Server theirs, boolean theirsIsJvm)
      throws IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    for (Kind kind : KINDS) {
      rows.add(row("small " + kind.name, ours, theirs, theirsIsJvm, small(kind)));
      rows.add(row("big " + kind.name, ours, theirs, theirsIsJvm, big(kind)));
    }
    return rows;
  }

  private static IntFunction<String[]> small(Kind kind) {
    return n -> request(kind, "key:%012d".formatted(n), n * IN_SMALL, IN_SMALL);
  }

  private static IntFunction<String[]> big(Kind kind) {
    int each = IN_BIG / SMALL;
    return n -> request(kind, "big", n * each, each);
  }

  private static String[] request(Kind kind, String key, int first, int count) {
    List<String> words = new ArrayList<>(List.of(kind.command, key));
    for (int i = first; i < first + count; i++) {
      words.addAll(kind.element.apply(i));
    }
    return words.toArray(String[]::new);
  }

  private static Row row(
      String name, Server a, Server b, boolean jvm, IntFunction<String[]> requests)
      throws IOException, InterruptedException {
    int elements = name.startsWith("big") ? IN_BIG : SMALL * IN_SMALL;
    return new Row(
        name,
        (double) grown(a, true, requests) / elements,
        (double) grown(b, jvm, requests) / elements,
        name.startsWith("big") ? 1.3 : 1);
  }

  /** Bytes that these requests make a server grow by: of live heap, or of used_memory. */
  private static long grown(Server server, boolean jvm, IntFunction<String[]> requests)
      throws IOException, InterruptedException {
    try (Client client = Client.connect(server.port())) {
      client.command("FLUSHALL");
      long before = jvm ? server.liveHeap() : server.info("used_memory");
      client.pipeline(SMALL, requests);
      return (jvm ? server.liveHeap() : server.info("used_memory")) - before;
    }
  }
}
