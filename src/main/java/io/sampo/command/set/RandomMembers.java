package io.sampo.command.set;

import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.command.RandomCount;
import io.sampo.data.ByteTable;
import io.sampo.data.set.SetValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.Arrays;
import java.util.SplittableRandom;

/** SPOP and SRANDMEMBER: random members of a set, each as likely as any other. */
final class RandomMembers {
  private static final byte[] SREM = Bytes.ascii("SREM");
  private static final byte[] DEL = Bytes.ascii("DEL");
  private static final RespError NOT_POSITIVE =
      new RespError("ERR value is out of range, must be positive");

  /** Where so many times as many are popped as stay, those that stay are picked. */
  private static final int FEW_LEFT = 5;

  /** So are they where more than this are popped of integers, each of which moves half of them. */
  private static final int MANY_INTEGERS = 1000;

  private RandomMembers() {}

  static void spop(Context c, Args a) {
    if (a.count() > 3) {
      throw RespError.SYNTAX;
    }
    if (a.count() == 3) {
      popSome(c, a);
      return;
    }
    Db db = c.db(a, 1);
    int h = Sets.write(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().nil();
      return;
    }
    SetValue set = Sets.set(db, h);
    int place = set.pick(db.dice());
    set.bulk(place, c.out());
    if (c.wantsEffects()) {
      c.effect(SREM, a.bytes(1), set.bytes(place));
    }
    set.removeAt(place);
    Sets.shrunk(c, db, h, a, "spop");
  }

  private static void popSome(Context c, Args a) {
    long count = a.integer(2, NOT_POSITIVE);
    if (count < 0) {
      throw NOT_POSITIVE;
    }
    Db db = c.db(a, 1);
    int h = Sets.write(c, db, a, 1);
    if (h == Db.NONE || count == 0) {
      c.out().set(0);
      return;
    }
    SetValue set = Sets.set(db, h);
    if (count >= set.size()) {
      Sets.reply(c.out(), set);
      db.remove(h);
      c.modified(a, 1, KeyEvent.SET, "spop");
      c.changed(set.size() - 1);
      c.notify(a, 1, KeyEvent.GENERIC, "del");
      if (c.wantsEffects()) {
        c.effect(DEL, a.bytes(1));
      }
      return;
    }
    c.out().set((int) count);
    byte[][] effect = c.wantsEffects() ? new byte[(int) count + 2][] : new byte[0][];
    if (set.size() - count < count / FEW_LEFT || set.isIntegers() && count > MANY_INTEGERS) {
      h = db.put(a.array(), a.offset(1), a.length(1), left(c, set, (int) count, db, effect), true);
      c.partly();
    } else {
      popSome(c, set, (int) count, db, effect);
    }
    if (effect.length > 0) {
      effect[0] = SREM;
      effect[1] = a.bytes(1);
      c.effect(effect);
    }
    Sets.shrunk(c, db, h, a, "spop");
    c.changed(count - 1);
  }

  /**
   * Pops members one by one.
   *
   * @param effect takes them from its third element on, unless it is empty
   */
  private static void popSome(Context c, SetValue set, int count, Db db, byte[][] effect) {
    for (int i = 0; i < count; i++) {
      int place = set.pick(db.dice());
      set.bulk(place, c.out());
      if (effect.length > 0) {
        effect[i + 2] = set.bytes(place);
      }
      set.removeAt(place);
      c.partly();
    }
  }

  /** As {@link #popSome}, but leaves the set as it is, and returns one of those that stay. */
  private static SetValue left(Context c, SetValue set, int count, Db db, byte[][] effect) {
    int size = set.size() - count;
    RandomCount.Choice stays = new RandomCount.Choice(set.size(), size, db.dice());
    SetValue[] left = new SetValue[1];
    int[] popped = {2};
    set.each(
        (m, offset, length) -> {
          if (stays.takes()) {
            left[0] =
                left[0] == null ? SetValue.begun(m, offset, length, size, db.limits()) : left[0];
            left[0].add(m, offset, length, db.limits());
            return true;
          }
          c.out().bulk(m, offset, length);
          if (effect.length > 0) {
            effect[popped[0]++] = Arrays.copyOfRange(m, offset, offset + length);
          }
          return true;
        });
    return left[0];
  }

  static void srandMember(Context c, Args a) {
    if (a.count() > 3) {
      throw RespError.SYNTAX;
    }
    long count = a.count() == 3 ? RandomCount.parse(a, 2) : 1;
    Db db = c.db(a, 1);
    int h = Sets.read(c, db, a, 1);
    if (a.count() == 2) {
      if (h == Db.NONE) {
        c.out().nil();
      } else {
        SetValue set = Sets.set(db, h);
        set.bulk(set.pick(db.dice()), c.out());
      }
    } else if (h == Db.NONE || count == 0) {
      c.out().array(0);
    } else if (count < 0) {
      repeated(c.out(), Sets.set(db, h), RandomCount.repeated(count), db.dice());
    } else {
      SetValue set = Sets.set(db, h);
      distinct(c.out(), set, (int) Math.min(count, set.size()), db.dice());
    }
  }

  private static void repeated(ReplyWriter out, SetValue set, int count, SplittableRandom random) {
    out.array(count);
    for (int i = 0; i < count; i++) {
      set.bulk(set.pick(random), out);
    }
  }

  private static void distinct(ReplyWriter out, SetValue set, int count, SplittableRandom random) {
    out.array(count);
    if (RandomCount.walks(set.size(), count)) {
      RandomCount.Choice choice = new RandomCount.Choice(set.size(), count, random);
      set.each(
          (m, offset, length) -> {
            if (choice.takes()) {
              out.bulk(m, offset, length);
            }
            return choice.wantsMore();
          });
      return;
    }
    ByteTable seen = new ByteTable();
    while (seen.size() < count) {
      int place = set.pick(random);
      byte[] member = set.bytes(place);
      if (seen.add(member, 0, member.length)) {
        out.bulk(member);
      }
    }
  }
}
