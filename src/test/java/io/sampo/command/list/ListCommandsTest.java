package io.sampo.command.list;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sampo.command.Command;
import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The commands on lists reply what Redis replies. */
class ListCommandsTest {
  private static final String BINARY = "\0\r\n\u00ff\u0080 x";
  private static final String MIN = "-9223372036854775808";
  private static final String MAX = "9223372036854775807";

  @AgainstRedis
  void arity(Differential pair) {
    for (Command command : ListCommands.COMMANDS) {
      for (int n = 0; n < 7; n++) {
        Stream<String> arguments = IntStream.range(0, n).mapToObj(i -> "a" + i);
        pair.same(Stream.concat(Stream.of(command.name), arguments).toArray(String[]::new));
      }
    }
  }

  @AgainstRedis
  void anotherTypeIsRefused(Differential pair) {
    pair.say("SET s x", "RPUSH l a");
    pair.say("LPUSH s a", "RPUSH s a", "LPUSHX s a", "RPUSHX s a", "LPOP s", "RPOP s", "LPOP s 2");
    pair.say("LLEN s", "LINDEX s 0", "LINDEX s x", "LSET s 0 a", "LSET s x a", "LRANGE s 0 1");
    pair.say("LRANGE s x 1", "LTRIM s 0 1", "LREM s 0 a", "LINSERT s BEFORE a b", "LPOS s a");
    pair.say("LMOVE s l LEFT LEFT", "LMOVE l s LEFT LEFT", "LMOVE missing s LEFT RIGHT");
    pair.say("RPOPLPUSH s l", "RPOPLPUSH l s", "LMPOP 2 missing s LEFT", "LMPOP 2 l s RIGHT");
    pair.say("GET s", "EXISTS l");
  }

  @AgainstRedis
  void elementsOfEveryForm(Differential pair) {
    for (String element :
        List.of(
            "",
            "a",
            "0",
            "-0",
            "01",
            "127",
            "128",
            "-1",
            "4095",
            "-4096",
            "4096",
            "32767",
            "-32769",
            "8388607",
            "-8388609",
            "2147483648",
            MAX,
            MIN,
            MAX + "0",
            BINARY,
            "x".repeat(63),
            "x".repeat(64),
            "x".repeat(4095),
            "x".repeat(4096),
            "x".repeat(20_000))) {
      for (String push : List.of("LPUSH", "RPUSH")) {
        pair.same(push, "k", element);
        pair.same("LINDEX", "k", push.equals("LPUSH") ? "0" : "-1");
        pair.same("LPOS", "k", element);
        pair.same("LPOS", "k", element, "RANK", "-1");
      }
    }
    pair.say("LLEN k", "LRANGE k 0 -1");
    pair.same("LREM", "k", "0", "128");
    pair.same("LREM", "k", "-1", "x".repeat(64));
    pair.say("LRANGE k 0 -1", "RPOP k 5", "LPOP k 5", "LRANGE k 0 -1", "LPOP k 100", "EXISTS k");
  }

  @AgainstRedis
  void ends(Differential pair) {
    pair.say("LPUSHX l a", "RPUSHX l a", "LPUSH l a b c", "RPUSH l d e f", "LPUSHX l g h");
    pair.say("RPUSHX l i j", "LRANGE l 0 -1", "LPOP l", "RPOP l", "LPOP l 2", "RPOP l 2");
    pair.say("LPOP l 0", "RPOP l -1", "LPOP l x", "LPOP l 1 2", "RPOP l 1 2", "RPOP l " + MAX);
    pair.say("LPOP l", "RPOP l", "LPOP l 1", "LPOP l 0", "RPOP l 1 1", "LPOP l x", "LLEN l");
    pair.say("RPUSH l 1 2 3", "LPOP l 10", "EXISTS l", "RPUSH l 1 2 3", "RPOP l 3", "EXISTS l");
  }

  @AgainstRedis
  void ranges(Differential pair) {
    pair.say("RPUSH l a b c d e");
    List<String> indexes = List.of("0", "1", "4", "5", "6", "-1", "-5", "-6", "-7", MAX, MIN, "x");
    for (String from : indexes) {
      pair.say("LINDEX l " + from, "LINDEX none " + from, "LSET l " + from + " v", "LRANGE l 0 -1");
      pair.say("LSET none " + from + " v", "LRANGE none " + from + " 1");
      for (String to : indexes) {
        pair.say("LRANGE l " + from + " " + to);
        pair.say("DEL t", "RPUSH t a b c d e", "LTRIM t " + from + " " + to, "LRANGE t 0 -1");
        pair.say("EXISTS t", "LTRIM none " + from + " " + to);
      }
    }
  }

  @AgainstRedis
  void insertingAndRemoving(Differential pair) {
    pair.say("RPUSH l a b a c a 1 2 1", "LINSERT l BEFORE a x", "LINSERT l after a y");
    pair.say("LINSERT l BEFORE none x", "LINSERT none BEFORE a x", "LINSERT l BESIDE a x");
    pair.say("LINSERT none BESIDE a x", "LINSERT l AFTER 1 end", "LRANGE l 0 -1");
    for (String count : List.of("0", "1", "-1", "2", "-2", "100", "-100", MAX, "-" + MAX, "x")) {
      pair.say("DEL r", "RPUSH r a b a c a 1 2 1", "LREM r " + count + " a", "LRANGE r 0 -1");
      pair.say("LREM r " + count + " 1", "LREM r " + count + " none", "LRANGE r 0 -1");
      pair.say("LREM none " + count + " a");
    }
    pair.say(
        "RPUSH all a a a", "LREM all 0 a", "EXISTS all", "RPUSH all a", "LREM all " + MIN + " a");
  }

  @AgainstRedis
  void positions(Differential pair) {
    pair.say("RPUSH l a b c 1 2 3 c c 1 a");
    List<String> values = List.of("0", "1", "2", "3", "-1", "-2", "-3", "20", "x", MAX, "-" + MAX);
    for (String element : List.of("a", "c", "1", "none")) {
      pair.say("LPOS l " + element, "LPOS none " + element, "LPOS none " + element + " COUNT 1");
      for (String one : values) {
        for (String option : List.of("RANK", "COUNT", "MAXLEN")) {
          pair.say("LPOS l " + element + " " + option + " " + one);
        }
        for (String two : values) {
          pair.say("LPOS l " + element + " RANK " + one + " COUNT " + two);
          pair.say("LPOS l " + element + " RANK " + one + " COUNT 0 MAXLEN " + two);
          pair.say("LPOS l " + element + " MAXLEN " + one + " rank " + two);
        }
      }
    }
    pair.say("LPOS l a RANK", "LPOS l a WHAT 1", "LPOS l a COUNT 1 COUNT 2", "LPOS l a RANK 1 2");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void moving(Differential pair) {
    for (String from : List.of("LEFT", "right", "UP")) {
      for (String to : List.of("left", "RIGHT", "")) {
        String ends = " " + from + " " + to;
        pair.say("DEL a b", "RPUSH a 1 2 3", "LMOVE a b" + ends, "LMOVE a b" + ends);
        pair.say("LMOVE a b" + ends, "LMOVE a b" + ends, "LRANGE a 0 -1", "LRANGE b 0 -1");
        pair.say(
            "LMOVE b b" + ends, "LRANGE b 0 -1", "EXISTS a", "LTRIM b 0 0", "LMOVE b b" + ends);
        pair.say("LRANGE b 0 -1");
      }
    }
    pair.say(
        "RPUSH a x y z", "RPOPLPUSH a b", "RPOPLPUSH a a", "RPOPLPUSH none b", "RPOPLPUSH a a");
    pair.say("LRANGE a 0 -1", "LRANGE b 0 -1");
    pair.say("DEL a");
    pair.same("RPUSH", "a", "x".repeat(20_000));
    pair.say("RPOPLPUSH a a", "LRANGE a 0 -1", "RPOPLPUSH a c", "LRANGE c 0 -1");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void poppingFromTheFirstOfSeveral(Differential pair) {
    pair.say("RPUSH a 1 2 3 4 5 6", "RPUSH b x y", "SET s v");
    pair.say("LMPOP 1 none LEFT", "LMPOP 2 none a LEFT", "LMPOP 3 none b a right COUNT 5");
    pair.say("LMPOP 2 b a RIGHT COUNT 2", "LMPOP 1 a LEFT COUNT 100", "EXISTS a b", "RPUSH a 1");
    pair.say("LMPOP 0 a LEFT", "LMPOP -1 a LEFT", "LMPOP x a LEFT", "LMPOP 2 a LEFT", "LMPOP 1 a");
    pair.say("LMPOP 1 a UP", "LMPOP 1 a LEFT COUNT", "LMPOP 1 a LEFT COUNT 0");
    pair.say("LMPOP 1 a LEFT COUNT -1", "LMPOP 1 a LEFT COUNT x", "LMPOP 1 a LEFT COUNT 1 COUNT 1");
    pair.say("LMPOP 1 a LEFT WHAT 1", "LMPOP 2 none s LEFT", "LMPOP " + MAX + " a LEFT");
    pair.say("LRANGE a 0 -1");
  }

  @AgainstRedis
  void theEncodingIsThatOfRedis72(Differential pair) {
    pair.sampo().expect(':', "RPUSH", "k", "a");
    assertEquals("listpack", pair.sampo().call("OBJECT", "ENCODING", "k").text());
    pair.sampo().expect(':', "RPUSH", "k", "x".repeat(8192));
    assertEquals("quicklist", pair.sampo().call("OBJECT", "ENCODING", "k").text());
    pair.sampo().expect('$', "RPOP", "k");
    assertEquals("listpack", pair.sampo().call("OBJECT", "ENCODING", "k").text());
    pair.config("list-max-listpack-size", "4");
    pair.sampo().expect(':', "RPUSH", "k", "b", "c", "d");
    assertEquals("listpack", pair.sampo().call("OBJECT", "ENCODING", "k").text());
    pair.sampo().expect(':', "RPUSH", "k", "e");
    assertEquals("quicklist", pair.sampo().call("OBJECT", "ENCODING", "k").text());
    pair.sampo().expect('+', "LTRIM", "k", "0", "1");
    assertEquals("listpack", pair.sampo().call("OBJECT", "ENCODING", "k").text());
  }

  @AgainstRedis({@On, @On(shards = 2, loops = 2)})
  void randomSequences(Differential pair) {
    pair.random(11, ListCommandsTest::command, 20_000);
  }

  @AgainstRedis(@On(shards = 2))
  void randomSequencesOverCompressedNodes(Differential pair) {
    pair.config("list-max-listpack-size", "3");
    pair.config("list-compress-depth", "1");
    pair.random(12, ListCommandsTest::command, 8_000);
    pair.say("CONFIG SET list-compress-depth -1", "CONFIG SET list-compress-depth x");
    pair.say("CONFIG SET list-compress-depth 2147483648", "CONFIG GET list-compress-depth");
    pair.say("CONFIG SET list-compress-depth 2147483647", "CONFIG GET list-compress-depth");
    // Lists that there are keep what they have.
    pair.config("list-compress-depth", "2");
    pair.random(13, ListCommandsTest::command, 8_000);
  }

  private static String[] command(Random random) {
    String key = "k" + random.nextInt(4);
    String other = "k" + random.nextInt(4);
    String end = random.nextBoolean() ? "LEFT" : "RIGHT";
    String otherEnd = random.nextBoolean() ? "LEFT" : "RIGHT";
    String index = "" + (random.nextInt(60) - 30);
    String element = element(random);
    return switch (random.nextInt(26)) {
      case 0, 1, 2, 3 -> new String[] {"RPUSH", key, element, element(random)};
      case 4, 5, 6 -> new String[] {"LPUSH", key, element(random), element, element(random)};
      case 7 -> new String[] {"LPUSHX", key, element};
      case 8 -> new String[] {"RPUSHX", key, element};
      case 9 -> new String[] {"LPOP", key};
      case 10 -> new String[] {"RPOP", key};
      case 11 -> new String[] {"LPOP", key, "" + random.nextInt(4)};
      case 12 -> new String[] {"RPOP", key, "" + random.nextInt(4)};
      case 13 -> new String[] {"LINDEX", key, index};
      case 14 -> new String[] {"LSET", key, index, element};
      case 15 ->
          new String[] {
            "LINSERT", key, random.nextBoolean() ? "BEFORE" : "AFTER", element(random), element
          };
      case 16 -> new String[] {"LRANGE", key, index, "" + (random.nextInt(60) - 30)};
      case 17 -> new String[] {"LREM", key, "" + (random.nextInt(5) - 2), element};
      case 18 ->
          random.nextInt(4) > 0
              ? new String[] {"LLEN", key}
              : new String[] {"LTRIM", key, "" + (random.nextInt(6) - 3), index};
      case 19 ->
          new String[] {
            "LPOS",
            key,
            element,
            "RANK",
            random.nextBoolean() ? "1" : "-1",
            "COUNT",
            "" + random.nextInt(3)
          };
      case 20, 21 -> new String[] {"LMOVE", key, other, end, otherEnd};
      case 22 -> new String[] {"RPOPLPUSH", key, other};
      case 23 ->
          new String[] {"LMPOP", "2", key, other, end, "COUNT", "" + (1 + random.nextInt(3))};
      case 24 ->
          random.nextInt(20) == 0
              ? new String[] {"DEL", key}
              : new String[] {"LRANGE", key, "0", "-1"};
      default ->
          random.nextInt(20) == 0 ? new String[] {"SET", key, "s"} : new String[] {"TYPE", key};
    };
  }

  private static String element(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> "" + random.nextInt(5);
      case 1 -> "" + (random.nextLong() >> random.nextInt(64));
      case 2 -> random.nextInt(40) == 0 ? "z".repeat(random.nextInt(10_000)) : "z";
      case 3 -> "x".repeat(random.nextInt(100));
      default -> "e" + random.nextInt(8);
    };
  }
}
