package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.data.Glob;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import io.sampo.server.Sentinel;
import io.sampo.server.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The subcommands by which a Sentinel is told what to watch, and how. Here the directives of the
 * nodes say so: what can be shown is shown, and what Redis would accept is refused with the reason.
 */
final class SentinelTuning {
  // spotless:off
  static final List<Command> SUBCOMMANDS = List.of(
      cmd("sentinel|config", -3, "admin on:session", "", "6.2.0", "O(N)", "action:<GET parameter:pattern|SET data:(parameter value)>", "Show how this Sentinel announces itself; SET is refused.", SentinelTuning::config),
      cmd("sentinel|debug", -2, "admin on:session", "", "7.0.0", "O(N)", "[data:(parameter value)...]", "Show the times it goes by; to change them is refused.", SentinelTuning::debug),
      cmd("sentinel|info-cache", -3, "admin on:session", "", "3.2.0", "O(N)", "nodename:(nodename)...", "Refused: nodes do not ask one another for INFO.", SentinelTuning::infoCache),
      cmd("sentinel|monitor", 6, "admin on:session", "", "2.8.4", "O(1)", "name ip port:int quorum:int", "Refused: a node tells of its own replica set.", SentinelTuning::monitor),
      cmd("sentinel|remove", 3, "admin on:session", "", "2.8.4", "O(1)", "master-name", "Refused: a node tells of its own replica set.", SentinelTuning::remove),
      cmd("sentinel|set", -5, "admin on:session", "", "2.8.4", "O(1)", "master-name data:(option value)...", "Refused: the nodes' directives say how a replica set is.", SentinelTuning::set),
      cmd("sentinel|simulate-failure", -3, "admin on:session", "", "3.2.0", "O(N)", "[mode:<CRASH-AFTER-ELECTION|CRASH-AFTER-PROMOTION|HELP>]", "Refused: to see a failure, kill a node.", SentinelTuning::simulateFailure));
  // spotless:on

  private static final RespError FIXED =
      new RespError("ERR A replica set is what the directives of its nodes say");
  private static final RespError CONFIG_FORMS =
      new RespError("ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.");

  private static final Predicate<String> ANY = value -> true;
  private static final Predicate<String> YES_OR_NO =
      value -> value.equalsIgnoreCase("yes") || value.equalsIgnoreCase("no");
  private static final Predicate<String> POSITIVE = value -> value.matches("0*[1-9][0-9]{0,17}");

  /** What CONFIG SET knows of, and the values that it would take. */
  private static final Map<String, Predicate<String>> PARAMETERS =
      Map.of(
          "resolve-hostnames", YES_OR_NO,
          "announce-hostnames", YES_OR_NO,
          "announce-ip", ANY,
          "announce-port", value -> value.matches("[0-9]{1,5}"),
          "sentinel-user", ANY,
          "sentinel-pass", ANY);

  /** What SET knows of. */
  private static final Map<String, Predicate<String>> OPTIONS =
      Map.of(
          "down-after-milliseconds", POSITIVE,
          "failover-timeout", POSITIVE,
          "parallel-syncs", POSITIVE,
          "quorum", POSITIVE,
          "notification-script", ANY,
          "client-reconfig-script", ANY,
          "auth-pass", ANY,
          "auth-user", ANY,
          "master-reboot-down-after-period", value -> value.matches("[0-9]{1,18}"));

  private static final String DOWN_AFTER = "DEFAULT-DOWN-AFTER";
  private static final String FAILOVER_TIMEOUT = "DEFAULT-FAILOVER-TIMEOUT";

  /** What DEBUG knows of. */
  private static final Set<String> TIMES =
      Set.of(
          "INFO-PERIOD",
          "PING-PERIOD",
          "ASK-PERIOD",
          "PUBLISH-PERIOD",
          DOWN_AFTER,
          FAILOVER_TIMEOUT,
          "TILT-TRIGGER",
          "TILT-PERIOD",
          "SLAVE-RECONF-TIMEOUT",
          "MIN-LINK-RECONNECT-PERIOD",
          "ELECTION-TIMEOUT",
          "SCRIPT-MAX-RUNTIME",
          "SCRIPT-RETRY-DELAY");

  private SentinelTuning() {}

  private static Sentinel sentinel(Context c) {
    return Session.of(c).node.sentinel().orElseThrow();
  }

  private static boolean isNamed(Context c, Args a) {
    return a.text(2).equals(sentinel(c).plan.set());
  }

  private static void config(Context c, Args a) {
    if (a.is(2, "get") && a.count() == 4) {
      getConfig(c, a);
    } else if (a.is(2, "set") && a.count() == 5) {
      setConfig(a);
    } else {
      throw CONFIG_FORMS;
    }
  }

  private static void getConfig(Context c, Args a) {
    Sentinel sentinel = sentinel(c);
    Map<String, String> all = new LinkedHashMap<>();
    all.put("resolve-hostnames", "yes");
    all.put("announce-hostnames", "yes");
    all.put("announce-ip", sentinel.plan.host());
    all.put("announce-port", Integer.toString(sentinel.plan.sentinelPort()));
    all.put("sentinel-user", "");
    all.put("sentinel-pass", "");
    Glob pattern = Glob.of(Bytes.ascii(a.text(3).toLowerCase(Locale.ROOT)));
    all.keySet().removeIf(name -> !pattern.matches(Bytes.ascii(name)));
    SentinelCommands.write(c.out(), all);
  }

  private static void setConfig(Args a) {
    String where = "to SENTINEL CONFIG SET";
    Predicate<String> takes = PARAMETERS.get(a.text(3).toLowerCase(Locale.ROOT));
    if (takes == null) {
      throw new RespError("ERR Invalid argument '" + a.text(3) + "' " + where);
    }
    if (!takes.test(a.text(4))) {
      throw new RespError(
          "ERR Invalid value '" + a.text(4) + "' " + where + " '" + a.text(3) + "'");
    }
    throw FIXED;
  }

  private static void set(Context c, Args a) {
    if (!isNamed(c, a)) {
      throw SentinelCommands.NO_SUCH;
    }
    for (int i = 3; i < a.count(); i += 2) {
      Predicate<String> takes = OPTIONS.get(a.text(i).toLowerCase(Locale.ROOT));
      if (a.is(i, "rename-command")) {
        throw FIXED;
      }
      if (takes == null || i + 1 == a.count()) {
        throw new RespError(unknown("SET", a.text(i)));
      }
      if (!takes.test(a.text(i + 1))) {
        throw new RespError(invalid("SET", a.text(i), a.text(i + 1)));
      }
    }
    throw FIXED;
  }

  private static String unknown(String subcommand, String option) {
    return "ERR Unknown option or number of arguments for SENTINEL "
        + subcommand
        + " '"
        + option
        + "'";
  }

  private static String invalid(String subcommand, String option, String value) {
    return "ERR Invalid argument '" + value + "' for SENTINEL " + subcommand + " '" + option + "'";
  }

  private static void debug(Context c, Args a) {
    if (a.count() == 2) {
      String lease = Long.toString(sentinel(c).plan.leaseMillis());
      Map<String, String> times = new LinkedHashMap<>();
      times.put(DOWN_AFTER, lease);
      times.put(FAILOVER_TIMEOUT, lease);
      SentinelCommands.write(c.out(), times);
      return;
    }
    for (int i = 2; i < a.count(); i += 2) {
      if (!TIMES.contains(a.text(i).toUpperCase(Locale.ROOT)) || i + 1 == a.count()) {
        throw new RespError(unknown("DEBUG", a.text(i)));
      }
      if (!POSITIVE.test(a.text(i + 1))) {
        throw new RespError(invalid("DEBUG", a.text(i), a.text(i + 1)));
      }
    }
    throw FIXED;
  }

  private static void infoCache(Context c, Args a) {
    for (int i = 2; i < a.count(); i++) {
      if (a.text(i).equals(sentinel(c).plan.set())) {
        throw new RespError(
            "ERR Nodes do not ask one another for INFO; SAMPO TOPOLOGY shows what they tell");
      }
    }
    c.out().array(0);
  }

  private static void monitor(Context c, Args a) {
    long quorum = a.integer(5, new RespError("ERR Invalid quorum"));
    long port = a.integer(4, new RespError("ERR Invalid port"));
    if (quorum <= 0) {
      throw new RespError("ERR Quorum must be 1 or greater.");
    }
    if (port < 0 || port > 0xffff) {
      throw new RespError("ERR Invalid port number.");
    }
    throw isNamed(c, a) ? new RespError("ERR Duplicate master name.") : FIXED;
  }

  private static void remove(Context c, Args a) {
    throw isNamed(c, a) ? FIXED : SentinelCommands.NO_SUCH;
  }

  private static void simulateFailure(Context c, Args a) {
    for (int i = 2; i < a.count(); i++) {
      if (a.is(i, "help")) {
        // There is none that it could simulate.
        c.out().array(0);
        return;
      }
      if (!a.is(i, "crash-after-election") && !a.is(i, "crash-after-promotion")) {
        throw new RespError("ERR Unknown failure simulation specified");
      }
    }
    throw new RespError("ERR A node does not simulate a crash; to see one, kill its process");
  }
}
