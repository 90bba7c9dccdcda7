package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import io.sampo.server.Node;
import io.sampo.server.Session;
import java.util.List;

/** SAVE, BGSAVE and LASTSAVE. Both save beside the requests; SAVE only answers when it is done. */
final class SaveCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("bgsave", -1, "admin noscript no_async_loading on:session", "", "1.0.0", "O(1)", "[SCHEDULE@3.2.2]", "Save the data to disk in the background.", SaveCommands::bgSave)
          .history("3.2.2 Option SCHEDULE."),
      cmd("lastsave", 1, "loading stale fast @admin @dangerous ~nondeterministic_output on:session", "", "1.0.0", "O(1)", "", "Unix time of the last save to disk.", SaveCommands::lastSave),
      cmd("save", 1, "admin noscript no_async_loading no_multi on:session", "", "1.0.0", "O(N)", "", "Save the data to disk, and wait for it.", SaveCommands::save));
  // spotless:on

  private static final RespError IN_PROGRESS =
      new RespError("ERR Background save already in progress");
  private static final RespError OTHER =
      new RespError(
          "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE"
              + " in order to schedule a BGSAVE whenever possible.");
  private static final byte[] OK = Bytes.ascii("+OK\r\n");
  private static final byte[] FAILED = Bytes.ascii("-ERR\r\n");

  private SaveCommands() {}

  private static void bgSave(Context c, Args a) {
    boolean schedule = a.count() == 2 && a.is(1, "schedule");
    if (a.count() > 1 && !schedule) {
      throw RespError.SYNTAX;
    }
    Node node = Session.of(c).node;
    if (node.isDumping()) {
      throw IN_PROGRESS;
    }
    if (c.atomic() || node.isSnapshotting()) {
      if (!c.atomic() && !schedule) {
        throw OTHER;
      }
      node.saves.schedule();
      c.out().simple("Background saving scheduled");
    } else {
      node.saves.begin(success -> {});
      c.out().simple("Background saving started");
    }
  }

  private static void lastSave(Context c, Args a) {
    c.out().integer(Session.of(c).node.saves.lastSave());
  }

  private static void save(Context c, Args a) {
    Session session = Session.of(c);
    if (session.node.isDumping()) {
      throw IN_PROGRESS;
    }
    session.suspend();
    session.node.saves.begin(success -> session.resume(success ? OK : FAILED));
  }
}
