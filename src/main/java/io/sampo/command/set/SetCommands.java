package io.sampo.command.set;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Cursor;
import io.sampo.command.KeyEvent;
import io.sampo.command.ScanOptions;
import io.sampo.command.ScanReply;
import io.sampo.data.set.SetValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import java.util.List;

/** The commands on single sets. */
public final class SetCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("sadd", -3, "write denyoom fast", "RW insert 1", "1.0.0", "O(1)", "key member...", "Add members to a set.", SetCommands::sadd)
          .history("2.4.0 Several members."),
      cmd("scard", 2, "readonly fast", "RO 1", "1.0.0", "O(1)", "key", "Number of members of a set.", SetCommands::scard),
      cmd("sismember", 3, "readonly fast", "RO 1", "1.0.0", "O(1)", "key member", "Whether a set has a member.", SetCommands::sisMember),
      cmd("smembers", 2, "readonly ~nondeterministic_output_order", "RO access 1", "1.0.0", "O(N)", "key", "All members of a set.", SetCommands::smembers),
      cmd("smismember", -3, "readonly fast", "RO access 1", "6.2.0", "O(N)", "key member...", "Which of several members a set has.", SetCommands::smisMember),
      cmd("smove", 4, "write fast", "RW access delete 1; RW insert 2", "1.0.0", "O(1)", "source#0 destination#1 member", "Move a member from one set to another.", SetCommands::smove),
      cmd("spop", -2, "write fast ~nondeterministic_output", "RW access delete 1", "1.0.0", "O(N), N members returned", "key [count:int@3.2.0]", "Remove random members and return them.", RandomMembers::spop)
          .history("3.2.0 How many members."),
      cmd("srandmember", -2, "readonly ~nondeterministic_output", "RO access 1", "1.0.0", "O(N), N members returned", "key [count:int@2.6.0]", "Random members of a set.", RandomMembers::srandMember)
          .history("2.6.0 How many members."),
      cmd("srem", -3, "write fast", "RW delete 1", "1.0.0", "O(N)", "key member...", "Remove members of a set.", SetCommands::srem)
          .history("2.4.0 Several members."),
      cmd("sscan", -3, "readonly ~nondeterministic_output", "RO access 1", "2.8.0", "O(1)", "key cursor:int [MATCH pattern:pattern] [COUNT count:int]", "Walk over the members of a set with a cursor.", SetCommands::sscan));
  // spotless:on

  private SetCommands() {}

  private static void sadd(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Sets.write(c, db, a, 1);
    boolean isNew = h == Db.NONE;
    SetValue set;
    if (isNew) {
      set = SetValue.begun(a.array(), a.offset(2), a.length(2), a.count() - 2, db.limits());
    } else {
      set = Sets.set(db, h);
      set.expect(a.count() - 2, db.limits());
    }
    int added = 0;
    for (int i = 2; i < a.count(); i++) {
      if (set.add(a.array(), a.offset(i), a.length(i), db.limits())) {
        added++;
        if (!isNew) {
          c.partly();
        }
      }
    }
    if (added > 0) {
      if (isNew) {
        db.put(a.array(), a.offset(1), a.length(1), set, false);
      } else {
        db.resized(h);
      }
      c.modified(a, 1, KeyEvent.SET, "sadd");
      c.changed(added - 1);
    }
    c.out().integer(added);
  }

  private static void srem(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Sets.write(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().integer(0);
      return;
    }
    SetValue set = Sets.set(db, h);
    int removed = 0;
    for (int i = 2; i < a.count() && !set.isEmpty(); i++) {
      if (set.remove(a.array(), a.offset(i), a.length(i))) {
        removed++;
        c.partly();
      }
    }
    if (removed > 0) {
      Sets.shrunk(c, db, h, a, "srem");
      c.changed(removed - 1);
    }
    c.out().integer(removed);
  }

  private static void smove(Context c, Args a) {
    Db from = c.db(a, 1);
    Db to = c.db(a, 2);
    int h = c.write(from, a, 1);
    if (h == Db.NONE) {
      c.out().integer(0);
      return;
    }
    Sets.check(from, h);
    // Looking up the one may move the other.
    int target = Sets.write(c, to, a, 2);
    h = from.find(a.array(), a.offset(1), a.length(1));
    SetValue set = Sets.set(from, h);
    if (a.same(1, 2)) {
      c.out().integer(set.has(a.array(), a.offset(3), a.length(3)) ? 1 : 0);
      return;
    }
    if (!set.has(a.array(), a.offset(3), a.length(3))) {
      c.out().integer(0);
      return;
    }
    // What takes heap comes first, lest the member be nowhere.
    set.prepareToRemove(a.array(), a.offset(3), a.length(3));
    SetValue destination = target == Db.NONE ? new SetValue() : Sets.set(to, target);
    boolean isNew = destination.add(a.array(), a.offset(3), a.length(3), to.limits());
    if (target == Db.NONE) {
      c.holdAdded();
      to.put(a.array(), a.offset(2), a.length(2), destination, false);
      h = from.find(a.array(), a.offset(1), a.length(1));
    } else if (isNew) {
      to.resized(target);
    }
    set.remove(a.array(), a.offset(3), a.length(3));
    Sets.shrunk(c, from, h, a, "srem");
    c.tellAdded();
    if (isNew) {
      c.modified(a, 2, KeyEvent.SET, "sadd");
    }
    c.out().integer(1);
  }

  private static void scard(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Sets.read(c, db, a, 1);
    c.out().integer(h == Db.NONE ? 0 : Sets.set(db, h).size());
  }

  private static void sisMember(Context c, Args a) {
    Db db = c.db(a, 1);
    has(c, db, Sets.read(c, db, a, 1), a, 2);
  }

  private static void smisMember(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Sets.read(c, db, a, 1);
    c.out().array(a.count() - 2);
    for (int i = 2; i < a.count(); i++) {
      has(c, db, h, a, i);
    }
  }

  private static void has(Context c, Db db, int h, Args a, int i) {
    boolean has = h != Db.NONE && Sets.set(db, h).has(a.array(), a.offset(i), a.length(i));
    c.out().integer(has ? 1 : 0);
  }

  private static void smembers(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Sets.read(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().set(0);
    } else {
      Sets.reply(c.out(), Sets.set(db, h));
    }
  }

  private static void sscan(Context c, Args a) {
    long cursor = Cursor.parse(a, 2);
    Db db = c.db(a, 1);
    int h = Sets.read(c, db, a, 1);
    if (h == Db.NONE) {
      ScanReply.empty(c.out());
      return;
    }
    ScanOptions options = ScanOptions.parse(a, 3);
    ScanReply reply = new ScanReply();
    long next =
        Sets.set(db, h)
            .scan(
                cursor,
                options.count(),
                (m, offset, length) -> {
                  if (options.matches(m, offset, length)) {
                    reply.add(1).bulk(m, offset, length);
                  }
                  return true;
                });
    reply.write(c.out(), next);
  }
}
