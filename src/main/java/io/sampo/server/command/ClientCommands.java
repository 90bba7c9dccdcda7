package io.sampo.server.command;

import static io.sampo.command.Command.cmd;
import static io.sampo.command.Command.container;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Help;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import io.sampo.server.ClientState;
import io.sampo.server.ClientType;
import io.sampo.server.Clients;
import io.sampo.server.Pause;
import io.sampo.server.Session;
import java.util.Collection;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** CLIENT: what connections are, are called, and may not do. */
final class ClientCommands {
  static final RespError BAD_NAME =
      new RespError("ERR Client names cannot contain spaces, newlines or special characters.");
  private static final RespError NO_CLIENT = new RespError("ERR No such client");
  private static final RespError BAD_PAUSE =
      new RespError("ERR timeout is not an integer or out of range");
  private static final byte[] OK = Bytes.ascii("+OK\r\n");
  private static final String UNBLOCKED = "UNBLOCKED client unblocked via CLIENT UNBLOCK";

  // spotless:off
  static final Command CLIENT = container("client", -2, "2.4.0", "Commands about client connections.",
      cmd("client|getname", 2, "noscript loading stale on:session", "", "2.6.9", "O(1)", "", "Name of the connection.", ClientCommands::getName),
      cmd("client|help", 2, "loading stale on:session", "", "5.0.0", "O(1)", "", "The subcommands of CLIENT.", new Help()),
      cmd("client|id", 2, "noscript loading stale on:session", "", "5.0.0", "O(1)", "", "Number of the connection.", ClientCommands::id),
      cmd("client|info", 2, "noscript loading stale ~nondeterministic_output on:session", "", "6.2.0", "O(1)", "", "Facts about this connection.", ClientCommands::info),
      cmd("client|kill", -3, "admin noscript loading stale on:session", "", "2.4.0", "O(N)", "filter:<'ip:port'@-2.8.12|new-format:<[ID client-id:int@2.8.12]|[TYPE normal_master_slave_pubsub:<NORMAL|MASTER@3.2.0|SLAVE|REPLICA@5.0.0|PUBSUB>@2.8.12]|[USER username]|[ADDR 'ip:port']|[LADDR 'ip:port'@6.2.0]|[SKIPME yes/no]>...>", "Close connections.", ClientCommands::kill)
          .history("2.8.12 Filters by name, several at a time.", "2.8.12 Filter ID.", "3.2.0 TYPE master.", "5.0.0 TYPE replica, for which slave still stands.", "6.2.0 Filter LADDR."),
      cmd("client|list", -2, "admin noscript loading stale ~nondeterministic_output on:session", "", "2.4.0", "O(N)", "[TYPE normal_master_replica_pubsub:<NORMAL|MASTER|REPLICA|PUBSUB>@5.0.0] [ID id:(client-id:int...)@6.2.0]", "Facts about all connections, a line each.", ClientCommands::list)
          .history("2.8.12 Field id.", "5.0.0 Filter TYPE.", "6.0.0 Field user.", "6.2.0 Fields argv-mem, tot-mem, laddr and redir; filter ID.", "7.0.0 Fields resp, multi-mem, rbs and rbp.", "7.0.3 Field ssub."),
      cmd("client|no-evict", 3, "admin noscript loading stale on:session", "", "7.0.0", "O(1)", "enabled:<ON|OFF>", "Spare this connection when clients are evicted.", ClientCommands::noEvict),
      cmd("client|no-touch", 3, "noscript loading stale on:session", "", "7.2.0", "O(1)", "enabled:<ON|OFF>", "Whether this connection's accesses count for eviction.", ClientCommands::noTouch),
      cmd("client|pause", -3, "admin noscript loading stale on:session", "", "2.9.50", "O(1)", "timeout:int [mode:<WRITE|ALL>@6.2.0]", "Suspend the commands of all clients for a time.", ClientCommands::pause)
          .history("6.2.0 Modes, of which WRITE is new."),
      cmd("client|reply", 3, "noscript loading stale on:session", "", "3.2.0", "O(1)", "on_off_skip:<ON|OFF|SKIP>", "Whether this connection is sent replies.", ClientCommands::reply),
      cmd("client|setinfo", 4, "noscript loading stale ~request_policy:all_nodes ~response_policy:all_succeeded on:session", "", "7.2.0", "O(1)", "attr:<LIB-NAME libname|LIB-VER libver>", "Tell the name or version of the client's library.", ClientCommands::setInfo),
      cmd("client|setname", 3, "noscript loading stale on:session", "", "2.6.9", "O(1)", "connection-name", "Name the connection.", ClientCommands::setName),
      cmd("client|unblock", -3, "admin noscript loading stale on:session", "", "5.0.0", "O(log N)", "client-id:int [timeout_error:<TIMEOUT|ERROR>]", "Wake a client from a blocking command.", ClientCommands::unblock),
      cmd("client|unpause", 2, "admin noscript loading stale on:session", "", "6.2.0", "O(N)", "", "Let suspended clients go on.", ClientCommands::unpause));
  // spotless:on

  private ClientCommands() {}

  private static void id(Context c, Args a) {
    c.out().integer(c.client().id());
  }

  private static void getName(Context c, Args a) {
    String name = Session.of(c).state.name;
    if (name.isEmpty()) {
      c.out().nil();
    } else {
      c.out().bulk(name);
    }
  }

  private static void setName(Context c, Args a) {
    Session.of(c).state.name = word(a, 2, BAD_NAME);
    c.out().ok();
  }

  /**
   * An argument that is to stand in CLIENT LIST, and hence has neither blanks nor anything else
   * beyond printable ASCII.
   */
  static String word(Args a, int i, RespError error) {
    String text = a.text(i);
    if (!text.chars().allMatch(ch -> ch >= '!' && ch <= '~')) {
      throw error;
    }
    return text;
  }

  private static void setInfo(Context c, Args a) {
    ClientState state = Session.of(c).state;
    String option = a.text(2);
    String what = option.toLowerCase(Locale.ROOT);
    if (!what.equals("lib-name") && !what.equals("lib-ver")) {
      throw new RespError("ERR Unrecognized option '" + option + "'");
    }
    RespError bad =
        new RespError("ERR " + option + " cannot contain spaces, newlines or special characters.");
    String value = word(a, 3, bad);
    if (what.equals("lib-name")) {
      state.library = value;
    } else {
      state.libraryVersion = value;
    }
    c.out().ok();
  }

  private static void info(Context c, Args a) {
    c.out().verbatim(ClientLine.of(Session.of(c), c.now()) + "\n");
  }

  private static void list(Context c, Args a) {
    Clients clients = Session.of(c).node.clients;
    Collection<Session> listed = clients.all();
    if (a.count() == 4 && a.is(2, "type")) {
      ClientType type = ClientType.named(a.shown(3));
      listed = listed.stream().filter(session -> session.type() == type).toList();
    } else if (a.count() > 3 && a.is(2, "id")) {
      TreeMap<Long, Session> found = new TreeMap<>();
      for (int i = 3; i < a.count(); i++) {
        long id = a.integer(i, new RespError("ERR Invalid client ID"));
        clients.find(id).ifPresent(session -> found.put(id, session));
      }
      listed = found.values();
    } else if (a.count() != 2) {
      throw RespError.SYNTAX;
    }
    String lines =
        listed.stream()
            .map(session -> ClientLine.of(session, c.now()) + "\n")
            .collect(Collectors.joining());
    c.out().verbatim(lines);
  }

  private static void kill(Context c, Args a) {
    Session self = Session.of(c);
    if (a.count() == 3) {
      KillFilter filter = new KillFilter();
      filter.address = a.text(2);
      if (filter.kill(self, c.now(), 1) == 0) {
        throw NO_CLIENT;
      }
      c.out().ok();
    } else {
      c.out().integer(KillFilter.parse(a).kill(self, c.now(), Long.MAX_VALUE));
    }
  }

  private static void noEvict(Context c, Args a) {
    Session.of(c).state.noEvict = onOff(a, 2);
    c.out().ok();
  }

  private static void noTouch(Context c, Args a) {
    Session.of(c).state.noTouch = onOff(a, 2);
    c.out().ok();
  }

  private static boolean onOff(Args a, int i) {
    if (a.is(i, "on")) {
      return true;
    }
    if (a.is(i, "off")) {
      return false;
    }
    throw RespError.SYNTAX;
  }

  private static void reply(Context c, Args a) {
    Session session = Session.of(c);
    if (a.is(2, "on")) {
      session.state.speak();
      c.out().ok();
    } else if (a.is(2, "off") || a.is(2, "skip")) {
      if (a.is(2, "off")) {
        session.state.muted = true;
      } else {
        session.state.skipNext();
      }
      if (c.atomic()) {
        // An element left out would garble the reply of EXEC.
        c.out().ok();
      }
    } else {
      throw RespError.SYNTAX;
    }
  }

  private static void pause(Context c, Args a) {
    Pause.Mode mode = Pause.Mode.ALL;
    if (a.count() == 4 && a.is(3, "write")) {
      mode = Pause.Mode.WRITE;
    } else if (a.count() != 3 && !(a.count() == 4 && a.is(3, "all"))) {
      throw a.count() == 4
          ? new RespError("ERR CLIENT PAUSE mode must be WRITE or ALL")
          : Help.misuse(a);
    }
    long millis = a.integer(2, BAD_PAUSE);
    if (millis < 0) {
      throw new RespError("ERR timeout is negative");
    }
    Session session = Session.of(c);
    session.node.pause.begin(c.now() + millis, mode);
    if (c.atomic()) {
      c.out().ok();
    } else {
      // After the reply nothing may slip in that was under way before.
      session.suspend();
      session.node.cores.settle(session, () -> session.resume(OK));
    }
  }

  private static void unpause(Context c, Args a) {
    Session.of(c).node.pause.end();
    c.out().ok();
  }

  private static void unblock(Context c, Args a) {
    boolean error = a.count() == 4 && a.is(3, "error");
    if (a.count() > 4) {
      throw Help.misuse(a);
    }
    if (a.count() == 4 && !error && !a.is(3, "timeout")) {
      throw new RespError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    }
    boolean woken =
        Session.of(c)
            .node
            .clients
            .find(a.integer(2))
            .map(session -> session.waiting.unblock(error ? UNBLOCKED : ""))
            .orElse(false);
    c.out().integer(woken ? 1 : 0);
  }
}
