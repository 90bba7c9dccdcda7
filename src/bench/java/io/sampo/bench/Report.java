package io.sampo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The results as they come, on the terminal; at the end as Markdown and as a plot. */
final class Report {
  private final Options options;
  private final String ours;
  private final String theirs;
  private final StringBuilder text = new StringBuilder();
  private final List<Plot.Cell> cells = new ArrayList<>();
  private String section = "";

  Report(Options options) throws IOException, InterruptedException {
    this.options = options;
    this.ours = options.other().isPresent() ? "A" : "Sampo";
    this.theirs = options.other().isPresent() ? "B" : "Redis";
    line("# Benchmark");
    line("");
    line("Written by `%s` on %s.", options.line(), LocalDate.now());
    line("");
    line("- Machine: %d cores.", Runtime.getRuntime().availableProcessors());
    describe(ours, options.sampo());
    if (options.other().isPresent()) {
      describe(theirs, options.other().get());
    } else {
      line("- Redis: `%s`, `--save \"\" --appendonly no`.", version("redis-server", "--version"));
    }
    line(
        "- Load: `redis-benchmark` on the same machine, 50 connections unless said otherwise,"
            + " %d-byte values, %,d keys.",
        Load.VALUE, Load.KEYS);
    line(
        "- Each cell: %d rounds of about %.1f s, the two servers in turn; medians. A ratio is the"
            + " median of the rounds' ratios, %s to %s.",
        options.rounds(), options.seconds(), ours, theirs);
    line("- CPU: user and system time of the server process per command.");
    line(
        "- A JVM compiles what it has seen to matter, and takes the processor of those it compiles"
            + " for meanwhile. So Sampo gets %,d connections and then all loads of a"
            + " table, at least %d times and for %.0f s, before any is measured. Redis needs no such"
            + " time.",
        Bench.WARMING, options.warmPasses(), options.warmSeconds());
    line("- A figure that misses what it is held to has the limit behind it.");
  }

  private void describe(String name, Options.Variant variant)
      throws IOException, InterruptedException {
    line(
        "- %s: `%s`, JVM flags `%s`%s.",
        name,
        version(variant.java(), "-version"),
        String.join(" ", variant.jvm()),
        variant.arguments().isEmpty()
            ? ""
            : ", arguments `" + String.join(" ", variant.arguments()) + "`");
  }

  private static String version(String program, String option)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(program, option).redirectErrorStream(true).start();
    String first =
        new String(process.getInputStream().readAllBytes()).lines().findFirst().orElse("");
    process.waitFor();
    return first.replaceAll(" sha=.*| malloc=.*", "");
  }

  /** One row of loads; element 0 of each round is ours, element 1 theirs. */
  void load(Section section, Load load, List<Load.Run[]> rounds) {
    boolean lean = section == Section.LEAN;
    if (begin(section.title)) {
      if (!section.note.isEmpty()) {
        line("%s", section.note);
        line("");
      }
      boolean sets = section == Section.CLUSTERED || section == Section.THREE;
      String first = sets ? "in a set" : ours;
      String second = sets ? "without" : theirs;
      line(
          "| command | connections | pipeline | %s ops/s | %s ops/s | **ratio** | %s CPU µs/op |"
              + " %s CPU µs/op | **ratio** | p50 ms | p99 ms | p99.9 ms | **ratio** |%s",
          first, second, first, second, lean ? " client CPU µs/op | busy |" : "");
      line(
          "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|%s",
          lean ? "---:|---:|" : "");
    }
    double throughput = ratio(rounds, Load.Run::rate);
    double cpu = ratio(rounds, Load.Run::cpu);
    Limits limits = section.limits(load);
    line(
        "| %s | %d | %d | %,.0f | %,.0f | %s | %.2f | %.2f | %s | %s | %s | %s | %s |%s",
        load.name().replaceFirst("multi |LEAN |TWO ", ""),
        load.connections(),
        load.pipeline(),
        middle(rounds, 0, Load.Run::rate),
        middle(rounds, 1, Load.Run::rate),
        Limits.atLeast(limits.throughput(), throughput),
        middle(rounds, 0, Load.Run::cpu),
        middle(rounds, 1, Load.Run::cpu),
        Limits.atMost(limits.cpu(), cpu),
        pair(rounds, Load.Run::p50),
        pair(rounds, Load.Run::p99),
        pair(rounds, Load.Run::p999),
        Limits.atMost(limits.p999(), ratio(rounds, Load.Run::p999)),
        lean ? client(rounds) : "");
    if (section == Section.ONE_LOOP || section == Section.TWO_LOOPS) {
      cells.add(new Plot.Cell(section.title, load, throughput, cpu));
    }
  }

  /** What a client took that counts it, and how busy the servers were. */
  private static String client(List<Load.Run[]> rounds) {
    ToDoubleFunction<Load.Run> busy = run -> run.rate() * run.cpu() / 1e4;
    return format(
        " %s | %.0f / %.0f %% |",
        pair(rounds, Load.Run::client), middle(rounds, 0, busy), middle(rounds, 1, busy));
  }

  void ceiling(Load load, Ceiling ceiling) {
    if (begin("What the client can")) {
      line(
          "The same loads with a server that does nothing: it takes requests by their length and has"
              + " the reply ready. Where that is no faster than %s and hardly busy, the client is what"
              + " holds up all of them; it is no strict bound, for who answers many at a time wakes"
              + " the client less often. Busy is how much of the time its thread was.",
          theirs);
      line("");
      line(
          "| command | pipeline | %s ops/s | %s ops/s | **ratio** | nothing ops/s | **ratio** |"
              + " busy |",
          ours, theirs);
      line("|---|---:|---:|---:|---:|---:|---:|---:|");
    }
    line(
        "| %s | %d | %,.0f | %,.0f | **%.2f** | %,.0f | **%.2f** | %.0f %% |",
        load.name().replace("CEILING ", ""),
        load.pipeline(),
        ceiling.ours(),
        ceiling.theirs(),
        ceiling.ours() / ceiling.theirs(),
        ceiling.rate(),
        ceiling.rate() / ceiling.theirs(),
        100 * ceiling.busy());
  }

  void memory(Bench.Memory a, Bench.Memory b) {
    begin("Memory for 1,000,000 keys `key:%012d` with values of 64 bytes");
    line("| server | live heap per key, B | `used_memory` per key, B | resident set, MiB |");
    line("|---|---:|---:|---:|");
    for (Bench.Memory m : List.of(a, b)) {
      line(
          "| %s | %s | %.1f | %.0f |",
          m.server(),
          Double.isNaN(m.heapPerKey()) ? "" : format("%.1f", m.heapPerKey()),
          m.usedPerKey(),
          m.residentMib());
    }
  }

  void collections(List<Collections.Row> rows) {
    begin("Memory of collections");
    line("Elements of 5 in each of 100,000 small ones, of 1,000,000 in a big one; bytes each.");
    line("");
    line("| collection | %s live heap | %s `used_memory` | **ratio** |", ours, theirs);
    line("|---|---:|---:|---:|");
    for (Collections.Row row : rows) {
      String ratio = Limits.atMost(row.most(), row.ours() / row.theirs());
      line("| %s | %.1f | %.1f | %s |", row.name(), row.ours(), row.theirs(), ratio);
    }
  }

  void million(Millions.Row row) {
    if (begin("Operations on values of a million elements, or of 100 MiB")) {
      line(
          "The longest that another client waits for its reply meanwhile, in ms. Where that is"
              + " next to nothing, the ratio says little. `--only million` has many more.");
      line("");
      line("| command | %s | %s | **ratio** |", ours, theirs);
      line("|---|---:|---:|---:|");
    }
    line("| %s | %.2f | %.2f | %s |", row.name(), row.ours(), row.theirs(), row.ratio());
  }

  void growth(Growth.Row row) {
    if (begin("Until a value has a million elements")) {
      line(
          "The longest of the 10,000 requests by which it comes about, in ms, with 100 elements each."
              + " First each request at its median of the rounds: what it takes every time, as when"
              + " a table grows. Then the longest of any: where the machine was elsewhere, or a"
              + " collection came.");
      line("");
      line("| value | %s | %s | %s, once | %s, once |", ours, theirs, ours, theirs);
      line("|---|---:|---:|---:|---:|");
    }
    line(
        "| %s | %.2f | %.2f | %.1f | %.1f |",
        row.name(), row.ours(), row.theirs(), row.oursOnce(), row.theirsOnce());
  }

  void fullSync(List<FullSync> all) {
    begin("All data for a new replica, 1,000,000 keys of 64 bytes");
    line(
        "The replica is a redis-server; the load is SET of 50 connections, its p99.9 in ms without"
            + " and with the replica's coming.");
    line("");
    line(
        "| server | seconds, idle | seconds, under load | ops/s meanwhile | p99.9 | p99.9 meanwhile |");
    line("|---|---:|---:|---:|---:|---:|");
    for (FullSync one : all) {
      line(
          "| %s | %.2f | %.2f | %,.0f | %.2f | %.2f |",
          one.server(),
          one.idleSeconds(),
          one.loadedSeconds(),
          one.meanwhile().rate(),
          one.calm().p999(),
          one.meanwhile().p999());
    }
  }

  void saving(Saving a, Saving b) {
    begin("1,000,000 keys to a file and back");
    line(
        "Loading is what a start with the file takes longer than one without. The memory is that by"
            + " which BGSAVEs raise the most that SET at pipeline 16 of random keys makes a server"
            + " and its child processes have.");
    line("");
    line("| | %s | %s | **ratio** |", ours, theirs);
    line("|---|---:|---:|---:|");
    double save = a.saveSeconds() / b.saveSeconds();
    double load = a.loadSeconds() / b.loadSeconds();
    String row = "| %s | %.2f | %.2f | %s |";
    line(row, "SAVE, s", a.saveSeconds(), b.saveSeconds(), Limits.atMost(Saving.MOST, save));
    line(row, "loading, s", a.loadSeconds(), b.loadSeconds(), Limits.atMost(Saving.MOST, load));
    line("| more memory, MiB | %.0f | %.0f | |", a.extraMib(), b.extraMib());
  }

  void idleCluster(List<ReplicaSets.Idle> nodes) {
    begin("A replica set of three nodes with nothing to do");
    line(
        "In percent of a processor. At first the JVM still compiles what runs seldom; the limit is"
            + " for afterwards.");
    line("");
    line(
        "| node | %d s after the start | %d s after the start |",
        ReplicaSets.EARLY, ReplicaSets.LATE);
    line("|---:|---:|---:|");
    for (int i = 0; i < nodes.size(); i++) {
      ReplicaSets.Idle node = nodes.get(i);
      line(
          "| %d | %.2f | %s |",
          i + 1, node.early(), Limits.atMost(ReplicaSets.MOST_PERCENT, node.late()));
    }
  }

  void idle(Bench.Idle idle) {
    begin("Idle connections");
    line("| connections | heap per connection, B | resident set, MiB |");
    line("|---:|---:|---:|");
    line(
        "| %,d | %,.0f | %.0f |", idle.connections(), idle.heapPerConnection(), idle.residentMib());
  }

  void start(double a, double b) {
    begin("From the start of the process to PONG");
    line("| %s | %s |", ours, theirs);
    line("|---:|---:|");
    line("| %.0f ms | %.0f ms |", a, b);
  }

  void write() throws IOException {
    Files.createDirectories(options.out());
    Path plot = options.out().resolve("benchmark.svg");
    String markdown = text.toString();
    if (!cells.isEmpty()) {
      Files.writeString(plot, Plot.svg(cells, ours, theirs));
      int table = markdown.indexOf("\n## ");
      markdown =
          markdown.substring(0, table)
              + format("\n![Throughput and CPU, %s to %s](benchmark.svg)\n", ours, theirs)
              + markdown.substring(table);
    }
    Path file = options.out().resolve("benchmark.md");
    Files.writeString(file, markdown);
    System.out.println("\nwritten to " + file);
  }

  /** Begins a section unless it is the current one; whether it did. */
  private boolean begin(String title) {
    if (section.equals(title)) {
      return false;
    }
    section = title;
    line("");
    line("%s", "## " + title);
    line("");
    return true;
  }

  private void line(String format, Object... values) {
    String line = format(format, values);
    text.append(line).append('\n');
    System.out.println(line);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String pair(List<Load.Run[]> rounds, ToDoubleFunction<Load.Run> figure) {
    return format("%.2f / %.2f", middle(rounds, 0, figure), middle(rounds, 1, figure));
  }

  private static double middle(
      List<Load.Run[]> rounds, int server, ToDoubleFunction<Load.Run> figure) {
    return median(rounds.stream().map(round -> figure.applyAsDouble(round[server])).toList());
  }

  private static double ratio(List<Load.Run[]> rounds, ToDoubleFunction<Load.Run> figure) {
    return median(
        rounds.stream()
            .map(round -> figure.applyAsDouble(round[0]) / figure.applyAsDouble(round[1]))
            .toList());
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
