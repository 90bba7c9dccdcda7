package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.server.migrate.MigrateOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * MIGRATE. It runs on a thread that may wait, and holds the shards of its keys until the target has
 * answered: so nobody changes a key between its copy and its deletion, as in Redis, where nobody
 * does anything meanwhile. Other shards, and all connections, go on.
 */
final class MigrateCommand {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("migrate", -6, "write @dangerous ~nondeterministic_output on:aside", "RW access delete 3; RW access delete incomplete KEYS@-2..-1", "2.6.0", "O(N), N bytes of the values", "host port:int key_or_empty_string:<key|empty_string=> destination-db:int timeout:int [COPY@3.0.0] [REPLACE@3.0.0] [authentication:<[AUTH password@4.0.7]|[AUTH2 username_password:(username password)@6.0.0]>] [KEYS key#1@3.0.6...]", "Move keys to another server in one step.", MigrateCommand::migrate)
          .history("3.0.0 Options COPY and REPLACE.", "3.0.6 Several keys, after KEYS.", "4.0.7 Option AUTH.", "6.0.0 Option AUTH2."));
  // spotless:on

  private MigrateCommand() {}

  private static void migrate(Context c, Args a) {
    MigrateOrder order = MigrateOrder.parse(a);
    List<Integer> present = new ArrayList<>();
    for (int i : order.keys()) {
      if (c.read(c.db(a, i), a, i) != Db.NONE) {
        present.add(i);
      }
    }
    if (present.isEmpty()) {
      c.out().simple("NOKEY");
    } else {
      new Migration(c, a, order, present).run();
      c.out().ok();
    }
  }
}
