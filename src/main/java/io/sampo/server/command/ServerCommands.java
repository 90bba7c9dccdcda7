package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import io.sampo.server.Session;
import io.sampo.server.Version;
import java.util.List;

/** The commands about the server as a whole that are too small for a file of their own. */
final class ServerCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("lolwut", -1, "readonly fast", "", "5.0.0", "", "[VERSION version:int]", "Something beautiful, and the version.", ServerCommands::lolwut),
      cmd("monitor", 1, "admin noscript loading stale on:session", "", "1.0.0", "", "", "Stream every command that the server runs.", ServerCommands::monitor),
      cmd("time", 1, "loading stale fast ~nondeterministic_output", "", "2.6.0", "O(1)", "", "The server's time.", ServerCommands::time));
  // spotless:on

  private ServerCommands() {}

  private static void time(Context c, Args a) {
    long micros = Session.of(c).node.micros();
    c.out().array(2);
    c.out().bulk(micros / 1_000_000);
    c.out().bulk(micros % 1_000_000);
  }

  private static void monitor(Context c, Args a) {
    Session session = Session.of(c);
    if (c.atomic()) {
      throw new RespError("ERR MONITOR isn't allowed for DENY BLOCKING client");
    }
    session.monitor(true);
    c.out().ok();
  }

  private static void lolwut(Context c, Args a) {
    if (a.count() >= 3 && a.is(1, "version")) {
      a.integer(2);
    }
    c.out().verbatim(Lolwut.draw() + "Redis ver. " + Version.REDIS + "\n");
  }
}
