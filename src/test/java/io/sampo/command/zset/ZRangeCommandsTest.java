package io.sampo.command.zset;

import static io.sampo.command.zset.Samples.INDEXES;
import static io.sampo.command.zset.Samples.LEX_BOUNDS;
import static io.sampo.command.zset.Samples.LIMITS;
import static io.sampo.command.zset.Samples.SCORE_BOUNDS;
import static io.sampo.command.zset.Samples.fill;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import java.util.List;

/** The commands on ranges of sorted sets reply what Redis replies. */
class ZRangeCommandsTest {
  @AgainstRedis
  void rangesByRank(Differential pair) {
    fill(pair);
    for (String key : List.of("k", "big", "none", "s")) {
      for (String start : INDEXES) {
        for (String stop : INDEXES) {
          String range = key + " " + start + " " + stop;
          pair.say("ZRANGE " + range, "ZRANGE " + range + " REV", "ZREVRANGE " + range);
          pair.say("ZRANGE " + range + " WITHSCORES", "ZREVRANGE " + range + " WITHSCORES");
          pair.say("ZRANGESTORE to " + range, "ZRANGE to 0 -1 WITHSCORES", "OBJECT ENCODING to");
          pair.say("ZRANGESTORE to " + range + " REV", "ZRANGE to 0 -1 WITHSCORES");
          pair.say("ZRANGESTORE t2 big 0 20", "ZREMRANGEBYRANK t2 " + start + " " + stop);
          pair.say("ZRANGE t2 0 -1");
        }
      }
    }
    for (String options : List.of("LIMIT 0 1", "LIMIT 0 -1", "REV REV", "WITHSCORES WITHSCORES")) {
      pair.say("ZRANGE k 0 1 " + options, "ZREVRANGE k 0 1 " + options);
    }
    pair.say("ZRANGE k 0 1 FOO", "ZRANGE k 0 1 BYLEX BYSCORE", "ZRANGE k 0 1 BYSCORE BYSCORE");
    pair.say("ZRANGESTORE to k 0 1 WITHSCORES", "ZREVRANGE k 0 1 REV", "ZREVRANGE k 0 1 BYLEX");
  }

  @AgainstRedis
  void rangesByScore(Differential pair) {
    fill(pair);
    for (String key : List.of("k", "big", "none")) {
      for (String min : SCORE_BOUNDS) {
        for (String max : SCORE_BOUNDS) {
          pair.same("ZCOUNT", key, min, max);
          pair.same("ZRANGEBYSCORE", key, min, max);
          pair.same("ZREVRANGEBYSCORE", key, max, min);
          pair.same("ZRANGE", key, min, max, "BYSCORE", "WITHSCORES");
          pair.same("ZRANGE", key, max, min, "REV", "BYSCORE");
          pair.same("ZRANGESTORE", "to", key, min, max, "BYSCORE", "LIMIT", "1", "3");
          pair.say("ZRANGE to 0 -1 WITHSCORES", "ZRANGESTORE to big 0 30");
          pair.same("ZREMRANGEBYSCORE", "to", min, max);
          pair.say("ZRANGE to 0 -1 WITHSCORES");
        }
      }
      for (String limit : LIMITS) {
        pair.say("ZRANGEBYSCORE " + key + " (1 +inf LIMIT " + limit);
        pair.say("ZRANGEBYSCORE " + key + " 1 30 WITHSCORES LIMIT " + limit);
        pair.say("ZREVRANGEBYSCORE " + key + " inf 1 LIMIT " + limit + " WITHSCORES");
        pair.say("ZRANGE " + key + " 30 2 BYSCORE REV LIMIT " + limit);
      }
    }
  }

  @AgainstRedis
  void rangesByMember(Differential pair) {
    fill(pair);
    for (String key : List.of("eq", "bigeq", "none")) {
      for (String min : LEX_BOUNDS) {
        for (String max : LEX_BOUNDS) {
          pair.same("ZLEXCOUNT", key, min, max);
          pair.same("ZRANGEBYLEX", key, min, max);
          pair.same("ZREVRANGEBYLEX", key, max, min);
          pair.same("ZRANGE", key, min, max, "BYLEX", "WITHSCORES");
          pair.same("ZRANGE", key, max, min, "REV", "BYLEX");
          pair.same("ZRANGESTORE", "to", key, min, max, "BYLEX", "LIMIT", "1", "30");
          pair.say("ZRANGE to 0 -1 WITHSCORES", "ZRANGESTORE to bigeq 0 60");
          pair.same("ZREMRANGEBYLEX", "to", min, max);
          pair.say("ZRANGE to 0 -1 WITHSCORES");
        }
      }
      for (String limit : LIMITS) {
        pair.say("ZRANGEBYLEX " + key + " (a + LIMIT " + limit);
        pair.say("ZREVRANGEBYLEX " + key + " + - LIMIT " + limit);
        pair.say("ZRANGE " + key + " [c - BYLEX REV LIMIT " + limit);
      }
    }
  }
}
