package io.sampo.server;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.resp.Args;
import java.util.List;

/** The commands about the server as a whole that are too small for a file of their own. */
final class ServerCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("lolwut", -1, "readonly fast", "", "5.0.0", "", "[VERSION version:int]", "Something beautiful, and the version.", ServerCommands::lolwut),
      cmd("time", 1, "loading stale fast ~nondeterministic_output", "", "2.6.0", "O(1)", "", "The server's time.", ServerCommands::time));
  // spotless:on

  private ServerCommands() {}

  private static void time(Context c, Args a) {
    long micros = Session.of(c).node.micros();
    c.out().array(2);
    c.out().bulk(micros / 1_000_000);
    c.out().bulk(micros % 1_000_000);
  }

  private static void lolwut(Context c, Args a) {
    if (a.count() >= 3 && a.is(1, "version")) {
      a.integer(2);
    }
    c.out().verbatim(Lolwut.draw() + "Redis ver. " + Version.REDIS + "\n");
  }
}
