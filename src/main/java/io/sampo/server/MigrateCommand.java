package io.sampo.server;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
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
      cmd("migrate", -6, "write @dangerous ~nondeterministic_output on:aside", "RW access delete 3; RW access delete incomplete KEYS@-2..-1", "2.6.0", "O(N), N bytes of the values", "host port:int key_or_empty_string:<key|empty_string=> destination-db:int timeout:int [COPY@3.0.0] [REPLACE@3.0.0] [authentication:<[AUTH password@4.0.7]|[AUTH2 username_password:(username password)@6.0.0]>] [KEYS key#1@3.0.6...]", "Move keys to another server in one step.", MigrateCommand::migrate));
  // spotless:on

  private static final RespError KEY_AND_KEYS =
      new RespError(
          "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string");
  private static final int KEY = 3;
  private static final int OPTIONS = 6;
  private static final long DEFAULT_TIMEOUT = 1000;

  private MigrateCommand() {}

  /**
   * What is asked for.
   *
   * @param login what follows AUTH or AUTH2; empty if neither is there
   * @param keys where the keys are among the arguments
   */
  record Order(
      boolean copy,
      boolean replace,
      List<byte[]> login,
      List<Integer> keys,
      long db,
      long timeout) {

    static Order parse(Args a) {
      boolean copy = false;
      boolean replace = false;
      List<byte[]> login = List.of();
      List<Integer> keys = List.of(KEY);
      for (int i = OPTIONS; i < a.count(); i++) {
        int more = a.count() - 1 - i;
        if (a.is(i, "copy")) {
          copy = true;
        } else if (a.is(i, "replace")) {
          replace = true;
        } else if (a.is(i, "auth") && more >= 1) {
          login = List.of(a.bytes(++i));
        } else if (a.is(i, "auth2") && more >= 2) {
          login = List.of(a.bytes(++i), a.bytes(++i));
        } else if (a.is(i, "keys")) {
          keys = behind(a, i);
          i = a.count();
        } else {
          throw RespError.SYNTAX;
        }
      }
      long timeout = a.integer(5);
      long db = a.integer(4);
      return new Order(copy, replace, login, keys, db, timeout > 0 ? timeout : DEFAULT_TIMEOUT);
    }

    private static List<Integer> behind(Args a, int word) {
      if (a.length(KEY) > 0) {
        throw KEY_AND_KEYS;
      }
      List<Integer> keys = new ArrayList<>();
      for (int i = word + 1; i < a.count(); i++) {
        keys.add(i);
      }
      return keys;
    }
  }

  private static void migrate(Context c, Args a) {
    Order order = Order.parse(a);
    List<Integer> present = new ArrayList<>();
    for (int i : order.keys) {
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
