package io.sampo.command.list;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.command.Lists;
import io.sampo.data.Needle;
import io.sampo.data.list.ListValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.List;

/** The commands on lists. */
public final class ListCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("blmove", 6, "write denyoom noscript blocking", "RW access delete 1; RW insert 2", "6.2.0", "O(1)", "source#0 destination#1 wherefrom:<LEFT|RIGHT> whereto:<LEFT|RIGHT> timeout:double", "Move an element from one list to another, waiting until there is one.", ListPops::blmove),
      cmd("blmpop", -5, "write blocking", "RW access delete 2#0+1", "7.0.0", "O(N+M)", "timeout:double numkeys:int key... where:<LEFT|RIGHT> [COUNT count:int]", "Pop elements from the first non-empty of several lists, waiting for one.", ListPops::blmPop),
      cmd("blpop", -3, "write noscript blocking", "RW access delete 1..-2", "2.0.0", "O(N)", "key... timeout:double", "Pop the first element of the first non-empty list, waiting for one.", ListPops::blpop)
          .history("6.0.0 Fractions of a second as timeout."),
      cmd("brpop", -3, "write noscript blocking", "RW access delete 1..-2", "2.0.0", "O(N)", "key... timeout:double", "Pop the last element of the first non-empty list, waiting for one.", ListPops::brpop)
          .history("6.0.0 Fractions of a second as timeout."),
      cmd("brpoplpush", 4, "write denyoom noscript blocking %deprecated:6.2.0:BLMOVE+RIGHT+LEFT", "RW access delete 1; RW insert 2", "2.2.0", "O(1)", "source#0 destination#1 timeout:double", "Move the last element of a list to the head of another, waiting until there is one.", ListPops::brpopLPush)
          .history("6.0.0 Fractions of a second as timeout."),
      cmd("lindex", 3, "readonly", "RO access 1", "1.0.0", "O(N)", "key index:int", "Element of a list at an index.", ListCommands::lindex),
      cmd("linsert", 5, "write denyoom", "RW insert 1", "2.2.0", "O(N)", "key where:<BEFORE|AFTER> pivot element", "Insert an element before or after another.", ListCommands::linsert),
      cmd("llen", 2, "readonly fast", "RO 1", "1.0.0", "O(1)", "key", "Length of a list.", ListCommands::llen),
      cmd("lmove", 5, "write denyoom", "RW access delete 1; RW insert 2", "6.2.0", "O(1)", "source#0 destination#1 wherefrom:<LEFT|RIGHT> whereto:<LEFT|RIGHT>", "Move an element from one list to another.", ListPops::lmove),
      cmd("lmpop", -4, "write", "RW access delete 1#0+1", "7.0.0", "O(N+M)", "numkeys:int key... where:<LEFT|RIGHT> [COUNT count:int]", "Pop elements from the first non-empty of several lists.", ListPops::lmpop),
      cmd("lpop", -2, "write fast", "RW access delete 1", "1.0.0", "O(N)", "key [count:int@6.2.0]", "Pop elements from the head of a list.", ListPops::lpop)
          .history("6.2.0 How many elements."),
      cmd("lpos", -3, "readonly", "RO access 1", "6.0.6", "O(N)", "key element [RANK rank:int] [COUNT num-matches:int] [MAXLEN len:int]", "Index of matching elements of a list.", ListCommands::lpos),
      cmd("lpush", -3, "write denyoom fast", "RW insert 1", "1.0.0", "O(1)", "key element...", "Push elements at the head of a list.", ListCommands::lpush)
          .history("2.4.0 Several elements."),
      cmd("lpushx", -3, "write denyoom fast", "RW insert 1", "2.2.0", "O(1)", "key element...", "Push elements at the head of a list that exists.", ListCommands::lpushX)
          .history("4.0.0 Several elements."),
      cmd("lrange", 4, "readonly", "RO access 1", "1.0.0", "O(S+N)", "key start:int stop:int", "Elements of a list in a range.", ListCommands::lrange),
      cmd("lrem", 4, "write", "RW delete 1", "1.0.0", "O(N+M)", "key count:int element", "Remove elements equal to a value.", ListCommands::lrem),
      cmd("lset", 4, "write denyoom", "RW update 1", "1.0.0", "O(N)", "key index:int element", "Replace the element at an index.", ListCommands::lset),
      cmd("ltrim", 4, "write", "RW delete 1", "1.0.0", "O(N)", "key start:int stop:int", "Keep only a range of a list.", ListCommands::ltrim),
      cmd("rpop", -2, "write fast", "RW access delete 1", "1.0.0", "O(N)", "key [count:int@6.2.0]", "Pop elements from the tail of a list.", ListPops::rpop)
          .history("6.2.0 How many elements."),
      cmd("rpoplpush", 3, "write denyoom %deprecated:6.2.0:LMOVE+RIGHT+LEFT", "RW access delete 1; RW insert 2", "1.2.0", "O(1)", "source#0 destination#1", "Move the last element of a list to the head of another.", ListPops::rpopLPush),
      cmd("rpush", -3, "write denyoom fast", "RW insert 1", "1.0.0", "O(1)", "key element...", "Push elements at the tail of a list.", ListCommands::rpush)
          .history("2.4.0 Several elements."),
      cmd("rpushx", -3, "write denyoom fast", "RW insert 1", "2.2.0", "O(1)", "key element...", "Push elements at the tail of a list that exists.", ListCommands::rpushX)
          .history("4.0.0 Several elements."));
  // spotless:on

  private static final RespError NO_RANK =
      new RespError(
          "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or"
              + " use negative to start from the end of the list");
  private static final RespError NEGATIVE_COUNT = new RespError("ERR COUNT can't be negative");
  private static final RespError NEGATIVE_LENGTH = new RespError("ERR MAXLEN can't be negative");

  private ListCommands() {}

  // --- pushing

  private static void lpush(Context c, Args a) {
    push(c, a, true, true);
  }

  private static void rpush(Context c, Args a) {
    push(c, a, false, true);
  }

  private static void lpushX(Context c, Args a) {
    push(c, a, true, false);
  }

  private static void rpushX(Context c, Args a) {
    push(c, a, false, false);
  }

  private static void push(Context c, Args a, boolean left, boolean creates) {
    Db db = c.db(a, 1);
    int h = Lists.write(c, db, a, 1);
    if (h == Db.NONE && !creates) {
      c.out().integer(0);
      return;
    }
    ListValue list = h == Db.NONE ? new ListValue() : Lists.list(db, h);
    int n = a.count() - 2;
    int fill = Lists.fill(db);
    long bytes = 0;
    for (int i = 2; i < a.count(); i++) {
      bytes += a.length(i);
    }
    list.prepare(bytes, n, fill, Lists.depth(db));
    for (int i = 2; i < a.count(); i++) {
      if (left) {
        list.addFirst(a.array(), a.offset(i), a.length(i), fill);
      } else {
        list.addLast(a.array(), a.offset(i), a.length(i), fill);
      }
      if (h != Db.NONE) {
        c.partly();
      }
    }
    if (h == Db.NONE) {
      db.put(a.array(), a.offset(1), a.length(1), list, false);
    } else {
      db.resized(h);
    }
    c.modified(a, 1, KeyEvent.LIST, left ? "lpush" : "rpush");
    c.changed(n - 1L);
    c.out().integer(list.size());
  }

  private static void linsert(Context c, Args a) {
    boolean before = a.is(2, "before");
    if (!before && !a.is(2, "after")) {
      throw RespError.SYNTAX;
    }
    Db db = c.db(a, 1);
    int h = Lists.write(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().integer(0);
      return;
    }
    ListValue list = Lists.list(db, h);
    int fill = Lists.fill(db);
    list.prepare(a.length(4), 1, fill, Lists.depth(db));
    Needle pivot = new Needle(a.array(), a.offset(3), a.length(3));
    ListValue.Cursor cursor = list.cursor(false);
    while (cursor.next()) {
      if (cursor.matches(pivot)) {
        int at = before ? cursor.index() : cursor.index() + 1;
        list.insert(at, a.array(), a.offset(4), a.length(4), fill);
        db.resized(h);
        c.modified(a, 1, KeyEvent.LIST, "linsert");
        c.out().integer(list.size());
        return;
      }
    }
    db.resized(h);
    c.out().integer(-1);
  }

  private static void lset(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Lists.write(c, db, a, 1);
    if (h == Db.NONE) {
      throw RespError.NO_SUCH_KEY;
    }
    ListValue list = Lists.list(db, h);
    long index = index(list, a.integer(2));
    if (index < 0) {
      throw RespError.OUT_OF_RANGE;
    }
    int fill = Lists.fill(db);
    list.prepare(a.length(3), 1, fill, Lists.depth(db));
    list.set((int) index, a.array(), a.offset(3), a.length(3), fill);
    list.settle(fill);
    db.resized(h);
    c.modified(a, 1, KeyEvent.LIST, "lset");
    c.out().ok();
  }

  // --- reading

  private static void llen(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Lists.read(c, db, a, 1);
    c.out().integer(h == Db.NONE ? 0 : Lists.list(db, h).size());
  }

  private static void lindex(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Lists.read(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().nil();
      return;
    }
    ListValue list = Lists.list(db, h);
    long index = index(list, a.integer(2));
    if (index < 0) {
      c.out().nil();
    } else {
      list.bulk((int) index, 1, c.out());
    }
  }

  /** An index that may count from the end, from 0 to before the size; -1 if it is out of that. */
  private static long index(ListValue list, long index) {
    long i = index < 0 ? index + list.size() : index;
    return i < list.size() ? Math.max(i, -1) : -1;
  }

  private static void lrange(Context c, Args a) {
    long start = a.integer(2);
    long stop = a.integer(3);
    Db db = c.db(a, 1);
    int h = Lists.read(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().array(0);
      return;
    }
    ListValue list = Lists.list(db, h);
    int from = from(list, start);
    int n = to(list, stop) - from;
    if (n <= 0) {
      c.out().array(0);
    } else {
      c.out().array(n);
      list.bulk(from, n, c.out());
    }
  }

  /** Where a range begins that is given by its first index, which may count from the end. */
  private static int from(ListValue list, long start) {
    long from = start < 0 ? Math.max(start + list.size(), 0) : start;
    return (int) Math.min(from, list.size());
  }

  /** Behind which element a range ends that is given by its last index. */
  private static int to(ListValue list, long stop) {
    long last = stop < 0 ? stop + list.size() : stop;
    return (int) Math.max(0, Math.min(last, list.size() - 1L) + 1);
  }

  private static void lpos(Context c, Args a) {
    long rank = 1;
    long count = -1;
    long longest = 0;
    for (int i = 3; i < a.count(); i += 2) {
      boolean valued = i + 1 < a.count();
      if (valued && a.is(i, "rank")) {
        rank = a.integer(i + 1);
        if (rank == 0) {
          throw NO_RANK;
        }
      } else if (valued && a.is(i, "count")) {
        count = natural(a, i + 1, NEGATIVE_COUNT);
      } else if (valued && a.is(i, "maxlen")) {
        longest = natural(a, i + 1, NEGATIVE_LENGTH);
      } else {
        throw RespError.SYNTAX;
      }
    }
    Db db = c.db(a, 1);
    int h = Lists.read(c, db, a, 1);
    if (h == Db.NONE) {
      if (count < 0) {
        c.out().nil();
      } else {
        c.out().array(0);
      }
      return;
    }
    Needle needle = new Needle(a.array(), a.offset(2), a.length(2));
    ListValue.Cursor cursor = Lists.list(db, h).cursor(rank < 0);
    positions(c.out(), cursor, needle, Math.abs(rank), count, longest);
  }

  private static long natural(Args a, int i, RespError negative) {
    long value = a.integer(i, negative);
    if (value < 0) {
      throw negative;
    }
    return value;
  }

  /**
   * Answers with the positions of matches from the {@code rank}th on, {@code count} of them or all
   * for 0, or with one alone for -1, found among the first {@code longest} elements or all for 0.
   */
  private static void positions(
      ReplyWriter out,
      ListValue.Cursor cursor,
      Needle needle,
      long rank,
      long count,
      long longest) {
    int mark = count < 0 ? 0 : out.defer();
    long wanted = count < 0 ? 1 : count == 0 ? Long.MAX_VALUE : count;
    long matches = 0;
    int found = 0;
    for (long seen = 0; found < wanted && (longest == 0 || seen < longest); seen++) {
      if (!cursor.next()) {
        break;
      }
      if (cursor.matches(needle) && ++matches >= rank) {
        out.integer(cursor.index());
        found++;
      }
    }
    if (count >= 0) {
      out.endArray(mark, found);
    } else if (found == 0) {
      out.nil();
    }
  }

  // --- removing

  private static void lrem(Context c, Args a) {
    long count = a.integer(2);
    Db db = c.db(a, 1);
    int h = Lists.write(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().integer(0);
      return;
    }
    ListValue list = Lists.list(db, h);
    Needle needle = new Needle(a.array(), a.offset(3), a.length(3));
    // The most negative count has no positive one, and means all too.
    boolean all = count == 0 || count == Long.MIN_VALUE;
    int n = all ? list.size() : (int) Math.min(Math.abs(count), list.size());
    int size = list.size();
    int removed;
    try {
      removed = list.removeMatching(needle, n, count < 0, Lists.fill(db));
    } catch (OutOfMemoryError full) {
      if (list.size() < size) {
        c.partly();
      }
      throw full;
    }
    if (removed > 0) {
      Lists.removed(c, db, h, a, 1, "lrem", removed);
    }
    c.out().integer(removed);
  }

  private static void ltrim(Context c, Args a) {
    long start = a.integer(2);
    long stop = a.integer(3);
    Db db = c.db(a, 1);
    int h = Lists.write(c, db, a, 1);
    if (h != Db.NONE) {
      ListValue list = Lists.list(db, h);
      int size = list.size();
      int from = from(list, start);
      int to = Math.max(from, to(list, stop));
      int fill = Lists.fill(db);
      if (from == to) {
        list.remove(0, size, fill);
      } else {
        list.retain(from, to, fill);
      }
      Lists.removed(c, db, h, a, 1, "ltrim", size - list.size());
    }
    c.out().ok();
  }
}
