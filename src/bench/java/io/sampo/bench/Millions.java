package io.sampo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long what is done to values of a million elements, or of 100 MiB, keeps everybody else
 * waiting.
 */
final class Millions {
  /** How often each deed is done before it counts, by a JVM, which compiles it meanwhile. */
  private static final int WARMING = 4;

  private static final long POLL_NANOS = 100_000;
  private static final long AFTERMATH_MILLIS = 10;

  /** How much longer than in Redis everybody may wait, where it is long enough to be told. */
  private static final double MOST = 1.1;

  private static final double UNTOLD_MILLIS = 5;

  /** The longest somebody else waited, in milliseconds, at the median of the rounds. */
  record Row(String name, double ours, double theirs) {
    String ratio() {
      double most = ours < UNTOLD_MILLIS ? Double.NaN : MOST;
      return Limits.atMost(most, ours / theirs);
    }
  }

  private final List<Deed> deeds;

  /** Those that were asked for. */
  Millions(Options options) {
    deeds =
        Deed.all(options.isPicky()).stream()
            .filter(deed -> options.only().matcher(deed.row()).find())
            .toList();
  }

  boolean isEmpty() {
    return deeds.isEmpty();
  }

  /** Gives a server the values that are needed. */
  void fill(Server server) throws IOException {
    try (Client client = Client.connect(server.port())) {
      client.command("CONFIG", "SET", "set-max-intset-entries", "2000000");
      for (BigValue value : BigValue.ALL) {
        if (deeds.stream().anyMatch(deed -> deed.needs(value))) {
          client.pipeline(value.requests(), value.request());
        }
      }
    }
  }

  /** Does everything to both servers in turn, which have been filled. */
  void measure(Server a, Server b, int rounds, Report report)
      throws IOException, InterruptedException {
    for (Deed deed : deeds) {
      List<Double> ours = new ArrayList<>();
      List<Double> theirs = new ArrayList<>();
      for (int i = 0; i < WARMING; i++) {
        waited(deed, a);
        if (b.isJvm() || i == 0) {
          waited(deed, b);
        }
      }
      for (int i = 0; i < rounds; i++) {
        ours.add(waited(deed, a));
        theirs.add(waited(deed, b));
      }
      report.million(new Row(deed.name(), Report.median(ours), Report.median(theirs)));
    }
  }

  /** The longest in milliseconds for which a second client waits. */
  private static double waited(Deed deed, Server server) throws IOException, InterruptedException {
    try (Client client = Client.connect(server.port());
        Client other = Client.connect(server.port())) {
      if (!deed.copied().isEmpty()) {
        client.command("COPY", deed.copied(), "big", "REPLACE");
      }
      String dumped = "";
      for (String line : deed.lines().subList(0, deed.lines().size() - 1)) {
        if (line.startsWith("DUMP")) {
          dumped = client.command(line.split(" "));
        } else {
          client.exchange(Deed.words(line));
        }
      }
      String[] last = Deed.words(deed.lines().get(deed.lines().size() - 1));
      for (int i = 0; i < last.length; i++) {
        last[i] = last[i].equals(Deed.DUMPED) ? dumped : last[i];
        last[i] = last[i].equals(Deed.NOISE) ? BigValue.noise(0).repeat(100) : last[i];
      }
      other.command("PING");
      AtomicLong longest = new AtomicLong();
      Thread watching = new Thread(() -> watch(other, longest));
      watching.start();
      TimeUnit.MILLISECONDS.sleep(2);
      client.exchange(last);
      TimeUnit.MILLISECONDS.sleep(AFTERMATH_MILLIS);
      watching.interrupt();
      watching.join();
      client.command("DEL", "to", "big");
      return longest.get() / 1e6;
    }
  }

  private static void watch(Client client, AtomicLong longest) {
    try {
      while (!Thread.interrupted()) {
        long before = System.nanoTime();
        client.command("PING");
        longest.accumulateAndGet(System.nanoTime() - before, Math::max);
        LockSupport.parkNanos(POLL_NANOS);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
