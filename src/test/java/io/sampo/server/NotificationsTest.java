package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What is told of changes to keys is what Redis tells, in the same order. */
class NotificationsTest {
  /** {@code -Dtest.rounds=10000} for a longer run. */
  private static final int ROUNDS = Integer.getInteger("test.rounds", 1_000);

  private static final String DIRECTIVE = "notify-keyspace-events";
  private static final String EVERYTHING = "__key*__:*";

  /** A channel that {@link #EVERYTHING} matches. */
  private static final String MARK = "__keymark__:";

  /** Commands with {@code K} for a key, {@code N} for a number, {@code V} for a value. */
  private static final List<String> COMMANDS =
      List.of(
          "SET K V",
          "SET K N",
          "SET K V NX",
          "SET K V XX GET",
          "SET K V EX 100",
          "SET K V KEEPTTL",
          "SETNX K V",
          "SETEX K 100 V",
          "PSETEX K 100000 V",
          "GETSET K V",
          "GETDEL K",
          "GETEX K",
          "GETEX K PERSIST",
          "GETEX K EX 100",
          "GETEX K PXAT 1",
          "GET K",
          "MGET K K K",
          "APPEND K V",
          "SETRANGE K 3 V",
          "SETRANGE K 0 ",
          "GETRANGE K 0 1",
          "STRLEN K",
          "INCR K",
          "DECRBY K N",
          "INCRBYFLOAT K 1.5",
          "MSET K V K V K V",
          "MSETNX K V K V",
          "SETBIT K 3 1",
          "GETBIT K 3",
          "BITOP AND K K K",
          "BITOP NOT K K",
          "BITFIELD K SET u8 0 N",
          "BITFIELD K GET u8 0",
          "BITCOUNT K",
          "LCS K K",
          "DEL K",
          "DEL K K K",
          "UNLINK K K",
          "EXISTS K K",
          "TYPE K",
          "TTL K",
          "PTTL K",
          "EXPIRE K 100",
          "EXPIRE K -1",
          "PEXPIRE K 100000 NX",
          "EXPIREAT K 1",
          "PEXPIREAT K 4000000000000",
          "EXPIRE K 50 LT",
          "PERSIST K",
          "EXPIRETIME K",
          "RENAME K K",
          "RENAMENX K K",
          "COPY K K",
          "COPY K K REPLACE",
          "COPY K K DB 1",
          "COPY K K DB 1 REPLACE",
          "MOVE K 1",
          "TOUCH K K",
          "OBJECT ENCODING K",
          "OBJECT REFCOUNT K",
          "SORT K",
          "SORT K STORE K",
          "DUMP K",
          "SWAPDB 0 1",
          "SELECT 0",
          "SELECT 1",
          "FLUSHDB",
          "RANDOMKEY",
          "LPUSH K V",
          "RPUSH K V V",
          "LPUSHX K V",
          "LPOP K",
          "RPOP K 2",
          "LREM K 0 V",
          "LSET K 0 V",
          "LTRIM K 1 -1",
          "LTRIM K 5 1",
          "LINSERT K BEFORE V V",
          "RPOPLPUSH K K",
          "LMOVE K K LEFT RIGHT",
          "LMPOP 2 K K LEFT COUNT 2",
          "BLPOP K K 0.001",
          "LRANGE K 0 -1",
          "SADD K V V",
          "SADD K N",
          "SREM K V V",
          "SPOP K 100",
          "SMOVE K K V",
          "SINTERSTORE K K K",
          "SUNIONSTORE K K K",
          "SDIFFSTORE K K K",
          "SMEMBERS K",
          "HSET K V V",
          "HSETNX K V V",
          "HDEL K V V",
          "HINCRBY K V N",
          "HINCRBYFLOAT K V 1.5",
          "HGETALL K",
          "HMSET K V V",
          "ZADD K N V",
          "ZADD K NX N V",
          "ZADD K INCR N V",
          "ZINCRBY K N V",
          "ZREM K V V",
          "ZPOPMIN K",
          "ZPOPMAX K 3",
          "ZREMRANGEBYRANK K 0 1",
          "ZREMRANGEBYSCORE K 0 3",
          "ZREMRANGEBYLEX K [a [b",
          "ZUNIONSTORE K 2 K K",
          "ZINTERSTORE K 2 K K",
          "ZDIFFSTORE K 2 K K",
          "ZRANGESTORE K K 0 1",
          "ZMPOP 2 K K MIN",
          "ZRANGE K 0 -1",
          "GEOADD K 13.3 38.1 V",
          "GEOSEARCHSTORE K K FROMMEMBER V BYRADIUS 9 km",
          "PFADD K V",
          "PFMERGE K K K",
          "PFCOUNT K",
          "XADD K N-N V V",
          "XADD K MAXLEN 1 * V V",
          "XDEL K N-N",
          "XTRIM K MAXLEN 1",
          "XSETID K 9-9",
          "XGROUP CREATE K g $ MKSTREAM",
          "XGROUP DESTROY K g",
          "XGROUP SETID K g 0",
          "XGROUP CREATECONSUMER K g c",
          "XGROUP DELCONSUMER K g c",
          "XREADGROUP GROUP g c COUNT 1 STREAMS K >",
          "XREADGROUP GROUP g c NOACK STREAMS K >",
          "XADD K NOMKSTREAM MINID 5 * V V",
          "XADD K MAXLEN 0 * V V",
          "XTRIM K MINID N",
          "XACK K g N-N",
          "XCLAIM K g d 0 N-N FORCE",
          "XAUTOCLAIM K g d 0 0",
          "XAUTOCLAIM K g d 0 0 NONSENSE",
          "XREAD STREAMS K K 0 $",
          "XSETID K 99999999999999-0 ENTRIESADDED 100 MAXDELETEDID 0-0",
          "RPUSHX K V",
          "LPOP K 0",
          "LPOP K 100",
          "LINSERT K AFTER a V",
          "BRPOP K K 0.001",
          "BLMOVE K K LEFT RIGHT 0.001",
          "BRPOPLPUSH K K 0.001",
          "BLMPOP 0.001 2 K K LEFT COUNT 2",
          "BZPOPMIN K K 0.001",
          "BZPOPMAX K 0.001",
          "BZMPOP 0.001 2 K K MAX COUNT 2",
          "SPOP K",
          "SPOP K 0",
          "SMOVE K K a",
          "HDEL K a b c",
          "ZADD K GT CH N V N V",
          "ZINTERSTORE K 1 K WEIGHTS 2",
          "GEOADD K NX CH 13.3 38.1 V",
          "GEORADIUS K 13 38 100 km STORE K",
          "GEORADIUSBYMEMBER K V 100 km STOREDIST K",
          "SORT K BY nosort STORE K",
          "BITOP XOR K K K",
          "BITFIELD K INCRBY u2 0 1 OVERFLOW FAIL INCRBY u2 0 3",
          "SETRANGE K 0 V",
          "GETEX K EXAT 1",
          "PEXPIREAT K 4000000000000 GT",
          "FLUSHALL",
          "RESTORE K 0 x");

  private static String[] fill(Random random, String template) {
    String[] words = template.split(" ", -1);
    for (int i = 0; i < words.length; i++) {
      words[i] =
          switch (words[i]) {
            case "K" -> "k" + random.nextInt(5);
            case "V" -> List.of("a", "b", "c").get(random.nextInt(3));
            case "N" -> "" + random.nextInt(9);
            case "N-N" -> random.nextInt(9) + "-" + random.nextInt(9);
            default -> words[i];
          };
    }
    return words;
  }

  private static boolean isKnown(Differential pair, String template) {
    String name = template.substring(0, template.indexOf(' ') + 1).strip();
    String command = name.isEmpty() ? template : name;
    return !pair.sampo().call("COMMAND", "INFO", command).elements().get(0).isNull();
  }

  private static void notifyOf(Differential pair, Differential listener, String classes) {
    pair.config(DIRECTIVE, classes);
    listener.same("PSUBSCRIBE", EVERYTHING);
  }

  /** All that has been told, up to a mark set now. */
  private static List<String> told(RespClient by, RespClient to) {
    by.expect(':', "PUBLISH", MARK, "");
    List<String> told = new ArrayList<>();
    WireReply next = to.read();
    while (!next.texts().get(2).equals(MARK)) {
      told.add(next.texts().get(2) + " " + next.texts().get(3));
      next = to.read();
    }
    return told;
  }

  private static void sameTold(Differential pair, Differential listener, String after) {
    assertEquals(told(pair.redis(), listener.redis()), told(pair.sampo(), listener.sampo()), after);
  }

  @AgainstRedis({@On, @On(shards = 3, loops = 2)})
  void randomCommands(Differential pair) {
    long seed = Seed.of("random commands");
    Random random = new Random(seed);
    Differential listener = pair.another();
    notifyOf(pair, listener, "KEAnm");
    List<String> known = COMMANDS.stream().filter(template -> isKnown(pair, template)).toList();
    assertTrue(known.size() > 60, "only " + known);
    for (int i = 0; i < ROUNDS; i++) {
      String[] command = fill(random, known.get(random.nextInt(known.size())));
      pair.sampo().send(command);
      pair.redis().send(command);
      pair.sampo().read();
      pair.redis().read();
      sameTold(pair, listener, String.join(" ", command) + ", seed " + seed);
    }
  }

  @AgainstRedis({@On, @On(shards = 3, loops = 2)})
  void transactionsTellInTheirOrder(Differential pair) {
    Differential listener = pair.another();
    notifyOf(pair, listener, "KEA");
    pair.same("MULTI");
    for (int i = 0; i < 50; i++) {
      pair.same("SET", "k" + i % 7, "" + i);
      pair.same("INCR", "k" + i % 5);
      pair.same("DEL", "k" + i % 3, "k" + i % 4);
    }
    pair.same("EXEC");
    sameTold(pair, listener, "a transaction");
  }

  @AgainstRedis({@On, @On(shards = 3, loops = 2)})
  void keysThatSortDoesNotFind(Differential pair) {
    Differential listener = pair.another();
    notifyOf(pair, listener, "KEAm");
    pair.say("RPUSH l 3 1 2", "SET w1 5", "HSET h2 f 7");
    pair.say("SORT l BY w* GET h*->f GET w* GET # GET w1", "SORT l BY nosort GET w*");
    pair.say("SORT_RO l ALPHA BY h*->f LIMIT 1 1 GET none*", "SORT l GET w* STORE to");
    sameTold(pair, listener, "sorting");
  }

  /** What takes heap is done first, but not told of first. */
  @AgainstRedis({@On, @On(shards = 3, loops = 2)})
  void whatGoesElsewhereLeavesFirst(Differential pair) {
    Differential listener = pair.another();
    notifyOf(pair, listener, "KEAn");
    pair.say("SADD s a b", "SMOVE s t a", "SMOVE s t b", "SMOVE t s none", "SMOVE t s a");
    pair.say("RPUSH l a b", "LMOVE l m LEFT LEFT", "RPOPLPUSH l m", "LMOVE m l LEFT RIGHT");
    pair.say("SET k v", "RENAME k n", "COPY n o", "MOVE o 2", "SORT m ALPHA STORE p");
    sameTold(pair, listener, "moving");
  }

  /** Whoever is told so has waited for it, and not asked for it now. */
  @AgainstRedis({@On, @On(shards = 3, loops = 2)})
  void aStreamThatWasWaitedForIsNotMissed(Differential pair) {
    Differential listener = pair.another();
    Differential waiter = pair.another();
    notifyOf(pair, listener, "KEAm");
    pair.say("XGROUP CREATE x g $ MKSTREAM");
    for (RespClient client : List.of(waiter.sampo(), waiter.redis())) {
      client.send("XREADGROUP", "GROUP", "g", "c", "BLOCK", "0", "STREAMS", "x", ">");
    }
    BlockingTest.awaitBlocked(pair.sampo(), 1);
    BlockingTest.awaitBlocked(pair.redis(), 1);
    pair.same("DEL", "x");
    waiter.sameNext();
    sameTold(pair, listener, "the end of a stream");
  }

  @AgainstRedis
  void everyClassByItself(Differential pair) {
    Differential listener = pair.another();
    listener.same("PSUBSCRIBE", EVERYTHING);
    for (String classes : List.of("K$", "E$", "$", "Kg", "Exn", "Em", "KEm", "KEg$", "KEd", "")) {
      pair.config(DIRECTIVE, classes);
      pair.same("SET", "k", "v");
      pair.same("GET", "nosuch");
      pair.same("EXPIRE", "k", "100");
      pair.same("DEL", "k");
      sameTold(pair, listener, classes);
    }
  }

  /** Of each class its own commands: what else is wanted does not matter. */
  @AgainstRedis({@On, @On(shards = 3, loops = 2)})
  void everyClassTellsOfItsCommands(Differential pair) {
    Random random = Seed.random("commands by class");
    Differential listener = pair.another();
    listener.same("PSUBSCRIBE", EVERYTHING);
    for (String letter : "g$lshzxetm".split("")) {
      pair.config(DIRECTIVE, "KE" + letter);
      for (int i = 0; i < 150; i++) {
        String[] command = fill(random, COMMANDS.get(random.nextInt(COMMANDS.size())));
        pair.sampo().call(command);
        pair.redis().call(command);
      }
      pair.same("MULTI");
      pair.say("SET k0 v", "RPUSH l v", "SADD s v", "HSET h f v", "ZADD z 1 v", "XADD x 1-1 f v");
      pair.say("PFADD p v", "GEOADD q 1 1 v", "EXPIRE l 100", "DEL l s h z x p q", "GET nosuch");
      pair.same("EXEC");
      sameTold(pair, listener, letter);
    }
  }

  /** Who is served takes what another gave, and that is told in this order. */
  @AgainstRedis({@On, @On(shards = 3, loops = 2)})
  void servingThoseWhoWait(Differential pair) {
    Differential listener = pair.another();
    notifyOf(pair, listener, "KEA");
    List<String> waits =
        List.of(
            "BLPOP k 0",
            "BRPOP nosuch k 0",
            "BLMOVE k k LEFT RIGHT 0",
            "BLMPOP 0 1 k LEFT COUNT 2",
            "BZPOPMIN k 0",
            "BZMPOP 0 1 k MAX COUNT 2",
            "XREAD BLOCK 0 STREAMS k $");
    List<String> gifts =
        List.of(
            "RPUSH k 1",
            "RPUSH k 1",
            "LPUSH k 1 2 3",
            "RPUSH k 1 2 3",
            "ZADD k 1 a 2 b",
            "ZADD k 1 a 2 b",
            "XADD k 1-1 a b");
    for (int i = 0; i < waits.size(); i++) {
      Differential waiting = pair.another();
      waiting.sampo().send(waits.get(i).split(" "));
      waiting.redis().send(waits.get(i).split(" "));
      BlockingTest.awaitBlocked(pair.sampo(), 1);
      BlockingTest.awaitBlocked(pair.redis(), 1);
      pair.say(gifts.get(i));
      waiting.sameNext();
      sameTold(pair, listener, waits.get(i));
      pair.say("DEL k");
    }
  }

  /** A key of each type expires: unnoticed for a while, or when somebody looks. */
  @AgainstRedis({@On, @On(shards = 3, loops = 2)})
  void expiry(Differential pair) {
    Differential listener = pair.another();
    notifyOf(pair, listener, "KEA");
    List<String> made =
        List.of(
            "SET k v",
            "RPUSH k v",
            "SADD k v",
            "HSET k f v",
            "ZADD k 1 v",
            "XADD k 1-1 f v",
            "PFADD k v");
    for (String line : made) {
      pair.say("MULTI", line, "PEXPIRE k 20", "EXEC");
      Stream.of(pair.redis(), pair.sampo()).forEach(NotificationsTest::awaitEmpty);
      sameTold(pair, listener, line);
    }
  }

  @AgainstRedis
  void eviction(Differential pair) {
    Differential listener = pair.another();
    pair.same("SET", "k", "v");
    notifyOf(pair, listener, "KEe");
    pair.config("maxmemory-policy", "allkeys-lru");
    pair.config("maxmemory", "1");
    for (RespClient client : List.of(pair.redis(), pair.sampo())) {
      awaitEmpty(client);
    }
    sameTold(pair, listener, "an eviction");
    pair.same("CONFIG", "SET", "maxmemory", "0");
  }

  private static void awaitEmpty(RespClient client) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (client.call("EXISTS", "k").number() + client.call("DBSIZE").number() > 0) {
      assertTrue(System.nanoTime() < deadline, "the key stays");
    }
  }

  @AgainstRedis(protocols = 2)
  void theDirectiveIsShownAsRedisShowsIt(Differential pair) {
    pair.config(DIRECTIVE, "");
    Random random = new Random(7);
    for (int i = 0; i < 500; i++) {
      StringBuilder letters = new StringBuilder();
      for (int n = random.nextInt(14); n > 0; n--) {
        letters.append("KEg$lshzxetmndKEg$lshzxetmndA".charAt(random.nextInt(29)));
      }
      pair.same("CONFIG", "SET", DIRECTIVE, letters.toString());
      pair.same("CONFIG", "GET", DIRECTIVE);
    }
    for (String bad : List.of("Q", "KEA ", "k", "KEAq")) {
      assertFalse(pair.same("CONFIG", "SET", DIRECTIVE, bad).text().equals("OK"));
      pair.same("CONFIG", "GET", DIRECTIVE);
    }
    pair.same("CONFIG", "SET", DIRECTIVE, "KE$lshzxegt");
    pair.same("CONFIG", "GET", DIRECTIVE);
  }
}
