package io.sampo.server.command;

import static io.sampo.command.Command.cmd;
import static io.sampo.command.Command.container;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Help;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import io.sampo.server.Membership;
import io.sampo.server.Session;
import java.util.List;

/** What Redis has no command for. */
final class SampoCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      container("sampo", -2, "7.0.0", "Commands that Redis does not have.",
          cmd("sampo|help", 2, "loading stale on:session", "", "7.0.0", "O(1)", "", "The subcommands of SAMPO.", new Help()),
          cmd("sampo|topology", 2, "admin loading stale ~nondeterministic_output on:session", "", "7.0.0", "O(N)", "", "The replica set as this node sees it: a map in RESP3, else a table to read.", SampoCommands::topology)));
  // spotless:on

  private static final RespError NO_SET =
      new RespError("ERR This node is not in a replica set: it has no seed-nodes");

  private SampoCommands() {}

  private static void topology(Context c, Args a) {
    Membership membership = Session.of(c).node.membership().orElseThrow(() -> NO_SET);
    TopologyReport report = new TopologyReport(membership);
    if (c.out().resp3()) {
      report.write(c.out());
    } else {
      c.out().verbatim(report.text());
    }
  }
}
