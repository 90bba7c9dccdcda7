package io.sampo.command.sort;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** SORT replies what Redis replies. */
class SortCommandsTest {
  /** A list, a set and a sorted set of the same numbers, with keys and hashes beside them. */
  private static void prepare(Differential pair) {
    pair.say("RPUSH l 3 1 2 10 2 -1 1.5", "SADD s 3 1 2 10 -1 1.5", "RPUSH words b a C abc 10 9");
    pair.say("ZADD z 9 3 8 1 7 2 6 10", "RPUSH bad 1 x 2", "SET string v", "HSET hash f v");
    for (String element : List.of("1", "2", "3", "10")) {
      pair.say("SET w_" + element + " " + (100 - Integer.parseInt(element)));
      pair.say("HSET h_" + element + " f v" + element + " n " + (50 - Integer.parseInt(element)));
      pair.say("HSET h_" + element + "_x f suffix" + element);
    }
    pair.say("RPUSH w_-1 list", "SET w_b 1", "SET w_a 2", "SET h_1.5 string", "SET one_-1_x 1");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void everyOption(Differential pair) {
    prepare(pair);
    for (String key : List.of("l", "s", "z", "none")) {
      for (String order : List.of("", " DESC", " asc", " ALPHA", " ALPHA DESC", " DESC ASC")) {
        for (String limit :
            List.of(
                "",
                " LIMIT 0 2",
                " LIMIT 1 100",
                " LIMIT -1 2",
                " LIMIT 100 1",
                " LIMIT 2 -1",
                " LIMIT 1 0",
                " LIMIT 0 -5")) {
          pair.say("SORT " + key + order + limit, "SORT_RO " + key + limit + order);
          pair.say("SORT " + key + " GET # GET w_* GET h_*->f GET h_*_x->f" + order + limit);
          pair.say("SORT " + key + order + limit + " STORE d", "LRANGE d 0 -1", "TYPE d");
          pair.say("SORT " + key + order + limit + " GET w_* GET # STORE d", "LRANGE d 0 -1");
        }
      }
    }
  }

  @AgainstRedis
  void manyNumbersOfEveryKind(Differential pair) {
    Random random = Seed.random("numbers to sort", 5);
    for (int kind = 0; kind < 6; kind++) {
      String[] push = new String[2_002];
      push[0] = "RPUSH";
      push[1] = "numbers";
      for (int i = 2; i < push.length; i++) {
        push[i] =
            switch (kind) {
              case 0 -> "" + random.nextInt(100);
              case 1 -> "" + random.nextInt();
              case 2 -> "" + (1_700_000_000_000L + random.nextInt(5_000));
              case 3 -> "" + random.nextGaussian();
              case 4 -> (random.nextBoolean() ? "-" : "") + random.nextInt(3) + ".0";
              default -> List.of("inf", "-inf", "-0", "0", "1e300", "-1e-300").get(i % 6);
            };
      }
      pair.same(push);
      pair.say("SORT numbers", "SORT numbers DESC", "SORT numbers LIMIT 900 1000");
      pair.say("SORT numbers DESC LIMIT 5 1500", "SORT numbers DESC LIMIT 5 10");
      pair.say("SORT numbers LIMIT 0 100", "SORT numbers ALPHA", "SORT numbers ALPHA DESC");
      pair.say("SORT numbers DESC STORE d", "LRANGE d 0 -1", "DEL numbers");
    }
  }

  @AgainstRedis
  void manyTextsOfEveryKind(Differential pair) {
    Random random = Seed.random("texts to sort", 6);
    for (int kind = 0; kind < 5; kind++) {
      String[] push = new String[2_002];
      push[0] = "SADD";
      push[1] = "texts";
      for (int i = 2; i < push.length; i++) {
        push[i] =
            switch (kind) {
              case 0 -> "element:%07d".formatted(random.nextInt(100_000));
              case 1 -> "x".repeat(random.nextInt(40)) + (char) random.nextInt(256);
              case 2 -> "thesameandmuchmoreofit" + random.nextLong(1L << 60);
              case 3 -> "\0".repeat(random.nextInt(12)) + "z".repeat(random.nextInt(3));
              default -> Integer.toString(random.nextInt(1 << 20), 36);
            };
      }
      pair.same(push);
      // Only what is stored is compared byte by byte, and not by the rules of a language.
      if (kind % 2 == 0) {
        pair.say("SORT texts ALPHA", "SORT texts ALPHA DESC", "SORT texts ALPHA LIMIT 7 20");
      }
      pair.say("SORT texts ALPHA STORE d", "LRANGE d 0 -1", "SORT texts ALPHA DESC STORE d");
      pair.say("LRANGE d 0 -1", "SORT texts ALPHA LIMIT 9 99 STORE d", "LRANGE d 0 -1");
      pair.say("DEL texts");
    }
  }

  @AgainstRedis
  void manyByWhatBelongsToThem(Differential pair) {
    Random random = Seed.random("weights to sort by", 7);
    for (int i = 0; i < 1_000; i++) {
      pair.say("SADD s " + i, "SET w_" + i + " " + random.nextInt(300) / 4.0);
    }
    pair.say("SORT s BY w_*", "SORT s BY w_* DESC", "SORT s BY w_* LIMIT 100 50");
    pair.say("SORT s BY w_* DESC LIMIT 0 9 GET w_* GET #", "SORT s BY none_*");
    pair.say("SORT s BY w_* STORE d", "LRANGE d 0 -1");
  }

  @AgainstRedis
  void aPartOfWhatStaysAsItIs(Differential pair) {
    for (int i = 0; i < 300; i++) {
      pair.say("RPUSH l e" + i, "ZADD z " + i + " m" + i);
    }
    for (String key : List.of("l", "z")) {
      for (String order : List.of("", " DESC")) {
        for (String limit :
            List.of("", " LIMIT 100 20", " LIMIT 290 20", " LIMIT 0 1", " LIMIT 7 0")) {
          pair.say("SORT " + key + " BY nosort" + order + limit);
          pair.say("SORT " + key + " BY nosort STORE d" + order + limit, "LRANGE d 0 -1");
        }
      }
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void byWhatBelongsToTheElements(Differential pair) {
    prepare(pair);
    for (String by :
        List.of("w_*", "h_*->n", "none_*", "#", "nosort", "*", "h_*->", "w_*x", "h_*->missing")) {
      for (String rest : List.of("", " DESC", " LIMIT 1 2", " DESC LIMIT 1 2", " LIMIT 10 2")) {
        pair.say(
            "SORT z BY " + by + rest, "SORT l BY " + by + rest, "SORT l GET # BY " + by + rest);
        pair.say("SORT s BY " + by + rest + " STORE d", "LRANGE d 0 -1");
      }
    }
    pair.say("SORT words ALPHA", "SORT words ALPHA DESC", "SORT words BY h_*->f ALPHA LIMIT 0 0");
    pair.say(
        "DEL words",
        "RPUSH words 3 2 1",
        "SORT words BY h_*->f ALPHA",
        "SORT words BY h_*->f ALPHA DESC");
    pair.say(
        "SORT words BY w_* BY nosort",
        "SORT words BY nosort BY w_*",
        "SORT words BY w_* BY h_*->n");
  }

  @AgainstRedis
  void whatPatternsReferTo(Differential pair) {
    prepare(pair);
    for (String get :
        List.of(
            "#",
            "*",
            "w_*",
            "none",
            "h_*->f",
            "h_*->none",
            "h_*->",
            "w_*->f",
            "->*",
            "h_*->f->g",
            "h_*_x->f",
            "##",
            "",
            "*->f",
            "w_-1*",
            "string",
            "hash->f")) {
      pair.say("SORT l GET " + get, "SORT words ALPHA GET " + get + " GET #");
      pair.say("SORT l GET " + get + " STORE d", "LRANGE d 0 -1");
    }
  }

  @AgainstRedis
  void errors(Differential pair) {
    prepare(pair);
    pair.say("SORT bad", "SORT bad BY nosort", "SORT bad ALPHA", "SORT bad STORE d", "SORT string");
    pair.say(
        "SORT hash", "SORT string BY nosort", "SORT hash WHAT", "SORT l WHAT", "SORT l LIMIT 1");
    pair.say("SORT l LIMIT x 1", "SORT l LIMIT 1 x", "SORT l GET", "SORT l BY", "SORT l STORE");
    pair.say(
        "SORT_RO l STORE d",
        "SORT_RO bad",
        "SORT",
        "SORT_RO",
        "SORT none WHAT",
        "SORT l BY h_*->f");
    pair.say(
        "SET d x",
        "SORT none STORE d",
        "EXISTS d",
        "SORT none STORE d",
        "SET d x",
        "SORT l STORE d");
    pair.say("TYPE d", "SORT l STORE l", "LRANGE l 0 -1", "SORT l LIMIT 0 0 STORE l", "EXISTS l");
    for (String number :
        List.of(" 1", "1 ", "0x10", "nan", "inf", "-inf", "", "+1", ".5", "1e2", "\t2")) {
      pair.same("DEL", "n");
      pair.same("RPUSH", "n", "5", number, "3");
      pair.same("SORT", "n");
    }
    // Redis refuses these too, but then everything else as well: errno stays set.
    for (String number : List.of("1e400", "1e-400")) {
      pair.sampo().call("DEL", "n");
      pair.sampo().call("RPUSH", "n", "5", number, "3");
      pair.sampo().expect('-', "SORT", "n");
      pair.sampo().call("DEL", "n");
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void randomOnes(Differential pair) {
    pair.random(5, SortCommandsTest::command, 5_000);
  }

  private static String[] command(Random random) {
    String number = "" + (random.nextInt(40) - 10);
    List<String> words = new ArrayList<>();
    switch (random.nextInt(9)) {
      case 0 -> words.addAll(List.of("RPUSH", "l", number, "" + random.nextDouble()));
      case 1 -> words.addAll(List.of("SADD", "s", number));
      case 2 -> words.addAll(List.of("ZADD", "z", "" + random.nextInt(10), number));
      case 3 -> words.addAll(List.of("SET", "w_" + number, "" + random.nextInt(100)));
      case 4 -> words.addAll(List.of("HSET", "h_" + number, "f", "" + random.nextInt(100)));
      case 5 -> words.addAll(List.of("LPOP", "l", "2"));
      default -> {
        String key = List.of("l", "s", "z", "d").get(random.nextInt(4));
        words.addAll(List.of("SORT", key));
        // Of equal weights of texts Redis sorts none before the other in any certain way.
        switch (random.nextInt(4)) {
          case 0 -> words.addAll(List.of("BY", "w_*"));
          case 1 -> words.addAll(List.of("BY", "h_*->f"));
          case 2 -> words.add("ALPHA");
          default -> words.add("ASC");
        }
        if (random.nextBoolean()) {
          words.addAll(List.of("LIMIT", "" + random.nextInt(5), "" + random.nextInt(9)));
        }
        if (random.nextBoolean()) {
          words.add("DESC");
        }
        for (int i = random.nextInt(3); i > 0; i--) {
          words.addAll(List.of("GET", List.of("#", "w_*", "h_*->f").get(random.nextInt(3))));
        }
        if (random.nextInt(4) == 0) {
          words.addAll(List.of("STORE", "d"));
        }
      }
    }
    return words.toArray(String[]::new);
  }
}
