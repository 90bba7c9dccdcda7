package io.sampo.server;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.WireReply;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/** The commands of publish and subscribe say what Redis says. */
class PubSubCommandsTest {
  /** Sends a command that has {@code n} replies. */
  private static void say(Differential pair, int n, String line) {
    pair.same(line.split(" ", -1));
    for (int i = 1; i < n; i++) {
      pair.sameNext();
    }
  }

  @AgainstRedis
  void subscriptionsAreCounted(Differential pair) {
    say(pair, 3, "SUBSCRIBE a b a");
    say(pair, 2, "PSUBSCRIBE p* *");
    say(pair, 2, "SSUBSCRIBE s t");
    pair.say("SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE");
    say(pair, 3, "UNSUBSCRIBE a nosuch a");
    pair.say("UNSUBSCRIBE b", "UNSUBSCRIBE", "PUNSUBSCRIBE nosuch", "PUNSUBSCRIBE p*");
    pair.say("SUNSUBSCRIBE t", "SUNSUBSCRIBE", "SUNSUBSCRIBE", "PUNSUBSCRIBE", "PUNSUBSCRIBE");
    pair.say("GET k", "UNSUBSCRIBE");
  }

  @AgainstRedis
  void whatSubscribersMayAsk(Differential pair) {
    pair.say("PING", "PING x", "SUBSCRIBE a", "PING", "PING x", "PING x y", "GET k", "SET k v");
    pair.say(
        "PUBLISH b x",
        "MULTI",
        "EXEC",
        "DISCARD",
        "CONFIG GET maxmemory",
        "CONFIG NOSUCH",
        "NOSUCH");
    pair.say("PUBSUB", "PUBSUB NUMPAT", "PUBSUB NUMPAT x", "GET");
    pair.say("UNSUBSCRIBE", "SSUBSCRIBE s", "GET k", "SUNSUBSCRIBE", "GET k", "PING");
  }

  @AgainstRedis({@On, @On(shards = 3, loops = 2)})
  void messagesReachWhomTheyConcern(Differential pair) {
    Differential other = pair.another();
    Differential third = pair.another();
    say(pair, 2, "SUBSCRIBE news sport");
    say(third, 2, "PSUBSCRIBE n?ws [a-s]*");
    third.say("SUBSCRIBE news");
    other.say("PUBLISH zero x", "PUBLISH sport 1");
    pair.sameNext();
    third.sameNext();
    other.same("PUBLISH", "news", "with\r\nline\0break");
    pair.sameNext();
    // Patterns are matched in no particular order.
    Assertions.assertEquals(heard(third.redis(), 3), heard(third.sampo(), 3));
    other.say("PUBLISH news ", "SPUBLISH news x");
    pair.sameNext();
    pair.say("UNSUBSCRIBE news");
    other.say("PUBSUB CHANNELS new*", "PUBSUB CHANNELS x", "PUBSUB NUMSUB", "PUBSUB NUMPAT");
    other.say(
        "PUBSUB NUMSUB news sport nosuch news", "PUBSUB SHARDCHANNELS", "PUBSUB CHANNELS a b");
    other.sameUnordered("PUBSUB", "CHANNELS");
    other.sameUnordered("pubsub", "channels", "*");
  }

  @AgainstRedis
  void namesMayBeEmptyOrBinary(Differential pair) {
    Differential other = pair.another();
    List<String> names =
        List.of("", "\0", "\u00ff\r\n", "[a", "a*", "*", "\\*", "x".repeat(70_000));
    for (String name : names) {
      pair.same("SUBSCRIBE", name);
      pair.same("PSUBSCRIBE", name);
      for (String channel : names) {
        long receivers = other.same("PUBLISH", channel, name).number();
        for (int i = 0; i < receivers; i++) {
          pair.sameNext();
        }
        other.same("PUBSUB", "CHANNELS", channel);
      }
      pair.same("UNSUBSCRIBE", name);
      pair.same("PUNSUBSCRIBE", name);
    }
  }

  @AgainstRedis({@On, @On(shards = 3, loops = 2)})
  void shardChannelsAreApart(Differential pair) {
    Differential other = pair.another();
    say(pair, 2, "SSUBSCRIBE a b");
    pair.say("SUBSCRIBE a");
    other.say(
        "SPUBLISH a shard", "PUBLISH b none", "PUBSUB SHARDNUMSUB a b c", "PUBSUB SHARDNUMSUB");
    pair.sameNext();
    other.say("PUBLISH a channel", "PUBSUB SHARDCHANNELS a", "PUBSUB SHARDCHANNELS x y");
    pair.sameNext();
    pair.say("SUNSUBSCRIBE a");
    other.say("SPUBLISH a x", "SPUBLISH b y");
    pair.sameNext();
  }

  @AgainstRedis({@On, @On(shards = 3, loops = 2)})
  void transactions(Differential pair) {
    Differential other = pair.another();
    pair.say("MULTI", "SUBSCRIBE a", "SET k v", "PSUBSCRIBE b*", "PING", "EXEC", "GET k");
    other.say("MULTI", "PUBLISH a 1", "SET k w", "PUBLISH a 2", "PUBLISH b 3", "EXEC");
    for (int i = 0; i < 3; i++) {
      pair.sameNext();
    }
    pair.say("MULTI", "SSUBSCRIBE s", "SUNSUBSCRIBE s", "EXEC");
    pair.say("PUNSUBSCRIBE b*", "UNSUBSCRIBE a", "MULTI", "UNSUBSCRIBE a", "UNSUBSCRIBE", "EXEC");
    other.say("PUBLISH a 4");
    pair.say("GET k");
  }

  /** In Redis 7.0 it comes before the reply to PUBLISH, from 7.2 on behind it. */
  @AgainstRedis(
      value = {@On, @On(shards = 3, loops = 2)},
      protocols = 3)
  void whoPublishesToItselfHearsItBeforeItUnsubscribes(Differential pair) {
    for (String kind : List.of("", "P", "S")) {
      String publish = kind.equals("S") ? "SPUBLISH c " : "PUBLISH c ";
      List<String[]> words =
          Stream.of(
                  kind + "SUBSCRIBE c", publish + "m", publish + "n", kind + "UNSUBSCRIBE", "PING")
              .map(line -> line.split(" "))
              .toList();
      Assertions.assertEquals(heard(pair.redis(), words, 7), heard(pair.sampo(), words, 7));
    }
  }

  private static List<String> heard(RespClient client, List<String[]> said, int replies) {
    client.raw(RespClient.encode(said));
    return client.read(replies).stream().map(WireReply::toString).sorted().toList();
  }

  @AgainstRedis
  void aSilencedClientStillHearsMessages(Differential pair) {
    Differential other = pair.another();
    pair.sampo().send("CLIENT", "REPLY", "OFF");
    pair.redis().send("CLIENT", "REPLY", "OFF");
    pair.say("SUBSCRIBE a");
    other.say("PUBLISH a x");
    pair.sameNext();
    pair.say("UNSUBSCRIBE a");
  }

  @AgainstRedis
  void resetEndsIt(Differential pair) {
    Differential other = pair.another();
    pair.say("SUBSCRIBE a", "PSUBSCRIBE a", "SSUBSCRIBE a", "RESET", "GET k");
    other.say("PUBLISH a x", "SPUBLISH a x", "PUBSUB NUMPAT", "PUBSUB CHANNELS");
    pair.say("PING");
  }

  @AgainstRedis
  void clientListCounts(Differential pair) {
    Differential other = pair.another();
    pair.say("CLIENT SETNAME listener");
    say(pair, 2, "SUBSCRIBE a b");
    pair.say("PSUBSCRIBE p", "SSUBSCRIBE s");
    Assertions.assertEquals(counts(other.redis()), counts(other.sampo()));
    pair.say("PUNSUBSCRIBE", "SUNSUBSCRIBE");
    say(pair, 2, "UNSUBSCRIBE a b");
    Assertions.assertEquals(counts(other.redis()), counts(other.sampo()));
  }

  private static List<String> counts(RespClient client) {
    String list = client.call("CLIENT", "LIST").text();
    String line = list.lines().filter(l -> l.contains(" name=listener ")).findFirst().orElseThrow();
    return Stream.of(line.split(" ")).filter(w -> w.matches("(p|s|)sub=.*|flags=.*")).toList();
  }

  @AgainstRedis
  void arity(Differential pair) {
    for (String name : List.of("PUBLISH", "SPUBLISH", "PUBSUB")) {
      pair.say(name, name + " nosuch", name + " nosuch b c");
    }
  }

  @AgainstRedis({@On, @On(shards = 3, loops = 2)})
  void randomly(Differential pair) {
    Random random = Seed.random("random subscriptions");
    List<Differential> listeners = List.of(pair.another(), pair.another(), pair.another());
    List<String> words = List.of("SUBSCRIBE", "UNSUBSCRIBE", "SSUBSCRIBE", "SUNSUBSCRIBE");
    List<String> patterns = List.of("PSUBSCRIBE", "PUNSUBSCRIBE");
    List<String> published = List.of("PUBLISH", "SPUBLISH");
    for (int i = 0; i < 2_000; i++) {
      Differential listener = listeners.get(random.nextInt(3));
      String channel = "c" + random.nextInt(6);
      switch (random.nextInt(4)) {
        case 0 -> listener.same(words.get(random.nextInt(4)), channel);
        // One pattern at a time, for several have no order.
        case 1 -> listener.same(patterns.get(random.nextInt(2)), "c[0-3]");
        default -> {
          pair.same(published.get(random.nextInt(2)), channel, "message " + i);
          // A PING at each shows that nothing more came.
          listeners.forEach(PubSubCommandsTest::drain);
        }
      }
      pair.same("PUBSUB", "NUMSUB", channel);
      pair.same("PUBSUB", "SHARDNUMSUB", channel);
      pair.same("PUBSUB", "NUMPAT");
    }
  }

  private static List<String> heard(RespClient client, int n) {
    return client.read(n).stream().map(WireReply::toString).sorted().toList();
  }

  /** Reads everything that was published so far; both must have heard the same. */
  private static void drain(Differential listener) {
    String token = "end";
    listener.sampo().send("PING", token);
    listener.redis().send("PING", token);
    while (!listener.sameNext().toString().contains(token)) {
      continue;
    }
  }
}
