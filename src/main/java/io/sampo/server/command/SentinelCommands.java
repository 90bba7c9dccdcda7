package io.sampo.server.command;

import static io.sampo.command.Command.cmd;
import static io.sampo.command.Command.container;

import io.sampo.cluster.Consent;
import io.sampo.cluster.SentinelView;
import io.sampo.cluster.Topology;
import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Help;
import io.sampo.data.Glob;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import io.sampo.server.Sentinel;
import io.sampo.server.Session;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a node is asked at its Sentinel port, besides what concerns the connection. */
final class SentinelCommands {
  /** The commands of the ordinary port that are had here, too. */
  static final String[] SHARED = {
    "auth",
    "client",
    "hello",
    "info",
    "ping",
    "psubscribe",
    "punsubscribe",
    "quit",
    "subscribe",
    "unsubscribe"
  };

  // spotless:off
  private static final List<Command> ABOUT = List.of(
      cmd("sentinel|ckquorum", 3, "admin on:session", "", "2.8.4", "O(N)", "master-name", "Whether a majority of the voters can be reached.", SentinelCommands::checkQuorum),
      cmd("sentinel|failover", 3, "admin on:session", "", "2.8.4", "O(1)", "master-name", "Have another node take over, without a write being lost.", SentinelCommands::failover),
      cmd("sentinel|flushconfig", 2, "admin on:session", "", "2.8.4", "O(1)", "", "Nothing is to be written: what must be kept always is.", SentinelCommands::flushConfig),
      cmd("sentinel|get-master-addr-by-name", 3, "admin on:session", "", "2.8.4", "O(1)", "master-name", "Where clients reach the master.", SentinelCommands::getMasterAddress),
      cmd("sentinel|help", 2, "loading stale on:session", "", "2.8.4", "O(1)", "", "The subcommands of SENTINEL.", new Help()),
      cmd("sentinel|is-master-down-by-addr", 6, "admin on:session", "", "2.8.4", "O(1)", "ip port:int current-epoch:int runid", "Whether the master cannot be reached from here.", SentinelCommands::isMasterDown),
      cmd("sentinel|master", 3, "admin on:session", "", "2.8.4", "O(1)", "master-name", "The state of the master.", SentinelCommands::master),
      cmd("sentinel|masters", 2, "admin on:session", "", "2.8.4", "O(N)", "", "The states of the masters, of which there is one.", SentinelCommands::masters),
      cmd("sentinel|myid", 2, "admin on:session", "", "6.2.0", "O(1)", "", "The id of this Sentinel.", SentinelCommands::myId),
      cmd("sentinel|pending-scripts", 2, "admin on:session", "", "2.8.4", "", "", "Scripts to be run, of which there are none.", SentinelCommands::pendingScripts),
      cmd("sentinel|replicas", 3, "admin on:session", "", "5.0.0", "O(N)", "master-name", "The states of the replicas.", SentinelCommands::replicas),
      cmd("sentinel|reset", 3, "admin on:session", "", "2.8.4", "O(N)", "pattern:pattern", "Tell all events anew, if the pattern matches the master's name.", SentinelCommands::reset),
      cmd("sentinel|sentinels", 3, "admin on:session", "", "2.8.4", "O(N)", "master-name", "The states of the other nodes as Sentinels.", SentinelCommands::sentinels),
      cmd("sentinel|slaves", 3, "admin on:session", "", "2.8.0", "O(N)", "master-name", "The states of the replicas.", SentinelCommands::replicas));

  static final List<Command> COMMANDS = List.of(
      cmd("publish", 3, "pubsub loading stale fast on:session", "", "2.0.0", "O(N+M)", "channel message", "Only a Sentinel's own messages are accepted.", SentinelCommands::publish),
      cmd("role", 1, "noscript loading stale fast @admin @dangerous on:session", "", "2.8.12", "O(1)", "", "That this is a Sentinel, and for which masters.", SentinelCommands::role),
      container("sentinel", -2, "2.8.4", "Commands about the replica set.", subcommands()),
      cmd("shutdown", -1, "admin noscript loading stale no_multi allow_busy on:session", "", "1.0.0", "O(N)", "[arguments]", "Refused: it would end the node.", SentinelCommands::shutdown));
  // spotless:on

  static final RespError NO_SUCH = new RespError("ERR No such master with that name");
  private static final byte[] HELLO_CHANNEL = Bytes.ascii("__sentinel__:hello");

  private SentinelCommands() {}

  private static Sentinel sentinel(Context c) {
    return Session.of(c).node.sentinel().orElseThrow();
  }

  /** What answers for the master that is named second, which is to be known. */
  private static Sentinel named(Context c, Args a) {
    Sentinel sentinel = sentinel(c);
    if (!isNamed(sentinel, a) || sentinel.master().isEmpty()) {
      throw NO_SUCH;
    }
    return sentinel;
  }

  private static boolean isNamed(Sentinel sentinel, Args a) {
    return a.text(2).equals(sentinel.plan.set());
  }

  private static Command[] subcommands() {
    return Stream.concat(ABOUT.stream(), SentinelTuning.SUBCOMMANDS.stream())
        .sorted(Comparator.comparing(command -> command.name))
        .toArray(Command[]::new);
  }

  /** A Sentinel that finds this one may greet it; what it says of a master is of no use here. */
  private static void publish(Context c, Args a) {
    if (!Arrays.equals(a.bytes(1), HELLO_CHANNEL)) {
      throw new RespError("ERR Only HELLO messages are accepted by Sentinel instances.");
    }
    c.out().integer(1);
  }

  /** To end a Sentinel is harmless, and to end a node that may be the master is not. */
  private static void shutdown(Context c, Args a) {
    throw new RespError(
        "ERR This Sentinel is part of its node, which SHUTDOWN at port "
            + Session.of(c).node.port()
            + " ends");
  }

  private static void role(Context c, Args a) {
    Sentinel sentinel = sentinel(c);
    c.out().array(2);
    c.out().bulk("sentinel");
    c.out().array(1);
    c.out().bulk(sentinel.plan.set());
  }

  private static void checkQuorum(Context c, Args a) {
    Sentinel sentinel = named(c, a);
    long usable = SentinelView.reachableVoters(sentinel.topology());
    if (usable < sentinel.quorum) {
      throw new RespError(
          "NOQUORUM "
              + usable
              + " usable Sentinels. Not enough available Sentinels to reach the specified quorum"
              + " for this master. Not enough available Sentinels to reach the majority and"
              + " authorize a failover");
    }
    c.out()
        .simple(
            "OK " + usable + " usable Sentinels. Quorum and failover authorization can be reached");
  }

  private static void failover(Context c, Args a) {
    Sentinel sentinel = named(c, a);
    Session session = Session.of(c);
    session.suspend();
    sentinel.failOver(consent -> session.resume(Bytes.ascii(reply(consent) + "\r\n")));
  }

  private static String reply(Consent consent) {
    return switch (consent) {
      case GIVEN -> "+OK";
      case NO_REPLICA -> "-NOGOODSLAVE No suitable replica to promote";
      // Whoever does not answer is failed over from by the others.
      case UNDER_WAY, NO_MASTER, NO_ANSWER -> "-INPROG Failover already in progress";
    };
  }

  private static void flushConfig(Context c, Args a) {
    c.out().ok();
  }

  private static void getMasterAddress(Context c, Args a) {
    Sentinel sentinel = sentinel(c);
    Optional<Topology.Node> master =
        sentinel.master().filter(m -> isNamed(sentinel, a) && sentinel.isInformed());
    if (master.isEmpty()) {
      c.out().nilArray();
      return;
    }
    c.out().array(2);
    c.out().bulk(master.get().host());
    c.out().bulk(master.get().port());
  }

  private static void isMasterDown(Context c, Args a) {
    long port = a.integer(3);
    a.integer(4);
    boolean down =
        sentinel(c)
            .master()
            .filter(m -> m.host().equals(a.text(2)) && m.port() == port && !m.reachable())
            .isPresent();
    // It votes for nobody, for elections go by other ways.
    c.out().array(3);
    c.out().integer(down ? 1 : 0);
    c.out().bulk("*");
    c.out().integer(0);
  }

  private static void masters(Context c, Args a) {
    Sentinel sentinel = sentinel(c);
    Optional<Topology.Node> master = sentinel.master();
    c.out().array(master.isPresent() ? 1 : 0);
    master.ifPresent(node -> write(c.out(), SentinelReport.master(sentinel, node)));
  }

  private static void master(Context c, Args a) {
    Sentinel sentinel = named(c, a);
    write(c.out(), SentinelReport.master(sentinel, sentinel.master().orElseThrow()));
  }

  private static void replicas(Context c, Args a) {
    Sentinel sentinel = named(c, a);
    write(c.out(), SentinelReport.replicas(sentinel));
  }

  private static void sentinels(Context c, Args a) {
    Sentinel sentinel = named(c, a);
    write(c.out(), SentinelReport.sentinels(sentinel));
  }

  private static void write(ReplyWriter out, List<Map<String, String>> reports) {
    out.array(reports.size());
    reports.forEach(report -> write(out, report));
  }

  static void write(ReplyWriter out, Map<String, String> report) {
    out.map(report.size());
    report.forEach(
        (name, value) -> {
          out.bulk(name);
          out.bulk(value);
        });
  }

  private static void myId(Context c, Args a) {
    c.out().bulk(sentinel(c).id);
  }

  private static void pendingScripts(Context c, Args a) {
    c.out().array(0);
  }

  private static void reset(Context c, Args a) {
    Sentinel sentinel = sentinel(c);
    boolean matches = Glob.of(a.bytes(2)).matches(Bytes.ascii(sentinel.plan.set()));
    if (matches) {
      sentinel.reset();
    }
    c.out().integer(matches ? 1 : 0);
  }
}
