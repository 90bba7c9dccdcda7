package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sampo.testkit.Followers;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code rdb_changes_since_last_save} counts what Redis counts: each element that has changed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChangesTest {
  private static final int REQUESTS = 3000;

  /** In place of a word in capitals and ending in a digit comes one of a few of its kind. */
  private static final List<String> REQUESTS_OF_ALL_KINDS =
      List.of(
          "SET S1 V1",
          "SET S1 V1 NX",
          "SET S1 V1 XX GET",
          "SETEX S1 100 V1",
          "GETDEL S1",
          "GETEX S1 PERSIST",
          "GETEX S1 EX 100",
          "MSET S1 V1 S2 V2 S3 V3",
          "MSETNX S1 V1 S2 V2",
          "APPEND S1 V1",
          "SETRANGE S1 1 V1",
          "INCR N1",
          "INCRBYFLOAT N1 1.5",
          "SETBIT B1 7 1",
          "SETBIT B1 3 0",
          "BITFIELD B1 SET u8 0 1 SET u8 8 2 INCRBY u8 0 1",
          "BITFIELD B1 SET u8 0 1 GET u8 0",
          "BITOP OR B1 B2 B3",
          "PFADD P1 V1 V2 V3",
          "PFMERGE P1 P2 P3",
          "RPUSH L1 V1 V2 V3",
          "LPUSHX L1 V1 V2",
          "LPOP L1 2",
          "RPOP L1",
          "LINSERT L1 BEFORE V1 V2",
          "LSET L1 0 V1",
          "LREM L1 2 V1",
          "LTRIM L1 1 -2",
          "LMOVE L1 L2 LEFT RIGHT",
          "RPOPLPUSH L1 L1",
          "LMPOP 2 L1 L2 LEFT COUNT 2",
          "SADD T1 V1 V2 V3",
          "SREM T1 V1 V2",
          "SMOVE T1 T2 V1",
          "SPOP T1 9",
          "SINTERSTORE T1 T2 T3",
          "SUNIONSTORE T1 T2 T3",
          "HSET H1 V1 a V2 b V3 c",
          "HMSET H1 V1 a V2 b",
          "HSETNX H1 V1 a",
          "HDEL H1 V1 V2",
          "ZADD Z1 1 V1 2 V2",
          "ZADD Z1 CH GT 3 V1",
          "ZINCRBY Z1 1 V1",
          "ZREM Z1 V1 V2",
          "ZREMRANGEBYRANK Z1 0 1",
          "ZREMRANGEBYSCORE Z1 1 2",
          "ZPOPMIN Z1 2",
          "ZMPOP 2 Z1 Z2 MAX COUNT 2",
          "ZUNIONSTORE Z1 2 Z2 Z3",
          "ZINTERSTORE Z1 2 Z2 Z3",
          "ZRANGESTORE Z1 Z2 0 1",
          "GEOADD G1 13.361389 38.115556 V1 15.087269 37.502669 V2",
          "GEOSEARCHSTORE G1 G2 FROMLONLAT 14 38 BYRADIUS 200 km",
          "XADD X1 * a 1",
          "XADD X1 MAXLEN = 2 * a 1",
          "XTRIM X1 MAXLEN = 1",
          "XGROUP CREATE X1 g 0 MKSTREAM",
          "XGROUP CREATECONSUMER X1 g V1",
          "XREADGROUP GROUP g V1 STREAMS X1 >",
          "XREADGROUP GROUP g V1 STREAMS X1 0",
          "XAUTOCLAIM X1 g V1 0 0",
          "XGROUP DELCONSUMER X1 g V1",
          "XGROUP DESTROY X1 g",
          "DEL S1 S2 L1 H1",
          "UNLINK Z1 X1 T1",
          "EXPIRE S1 100",
          "PERSIST S1",
          "RENAME S1 S2",
          "RENAMENX L1 L2",
          "COPY T1 T2",
          "MOVE H1 1",
          "SORT L1 ALPHA STORE L2",
          "SWAPDB 0 1",
          "FLUSHDB");

  private static String[] request(Random random) {
    String form = REQUESTS_OF_ALL_KINDS.get(random.nextInt(REQUESTS_OF_ALL_KINDS.size()));
    // What empties everything comes seldom.
    if (form.startsWith("FLUSH") && random.nextInt(5) > 0) {
      form = "SET S1 V1";
    }
    List<String> words = new ArrayList<>();
    for (String word : form.split(" ")) {
      boolean placeholder = word.matches("[A-Z][0-9]");
      words.add(placeholder ? word.charAt(0) + "" + random.nextInt(4) : word);
    }
    return words.toArray(new String[0]);
  }

  private static long changes(RespClient client) {
    return Long.parseLong(Followers.info(client, "persistence").get("rdb_changes_since_last_save"));
  }

  @Test
  void countsWhatRedisCounts() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    Random random = Seed.random("random requests");
    try (RedisProcess redis = RedisProcess.start();
        TestNode node = TestNode.start(new Layout(3, 1, "core"));
        RespClient theirs = RespClient.connect(redis.port());
        RespClient ours = RespClient.connect(node.port())) {
      Set<String> differences = new TreeSet<>();
      for (int i = 0; i < REQUESTS; i++) {
        String[] request = request(random);
        long before = changes(theirs);
        long ourBefore = changes(ours);
        theirs.call(request);
        ours.call(request);
        long wanted = changes(theirs) - before;
        long counted = changes(ours) - ourBefore;
        if (wanted != counted) {
          differences.add(String.join(" ", request) + ": " + wanted + ", not " + counted);
        }
      }
      assertEquals(Set.of(), differences);
    }
  }
}
