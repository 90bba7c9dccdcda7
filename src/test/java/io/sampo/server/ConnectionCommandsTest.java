package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.WireReply;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** AUTH, HELLO, RESET, QUIT, SELECT, ECHO, PING beside the real server's. */
class ConnectionCommandsTest {
  @AgainstRedis({@On, @On(shards = 5, loops = 2), @On(transport = "pekko")})
  void argumentsAreCheckedAlike(Differential pair) {
    List<String> lines =
        List.of(
            "echo",
            "echo a b",
            "echo hi",
            "ping",
            "ping hi",
            "ping a b",
            "select",
            "select x",
            "select 16",
            "select -1",
            "select 99999999999999999",
            "select 3",
            "auth",
            "auth a b c",
            "auth x",
            "auth default x",
            "auth nobody x",
            "hello x",
            "hello 1",
            "hello 4",
            "hello 2 foo",
            "hello 2 auth",
            "hello 2 auth a",
            "hello 2 auth a b",
            "hello 2 setname",
            "client getname",
            "reset",
            "reset x",
            "client getname");
    lines.forEach(line -> pair.same(line.split(" ")));
    pair.same("HELLO", "2", "SETNAME", "two words");
    pair.same("CLIENT", "GETNAME");
  }

  @AgainstRedis
  void helloTellsOfTheServerAndSwitchesTheProtocol(Differential pair) {
    for (String version : List.of("2", "3")) {
      pair.sameTypeOnly("HELLO", version, "SETNAME", "me");
      pair.same("CLIENT", "GETNAME");
      WireReply ours = pair.sameTypeOnly("HELLO");
      assertEquals(
          List.of("server", "redis", "version", Version.REDIS, "proto", version, "id"),
          ours.texts().subList(0, 7));
      assertEquals(
          List.of("mode", "standalone", "role", "master", "modules"), ours.texts().subList(8, 13));
    }
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void withoutItsPasswordAClientMayDoLittle(Differential pair) {
    pair.same("CONFIG", "SET", "requirepass", "secret");
    Differential waiting = pair.plain();
    try {
      // Who was connected before stays logged in.
      pair.same("PING");
      waiting.same("PING");
      logIn(pair.plain());
    } finally {
      pair.same("CONFIG", "SET", "requirepass", "");
    }
    waiting.same("PING");
  }

  private static void logIn(Differential fresh) {
    List<String> refused =
        List.of(
            "ping",
            "get k",
            "get",
            "nosuch",
            "client",
            "client foo",
            "multi",
            "auth wrong",
            "auth default wrong",
            "auth nobody secret",
            "hello",
            "hello 3",
            "hello 4",
            "hello 2 auth default wrong",
            "hello 3 setname a",
            "reset",
            "ping");
    refused.forEach(line -> fresh.same(line.split(" ")));
    fresh.same("AUTH", "secret");
    fresh.same("PING");
    // A wrong password does not log out; RESET does.
    fresh.same("AUTH", "wrong");
    fresh.same("PING");
    fresh.same("RESET");
    fresh.same("PING");
    fresh.same("AUTH", "default", "secret");
    fresh.same("MULTI");
    fresh.same("AUTH", "wrong");
    fresh.same("AUTH", "secret");
    fresh.same("EXEC");
    fresh.same("RESET");
    fresh.sameTypeOnly("HELLO", "3", "AUTH", "default", "secret", "SETNAME", "n");
    fresh.same("CLIENT", "GETNAME");
    fresh.same("QUIT");
  }

  @AgainstRedis
  void resetForgetsWhatTheConnectionHasBecome(Differential pair) {
    pair.same("SET", "k", "0");
    pair.same("SELECT", "2");
    pair.same("CLIENT", "SETNAME", "me");
    pair.same("CLIENT", "NO-EVICT", "ON");
    pair.same("WATCH", "k");
    pair.same("MULTI");
    pair.same("SET", "k", "2");
    pair.same("RESET");
    pair.same("CLIENT", "GETNAME");
    pair.same("EXEC");
    pair.same("GET", "k");
    // Nulls have RESP2's form again.
    pair.same("GET", "none");
  }

  @AgainstRedis
  void resetIsAnsweredUnlessThatWasToBeSkipped(Differential pair) {
    for (RespClient client : List.of(pair.sampo(), pair.redis())) {
      client.send("CLIENT", "REPLY", "SKIP");
      client.send("RESET");
    }
    pair.say("PING");
    for (RespClient client : List.of(pair.sampo(), pair.redis())) {
      client.send("CLIENT", "REPLY", "OFF");
    }
    pair.say("RESET", "PING");
  }

  @AgainstRedis({@On, @On(transport = "pekko")})
  void quitIsAnsweredAndThenNothingElse(Differential pair) {
    pair.sameToTheEnd(RespClient.encode(List.of(args("PING"), args("QUIT"), args("PING"))));
    Differential other = pair.another();
    other.same("MULTI");
    other.same("QUIT", "x");
    assertTrue(other.sampo().closedByServer());
    assertTrue(other.redis().closedByServer());
  }

  @AgainstRedis(
      value = {@On, @On(shards = 5, loops = 2)},
      protocols = 2)
  void connectionCommandsInTransactions(Differential pair) {
    pair.same("MULTI");
    pair.same("SELECT", "2");
    pair.same("SET", "k", "in 2");
    pair.same("AUTH", "x");
    pair.same("CLIENT", "SETNAME", "n");
    pair.same("CLIENT", "GETNAME");
    pair.same("PING");
    pair.same("EXEC");
    pair.same("GET", "k");
    pair.same("MULTI");
    pair.same("RESET");
    pair.same("GET", "k");
    pair.same("EXEC");
  }

  /** A page may have a browser send whatever it likes to a port of its user's. */
  @AgainstRedis({@On, @On(shards = 5, loops = 2), @On(transport = "pekko")})
  void whoSendsHttpIsNotAnswered(Differential pair) {
    for (String first : List.of("POST / HTTP/1.1", "post", "Host: localhost", "HOST:")) {
      pair.another().sameToTheEnd(ascii(first + "\r\nSET evil 1\r\n"));
    }
    Differential page = pair.another();
    byte[] request = ascii("GET / HTTP/1.1\r\nHost: localhost\r\nSET evil 1\r\n\r\n");
    page.sampo().converse(request);
    page.redis().converse(request);
    Differential transaction = pair.another();
    transaction.say("MULTI", "SET evil 1");
    transaction.sameToTheEnd(ascii("POST\r\nEXEC\r\n"));
    pair.say("EXISTS evil", "HOST a", "POST: a");
  }

  @AgainstRedis
  void aZeroEndsWhatIsWrongWhereItIsShown(Differential pair) {
    pair.say("HELLO 3 a\0b", "CONFIG SET a\0b 1", "CLIENT a\0b", "a\0b c\0d", "SLOWLOG GET 1 a\0b");
    pair.say("XADD s 1-1 f v", "XREADGROUP GROUP g\0h c STREAMS s\0t >", "XPENDING s\0t g\0h");
    pair.say("XGROUP SETID s g\0h $", "XGROUP DELCONSUMER s g\0h c", "XINFO CONSUMERS s g\0h");
    pair.say("XCLAIM s g\0h c 0 1-1", "XAUTOCLAIM s g\0h c 0 0", "XGROUP CREATE s g $");
    pair.say("XCLAIM s g c 0 1-1 a\0b", "DEBUG a\0b c", "CLIENT LIST TYPE a\0b");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String[] args(String... words) {
    return words;
  }
}
