package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import io.sampo.server.Node;
import io.sampo.server.Pause;
import io.sampo.server.Session;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SHUTDOWN: saves the data if that is asked for or configured, with writes held back meanwhile, and
 * ends the node, unless saving has failed.
 */
final class ShutdownCommand {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("shutdown", -1, "admin noscript loading stale no_multi allow_busy on:session", "", "1.0.0", "O(N)", "[nosave_save:<NOSAVE|SAVE>] [NOW@7.0.0] [FORCE@7.0.0] [ABORT@7.0.0]", "Save the data if so configured and stop the server.", ShutdownCommand::shutdown)
          .history("7.0.0 Modifiers NOW, FORCE and ABORT."));
  // spotless:on

  private static final Logger LOG = LoggerFactory.getLogger(ShutdownCommand.class);
  private static final byte[] FAILED =
      Bytes.ascii("-ERR Errors trying to SHUTDOWN. Check logs.\r\n");

  private ShutdownCommand() {}

  private static void shutdown(Context c, Args a) {
    boolean save = false;
    boolean noSave = false;
    boolean abort = false;
    boolean now = false;
    boolean force = false;
    for (int i = 1; i < a.count(); i++) {
      if (a.is(i, "save")) {
        save = true;
      } else if (a.is(i, "nosave")) {
        noSave = true;
      } else if (a.is(i, "abort")) {
        abort = true;
      } else if (a.is(i, "now")) {
        now = true;
      } else if (a.is(i, "force")) {
        force = true;
      } else {
        throw RespError.SYNTAX;
      }
    }
    if (save && noSave || abort && (save || noSave || now || force)) {
      throw RespError.SYNTAX;
    }
    if (abort) {
      // There is nothing to wait for once it has begun, and so nothing to call off.
      throw new RespError("ERR No shutdown in progress.");
    }
    Session session = Session.of(c);
    Node node = session.node;
    session.suspend();
    LOG.warn("User requested shutdown...");
    if (noSave || !save && node.settings.save.get().isEmpty() || node.loading.isOn()) {
      node.shutdown();
    } else {
      saveAndEnd(session, force);
    }
  }

  private static void saveAndEnd(Session session, boolean force) {
    Node node = session.node;
    LOG.info("Saving the final RDB snapshot before exiting.");
    node.pause.begin(Long.MAX_VALUE, Pause.Mode.WRITE);
    node.replication.silent(true);
    node.cores.settle(
        session,
        () ->
            node.saves.begin(
                success -> {
                  if (success || force) {
                    node.shutdown();
                  } else {
                    LOG.error("Error trying to save the DB, can't exit.");
                    node.replication.silent(false);
                    node.pause.end();
                    session.resume(FAILED);
                  }
                }));
  }
}
