package io.sampo.command.string;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Strings that are in pieces are to whoever asks what they are in Redis. */
class LongStringsTest {
  private static final int PIECE = 1 << 16;
  private static final int LONGEST = 4 * PIECE;

  /** A place in a string, likely one where pieces meet. */
  private static int place(Random random) {
    return random.nextBoolean()
        ? random.nextInt(LONGEST)
        : Math.max(0, random.nextInt(4) * PIECE + random.nextInt(20) - 10);
  }

  private static String index(Random random) {
    return "" + (random.nextInt(4) == 0 ? -1 - place(random) : place(random));
  }

  private static String text(Random random) {
    int length = random.nextInt(8) == 0 ? random.nextInt(3 * PIECE) : random.nextInt(30);
    char[] chars = new char[length];
    // Of few bits, so that there is something to find, and to compress.
    char fill = (char) random.nextInt(256);
    for (int i = 0; i < length; i++) {
      chars[i] = random.nextInt(200) == 0 ? (char) random.nextInt(256) : fill;
    }
    return new String(chars);
  }

  private static String key(Random random) {
    return "k" + random.nextInt(4);
  }

  private static String[] next(Random random) {
    String key = key(random);
    String bit = "" + random.nextInt(2);
    String width = "u" + (1 + random.nextInt(63));
    String at = "" + (8L * place(random) + random.nextInt(8));
    String unit = random.nextBoolean() ? "BIT" : "BYTE";
    return switch (random.nextInt(24)) {
      case 0 -> new String[] {"SET", key, text(random)};
      case 1 -> new String[] {"GETSET", key, text(random)};
      case 2 -> new String[] {"SET", key, text(random), "GET"};
      case 3 -> new String[] {"GETDEL", key};
      case 4 -> new String[] {"GETEX", key, "PERSIST"};
      case 5, 6 -> new String[] {"SETRANGE", key, "" + place(random), text(random)};
      case 7 -> new String[] {"SETBIT", key, at, bit};
      case 8 -> new String[] {"GETBIT", key, at};
      case 9 -> new String[] {"BITFIELD", key, "SET", width, at, "5", "INCRBY", "u8", at, "300"};
      case 10 -> new String[] {"BITFIELD", key, "GET", width, at};
      case 11 -> new String[] {"BITCOUNT", key, index(random), index(random), unit};
      case 12 -> new String[] {"BITPOS", key, bit, index(random), index(random), unit};
      case 13 -> new String[] {"BITPOS", key, bit};
      case 14 -> new String[] {"BITOP", "XOR", key, key(random), key(random)};
      case 15 -> new String[] {"BITOP", "AND", key, key(random), key(random), key(random)};
      case 16 -> new String[] {"BITOP", "NOT", key, key(random)};
      case 17 -> new String[] {"COPY", key, key(random), "REPLACE"};
      case 18 -> new String[] {"GETRANGE", key, index(random), index(random)};
      case 19 -> new String[] {"MGET", key, key(random), "none", key(random)};
      case 20 -> new String[] {"DEBUG", "DIGEST-VALUE", key};
      case 21 -> new String[] {random.nextBoolean() ? "INCR" : "PFCOUNT", key};
      case 22 -> new String[] {"STRLEN", key};
      default ->
          random.nextInt(8) == 0
              ? new String[] {"DEL", key}
              : new String[] {"APPEND", key, text(random)};
    };
  }

  private static void check(Differential pair) {
    for (int i = 0; i < 4; i++) {
      pair.same("GET", "k" + i);
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void anything(Differential pair) {
    pair.random(7, LongStringsTest::next, 1500);
    check(pair);
  }

  /** What a reply tells is what there was when its request ran, whatever comes behind it. */
  @AgainstRedis
  void whatWasReplied(Differential pair) {
    Random random = new Random(8);
    for (int round = 0; round < 40; round++) {
      List<String[]> batch = new ArrayList<>();
      boolean atomic = random.nextBoolean();
      if (atomic) {
        batch.add(new String[] {"MULTI"});
      }
      for (int i = 0; i < 15; i++) {
        batch.add(next(random));
        batch.add(new String[] {"GET", key(random)});
      }
      if (atomic) {
        batch.add(new String[] {"EXEC"});
      }
      pair.samePipelined(batch);
    }
    check(pair);
  }

  /** What one of them has dumped the other restores. */
  @AgainstRedis
  void dumps(Differential pair) {
    Random random = new Random(9);
    List<String> values = new ArrayList<>();
    for (int length : List.of(PIECE, PIECE + 1, 3 * PIECE, 5 * PIECE + 7)) {
      values.add("x".repeat(length));
      char[] noise = new char[length];
      for (int i = 0; i < length; i++) {
        noise[i] = (char) random.nextInt(256);
      }
      values.add(new String(noise));
      values.add(new String(noise, 0, length / 3 * 2) + "y".repeat(length / 3));
    }
    for (String value : values) {
      pair.same("SET", "k", value);
      String ours = pair.sampo().call("DUMP", "k").text();
      String theirs = pair.redis().call("DUMP", "k").text();
      pair.sampo().expect('+', "RESTORE", "of redis", "0", theirs, "REPLACE");
      pair.redis().expect('+', "RESTORE", "of redis", "0", theirs, "REPLACE");
      pair.sampo().expect('+', "RESTORE", "of sampo", "0", ours, "REPLACE");
      pair.redis().expect('+', "RESTORE", "of sampo", "0", ours, "REPLACE");
      pair.same("GET", "of redis");
      pair.same("GET", "of sampo");
    }
  }
}
