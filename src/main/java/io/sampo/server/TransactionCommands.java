package io.sampo.server;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.resp.Args;
import java.util.List;

/**
 * MULTI and its kin. Those that steer a transaction are carried out by the session as it reads
 * them; EXEC then runs, as one request, where its keys are.
 */
final class TransactionCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("multi", 1, "noscript loading stale fast allow_busy on:dispatch", "", "1.2.0", "O(1)", "", "Begins a transaction.", TransactionCommands::steered),
      cmd("exec", 1, "noscript loading stale skip_slowlog on:dispatch", "", "1.2.0", "O(N), N queued commands", "", "Runs the queued commands as one.", TransactionCommands::steered),
      cmd("discard", 1, "noscript loading stale fast allow_busy on:dispatch", "", "2.0.0", "O(N), N queued commands", "", "Forgets the queued commands.", TransactionCommands::steered),
      cmd("watch", -2, "noscript loading stale fast allow_busy", "RO 1..-1", "2.2.0", "O(1) for each key", "key:key...", "Makes the next EXEC depend on keys staying as they are.", TransactionCommands::watch),
      cmd("unwatch", 1, "noscript loading stale fast allow_busy on:session", "", "2.2.0", "O(1)", "", "Forgets the watched keys.", TransactionCommands::unwatch));
  // spotless:on

  private TransactionCommands() {}

  private static void steered(Context c, Args a) {
    throw new IllegalStateException("the session sees to this itself");
  }

  private static void watch(Context c, Args a) {
    for (int i = 1; i < a.count(); i++) {
      // What has already expired counts as absent from the start.
      c.db(a, i).find(a.array(), a.offset(i), a.length(i));
      c.watches(a, i).add(c.client().watch(), c.dbIndex(), a.bytes(i));
    }
    c.out().ok();
  }

  private static void unwatch(Context c, Args a) {
    Session.of(c).unwatch();
    c.out().ok();
  }
}
