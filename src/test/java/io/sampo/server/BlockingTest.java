package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.RespClient;
import java.util.ArrayList;
import java.util.List;

/** Clients that wait for lists are served as Redis serves them. */
class BlockingTest {
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  /** Has a new client of each server wait, as the {@code n}th. */
  private static Differential waiting(Differential pair, int n, String line) {
    Differential other = pair.another();
    wait(pair, other, n, line);
    return other;
  }

  private static void wait(Differential pair, Differential other, int n, String line) {
    other.sampo().send(line.split(" ", -1));
    other.redis().send(line.split(" ", -1));
    awaitBlocked(pair, n);
  }

  private static void awaitBlocked(Differential pair, int n) {
    awaitBlocked(pair.sampo(), n);
    awaitBlocked(pair.redis(), n);
  }

  static void awaitBlocked(RespClient client, int n) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    String wanted = "blocked_clients:" + n + "\r\n";
    while (!client.call("INFO", "clients").text().contains(wanted)) {
      assertTrue(System.nanoTime() < deadline, "never " + wanted);
      Thread.onSpinWait();
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void whatIsThereIsAnsweredAtOnce(Differential pair) {
    pair.say(
        "RPUSH a 1 2 3 4 5 6 7 8", "SET s x", "BLPOP a 0", "BRPOP none a 0", "BLPOP none s a 0");
    pair.say("BLMOVE a b LEFT RIGHT 0", "BLMOVE a s LEFT RIGHT 0", "BLMOVE s a LEFT RIGHT 0");
    pair.say(
        "BRPOPLPUSH a b 0", "BRPOPLPUSH a s 0", "BLMPOP 0 2 none a LEFT COUNT 2", "LRANGE b 0 -1");
    pair.say("BLMPOP 0 1 a RIGHT", "BLMPOP 0 1 s LEFT", "LRANGE a 0 -1");
  }

  @AgainstRedis
  void errors(Differential pair) {
    pair.say("RPUSH l a b c d e f");
    for (String timeout :
        List.of(
            "x",
            "",
            "-1",
            "nan",
            "inf",
            "-inf",
            "1e300",
            "-0.1",
            "9223372036854775",
            "9223372036854775.807",
            "9223372036854775.808",
            "9223372036854776",
            "1e400",
            "-1e400",
            "1e-400",
            "1e5000",
            "0x10",
            "1e-3",
            "99999999999999999999",
            " 1")) {
      for (String command :
          List.of("BLPOP l", "BRPOP l", "BLMOVE l m LEFT LEFT", "BRPOPLPUSH l m")) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.add(timeout);
        pair.same(words.toArray(String[]::new));
      }
      pair.same("BLMPOP", timeout, "1", "l", "LEFT");
      pair.say("DEL l m", "RPUSH l a b c d e f", "MULTI", "BLPOP none " + timeout, "EXEC");
    }
    pair.say(
        "BLMOVE l m UP LEFT 0", "BLMOVE l m LEFT UP x", "BLMPOP 0 0 l LEFT", "BLMPOP 0 x l LEFT");
    pair.say(
        "BLMPOP x 0 l LEFT", "BLMPOP 0 2 l LEFT", "BLMPOP 0 1 l LEFT COUNT 0", "BLMPOP 0 1 l UP");
    pair.say("BLMPOP 0 1 l LEFT COUNT", "BLMPOP 0 1 l LEFT COUNT 1 1", "LRANGE l 0 -1");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void timeouts(Differential pair) {
    pair.say(
        "BLPOP a 0.01", "BRPOP a b c 0.02", "BLMOVE a b LEFT LEFT 0.01", "BRPOPLPUSH a b 0.01");
    pair.say("BLMPOP 0.01 2 a b LEFT COUNT 3", "PING", "RPUSH a 1", "LPOP a");
    long before = System.nanoTime();
    pair.sampo().call("BLPOP", "a", "0.3");
    long millis = (System.nanoTime() - before) / 1_000_000;
    assertTrue(millis >= 290 && millis < 3_000, "waited " + millis);
  }

  /** A pause holds up who would serve them, but neither their timeouts nor CLIENT UNBLOCK. */
  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void whoWaitsThroughAPause(Differential pair) {
    Differential timed = waiting(pair, 1, "BLPOP none 0.3");
    Differential waiting = waiting(pair, 2, "BLMOVE from to LEFT RIGHT 0");
    Differential giver = pair.another();
    pair.say("CLIENT PAUSE 100000 WRITE");
    giver.sampo().send("RPUSH", "from", "x");
    giver.redis().send("RPUSH", "from", "x");
    timed.sameNext();
    pair.say("EXISTS from to", "CLIENT UNPAUSE");
    giver.sameNext();
    waiting.sameNext();
    pair.say("LRANGE to 0 -1");
  }

  @AgainstRedis
  void aTransactionDoesNotWait(Differential pair) {
    pair.say("MULTI", "BLPOP a 0", "BRPOP a 0", "BLMOVE a b LEFT LEFT 0", "BRPOPLPUSH a b 0");
    pair.say("BLMPOP 0 1 a LEFT", "RPUSH a 1", "BLPOP a 0", "EXEC");
  }

  @AgainstRedis({@On, @On(shards = 2), @On(shards = 5, loops = 2)})
  void aPushServes(Differential pair) {
    for (String line :
        List.of(
            "BLPOP k 0",
            "BRPOP x y k z 5",
            "BLMOVE k d LEFT RIGHT 0",
            "BRPOPLPUSH k d 0",
            "BLMPOP 0 3 x k y RIGHT COUNT 2",
            "BLMOVE k k RIGHT LEFT 0")) {
      try (Differential other = waiting(pair, 1, line)) {
        pair.say("RPUSH k a b c");
        other.sameNext();
        pair.say("LRANGE k 0 -1", "LRANGE d 0 -1", "DEL k d");
        other.same("PING");
      }
    }
  }

  @AgainstRedis({@On, @On(shards = 2), @On(shards = 5, loops = 2)})
  void whateverMakesAListServes(Differential pair) {
    pair.same("RPUSH", "src", "1", "2");
    for (String line :
        List.of(
            "RENAME src k",
            "COPY k2 k",
            "LMOVE k2 k LEFT LEFT",
            "RPOPLPUSH k2 k",
            "LPUSH k z",
            "SORT k2 ALPHA STORE k")) {
      try (Differential other = waiting(pair, 1, "BLPOP k 0")) {
        pair.say(line);
        other.sameNext();
        pair.say("DEL k", "DEL k2", "RPUSH k2 3 1 2", "RPUSH src 1 2");
      }
    }
    try (Differential other = waiting(pair, 1, "BLPOP k 0")) {
      pair.say("SELECT 1", "RPUSH k moved", "MOVE k 0");
      other.sameNext();
      wait(pair, other, 1, "BLPOP k 0");
      pair.say("RPUSH k swapped", "SWAPDB 0 1");
      other.sameNext();
      pair.say("FLUSHALL");
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void otherTypesServeNobody(Differential pair) {
    try (Differential other = waiting(pair, 1, "BLPOP k 0")) {
      pair.say("SET k v", "APPEND k w", "DEL k", "MULTI", "RPUSH k a", "DEL k", "EXEC");
      pair.say("MULTI", "RPUSH k a", "DEL k", "SET k x", "EXEC", "DEL k");
      awaitBlocked(pair, 1);
      pair.say("RPUSH k last");
      other.sameNext();
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void aWrongDestinationEndsTheWaitAndTakesNothing(Differential pair) {
    pair.say("SET d x");
    try (Differential first = waiting(pair, 1, "BLMOVE k d LEFT LEFT 0");
        Differential second = waiting(pair, 2, "BLPOP k 0")) {
      pair.say("RPUSH k a");
      first.sameNext();
      second.sameNext();
      pair.say("EXISTS k", "GET d");
    }
  }

  @AgainstRedis({@On, @On(shards = 2), @On(shards = 5, loops = 2)})
  void oneIsServedFromWhatAnotherMoved(Differential pair) {
    try (Differential third = waiting(pair, 1, "BLPOP c 0");
        Differential second = waiting(pair, 2, "BLMOVE b c LEFT LEFT 0");
        Differential first = waiting(pair, 3, "BRPOPLPUSH a b 0")) {
      pair.say("RPUSH a 1");
      first.sameNext();
      second.sameNext();
      third.sameNext();
      pair.say("EXISTS a b c");
    }
  }

  @AgainstRedis({@On, @On(shards = 2), @On(shards = 5, loops = 2)})
  void afterATransactionKeysAreServedInTheOrderOfTheirFirstPush(Differential pair) {
    List<Differential> clients = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      clients.add(waiting(pair, i + 1, i % 2 == 0 ? "BLPOP a b c 0" : "BLPOP c b a 0"));
    }
    pair.say(
        "MULTI",
        "RPUSH b 1",
        "RPUSH a 2 3",
        "RPUSH c 4",
        "LPUSH b 5",
        "LPOP a",
        "RPUSH c 6",
        "EXEC");
    for (int i = 0; i < 5; i++) {
      clients.get(i).sameNext();
    }
    awaitBlocked(pair, 1);
    pair.say("RPUSH b last");
    clients.get(5).sameNext();
    pair.say("EXISTS a b c");
    clients.forEach(Differential::close);
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void requestsBehindWait(Differential pair) {
    try (Differential other = pair.another()) {
      byte[] bytes =
          RespClient.encode(
              List.of(
                  new String[] {"SET", "s", "1"},
                  new String[] {"BLPOP", "k", "0"},
                  new String[] {"INCR", "s"},
                  new String[] {"BLPOP", "k", "0"},
                  new String[] {"GET", "s"}));
      other.sampo().raw(bytes);
      other.redis().raw(bytes);
      other.sameNext();
      awaitBlocked(pair, 1);
      pair.say("GET s");
      other.sampo().send("PING");
      other.redis().send("PING");
      pair.say("RPUSH k a");
      other.sameNext();
      other.sameNext();
      awaitBlocked(pair, 1);
      pair.say("RPUSH k b");
      other.sameNext();
      other.sameNext();
      other.sameNext();
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void clientUnblock(Differential pair) {
    for (String how : List.of("", " TIMEOUT", " ERROR")) {
      for (String line : List.of("BLPOP k l m 0", "BLMOVE k l LEFT LEFT 0", "BLMPOP 0 1 k LEFT")) {
        try (Differential other = pair.another()) {
          String ours = other.sampo().call("CLIENT", "ID").text();
          String theirs = other.redis().call("CLIENT", "ID").text();
          wait(pair, other, 1, line);
          assertEquals("1", pair.sampo().call(("CLIENT UNBLOCK " + ours + how).split(" ")).text());
          assertEquals(
              "1", pair.redis().call(("CLIENT UNBLOCK " + theirs + how).split(" ")).text());
          other.sameNext();
          assertEquals("0", pair.sampo().call("CLIENT", "UNBLOCK", ours).text());
          pair.say("RPUSH k stays", "LPOP k");
          other.same("PING");
        }
      }
    }
  }

  @AgainstRedis
  void whoIsUnblockedWithAnErrorIsCounted(Differential pair) {
    pair.say("CONFIG RESETSTAT");
    for (String how : List.of("TIMEOUT", "ERROR")) {
      Differential other = pair.another();
      String ours = other.sampo().call("CLIENT", "ID").text();
      String theirs = other.redis().call("CLIENT", "ID").text();
      wait(pair, other, 1, "BLPOP k 0");
      pair.sampo().call("CLIENT", "UNBLOCK", ours, how);
      pair.redis().call("CLIENT", "UNBLOCK", theirs, how);
      other.sameNext();
      pair.say("INFO errorstats");
      assertEquals(failed(pair.redis(), "blpop"), failed(pair.sampo(), "blpop"));
    }
  }

  @AgainstRedis
  void whoWaitsForReplicasIsAmongThoseWithATimeout(Differential pair) {
    for (String timeout : List.of("0", "100000")) {
      try (Differential other = pair.another()) {
        wait(pair, other, 1, "WAIT 1 " + timeout);
        assertEquals(timed(pair.redis()), timed(pair.sampo()));
      }
      awaitBlocked(pair, 0);
    }
  }

  private static String timed(RespClient client) {
    String clients = client.call("INFO", "clients").text();
    return clients.lines().filter(line -> line.contains("timeout_table")).findFirst().orElse("");
  }

  private static String failed(RespClient client, String command) {
    String stats = client.call("INFO", "commandstats").text();
    return stats
        .lines()
        .filter(line -> line.contains("_" + command + ":"))
        .findFirst()
        .orElse("")
        .replaceFirst(".*,", "");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void whoIsKilledOrGoneTakesNothing(Differential pair) {
    try (Differential killed = pair.another();
        Differential gone = pair.another();
        Differential left = pair.another()) {
      String id = killed.sampo().call("CLIENT", "ID").text();
      String theirs = killed.redis().call("CLIENT", "ID").text();
      wait(pair, killed, 1, "BLPOP k a b c 0");
      wait(pair, gone, 2, "BLMOVE k d LEFT LEFT 0");
      wait(pair, left, 3, "BLPOP k 0");
      assertEquals("1", pair.sampo().call("CLIENT", "KILL", "ID", id).text());
      assertEquals("1", pair.redis().call("CLIENT", "KILL", "ID", theirs).text());
      gone.sampo().close();
      gone.redis().close();
      awaitBlocked(pair, 1);
      pair.say("RPUSH k 1 2");
      left.sameNext();
      pair.say("LRANGE k 0 -1", "EXISTS d");
    }
  }

  @AgainstRedis({@On, @On(shards = 2), @On(shards = 5, loops = 2)})
  void sortedSets(Differential pair) {
    pair.say("ZADD z 1 a 2 b 3 c 4 d 5 e", "BZPOPMIN none z 0", "BZPOPMAX z none 0");
    pair.say("BZMPOP 0 2 none z MIN COUNT 2", "BZMPOP 0 1 z MAX", "EXISTS z", "SET s x");
    pair.say(
        "BZPOPMIN s 0", "BZMPOP 0 1 s MIN", "BZPOPMIN z x", "BZPOPMAX z -1", "BZMPOP x 0 z MIN");
    pair.say("BZMPOP x 1 z MIN", "BZMPOP 0 1 z UP", "BZPOPMIN z 0.01", "BZMPOP 0.01 1 z MAX");
    pair.say("MULTI", "BZPOPMIN z 0", "BZMPOP 0 1 z MIN", "EXEC");
    for (String line :
        List.of(
            "BZPOPMIN x z y 0", "BZPOPMAX z 5", "BZMPOP 0 2 x z MAX COUNT 2", "BZPOPMIN z z 0")) {
      for (String made : List.of("ZADD z 1.5 a 2 b 3 c", "ZUNIONSTORE z 1 from", "RENAME from z")) {
        pair.say("DEL z from", "ZADD from 1 x 2 y");
        try (Differential other = waiting(pair, 1, line);
            Differential list = waiting(pair, 2, "BLPOP z 0")) {
          pair.say(made);
          other.sameNext();
          pair.say("ZRANGE z 0 -1 WITHSCORES", "DEL z", "RPUSH z element");
          list.sameNext();
        }
      }
    }
  }
}
