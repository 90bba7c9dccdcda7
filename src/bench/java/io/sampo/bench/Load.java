package io.sampo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A load that redis-benchmark puts on a server.
 *
 * @param name what the row is called
 * @param pipeline commands per round trip
 * @param words the test's name, or a whole command line
 * @param before what each run begins with
 * @param threads how many of them redis-benchmark is to have
 */
record Load(
    String name, int connections, int pipeline, List<String> words, Before before, int threads) {
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

  /** So many that of a few million taken at random hardly one comes twice. */
  private static final int NUMBERS = 1_000_000_000;

  /** The connections of most rows. */
  static final int CLIENTS = 50;

  static final int VALUE = 64;

  private static final Before KEPT = new Keys(KEYS);

  private static final Pattern RATE = Pattern.compile("throughput summary: ([0-9.]+)");
  private static final Pattern STEP = Pattern.compile("([0-9.]+)% <= ([0-9.]+) milliseconds");
  private static final Pattern SUMMARY =
      Pattern.compile(
          "avg +min +p50 +p95 +p99 +max\\s+[0-9.]+ +[0-9.]+ +([0-9.]+) +[0-9.]+ +([0-9.]+)");

  /** One of redis-benchmark's own tests. */
  static Load test(String test, int connections, int pipeline) {
    return new Load(test.toUpperCase(), connections, pipeline, List.of("-t", test), KEPT, 1);
  }

  /** A command line, with {@code __rand_int__} where a random number goes. */
  static Load command(String name, int pipeline, List<String> words) {
    return new Load(name, CLIENTS, pipeline, words, KEPT, 1);
  }

  /** The same on a server that holds something else. */
  Load after(Before other) {
    return new Load(name, connections, pipeline, words, other, threads);
  }

  /** The same by another name. */
  Load called(String other) {
    return new Load(other.toUpperCase(), connections, pipeline, words, before, threads);
  }

  /** The same by so many threads. */
  Load by(int those) {
    return new Load(name, connections, pipeline, words, before, those);
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
    output(server.port(), start(server.port(), 16, commands, NUMBERS, line));
  }

  /** One of its requests. */
  List<String> request() {
    String value = "x".repeat(VALUE);
    String element = "element:__rand_int__";
    return switch (words.get(words.size() - 1)) {
      case "set" -> List.of("SET", "key:000000000000", value);
      case "get" -> List.of("GET", "key:000000000000");
      case "lpush" -> List.of("LPUSH", "mylist", value);
      case "rpush" -> List.of("RPUSH", "mylist", value);
      case "lpop" -> List.of("LPOP", "mylist");
      case "rpop" -> List.of("RPOP", "mylist");
      case "sadd" -> List.of("SADD", "myset", element);
      case "spop" -> List.of("SPOP", "myset");
      case "hset" -> List.of("HSET", "myhash", element, value);
      case "zadd" -> List.of("ZADD", "myzset", "__rand_int__", element);
      case "zpopmin" -> List.of("ZPOPMIN", "myzset");
      default -> words;
    };
  }

  /** The row's name for {@code --only}. */
  String row() {
    return name + " c" + connections + " p" + pipeline;
  }

  /**
   * What one run gave.
   *
   * @param rate commands per second
   * @param cpu microseconds of the server's user and system time per command
   * @param p50 and the others: milliseconds
   * @param client microseconds of the client's user and system time per command; NaN if not known
   */
  record Run(double rate, double cpu, double p50, double p99, double p999, double client) {}

  Run run(Server server, long commands) throws IOException, InterruptedException {
    begin(server, commands);
    if (before instanceof Subscribers subscribers) {
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

  /** Has a server hold what it is to hold before each run. */
  void begin(Server server, long commands) throws IOException, InterruptedException {
    if (before instanceof Only only) {
      try (Client client = Client.connect(server.port())) {
        client.command("FLUSHALL");
      }
      if (!only.words.isEmpty()) {
        // What pops is to find something each time, though some numbers come twice.
        fill(server, commands + commands / 64 + KEYS / 10, only.words);
      }
    }
  }

  /** Has so many connections come, ask once, and go, fifty at a time. */
  static void connections(Server server, int count) throws IOException, InterruptedException {
    Load load = test("ping_mbulk", 50, 1);
    List<String> words = List.of("-t", "ping_mbulk", "-k", "0");
    load.output(server.port(), load.start(server.port(), 1, count, KEYS, words));
  }

  private Run measured(Server server, long commands) throws IOException, InterruptedException {
    long start = server.cpuMicros();
    String text = benchmark(server.port(), commands);
    long end = server.cpuMicros();
    Matcher summary = SUMMARY.matcher(text);
    if (!summary.find()) {
      throw failed(server.port(), text);
    }
    return new Run(
        rate(server.port(), text),
        (double) (end - start) / commands,
        Double.parseDouble(summary.group(1)),
        Double.parseDouble(summary.group(2)),
        percentile(99.9, text),
        Double.NaN);
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
    List<String> line = new ArrayList<>(words);
    if (threads > 1) {
      line.addAll(0, List.of("--threads", "" + threads));
    }
    return start(port, pipeline, commands, Math.max(KEYS, keys()), line);
  }

  /** Has redis-benchmark send so many commands with random numbers. */
  private Process start(int port, int depth, long commands, long numbers, List<String> what)
      throws IOException {
    List<String> line = new ArrayList<>(List.of("redis-benchmark", "-p", "" + port));
    line.addAll(List.of("-c", "" + connections, "-P", "" + depth, "-n", "" + commands));
    line.addAll(List.of("-d", "" + VALUE, "-r", "" + numbers, "--precision", "3"));
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
