package io.sampo.command.hash;

import io.sampo.command.Context;
import io.sampo.command.RandomCount;
import io.sampo.data.ByteTable;
import io.sampo.data.hash.HashValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.SplittableRandom;

/** HRANDFIELD: random fields of a hash, each as likely as any other. */
final class RandomFields {
  private static final RespError OUT_OF_RANGE = new RespError("ERR value is out of range");

  private RandomFields() {}

  static void run(Context c, Args a) {
    if (a.count() == 2) {
      one(c, a);
      return;
    }
    long count = RandomCount.parse(a, 2);
    boolean withValues = a.count() > 3;
    if (a.count() > 4 || withValues && !a.is(3, "withvalues")) {
      throw RespError.SYNTAX;
    }
    if (withValues && (count < -(Long.MAX_VALUE / 2) || count > Long.MAX_VALUE / 2)) {
      throw OUT_OF_RANGE;
    }
    Db db = c.db(a, 1);
    int h = Hashes.read(c, db, a, 1);
    HashValue hash = h == Db.NONE ? new HashValue() : Hashes.hash(db, h);
    int size = hash.size(c.horizon());
    if (count == 0 || size == 0) {
      c.out().array(0);
    } else if (count < 0) {
      repeated(c, db, hash, RandomCount.repeated(count), withValues);
    } else {
      distinct(c, db, hash, size, (int) Math.min(count, size), withValues);
    }
  }

  private static void one(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = Hashes.read(c, db, a, 1);
    if (h == Db.NONE || Hashes.hash(db, h).size(c.horizon()) == 0) {
      c.out().nil();
    } else {
      Hashes.hash(db, h).sample(db.dice(), c.horizon(), shown(c.out(), false, false));
    }
  }

  private static void repeated(Context c, Db db, HashValue hash, int count, boolean withValues) {
    header(c.out(), count, withValues);
    SplittableRandom random = db.dice();
    ByteTable.Visitor shown = shown(c.out(), withValues, c.out().resp3());
    for (int i = 0; i < count; i++) {
      hash.sample(random, c.horizon(), shown);
    }
  }

  private static void distinct(
      Context c, Db db, HashValue hash, int size, int count, boolean withValues) {
    header(c.out(), count, withValues);
    ByteTable.Visitor shown = shown(c.out(), withValues, c.out().resp3());
    SplittableRandom random = db.dice();
    if (RandomCount.walks(size, count)) {
      RandomCount.Choice choice = new RandomCount.Choice(size, count, random);
      hash.each(
          c.horizon(),
          (f, fo, fl, v, vo, vl) -> {
            if (choice.takes()) {
              shown.visit(f, fo, fl, v, vo, vl);
            }
            return choice.wantsMore();
          });
      return;
    }
    ByteTable seen = new ByteTable();
    while (seen.size() < count) {
      hash.sample(
          random,
          c.horizon(),
          (f, fo, fl, v, vo, vl) -> seen.add(f, fo, fl) && shown.visit(f, fo, fl, v, vo, vl));
    }
  }

  /** RESP3 has pairs where RESP2 has fields and values in turn. */
  private static void header(ReplyWriter out, int count, boolean withValues) {
    out.array(withValues && !out.resp3() ? Math.multiplyExact(count, 2) : count);
  }

  private static ByteTable.Visitor shown(ReplyWriter out, boolean withValues, boolean pairs) {
    return (f, fo, fl, v, vo, vl) -> {
      if (withValues && pairs) {
        out.array(2);
      }
      out.bulk(f, fo, fl);
      if (withValues) {
        out.bulk(v, vo, vl);
      }
      return true;
    };
  }
}
