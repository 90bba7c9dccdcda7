package io.sampo.command.hyperloglog;

import io.sampo.command.Command;
import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/** The commands on HyperLogLogs reply what Redis replies, and leave the very same bytes. */
class HyperLogLogCommandsTest {
  private static final String HEAD = "HYLL";
  private static final String ZEROS = "\0".repeat(3);
  private static final String STALE = "\0".repeat(7) + "\u0080";

  @AgainstRedis
  void arity(Differential pair) {
    for (Command command : HyperLogLogCommands.COMMANDS) {
      for (int n = 0; n < 5; n++) {
        Stream<String> arguments = IntStream.range(0, n).mapToObj(i -> "a" + i);
        pair.same(Stream.concat(Stream.of(command.name), arguments).toArray(String[]::new));
      }
    }
    pair.say("GET a0", "GET a1");
  }

  @AgainstRedis
  void emptyOnes(Differential pair) {
    pair.say("PFADD k", "GET k", "PFADD k", "PFCOUNT k", "GET k", "PFCOUNT none", "PFCOUNT none k");
    pair.say("PFMERGE m", "GET m", "PFCOUNT m", "PFMERGE m none k", "GET m", "EXISTS none");
    pair.say("OBJECT ENCODING k", "OBJECT ENCODING m", "TYPE k", "STRLEN k");
    pair.say("PFADD k x PX 9", "PEXPIREAT k 4000000000000", "PFADD k y", "PEXPIRETIME k");
    pair.say("PFMERGE k m", "PEXPIRETIME k", "PFDEBUG TODENSE k", "PEXPIRETIME k");
  }

  @AgainstRedis
  void valuesThatAreNone(Differential pair) {
    String empty = HEAD + "\u0001" + ZEROS + STALE + "\u007f\u00ff";
    List<String> values =
        List.of(
            "",
            "5",
            "foo",
            HEAD,
            "HYLX" + empty.substring(4),
            HEAD + "\u0002" + empty.substring(5),
            HEAD + "\0" + empty.substring(5),
            HEAD + "\0" + ZEROS + STALE + "\0".repeat(12288),
            HEAD + "\0" + ZEROS + STALE + "\0".repeat(12289),
            empty,
            empty.substring(0, 16),
            empty + "\0",
            empty.substring(0, 16) + "\0",
            empty.substring(0, 16) + "\u007f\u00fe",
            empty.substring(0, 16) + "\u007f\u00fe\u0084");
    pair.say("PFADD good a b c");
    for (String value : values) {
      pair.same("SET", "k", value);
      pair.say("PFCOUNT k", "PFCOUNT k good", "PFCOUNT good k", "GET k", "PFMERGE to k", "GET to");
      pair.say("PFMERGE to good", "PFMERGE to good k", "GET to", "PFDEBUG ENCODING k");
      pair.same("SET", "k", value);
      pair.say("PFADD k", "GET k", "PFDEBUG WHAT k", "DEL to");
    }
  }

  @AgainstRedis
  void debugging(Differential pair) {
    pair.say("PFADD k a b c d", "PFDEBUG DECODE k", "PFDEBUG ENCODING k", "PFDEBUG GETREG k");
    pair.say("PFDEBUG ENCODING k", "GET k", "PFDEBUG DECODE k", "PFDEBUG TODENSE k");
    pair.say("PFADD k e", "PFCOUNT k", "GET k", "PFADD l a", "PFDEBUG todense l", "GET l");
    pair.say("PFDEBUG GETREG none", "PFDEBUG WHAT none", "PFDEBUG WHAT k", "PFSELFTEST");
  }

  /**
   * As many elements as make it dense, a few less, and more, to one that is new and one that is
   * not.
   */
  @AgainstRedis(protocols = 2)
  void manyElementsAtOnce(Differential pair) {
    for (String limit : List.of("3000", "0", "100", "1500", "16000")) {
      pair.config("hll-sparse-max-bytes", limit);
      for (int n : new int[] {5, 9, 300, 500, 7_000, 15_000, 25_000, 60_000}) {
        Stream<String> elements = IntStream.range(0, n).mapToObj(i -> "e" + i);
        String[] add = Stream.concat(Stream.of("PFADD", "k"), elements).toArray(String[]::new);
        pair.same(add);
        pair.say("GET k", "PFCOUNT k", "PFDEBUG ENCODING k", "DEL k", "PFADD k a b c d e f g");
        pair.same(add);
        pair.same(add);
        pair.say("GET k", "PFCOUNT k", "DEL k");
      }
    }
  }

  @AgainstRedis(protocols = 2)
  void growing(Differential pair) {
    Random random = new Random(11);
    for (String limit : List.of("3000", "0", "100", "16000")) {
      pair.config("hll-sparse-max-bytes", limit);
      for (int n = 0; n < 3000; n++) {
        String[] add = new String[2 + random.nextInt(4)];
        add[0] = "PFADD";
        add[1] = "k" + limit;
        for (int i = 2; i < add.length; i++) {
          add[i] = "e" + random.nextInt(1 << random.nextInt(28));
        }
        pair.same(add);
        if (n % 50 == 0) {
          pair.say("GET k" + limit, "PFCOUNT k" + limit, "GET k" + limit);
        }
      }
    }
  }

  @AgainstRedis(protocols = 2)
  void estimates(Differential pair) {
    for (int n = 0; n < 200; n++) {
      List<String> add = new ArrayList<>(List.of("PFADD", "big"));
      for (int i = 0; i < 1000; i++) {
        add.add("element:" + n + ":" + i);
      }
      pair.same(add.toArray(String[]::new));
      pair.say("PFCOUNT big");
    }
    pair.say("GET big");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void randomCommandsAgree(Differential pair) {
    pair.random(System.nanoTime(), HyperLogLogCommandsTest::anyCommand, 10_000);
    for (int i = 0; i < 8; i++) {
      pair.say("GET k" + i);
    }
    Assertions.assertTrue(pair.same("DBSIZE").number() > 0);
  }

  private static String[] anyCommand(Random random) {
    List<String> command = new ArrayList<>();
    switch (random.nextInt(8)) {
      case 0, 1, 2, 3 -> {
        command.addAll(List.of("PFADD", key(random)));
        int range = 1 << random.nextInt(30);
        for (int n = random.nextInt(8); n > 0; n--) {
          command.add(Integer.toString(random.nextInt(range), 36));
        }
      }
      case 4 -> {
        command.add("PFCOUNT");
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
          command.add(key(random));
        }
      }
      case 5 -> {
        command.add("PFMERGE");
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
          command.add(key(random));
        }
      }
      case 6 ->
          command.addAll(
              random.nextInt(20) == 0
                  ? List.of(random.nextInt(3) == 0 ? "PFDEBUG" : "DEL", key(random))
                  : List.of("OBJECT", "ENCODING", key(random)));
      default -> command.addAll(List.of("GET", key(random)));
    }
    if (command.get(0).equals("PFDEBUG")) {
      command.add(1, "TODENSE");
    }
    return command.toArray(String[]::new);
  }

  private static String key(Random random) {
    return "k" + random.nextInt(8);
  }
}
