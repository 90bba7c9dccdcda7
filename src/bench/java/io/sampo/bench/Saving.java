package io.sampo.bench;

import java.io.IOException;
import java.util.stream.Stream;

/**
 * What it takes a server to save a million keys and to load them again.
 *
 * @param saveSeconds of SAVE
 * @param loadSeconds from the start of the process until it answers, less what an empty one takes
 * @param extraMib by how much saving raises the most memory that a full load of writes makes it
 *     have
 */
record Saving(String server, double saveSeconds, double loadSeconds, double extraMib) {
  static final int KEYS = 1_000_000;

  /** What saving and loading may take, as a multiple of what Redis takes. */
  static final double MOST = 1.2;

  private static final Load WRITES = Load.test("set", 50, 16);

  static Stream<Load> loads() {
    return Stream.of(1, 16)
        .map(
            pipeline ->
                Load.test("set", 50, pipeline).after(new Load.Saved(KEYS)).called("set bgsave"));
  }

  /** Measures a server that has the same folder each time it is started. */
  static Saving of(Bench.Launch launch, long writes) throws IOException, InterruptedException {
    double empty;
    double seconds;
    double extra;
    String name;
    try (Server server = launch.start()) {
      name = server.name();
      empty = server.startMillis();
      try (Client client = Client.connect(server.port())) {
        client.fill(KEYS, Load.VALUE);
        client.command("SAVE");
        long begin = System.nanoTime();
        client.command("SAVE");
        seconds = (System.nanoTime() - begin) / 1e9;
      }
      WRITES.after(new Load.Keys(KEYS)).run(server, writes);
      double without = peak(server, WRITES.after(new Load.Keys(KEYS)), writes);
      extra = peak(server, WRITES.after(new Load.Saved(KEYS)), writes) - without;
      try (Client client = Client.connect(server.port())) {
        client.command("SAVE");
      }
    }
    try (Server server = launch.start()) {
      return new Saving(name, seconds, (server.startMillis() - empty) / 1000, Math.max(0, extra));
    }
  }

  /** The most memory that a server and the processes it forks have during a load, in MiB. */
  private static double peak(Server server, Load load, long commands)
      throws IOException, InterruptedException {
    try (MemoryPeak peak = new MemoryPeak(server)) {
      load.run(server, commands);
      return peak.mib();
    }
  }
}
