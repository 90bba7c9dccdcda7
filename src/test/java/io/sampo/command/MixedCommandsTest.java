package io.sampo.command;

import static java.util.Map.entry;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.CommandGrammar;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Question;
import io.sampo.testkit.Seed;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Random commands of all families over the same keys, of which some have changed their type, some
 * commands broken: every reply is Redis's, and so is the data in the end.
 */
class MixedCommandsTest {
  private static final int COMMANDS = Integer.getInteger("test.commands", 120_000);
  private static final int BATCH = 250;

  /** Up to where collections are kept compact here: so that many are, and many are not. */
  private static final List<String> LIMITS =
      List.of(
          "hash-max-listpack-entries 6",
          "hash-max-listpack-value 20",
          "zset-max-listpack-entries 6",
          "zset-max-listpack-value 20",
          "set-max-intset-entries 8",
          "list-max-listpack-size 5",
          "list-compress-depth 1",
          "stream-node-max-entries 4",
          "hll-sparse-max-bytes 200");

  /**
   * A template each, by {@link CommandGrammar}. What stands before it says what can be compared:
   * {@code ~} the elements in any order, {@code ?} the shape, {@code %} decimals but for the last,
   * {@code =} encodings, for which Redis 7.0 has other names; {@code !} is not to be broken, for
   * then nothing might be comparable.
   */
  private static final List<String> STRINGS =
      List.of(
          "SET {s} {v} [ NX|XX ] [ GET ] [ KEEPTTL ]",
          "!SET {s} {v} [ GET ] EXAT {future}",
          "!SET {s} {v} [ KEEPTTL ] [ XX ]",
          "!SET {s} {v} PXAT {future}000",
          "GET {s}",
          "GETSET {s} {v}",
          "GETDEL {s}",
          "!GETEX {s} [ PERSIST ]",
          "!GETEX {s} EXAT {future}",
          "!GETEX {s} PXAT {future}000",
          "SETNX {s} {v}",
          "APPEND {s} {v}",
          "STRLEN {s}",
          "GETRANGE|SUBSTR {s} {i} {i}",
          "SETRANGE {s} {offset} {v}",
          "MGET ( {k} )",
          "MSET ( {s} {v} )",
          "MSETNX ( {s} {v} )",
          "INCR|DECR {s}",
          "INCRBY|DECRBY {s} {n}",
          "INCRBYFLOAT {s} {score}",
          "LCS {s} {s} [ LEN ]",
          "LCS {s} {s} IDX [ MINMATCHLEN {c} ] [ WITHMATCHLEN ]",
          "SETBIT {s} {offset} 0|1",
          "GETBIT {s} {offset}",
          "BITCOUNT {s}",
          "BITCOUNT {s} {i} {i} [ BYTE|BIT ]",
          "BITPOS {s} 0|1 [ {i} ]",
          "BITPOS {s} 0|1 {i} {i} [ BYTE|BIT ]",
          "BITOP AND|OR|XOR {s} ( {s} )",
          "BITOP NOT {s} {s}",
          "BITFIELD {s} ( [ OVERFLOW WRAP|SAT|FAIL ] INCRBY {bits} {at} {n} ) [ GET {bits} {at} ]",
          "BITFIELD {s} ( SET {bits} {at} {n} )",
          "BITFIELD|BITFIELD_RO {s} ( GET {bits} {at} )");

  private static final List<String> LISTS =
      List.of(
          "RPUSH|LPUSH {l} ( {v} )",
          "RPUSH|LPUSH {l} ( {n} )",
          "RPUSHX|LPUSHX {l} ( {v} )",
          "LPOP|RPOP {l}",
          "LPOP|RPOP {l} {c}",
          "LLEN {l}",
          "LINDEX {l} {i}",
          "LRANGE {l} {i} {i}",
          "LRANGE {l} 0 -1",
          "LINSERT {l} BEFORE|AFTER {v} {v}",
          "LSET {l} {i} {v}",
          "LREM {l} {i} {v}",
          "LTRIM {l} {i} {i}",
          "LPOS {l} {v} [ RANK {i} ] [ COUNT {c} ] [ MAXLEN {c} ]",
          "LMOVE {l} {l} LEFT|RIGHT LEFT|RIGHT",
          "RPOPLPUSH {l} {l}",
          "LMPOP 2 {l} {l} LEFT|RIGHT [ COUNT {c} ]");

  private static final List<String> SETS =
      List.of(
          "SADD {e} ( {n} )",
          "SADD {e} ( {v} )",
          "SREM {e} ( {n} )",
          "SREM {e} ( {v} )",
          "SCARD {e}",
          "SISMEMBER {e} {v}",
          "SMISMEMBER {e} ( {v} )",
          "~SMEMBERS {e}",
          "SMOVE {e} {e} {v}",
          "~SINTER|SUNION|SDIFF ( {e} )",
          "SINTERSTORE|SUNIONSTORE|SDIFFSTORE {e} ( {e} )",
          "SINTERCARD 2 {e} {e} [ LIMIT {c} ]",
          "!~SPOP {e} 10000",
          "!~SRANDMEMBER {e} 10000",
          "!?SRANDMEMBER {e}",
          "!~SSCAN {e} 0 COUNT 10000 [ MATCH *1* ]");

  /** Of keys of their own, for SORT turns small sorted sets into big ones in Redis. */
  private static final List<String> SORTS =
      List.of(
          "!RPUSH list ( {n} )",
          "!RPUSH list {v} {score}",
          "!SADD set ( {n} )",
          "!SADD set {v} {score}",
          "DEL list set",
          "!SORT list|set [ BY h{i}*|w{i}* ] [ LIMIT {i} {i} ] [ ASC|DESC ] [ STORE {l} ]",
          "!SORT list BY nosort [ LIMIT {i} {i} ] [ GET w* ] [ GET h*->f1 ] [ ASC|DESC ]",
          "SORT list [ LIMIT {i} {i} ] [ GET w* ] [ GET h*->f1 ] [ ASC|DESC ]",
          "SORT list|set ALPHA [ LIMIT {i} {i} ] [ ASC|DESC ]",
          "~SORT set BY nosort GET # [ GET w* ]",
          "SORT_RO list|set [ ASC|DESC ] [ GET {k}* ]");

  private static final List<String> HASHES =
      List.of(
          "HSET|HMSET {h} ( {f} {v} )",
          "HSETNX {h} {f} {v}",
          "HGET|HEXISTS|HSTRLEN {h} {f}",
          "HMGET {h} ( {f} )",
          "HDEL {h} ( {f} )",
          "HLEN {h}",
          "~HGETALL|HKEYS|HVALS {h}",
          "HINCRBY {h} {f} {n}",
          "HINCRBYFLOAT {h} {f} {score}",
          "!~HRANDFIELD {h} 10000 [ WITHVALUES ]",
          "!?HRANDFIELD {h}",
          "!~HSCAN {h} 0 COUNT 10000 [ MATCH *1* ]");

  private static final List<String> ZSETS =
      List.of(
          "ZADD {z} ( {score} {v} )",
          "ZADD {z} ( {n} {v} )",
          "ZADD {z} [ NX|XX ] [ GT|LT ] [ CH ] ( {score} {v} )",
          "ZADD {z} [ NX|XX ] [ GT|LT ] [ CH ] INCR {score} {v}",
          "ZINCRBY {z} {score} {v}",
          "ZREM {z} ( {v} )",
          "ZCARD {z}",
          "ZSCORE {z} {v}",
          "!ZRANK|ZREVRANK {z} {v}",
          "ZMSCORE {z} ( {v} )",
          "ZCOUNT {z} {bound} {bound}",
          "!ZADD {y} 0 {v}",
          "!ZREM {y} {v}",
          "ZLEXCOUNT {y} {lex} {lex}",
          "ZRANGE {z} {i} {i} [ REV ] [ WITHSCORES ]",
          "ZRANGE {z} {bound} {bound} BYSCORE [ REV ] [ LIMIT {i} {i} ] [ WITHSCORES ]",
          "ZRANGE {y} {lex} {lex} BYLEX [ REV ] [ LIMIT {i} {i} ]",
          "ZREVRANGE {z} {i} {i} [ WITHSCORES ]",
          "ZRANGEBYSCORE|ZREVRANGEBYSCORE {z} {bound} {bound} [ WITHSCORES ] [ LIMIT {i} {i} ]",
          "ZRANGEBYLEX|ZREVRANGEBYLEX {y} {lex} {lex} [ LIMIT {i} {i} ]",
          "ZRANGESTORE {z} {z} {bound} {bound} BYSCORE [ REV ] [ LIMIT {i} {i} ]",
          "ZRANGESTORE {z} {z} {i} {i}",
          "ZREMRANGEBYRANK {z} {i} {i}",
          "ZREMRANGEBYSCORE {z} {bound} {bound}",
          "ZREMRANGEBYLEX {y} {lex} {lex}",
          "ZPOPMIN|ZPOPMAX {z} [ {c} ]",
          "ZMPOP 2 {z} {z} MIN|MAX [ COUNT {c} ]",
          "ZUNION|ZINTER 2 {z} {z} [ WEIGHTS {c} {c} ] [ AGGREGATE SUM|MIN|MAX ] WITHSCORES",
          "ZUNIONSTORE|ZINTERSTORE {z} 2 {z} {e} [ WEIGHTS {c} {c} ] [ AGGREGATE MIN|MAX ]",
          "ZDIFF 2 {z} {z} [ WITHSCORES ]",
          "ZDIFFSTORE {z} 2 {z} {z}",
          "ZINTERCARD 2 {z} {z} [ LIMIT {c} ]",
          "!~ZRANDMEMBER {z} 10000 [ WITHSCORES ]",
          "!~ZSCAN {z} 0 COUNT 10000 [ MATCH *1* ]");

  /** Those that look around have keys of their own, for odd scores are at odd places. */
  private static final List<String> GEO =
      List.of(
          "GEOADD {z} [ NX|XX ] [ CH ] ( {degree} {degree} {v} )",
          "!GEOADD {g} [ NX|XX ] [ CH ] ( {degree} {degree} {v} )",
          "!GEOADD {g} ( {degree} {degree} {v} )",
          "ZREM {g} ( {v} )",
          "%GEOPOS {z} ( {v} )",
          "GEOHASH {z} ( {v} )",
          "%GEODIST {z} {v} {v} [ km|mi|ft|m ]",
          "~%GEOSEARCH {g} FROMLONLAT {degree} {degree} BYRADIUS {n} km WITHDIST",
          "~%GEOSEARCH {g} FROMMEMBER {v} BYBOX {n}000 {n}000 km WITHCOORD WITHHASH",
          "GEOSEARCHSTORE {z} {g} FROMLONLAT {degree} {degree} BYBOX 9000 {n}000 km",
          "~%GEORADIUS {g} {degree} {degree} {n}000 km WITHDIST",
          "~%GEORADIUSBYMEMBER {g} {v} {n}000 km WITHCOORD");

  /** Of keys of their own, for Redis is slow to find out that one was spoilt. */
  private static final List<String> HYPER_LOG_LOGS =
      List.of(
          "PFADD {p} ( {v} )", "PFADD {p}", "PFCOUNT ( {p} )", "PFMERGE {p} ( {p} )", "GET {p}");

  private static final List<String> STREAMS =
      List.of(
          "XADD {x} {new} ( {f} {v} )",
          "XADD {x} {new} f {v} g {v}",
          "XADD {x} [ NOMKSTREAM ] MAXLEN|MINID [ ~|= ] {old} {new} ( {f} {v} )",
          "XLEN {x}",
          "XRANGE {x} {id} {id} [ COUNT {i} ]",
          "XREVRANGE {x} {id} {id} [ COUNT {i} ]",
          "XRANGE {x} - +",
          "XDEL {x} ( {old} )",
          "XTRIM {x} MAXLEN [ ~|= ] {c}",
          "XTRIM {x} MAXLEN|MINID ~ {old} [ LIMIT {c} ]",
          "XREAD [ COUNT {c} ] STREAMS {x} {x} {old} {old}",
          "XSETID {x} {old} [ ENTRIESADDED {n} MAXDELETEDID {old} ]",
          "XGROUP CREATE {x} {group} {old}|$ [ MKSTREAM ] [ ENTRIESREAD {c} ]",
          "XGROUP SETID {x} {group} {old}|$ [ ENTRIESREAD {c} ]",
          "XGROUP DESTROY {x} {group}",
          "XGROUP CREATECONSUMER|DELCONSUMER {x} {group} {consumer}",
          "XREADGROUP GROUP {group} {consumer} [ COUNT {c} ] [ NOACK ] STREAMS {x} >|{old}",
          "XACK {x} {group} ( {old} )",
          "!XCLAIM {x} {group} {consumer} 0 ( {old} ) [ FORCE ] [ JUSTID ]",
          "!XCLAIM {x} {group} {consumer} 0 {old} RETRYCOUNT {c} [ LASTID {old} ]",
          "!XAUTOCLAIM {x} {group} {consumer} 0 {old} [ COUNT {c} ] [ JUSTID ]",
          "XPENDING {x} {group}",
          "?XPENDING {x} {group} - + 10 [ {consumer} ]",
          "XINFO GROUPS {x}");

  private static final List<String> KEYS =
      List.of(
          "DEL|UNLINK {k}",
          "DEL|UNLINK ( {k} )",
          "EXISTS|TOUCH ( {k} )",
          "TYPE {k}",
          "RENAME|RENAMENX {k} {k}",
          "COPY {k} {k} [ DB {db} ] [ REPLACE ]",
          "MOVE {k} {db}",
          "EXPIREAT|PEXPIREAT {k} {when} [ NX|XX|GT|LT ]",
          "EXPIRETIME|PEXPIRETIME|PERSIST {k}",
          "?TTL|PTTL {k}",
          "=OBJECT ENCODING {k}",
          "OBJECT FREQ {k}",
          "?OBJECT IDLETIME|REFCOUNT {k}",
          "~KEYS *|?1|[a-l]*|*{k}",
          "!?RANDOMKEY",
          "DBSIZE",
          "SELECT {db}",
          "WATCH {k}",
          "UNWATCH",
          "ECHO {v}",
          "PUBLISH {k} {v}",
          "NOSUCH {k} {v}");

  private static final List<String> SELDOM =
      List.of("SWAPDB {db} {db}", "FLUSHDB [ ASYNC|SYNC ]", "FLUSHALL", "EXEC", "DISCARD");

  /** What waits, but for a transaction. */
  private static final List<String> BLOCKING =
      List.of(
          "BLPOP|BRPOP ( {l} ) 0",
          "BLMOVE {l} {l} LEFT|RIGHT LEFT|RIGHT 0",
          "BRPOPLPUSH {l} {l} 0",
          "BLMPOP 0 2 {l} {l} LEFT|RIGHT [ COUNT {c} ]",
          "BZPOPMIN|BZPOPMAX ( {z} ) 0",
          "BZMPOP 0 2 {z} {z} MIN|MAX [ COUNT {c} ]",
          "XREAD BLOCK 0 STREAMS {x} {old}|$",
          "XREADGROUP GROUP {group} {consumer} BLOCK 0 STREAMS {x} >");

  private static final List<List<String>> FAMILIES =
      List.of(
          STRINGS, LISTS, SETS, SORTS, HASHES, ZSETS, GEO, HYPER_LOG_LOGS, STREAMS, STREAMS, KEYS);

  /** What commands are broken with. */
  private static final List<String> DEBRIS =
      List.of(
          "",
          "x",
          "-1",
          "0",
          "1.5",
          "NX",
          "XX",
          "GT",
          "CH",
          "LIMIT",
          "COUNT",
          "WITHSCORES",
          "GET",
          "(5",
          "[b",
          "9223372036854775807",
          "-9223372036854775809",
          "nan",
          "1e300",
          "MAXLEN");

  private final CommandGrammar grammar =
      new CommandGrammar(
          Map.ofEntries(
              entry("s", keys('s')),
              entry("l", keys('l')),
              entry("e", keys('e')),
              entry("h", keys('h')),
              entry("z", keys('z')),
              entry("p", random -> "p" + random.nextInt(4)),
              entry("x", keys('x')),
              entry("g", random -> "g" + random.nextInt(2)),
              entry("y", random -> "y" + random.nextInt(3)),
              entry("k", MixedCommandsTest::anyKey),
              entry("v", MixedCommandsTest::value),
              entry("f", random -> "f" + random.nextInt(12)),
              entry("n", MixedCommandsTest::integer),
              entry("i", random -> "" + (random.nextInt(24) - 12)),
              entry("c", random -> "" + random.nextInt(6)),
              entry("db", random -> "" + random.nextInt(3)),
              entry("offset", random -> "" + random.nextInt(random.nextInt(20) == 0 ? 900 : 60)),
              entry("score", MixedCommandsTest::score),
              entry("bound", random -> (random.nextInt(3) == 0 ? "(" : "") + score(random)),
              entry("lex", MixedCommandsTest::lexical),
              entry("bits", random -> "iu".charAt(random.nextInt(2)) + "" + random.nextInt(66)),
              entry("at", random -> (random.nextBoolean() ? "#" : "") + random.nextInt(40)),
              entry("degree", random -> "" + (random.nextInt(1000) - 500) / 7.0),
              entry("future", random -> "" + (99_999_999_000L + random.nextInt(3))),
              entry(
                  "when",
                  random -> random.nextInt(6) == 0 ? "1" : "9999999900" + random.nextInt(9)),
              entry("new", this::newId),
              entry("old", this::oldId),
              entry("id", this::idBound),
              entry("group", random -> "g" + random.nextInt(3)),
              entry("consumer", random -> "c" + random.nextInt(3))));

  /** The last time that a new ID of a stream was given. */
  private int lastTime = 1;

  @AgainstRedis(@On(shards = 3, loops = 2))
  void randomCommandsAgreeAndSoDoesTheData(Differential pair) {
    for (String limit : LIMITS) {
      String[] words = limit.split(" ");
      pair.config(words[0], words[1]);
    }
    Random random = Seed.random("random commands", 20_261_123);
    for (int n = 0; n < COMMANDS; ) {
      List<Question> batch = new ArrayList<>();
      while (batch.size() < BATCH) {
        if (random.nextInt(40) == 0) {
          batch.addAll(transaction(random));
        } else {
          batch.add(question(template(random), random));
        }
      }
      pair.sameAnswers(batch);
      n += batch.size();
    }
    pair.same("DEBUG", "DIGEST");
  }

  private static String template(Random random) {
    List<String> family =
        random.nextInt(1000) == 0 ? SELDOM : FAMILIES.get(random.nextInt(FAMILIES.size()));
    return family.get(random.nextInt(family.size()));
  }

  /** MULTI, commands of which all is comparable, some of which would wait elsewhere, and EXEC. */
  private List<Question> transaction(Random random) {
    List<Question> said = new ArrayList<>();
    said.add(new Question(List.of("MULTI")));
    for (int n = random.nextInt(6); n > 0; n--) {
      String template =
          random.nextInt(3) == 0 ? BLOCKING.get(random.nextInt(BLOCKING.size())) : template(random);
      if (Character.isLetter(template.charAt(0)) && !SELDOM.contains(template)) {
        said.add(question(template, random));
      }
    }
    said.add(new Question(List.of(random.nextInt(9) == 0 ? "DISCARD" : "EXEC")));
    return said;
  }

  private Question question(String template, Random random) {
    int marks = 0;
    boolean breakable = true;
    UnaryOperator<WireReply> aspect = UnaryOperator.identity();
    for (; !Character.isLetter(template.charAt(marks)); marks++) {
      UnaryOperator<WireReply> before = aspect;
      switch (template.charAt(marks)) {
        case '~' -> aspect = reply -> before.apply(reply).sorted();
        case '?' -> aspect = reply -> before.apply(reply).shape();
        case '%' -> aspect = reply -> before.apply(reply).rounded();
        case '=' -> aspect = reply -> before.apply(encoding(reply));
        default -> breakable = false;
      }
    }
    List<String> command = grammar.command(template.substring(marks), random);
    if (breakable && random.nextInt(25) == 0) {
      damage(command, random);
    }
    return new Question(command, aspect);
  }

  private static void damage(List<String> command, Random random) {
    String debris = DEBRIS.get(random.nextInt(DEBRIS.size()));
    int at = random.nextInt(command.size());
    switch (at == 0 ? 0 : random.nextInt(3)) {
      case 0 -> command.add(at + 1, debris);
      case 1 -> command.remove(at);
      default -> command.set(at, debris);
    }
  }

  /** Redis 7.0 has no listpacks for sets and lists. */
  private static WireReply encoding(WireReply reply) {
    boolean vague = List.of("quicklist", "hashtable").contains(reply.text());
    return vague ? new WireReply(reply.type(), "listpack", List.of()) : reply;
  }

  // ---- words ----

  /** Mostly keys of one family, now and then one of another. */
  private static Function<Random, String> keys(char family) {
    return random -> random.nextInt(12) == 0 ? anyKey(random) : "" + family + random.nextInt(4);
  }

  private static String anyKey(Random random) {
    return "" + "slehzxw".charAt(random.nextInt(7)) + random.nextInt(4);
  }

  private static String value(Random random) {
    return switch (random.nextInt(20)) {
      case 0 -> "";
      case 1 -> "x".repeat(random.nextInt(100));
      case 2 -> "\u0001\u00ff\r\n" + random.nextInt(3);
      case 3 -> score(random);
      case 4, 5, 6, 7, 8 -> integer(random);
      default -> "m" + random.nextInt(15);
    };
  }

  private static String integer(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> "" + (random.nextLong() >> random.nextInt(64));
      case 1 -> "" + -random.nextInt(20);
      default -> "" + random.nextInt(20);
    };
  }

  /** Minus zero is none: small sorted sets forget its sign, and Redis's are small less often. */
  private static String score(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> random.nextBoolean() ? "inf" : "-inf";
      case 1 -> "" + random.nextGaussian();
      case 2 -> random.nextInt(9) + "e" + (random.nextInt(40) - 20);
      case 4, 5 -> "" + random.nextInt(40) / 4.0;
      default -> "" + (random.nextInt(20) - 5);
    };
  }

  private static String lexical(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> "-";
      case 1 -> "+";
      default -> (random.nextBoolean() ? "[" : "(") + value(random);
    };
  }

  private String newId(Random random) {
    int time = lastTime++;
    return switch (random.nextInt(4)) {
      case 0 -> "" + time;
      case 1 -> time + "-*";
      default -> time + "-" + random.nextInt(3);
    };
  }

  private String oldId(Random random) {
    int time = Math.max(0, lastTime - random.nextInt(random.nextInt(10) == 0 ? 10_000 : 60));
    return switch (random.nextInt(5)) {
      case 0 -> "" + time;
      case 1 -> "0";
      default -> time + "-" + random.nextInt(3);
    };
  }

  private String idBound(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> "-";
      case 1 -> "+";
      case 2 -> "(" + oldId(random);
      default -> oldId(random);
    };
  }
}
