package io.sampo.command.string;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The commands on strings reply what Redis replies. */
class StringCommandsTest {
  /** A time in the far future, in seconds. */
  private static final String LATER = "4000000000";

  private static final String LATER_MILLIS = LATER + "123";
  private static final String BINARY = "\0\r\n\u00ff\u0080 x";
  private static final String TOO_BIG = "9223372036854775808";
  private static final String MAX = "9223372036854775807";
  private static final String MIN = "-9223372036854775808";
  private static final List<String> COMMANDS =
      StringCommands.COMMANDS.stream().map(command -> command.name).toList();

  /** Sends one line, its arguments separated by single blanks; two in a row hold an empty one. */
  @AgainstRedis
  void arity(Differential pair) {
    for (String command : COMMANDS) {
      for (int n = 0; n < 6; n++) {
        Stream<String> arguments = IntStream.range(0, n).mapToObj(i -> "a" + i);
        pair.same(Stream.concat(Stream.of(command), arguments).toArray(String[]::new));
      }
    }
  }

  @AgainstRedis
  void setAndGet(Differential pair) {
    for (String value : List.of("", "v", "12", BINARY, "x".repeat(3000), MAX, MIN, TOO_BIG, "-0")) {
      for (String key : List.of("", "k", BINARY, "x".repeat(300))) {
        pair.same("SET", key, value);
        pair.same("GET", key);
        pair.same("STRLEN", key);
        pair.same("GETSET", key, value + "1");
        pair.same("GETDEL", key);
        pair.same("GETDEL", key);
        pair.same("SETNX", key, value);
        pair.same("SETNX", key, "other");
        pair.same("APPEND", key, value);
        pair.same("GET", key);
      }
    }
  }

  @AgainstRedis
  void setOptions(Differential pair) {
    List<String> options =
        List.of(
            "NX",
            "xx",
            "Get",
            "KEEPTTL",
            "PERSIST",
            "EXAT " + LATER,
            "PXAT " + LATER_MILLIS,
            "EX 0",
            "EX",
            "WHAT",
            "NX ");
    for (String one : options) {
      pair.say("SET k v0 " + one, "GET k", "PEXPIRETIME k");
      for (String two : options) {
        pair.say("SET k v1 " + one + " " + two, "GET k", "PEXPIRETIME k", "TYPE k");
        for (String three : options) {
          pair.say("SET k v2 " + one + " " + two + " " + three, "PEXPIRETIME k");
        }
        pair.say("DEL k");
      }
      pair.say("GETEX k " + one, "SET k v", "GETEX k " + one, "PEXPIRETIME k");
      for (String two : options) {
        pair.say("GETEX k " + one + " " + two, "PEXPIRETIME k");
      }
    }
  }

  @AgainstRedis
  void invalidTimes(Differential pair) {
    for (String time :
        List.of(
            "0", "-1", MIN, MAX, "9223372036854775", "9223372036854776", TOO_BIG, "x", "", "1.5")) {
      for (String unit : List.of("EX", "PX", "EXAT", "PXAT")) {
        pair.say("DEL k", "GETEX k " + unit + " " + time);
        pair.say("SET k v " + unit + " " + time, "SET k w", "GETEX k " + unit + " " + time);
        pair.say("GET k");
      }
      pair.say("SETEX k " + time + " v", "PSETEX k " + time + " v");
    }
  }

  @AgainstRedis
  void timesThatAreOver(Differential pair) {
    for (String time : List.of("EXAT 1", "PXAT 1", "PXAT 1000000000000")) {
      pair.say("SET k v " + time, "GET k", "SET k v NX GET", "GETEX k " + time, "GET k");
      pair.say("SET k v " + time + " GET", "STRLEN k", "APPEND k x", "PEXPIRETIME k");
    }
  }

  @AgainstRedis
  void relativeTimes(Differential pair) {
    for (String command :
        List.of("SET k v EX 100", "SET k v PX 100000", "SETEX k 100 v", "PSETEX k 100000 v")) {
      pair.say(command, "GET k");
      pair.sameWithin(1000, "PTTL", "k");
    }
    for (String command : List.of("GETEX k EX 50", "GETEX k PX 50000")) {
      pair.say(command);
      pair.sameWithin(1000, "PTTL", "k");
    }
    pair.say("GETEX k PERSIST", "PTTL k");
  }

  @AgainstRedis
  void anExpiryIsKeptOrDropped(Differential pair) {
    for (String command :
        List.of(
            "SET k 2",
            "SET k 2 KEEPTTL",
            "GETSET k 2",
            "SETNX k 2",
            "MSET k 2",
            "MSETNX k 2",
            "INCR k",
            "DECRBY k 3",
            "INCRBYFLOAT k 1.5",
            "APPEND k 2",
            "SETRANGE k 2 x",
            "SETRANGE k 2 ",
            "GETEX k",
            "GETEX k PERSIST",
            "GETDEL k")) {
      pair.say("SET k 1 PXAT " + LATER_MILLIS, command, "PEXPIRETIME k", "GET k");
    }
  }

  @AgainstRedis
  void encodings(Differential pair) {
    for (String value :
        List.of("", "1", "-1", "01", MAX, TOO_BIG, "1.5", "x".repeat(44), "y".repeat(45))) {
      for (String command :
          List.of(
              "SET k " + value,
              "SET k " + value + " PXAT " + LATER_MILLIS,
              "GETSET k " + value,
              "MSET k " + value,
              "APPEND k " + value,
              "SETRANGE k 0 " + value,
              "SETRANGE k 1 " + value,
              "INCR k",
              "INCRBYFLOAT k 1")) {
        for (String before : List.of("DEL k", "SET k 1", "SET k text", "SET k " + "z".repeat(50))) {
          pair.say(before, command, "OBJECT ENCODING k", "GET k", "INCR k", "OBJECT ENCODING k");
        }
      }
    }
  }

  @AgainstRedis
  void counters(Differential pair) {
    List<String> values =
        List.of("0", "1", "-1", MAX, MIN, TOO_BIG, "", " 1", "1 ", "+1", "01", "-0", "1.0", "x");
    for (String value : values) {
      for (String by : values) {
        for (String command : List.of("INCRBY", "DECRBY", "INCRBYFLOAT")) {
          pair.same("SET", "k", value);
          pair.same(command, "k", by);
          pair.same(command, "k", by);
          pair.same("GET", "k");
        }
      }
      pair.same("DEL", "k");
      pair.same("INCRBY", "k", value);
      pair.same("INCR", "k");
      pair.same("DECR", "k");
      pair.same("DECR", "k");
    }
  }

  @AgainstRedis
  void floats(Differential pair) {
    List<String> values =
        List.of(
            "0",
            "-0",
            "3.0e3",
            "5.0e-1",
            "inf",
            "-inf",
            "nan",
            "1e400",
            "-1e4932",
            "1e-20",
            "0x1p3",
            "1e17",
            "123456789.123456789",
            "",
            " 1",
            "1 ",
            ".5",
            "5.",
            "1e",
            "--1",
            "1\0");
    for (String value : values) {
      for (String by : values) {
        pair.same("SET", "k", value);
        pair.same("INCRBYFLOAT", "k", by);
        pair.same("GET", "k");
      }
    }
    pair.random(
        3,
        random -> {
          String number =
              switch (random.nextInt(4)) {
                case 0 -> Double.toString(random.nextGaussian());
                case 1 -> Long.toString(random.nextLong());
                case 2 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
                default -> random.nextInt(1000) + "." + random.nextInt(1000);
              };
          return random.nextInt(5) == 0
              ? new String[] {"SET", "k", number}
              : new String[] {"INCRBYFLOAT", "k", number};
        },
        3000);
  }

  @AgainstRedis
  void ranges(Differential pair) {
    List<String> indexes =
        List.of(
            "0", "1", "3", "5", "6", "100", "-1", "-5", "-6", "-7", "-100", MAX, MIN, "x", TOO_BIG);
    for (String value : List.of("", "string", "123456")) {
      pair.same("SET", "k", value);
      for (String start : indexes) {
        for (String end : indexes) {
          pair.same("GETRANGE", "k", start, end);
          pair.same("SUBSTR", "k", start, end);
          pair.same("GETRANGE", "missing", start, end);
        }
      }
    }
    pair.same("SET", "k", "0123456789".repeat(1000));
    pair.same("GETRANGE", "k", "2000", "-2000");
  }

  @AgainstRedis
  void setRange(Differential pair) {
    for (String offset :
        List.of("0", "1", "7", "3000", "-1", "536870911", "536870912", MAX, MIN, TOO_BIG, "x")) {
      for (String value : List.of("", "ab", BINARY)) {
        if (offset.equals("536870911") && value.isEmpty() || !offset.equals("536870911")) {
          for (String before : List.of("", "s", "string", "12345678", "x".repeat(2500))) {
            pair.same("DEL", "k", "new");
            pair.same("SET", "k", before);
            pair.same("SETRANGE", "k", offset, value);
            pair.same("GET", "k");
            pair.same("SETRANGE", "new", offset, value);
            pair.same("GET", "new");
          }
        }
      }
    }
    pair.same("SETRANGE", "k", "536870911", "ab");
  }

  @AgainstRedis({@On, @On(shards = 2), @On(shards = 5, loops = 2)})
  void manyKeys(Differential pair) {
    pair.say("MSET a 1 b 2 c 3 d  a 4", "MGET a b c d e a", "MSET a", "MSET a 1 b");
    pair.say("MSETNX x 1 y 2 a 3", "MGET x y a", "MSETNX x 1 y 2 x 3", "MGET x y", "MSETNX x 1 y");
    pair.say("MSETNX x 1 y", "MSETNX", "MGET", "DBSIZE");
    pair.same("MSET", BINARY, BINARY, "", "");
    pair.same("MGET", BINARY, "", "none");
    pair.say("SET s ohmytext", "SET t mynewtext", "LCS s t", "LCS s none", "LCS s s IDX");
  }

  @AgainstRedis
  void longestCommonSubsequence(Differential pair) {
    pair.say("SET a ohmytext", "SET b mynewtext", "SET empty ", "SET n 1234512345", "SET m 345");
    for (String keys : List.of("a b", "b a", "a a", "a empty", "empty empty", "a none", "n m")) {
      for (String options :
          List.of(
              "",
              " LEN",
              " IDX",
              " LEN IDX",
              " IDX MINMATCHLEN 4",
              " IDX MINMATCHLEN 4 WITHMATCHLEN",
              " withmatchlen idx minmatchlen 0",
              " IDX MINMATCHLEN -1",
              " MINMATCHLEN 3",
              " WITHMATCHLEN",
              " MINMATCHLEN",
              " MINMATCHLEN x",
              " LEN LEN",
              " WHAT")) {
        pair.same(("LCS " + keys + options).split(" "));
      }
    }
    Random random = new Random(11);
    for (int i = 0; i < 200; i++) {
      for (String key : List.of("x", "y")) {
        pair.same("SET", key, text(random, random.nextInt(150), 2 + i % 5));
      }
      pair.same("LCS", "x", "y");
      pair.same("LCS", "x", "y", "LEN");
      pair.same("LCS", "x", "y", "IDX", "WITHMATCHLEN", "MINMATCHLEN", "" + random.nextInt(4));
    }
    pair.same("SET", "x", "x".repeat(20_000));
    pair.same("LCS", "x", "x", "LEN");
    pair.same("LCS", "x", "none", "LEN");
  }

  private static String text(Random random, int length, int letters) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(letters)));
    }
    return text.toString();
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void randomCommandsAgree(Differential pair) {
    pair.random(System.nanoTime(), StringCommandsTest::anyCommand, 20_000);
  }

  private static String[] anyCommand(Random random) {
    String key = "k" + random.nextInt(20);
    String other = "k" + random.nextInt(20);
    List<String> command = new ArrayList<>();
    switch (random.nextInt(24)) {
      case 0, 1, 2 -> {
        command.addAll(List.of("SET", key, value(random)));
        for (int n = random.nextInt(3); n > 0; n--) {
          command.addAll(option(random));
        }
      }
      case 3 -> {
        command.addAll(List.of("GETEX", key));
        for (int n = random.nextInt(3); n > 0; n--) {
          command.addAll(option(random));
        }
      }
      case 4 -> command.addAll(List.of("INCR", key));
      case 5 -> command.addAll(List.of("DECR", key));
      case 6 -> command.addAll(List.of("INCRBY", key, value(random)));
      case 7 -> command.addAll(List.of("DECRBY", key, value(random)));
      case 8 -> command.addAll(List.of("INCRBYFLOAT", key, value(random)));
      case 9 -> command.addAll(List.of("APPEND", key, random.nextInt(3) == 0 ? "" : "1"));
      case 10 -> command.addAll(List.of("GETDEL", key));
      case 11 -> command.addAll(List.of("GETSET", key, value(random)));
      case 12 -> command.addAll(List.of("SETNX", key, value(random)));
      case 13 -> command.addAll(List.of("STRLEN", key));
      case 14 -> command.addAll(List.of("MGET", key, other, "none"));
      case 15 -> command.addAll(List.of("MSET", key, value(random), other, value(random)));
      case 16 -> command.addAll(List.of("MSETNX", key, value(random), other, value(random)));
      case 17 -> command.addAll(List.of("GETRANGE", key, index(random), index(random)));
      case 18 -> command.addAll(List.of("SETRANGE", key, index(random), value(random)));
      case 19 -> command.addAll(List.of("LCS", key, other));
      case 20 -> command.addAll(List.of("DEL", key));
      case 21 -> command.addAll(List.of("PEXPIRETIME", key));
      case 22 -> command.addAll(List.of("OBJECT", "ENCODING", key));
      default -> command.addAll(List.of("GET", key));
    }
    return command.toArray(String[]::new);
  }

  private static String value(Random random) {
    return switch (random.nextInt(7)) {
      case 0 -> "";
      case 1 -> text(random, 1 + random.nextInt(100), 26);
      case 2 -> Integer.toString(random.nextInt(200) - 100);
      case 3 -> Long.toString(random.nextLong());
      case 4 -> Double.toString(random.nextInt(1000) / 8.0);
      case 5 -> BINARY;
      default -> "0".repeat(random.nextInt(20)) + "7";
    };
  }

  private static List<String> option(Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> List.of("NX");
      case 1 -> List.of("XX");
      case 2 -> List.of("GET");
      case 3 -> List.of("KEEPTTL");
      case 4 -> List.of("PERSIST");
      case 5 -> List.of("EXAT", LATER);
      case 6 -> List.of("PXAT", LATER_MILLIS.substring(0, 12) + random.nextInt(10));
      case 7 -> List.of("EXAT", "1");
      default -> List.of("PXAT", value(random));
    };
  }

  private static String index(Random random) {
    return Integer.toString(random.nextInt(random.nextInt(50) == 0 ? 3000 : 24) - 10);
  }
}
