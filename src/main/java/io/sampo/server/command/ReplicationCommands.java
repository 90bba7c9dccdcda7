package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.replication.Failover;
import io.sampo.replication.Following;
import io.sampo.replication.Handshake;
import io.sampo.replication.Master;
import io.sampo.replication.Replica;
import io.sampo.replication.ReplicaLink;
import io.sampo.replication.ReplicaLink.Introduction;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import io.sampo.server.ClientState;
import io.sampo.server.Membership;
import io.sampo.server.Node;
import io.sampo.server.Replication;
import io.sampo.server.Session;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What replicas say to their master, FAILOVER and ROLE. */
final class ReplicationCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("failover", -1, "admin noscript stale on:session", "", "6.2.0", "O(1)", "[TO target:(host port:int [FORCE])] [ABORT] [TIMEOUT milliseconds:int]", "Hand over from this master to one of its replicas.", ReplicationCommands::failover),
      cmd("psync", -3, "admin noscript no_async_loading no_multi on:session", "", "2.8.0", "", "replicationid offset:int", "Ask a master for its stream of writes from an offset on.", ReplicationCommands::psync),
      cmd("replconf", -1, "admin noscript loading stale allow_busy %syscmd on:session", "", "3.0.0", "O(1)", "", "Talk between replica and master.", ReplicationCommands::replConf),
      cmd("role", 1, "noscript loading stale fast @admin @dangerous on:session", "", "2.8.12", "O(1)", "", "Role of this server in replication.", ReplicationCommands::role),
      cmd("sync", 1, "admin noscript no_async_loading no_multi on:session", "", "1.0.0", "", "", "Ask a master for its data and its stream of writes.", ReplicationCommands::sync));
  // spotless:on

  /** Longer host names are refused. */
  private static final int LONGEST_HOST = 255;

  private static final RespError NO_MASTER_LINK =
      new RespError("NOMASTERLINK Can't SYNC while not connected with my master");

  private static final Logger LOG = LoggerFactory.getLogger(ReplicationCommands.class);

  private ReplicationCommands() {}

  private static void psync(Context c, Args a) {
    Session session = Session.of(c);
    if (session.feed.isOn() || session.state.monitor) {
      return;
    }
    String history = a.text(1).toLowerCase(Locale.ROOT);
    // What the replica asks for is the number of the next byte, counted from 1.
    long offset = a.integer(2) - 1;
    if (a.count() > 3 && a.is(3, "failover")) {
      takeOver(session, history, offset);
    } else {
      checkLink(session.node);
      attach(session, false, history, offset);
    }
  }

  /** Our master wants to follow us. */
  private static void takeOver(Session session, String history, long offset) {
    Replication replication = session.node.replication;
    if (!replication.following.isReplica()) {
      throw new RespError("ERR PSYNC FAILOVER can't be sent to a master.");
    }
    if (!replication.history.ids().id().equals(history)) {
      throw new RespError("ERR PSYNC FAILOVER replid must match my replid.");
    }
    ReplicaLink link = session.feed.attach(false);
    replication.replica.tell(
        new Replica.Lead(() -> replication.master.tell(new Master.Attach(link, history, offset))));
  }

  private static void sync(Context c, Args a) {
    Session session = Session.of(c);
    if (!session.feed.isOn() && !session.state.monitor) {
      checkLink(session.node);
      attach(session, true, "?", -1);
    }
  }

  /** What we have ourselves might not be what the master has by then. */
  private static void checkLink(Node node) {
    Following following = node.replication.following;
    if (following.isReplica() && !following.isUp()) {
      throw NO_MASTER_LINK;
    }
  }

  /** The reply comes by the link. */
  private static void attach(Session session, boolean old, String history, long offset) {
    session.node.replication.master.tell(
        new Master.Attach(session.feed.attach(old), history, offset));
  }

  private static void replConf(Context c, Args a) {
    if (a.count() % 2 == 0) {
      throw RespError.SYNTAX;
    }
    Session session = Session.of(c);
    for (int i = 1; i < a.count(); i += 2) {
      switch (a.text(i).toLowerCase(Locale.ROOT)) {
        case "ack" -> {
          acknowledge(session, a, i);
          return;
        }
        case "getack" -> {
          // That is for replicas, and comes in their master's stream.
          return;
        }
        case Handshake.TERM -> {
          c.out().integer(lead(session.node, a.integer(i + 1)));
          return;
        }
        default -> introduce(session.state, a, i);
      }
    }
    c.out().ok();
  }

  /** Up to where we have the stream of a term that we lead. */
  private static long lead(Node node, long term) {
    return node.membership()
        .map(membership -> membership.leadsUpTo(term))
        .orElse(OptionalLong.empty())
        .orElseThrow(() -> new RespError("ERR this node does not lead the term " + term));
  }

  private static void acknowledge(Session session, Args a, int i) {
    session
        .feed
        .link()
        .ifPresent(
            link -> {
              long onDisk = i + 3 < a.count() && a.is(i + 2, "fack") ? a.integer(i + 3) : 0;
              link.acknowledge(a.integer(i + 1), onDisk);
              session.node.replication.master.tell(new Master.Acknowledged(link));
            });
  }

  /** Takes note of what a replica says of itself. */
  private static void introduce(ClientState state, Args a, int i) {
    Introduction so = state.introduction;
    state.introduction =
        switch (a.text(i).toLowerCase(Locale.ROOT)) {
          case "listening-port" -> so.withPort((int) a.integer(i + 1));
          case "ip-address" -> so.withHost(host(a, i + 1));
          case "capa" ->
              a.is(i + 1, "eof") ? so.withEof() : a.is(i + 1, "psync2") ? so.withPsync2() : so;
          case "rdb-only" -> so.withRdbOnly(isYes(a, i + 1));
          case "rdb-filter-only" -> so.withData(isEverything(a, i + 1));
          default -> throw new RespError("ERR Unrecognized REPLCONF option: " + a.text(i));
        };
  }

  private static boolean isYes(Args a, int i) {
    long yes = a.integer(i);
    if (yes != 0 && yes != 1) {
      throw new RespError("ERR value is out of range, value must between 0 and 1");
    }
    return yes == 1;
  }

  private static String host(Args a, int i) {
    if (a.length(i) > LONGEST_HOST) {
      throw new RespError(
          "ERR REPLCONF ip-address provided by replica instance is too long: "
              + a.length(i)
              + " bytes");
    }
    return a.text(i);
  }

  /** Whether a filter leaves data in the snapshot: those there are name what else is to stay. */
  private static boolean isEverything(Args a, int i) {
    for (String word : a.text(i).trim().split(" +")) {
      if (!word.isEmpty() && !word.equalsIgnoreCase("functions")) {
        throw new RespError("ERR Unsupported rdb-filter-only option: " + word);
      }
    }
    return false;
  }

  private static void replicaRole(Context c, Node node) {
    Following following = node.replication.following;
    ReplyWriter out = c.out();
    out.array(5);
    out.bulk("slave");
    out.bulk(following.host());
    out.integer(following.port());
    out.bulk(following.state().word);
    out.integer(following.isUp() ? node.journal.offset() : -1);
  }

  private static void failover(Context c, Args a) {
    Session session = Session.of(c);
    Optional<Membership> membership = session.node.membership();
    if (membership.isPresent()) {
      succeed(session.node, membership.get(), a);
      c.out().ok();
      return;
    }
    Consumer<String> answer =
        error -> session.resume(Bytes.ascii(error.isEmpty() ? "+OK\r\n" : "-" + error + "\r\n"));
    Master.Message message =
        a.count() == 2 && a.is(1, "abort")
            ? new Master.AbortFailover(answer)
            : new Master.FailOver(request(a), answer);
    session.suspend();
    session.node.replication.master.tell(message);
  }

  /**
   * In a replica set the electors see to it, and other clients than this one learn who was chosen.
   */
  private static void succeed(Node node, Membership membership, Args a) {
    if (a.count() == 2 && a.is(1, "abort")) {
      throw new RespError("ERR No failover in progress.");
    }
    Failover.Request request = request(a);
    if (request.force()) {
      throw new RespError(
          "ERR FAILOVER FORCE is not possible in a replica set: writes might be lost.");
    }
    if (node.replication.following.isReplica()) {
      throw new RespError("ERR FAILOVER is not valid when server is a replica.");
    }
    Optional<String> successor = membership.nodeAt(request.host(), request.port());
    if (successor.isEmpty() && !request.host().isEmpty()) {
      throw new RespError("ERR FAILOVER target HOST and PORT is not a replica.");
    }
    membership
        .handOver(successor)
        .thenAccept(
            why -> {
              if (!why.isEmpty()) {
                LOG.warn("FAILOVER came to nothing: {}", why);
              }
            });
  }

  private static Failover.Request request(Args a) {
    String host = "";
    long port = 0;
    boolean force = false;
    long timeout = 0;
    for (int i = 1; i < a.count(); i++) {
      if (a.is(i, "timeout") && i + 1 < a.count() && timeout == 0) {
        timeout = a.integer(++i);
        if (timeout <= 0) {
          throw new RespError("ERR FAILOVER timeout must be greater than 0");
        }
      } else if (a.is(i, "to") && i + 2 < a.count() && host.isEmpty()) {
        host = a.text(i + 1);
        port = a.integer(i + 2);
        i += 2;
      } else if (a.is(i, "force") && !force) {
        force = true;
      } else {
        throw RespError.SYNTAX;
      }
    }
    return new Failover.Request(host, (int) port, force, timeout);
  }

  private static void role(Context c, Args a) {
    Node node = Session.of(c).node;
    if (node.replication.following.isReplica()) {
      replicaRole(c, node);
      return;
    }
    List<ReplicaLink> online =
        node.replication.replicas.all().stream()
            .filter(link -> link.state() == ReplicaLink.State.ONLINE)
            .toList();
    ReplyWriter out = c.out();
    out.array(3);
    out.bulk("master");
    out.integer(node.journal.offset());
    out.array(online.size());
    for (ReplicaLink link : online) {
      out.array(3);
      out.bulk(link.host());
      out.bulk(String.valueOf(link.port()));
      out.bulk(String.valueOf(link.acknowledged()));
    }
  }
}
