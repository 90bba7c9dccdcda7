package io.sampo.server.command;

import static io.sampo.command.Command.cmd;
import static io.sampo.command.Command.container;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Help;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import io.sampo.server.Session;
import io.sampo.server.stats.SlowLog;
import java.util.List;

/** SLOWLOG. */
final class SlowLogCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      container("slowlog", -2, "2.2.12", "Commands about the slow log.",
          cmd("slowlog|get", -2, "admin loading stale ~request_policy:all_nodes ~nondeterministic_output on:session", "", "2.2.12", "O(N)", "[count:int]", "Entries of the slow log.", SlowLogCommands::get)
              .history("4.0.0 The client's address and name in the reply."),
          cmd("slowlog|help", 2, "loading stale on:session", "", "6.2.0", "O(1)", "", "The subcommands of SLOWLOG.", new Help()),
          cmd("slowlog|len", 2, "admin loading stale ~request_policy:all_nodes ~response_policy:agg_sum ~nondeterministic_output on:session", "", "2.2.12", "O(1)", "", "Number of entries in the slow log.", SlowLogCommands::len),
          cmd("slowlog|reset", 2, "admin loading stale ~request_policy:all_nodes ~response_policy:all_succeeded on:session", "", "2.2.12", "O(N)", "", "Empty the slow log.", SlowLogCommands::reset)));
  // spotless:on

  private static final RespError BAD_COUNT =
      new RespError("ERR count should be greater than or equal to -1");
  private static final int DEFAULT_COUNT = 10;

  private SlowLogCommands() {}

  private static void get(Context c, Args a) {
    if (a.count() > 3) {
      throw Help.misuse(a);
    }
    long count = a.count() == 3 ? a.integer(2, BAD_COUNT) : DEFAULT_COUNT;
    if (count < -1) {
      throw BAD_COUNT;
    }
    List<SlowLog.Entry> entries = Session.of(c).node.slowLog.newest(count);
    ReplyWriter out = c.out();
    out.array(entries.size());
    for (SlowLog.Entry entry : entries) {
      out.array(6);
      out.integer(entry.id());
      out.integer(entry.seconds());
      out.integer(entry.micros());
      out.array(entry.args().size());
      entry.args().forEach(out::bulk);
      out.bulk(entry.address());
      out.bulk(entry.name());
    }
  }

  private static void len(Context c, Args a) {
    c.out().integer(Session.of(c).node.slowLog.length());
  }

  private static void reset(Context c, Args a) {
    Session.of(c).node.slowLog.reset();
    c.out().ok();
  }
}
