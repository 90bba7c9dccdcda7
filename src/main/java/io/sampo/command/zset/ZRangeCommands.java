package io.sampo.command.zset;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.ZSets;
import io.sampo.data.Limits;
import io.sampo.data.zset.ZSetValue;
import io.sampo.data.zset.ZSetWalk;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import java.util.List;

/** The commands on ranges of sorted sets. */
public final class ZRangeCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("zcount", 4, "readonly fast", "RO access 1", "2.0.0", "O(log(N))", "key min:double max:double", "Number of members whose score is in a range.", ZRangeCommands::zcount),
      cmd("zlexcount", 4, "readonly fast", "RO access 1", "2.8.9", "O(log(N))", "key min max", "Number of members in a lexicographical range.", ZRangeCommands::zlexCount),
      cmd("zrange", -4, "readonly", "RO access 1", "1.2.0", "O(log(N)+M)", "key start stop [sortby:<BYSCORE|BYLEX>@6.2.0] [REV@6.2.0] [LIMIT offset_count:(offset:int count:int)@6.2.0] [WITHSCORES]", "Members in a range of ranks, scores or names.", ZRangeCommands::zrange)
          .history("6.2.0 Options REV, BYSCORE, BYLEX and LIMIT."),
      cmd("zrangebylex", -4, "readonly %deprecated:6.2.0:ZRANGE+BYLEX", "RO access 1", "2.8.9", "O(log(N)+M)", "key min max [LIMIT offset_count:(offset:int count:int)]", "Members in a lexicographical range.", ZRangeCommands::zrangeByLex),
      cmd("zrangebyscore", -4, "readonly %deprecated:6.2.0:ZRANGE+BYSCORE", "RO access 1", "1.0.5", "O(log(N)+M)", "key min:double max:double [WITHSCORES@2.0.0] [LIMIT offset_count:(offset:int count:int)]", "Members in a range of scores.", ZRangeCommands::zrangeByScore)
          .history("2.0.0 Option WITHSCORES."),
      cmd("zrangestore", -5, "write denyoom", "OW update 1; RO access 2", "6.2.0", "O(log(N)+M)", "dst#0 src#1 min max [sortby:<BYSCORE|BYLEX>] [REV] [LIMIT offset_count:(offset:int count:int)]", "Store a range of one sorted set as another.", ZRangeCommands::zrangeStore),
      cmd("zremrangebylex", 4, "write", "RW delete 1", "2.8.9", "O(log(N)+M)", "key min max", "Remove the members in a lexicographical range.", ZRangeCommands::zremRangeByLex),
      cmd("zremrangebyrank", 4, "write", "RW delete 1", "2.0.0", "O(log(N)+M)", "key start:int stop:int", "Remove the members in a range of ranks.", ZRangeCommands::zremRangeByRank),
      cmd("zremrangebyscore", 4, "write", "RW delete 1", "1.2.0", "O(log(N)+M)", "key min:double max:double", "Remove the members in a range of scores.", ZRangeCommands::zremRangeByScore),
      cmd("zrevrange", -4, "readonly %deprecated:6.2.0:ZRANGE+REV", "RO access 1", "1.2.0", "O(log(N)+M)", "key start:int stop:int [WITHSCORES]", "Members in a range of ranks, highest score first.", ZRangeCommands::zrevRange),
      cmd("zrevrangebylex", -4, "readonly %deprecated:6.2.0:ZRANGE+REV+BYLEX", "RO access 1", "2.8.9", "O(log(N)+M)", "key max min [LIMIT offset_count:(offset:int count:int)]", "Members in a lexicographical range, backwards.", ZRangeCommands::zrevRangeByLex),
      cmd("zrevrangebyscore", -4, "readonly %deprecated:6.2.0:ZRANGE+REV+BYSCORE", "RO access 1", "2.2.0", "O(log(N)+M)", "key max:double min:double [WITHSCORES] [LIMIT offset_count:(offset:int count:int)]", "Members in a range of scores, highest first.", ZRangeCommands::zrevRangeByScore)
          .history("2.1.6 Ranges without their ends."));
  // spotless:on

  private ZRangeCommands() {}

  private static void zrange(Context c, Args a) {
    reply(c, a, ZRange.general(a, 2, true));
  }

  private static void zrevRange(Context c, Args a) {
    reply(c, a, ZRange.withOptions(a, 2, ZRange.By.RANK, true));
  }

  private static void zrangeByScore(Context c, Args a) {
    reply(c, a, ZRange.withOptions(a, 2, ZRange.By.SCORE, false));
  }

  private static void zrevRangeByScore(Context c, Args a) {
    reply(c, a, ZRange.withOptions(a, 2, ZRange.By.SCORE, true));
  }

  private static void zrangeByLex(Context c, Args a) {
    reply(c, a, ZRange.withOptions(a, 2, ZRange.By.MEMBER, false));
  }

  private static void zrevRangeByLex(Context c, Args a) {
    reply(c, a, ZRange.withOptions(a, 2, ZRange.By.MEMBER, true));
  }

  private static void reply(Context c, Args a, ZRange range) {
    Db db = c.db(a, 1);
    int h = ZSets.read(c, db, a, 1);
    if (h == Db.NONE) {
      c.out().array(0);
      return;
    }
    ZSetValue z = ZSets.value(db, h);
    int count = range.apply(z);
    ZSets.members(c.out(), range.walk(z), count, range.withScores());
  }

  private static void zrangeStore(Context c, Args a) {
    ZRange range = ZRange.general(a, 3, false);
    Db db = c.db(a, 2);
    int h = ZSets.read(c, db, a, 2);
    ZSetValue result = new ZSetValue();
    if (h != Db.NONE) {
      Limits limits = db.limits();
      ZSetValue z = ZSets.value(db, h);
      int count = range.apply(z);
      if (range.byRank() && count > limits.zsetMaxListpackEntries) {
        result = ZSetValue.indexed();
      }
      ZSetWalk walk = range.walk(z);
      for (int i = 0; i < count; i++) {
        walk.next();
        result.put(walk.score(), 0, walk.array(), walk.offset(), walk.length(), limits);
      }
    }
    ZSets.store(c, a, 1, result, "zrangestore");
  }

  private static void zcount(Context c, Args a) {
    count(c, a, ZRange.of(a, 2, ZRange.By.SCORE));
  }

  private static void zlexCount(Context c, Args a) {
    count(c, a, ZRange.of(a, 2, ZRange.By.MEMBER));
  }

  private static void count(Context c, Args a, ZRange range) {
    Db db = c.db(a, 1);
    int h = ZSets.read(c, db, a, 1);
    c.out().integer(h == Db.NONE ? 0 : range.apply(ZSets.value(db, h)));
  }

  private static void zremRangeByRank(Context c, Args a) {
    remove(c, a, ZRange.of(a, 2, ZRange.By.RANK), "zremrangebyrank");
  }

  private static void zremRangeByScore(Context c, Args a) {
    remove(c, a, ZRange.of(a, 2, ZRange.By.SCORE), "zremrangebyscore");
  }

  private static void zremRangeByLex(Context c, Args a) {
    remove(c, a, ZRange.of(a, 2, ZRange.By.MEMBER), "zremrangebylex");
  }

  private static void remove(Context c, Args a, ZRange range, String event) {
    Db db = c.db(a, 1);
    int h = ZSets.write(c, db, a, 1);
    int count = h == Db.NONE ? 0 : range.apply(ZSets.value(db, h));
    if (count > 0) {
      ZSets.value(db, h).removeRange(range.low(), count);
      ZSets.removed(c, db, a, 1, h, event);
      c.changed(count - 1);
    }
    c.out().integer(count);
  }
}
