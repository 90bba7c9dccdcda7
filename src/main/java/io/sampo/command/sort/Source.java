package io.sampo.command.sort;

import io.sampo.command.Lists;
import io.sampo.command.ZSets;
import io.sampo.data.ListPack;
import io.sampo.data.list.ListValue;
import io.sampo.data.set.IntSet;
import io.sampo.data.set.SetValue;
import io.sampo.data.zset.ZSetValue;
import io.sampo.data.zset.ZSetWalk;
import io.sampo.keyspace.Db;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;

/** The elements of a list, a set or a sorted set, as SORT takes them. */
record Source(Db db, int h) {
  /** Whole numbers up to here are told apart by doubles. */
  private static final long EXACT = 1L << 53;

  private static final int MAX_DIGITS = 17;

  /** Takes elements; false ends the walk. */
  interface Visitor {
    boolean number(long value);

    boolean text(byte[] a, int offset, int length);
  }

  int size() {
    return switch (db.type(h)) {
      case LIST -> Lists.list(db, h).size();
      case ZSET -> ZSets.value(db, h).size();
      case SET -> set().size();
      default -> throw RespError.WRONG_TYPE;
    };
  }

  private SetValue set() {
    return (SetValue) db.value(h);
  }

  /** All elements in their own order. */
  Elements all() {
    Elements all = new Elements(size());
    each(
        new Visitor() {
          @Override
          public boolean number(long value) {
            all.add(value);
            return true;
          }

          @Override
          public boolean text(byte[] a, int offset, int length) {
            all.add(a, offset, length);
            return true;
          }
        });
    return all;
  }

  /** Those from one place to before another, counted in their own order or in its reverse. */
  Elements part(int from, int to, boolean reverse) {
    Elements part = new Elements(to - from);
    switch (db.type(h)) {
      case LIST -> {
        ListValue.Cursor cursor = Lists.list(db, h).cursor(reverse);
        for (int i = 0; i < to; i++) {
          cursor.next();
          if (i >= from) {
            byte[] element = cursor.get();
            part.add(element, 0, element.length);
          }
        }
      }
      case ZSET -> {
        ZSetValue set = ZSets.value(db, h);
        ZSetWalk walk = set.walk(reverse ? set.size() - 1 - from : from, reverse);
        for (int i = from; i < to; i++) {
          walk.next();
          part.add(walk.array(), walk.offset(), walk.length());
        }
      }
      default -> {
        // A set has no order that could be reversed.
        int[] seen = {0};
        set()
            .each(
                (a, at, length) -> {
                  if (seen[0]++ >= from && from < to) {
                    part.add(a, at, length);
                  }
                  return seen[0] < to;
                });
      }
    }
    return part;
  }

  /** All elements, if they are integers that doubles tell apart; or an array of length 0. */
  long[] integers() {
    long[] values = new long[size()];
    int[] count = {0};
    each(
        new Visitor() {
          @Override
          public boolean number(long value) {
            if (value > EXACT || value < -EXACT) {
              return false;
            }
            values[count[0]++] = value;
            return true;
          }

          @Override
          public boolean text(byte[] a, int offset, int length) {
            return length <= MAX_DIGITS
                && Bytes.isLong(a, offset, length)
                && number(Bytes.parseLong(a, offset, length));
          }
        });
    return count[0] == values.length ? values : new long[0];
  }

  private void each(Visitor visitor) {
    switch (db.type(h)) {
      case LIST -> each(Lists.list(db, h), visitor);
      case ZSET -> each(ZSets.value(db, h), visitor);
      default -> {
        if (set().isIntegers()) {
          byte[] integers = set().integers();
          int size = set().size();
          for (int i = 0; i < size && visitor.number(IntSet.get(integers, i)); i++) {
            // Each is shown in the condition.
          }
        } else {
          set().each(visitor::text);
        }
      }
    }
  }

  private static void each(ListValue list, Visitor visitor) {
    boolean[] goesOn = {true};
    for (int i = 0; i < list.runCount() && goesOn[0]; i++) {
      list.eachRun(i, 1, (a, offset, length, count) -> goesOn[0] = each(a, offset, count, visitor));
    }
  }

  private static boolean each(byte[] run, int offset, int count, Visitor visitor) {
    int p = offset;
    for (int n = 0; n < count; n++) {
      boolean goesOn =
          ListPack.isInteger(run, p)
              ? visitor.number(ListPack.integer(run, p))
              : visitor.text(run, ListPack.stringAt(run, p), ListPack.length(run, p));
      if (!goesOn) {
        return false;
      }
      p = ListPack.next(run, p);
    }
    return true;
  }

  private static void each(ZSetValue zset, Visitor visitor) {
    ZSetWalk walk = zset.walk(0, false);
    int size = zset.size();
    for (int i = 0; i < size; i++) {
      walk.next();
      if (!visitor.text(walk.array(), walk.offset(), walk.length())) {
        return;
      }
    }
  }
}
