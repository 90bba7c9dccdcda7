package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.resp.Args;
import io.sampo.server.Session;
import java.util.List;

/**
 * MULTI and its kin. Those that steer a transaction are carried out by the session as it reads
 * them; EXEC and WATCH then also run, as one request, where their keys are.
 */
final class TransactionCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("discard", 1, "noscript loading stale fast allow_busy on:dispatch", "", "2.0.0", "O(N)", "", "Drop the queued commands and end the transaction.", TransactionCommands::steered),
      cmd("exec", 1, "noscript loading stale skip_slowlog on:dispatch", "", "1.2.0", "That of the queued commands.", "", "Run the queued commands as one.", TransactionCommands::steered),
      cmd("multi", 1, "noscript loading stale fast allow_busy on:dispatch", "", "1.2.0", "O(1)", "", "Begin a transaction: queue the commands that follow.", TransactionCommands::steered),
      cmd("unwatch", 1, "noscript loading stale fast allow_busy on:session", "", "2.2.0", "O(1)", "", "Forget all watched keys.", TransactionCommands::unwatch),
      cmd("watch", -2, "noscript loading stale fast allow_busy on:dispatch", "RO 1..-1", "2.2.0", "O(1)", "key...", "Let the next transaction fail if one of the keys changes.", TransactionCommands::watch));
  // spotless:on

  private TransactionCommands() {}

  private static void steered(Context c, Args a) {
    throw new IllegalStateException("the session sees to this itself");
  }

  private static void watch(Context c, Args a) {
    for (int i = 1; i < a.count(); i++) {
      // What has already expired counts as absent from the start.
      c.db(a, i).find(a.array(), a.offset(i), a.length(i));
      c.watches(a, i).add(c.watch(), c.dbIndex(), a.bytes(i));
    }
    c.out().ok();
  }

  private static void unwatch(Context c, Args a) {
    Session.of(c).transactions.unwatch();
    c.out().ok();
  }
}
