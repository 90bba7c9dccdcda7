package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Seed;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** MULTI, EXEC, DISCARD, WATCH and UNWATCH do what a real Redis does. */
class TransactionTest {
  @AgainstRedis({
    @On,
    @On(shards = 2),
    @On(shards = 5),
    @On(shards = 2, loops = 2),
    @On(shards = 5, loops = 2)
  })
  @Retention(RetentionPolicy.RUNTIME)
  @interface OnEveryLayout {}

  private static void each(Differential pair, String commands) {
    commands.lines().forEach(line -> pair.same(line.trim().split(" +")));
  }

  private static void pipelined(Differential pair, String commands) {
    pair.samePipelined(commands.lines().map(line -> line.trim().split(" +")).toList());
  }

  @OnEveryLayout
  void runsWhatWasQueued(Differential pair) {
    each(
        pair,
        """
        MULTI
        SET a 1
        SET b 2
        INCR a
        MGET a b c
        DEL b
        GET b
        PING
        EXEC
        MULTI
        EXEC
        GET a
        MULTI
        SET a 9
        DISCARD
        GET a
        """);
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void anErrorWithinIsOneReplyAmongOthers(Differential pair) {
    each(
        pair,
        """
        MULTI
        SET a text
        INCR a
        RENAME nosuch b
        EXPIRE a x
        SET c 3
        EXEC
        MGET a b c
        """);
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void aBadRequestSpoilsTheWhole(Differential pair) {
    for (String bad :
        new String[] {"NOSUCH", "GET", "SET a", "OBJECT NOPE a", "OBJECT ENCODING", "EXEC now"}) {
      each(pair, "MULTI\nSET a 1\n" + bad + "\nSET b 1\nEXEC\nMGET a b\nEXEC");
    }
    each(pair, "MULTI\nNOSUCH\nDISCARD\nMULTI\nSET a 2\nEXEC\nGET a");
  }

  @OnEveryLayout
  void nothingIsQueuedWhileMemoryIsFull(Differential pair) {
    each(pair, "SET a 1");
    pair.config("maxmemory-policy", "volatile-lru");
    for (String request :
        List.of("SET x 1", "GET a", "PING", "DEL a", "MULTI", "WATCH a", "SUBSCRIBE c", "GET")) {
      pair.config("maxmemory", "1");
      each(pair, "MULTI\n" + request + "\nPING\nEXEC\nMULTI\nEXEC\nMULTI\nDISCARD");
      pair.config("maxmemory", "0");
      each(pair, "MULTI\nGET a\nEXEC");
    }
    each(pair, "MULTI\nSET x 1\nCONFIG SET maxmemory 1\nSET y 1\nEXEC");
    each(pair, "MULTI\nCONFIG SET maxmemory 0\nDISCARD");
    pair.config("maxmemory", "0");
    for (String request : List.of("GET x", "SET z 1")) {
      Differential other = pair.another();
      each(pair, "MULTI\n" + request);
      other.config("maxmemory", "1");
      each(pair, "EXEC\nMULTI\nRESET\nGET y");
      other.config("maxmemory", "0");
    }
    each(pair, "SETRANGE big 12000000 x");
    pair.config("maxmemory", "10mb");
    pipelined(pair, "DEL big\nMULTI\nSET x 2\nEXEC\nGET x");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void steeringOutOfPlace(Differential pair) {
    each(
        pair,
        """
        EXEC
        EXEC x
        WATCH a
        EXEC x
        DISCARD
        UNWATCH
        MULTI x
        WATCH
        MULTI
        MULTI
        SET a 1
        EXEC
        MULTI
        WATCH a
        SET a 2
        EXEC
        MULTI
        UNWATCH
        GET a
        EXEC
        MULTI
        DISCARD x
        EXEC
        """);
  }

  @OnEveryLayout
  void anyChangeOfAWatchedKeyBreaksIt(Differential pair) {
    Differential other = pair.another();
    for (String change :
        new String[] {
          "SET a 2",
          "DEL a",
          "UNLINK a",
          "INCR a",
          "EXPIRE a 1000",
          "PEXPIREAT a 1",
          "RENAME a z",
          "RENAME b a",
          "COPY b a REPLACE",
          "MOVE a 1",
          "FLUSHDB",
          "FLUSHALL",
          "SWAPDB 0 1",
          "APPEND a x",
          "MSET x 1 a 1",
          "GETDEL a",
          "GETEX a PX 100000",
          "DEL a b"
        }) {
      other.same("FLUSHALL");
      pair.same("MSET", "a", "1", "b", "2");
      each(pair, "WATCH a q");
      each(other, change);
      each(pair, "MULTI\nSET done " + change.replace(' ', '_') + "\nEXEC\nGET done");
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void whatChangesNothingBreaksNothing(Differential pair) {
    Differential other = pair.another();
    for (String harmless :
        new String[] {
          "GET a", "DEL nosuch", "PERSIST a", "EXPIRE a 10 XX", "SET other 1", "TOUCH a",
          "SETNX a 5", "RENAMENX b a", "COPY b a", "SWAPDB 2 3", "EXISTS a", "MSETNX a 1 x 2"
        }) {
      pair.same("FLUSHALL");
      each(pair, "MSET a 1 b 2\nWATCH a nosuch");
      each(other, harmless);
      each(pair, "MULTI\nGET a\nEXEC");
    }
    each(other, "SELECT 1\nSET a 1");
    each(pair, "WATCH a");
    each(other, "SET a 2\nFLUSHDB");
    each(pair, "MULTI\nGET a\nEXEC");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void wholeDatabases(Differential pair) {
    Differential other = pair.another();
    // An absent key is not changed by a flush, but by a swap that brings it.
    for (String change :
        new String[] {"FLUSHDB", "FLUSHALL", "SWAPDB 0 1", "SWAPDB 0 2", "SWAPDB 1 0"}) {
      each(other, "FLUSHALL\nSELECT 1\nSET a there\nSELECT 0");
      each(pair, "WATCH a nosuch");
      each(other, change);
      each(pair, "MULTI\nGET a\nEXEC");
    }
    // Watched in the other database.
    each(other, "FLUSHALL\nSET a here");
    each(pair, "SELECT 1\nWATCH a\nSELECT 0");
    each(other, "SWAPDB 0 1");
    each(pair, "MULTI\nGET a\nEXEC");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void ownChangesBreakToo(Differential pair) {
    each(
        pair,
        """
        WATCH a
        SET a 1
        MULTI
        SET a 2
        EXEC
        GET a
        WATCH a
        SET a 1
        UNWATCH
        MULTI
        SET a 3
        EXEC
        WATCH a
        SET a 1
        MULTI
        DISCARD
        MULTI
        SET a 4
        EXEC
        WATCH a a
        WATCH a b
        MULTI
        SET a 5
        EXEC
        SET a 6
        MULTI
        SET a 7
        EXEC
        WATCH a
        SET a 8
        MULTI
        NOSUCH
        EXEC
        MULTI
        GET a
        EXEC
        """);
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void aWatchedKeyThatExpires(Differential pair) throws InterruptedException {
    each(pair, "SET a 1 PX 60\nWATCH a");
    Thread.sleep(100);
    each(pair, "MULTI\nSET b 1\nEXEC\nEXISTS a b");
    // One that had expired before is as good as absent.
    each(pair, "SET a 1 PX 20");
    Thread.sleep(60);
    each(pair, "WATCH a\nMULTI\nSET b 2\nEXEC\nGET b");
  }

  @AgainstRedis({@On, @On(shards = 2), @On(shards = 5, loops = 2)})
  void selectWithin(Differential pair) {
    each(
        pair,
        """
        MULTI
        SET a zero
        SELECT 1
        SET a one
        EXEC
        GET a
        SELECT 0
        GET a
        """);
    // What follows in the pipeline goes to the database that was selected within.
    for (int i = 0; i < 20; i++) {
      pipelined(
          pair,
          """
          SET x %1$d
          SET y %1$d
          MULTI
          SELECT 2
          SET a two
          EXEC
          SET x two
          SET y two
          SET z two
          WATCH x
          MULTI
          SELECT 0
          EXEC
          GET x
          GET y
          GET z
          """
              .formatted(i));
    }
  }

  @OnEveryLayout
  void allInOnePipeline(Differential pair) {
    for (int i = 0; i < 10; i++) {
      pipelined(
          pair,
          """
          SET a 0
          SET b 0
          WATCH a
          SET a 1
          MULTI
          SET b broken
          EXEC
          GET b
          WATCH b
          SET a 2
          MULTI
          SET b fine
          EXEC
          GET b
          WATCH a b c d
          SET d 1
          MULTI
          DISCARD
          MULTI
          INCR a
          INCR nope
          INCR d
          EXEC
          WATCH a
          SET a 1
          UNWATCH
          MULTI
          PING
          EXEC
          MULTI
          NOSUCH
          EXEC
          GET a
          EXEC
          FLUSHALL
          """);
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void waitDoesNotBlockWithin(Differential pair) {
    each(
        pair,
        """
        MULTI
        WAIT 5 0
        SET a 1
        WAIT x 0
        EXEC
        WAIT 0 0
        WAIT -1 0
        WAIT 1 20
        WAIT x 0
        WAIT 0 x
        WAIT 0 -1
        WAIT 0 1.5
        WAIT 1 99999999999999999999
        WAIT
        """);
    pipelined(pair, "SET a 1\nWAIT 1 30\nGET a\nWAIT 2 1\nPING");
  }

  @AgainstRedis(protocols = 2, value = @On(shards = 2))
  void aClientThatWaitsIsStillHeardLeaving(Differential pair) {
    pair.sampo().send("WAIT", "1", "0");
    pair.sampo().finish();
    assertTrue(pair.sampo().closedByServer());
    Differential other = pair.another();
    other.sampo().send("WAIT", "1", "50");
    other.sampo().send("PING");
    assertEquals("0", other.sampo().read().text());
    assertEquals("PONG", other.sampo().read().text());
    assertFalse(other.sampo().call("WAITAOF", "0", "0", "0").isError());
    assertTrue(other.sampo().call("WAITAOF", "1", "0", "0").isError());
    assertTrue(other.sampo().call("WAITAOF", "2", "0", "0").isError());
    assertTrue(other.sampo().call("WAITAOF", "0", "-1", "0").isError());
  }

  @OnEveryLayout
  void randomTransactionsOfTwoClientsAgree(Differential pair) {
    Random random = Seed.random("random transactions", 20_260_202);
    Differential other = pair.another();
    for (int i = 0; i < 250; i++) {
      Differential one = random.nextBoolean() ? pair : other;
      if (random.nextInt(3) == 0) {
        List<String[]> pipeline = new ArrayList<>();
        for (int n = random.nextInt(12); n >= 0; n--) {
          pipeline.add(command(random));
        }
        one.samePipelined(pipeline);
      } else {
        for (int n = random.nextInt(6); n >= 0; n--) {
          one.same(command(random));
        }
      }
    }
  }

  private static String[] command(Random random) {
    String key = "k" + random.nextInt(5);
    String other = "k" + random.nextInt(5);
    return switch (random.nextInt(18)) {
      case 0, 1 -> new String[] {"MULTI"};
      case 2, 3, 4 -> new String[] {"EXEC"};
      case 5, 6 -> new String[] {"WATCH", key, other};
      case 7 -> new String[] {random.nextBoolean() ? "UNWATCH" : "DISCARD"};
      case 8 -> new String[] {"INCR", key};
      case 9 -> new String[] {"MGET", key, other, "k0"};
      case 10 -> new String[] {"DEL", key, other};
      case 11 -> new String[] {"SET", key, random.nextInt(4) == 0 ? "text" : "7"};
      case 12 -> new String[] {"RENAME", key, other};
      case 13 -> new String[] {"SELECT", "" + random.nextInt(2)};
      case 14 ->
          switch (random.nextInt(12)) {
            case 0 -> new String[] {"FLUSHALL"};
            case 1 -> new String[] {"SWAPDB", "0", "1"};
            case 2 -> new String[] {"NOSUCH", key};
            default -> new String[] {"DBSIZE"};
          };
      default -> new String[] {"GET", key};
    };
  }
}
