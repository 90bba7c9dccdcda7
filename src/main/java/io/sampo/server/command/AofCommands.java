package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import io.sampo.server.Session;
import java.util.List;

/** BGREWRITEAOF. */
final class AofCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("bgrewriteaof", 1, "admin noscript no_async_loading on:session", "", "1.0.0", "O(1)", "", "Rewrite the append-only file in the background.", AofCommands::rewrite));
  // spotless:on

  private static final RespError IN_PROGRESS =
      new RespError("ERR Background append only file rewriting already in progress");

  private AofCommands() {}

  private static void rewrite(Context c, Args a) {
    switch (Session.of(c).node.aof.rewrite(!c.atomic())) {
      case RUNNING -> c.out().simple("Background append only file rewriting started");
      case SCHEDULED -> c.out().simple("Background append only file rewriting scheduled");
      case NONE -> throw IN_PROGRESS;
    }
  }
}
