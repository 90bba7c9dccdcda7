package io.sampo.command.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Seed;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The commands on hashes reply what Redis replies. */
class HashCommandsTest {
  /** {@code -Dtest.rounds=20000} for a longer run. */
  private static final int ROUNDS = Integer.getInteger("test.rounds", 5_000);

  private static final List<String> COMMANDS =
      HashCommands.COMMANDS.stream().map(command -> command.name).toList();
  private static final Set<String> UNORDERED = Set.of("HGETALL", "HKEYS", "HVALS", "HSCAN");

  private static void say(Differential pair, String... lines) {
    for (String line : lines) {
      String[] command = line.split(" ", -1);
      if (UNORDERED.contains(command[0])) {
        pair.sameUnordered(command);
      } else {
        pair.same(command);
      }
    }
  }

  @AgainstRedis
  void arity(Differential pair) {
    for (String command : COMMANDS) {
      pair.same("DEL", "a0");
      for (int n = 0; n < 7; n++) {
        Stream<String> arguments = IntStream.range(0, n).mapToObj(i -> "a" + i);
        pair.same(Stream.concat(Stream.of(command), arguments).toArray(String[]::new));
      }
    }
  }

  @AgainstRedis
  void wrongType(Differential pair) {
    say(pair, "SET k v", "HSET k f v", "HGET k f", "HMGET k f g", "HDEL k f", "HEXISTS k f");
    say(pair, "HLEN k", "HKEYS k", "HVALS k", "HGETALL k", "HSTRLEN k f", "HINCRBY k f 1");
    say(pair, "HINCRBYFLOAT k f 1", "HSETNX k f v", "HMSET k f v", "HRANDFIELD k", "HSCAN k 0");
    say(pair, "HRANDFIELD k 2", "HSCAN k x", "HINCRBY k f x", "HSET h f v", "INCR h", "GET h");
    say(pair, "TYPE h", "MGET h", "SET h v", "TYPE h");
  }

  @AgainstRedis
  void everyCommandOnSmallAndBigHashes(Differential pair) {
    for (String value : List.of("v", "12", "-7", "", "x".repeat(64), "x".repeat(65), "01")) {
      for (int size : new int[] {0, 1, 5, 128, 512, 513}) {
        say(pair, "DEL h", "HGETALL h", "HLEN h");
        for (int i = 0; i < size; i++) {
          pair.same("HSET", "h", "f" + i, value + i);
        }
        say(pair, "OBJECT ENCODING h", "HLEN h", "HGETALL h", "HKEYS h", "HVALS h", "TYPE h");
        say(pair, "HSET h f1 " + value + " g x f1 y", "HGET h f1", "HMGET h f1 none g", "HLEN h");
        say(pair, "HEXISTS h f2", "HEXISTS h none", "HSTRLEN h f2", "HSTRLEN h none");
        say(pair, "HSETNX h f1 z", "HSETNX h n z", "HGET h n", "HMSET h a b c d", "HGETALL h");
        say(pair, "HDEL h f1 f1 none a", "HDEL h none", "HLEN h", "HINCRBY h n 5");
        say(pair, "HINCRBY h f3 5", "HGET h f3", "HINCRBYFLOAT h f3 1.5", "HGET h f3");
        pair.same("HSCAN", "h", "0", "MATCH", "nothing", "COUNT", "10000");
        say(pair, "HSCAN h 0 COUNT 10000", "HSCAN h 0 MATCH f1* COUNT 10000");
        say(pair, "COPY h h2", "HGETALL h2", "RENAME h2 h3", "HGETALL h3", "DEL h3");
      }
    }
  }

  /** What is beyond a limit that was lowered stays as it is until something is set. */
  @AgainstRedis
  void aLimitThatIsLowered(Differential pair) {
    for (String command :
        List.of(
            "HSET h a 1",
            "HMSET h b 2 a 1",
            "HSETNX h a 9",
            "HINCRBY h a 0",
            "HINCRBYFLOAT h b 1.5",
            "HDEL h nosuch",
            "HDEL h a",
            "HGETALL h",
            "COPY h h2",
            "HSETNX h d 1")) {
      pair.config("hash-max-listpack-entries", "512");
      say(pair, "DEL h", "HSET h a 1 b 2 c 3", "OBJECT ENCODING h");
      pair.config("hash-max-listpack-entries", "2");
      say(pair, command, "OBJECT ENCODING h", "OBJECT ENCODING h2");
    }
  }

  @AgainstRedis
  void theLastFieldTakesTheKeyAlong(Differential pair) {
    say(pair, "HSET h a 1 b 2", "HDEL h a b c", "EXISTS h", "HSET h a 1", "HDEL h a", "TYPE h");
    say(pair, "WATCH h", "MULTI", "PING", "EXEC");
  }

  @AgainstRedis
  void numbers(Differential pair) {
    for (String old :
        List.of("", "5", "x", "9223372036854775807", "1.5", " 1", "inf", "-0", "1e3")) {
      for (String by :
          List.of("1", "-1", "x", "", "1.5", "inf", "nan", "1e400", "-9223372036854775808")) {
        pair.same("HSET", "h", "f", old);
        pair.same("HINCRBY", "h", "f", by);
        pair.same("HGET", "h", "f");
        pair.same("HSET", "h", "f", old);
        pair.same("HINCRBYFLOAT", "h", "f", by);
        pair.same("HGET", "h", "f");
        pair.same("HINCRBYFLOAT", "n", "f", by);
        pair.same("HINCRBY", "m", "f", by);
      }
    }
  }

  @AgainstRedis
  void scanOptions(Differential pair) {
    say(pair, "HSET h f v", "HSCAN h 0 COUNT", "HSCAN h 0 COUNT 0", "HSCAN h 0 COUNT x");
    say(pair, "HSCAN h 0 MATCH", "HSCAN h 0 WHAT 1", "HSCAN h -1 x", "HSCAN none 0 WHAT");
    say(
        pair,
        "HSCAN h 0 MATCH f COUNT 3",
        "HSCAN h 0 COUNT 3 MATCH g",
        "HSCAN h 18446744073709551616");
  }

  @AgainstRedis
  void randomFields(Differential pair) {
    say(pair, "HRANDFIELD none", "HRANDFIELD none 3", "HRANDFIELD none -3 WITHVALUES");
    say(pair, "HSET h f v", "HRANDFIELD h", "HRANDFIELD h 1", "HRANDFIELD h -3", "HRANDFIELD h 0");
    say(pair, "HRANDFIELD h 5 WITHVALUES", "HRANDFIELD h -3 WITHVALUES", "HRANDFIELD h x");
    say(pair, "HRANDFIELD h 1 what", "HRANDFIELD h 1 WITHVALUES x", "HRANDFIELD none 1 x");
    say(pair, "HRANDFIELD h 9223372036854775807 WITHVALUES", "HRANDFIELD h 9223372036854775807");
    say(pair, "HRANDFIELD h -9223372036854775808", "HRANDFIELD h -9223372036854775807 WITHVALUES");
    for (int size : new int[] {20, 100, 1000}) {
      for (int i = 0; i < size; i++) {
        pair.same("HSET", "h", "f" + i, "v" + i);
      }
      pair.sameUnordered("HRANDFIELD", "h", "2000", "WITHVALUES");
      for (int count : new int[] {1, 10, size / 2, size - 1, -5, -2 * size}) {
        WireReply some = pair.sampo().call("HRANDFIELD", "h", "" + count);
        List<String> fields = some.texts();
        assertEquals(Math.abs(count), fields.size());
        assertTrue(count < 0 || new HashSet<>(fields).size() == count, fields::toString);
        fields.forEach(field -> assertTrue(pair.sampo().call("HEXISTS", "h", field).number() == 1));
      }
    }
    pair.same("HSET", "e", "a", "v1", "b", "v1", "c", "v1");
    pair.sameTypeOnly("HRANDFIELD", "e", "2", "WITHVALUES");
    pair.sameTypeOnly("HRANDFIELD", "e", "-2", "WITHVALUES");
  }

  @AgainstRedis
  void aScanFindsAllOfABigHash(Differential pair) {
    for (int i = 0; i < 3000; i++) {
      pair.sampo().call("HSET", "h", "f" + i, "v" + i);
    }
    List<String> fields = pair.sampo().walk("HSCAN", "h", "0", "NOVALUES", "COUNT", "20");
    assertEquals(3000, new HashSet<>(fields).size());
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void randomCommandsAgree(Differential pair) {
    Random random = Seed.random("random commands");
    for (int i = 0; i < ROUNDS; i++) {
      String[] command = anyCommand(random);
      if (UNORDERED.contains(command[0])) {
        pair.sameUnordered(command);
      } else {
        pair.same(command);
      }
    }
  }

  private static String[] anyCommand(Random random) {
    String key = "k" + random.nextInt(5);
    String field = field(random);
    List<String> command = new ArrayList<>();
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> {
        command.addAll(List.of("HSET", key));
        for (int n = 1 + random.nextInt(random.nextInt(20) == 0 ? 400 : 3); n > 0; n--) {
          command.addAll(List.of(field(random), value(random)));
        }
      }
      case 4 -> command.addAll(List.of("HMSET", key, field, value(random)));
      case 5 -> command.addAll(List.of("HSETNX", key, field, value(random)));
      case 6 -> command.addAll(List.of("HGET", key, field));
      case 7 -> command.addAll(List.of("HMGET", key, field, field(random)));
      case 8 -> command.addAll(List.of("HGETALL", key));
      case 9 -> command.addAll(List.of("HDEL", key, field, field(random), field(random)));
      case 10 -> command.addAll(List.of("HEXISTS", key, field));
      case 11 -> command.addAll(List.of("HLEN", key));
      case 12 -> command.addAll(List.of("HKEYS", key));
      case 13 -> command.addAll(List.of("HVALS", key));
      case 14 -> command.addAll(List.of("HSTRLEN", key, field));
      case 15 -> command.addAll(List.of("HINCRBY", key, field, value(random)));
      case 16 -> command.addAll(List.of("HINCRBYFLOAT", key, field, value(random)));
      case 17 -> command.addAll(List.of("OBJECT", "ENCODING", key));
      case 18 -> command.addAll(List.of("HSCAN", key, "0", "COUNT", "100000"));
      default ->
          command.addAll(
              random.nextInt(3) == 0 ? List.of("DEL", key) : List.of("COPY", key, "k0", "REPLACE"));
    }
    return command.toArray(String[]::new);
  }

  private static String field(Random random) {
    int n = random.nextInt(900);
    return random.nextBoolean() ? "f" + n : "" + n;
  }

  private static String value(Random random) {
    return switch (random.nextInt(40)) {
      case 0 -> "x".repeat(random.nextInt(100));
      case 1 -> "" + random.nextLong();
      case 2 -> "x".repeat(5000 + random.nextInt(100));
      case 3 -> "";
      case 4, 5 -> random.nextInt(100) + ".5";
      default -> "" + random.nextInt(1000);
    };
  }
}
