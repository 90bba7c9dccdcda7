package io.sampo.server;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import java.util.List;

/** The commands about the server as a whole that are too small for a file of their own. */
final class ServerCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("lolwut", -1, "readonly fast", "", "5.0.0", "", "[VERSION version:int]", "Something beautiful, and the version.", ServerCommands::lolwut),
      cmd("shutdown", -1, "admin noscript loading stale no_multi allow_busy on:session", "", "1.0.0", "O(N)", "[nosave_save:<NOSAVE|SAVE>] [NOW@7.0.0] [FORCE@7.0.0] [ABORT@7.0.0]", "Save the data if so configured and stop the server.", ServerCommands::shutdown),
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

  private static void shutdown(Context c, Args a) {
    boolean save = false;
    boolean noSave = false;
    boolean abort = false;
    boolean others = false;
    for (int i = 1; i < a.count(); i++) {
      if (a.is(i, "save")) {
        save = true;
      } else if (a.is(i, "nosave")) {
        noSave = true;
      } else if (a.is(i, "abort")) {
        abort = true;
      } else if (a.is(i, "now") || a.is(i, "force")) {
        others = true;
      } else {
        throw RespError.SYNTAX;
      }
    }
    if (save && noSave || abort && (save || noSave || others)) {
      throw RespError.SYNTAX;
    }
    if (abort) {
      // There is nothing to wait for once it has begun, and so nothing to call off.
      throw new RespError("ERR No shutdown in progress.");
    }
    if (save) {
      throw new RespError("ERR Errors trying to SHUTDOWN. Check logs.");
    }
    Session session = Session.of(c);
    session.suspend();
    session.node.shutdown();
  }
}
