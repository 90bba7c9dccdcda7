package io.sampo.command.bitmap;

import io.sampo.command.Command;
import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The commands on bitmaps reply what Redis replies. */
class BitmapCommandsTest {
  private static final String MAX = "9223372036854775807";
  private static final String MIN = "-9223372036854775808";
  private static final String BINARY = "\0\u00ff\u00f0\u000f\0\0\0\0\0\0\u0001";
  private static final List<String> VALUES =
      List.of(
          "", "a", "12345", BINARY, "\u00ff".repeat(20), "\0".repeat(20), "-1", "x".repeat(3000));
  private static final List<String> INDEXES =
      List.of("0", "1", "7", "8", "9", "70", "-1", "-2", "-9", "-1000", "100000", MAX, MIN, "x");

  @AgainstRedis
  void arity(Differential pair) {
    for (Command command : BitmapCommands.COMMANDS) {
      for (int n = 0; n < 8; n++) {
        Stream<String> arguments = IntStream.range(0, n).mapToObj(i -> "a" + i);
        pair.same(Stream.concat(Stream.of(command.name), arguments).toArray(String[]::new));
      }
    }
  }

  @AgainstRedis
  void singleBits(Differential pair) {
    for (String offset :
        List.of("0", "1", "7", "8", "100", "20000", "4294967296", "-1", MAX, MIN, "x", "#1", "")) {
      pair.say("GETBIT none " + offset, "DEL new");
      for (String bit : List.of("0", "1", "1", "2", "-1", "x", "")) {
        for (String value : VALUES) {
          pair.same("SET", "k", value);
          pair.say("GETBIT k " + offset, "SETBIT k " + offset + " " + bit, "GET k");
          pair.say("GETBIT k " + offset, "SETBIT new " + offset + " " + bit, "GET new");
          pair.say("OBJECT ENCODING k", "OBJECT ENCODING new");
        }
      }
    }
    pair.say("SET k 5 PXAT 4000000000000", "SETBIT k 3 1", "PEXPIRETIME k");
  }

  @AgainstRedis
  void counts(Differential pair) {
    for (String value : VALUES) {
      pair.same("SET", "k", value);
      for (String key : List.of("k", "none")) {
        pair.same("BITCOUNT", key);
        pair.same("BITCOUNT", key, "1");
        for (String start : INDEXES) {
          for (String end : INDEXES) {
            pair.say("BITCOUNT " + key + " " + start + " " + end);
            for (String unit : List.of("BYTE", "bit", "what")) {
              pair.say("BITCOUNT " + key + " " + start + " " + end + " " + unit);
            }
          }
        }
      }
    }
    pair.say("BITCOUNT k 1 2 BIT 3");
  }

  @AgainstRedis
  void positions(Differential pair) {
    for (String value : VALUES) {
      pair.same("SET", "k", value);
      for (String key : List.of("k", "none")) {
        for (String bit : List.of("0", "1", "2", "-1", "x")) {
          pair.say("BITPOS " + key + " " + bit);
          for (String start : INDEXES) {
            pair.say("BITPOS " + key + " " + bit + " " + start);
            for (String end : INDEXES) {
              String range = "BITPOS " + key + " " + bit + " " + start + " " + end;
              pair.say(range, range + " BYTE", range + " BIT", range + " WHAT", range + " BIT 1");
            }
          }
        }
      }
    }
  }

  @AgainstRedis({@On, @On(shards = 2), @On(shards = 5, loops = 2)})
  void operations(Differential pair) {
    Random random = new Random(5);
    for (int round = 0; round < 40; round++) {
      for (String key : List.of("a", "b", "c", "d")) {
        pair.same("SET", key, bytes(random, random.nextInt(70)));
      }
      pair.same("SET", "n", "" + random.nextInt());
      for (String operation : List.of("AND", "or", "Xor", "NOT", "NOR")) {
        pair.say("SET to x PXAT 4000000000000", "BITOP " + operation + " to a", "GET to");
        pair.say("PEXPIRETIME to", "OBJECT ENCODING to");
        pair.say("BITOP " + operation + " to a b", "GET to");
        pair.say("BITOP " + operation + " to a b none n d", "GET to");
        pair.say("BITOP " + operation + " a a c", "GET a", "BITOP " + operation + " c n", "GET c");
        pair.say("BITOP " + operation + " to none", "GET to", "BITOP " + operation + " to none a");
      }
    }
  }

  @AgainstRedis
  void fields(Differential pair) {
    for (String type :
        List.of(
            "i1", "u1", "i5", "u5", "i8", "i16", "u32", "u63", "i63", "i64", "u64", "i65", "i0",
            "I8", "8", "", "i", "i-1", "i08")) {
      for (String offset :
          List.of(
              "0",
              "3",
              "#0",
              "#2",
              "#",
              "-1",
              "#-1",
              "x",
              "100",
              "4294967295",
              "4294967296",
              MAX)) {
        pair.say("DEL new", "BITFIELD none GET " + type + " " + offset);
        pair.say("BITFIELD_RO none GET " + type + " " + offset);
        if (!offset.startsWith("4294967295")) {
          pair.say("BITFIELD new SET " + type + " " + offset + " 1", "GET new");
        }
      }
    }
    pair.say(
        "SET k 123456", "BITFIELD k", "BITFIELD_RO k", "BITFIELD k GET u8 0 GET i4 #3 GET u8 90");
    pair.say(
        "BITFIELD k GET u8", "BITFIELD k GET", "BITFIELD k SET u8 0", "BITFIELD k INCRBY u8 0");
    pair.say("BITFIELD k SET u8 0 x", "BITFIELD k OVERFLOW", "BITFIELD k OVERFLOW WHAT GET u8 0");
    pair.say(
        "BITFIELD k WHAT u8 0", "BITFIELD_RO k SET u8 0 1", "BITFIELD_RO k OVERFLOW SAT GET u8 0");
    pair.say(
        "BITFIELD k OVERFLOW FAIL", "BITFIELD k get u8 0 overflow sat incrby u8 0 250", "GET k");
    pair.say("SET k 5 PXAT 4000000000000", "BITFIELD k SET u8 8 1", "PEXPIRETIME k", "GET k");
    pair.say("OBJECT ENCODING k", "DEL f", "BITFIELD f OVERFLOW FAIL SET u2 0 9", "GET f");
  }

  @AgainstRedis
  void fieldsThatOverflow(Differential pair) {
    List<String> numbers =
        List.of(
            "0",
            "1",
            "-1",
            "127",
            "128",
            "-128",
            "-129",
            "255",
            "256",
            MAX,
            MIN,
            "4611686018427387904");
    for (String type : List.of("i1", "u1", "i8", "u8", "i63", "u63", "i64")) {
      for (String overflow : List.of("WRAP", "SAT", "FAIL")) {
        for (String first : numbers) {
          for (String second : numbers) {
            pair.same(
                ("BITFIELD k OVERFLOW "
                        + overflow
                        + " SET "
                        + type
                        + " 5 "
                        + first
                        + " INCRBY "
                        + type
                        + " 5 "
                        + second
                        + " GET "
                        + type
                        + " 5")
                    .split(" "));
          }
        }
      }
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void randomCommandsAgree(Differential pair) {
    pair.random(System.nanoTime(), BitmapCommandsTest::anyCommand, 20_000);
  }

  private static String[] anyCommand(Random random) {
    String key = "k" + random.nextInt(10);
    String other = "k" + random.nextInt(10);
    List<String> command = new ArrayList<>();
    switch (random.nextInt(10)) {
      case 0 -> command.addAll(List.of("SET", key, bytes(random, random.nextInt(60))));
      case 1 -> command.addAll(List.of("SET", key, "" + random.nextLong()));
      case 2 -> command.addAll(List.of("SETBIT", key, number(random, 600), number(random, 2)));
      case 3 -> command.addAll(List.of("GETBIT", key, number(random, 600)));
      case 4 -> {
        String unit = random.nextBoolean() ? "BIT" : "BYTE";
        command.addAll(List.of("BITCOUNT", key, index(random), index(random), unit));
      }
      case 5 -> {
        command.addAll(List.of("BITPOS", key, number(random, 2)));
        for (int n = random.nextInt(3); n > 0; n--) {
          command.add(index(random));
        }
        if (command.size() == 5 && random.nextBoolean()) {
          command.add("BIT");
        }
      }
      case 6 -> {
        String operation = List.of("AND", "OR", "XOR").get(random.nextInt(3));
        command.addAll(List.of("BITOP", operation, key, other, "k" + random.nextInt(10)));
      }
      case 7 -> command.addAll(List.of("BITOP", "NOT", key, other));
      case 8 -> {
        command.addAll(List.of("BITFIELD", key));
        for (int n = random.nextInt(4); n > 0; n--) {
          command.addAll(operation(random));
        }
      }
      default -> command.addAll(List.of("GET", key));
    }
    return command.toArray(String[]::new);
  }

  private static List<String> operation(Random random) {
    boolean signed = random.nextBoolean();
    String type = (signed ? "i" : "u") + (1 + random.nextInt(signed ? 64 : 63));
    String offset = random.nextInt(4) == 0 ? "#" + random.nextInt(5) : number(random, 400);
    String operand = "" + (random.nextLong() >> random.nextInt(64));
    return switch (random.nextInt(4)) {
      case 0 -> List.of("GET", type, offset);
      case 1 -> List.of("SET", type, offset, operand);
      case 2 -> List.of("INCRBY", type, offset, operand);
      default -> List.of("OVERFLOW", List.of("WRAP", "SAT", "FAIL").get(random.nextInt(3)));
    };
  }

  private static String number(Random random, int bound) {
    return Integer.toString(random.nextInt(bound));
  }

  private static String index(Random random) {
    return Integer.toString(random.nextInt(160) - 80);
  }

  private static String bytes(Random random, int length) {
    StringBuilder text = new StringBuilder();
    boolean sparse = random.nextBoolean();
    for (int i = 0; i < length; i++) {
      text.append((char) (sparse && random.nextInt(9) > 0 ? 0 : random.nextInt(256)));
    }
    return text.toString();
  }
}
