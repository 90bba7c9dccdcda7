package io.sampo.server.command;

import static io.sampo.command.Command.cmd;
import static io.sampo.command.Command.container;

import io.sampo.command.Command;
import io.sampo.command.CommandTable;
import io.sampo.command.Context;
import io.sampo.command.Help;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import io.sampo.server.Node;
import io.sampo.server.Session;
import io.sampo.server.stats.InfoText;
import io.sampo.server.stats.LatencyMonitor;
import io.sampo.shard.Histogram;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** LATENCY. */
final class LatencyCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      container("latency", -2, "2.8.13", "Commands about latency.",
          cmd("latency|doctor", 2, "admin noscript loading stale ~nondeterministic_output ~request_policy:all_nodes ~response_policy:special on:session", "", "2.8.13", "O(1)", "", "A report on latency, for people.", LatencyCommands::doctor),
          cmd("latency|graph", 3, "admin noscript loading stale ~nondeterministic_output ~request_policy:all_nodes ~response_policy:special on:session", "", "2.8.13", "O(1)", "event", "Latency of an event as a drawing.", LatencyCommands::graph),
          cmd("latency|help", 2, "loading stale on:session", "", "2.8.13", "O(1)", "", "The subcommands of LATENCY.", new Help()),
          cmd("latency|histogram", -2, "admin noscript loading stale ~nondeterministic_output ~request_policy:all_nodes ~response_policy:special on:session", "", "7.0.0", "O(N)", "[command...]", "Distribution of the latency of commands.", LatencyCommands::histogram),
          cmd("latency|history", 3, "admin noscript loading stale ~nondeterministic_output ~request_policy:all_nodes ~response_policy:special on:session", "", "2.8.13", "O(1)", "event", "Latency samples of an event.", LatencyCommands::history),
          cmd("latency|latest", 2, "admin noscript loading stale ~nondeterministic_output ~request_policy:all_nodes ~response_policy:special on:session", "", "2.8.13", "O(1)", "", "Latest latency sample of every event.", LatencyCommands::latest),
          cmd("latency|reset", -2, "admin noscript loading stale ~request_policy:all_nodes ~response_policy:all_succeeded on:session", "", "2.8.13", "O(1)", "[event...]", "Forget the latency samples of events.", LatencyCommands::reset)));
  // spotless:on

  private static final int GRAPH_WIDTH = 80;
  private static final int GRAPH_HEIGHT = 4;

  /** The first and the last bound of LATENCY HISTOGRAM, as powers of two in nanoseconds. */
  private static final int FIRST_BITS = 10;

  private static final int LAST_BITS = 41;

  private LatencyCommands() {}

  private static LatencyMonitor monitor(Context c) {
    return Session.of(c).node.latency;
  }

  private static void latest(Context c, Args a) {
    List<LatencyMonitor.Series> all = monitor(c).all();
    ReplyWriter out = c.out();
    out.array(all.size());
    for (LatencyMonitor.Series series : all) {
      out.array(4);
      out.bulk(series.event());
      out.integer(series.latest().seconds());
      out.integer(series.latest().millis());
      out.integer(series.worst());
    }
  }

  private static void history(Context c, Args a) {
    List<LatencyMonitor.Sample> samples = monitor(c).series(a.text(2)).samples();
    ReplyWriter out = c.out();
    out.array(samples.size());
    for (LatencyMonitor.Sample sample : samples) {
      out.array(2);
      out.integer(sample.seconds());
      out.integer(sample.millis());
    }
  }

  private static void reset(Context c, Args a) {
    if (a.count() == 2) {
      c.out().integer(monitor(c).reset());
      return;
    }
    Set<String> names = new LinkedHashSet<>();
    for (int i = 2; i < a.count(); i++) {
      names.add(a.text(i));
    }
    c.out().integer(monitor(c).reset(names));
  }

  private static void graph(Context c, Args a) {
    LatencyMonitor.Series series = monitor(c).series(a.text(2));
    if (series.samples().isEmpty()) {
      throw new RespError("ERR No samples available for event '" + a.shown(2) + "'");
    }
    c.out().verbatim(draw(series, c.now() / 1000));
  }

  /** Columns of a height by the share of the highest, the newest to the right. */
  private static String draw(LatencyMonitor.Series series, long now) {
    List<LatencyMonitor.Sample> samples = series.samples();
    List<LatencyMonitor.Sample> shown =
        samples.subList(Math.max(0, samples.size() - GRAPH_WIDTH), samples.size());
    long high = shown.stream().mapToLong(LatencyMonitor.Sample::millis).max().orElse(0);
    long low = shown.stream().mapToLong(LatencyMonitor.Sample::millis).min().orElse(0);
    StringBuilder text = new StringBuilder();
    text.append(series.event() + " - high " + high + " ms, low " + low + " ms");
    text.append(" (all time high " + series.worst() + " ms)\n");
    text.append("-".repeat(GRAPH_WIDTH)).append('\n');
    for (int row = GRAPH_HEIGHT; row > 0; row--) {
      for (LatencyMonitor.Sample sample : shown) {
        text.append(sample.millis() * GRAPH_HEIGHT > high * (row - 1) ? '#' : ' ');
      }
      text.append('\n');
    }
    text.append("from " + (now - shown.get(0).seconds()) + "s ago");
    text.append(" to " + (now - series.latest().seconds()) + "s ago\n");
    return text.toString();
  }

  private static void doctor(Context c, Args a) {
    LatencyMonitor monitor = monitor(c);
    StringBuilder text = new StringBuilder();
    if (monitor.thresholdNanos() < 0) {
      text.append("Latency monitoring is off. To have events remembered that take longer than so");
      text.append(" many milliseconds: CONFIG SET latency-monitor-threshold <milliseconds>\n");
    }
    List<LatencyMonitor.Series> all = monitor.all();
    if (all.isEmpty()) {
      text.append("No latency events have been seen.\n");
    }
    for (LatencyMonitor.Series series : all) {
      double mean =
          series.samples().stream().mapToLong(LatencyMonitor.Sample::millis).average().orElse(0);
      text.append(series.event()).append(": ").append(series.samples().size());
      text.append(" seconds with events, worst ").append(series.worst()).append(" ms, mean ");
      text.append(InfoText.decimal(mean, 1)).append(" ms. ").append(advice(series.event()));
      text.append('\n');
    }
    c.out().verbatim(text.toString());
  }

  private static String advice(String event) {
    return switch (event) {
      case "command", "fast-command" -> "SLOWLOG GET shows which commands they were.";
      case "expire-cycle" ->
          "Many keys expire at once: spread their times, or lower active-expire-effort.";
      case "eviction-cycle" -> "Memory is at maxmemory: raise it, or write less.";
      default ->
          "The thread was busy or stopped: look for slow commands, collections of garbage (INFO"
              + " sampo) and other processes.";
    };
  }

  /** For each command how many of its runs took no longer than each bound, in microseconds. */
  private static void histogram(Context c, Args a) {
    Node node = Session.of(c).node;
    Map<Command, Histogram> found = new LinkedHashMap<>();
    for (Command command : chosen(node.commands, a)) {
      node.statistics.times(command.id()).ifPresent(times -> found.put(command, times));
    }
    ReplyWriter out = c.out();
    out.map(found.size());
    found.forEach(
        (command, histogram) -> {
          out.bulk(command.name);
          out.map(2);
          out.bulk("calls");
          out.integer(histogram.count());
          out.bulk("histogram_usec");
          buckets(histogram, out);
        });
  }

  private static List<Command> chosen(CommandTable commands, Args a) {
    if (a.count() == 2) {
      return commands.all();
    }
    List<Command> chosen = new ArrayList<>();
    for (int i = 2; i < a.count(); i++) {
      String name = a.text(i).toLowerCase(Locale.ROOT);
      for (Command command : commands.all()) {
        if (command.name.equals(name) || command.name.startsWith(name + "|")) {
          chosen.add(command);
        }
      }
    }
    return chosen;
  }

  private static void buckets(Histogram histogram, ReplyWriter out) {
    int mark = out.defer();
    int pairs = 0;
    long before = 0;
    for (int bits = FIRST_BITS; bits <= LAST_BITS; bits++) {
      long below = histogram.below(bits);
      if (below > before) {
        // The bounds Redis shows: its own histogram sees a little beyond each power of two.
        out.integer(((1L << bits) + (1L << bits - 7) - 1) / 1000);
        out.integer(below);
        pairs++;
        before = below;
      }
    }
    out.endMap(mark, pairs);
  }
}
