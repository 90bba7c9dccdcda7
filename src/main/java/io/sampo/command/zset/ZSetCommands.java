package io.sampo.command.zset;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Cursor;
import io.sampo.command.KeyEvent;
import io.sampo.command.ScanOptions;
import io.sampo.command.ScanReply;
import io.sampo.command.ZSets;
import io.sampo.data.zset.ZSetValue;
import io.sampo.data.zset.ZSetWalk;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Numbers;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The commands on members of sorted sets. */
public final class ZSetCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("zadd", -4, "write denyoom fast", "RW update 1", "1.2.0", "O(log(N))", "key [condition:<NX|XX>@3.0.2] [comparison:<GT|LT>@6.2.0] [change=CH@3.0.2] [increment=INCR@3.0.2] score_member:(score:double member)...", "Add members with their scores, or change their scores.", ZSetCommands::zadd)
          .history("2.4.0 Several members.", "3.0.2 Options XX, NX, CH and INCR.", "6.2.0 Options GT and LT."),
      cmd("zcard", 2, "readonly fast", "RO 1", "1.2.0", "O(1)", "key", "Number of members of a sorted set.", ZSetCommands::zcard),
      cmd("zincrby", 4, "write denyoom fast", "RW access update 1", "1.2.0", "O(log(N))", "key increment:int member", "Add to the score of a member.", ZSetCommands::zincrBy),
      cmd("zmscore", -3, "readonly fast", "RO access 1", "6.2.0", "O(N)", "key member...", "Scores of several members.", ZSetCommands::zmScore),
      cmd("zrandmember", -2, "readonly ~nondeterministic_output", "RO access 1", "6.2.0", "O(N)", "key [options:(count:int [WITHSCORES])]", "Random members of a sorted set.", ZSetCommands::zrandMember),
      cmd("zrank", -3, "readonly fast", "RO access 1", "2.0.0", "O(log(N))", "key member [WITHSCORE@7.2.0]", "Rank of a member, lowest score first.", ZSetCommands::zrank)
          .history("7.2.0 Option WITHSCORE."),
      cmd("zrem", -3, "write fast", "RW delete 1", "1.2.0", "O(M*log(N))", "key member...", "Remove members of a sorted set.", ZSetCommands::zrem)
          .history("2.4.0 Several members."),
      cmd("zrevrank", -3, "readonly fast", "RO access 1", "2.0.0", "O(log(N))", "key member [WITHSCORE@7.2.0]", "Rank of a member, highest score first.", ZSetCommands::zrevRank)
          .history("7.2.0 Option WITHSCORE."),
      cmd("zscan", -3, "readonly ~nondeterministic_output", "RO access 1", "2.8.0", "O(1)", "key cursor:int [MATCH pattern:pattern] [COUNT count:int]", "Walk over the members and scores of a sorted set with a cursor.", ZSetCommands::zscan),
      cmd("zscore", 3, "readonly fast", "RO access 1", "1.2.0", "O(1)", "key member", "Score of a member.", ZSetCommands::zscore));
  // spotless:on

  private static final RespError NX_AND_XX =
      new RespError("ERR XX and NX options at the same time are not compatible");
  private static final RespError CONFLICT =
      new RespError("ERR GT, LT, and/or NX options at the same time are not compatible");
  private static final RespError ONE_PAIR =
      new RespError("ERR INCR option supports a single increment-element pair");
  private static final RespError NOT_A_NUMBER =
      new RespError("ERR resulting score is not a number (NaN)");
  private static final RespError OUT_OF_RANGE = new RespError("ERR value is out of range");
  private static final RespError COUNT_OUT_OF_RANGE =
      new RespError(
          "ERR value is out of range, value must between -9223372036854775807 and"
              + " 9223372036854775807");

  /** The bit of CH, above the conditions of {@link ZSetValue#put}. */
  private static final int CH = 1 << 5;

  /** Below this, scores that are integers are packed as such by Redis. */
  private static final double MAX_PACKED = 0x1p62;

  private ZSetCommands() {}

  private static void zadd(Context c, Args a) {
    int options = 0;
    int i = 2;
    for (int word; i < a.count() && (word = option(a, i)) != 0; i++) {
      options |= word;
    }
    int rest = a.count() - i;
    if (rest == 0 || rest % 2 != 0) {
      throw RespError.SYNTAX;
    }
    if ((options & ZSetValue.NX) != 0 && (options & ZSetValue.XX) != 0) {
      throw NX_AND_XX;
    }
    if (Integer.bitCount(options & (ZSetValue.NX | ZSetValue.GT | ZSetValue.LT)) > 1) {
      throw CONFLICT;
    }
    if ((options & ZSetValue.INCR) != 0 && rest > 2) {
      throw ONE_PAIR;
    }
    add(c, a, i, options);
  }

  private static int option(Args a, int i) {
    return switch (a.length(i)) {
      case 2 ->
          a.is(i, "nx")
              ? ZSetValue.NX
              : a.is(i, "xx")
                  ? ZSetValue.XX
                  : a.is(i, "gt")
                      ? ZSetValue.GT
                      : a.is(i, "lt") ? ZSetValue.LT : a.is(i, "ch") ? CH : 0;
      case 4 -> a.is(i, "incr") ? ZSetValue.INCR : 0;
      default -> 0;
    };
  }

  private static void zincrBy(Context c, Args a) {
    if (option(a, 2) != 0) {
      // An option of ZADD in the place of the score: in Redis the two are one.
      throw RespError.SYNTAX;
    }
    add(c, a, 2, ZSetValue.INCR);
  }

  /** Adds the pairs of score and member from index {@code i} on to the sorted set at key 1. */
  private static void add(Context c, Args a, int i, int options) {
    double score = a.real(i);
    // All are looked at before the first is added.
    for (int at = i + 2; at < a.count(); at += 2) {
      a.real(at);
    }
    Db db = c.db(a, 1);
    int h = ZSets.write(c, db, a, 1);
    boolean increments = (options & ZSetValue.INCR) != 0;
    if (h == Db.NONE && (options & ZSetValue.XX) != 0) {
      if (increments) {
        c.out().nil();
      } else {
        c.out().integer(0);
      }
      return;
    }
    ZSetValue z = h == Db.NONE ? new ZSetValue() : ZSets.value(db, h);
    double old = increments ? z.score(a.array(), a.offset(i + 1), a.length(i + 1)) : 0;
    int added = 0;
    int changed = 0;
    ZSetValue.Outcome outcome = ZSetValue.Outcome.SAME;
    for (int at = i; at < a.count(); at += 2) {
      outcome =
          z.put(
              at == i ? score : a.real(at),
              options & ~CH,
              a.array(),
              a.offset(at + 1),
              a.length(at + 1),
              db.limits());
      added += outcome == ZSetValue.Outcome.ADDED ? 1 : 0;
      changed += outcome == ZSetValue.Outcome.CHANGED ? 1 : 0;
      if (h != Db.NONE && added + changed > 0) {
        c.partly();
      }
    }
    if (outcome == ZSetValue.Outcome.NOT_A_NUMBER) {
      throw NOT_A_NUMBER;
    }
    if (added + changed > 0) {
      if (h == Db.NONE) {
        db.put(a.array(), a.offset(1), a.length(1), z, false);
      } else {
        db.resized(h);
      }
      c.modified(a, 1, KeyEvent.ZSET, increments ? "zincr" : "zadd");
      c.changed(added + changed - 1);
    }
    if (!increments) {
      c.out().integer((options & CH) != 0 ? added + changed : added);
    } else if (outcome == ZSetValue.Outcome.REFUSED) {
      c.out().nil();
    } else {
      c.out().real(Double.isNaN(old) ? score : old + score);
    }
  }

  private static void zrem(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = ZSets.write(c, db, a, 1);
    int count = 0;
    if (h != Db.NONE) {
      ZSetValue z = ZSets.value(db, h);
      for (int i = 2; i < a.count(); i++) {
        if (z.remove(a.array(), a.offset(i), a.length(i))) {
          count++;
          c.partly();
        }
      }
      if (count > 0) {
        ZSets.removed(c, db, a, 1, h, "zrem");
        c.changed(count - 1);
      }
    }
    c.out().integer(count);
  }

  private static void zcard(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = ZSets.read(c, db, a, 1);
    c.out().integer(h == Db.NONE ? 0 : ZSets.value(db, h).size());
  }

  private static void zscore(Context c, Args a) {
    Db db = c.db(a, 1);
    score(c, db, ZSets.read(c, db, a, 1), a, 2);
  }

  private static void zmScore(Context c, Args a) {
    Db db = c.db(a, 1);
    int h = ZSets.read(c, db, a, 1);
    c.out().array(a.count() - 2);
    for (int i = 2; i < a.count(); i++) {
      score(c, db, h, a, i);
    }
  }

  private static void score(Context c, Db db, int h, Args a, int i) {
    double score =
        h == Db.NONE
            ? ZSetValue.NO_SCORE
            : ZSets.value(db, h).score(a.array(), a.offset(i), a.length(i));
    if (Double.isNaN(score)) {
      c.out().nil();
    } else {
      c.out().real(score);
    }
  }

  private static void zrank(Context c, Args a) {
    rank(c, a, false);
  }

  private static void zrevRank(Context c, Args a) {
    rank(c, a, true);
  }

  private static void rank(Context c, Args a, boolean reverse) {
    boolean withScore = a.count() > 3;
    if (a.count() > 4) {
      throw new RespError(
          "ERR wrong number of arguments for '" + (reverse ? "zrevrank" : "zrank") + "' command");
    }
    if (withScore && !a.is(3, "withscore")) {
      throw RespError.SYNTAX;
    }
    Db db = c.db(a, 1);
    int h = ZSets.read(c, db, a, 1);
    int rank = h == Db.NONE ? -1 : ZSets.value(db, h).rank(a.array(), a.offset(2), a.length(2));
    if (rank < 0 && withScore) {
      c.out().nilArray();
    } else if (rank < 0) {
      c.out().nil();
    } else {
      ZSetValue z = ZSets.value(db, h);
      if (withScore) {
        c.out().array(2);
      }
      c.out().integer(reverse ? z.size() - 1 - rank : rank);
      if (withScore) {
        c.out().real(z.score(a.array(), a.offset(2), a.length(2)));
      }
    }
  }

  private static void zrandMember(Context c, Args a) {
    Db db = c.db(a, 1);
    if (a.count() == 2) {
      int h = ZSets.read(c, db, a, 1);
      if (h == Db.NONE) {
        c.out().nil();
      } else {
        ZSetValue z = ZSets.value(db, h);
        ZSetWalk walk = z.walk(ThreadLocalRandom.current().nextInt(z.size()), false);
        walk.next();
        c.out().bulk(walk.array(), walk.offset(), walk.length());
      }
      return;
    }
    long count = a.integer(2);
    if (count == Long.MIN_VALUE) {
      throw COUNT_OUT_OF_RANGE;
    }
    boolean withScores = a.count() == 4 && a.is(3, "withscores");
    if (a.count() > 4 || a.count() == 4 && !withScores) {
      throw RespError.SYNTAX;
    }
    if (withScores && (count < -Long.MAX_VALUE / 2 || count > Long.MAX_VALUE / 2)) {
      throw OUT_OF_RANGE;
    }
    int h = ZSets.read(c, db, a, 1);
    if (h == Db.NONE || count == 0) {
      c.out().array(0);
    } else if (count < 0) {
      repeated(c, ZSets.value(db, h), -count, withScores);
    } else {
      distinct(c, ZSets.value(db, h), count, withScores);
    }
  }

  private static void repeated(Context c, ZSetValue z, long count, boolean withScores) {
    int n = (int) Math.min(count, Integer.MAX_VALUE / 2);
    ZSets.begin(c.out(), n, withScores);
    for (int i = 0; i < n; i++) {
      ZSetWalk walk = z.walk(ThreadLocalRandom.current().nextInt(z.size()), false);
      walk.next();
      ZSets.member(c.out(), walk, withScores);
    }
  }

  private static void distinct(Context c, ZSetValue z, long count, boolean withScores) {
    int size = z.size();
    int n = (int) Math.min(count, size);
    ZSets.begin(c.out(), n, withScores);
    if (n < size / 2) {
      BitSet chosen = new BitSet(size);
      for (int i = 0; i < n; i++) {
        int rank = ThreadLocalRandom.current().nextInt(size);
        while (chosen.get(rank)) {
          rank = ThreadLocalRandom.current().nextInt(size);
        }
        chosen.set(rank);
        ZSetWalk walk = z.walk(rank, false);
        walk.next();
        ZSets.member(c.out(), walk, withScores);
      }
      return;
    }
    // Selection sampling (Knuth, The Art of Computer Programming, 3.4.2, algorithm S).
    ZSetWalk walk = z.walk(0, false);
    for (int seen = 0, left = n; left > 0; seen++) {
      walk.next();
      if (ThreadLocalRandom.current().nextInt(size - seen) < left) {
        ZSets.member(c.out(), walk, withScores);
        left--;
      }
    }
  }

  private static void zscan(Context c, Args a) {
    long cursor = Cursor.parse(a, 2);
    Db db = c.db(a, 1);
    int h = ZSets.read(c, db, a, 1);
    if (h == Db.NONE) {
      ScanReply.empty(c.out());
      return;
    }
    ScanOptions options = ScanOptions.parse(a, 3);
    ZSetValue z = ZSets.value(db, h);
    ScanReply reply = new ScanReply();
    long next =
        z.scan(
            cursor,
            options.count(),
            (score, m, offset, length) -> {
              if (options.matches(m, offset, length)) {
                ReplyWriter page = reply.add(2);
                page.bulk(m, offset, length);
                // Redis shows the elements of a listpack as they are.
                if (z.isPacked() && score == (long) score && Math.abs(score) < MAX_PACKED) {
                  page.bulk((long) score);
                } else {
                  page.bulk(Numbers.format(score));
                }
              }
            });
    reply.write(c.out(), next);
  }
}
