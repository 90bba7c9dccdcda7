package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import io.sampo.server.ClientState;
import io.sampo.server.Session;
import io.sampo.server.Version;
import java.security.MessageDigest;
import java.util.List;

/** The commands that concern the connection itself, but for CLIENT. */
final class ConnectionCommands {
  private static final RespError WRONG_PASS =
      new RespError("WRONGPASS invalid username-password pair or user is disabled.");
  private static final RespError NO_PASSWORD =
      new RespError(
          "ERR AUTH <password> called without any password configured for the default user. Are"
              + " you sure your configuration is correct?");
  private static final RespError CUT_OFF =
      new RespError("CLUSTERDOWN This node is cut off from its replica set: ask another one");
  private static final RespError NO_PROTO = new RespError("NOPROTO unsupported protocol version");
  private static final RespError HELLO_WITHOUT_AUTH =
      new RespError(
          "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO"
              + " AUTH <user> <pass> option can be used to authenticate the client and select the"
              + " RESP protocol version at the same time");
  private static final RespError NO_DB = new RespError("ERR DB index is out of range");

  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("auth", -2, "noscript loading stale fast no_auth allow_busy on:session", "", "1.0.0", "O(N)", "[username@6.0.0] password", "Authenticate the connection.", ConnectionCommands::auth)
          .history("6.0.0 A user beside the password."),
      ClientCommands.CLIENT,
      cmd("echo", 2, "loading stale fast", "", "1.0.0", "O(1)", "message", "The argument, sent back.", ConnectionCommands::echo),
      cmd("hello", -1, "noscript loading stale fast no_auth allow_busy on:session", "", "6.0.0", "O(1)", "[arguments:(protover:int [AUTH username_password:(username password)] [SETNAME clientname])]", "Choose the protocol; may authenticate and name the connection.", ConnectionCommands::hello)
          .history("6.2.0 No version needed to ask about the connection."),
      cmd("ping", -1, "fast ~request_policy:all_shards ~response_policy:all_succeeded", "", "1.0.0", "O(1)", "[message]", "PONG, or the argument sent back.", ConnectionCommands::ping),
      cmd("quit", -1, "noscript loading stale fast no_auth allow_busy on:session", "", "1.0.0", "O(1)", "", "Close the connection.", ConnectionCommands::quit),
      cmd("reset", 1, "noscript loading stale fast no_auth allow_busy on:session", "", "6.2.0", "O(1)", "", "Bring the connection back to its first state.", ConnectionCommands::reset),
      cmd("select", 2, "loading stale fast on:session", "", "1.0.0", "O(1)", "index:int", "Choose the database of the connection.", ConnectionCommands::select));
  // spotless:on

  private ConnectionCommands() {}

  private static void auth(Context c, Args a) {
    Session session = Session.of(c);
    if (a.count() > 3) {
      throw RespError.SYNTAX;
    }
    if (a.count() == 3) {
      authenticate(session, a, 1);
    } else if (session.node.isOpen()) {
      throw NO_PASSWORD;
    } else {
      authenticate(session, "default", a.bytes(1));
    }
    c.out().ok();
  }

  /** Checks the user and password that stand at {@code at}. */
  private static void authenticate(Session session, Args a, int at) {
    authenticate(session, a.text(at), a.bytes(at + 1));
  }

  private static void authenticate(Session session, String user, byte[] password) {
    byte[] required = Bytes.ascii(session.node.settings.requirepass.get());
    boolean right = session.node.isOpen() || MessageDigest.isEqual(required, password);
    if (!user.equals("default") || !right) {
      throw WRONG_PASS;
    }
    session.authenticated(true);
  }

  private static void hello(Context c, Args a) {
    Session session = Session.of(c);
    if (session.service.isSentinel() && !session.node.sentinel().orElseThrow().isInformed()) {
      // Lettuce asks another one only if it cannot so much as connect to this one.
      throw CUT_OFF;
    }
    long protocol = session.state.protocol;
    if (a.count() > 1) {
      protocol =
          a.integer(1, new RespError("ERR Protocol version is not an integer or out of range"));
      if (protocol < 2 || protocol > 3) {
        throw NO_PROTO;
      }
    }
    int user = 0;
    int name = 0;
    for (int i = 2; i < a.count(); ) {
      int more = a.count() - 1 - i;
      if (a.is(i, "auth") && more >= 2) {
        user = i + 1;
        i += 3;
      } else if (a.is(i, "setname") && more >= 1) {
        name = i + 1;
        i += 2;
      } else {
        throw new RespError("ERR Syntax error in HELLO option '" + a.shown(i) + "'");
      }
    }
    if (user > 0) {
      authenticate(session, a, user);
    }
    if (!session.mayRun()) {
      throw HELLO_WITHOUT_AUTH;
    }
    if (name > 0) {
      session.state.name = ClientCommands.word(a, name, ClientCommands.BAD_NAME);
    }
    session.state.protocol = (int) protocol;
    c.out().protocol((int) protocol);
    greet(c.out(), session);
  }

  private static void greet(ReplyWriter out, Session session) {
    boolean sentinel = session.service.isSentinel();
    out.map(sentinel ? 6 : 7);
    out.bulk("server");
    out.bulk("redis");
    out.bulk("version");
    out.bulk(Version.REDIS);
    out.bulk("proto");
    out.integer(session.state.protocol);
    out.bulk("id");
    out.integer(session.id());
    out.bulk("mode");
    out.bulk(session.service.kind().mode);
    if (!sentinel) {
      out.bulk("role");
      out.bulk(session.node.replication.following.isReplica() ? "replica" : "master");
    }
    out.bulk("modules");
    out.array(0);
  }

  private static void echo(Context c, Args a) {
    c.out().bulk(a.array(), a.offset(1), a.length(1));
  }

  private static void ping(Context c, Args a) {
    if (a.count() > 2) {
      throw new RespError("ERR wrong number of arguments for 'ping' command");
    }
    if (c.client() instanceof Session session && session.isSubscriber()) {
      c.out().array(2);
      c.out().bulk("pong");
      c.out().bulk(a.array(), a.offset(a.count() - 1), a.count() == 1 ? 0 : a.length(1));
    } else if (a.count() == 1) {
      c.out().simple("PONG");
    } else {
      echo(c, a);
    }
  }

  private static void quit(Context c, Args a) {
    Session.of(c).closeAfterReply();
    c.out().ok();
  }

  private static void reset(Context c, Args a) {
    Session session = Session.of(c);
    session.transactions.discard();
    session.monitor(false);
    session.subscriptions.clear();
    ClientState state = session.state;
    state.name = "";
    state.db = 0;
    state.protocol = 2;
    state.noTouch = false;
    state.noEvict = false;
    // Not so SKIP, which still is for the reply to this.
    state.muted = false;
    session.authenticated(session.node.isOpen());
    c.out().protocol(2);
    c.out().simple("RESET");
  }

  private static void select(Context c, Args a) {
    long index = a.integer(1);
    if (index < Integer.MIN_VALUE || index > Integer.MAX_VALUE) {
      throw new RespError(
          "ERR value is out of range, value must between -2147483648 and 2147483647");
    }
    if (!c.client().select((int) index)) {
      throw NO_DB;
    }
    c.out().ok();
  }
}
