package io.sampo.command.zset;

import static io.sampo.command.zset.Samples.MAX;
import static io.sampo.command.zset.Samples.fill;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.command.Command;
import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The commands on sorted sets reply what Redis replies. */
class ZSetCommandsTest {
  private static final List<String> SCORES =
      List.of(
          "0",
          "-0",
          "1",
          "-1",
          "0.1",
          "1.5",
          "3.0",
          "1e3",
          "inf",
          "-inf",
          "+inf",
          "Infinity",
          "1e17",
          "123456789012345678",
          "1e-7",
          "-1.7976931348623157e308",
          "0x10",
          "1e400",
          "nan",
          "",
          " 1",
          "1 ",
          "x",
          "4503599627370497.5");

  /** Commands whose number of arguments Redis 7.2 has changed. */
  private static final Set<String> NEWER = Set.of("zrank", "zrevrank");

  private static Stream<Command> all() {
    return Stream.of(
            ZSetCommands.COMMANDS,
            ZRangeCommands.COMMANDS,
            ZPopCommands.COMMANDS,
            ZStoreCommands.COMMANDS)
        .flatMap(List::stream);
  }

  @AgainstRedis
  void setsAmongSortedSets(Differential pair) {
    pair.same("SADD", "plain", "a", "b", "5", "7");
    pair.same("SADD", "numbers", "5", "6", "7");
    pair.same("ZADD", "sorted", "2.5", "a", "-1", "7", "3", "z");
    for (String command : new String[] {"ZUNION", "ZINTER"}) {
      pair.same(command, "2", "plain", "sorted", "WITHSCORES");
      pair.same(command, "2", "sorted", "plain", "WEIGHTS", "2", "0.5", "WITHSCORES");
      pair.same(command, "3", "plain", "numbers", "sorted", "AGGREGATE", "MAX", "WITHSCORES");
    }
    pair.same("ZDIFF", "2", "plain", "sorted", "WITHSCORES");
    pair.same("ZDIFF", "2", "sorted", "numbers", "WITHSCORES");
    pair.same("ZINTERCARD", "2", "plain", "numbers");
    pair.same("ZINTERCARD", "2", "plain", "numbers", "LIMIT", "1");
    pair.same("ZUNIONSTORE", "out", "2", "plain", "numbers", "WEIGHTS", "3", "inf");
    pair.same("ZRANGE", "out", "0", "-1", "WITHSCORES");
    pair.same("ZRANGE", "plain", "0", "-1");
  }

  @AgainstRedis
  void arityAndTypes(Differential pair) {
    fill(pair);
    all()
        .filter(command -> !NEWER.contains(command.name))
        .forEach(
            command -> {
              // The command before may have stored something there.
              pair.same("SET", "s", "x");
              for (int n = 0; n < 7; n++) {
                Stream<String> arguments = IntStream.range(0, n).mapToObj(i -> "a" + i);
                pair.same(Stream.concat(Stream.of(command.name), arguments).toArray(String[]::new));
                Stream<String> ones = IntStream.range(0, n).mapToObj(i -> i == 0 ? "s" : "1");
                pair.same(Stream.concat(Stream.of(command.name), ones).toArray(String[]::new));
              }
            });
  }

  @AgainstRedis
  void scores(Differential pair) {
    for (String score : SCORES) {
      for (String other : SCORES) {
        pair.say("DEL k", "DEL sk");
        pair.same("ZADD", "k", score, "m", other, "n");
        pair.say("ZRANGE k 0 -1 WITHSCORES", "ZSCORE k m", "ZSCAN k 0", "ZMSCORE k m n x");
        pair.same("ZADD", "k", "INCR", other, "m");
        pair.same("ZINCRBY", "k", score, "n");
        pair.same("ZADD", "k", "1", "x".repeat(70));
        pair.say("ZRANGE k 0 -1 WITHSCORES", "ZMSCORE k m n x");
        pair.same("ZADD", "k", "CH", other, "m");
        pair.same("ZINCRBY", "k", other, "m");
        pair.say("ZRANGE k 0 -1 WITHSCORES", "ZRANK k m", "ZREVRANK k m");
        pair.sameUnordered("ZSCAN", "k", "0", "COUNT", "1000");
      }
    }
  }

  @AgainstRedis
  void conditions(Differential pair) {
    List<String> words = List.of("", "NX", "xx", "GT", "lt", "CH", "INCR");
    for (String first : words) {
      for (String second : words) {
        for (String third : words) {
          fill(pair);
          String options = String.join(" ", first, second, third).trim().replaceAll(" +", " ");
          options = options.isEmpty() ? "" : options + " ";
          for (String key : List.of("k ", "big ", "new ")) {
            for (String pairs :
                List.of("2 a", "1 a", "0 b", "5 new", "9 m1 1 m2 5 new2", "1", "")) {
              pair.say("ZADD " + key + options + pairs);
            }
            pair.say("ZRANGE " + key + "0 -1 WITHSCORES");
          }
        }
      }
    }
  }

  @AgainstRedis
  void ranksAndRemoval(Differential pair) {
    fill(pair);
    for (String key : List.of("k", "big", "eq", "none", "s")) {
      for (String member : List.of("a", "b", "f", "g", "7", "8", "m1", "m149", "m75", "")) {
        pair.same("ZRANK", key, member);
        pair.same("ZREVRANK", key, member);
        pair.same("ZMSCORE", key, member, "none", member);
        pair.same("ZREM", key, member, "none", member);
        pair.same("ZCARD", key);
      }
    }
    pair.say("ZREM k a b c d e f g h 7 8 9", "EXISTS k", "ZCARD k");
  }

  @AgainstRedis(protocols = {2, 3})
  void ranksWithScores(Differential pair) {
    fill(pair);
    for (String key : List.of("k", "big")) {
      for (String member : List.of("a", "m1", "none")) {
        WireReply rank = pair.same("ZRANK", key, member);
        WireReply score = pair.same("ZSCORE", key, member);
        WireReply both = pair.sampo().call("ZRANK", key, member, "withscore");
        if (rank.isNull()) {
          assertTrue(both.isNull());
          assertEquals(pair.protocol() == 2 ? "*-1" : "_", both.text());
        } else {
          assertEquals(List.of(rank, score), both.elements());
          WireReply reverse = pair.same("ZREVRANK", key, member);
          both = pair.sampo().call("ZREVRANK", key, member, "WITHSCORE");
          assertEquals(List.of(reverse, score), both.elements());
        }
      }
    }
    assertEquals("ERR syntax error", pair.sampo().call("ZRANK", "k", "a", "x").text());
    assertEquals(
        "ERR wrong number of arguments for 'zrank' command",
        pair.sampo().call("ZRANK", "k", "a", "WITHSCORE", "x").text());
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void pops(Differential pair) {
    for (String count : List.of("", " 0", " 1", " 3", " 100000", " -1", " x", " 1 2", " " + MAX)) {
      fill(pair);
      for (String key : List.of("k", "big", "one", "none", "s")) {
        pair.say("ZPOPMIN " + key + count, "ZCARD " + key, "ZPOPMAX " + key + count);
      }
    }
    for (String options :
        List.of(
            "MIN",
            "max",
            "MIN COUNT 2",
            "MAX COUNT 1000",
            "MIN COUNT 0",
            "MIN COUNT x",
            "MIN COUNT",
            "MIN FOO",
            "FOO",
            "MIN COUNT 1 COUNT 1",
            "MIN COUNT " + MAX,
            "")) {
      fill(pair);
      for (String keys :
          List.of(
              "1 k",
              "2 none k",
              "3 none one big",
              "1 none",
              "2 none s",
              "2 k s",
              "0",
              "x k",
              "-1 k",
              "5 k",
              "2 k")) {
        pair.say("ZMPOP " + keys + " " + options, "ZCARD k", "ZCARD big", "EXISTS one");
      }
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void combinations(Differential pair) {
    fill(pair);
    pair.say("ZADD w 1 a -5 b 10 m3 0.1 m4 inf g -inf f 0 7 3 zz");
    for (String keys :
        List.of(
            "1 k",
            "2 k w",
            "2 big w",
            "3 big k w",
            "2 k k",
            "2 k none",
            "1 none",
            "2 w none",
            "4 eq bigeq k w",
            "2 k s",
            "0",
            "0 k",
            "x k",
            "-1 k",
            "3 k w",
            "9 k",
            "2 bigeq eq")) {
      for (String options :
          List.of(
              "",
              "WITHSCORES",
              "AGGREGATE MIN",
              "aggregate MAX",
              "AGGREGATE SUM",
              "AGGREGATE",
              "AGGREGATE x",
              "WEIGHTS 2",
              "WEIGHTS 2 0.3",
              "WEIGHTS 2 -1 AGGREGATE MIN",
              "WEIGHTS 0 1",
              "WEIGHTS inf 0",
              "WEIGHTS 1 x",
              "WEIGHTS",
              "FOO",
              "WEIGHTS 1 2 3",
              "LIMIT 1",
              "LIMIT 0",
              "LIMIT -1",
              "LIMIT x",
              "LIMIT",
              "LIMIT 2 LIMIT 1")) {
        for (String name : List.of("ZUNION", "ZINTER", "ZDIFF")) {
          String rest = (keys + " " + options).trim();
          pair.say(name + " " + rest, (name + " " + rest + " WITHSCORES"));
          pair.say("ZADD to 1 x", name + "STORE to " + rest, "ZRANGE to 0 -1 WITHSCORES");
          pair.say("OBJECT ENCODING to", "ZINTERCARD " + rest);
        }
      }
    }
    pair.say("ZADD self 1 a 2 b", "ZUNIONSTORE self 2 self k", "ZRANGE self 0 -1 WITHSCORES");
    pair.say("ZDIFFSTORE self 2 self self", "EXISTS self", "ZUNIONSTORE s 1 k", "TYPE s");
    pair.say("PEXPIREAT k 4000000000000", "ZUNIONSTORE k 1 w", "PTTL k");
  }

  @AgainstRedis
  void randomMembers(Differential pair) {
    fill(pair);
    for (String key : List.of("k", "big", "none", "s")) {
      for (String rest :
          List.of(
              "",
              " 0",
              " 3",
              " -3",
              " 5 WITHSCORES",
              " -20 withscores",
              " 1000",
              " 60",
              " 140 WITHSCORES",
              " x",
              " 1 FOO",
              " 1 WITHSCORES x",
              " -" + MAX + " WITHSCORES",
              " -9223372036854775808")) {
        pair.sameTypeOnly(("ZRANDMEMBER " + key + rest).split(" "));
      }
      pair.sameUnordered("ZRANDMEMBER", key, "1000", "WITHSCORES");
    }
    for (int count : new int[] {1, 20, 70, 80, 149, 150}) {
      List<String> drawn = pair.sampo().call("ZRANDMEMBER", "big", "" + count).texts();
      assertEquals(count, Set.copyOf(drawn).size());
    }
    // Of 20000 draws from 150 members each is drawn 133 times, give or take 11.5.
    List<String> drawn = pair.sampo().call("ZRANDMEMBER", "big", "-20000").texts();
    for (int i = 0; i < 150; i++) {
      String member = "m" + i;
      long times = drawn.stream().filter(member::equals).count();
      assertTrue(times > 50 && times < 240, member + " drawn " + times + " times");
    }
  }

  @AgainstRedis
  void scans(Differential pair) {
    fill(pair);
    for (String key : List.of("k", "none", "s", "eq")) {
      for (String rest :
          List.of(
              "",
              " MATCH *",
              " match [a-c]*",
              " COUNT 1",
              " COUNT 0",
              " COUNT x",
              " COUNT",
              " FOO",
              " FOO 1",
              " MATCH 7 COUNT 3",
              " NOVALUES")) {
        pair.say("ZSCAN " + key + " 0" + rest, "ZSCAN " + key + " x" + rest);
      }
    }
    pair.sameUnordered("ZSCAN", "big", "0", "COUNT", "1000");
    pair.sameUnordered("ZSCAN", "big", "0", "COUNT", "1000", "MATCH", "m1*");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void randomCommandsAgree(Differential pair) {
    pair.config("zset-max-listpack-entries", "6");
    pair.config("zset-max-listpack-value", "12");
    pair.random(System.nanoTime(), ZSetCommandsTest::anyCommand, 20_000);
  }

  private static String[] anyCommand(Random random) {
    boolean lex = random.nextInt(4) == 0;
    String key = (lex ? "l" : "z") + random.nextInt(4);
    List<String> command = new ArrayList<>();
    switch (random.nextInt(lex ? 9 : 21)) {
      case 0, 1 -> {
        command.addAll(List.of("ZADD", key));
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
          command.addAll(List.of(lex ? "0" : score(random), member(random)));
        }
      }
      case 2 -> command.addAll(List.of("ZREM", key, member(random), member(random)));
      case 3 -> command.addAll(List.of("ZRANGE", key, index(random), index(random), "WITHSCORES"));
      case 4 -> {
        String name = random.nextBoolean() ? "ZRANK" : "ZREVRANK";
        command.addAll(List.of(name, key, member(random)));
      }
      case 5 -> {
        String name = random.nextBoolean() ? "ZPOPMIN" : "ZPOPMAX";
        command.addAll(List.of(name, key));
        if (random.nextBoolean()) {
          command.add("" + random.nextInt(3));
        }
      }
      case 6 -> {
        command.addAll(List.of("ZREMRANGEBYRANK", key));
        int from = random.nextInt(12) - 6;
        command.addAll(List.of("" + from, "" + (from + random.nextInt(3))));
      }
      case 7 -> {
        if (lex) {
          command.addAll(List.of("ZRANGEBYLEX", key, lexBound(random), lexBound(random)));
          limit(command, random);
        } else {
          command.addAll(List.of("ZCOUNT", key, bound(random), bound(random)));
        }
      }
      case 8 -> {
        if (lex) {
          String name = random.nextInt(4) == 0 ? "ZREMRANGEBYLEX" : "ZLEXCOUNT";
          command.addAll(List.of(name, key, lexBound(random), lexBound(random)));
        } else {
          command.addAll(List.of("ZRANGE", key, bound(random), bound(random), "BYSCORE"));
          if (random.nextBoolean()) {
            command.add("REV");
          }
          limit(command, random);
        }
      }
      case 9, 10 -> {
        command.addAll(List.of("ZADD", key));
        command.add(List.of("NX", "XX", "GT", "LT", "CH").get(random.nextInt(5)));
        if (random.nextInt(3) == 0) {
          command.add("INCR");
        }
        command.addAll(List.of(score(random), member(random)));
      }
      case 11 -> command.addAll(List.of("ZINCRBY", key, score(random), member(random)));
      case 12 -> command.addAll(List.of("ZMSCORE", key, member(random), member(random)));
      case 13 -> command.addAll(List.of("ZCARD", key));
      case 14 -> command.addAll(List.of("OBJECT", "ENCODING", key));
      case 15 -> {
        String from = bound(random);
        command.addAll(List.of("ZREMRANGEBYSCORE", key, from, from));
      }
      case 16 -> {
        String name = List.of("ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE").get(random.nextInt(3));
        command.addAll(List.of(name, "z" + random.nextInt(4), "2", key, "z" + random.nextInt(4)));
        if (!name.startsWith("ZD") && random.nextBoolean()) {
          command.addAll(List.of("WEIGHTS", score(random), "1"));
        }
      }
      case 17 -> {
        String name = List.of("ZUNION", "ZINTER", "ZDIFF").get(random.nextInt(3));
        command.addAll(List.of(name, "3", key, "l0", "z" + random.nextInt(4), "WITHSCORES"));
      }
      case 18 -> {
        command.addAll(List.of("ZRANGESTORE", "z" + random.nextInt(4), key));
        command.addAll(List.of(index(random), index(random)));
      }
      case 19 -> {
        command.addAll(List.of("ZMPOP", "2", key, "z" + random.nextInt(4)));
        command.add(random.nextBoolean() ? "MIN" : "MAX");
        command.addAll(List.of("COUNT", "" + (1 + random.nextInt(3))));
      }
      default -> command.addAll(List.of("COPY", key, "z" + random.nextInt(4), "REPLACE"));
    }
    return command.toArray(String[]::new);
  }

  private static void limit(List<String> command, Random random) {
    if (random.nextBoolean()) {
      command.addAll(List.of("LIMIT", "" + (random.nextInt(5) - 1), "" + (random.nextInt(5) - 1)));
    }
  }

  private static String member(Random random) {
    int n = random.nextInt(25);
    return n % 3 == 0 ? "" + n : n % 7 == 0 ? "a long member " + n : "m" + n;
  }

  private static String score(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> random.nextBoolean() ? "inf" : "-inf";
      case 1 -> "-0";
      case 2 -> "" + random.nextGaussian();
      case 3 -> "" + random.nextLong();
      case 4 -> random.nextInt(20) + ".5";
      default -> "" + (random.nextInt(12) - 4);
    };
  }

  private static String bound(Random random) {
    return (random.nextInt(3) == 0 ? "(" : "") + score(random);
  }

  private static String lexBound(Random random) {
    int kind = random.nextInt(6);
    return kind == 0 ? "-" : kind == 1 ? "+" : (kind < 4 ? "[" : "(") + member(random);
  }

  private static String index(Random random) {
    return "" + (random.nextInt(20) - 10);
  }
}
