package io.sampo.shard;

import static io.sampo.testkit.FullHeap.check;

import io.sampo.testkit.FullHeap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a request has changed when the heap runs out is told to replicas, though it has failed. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PartsOutOfHeapTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 30);

  @TempDir private Path directory;

  @Test
  void replicasHaveTheSameParts() throws Exception {
    FullHeap.run(Trial.class, ROUNDS, directory, "-Xmx24m");
  }

  /** What runs in a JVM of its own. */
  static final class Trial implements CommandTrial.Script {
    private static final List<String> TYPES =
        List.of("list", "set", "hash", "zset", "stream", "string", "bits", "hll");
    private static final int MOST = 40;

    private int last;

    public static void main(String[] args) {
      FullHeap.main(args, seed -> new CommandTrial(seed, new Trial()));
    }

    @Override
    public List<String> keys() {
      List<String> keys = new ArrayList<>();
      for (String type : TYPES) {
        for (int i = 0; i < 4; i++) {
          keys.add(type + ":" + i);
        }
      }
      return keys;
    }

    /** XADD that makes a stream, and finds no heap for its entry. */
    @Override
    public void verify(CommandTrial trial) {
      String reply = trial.runInFullHeap("XADD", "new", "1-1", "field", "x".repeat(1 << 18));
      check(reply.contains("-OOM"), "not an error: " + reply);
      check(trial.run("EXISTS", "new").startsWith(":0"), "a stream is left that had no entry");
    }

    private static String element(Random random) {
      int i = random.nextInt(300);
      return random.nextBoolean() ? Integer.toString(i) : i + "x".repeat(i % 9 == 0 ? 2500 : i);
    }

    private static String number(Random random) {
      return random.nextBoolean()
          ? Integer.toString(random.nextInt(1000))
          : Double.toString(random.nextInt(1000) / 7.0);
    }

    @Override
    public List<String> next(Random random) {
      String type = TYPES.get(random.nextInt(TYPES.size()));
      String key = type + ":" + random.nextInt(4);
      if (random.nextInt(60) == 0) {
        return List.of("DEL", key);
      }
      return switch (type) {
        case "list" -> list(random, key);
        case "set" -> set(random, key);
        case "hash" -> hash(random, key);
        case "zset" -> zset(random, key);
        case "stream" -> stream(random, key);
        case "string" -> string(random, key);
        case "bits" -> bits(random, key);
        default ->
            random.nextInt(4) == 0
                ? List.of("PFMERGE", key, "hll:" + random.nextInt(4))
                : many(random, 1, "PFADD", key);
      };
    }

    /** A command with so many elements in turn with so many numbers less one. */
    private static List<String> many(Random random, int each, String... words) {
      List<String> request = new ArrayList<>(List.of(words));
      for (int i = 1 + random.nextInt(MOST); i > 0; i--) {
        for (int k = 1; k < each; k++) {
          request.add(number(random));
        }
        request.add(element(random));
      }
      return request;
    }

    private static List<String> list(Random random, String key) {
      String at = Integer.toString(random.nextInt(200));
      return switch (random.nextInt(7)) {
        case 0 -> List.of("LREM", key, Integer.toString(random.nextInt(9) - 4), element(random));
        case 1 -> List.of("LTRIM", key, Integer.toString(random.nextInt(20)), "-" + at);
        case 2 -> List.of("LINSERT", key, "BEFORE", element(random), element(random));
        case 3 -> List.of("LPOP", key, at);
        case 4 -> List.of("COPY", key, "list:" + random.nextInt(4), "REPLACE");
        default -> many(random, 1, random.nextBoolean() ? "RPUSH" : "LPUSH", key);
      };
    }

    private static List<String> set(Random random, String key) {
      String other = "set:" + random.nextInt(4);
      return switch (random.nextInt(7)) {
        case 0 -> many(random, 1, "SREM", key);
        case 1 -> List.of("SPOP", key, Integer.toString(random.nextInt(60)));
        case 2 -> List.of("SUNIONSTORE", key, other, "set:0");
        case 3 -> List.of("SDIFFSTORE", key, other, "set:1");
        default -> many(random, 1, "SADD", key);
      };
    }

    private static List<String> hash(Random random, String key) {
      return switch (random.nextInt(7)) {
        case 0 -> many(random, 1, "HDEL", key);
        case 1 -> List.of("HINCRBY", key, element(random) + "n", number(random).split("\\.")[0]);
        case 2 -> List.of("HPEXPIRE", key, "900000", "FIELDS", "1", element(random));
        case 3 -> List.of("HSETNX", key, element(random), element(random));
        default -> many(random, 2, "HSET", key);
      };
    }

    private static List<String> zset(Random random, String key) {
      return switch (random.nextInt(8)) {
        case 0 -> many(random, 1, "ZREM", key);
        case 1 -> List.of("ZINCRBY", key, number(random), element(random));
        case 2 -> List.of("ZUNIONSTORE", key, "2", "zset:0", "zset:" + random.nextInt(4));
        case 3 -> List.of("ZREMRANGEBYRANK", key, "3", Integer.toString(random.nextInt(50)));
        case 4 ->
            List.of("GEOADD", key, "13.3", "38.1", element(random), "15", "37.5", element(random));
        case 5 -> List.of("ZPOPMIN", key, Integer.toString(random.nextInt(9)));
        default -> many(random, 2, "ZADD", key);
      };
    }

    private List<String> stream(Random random, String key) {
      return switch (random.nextInt(5)) {
        case 0 -> List.of("XTRIM", key, "MAXLEN", Integer.toString(random.nextInt(500)));
        case 1 -> {
          List<String> request = new ArrayList<>(List.of("XDEL", key));
          for (int i = 0; i < MOST; i++) {
            request.add("1-" + (1 + random.nextInt(last + 1)));
          }
          yield request;
        }
        case 2 ->
            List.of("XADD", key, "MAXLEN", "~", "300", "1-" + ++last, "field", element(random));
        default -> List.of("XADD", key, "1-" + ++last, "field", element(random), "other", "1");
      };
    }

    private static List<String> string(Random random, String key) {
      return switch (random.nextInt(5)) {
        case 0 -> List.of("SETRANGE", key, number(random).split("\\.")[0], element(random));
        case 1 -> List.of("APPEND", key, element(random));
        case 2 -> List.of("SET", key, element(random), "PX", "900000");
        case 3 -> List.of("MSET", key, element(random), "string:0", element(random));
        default -> List.of("PEXPIRE", key, "800000");
      };
    }

    private static List<String> bits(Random random, String key) {
      String at = Integer.toString(random.nextInt(60_000));
      return switch (random.nextInt(3)) {
        case 0 -> List.of("SETBIT", key, at, "1");
        case 1 -> List.of("BITOP", "XOR", key, "bits:0", "bits:" + random.nextInt(4));
        default -> List.of("BITFIELD", key, "SET", "u8", at, "7", "INCRBY", "u8", "9", "1");
      };
    }
  }
}
