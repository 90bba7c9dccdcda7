package io.sampo.command.stream;

import static io.sampo.command.stream.Timeless.everything;
import static io.sampo.command.stream.Timeless.sayTimeless;

import io.sampo.command.Command;
import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Seed;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The commands on streams reply what Redis replies. */
class StreamCommandsTest {
  private static final String MAX = "18446744073709551615";
  private static final List<String> IDS =
      List.of(
          "0",
          "0-0",
          "0-1",
          "1",
          "1-0",
          "1-1",
          "1-2",
          "5",
          "5-5",
          "7-3",
          "-",
          "+",
          "$",
          ">",
          "*",
          "1-*",
          "0-*",
          "-1",
          "1-",
          "-1-1",
          "1--1",
          "1-+1",
          " 1- 2",
          "01-02",
          "1-2-3",
          "x",
          "1-x",
          "",
          "(1",
          "(1-1",
          "(",
          "(-",
          "(+",
          "(0",
          "(" + MAX + "-" + MAX,
          MAX,
          MAX + "-" + MAX,
          MAX + "-*",
          "18446744073709551616",
          "1-18446744073709551616",
          "9".repeat(128),
          "-0",
          "1--0",
          "+5",
          "9223372036854775808");

  @AgainstRedis
  void arity(Differential pair) {
    for (Command command : StreamCommands.COMMANDS) {
      for (int n = 0; n < 8; n++) {
        Stream<String> arguments = IntStream.range(0, n).mapToObj(i -> "a" + i);
        pair.same(Stream.concat(Stream.of(command.name), arguments).toArray(String[]::new));
      }
    }
    for (String name : List.of("XREAD", "XREADGROUP", "XACK", "XPENDING", "XCLAIM", "XAUTOCLAIM")) {
      for (int n = 0; n < 8; n++) {
        Stream<String> arguments = IntStream.range(0, n).mapToObj(i -> "a" + i);
        pair.same(Stream.concat(Stream.of(name), arguments).toArray(String[]::new));
      }
    }
    for (String sub :
        List.of(
            "XGROUP CREATE",
            "XGROUP SETID",
            "XGROUP DESTROY",
            "XGROUP CREATECONSUMER",
            "XGROUP DELCONSUMER",
            "XGROUP WHAT",
            "XINFO STREAM",
            "XINFO GROUPS",
            "XINFO CONSUMERS",
            "XINFO WHAT")) {
      for (int n = 0; n < 7; n++) {
        pair.say(sub + " a".repeat(n));
      }
    }
  }

  @AgainstRedis
  void wrongTypes(Differential pair) {
    pair.say("SET s text");
    pair.say("XADD s 1-1 a b", "XADD s 1-1 a", "XADD s x a b", "XLEN s", "XRANGE s - +");
    pair.say("XRANGE s x +", "XRANGE s - + COUNT x", "XDEL s x", "XTRIM s MAXLEN 5", "XTRIM s x");
    pair.say("XSETID s 1-1", "XSETID s x", "XREAD STREAMS s 0", "XREAD STREAMS s x");
    pair.say("XREADGROUP GROUP g c STREAMS s >", "XREADGROUP GROUP g c STREAMS s x");
    pair.say(
        "XACK s g 1", "XACK s g x", "XPENDING s g", "XPENDING s g x + 3", "XPENDING s g - + x");
    pair.say(
        "XCLAIM s g c 0 1", "XCLAIM s g c x 1", "XAUTOCLAIM s g c 0 0", "XAUTOCLAIM s g c x 0");
    pair.say("XGROUP CREATE s g 0", "XGROUP CREATE s g x", "XGROUP SETID s g 0", "XINFO STREAM s");
    pair.say("XGROUP DESTROY s g", "XGROUP CREATECONSUMER s g c", "XGROUP DELCONSUMER s g c");
    pair.say("XINFO GROUPS s", "XINFO CONSUMERS s g", "XINFO STREAM s FULL", "XINFO STREAM s WHAT");
  }

  @AgainstRedis
  void noSuchKeyOrGroup(Differential pair) {
    for (String key : List.of("none", "k")) {
      pair.say("XLEN " + key, "XRANGE " + key + " - +", "XRANGE " + key + " - + COUNT 0");
      pair.say("XDEL " + key + " 1", "XDEL " + key + " x", "XTRIM " + key + " MAXLEN 5");
      pair.say("XSETID " + key + " 1-1", "XREAD STREAMS " + key + " 0", "XACK " + key + " g 1");
      pair.say("XACK " + key + " g x", "XPENDING " + key + " g", "XPENDING " + key + " g - + 3");
      pair.say("XREADGROUP GROUP g c STREAMS " + key + " >", "XCLAIM " + key + " g c 0 1");
      pair.say("XCLAIM " + key + " g c x x", "XAUTOCLAIM " + key + " g c 0 0");
      pair.say("XAUTOCLAIM " + key + " g c 0 0 COUNT 0", "XGROUP CREATE " + key + " g x");
      pair.say("XGROUP CREATE " + key + " g $", "XGROUP DESTROY " + key + " g");
      pair.say("XGROUP DESTROY " + key + " g", "XGROUP SETID " + key + " g 0");
      pair.say("XGROUP SETID " + key + " g x", "XGROUP CREATECONSUMER " + key + " g c");
      pair.say("XGROUP DELCONSUMER " + key + " g c", "XINFO GROUPS " + key);
      pair.say("XINFO CONSUMERS " + key + " g", "EXISTS " + key);
      sayTimeless(pair, "XINFO STREAM " + key, "XINFO STREAM " + key + " FULL");
      pair.say("XADD k 3-3 a b");
    }
  }

  @AgainstRedis
  void ids(Differential pair) {
    pair.say("XADD full " + MAX + "-" + MAX + " a b", "XADD full * a b", "XADD full 1 a b");
    pair.say("XADD almost " + MAX + "-5 a b", "XADD almost " + MAX + "-* a b", "XRANGE almost - +");
    pair.say("XTRIM full MAXLEN 0", "XADD full * a b", "XADD full " + MAX + "-* a b");
    for (String id : IDS) {
      if (!id.equals("*")) {
        pair.same("XADD", "new", id, "a", "b");
        pair.same("XRANGE", "new", "-", "+");
        pair.same("DEL", "new");
        pair.same("XADD", "k", id, "a", "b");
        pair.same("XADD", "k", id, "a");
        pair.same("XADD", "k", id);
        pair.same("XADD", "k", "MAXLEN", "100", id, "a", "b");
        pair.same("XADD", "k", "MINID", id, "9-*", "a", "b");
        pair.same("XTRIM", "k", "MINID", id);
      }
      for (String command : List.of("XDEL k", "XACK k g", "XREAD STREAMS k", "XSETID new")) {
        pair.same(
            Stream.concat(Stream.of(command.split(" ")), Stream.of(id)).toArray(String[]::new));
      }
      for (String other : IDS) {
        pair.same("XRANGE", "k", id, other);
        pair.same("XREVRANGE", "k", id, other);
        pair.same("XPENDING", "k", "g", id, other, "5");
      }
      pair.same("XGROUP", "CREATE", "k", "g" + id, id);
      pair.same("XREADGROUP", "GROUP", "g1", "c", "STREAMS", "k", id);
      pair.same("XCLAIM", "k", "g1", "c", "0", id);
      pair.same("XCLAIM", "k", "g1", "c", "0", "1", "LASTID", id);
      pair.same("XAUTOCLAIM", "k", "g1", "c", "0", id);
    }
    pair.say("XLEN k", "XRANGE k - +");
  }

  @AgainstRedis
  void automaticIds(Differential pair) {
    pair.sameTypeOnly("XADD", "k", "*", "a", "b");
    pair.sameTypeOnly("XADD", "k", "NOMKSTREAM", "*", "a", "b");
    pair.say("XADD none NOMKSTREAM * a b", "EXISTS none", "XADD none nomkstream 1 a b");
    pair.say("XLEN k", "XADD far 99999999999999-7 a b", "XADD far * a b", "XADD far * a b");
    pair.say("XADD far 99999999999999-" + MAX + " a b", "XADD far * a b", "XADD far 0-* a b");
    pair.say("XADD part 5-* a b", "XADD part 5-* a b", "XADD part 4-* a b", "XADD part 6-* a b");
  }

  @AgainstRedis
  void entries(Differential pair) {
    pair.say("XADD k 1 a 1 b 2", "XADD k 2 a 3 b 4", "XADD k 3 b 1 a 2", "XADD k 4 a 1");
    pair.say("XADD k 5 a 1 b 2 c 3", "XADD k 6-5 a -5 b 70000000000", "XADD k 6-9 1 2 3 4 5 6");
    pair.same("XADD", "k", "7", "", "", "\0", "x".repeat(5000));
    pair.same("XADD", "k", "8", "", "x", "\0", "y".repeat(5000));
    pair.say("XADD k 9 a 1 b 2", "TYPE k", "OBJECT ENCODING k");
    everything(pair, "k");
    pair.say("XRANGE k 2 6 COUNT 2", "XREVRANGE k 6 2 COUNT 2", "XRANGE k - + COUNT -1");
    pair.say("XRANGE k - + COUNT 0", "XRANGE k - + COUNT", "XRANGE k - + COUNT 1 COUNT 2");
    pair.say("XRANGE k - + WHAT 1", "XRANGE k 6 6", "XRANGE k 6-6 6-8", "XRANGE k 9 1");
    pair.say("XDEL k 2 3 3 100", "XDEL k 6-5 x", "XDEL k 6-5");
    everything(pair, "k");
    pair.say("XDEL k 1 4 5 6-9 7 8 9", "EXISTS k", "XLEN k");
    everything(pair, "k");
    pair.say("XADD k 5 a b", "XADD k 10 a b");
    everything(pair, "k");
    pair.say("COPY k l", "XADD k 11 a b", "XDEL k 10");
    everything(pair, "l");
  }

  @AgainstRedis
  void trimming(Differential pair) {
    for (String limit : List.of("100", "4", "0")) {
      pair.config("stream-node-max-entries", limit);
      for (String how :
          List.of(
              "MAXLEN 5",
              "MAXLEN = 5",
              "MAXLEN ~ 5",
              "MAXLEN ~ 5 LIMIT 3",
              "MAXLEN ~ 5 LIMIT 9",
              "MAXLEN ~ 5 LIMIT 0",
              "MAXLEN 5 LIMIT 3",
              "MAXLEN = 5 LIMIT 0",
              "MAXLEN 0",
              "MAXLEN ~ 0",
              "MAXLEN -1",
              "MAXLEN x",
              "MAXLEN",
              "MAXLEN ~",
              "MAXLEN 100",
              "MINID 6",
              "MINID = 6-0",
              "MINID ~ 6",
              "MINID ~ 6 LIMIT 3",
              "MINID ~ 19 LIMIT 9",
              "MINID 100",
              "MINID ~ 100",
              "MINID 0",
              "MINID x",
              "MINID +",
              "MINID -",
              "MAXLEN 5 MINID 6",
              "MINID 6 MAXLEN 5",
              "MAXLEN 5 MAXLEN 6",
              "LIMIT 5",
              "LIMIT 0",
              "MAXLEN ~ 5 LIMIT -1",
              "MAXLEN ~ 5 LIMIT x",
              "WHAT 5",
              "NOMKSTREAM MAXLEN 5",
              "maxlen 5 nomkstream",
              "MAXLEN ~ 5 LIMIT")) {
        pair.say("DEL k");
        for (int i = 1; i <= 20; i++) {
          pair.say("XADD k " + i + " a b");
        }
        pair.say("XDEL k 6 7", "XTRIM k " + how);
        everything(pair, "k");
        pair.say("XADD k " + how + " 21 a b", "XADD k 22 c d");
        everything(pair, "k");
      }
    }
  }

  @AgainstRedis
  void nodesOfManySizes(Differential pair) {
    Random random = new Random(3);
    for (String bytes : List.of("4096", "200", "0", "1")) {
      pair.config("stream-node-max-bytes", bytes);
      for (int i = 1; i < 400; i++) {
        String field = random.nextInt(5) == 0 ? "other" : "field";
        pair.same("XADD", "k" + bytes, "" + i, field, "v".repeat(random.nextInt(100)), "n", "" + i);
      }
      everything(pair, "k" + bytes);
      pair.say("XTRIM k" + bytes + " MAXLEN ~ 100", "XTRIM k" + bytes + " MINID ~ 350");
      everything(pair, "k" + bytes);
    }
  }

  @AgainstRedis
  void settingIds(Differential pair) {
    pair.say("XADD k 5-5 a b", "XSETID k 5-4", "XSETID k 5-5", "XSETID k 6", "XADD k 5-9 a b");
    pair.say("XADD k 6-1 a b", "XDEL k 6-1", "XSETID k 6-0", "XSETID k 6-1", "XSETID k 7 WHAT 1");
    pair.say(
        "XSETID k 7 ENTRIESADDED 0", "XSETID k 7 ENTRIESADDED -1", "XSETID k 7 ENTRIESADDED x");
    pair.say("XSETID k 7 ENTRIESADDED", "XSETID k 7 MAXDELETEDID 8", "XSETID k 7 MAXDELETEDID 7-0");
    pair.say("XSETID k 7 MAXDELETEDID x", "XSETID k 8 ENTRIESADDED 100 MAXDELETEDID 7-3");
    everything(pair, "k");
    pair.say("XSETID k 7-2", "XSETID k 7-3", "XSETID k 9 MAXDELETEDID 0-0", "XTRIM k MAXLEN 0");
    everything(pair, "k");
    pair.say("XSETID k 7-3 ENTRIESADDED 0", "XSETID k 1 MAXDELETEDID 2 ENTRIESADDED x");
    everything(pair, "k");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void reading(Differential pair) {
    pair.say("XADD a 1 x 1", "XADD a 2 x 2", "XADD b 2 y 1", "XADD b 3 y 2", "SET s text");
    pair.say("XREAD STREAMS a 0", "XREAD STREAMS a b 0 0", "XREAD COUNT 1 STREAMS a b 0 2");
    pair.say(
        "XREAD STREAMS a b none 2 $ 0", "XREAD STREAMS a b 1-5 2", "XREAD COUNT 0 STREAMS a 0");
    pair.say("XREAD COUNT -5 STREAMS a 0", "XREAD COUNT x STREAMS a 0", "XREAD STREAMS a b 0");
    pair.say("XREAD STREAMS a", "XREAD STREAMS", "XREAD COUNT 1 a 0", "XREAD STREAMS a >");
    pair.say("XREAD GROUP g c STREAMS a >", "XREAD NOACK STREAMS a 0", "XREAD STREAMS a s 0 0");
    pair.say("XREAD STREAMS a s x 0", "XREAD COUNT 1 COUNT 5 STREAMS a 0", "XREAD STREAMS a -");
    pair.say(
        "XREAD BLOCK x STREAMS a 0", "XREAD BLOCK -1 STREAMS a 0", "XREAD BLOCK 5 STREAMS a 0");
    pair.say("XREAD STREAMS a a 0 1", "XREAD STREAMS a +", "XREAD STREAMS a " + MAX + "-" + MAX);
    pair.say("XDEL a 2", "XREAD STREAMS a 1", "XREAD STREAMS a $", "XREAD STREAMS a 0-5");
  }

  @AgainstRedis
  void whatBreaksAWatch(Differential pair) {
    Differential other = pair.another();
    for (String change :
        List.of(
            "XADD k 100 a b",
            "XADD k 100 a b",
            "XDEL k 1",
            "XDEL k 1",
            "XTRIM k MAXLEN 5",
            "XTRIM k MAXLEN 5",
            "XSETID k 200",
            "XGROUP CREATE k h 0",
            "XGROUP CREATE n h 0 MKSTREAM",
            "XGROUP SETID k g 0",
            "XREADGROUP GROUP g c COUNT 1 STREAMS k >",
            "XACK k g 1",
            "XCLAIM k g d 0 3 FORCE",
            "XGROUP CREATECONSUMER k g z",
            "XGROUP DELCONSUMER k g z",
            "XAUTOCLAIM k g f 0 0",
            "XGROUP DESTROY k g")) {
      if (pair.same("EXISTS", "k").number() == 0) {
        for (int i = 1; i <= 10; i++) {
          pair.say("XADD k " + i + " f " + i);
        }
        pair.say("XGROUP CREATE k g 0");
      }
      pair.say("WATCH k n");
      other.say(change);
      pair.say("MULTI", "PING", "EXEC");
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void randomCommandsAgree(Differential pair) {
    pair.config("stream-node-max-entries", "10");
    Random random = Seed.random("random commands");
    for (int i = 0; i < 20_000; i++) {
      String command = anyCommand(random);
      // As text, for time passes differently on both sides where it is told.
      if (command.startsWith("XINFO") || command.startsWith("XPENDING")) {
        sayTimeless(pair, command);
      } else {
        pair.say(command);
      }
      if (i % 500 == 0) {
        for (int k = 0; k < 4; k++) {
          sayTimeless(pair, "XINFO STREAM k" + k + " FULL COUNT 0", "XINFO GROUPS k" + k);
        }
      }
    }
  }

  private static String anyCommand(Random random) {
    String key = "k" + random.nextInt(4);
    String group = " g" + random.nextInt(3);
    String consumer = " c" + random.nextInt(4);
    return switch (random.nextInt(26)) {
      case 0, 1, 2, 3, 4, 5 ->
          "XADD "
              + key
              + (random.nextInt(4) == 0 ? trim(random) : "")
              + " "
              + newId(random)
              + fields(random);
      case 6 -> "XDEL " + key + id(random) + id(random);
      case 7 -> "XTRIM " + key + trim(random);
      case 8 -> "XRANGE " + key + id(random) + id(random) + count(random);
      case 9 -> "XREVRANGE " + key + id(random) + id(random) + count(random);
      case 10 -> "XREAD" + count(random) + " STREAMS " + key + " k1" + id(random) + id(random);
      case 11, 12, 13 ->
          "XREADGROUP GROUP"
              + group
              + consumer
              + count(random)
              + (random.nextInt(5) == 0 ? " NOACK" : "")
              + " STREAMS "
              + key
              + (random.nextInt(3) == 0 ? id(random) : " >");
      case 14 -> "XACK " + key + group + id(random) + id(random) + id(random);
      case 15 -> "XPENDING " + key + group;
      case 16 ->
          "XPENDING "
              + key
              + group
              + " - + "
              + random.nextInt(20)
              + (random.nextBoolean() ? consumer : "");
      case 17, 18 ->
          "XCLAIM "
              + key
              + group
              + consumer
              + " 0"
              + id(random)
              + id(random)
              + (random.nextBoolean() ? " FORCE" : "")
              + (random.nextBoolean() ? " JUSTID" : "")
              + (random.nextInt(4) == 0 ? " RETRYCOUNT 3" : "")
              + (random.nextInt(8) == 0 ? " LASTID" + id(random) : "");
      case 19 ->
          "XAUTOCLAIM "
              + key
              + group
              + consumer
              + " 0"
              + id(random)
              + count(random)
              + (random.nextBoolean() ? " JUSTID" : "");
      case 20 ->
          "XGROUP CREATE "
              + key
              + group
              + (random.nextBoolean() ? " $" : id(random))
              + " MKSTREAM"
              + (random.nextInt(3) == 0 ? " ENTRIESREAD " + random.nextInt(50) : "");
      case 21 ->
          switch (random.nextInt(5)) {
            case 0 -> "XGROUP SETID " + key + group + id(random);
            case 1 -> "XGROUP CREATECONSUMER " + key + group + consumer;
            case 2 -> "XGROUP DELCONSUMER " + key + group + consumer;
            case 3 -> random.nextInt(4) == 0 ? "XGROUP DESTROY " + key + group : "XLEN " + key;
            default -> "XSETID " + key + " " + newId(random);
          };
      case 22 -> "XINFO STREAM " + key + (random.nextBoolean() ? " FULL" : "");
      case 23 -> "XINFO GROUPS " + key;
      case 24 -> "XINFO CONSUMERS " + key + group;
      default -> random.nextInt(20) == 0 ? "DEL " + key : "XLEN " + key;
    };
  }

  /** The time of the newest IDs, so that most are above those before. */
  private static int clock;

  private static String newId(Random random) {
    if (random.nextInt(4) == 0) {
      clock++;
    }
    int back = random.nextInt(10) == 0 ? random.nextInt(5) : 0;
    return clock - back + (random.nextInt(3) == 0 ? "-" + random.nextInt(9) : "-*");
  }

  private static String id(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> " 0";
      case 1 -> " " + Math.max(0, clock - random.nextInt(60));
      default -> " " + Math.max(0, clock - random.nextInt(20)) + "-" + random.nextInt(5);
    };
  }

  private static String count(Random random) {
    return random.nextBoolean() ? " COUNT " + (1 + random.nextInt(8)) : "";
  }

  private static String trim(Random random) {
    String operator = List.of("", " =", " ~").get(random.nextInt(3));
    String what =
        random.nextBoolean()
            ? " MAXLEN" + operator + " " + random.nextInt(60)
            : " MINID" + operator + " " + Math.max(0, clock - random.nextInt(40));
    return what + (operator.equals(" ~") && random.nextBoolean() ? " LIMIT 12" : "");
  }

  private static String fields(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> " a " + random.nextInt() + " b x";
      case 1 -> " a 1";
      case 2 -> " a y b " + "z".repeat(random.nextInt(200)) + " c 3";
      default -> " a 1 b " + random.nextInt(200);
    };
  }
}
