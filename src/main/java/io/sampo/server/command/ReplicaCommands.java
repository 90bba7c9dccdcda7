package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.replication.Failover;
import io.sampo.replication.Following;
import io.sampo.replication.Replica;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import io.sampo.server.Session;
import java.util.List;
import java.util.function.Function;

/** REPLICAOF: follow a master, or become one. */
final class ReplicaCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("replicaof", 3, "admin noscript stale no_async_loading on:session", "", "5.0.0", "O(1)", "args:<host-port:(host port:int)|no-one:(NO ONE)>", "Follow a master, or become one.", ReplicaCommands::replicaOf),
      cmd("slaveof", 3, "admin noscript stale no_async_loading %deprecated:5.0.0:REPLICAOF on:session", "", "1.0.0", "O(1)", "args:<host-port:(host port:int)|no-one:(NO ONE)>", "Follow a master, or become one.", ReplicaCommands::replicaOf));
  // spotless:on

  private static final byte[] OK = Bytes.ascii("+OK\r\n");
  private static final RespError BAD_PORT = new RespError("ERR Invalid master port");
  private static final RespError NOT_FOR_REPLICAS =
      new RespError("ERR Command is not valid when client is a replica.");
  private static final RespError IN_SET =
      new RespError("ERR REPLICAOF not allowed in a replica set, which chooses its master itself.");
  private static final RespError FAILING_OVER =
      new RespError("ERR REPLICAOF not allowed while failing over.");
  private static final int MAX_PORT = 65535;

  private ReplicaCommands() {}

  private static void replicaOf(Context c, Args a) {
    Session session = Session.of(c);
    if (session.node.membership().isPresent()) {
      throw IN_SET;
    }
    if (session.node.replication.replicas.failover() != Failover.State.NONE) {
      throw FAILING_OVER;
    }
    Following present = session.node.replication.following;
    if (a.is(1, "no") && a.is(2, "one")) {
      turn(c, session, Replica.Lead::new);
      return;
    }
    if (session.feed.isOn()) {
      throw NOT_FOR_REPLICAS;
    }
    long port = a.integer(2, BAD_PORT);
    if (port < 0 || port > MAX_PORT) {
      throw BAD_PORT;
    }
    String host = a.text(1);
    if (present.isReplica() && present.host().equals(host) && present.port() == port) {
      c.out().simple("OK Already connected to specified master");
    } else {
      turn(c, session, then -> new Replica.Follow(host, (int) port, then));
    }
  }

  /** Answers when the node's role has changed, but within a transaction at once. */
  private static void turn(
      Context c, Session session, Function<Runnable, Replica.Message> message) {
    if (c.atomic()) {
      session.node.replication.replica.tell(message.apply(() -> {}));
      c.out().ok();
    } else {
      session.suspend();
      session.node.replication.replica.tell(message.apply(() -> session.resume(OK)));
    }
  }
}
