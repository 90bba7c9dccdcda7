package io.sampo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A load that redis-benchmark puts on a server.
 *
 * @param name what the row is called
 * @param pipeline commands per round trip
 * @param threads of the client
 * @param words the test's name, or a whole command line
 * @param before what each run begins with
 */
record Load(
    String name, int connections, int pipeline, int threads, List<String> words, Before before) {
  /** What a server holds when a run begins. */
  sealed interface Before {}

  /** So many keys, set before the first run. */
  record Keys(int count) implements Before {}

  /** So many keys, too, which are saved by one BGSAVE after the other during each run. */
  record Saved(int count) implements Before {}

  /** Nothing but what as many commands of this line have left there; of none if it is empty. */
  record Only(List<String> words) implements Before {}

  /** Nothing but what {@link #KEYS} commands of this line have left, sent before the first run. */
  record Read(List<String> words) implements Before {}

  /** Nothing but so many subscribers to channel {@code news}. */
  record Subscribers(int count) implements Before {}

  static final int KEYS = 100_000;
  static final int VALUE = 64;

  private static final Before KEPT = new Keys(KEYS);

  private static final int COUNTING_MILLIS = 20;

  private static final Pattern PROCESSED = Pattern.compile("total_commands_processed:(\\d+)");
  private static final Pattern RATE = Pattern.compile("throughput summary: ([0-9.]+)");
  private static final Pattern STEP = Pattern.compile("([0-9.]+)% <= ([0-9.]+) milliseconds");
  private static final Pattern SUMMARY =
      Pattern.compile(
          "avg +min +p50 +p95 +p99 +max\\s+[0-9.]+ +[0-9.]+ +([0-9.]+) +[0-9.]+ +([0-9.]+)");

  /** One of redis-benchmark's own tests. */
  static Load test(String test, int connections, int pipeline) {
    return new Load(test.toUpperCase(), connections, pipeline, 1, List.of("-t", test), KEPT);
  }

  /** A command line, with {@code __rand_int__} where a random number goes. */
  static Load command(String name, int pipeline, List<String> words) {
    return new Load(name, 50, pipeline, 1, words, KEPT);
  }

  /** The same on a server that holds something else. */
  Load after(Before other) {
    return new Load(name, connections, pipeline, threads, words, other);
  }

  /** The same by another name. */
  Load called(String other) {
    return new Load(other.toUpperCase(), connections, pipeline, threads, words, before);
  }

  /** The same by a client of so many threads. */
  Load threads(int count) {
    return new Load(name, connections, pipeline, count, words, before);
  }

  /** How many keys it wants set before; 0 if none. */
  int keys() {
    if (before instanceof Keys keys) {
      return keys.count;
    }
    return before instanceof Saved saved ? saved.count : 0;
  }

  /** Has a server hold what it is to hold before the first run. */
  void prepare(Server server) throws IOException, InterruptedException {
    try (Client client = Client.connect(server.port())) {
      if (before instanceof Read read) {
        client.command("FLUSHALL");
        fill(server, KEYS, read.words);
      } else if (keys() > 0 && !client.command("DBSIZE").equals(":" + keys())) {
        client.command("FLUSHALL");
        client.fill(keys(), VALUE);
      }
    }
  }

  /** Has so many commands executed with numbers of which hardly one comes twice. */
  private void fill(Server server, long commands, List<String> line)
      throws IOException, InterruptedException {
    output(server.port(), start(server.port(), 16, commands, Math.max(KEYS, 4 * commands), line));
  }

  /** One of its requests. */
  List<String> request() {
    return switch (words.get(words.size() - 1)) {
      case "set" -> List.of("SET", "key:000000000000", "x".repeat(VALUE));
      case "get" -> List.of("GET", "key:000000000000");
      default -> words;
    };
  }

  /** The row's name for {@code --only}. */
  String row() {
    return name + " c" + connections + " p" + pipeline + (threads == 1 ? "" : " t" + threads);
  }

  /**
   * What one run gave.
   *
   * @param rate commands per second
   * @param cpu microseconds of the server's user and system time per command
   * @param p50 and the others: milliseconds
   */
  record Run(double rate, double cpu, double p50, double p99, double p999) {}

  Run run(Server server, long commands) throws IOException, InterruptedException {
    if (before instanceof Only only) {
      try (Client client = Client.connect(server.port())) {
        client.command("FLUSHALL");
      }
      if (!only.words.isEmpty()) {
        // What pops is to find something each time.
        fill(server, commands, only.words);
      }
    } else if (before instanceof Subscribers subscribers) {
      try (Audience audience = Audience.of(server.port(), "news", subscribers.count)) {
        return measured(server, commands);
      }
    } else if (before instanceof Saved) {
      try (Saver saver = Saver.of(server.port())) {
        return measured(server, commands);
      }
    }
    return measured(server, commands);
  }

  /** Has so many connections come, ask once, and go, fifty at a time. */
  static void connections(Server server, int count) throws IOException, InterruptedException {
    Load load = test("ping_mbulk", 50, 1);
    List<String> words = List.of("-t", "ping_mbulk", "-k", "0");
    load.output(server.port(), load.start(server.port(), 1, count, KEYS, words));
  }

  private Run measured(Server server, long commands) throws IOException, InterruptedException {
    long start = server.cpuMicros();
    Process process = start(server.port(), commands);
    double counted = threads == 1 ? Double.NaN : counted(server, process, commands);
    String text = output(server.port(), process);
    long end = server.cpuMicros();
    Matcher summary = SUMMARY.matcher(text);
    if (!summary.find()) {
      throw failed(server.port(), text);
    }
    return new Run(
        threads == 1 ? rate(server.port(), text) : counted,
        (double) (end - start) / commands,
        Double.parseDouble(summary.group(1)),
        Double.parseDouble(summary.group(2)),
        percentile(99.9, text));
  }

  /**
   * Commands per second while a client of several threads is running, as the server itself counts
   * them: such a client looks only each quarter of a second whether it is done. The first and last
   * tenth of the commands do not count.
   */
  private double counted(Server server, Process process, long commands)
      throws IOException, InterruptedException {
    long firstCount = -1;
    long firstNanos = 0;
    double rate = Double.NaN;
    try (Client client = Client.connect(server.port())) {
      long begin = commandsProcessed(client);
      while (!process.waitFor(COUNTING_MILLIS, TimeUnit.MILLISECONDS)) {
        long before = System.nanoTime();
        long count = commandsProcessed(client) - begin;
        long nanos = before + (System.nanoTime() - before) / 2;
        if (count > commands * 9 / 10) {
          break;
        }
        if (firstCount >= 0) {
          rate = (count - firstCount) * 1e9 / (nanos - firstNanos);
        } else if (count >= commands / 10) {
          firstCount = count;
          firstNanos = nanos;
        }
      }
    }
    if (Double.isNaN(rate)) {
      throw new IOException(row() + ": " + commands + " commands are too few to be counted");
    }
    return rate;
  }

  private static long commandsProcessed(Client client) throws IOException {
    Matcher count = PROCESSED.matcher(client.command("INFO", "stats"));
    if (!count.find()) {
      throw new IOException("INFO stats lacks total_commands_processed");
    }
    return Long.parseLong(count.group(1));
  }

  /** Commands per second of whoever listens there. */
  double rate(int port, long commands) throws IOException, InterruptedException {
    return rate(port, benchmark(port, commands));
  }

  private double rate(int port, String text) throws IOException {
    Matcher rate = RATE.matcher(text);
    if (!rate.find()) {
      throw failed(port, text);
    }
    return Double.parseDouble(rate.group(1));
  }

  private IOException failed(int port, String text) {
    return new IOException(row() + " on port " + port + " failed:\n" + text);
  }

  private String benchmark(int port, long commands) throws IOException, InterruptedException {
    return output(port, start(port, commands));
  }

  private Process start(int port, long commands) throws IOException {
    return start(port, pipeline, commands, Math.max(KEYS, keys()), words);
  }

  /** Has redis-benchmark send so many commands with random numbers. */
  private Process start(int port, int depth, long commands, long numbers, List<String> what)
      throws IOException {
    List<String> line = new ArrayList<>(List.of("redis-benchmark", "-p", "" + port));
    line.addAll(List.of("-c", "" + connections, "-P", "" + depth, "-n", "" + commands));
    line.addAll(List.of("-d", "" + VALUE, "-r", "" + numbers, "--precision", "3"));
    if (threads > 1) {
      line.addAll(List.of("--threads", "" + threads));
    }
    line.addAll(what);
    return new ProcessBuilder(line).redirectErrorStream(true).start();
  }

  /** What redis-benchmark prints. */
  private String output(int port, Process process) throws IOException, InterruptedException {
    String text = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw failed(port, text);
    }
    return text;
  }

  /** The first step of the printed distribution that covers {@code percent}. */
  private static double percentile(double percent, String text) {
    int end = text.indexOf("Cumulative distribution");
    Matcher step = STEP.matcher(end < 0 ? text : text.substring(0, end));
    while (step.find()) {
      if (Double.parseDouble(step.group(1)) >= percent) {
        return Double.parseDouble(step.group(2));
      }
    }
    throw new IllegalStateException("no distribution of latencies in:\n" + text);
  }
}
