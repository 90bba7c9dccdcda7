package io.sampo.command.list;

import io.sampo.command.Blocking;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.command.Lists;
import io.sampo.command.Wait;
import io.sampo.data.Type;
import io.sampo.data.list.ListValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;

/** The commands that take elements off the ends of lists, some of which wait for one to come. */
final class ListPops {
  private static final byte[] LPOP = Bytes.ascii("LPOP");
  private static final byte[] RPOP = Bytes.ascii("RPOP");
  private static final byte[] LMOVE = Bytes.ascii("LMOVE");
  private static final byte[] LEFT = Bytes.ascii("LEFT");
  private static final byte[] RIGHT = Bytes.ascii("RIGHT");

  private static final RespError LPOP_ARITY = arity("lpop");
  private static final RespError RPOP_ARITY = arity("rpop");
  private static final RespError NOT_POSITIVE =
      new RespError("ERR value is out of range, must be positive");
  private static final RespError NO_KEYS = new RespError("ERR numkeys should be greater than 0");
  private static final RespError NO_COUNT = new RespError("ERR count should be greater than 0");

  private ListPops() {}

  private static RespError arity(String name) {
    return new RespError("ERR wrong number of arguments for '" + name + "' command");
  }

  // --- one list

  static void lpop(Context c, Args a) {
    pop(c, a, true);
  }

  static void rpop(Context c, Args a) {
    pop(c, a, false);
  }

  private static void pop(Context c, Args a, boolean left) {
    if (a.count() > 3) {
      throw left ? LPOP_ARITY : RPOP_ARITY;
    }
    long count = a.count() < 3 ? -1 : positive(a, 2);
    Db db = c.db(a, 1);
    int h = Lists.write(c, db, a, 1);
    if (h == Db.NONE) {
      if (count < 0) {
        c.out().nil();
      } else {
        c.out().nilArray();
      }
    } else if (count < 0) {
      take(c, db, h, a, 1, left, 1);
    } else if (count == 0) {
      c.out().array(0);
    } else {
      takeMany(c, db, h, a, 1, left, count);
    }
  }

  private static long positive(Args a, int i) {
    long count = a.integer(i, NOT_POSITIVE);
    if (count < 0) {
      throw NOT_POSITIVE;
    }
    return count;
  }

  /** Answers with an array of up to {@code count} elements, and removes them; returns how many. */
  private static int takeMany(Context c, Db db, int h, Args a, int key, boolean left, long count) {
    int n = (int) Math.min(count, Lists.list(db, h).size());
    c.out().array(n);
    take(c, db, h, a, key, left, n);
    return n;
  }

  /** Answers with {@code n} elements, and removes them. */
  private static void take(Context c, Db db, int h, Args a, int key, boolean left, int n) {
    ListValue list = Lists.list(db, h);
    if (left) {
      list.bulk(0, n, c.out());
    } else {
      list.bulkBackward(n, c.out());
    }
    if (n > 1) {
      list.remove(left ? 0 : list.size() - n, n, Lists.fill(db));
    } else if (left) {
      list.removeFirst();
    } else {
      list.removeLast();
    }
    Lists.removed(c, db, h, a, key, left ? "lpop" : "rpop", n);
  }

  // --- the first of several lists

  static void lmpop(Context c, Args a) {
    int where = where(a, 1);
    boolean left = Lists.isLeft(a, where);
    if (!takeFirst(c, a, 2, where, left, count(a, where + 1))) {
      c.out().nilArray();
    }
  }

  static void blmPop(Context c, Args a) {
    int where = where(a, 2);
    boolean left = Lists.isLeft(a, where);
    long count = count(a, where + 1);
    long timeout = Blocking.timeout(a, 1);
    if (!takeFirst(c, a, 3, where, left, count)) {
      Blocking.await(c, 3, where, Type.LIST, timeout);
    }
  }

  /** Where LEFT or RIGHT stands, behind as many keys as argument {@code i} says. */
  private static int where(Args a, int i) {
    long keys = a.integer(i, NO_KEYS);
    if (keys <= 0) {
      throw NO_KEYS;
    }
    if (keys >= a.count() - i - 1) {
      throw RespError.SYNTAX;
    }
    return i + 1 + (int) keys;
  }

  /** The number behind COUNT at argument {@code i}, where the request may also end. */
  private static long count(Args a, int i) {
    if (i == a.count()) {
      return 1;
    }
    if (!a.is(i, "count") || i + 1 == a.count()) {
      throw RespError.SYNTAX;
    }
    long count = a.integer(i + 1, NO_COUNT);
    if (count <= 0) {
      throw NO_COUNT;
    }
    if (i + 2 < a.count()) {
      throw RespError.SYNTAX;
    }
    return count;
  }

  /** Answers with a key and elements of the first list there is; false if there is none. */
  private static boolean takeFirst(
      Context c, Args a, int first, int end, boolean left, long count) {
    for (int i = first; i < end; i++) {
      int h = c.offers(a, i) ? Lists.write(c, c.db(a, i), a, i) : Db.NONE;
      if (h != Db.NONE) {
        Db db = c.db(a, i);
        c.out().array(2);
        c.out().bulk(a.array(), a.offset(i), a.length(i));
        int n = takeMany(c, db, h, a, i, left, count);
        if (c.wantsEffects()) {
          c.effect(left ? LPOP : RPOP, a.bytes(i), Bytes.ascii(Integer.toString(n)));
        }
        return true;
      }
    }
    return false;
  }

  static void blpop(Context c, Args a) {
    popAny(c, a, true);
  }

  static void brpop(Context c, Args a) {
    popAny(c, a, false);
  }

  private static void popAny(Context c, Args a, boolean left) {
    int end = a.count() - 1;
    long timeout = Blocking.timeout(a, end);
    for (int i = 1; i < end; i++) {
      int h = c.offers(a, i) ? Lists.write(c, c.db(a, i), a, i) : Db.NONE;
      if (h != Db.NONE) {
        Db db = c.db(a, i);
        c.out().array(2);
        c.out().bulk(a.array(), a.offset(i), a.length(i));
        take(c, db, h, a, i, left, 1);
        if (c.wantsEffects()) {
          c.effect(left ? LPOP : RPOP, a.bytes(i));
        }
        return;
      }
    }
    Blocking.await(c, 1, end, Type.LIST, timeout);
  }

  // --- from list to list

  static void lmove(Context c, Args a) {
    boolean fromLeft = Lists.isLeft(a, 3);
    boolean toLeft = Lists.isLeft(a, 4);
    if (!move(c, a, fromLeft, toLeft)) {
      c.out().nil();
    }
  }

  static void rpopLPush(Context c, Args a) {
    if (!move(c, a, false, true)) {
      c.out().nil();
    }
  }

  static void blmove(Context c, Args a) {
    boolean fromLeft = Lists.isLeft(a, 3);
    boolean toLeft = Lists.isLeft(a, 4);
    moveOrWait(c, a, fromLeft, toLeft, Blocking.timeout(a, 5));
  }

  static void brpopLPush(Context c, Args a) {
    moveOrWait(c, a, false, true, Blocking.timeout(a, 3));
  }

  private static void moveOrWait(
      Context c, Args a, boolean fromLeft, boolean toLeft, long timeout) {
    if (move(c, a, fromLeft, toLeft)) {
      if (c.wantsEffects()) {
        c.effect(LMOVE, a.bytes(1), a.bytes(2), word(fromLeft), word(toLeft));
      }
    } else if (c.atomic()) {
      c.out().nil();
    } else {
      c.block(new Wait(1, 2, 2, Type.LIST, timeout));
    }
  }

  private static byte[] word(boolean left) {
    return left ? LEFT : RIGHT;
  }

  /** Moves an element and answers with it; false if there is none. */
  private static boolean move(Context c, Args a, boolean fromLeft, boolean toLeft) {
    Db db = c.db(a, 1);
    int h = Lists.write(c, db, a, 1);
    if (h == Db.NONE) {
      return false;
    }
    Db target = c.db(a, 2);
    int t = Lists.write(c, target, a, 2);
    ListValue list = Lists.list(db, h);
    byte[] element = list.get(fromLeft ? 0 : list.size() - 1);
    c.out().bulk(element);
    // What takes heap comes first, lest the element be nowhere.
    list.prepareToRemove(fromLeft);
    push(target, t, a, element, toLeft);
    if (fromLeft) {
      list.removeFirst();
    } else {
      list.removeLast();
    }
    c.modified(a, 2, KeyEvent.LIST, toLeft ? "lpush" : "rpush");
    // A new key may have moved the entry.
    int source = t == Db.NONE ? db.find(a.array(), a.offset(1), a.length(1)) : h;
    Lists.removed(c, db, source, a, 1, fromLeft ? "lpop" : "rpop", 1);
    // Both keys have changed, but that counts as one.
    c.changed(-1);
    return true;
  }

  private static void push(Db db, int h, Args a, byte[] element, boolean left) {
    ListValue list = h == Db.NONE ? new ListValue() : Lists.list(db, h);
    int fill = Lists.fill(db);
    // From one end to the other of a list it is one too many only in passing.
    if (!a.same(1, 2)) {
      list.prepare(element.length, 1, fill, Lists.depth(db));
    }
    if (left) {
      list.addFirst(element, 0, element.length, fill);
    } else {
      list.addLast(element, 0, element.length, fill);
    }
    if (h == Db.NONE) {
      db.put(a.array(), a.offset(2), a.length(2), list, false);
    } else {
      db.resized(h);
    }
  }
}
