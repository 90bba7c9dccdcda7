package io.sampo.server;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import java.util.List;

/** The commands that concern the connection itself. */
final class ConnectionCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("ping", -1, "fast", "", "1.0.0", "O(1)", "[message]", "Answers PONG, or the message.", ConnectionCommands::ping),
      cmd("select", 2, "loading stale fast on:session", "", "1.0.0", "O(1)", "index:int", "Changes the database.", ConnectionCommands::select));
  // spotless:on

  private ConnectionCommands() {}

  private static void ping(Context c, Args a) {
    if (a.count() == 1) {
      c.out().simple("PONG");
    } else {
      c.out().bulk(a.array(), a.offset(1), a.length(1));
    }
  }

  private static void select(Context c, Args a) {
    long index = a.integer(1, new RespError("ERR invalid DB index"));
    if (index < 0 || index >= Session.of(c).node.settings.databases.get()) {
      throw new RespError("ERR DB index is out of range");
    }
    c.client().select((int) index);
    c.out().ok();
  }
}
