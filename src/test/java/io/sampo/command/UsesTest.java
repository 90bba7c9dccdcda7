package io.sampo.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.RespClient;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Commands use keys as often as Redis's do: under LFU that decides which of them are evicted. */
class UsesTest {
  /**
   * Commands on {@code k}, by what has made it; there are a string x, a set y and a list q, too.
   */
  private static final Map<String, List<String>> COMMANDS =
      Map.of(
          "SET k v",
          List.of(
              "SET k w,SET k w EX 100,SET k w KEEPTTL,SET k w XX,SET k w NX,SET k w GET",
              "SET k w XX GET,SET k w NX GET,SETEX k 100 w,PSETEX k 10000 w,SETNX k w,GETSET k w",
              "MSET k w,MSETNX k w,APPEND k w,SETRANGE k 0 w,GETEX k,GET k,STRLEN k",
              "SETBIT k 1 1,BITFIELD k SET u8 0 1,BITOP NOT k k,COPY x k REPLACE,COPY k x",
              "RENAME x k,RENAMENX x k,RENAMENX k k,EXPIRE k 100,PERSIST k,TYPE k,LCS k k,SUBSTR k 0 1",
              "MGET k k,EXISTS k k,TOUCH k,TTL k,OBJECT ENCODING k,DUMP k,PFADD k a,COPY k new,COPY none k"),
          "SET k 12345",
          List.of("INCR k,INCRBY k 50000,INCRBYFLOAT k 1.5,DECR k,DECRBY k 1000"),
          "SADD k a b c",
          List.of(
              "SINTERSTORE k k,SUNIONSTORE k k k,SDIFFSTORE k k x,SUNION k k,SINTER k k,SDIFF k k",
              "SMOVE k y a,SMOVE k y b,SMOVE y k a,SMOVE k k a,SADD k d,SREM k a,SPOP k,SPOP k 2",
              "SRANDMEMBER k,SINTERCARD 2 k k,SORT k ALPHA STORE k,SISMEMBER k a,SMISMEMBER k a b"),
          "ZADD k 1 a 2 b",
          List.of(
              "ZUNIONSTORE k 1 k,ZINTERSTORE k 2 k k,ZRANGESTORE k k 0 -1,ZADD k 3 c,ZADD k XX 3 c",
              "ZINCRBY k 1 a,ZPOPMIN k,ZUNION 1 k,ZMPOP 1 k MIN,ZRANK k a,ZDIFFSTORE k 1 k",
              "GEOSEARCHSTORE k k FROMLONLAT 0 0 BYRADIUS 1 km,ZREM k a,ZREMRANGEBYRANK k 0 0"),
          "RPUSH k a b c",
          List.of(
              "LMOVE k k LEFT RIGHT,LMOVE k q LEFT RIGHT,RPOPLPUSH k k,LPUSH k a,LPOP k,LPOP k 2",
              "LMPOP 1 k LEFT,LSET k 0 x,LINSERT k BEFORE a b,SORT k ALPHA STORE k,SORT k ALPHA",
              "LPUSHX k a,LTRIM k 0 1,BLPOP k 1,LPOS k a,LREM k 0 a"),
          "HSET k f 1",
          List.of(
              "HINCRBY k f 1,HINCRBY k g 1,HINCRBYFLOAT k f 1,HSET k f 2,HSETNX k f 1,HDEL k g",
              "HGET k f,HGETALL k,HRANDFIELD k,HMGET k f g,HEXISTS k f"),
          "XADD k 1-1 f v",
          List.of(
              "XADD k 2-1 f v,XLEN k,XRANGE k - +,XDEL k 1-1,XTRIM k MAXLEN 5,XSETID k 9-9",
              "XREAD STREAMS k 0,XGROUP CREATE k g 0,XREADGROUP GROUP g c STREAMS k >,XINFO STREAM k"));

  @AgainstRedis(
      value = {@On, @On(shards = 3, loops = 2)},
      protocols = 2)
  void everyCommandCountsAsOften(Differential pair) {
    pair.config("maxmemory-policy", "allkeys-lfu");
    pair.config("lfu-log-factor", "0");
    pair.config("lfu-decay-time", "0");
    Map<String, List<String>> ours = new TreeMap<>();
    Map<String, List<String>> theirs = new TreeMap<>();
    COMMANDS.forEach(
        (made, lines) -> {
          for (String command : String.join(",", lines).split(",")) {
            pair.say("FLUSHALL", "SET x v", "SADD y a", "RPUSH q a", made);
            ours.put(command, uses(pair.sampo(), command));
            theirs.put(command, uses(pair.redis(), command));
          }
        });
    assertEquals(lines(theirs), lines(ours));
  }

  /** How often each key has been used after a command. */
  private static List<String> uses(RespClient client, String command) {
    client.call(command.split(" "));
    return Stream.of("k", "x", "y", "q")
        .map(key -> client.call("OBJECT", "FREQ", key).text())
        .toList();
  }

  private static String lines(Map<String, List<String>> uses) {
    return uses.entrySet().stream().map(Object::toString).collect(Collectors.joining("\n"));
  }
}
