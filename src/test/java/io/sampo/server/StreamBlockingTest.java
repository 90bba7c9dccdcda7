package io.sampo.server;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import java.util.List;

/** Clients that wait for streams are served as Redis serves them. */
class StreamBlockingTest {
  /** Has a new client of each server wait, as the {@code n}th. */
  private static Differential waiting(Differential pair, int n, String line) {
    Differential other = pair.another();
    other.sampo().send(line.split(" ", -1));
    other.redis().send(line.split(" ", -1));
    awaitBlocked(pair, n);
    return other;
  }

  private static void awaitBlocked(Differential pair, int n) {
    BlockingTest.awaitBlocked(pair.sampo(), n);
    BlockingTest.awaitBlocked(pair.redis(), n);
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void timeouts(Differential pair) {
    pair.say("XADD k 1 a b", "XGROUP CREATE k g $", "XREAD BLOCK 10 STREAMS k $");
    pair.say("XREAD BLOCK 10 STREAMS k none other 1 0 $", "XREAD BLOCK 10 COUNT 2 STREAMS k 5");
    pair.say("XREADGROUP GROUP g c BLOCK 10 STREAMS k >", "XREADGROUP GROUP g c STREAMS k >");
    pair.say("XREADGROUP GROUP g c BLOCK 0 STREAMS k 0", "XREAD BLOCK 0 STREAMS k none 0 0");
    pair.say("MULTI", "XREAD BLOCK 0 STREAMS k $", "XREADGROUP GROUP g c BLOCK 0 STREAMS k >");
    pair.say("EXEC", "XREAD BLOCK 1.5 STREAMS k 0", "XREAD BLOCK x STREAMS k 0");
  }

  @AgainstRedis({@On, @On(shards = 2), @On(shards = 5, loops = 2)})
  void newEntriesServeAll(Differential pair) {
    pair.say("XADD k 1 a b", "XADD l 7 a b");
    Differential last = waiting(pair, 1, "XREAD BLOCK 0 STREAMS k $");
    Differential later = waiting(pair, 2, "XREAD BLOCK 0 COUNT 1 STREAMS none l k 0 $ 3");
    Differential limited = waiting(pair, 3, "XREAD COUNT 1 BLOCK 9000 STREAMS k 1");
    pair.say("XADD k 2 c d");
    last.sameNext();
    limited.sameNext();
    awaitBlocked(pair, 1);
    pair.say("XADD k 3 e f", "XGROUP CREATE l g $", "XDEL l 7", "XADD k 4 g h");
    later.sameNext();
    Differential first = waiting(pair, 1, "XREAD BLOCK 0 STREAMS none l $ 0");
    pair.say("SET none x", "DEL none", "MULTI", "XADD l 8 a b", "XADD none 1 a b", "EXEC");
    first.sameNext();
    awaitBlocked(pair, 0);
  }

  @AgainstRedis({@On, @On(shards = 2), @On(shards = 5, loops = 2)})
  void groupsShare(Differential pair) {
    pair.say("XADD k 1 a b", "XGROUP CREATE k g $", "XGROUP CREATE l g 0 MKSTREAM");
    Differential one = waiting(pair, 1, "XREADGROUP GROUP g one BLOCK 0 COUNT 1 STREAMS k >");
    Differential two = waiting(pair, 2, "XREADGROUP GROUP g two BLOCK 0 STREAMS l k > >");
    Differential three = waiting(pair, 3, "XREADGROUP GROUP g three BLOCK 0 NOACK STREAMS l >");
    Differential reader = waiting(pair, 4, "XREAD BLOCK 0 STREAMS k $");
    pair.say("MULTI", "XADD k 2 a b", "XADD k 3 a b", "EXEC");
    one.sameNext();
    two.sameNext();
    reader.sameNext();
    awaitBlocked(pair, 1);
    pair.say("XADD l 1 a b");
    three.sameNext();
    pair.say("XPENDING k g", "XPENDING l g", "XADD k 4 a b", "XREADGROUP GROUP g one STREAMS k >");
    one.say("XREADGROUP GROUP g one STREAMS k 0", "XACK k g 2");
    awaitBlocked(pair, 0);
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void whatIsWaitedForGoes(Differential pair) {
    for (String end :
        List.of(
            "DEL k",
            "UNLINK k",
            "SET k x",
            "XGROUP DESTROY k g",
            "RENAME l k",
            "RENAME k l",
            "FLUSHALL",
            "PEXPIREAT k 1",
            "MOVE k 1")) {
      pair.say("FLUSHALL", "RPUSH l x", "XGROUP CREATE k g $ MKSTREAM");
      Differential group = waiting(pair, 1, "XREADGROUP GROUP g one BLOCK 0 STREAMS k >");
      Differential reader = waiting(pair, 2, "XREAD BLOCK 0 STREAMS k 0");
      pair.say(end);
      group.sameNext();
      awaitBlocked(pair, 1);
      pair.say("DEL k", "XADD k 5 a b");
      reader.sameNext();
    }
  }

  @AgainstRedis
  void expiryIsAnEndToo(Differential pair) {
    pair.say("XGROUP CREATE k g $ MKSTREAM");
    Differential group = waiting(pair, 1, "XREADGROUP GROUP g one BLOCK 0 STREAMS k >");
    pair.say("PEXPIRE k 20");
    group.sameNext();
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void unblocking(Differential pair) {
    pair.say("XADD k 1 a b", "XGROUP CREATE k g $");
    for (String how : List.of("TIMEOUT", "ERROR")) {
      for (String wait :
          List.of("XREAD BLOCK 0 STREAMS k none $ 0", "XREADGROUP GROUP g c BLOCK 0 STREAMS k >")) {
        Differential other = pair.another();
        String ours = other.sampo().call("CLIENT", "ID").text();
        String theirs = other.redis().call("CLIENT", "ID").text();
        other.sampo().send(wait.split(" "));
        other.redis().send(wait.split(" "));
        awaitBlocked(pair, 1);
        pair.sampo().call("CLIENT", "UNBLOCK", ours, how);
        pair.redis().call("CLIENT", "UNBLOCK", theirs, how);
        other.sameNext();
      }
    }
  }
}
