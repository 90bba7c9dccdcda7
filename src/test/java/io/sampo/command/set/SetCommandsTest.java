package io.sampo.command.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The commands on sets reply what Redis replies. */
class SetCommandsTest {
  private static final Set<String> UNORDERED =
      Set.of("SMEMBERS", "SINTER", "SUNION", "SDIFF", "SSCAN");

  private static void compare(Differential pair, String... command) {
    if (UNORDERED.contains(command[0])) {
      pair.sameUnordered(command);
    } else {
      pair.same(command);
    }
  }

  private static void say(Differential pair, List<String> lines) {
    lines.forEach(line -> compare(pair, line.split(" ", -1)));
  }

  @AgainstRedis
  void arity(Differential pair) {
    Stream.concat(SetCommands.COMMANDS.stream(), SetAlgebraCommands.COMMANDS.stream())
        .map(command -> command.name)
        .forEach(
            command -> {
              for (int n = 0; n < 6; n++) {
                pair.same("DEL", "a0", "a1");
                Stream<String> arguments = IntStream.range(0, n).mapToObj(i -> "a" + i);
                pair.same(Stream.concat(Stream.of(command), arguments).toArray(String[]::new));
              }
            });
  }

  @AgainstRedis
  void wrongType(Differential pair) {
    say(
        pair,
        List.of(
            "SET k v",
            "SADD s a",
            "SADD k a",
            "SREM k a",
            "SMEMBERS k",
            "SISMEMBER k a",
            "SMISMEMBER k a b",
            "SCARD k",
            "SPOP k",
            "SPOP k 2",
            "SRANDMEMBER k",
            "SRANDMEMBER k 2",
            "SMOVE k s a",
            "SMOVE s k a",
            "SMOVE none k a",
            "SMOVE s k none",
            "SSCAN k 0",
            "SINTER k",
            "SINTER s k",
            "SINTER none k",
            "SINTERCARD 2 s k",
            "SINTERCARD 2 none k",
            "SUNION s k",
            "SUNION none k",
            "SDIFF s k",
            "SDIFF s s",
            "SDIFF s none k s",
            "SDIFFSTORE d s s",
            "SDIFF k s",
            "SDIFF none k",
            "SINTERSTORE d s k",
            "SINTERSTORE d none k",
            "SUNIONSTORE d s k",
            "SDIFFSTORE d s k",
            "EXISTS d",
            "SUNIONSTORE k s",
            "TYPE k",
            "GET s",
            "TYPE s"));
  }

  @AgainstRedis
  void everyCommandOnEveryKindOfSet(Differential pair) {
    for (String prefix : List.of("", "-", "m", "0", "x".repeat(64), "2147483")) {
      for (int size : new int[] {0, 1, 5, 127, 129, 513, 700}) {
        say(pair, List.of("DEL s t", "SMEMBERS s", "SCARD s"));
        for (int i = 0; i < size; i++) {
          pair.same("SADD", "s", prefix + i * 7);
        }
        say(
            pair,
            List.of(
                "SCARD s",
                "SMEMBERS s",
                "TYPE s",
                "SADD s a 1 -5 " + prefix + "7 a",
                "SMEMBERS s",
                "SISMEMBER s a",
                "SISMEMBER s 01",
                "SMISMEMBER s 1 none " + prefix + "7",
                "SCARD s",
                "SREM s a a none",
                "SREM s none",
                "SMOVE s t 1",
                "SMOVE s t 1",
                "SMOVE s s -5",
                "SMOVE s s none",
                "SMOVE s t " + prefix + "7",
                "SMEMBERS t",
                "SMEMBERS s",
                "SSCAN s 0 COUNT 10000",
                "SSCAN s 0 MATCH *7 COUNT 10000",
                "SINTER s t",
                "SUNION s t",
                "SDIFF s t",
                "SDIFF t s",
                "SDIFF s s",
                "SINTER s s",
                "COPY s c",
                "SMEMBERS c",
                "SINTERCARD 2 s c",
                "SINTERCARD 2 s c LIMIT 3",
                "SINTERCARD 1 s",
                "SINTERCARD 2 s s",
                "SINTERCARD 3 s s s LIMIT 3",
                "SDIFFSTORE c s t",
                "SMEMBERS c",
                "SUNIONSTORE c c t",
                "SMEMBERS c",
                "SINTERSTORE c c s",
                "SMEMBERS c",
                "SADD s 99999999999 -9223372036854775808",
                "SMEMBERS s",
                "DEL c"));
      }
    }
  }

  @AgainstRedis
  void theLastMemberTakesTheKeyAlong(Differential pair) {
    say(
        pair,
        List.of(
            "SADD s a b",
            "SREM s a b c",
            "EXISTS s",
            "SADD s a",
            "SPOP s",
            "EXISTS s",
            "SADD s 1 2",
            "SPOP s 3",
            "EXISTS s",
            "SADD s a",
            "SMOVE s t a",
            "EXISTS s",
            "SMEMBERS t",
            "SINTERSTORE t t none",
            "EXISTS t",
            "SADD d 1",
            "SDIFFSTORE d none",
            "EXISTS d"));
  }

  @AgainstRedis
  void cardinalityOptions(Differential pair) {
    say(
        pair,
        List.of(
            "SADD a 1 2 3",
            "SADD b 2 3 4",
            "SINTERCARD 0 a",
            "SINTERCARD x a",
            "SINTERCARD 3 a b",
            "SINTERCARD -1 a",
            "SINTERCARD 2 a b",
            "SINTERCARD 2 a b LIMIT 1",
            "SINTERCARD 2 a b LIMIT 0",
            "SINTERCARD 2 a b LIMIT -1",
            "SINTERCARD 2 a b LIMIT x",
            "SINTERCARD 2 a b LIMIT",
            "SINTERCARD 2 a b what 1",
            "SINTERCARD 1 a limit 1 LIMIT 2",
            "SINTERCARD 2 a none"));
  }

  @AgainstRedis
  void setsAreCombinedWithSortedSets(Differential pair) {
    say(
        pair,
        List.of(
            "SADD s a b 1 2",
            "SADD i 1 2 3",
            "ZADD z 5 a 6 2",
            "ZUNION 3 s i z WITHSCORES",
            "ZINTER 2 s z WITHSCORES",
            "ZDIFF 2 s z WITHSCORES",
            "ZINTERCARD 2 i z",
            "ZUNIONSTORE d 2 s z WEIGHTS 3 2 AGGREGATE MAX",
            "ZRANGE d 0 -1 WITHSCORES"));
  }

  @AgainstRedis
  void scanOptions(Differential pair) {
    say(
        pair,
        List.of(
            "SADD s m",
            "SSCAN s 0 COUNT",
            "SSCAN s 0 COUNT 0",
            "SSCAN s x",
            "SSCAN s 0 MATCH m",
            "SSCAN s 0 NOVALUES",
            "SSCAN none 0 WHAT",
            "SSCAN s 0 MATCH n COUNT 3"));
  }

  @AgainstRedis
  void randomCounts(Differential pair) {
    say(
        pair,
        List.of(
            "SPOP none",
            "SPOP none 2",
            "SPOP none -1",
            "SPOP none x",
            "SPOP none 1 2",
            "SRANDMEMBER none",
            "SRANDMEMBER none 2",
            "SRANDMEMBER none x",
            "SRANDMEMBER none 1 2",
            "SADD s a",
            "SRANDMEMBER s",
            "SRANDMEMBER s 0",
            "SRANDMEMBER s 4",
            "SRANDMEMBER s -4",
            "SRANDMEMBER s -9223372036854775808",
            "SPOP s 0",
            "SPOP s -1",
            "SPOP s 1",
            "SPOP s"));
  }

  @AgainstRedis
  void randomMembersAreMembersAndPoppedOnesAreGone(Differential pair) {
    RespClient c = pair.sampo();
    for (int size : new int[] {20, 100, 1000}) {
      for (String prefix : List.of("", "m")) {
        c.call("DEL", "s");
        for (int i = 0; i < size; i++) {
          c.call("SADD", "s", prefix + i);
        }
        for (int count : new int[] {1, 7, size / 2, size - 1, size + 5, -5, -2 * size}) {
          WireReply some = c.call("SRANDMEMBER", "s", "" + count);
          int wanted = count < 0 ? -count : Math.min(count, size);
          assertEquals(wanted, some.texts().size());
          assertTrue(count < 0 || new HashSet<>(some.texts()).size() == wanted);
          some.texts().forEach(m -> assertEquals(1, c.call("SISMEMBER", "s", m).number()));
        }
        c.call("EXPIRE", "s", "1000");
        Set<String> popped = new HashSet<>(c.call("SPOP", "s", "" + (size - 7)).texts());
        assertEquals(size - 7, popped.size());
        assertTrue(c.call("TTL", "s").number() > 0);
        for (int i = 0; i < 7; i++) {
          assertEquals(7 - i, c.call("SCARD", "s").number());
          popped.add(c.call("SPOP", "s").text());
        }
        assertEquals(size, popped.size());
        assertEquals(0, c.call("EXISTS", "s").number());
      }
    }
  }

  @AgainstRedis
  void halfOfManyIntegersArePopped(Differential pair) {
    RespClient c = pair.sampo();
    List<String> all = IntStream.range(0, 5000).mapToObj(i -> "" + i * 7).toList();
    pair.same("CONFIG", "SET", "set-max-intset-entries", "10000");
    pair.same(Stream.concat(Stream.of("SADD", "s"), all.stream()).toArray(String[]::new));
    Set<String> popped = new HashSet<>(c.call("SPOP", "s", "2500").texts());
    Set<String> left = new HashSet<>(c.call("SMEMBERS", "s").texts());
    assertEquals(2500, popped.size());
    assertEquals(2500, left.size());
    left.addAll(popped);
    assertEquals(Set.copyOf(all), left);
    assertEquals("intset", c.call("OBJECT", "ENCODING", "s").text());
    pair.same("CONFIG", "SET", "set-max-intset-entries", "512");
  }

  @AgainstRedis
  void encodings(Differential pair) {
    RespClient c = pair.sampo();
    assertEquals("intset", encoding(c, IntStream.range(0, 512).mapToObj(i -> "" + i)));
    assertEquals("hashtable", encoding(c, IntStream.range(0, 513).mapToObj(i -> "" + i)));
    assertEquals("listpack", encoding(c, IntStream.range(0, 128).mapToObj(i -> "m" + i)));
    assertEquals("hashtable", encoding(c, IntStream.range(0, 129).mapToObj(i -> "m" + i)));
    assertEquals("listpack", encoding(c, Stream.of("1", "2", "x".repeat(64))));
    assertEquals("hashtable", encoding(c, Stream.of("1", "2", "x".repeat(65))));
    assertEquals(
        "hashtable", encoding(c, IntStream.range(0, 129).mapToObj(i -> i < 128 ? "" + i : "m")));
  }

  private static String encoding(RespClient c, Stream<String> members) {
    c.call("DEL", "s");
    members.forEach(m -> c.call("SADD", "s", m));
    return c.call("OBJECT", "ENCODING", "s").text();
  }

  @AgainstRedis
  void aScanFindsAllOfABigSet(Differential pair) {
    for (int i = 0; i < 3000; i++) {
      pair.sampo().call("SADD", "s", "m" + i);
    }
    List<String> members = pair.sampo().walk("SSCAN", "s", "0", "COUNT", "20");
    assertEquals(3000, members.size());
    assertEquals(3000, new HashSet<>(members).size());
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void randomCommandsAgree(Differential pair) {
    Random random = Seed.random("random commands");
    for (int i = 0; i < 20_000; i++) {
      compare(pair, anyCommand(random));
    }
  }

  private static String[] anyCommand(Random random) {
    String key = "k" + random.nextInt(6);
    String other = "k" + random.nextInt(6);
    String third = "k" + random.nextInt(7);
    List<String> command = new ArrayList<>();
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> {
        command.addAll(List.of("SADD", key));
        for (int n = 1 + random.nextInt(random.nextInt(20) == 0 ? 400 : 3); n > 0; n--) {
          command.add(member(random));
        }
      }
      case 4, 5 -> command.addAll(List.of("SREM", key, member(random), member(random)));
      case 6 -> command.addAll(List.of("SISMEMBER", key, member(random)));
      case 7 -> command.addAll(List.of("SMISMEMBER", key, member(random), member(random)));
      case 8 -> command.addAll(List.of("SCARD", key));
      case 9 -> command.addAll(List.of("SMEMBERS", key));
      case 10 -> command.addAll(List.of("SMOVE", key, other, member(random)));
      case 11 -> command.addAll(List.of("SINTER", key, other, third));
      case 12 -> command.addAll(List.of("SUNION", key, other, third));
      case 13 -> command.addAll(List.of("SDIFF", key, other, third));
      case 14 -> command.addAll(List.of("SINTERCARD", "2", key, other, "LIMIT", "3"));
      case 15 -> command.addAll(List.of("SSCAN", key, "0", "COUNT", "100000"));
      case 16 -> command.addAll(List.of("SUNIONSTORE", key, other, third));
      case 17 -> command.addAll(List.of("SINTERSTORE", key, other, third));
      case 18 -> command.addAll(List.of("SDIFFSTORE", key, other, third));
      default ->
          command.addAll(random.nextInt(3) == 0 ? List.of("DEL", key) : List.of("TYPE", key));
    }
    return command.toArray(String[]::new);
  }

  private static String member(Random random) {
    return switch (random.nextInt(30)) {
      case 0 -> "" + random.nextLong();
      case 1 -> "x".repeat(random.nextInt(100));
      case 2 -> "";
      case 3 -> "0" + random.nextInt(10);
      case 4, 5, 6 -> "m" + random.nextInt(600);
      default -> "" + (random.nextInt(600) - 50);
    };
  }
}
