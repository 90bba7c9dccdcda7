package io.sampo.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values that are encoded when the requests behind their DUMP have been run. */
@Timeout(120)
class BigDumpsTest {
  private static final int ELEMENTS = 10_000;
  private static final int AT_ONCE = 1000;
  private static final int ROUNDS = 20;

  /** What makes a value big, and what changes it; {@code N} is each of many numbers. */
  private record Kind(String key, String grow, String change, String read) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("list", "RPUSH list element:N", "LTRIM list 10 -300", "LRANGE list 0 -1"),
          new Kind("same", "RPUSH same element", "LSET same 3000 x", "LRANGE same 0 -1"),
          new Kind("hash", "HSET hash field:N N", "HDEL hash field:17", "HGETALL hash"),
          new Kind("set", "SADD set member:N", "SREM set member:17", "SMEMBERS set"),
          new Kind("intset", "SADD intset N0000000000", "SADD intset 17", "SMEMBERS intset"),
          new Kind("string", "APPEND string abcdefghijk", "SETRANGE string 70000 x", "GET string"),
          new Kind("stream", "XADD stream N-1 f N", "XDEL stream 17-1", "XRANGE stream - +"),
          new Kind(
              "zset",
              "ZADD zset N N.5",
              "ZREMRANGEBYRANK zset 9 999",
              "ZRANGE zset 0 -1 WITHSCORES"));

  private static void grow(RespClient client, Kind kind) {
    String[] words = kind.grow.split(" ");
    boolean oneByOne = words[0].equals("APPEND") || words[0].equals("XADD");
    int atOnce = oneByOne ? 1 : AT_ONCE;
    List<String[]> commands = new ArrayList<>();
    for (int from = 1; from <= ELEMENTS; from += atOnce) {
      List<String> command = new ArrayList<>(List.of(words[0], words[1]));
      for (int n = from; n < from + atOnce; n++) {
        for (int i = 2; i < words.length; i++) {
          command.add(words[i].replace("N", "" + n));
        }
      }
      commands.add(command.toArray(String[]::new));
    }
    client.raw(RespClient.encode(commands));
    client.read(commands.size()).forEach(reply -> assertFalse(reply.isError(), reply::text));
  }

  private static void grow(Differential pair) {
    pair.config("set-max-intset-entries", "1000000");
    for (Kind kind : KINDS) {
      grow(pair.sampo(), kind);
      grow(pair.redis(), kind);
    }
  }

  private static String[] words(String line) {
    return line.split(" ");
  }

  @AgainstRedis(
      value = {
        @AgainstRedis.On,
        @AgainstRedis.On(shards = 3, loops = 2),
        @AgainstRedis.On(shards = 2, transport = "pekko")
      },
      protocols = 2)
  void whateverComesBehindItIsTheValueOfItsTime(Differential pair) {
    grow(pair);
    List<String[]> commands = new ArrayList<>();
    for (Kind kind : KINDS) {
      commands.add(words("DUMP " + kind.key));
      commands.add(words("ECHO " + kind.key));
      commands.add(words(kind.change));
      commands.add(words("DUMP " + kind.key));
      commands.add(words("PEXPIRE " + kind.key + " 0"));
      commands.add(words("DUMP " + kind.key));
    }
    List<WireReply> ours = new ArrayList<>();
    List<WireReply> theirs = new ArrayList<>();
    bothAnswer(pair, commands, ours, theirs);
    for (int k = 0; k < KINDS.size(); k++) {
      Kind kind = KINDS.get(k);
      for (int i : new int[] {0, 3}) {
        pair.sampo().expect('+', "RESTORE", kind.key, "0", theirs.get(6 * k + i).text());
        pair.redis().expect('+', "RESTORE", kind.key, "0", ours.get(6 * k + i).text());
        pair.sameUnordered(words(kind.read));
        pair.same("DEL", kind.key);
      }
    }
  }

  @AgainstRedis(
      value = {@AgainstRedis.On, @AgainstRedis.On(shards = 3)},
      protocols = 3)
  void withinATransaction(Differential pair) {
    grow(pair);
    List<String[]> commands = new ArrayList<>();
    commands.add(words("MULTI"));
    for (Kind kind : KINDS) {
      commands.add(words("DUMP " + kind.key));
      commands.add(words("UNLINK " + kind.key));
      commands.add(words("EXISTS " + kind.key));
    }
    commands.add(words("EXEC"));
    commands.add(words("PING"));
    List<WireReply> ours = new ArrayList<>();
    List<WireReply> theirs = new ArrayList<>();
    bothAnswer(pair, commands, ours, theirs);
    for (int k = 0; k < KINDS.size(); k++) {
      Kind kind = KINDS.get(k);
      int exec = commands.size() - 2;
      String its = theirs.get(exec).elements().get(3 * k).text();
      String mine = ours.get(exec).elements().get(3 * k).text();
      pair.sampo().expect('+', "RESTORE", kind.key, "0", its);
      pair.redis().expect('+', "RESTORE", kind.key, "0", mine);
      pair.sameUnordered(words(kind.read));
    }
  }

  /** Both are sent all at once; their replies may differ in what bulk strings say. */
  private static void bothAnswer(
      Differential pair, List<String[]> commands, List<WireReply> ours, List<WireReply> theirs) {
    byte[] bytes = RespClient.encode(commands);
    pair.sampo().raw(bytes);
    ours.addAll(pair.sampo().read(commands.size()));
    pair.redis().raw(bytes);
    theirs.addAll(pair.redis().read(commands.size()));
    for (int i = 0; i < commands.size(); i++) {
      boolean dumped = commands.get(i)[0].equals("DUMP") || commands.get(i)[0].equals("EXEC");
      assertEquals(
          dumped ? theirs.get(i).shape() : theirs.get(i),
          dumped ? ours.get(i).shape() : ours.get(i),
          String.join(" ", commands.get(i)));
    }
  }

  /** Other clients of the same shard, and one's own other shards, come meanwhile. */
  @Test
  void manyAtOnceKeepTheirOrder() {
    try (TestNode node = TestNode.start(new Layout(3, 2, "core"))) {
      List<RespClient> clients =
          IntStream.range(0, 8).mapToObj(i -> RespClient.connect(node.port())).toList();
      grow(clients.get(0), KINDS.get(0));
      grow(clients.get(0), KINDS.get(3));
      String[] dump = {"DUMP", "list"};
      String list = clients.get(0).call(dump).text();
      String set = clients.get(0).call("DUMP", "set").text();
      List<String[]> commands = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        commands.add(dump);
        commands.add(words("ECHO " + i));
        commands.add(words("CLIENT REPLY SKIP"));
        commands.add(dump);
        commands.add(words("DUMP set"));
        commands.add(words("GET nothing" + i));
      }
      clients.forEach(client -> client.raw(RespClient.encode(commands)));
      for (RespClient client : clients) {
        for (int i = 0; i < ROUNDS; i++) {
          List<WireReply> replies = client.read(4);
          assertEquals(list, replies.get(0).text());
          assertEquals("" + i, replies.get(1).text());
          assertEquals(set, replies.get(2).text());
          assertTrue(replies.get(3).isNull());
        }
        client.close();
      }
    }
  }

  @Test
  void clientsThatGoMeanwhileLeaveNothing() {
    try (TestNode node = TestNode.start(new Layout(1, 1, "core"));
        RespClient client = RespClient.connect(node.port())) {
      grow(client, KINDS.get(0));
      String list = client.call("DUMP", "list").text();
      String[] dump = {"DUMP", "list"};
      for (int i = 0; i < ROUNDS; i++) {
        RespClient victim = RespClient.connect(node.port());
        victim.raw(RespClient.encode(List.of(dump, dump, dump)));
        if (i % 2 == 0) {
          victim.reset();
        } else {
          client.expect(':', "CLIENT", "KILL", "TYPE", "normal");
        }
        victim.close();
      }
      assertEquals(list, client.call(dump).text());
      while (!client.call("INFO", "clients").text().contains("connected_clients:1\r\n")) {
        Thread.onSpinWait();
      }
      client.expect('+', "CLIENT", "REPLY", "ON");
      client.raw(RespClient.encode(List.of(words("CLIENT REPLY OFF"), dump, dump)));
      client.raw(RespClient.encode(List.of(words("CLIENT REPLY ON"), words("ECHO x"))));
      assertEquals("OK", client.read().text());
      assertEquals("x", client.read().text());
    }
  }

  /** What comes before is to be seen before, and what comes behind is to see it. */
  @AgainstRedis(
      value = {
        @AgainstRedis.On,
        @AgainstRedis.On(shards = 3, loops = 2),
        @AgainstRedis.On(shards = 2, transport = "pekko")
      },
      protocols = 2)
  void aRestoreComesInItsPlace(Differential pair) {
    grow(pair);
    List<String[]> commands = new ArrayList<>();
    for (Kind kind : KINDS) {
      String dump = pair.redis().call("DUMP", kind.key).text();
      String[] read = kind.read.replace(" " + kind.key, " copy").split(" ");
      commands.add(words("SET copy text"));
      commands.add(new String[] {"RESTORE", "copy", "0", dump});
      commands.add(words("GET copy"));
      commands.add(new String[] {"RESTORE", "copy", "0", dump, "REPLACE"});
      commands.add(words("OBJECT ENCODING copy"));
      commands.add(words("SELECT 1"));
      commands.add(new String[] {"RESTORE", "copy", "1000000", dump, "IDLETIME", "5000"});
      commands.add(new String[] {"RESTORE", "copy", "0", dump});
      commands.add(words("PERSIST copy"));
      commands.add(words("DEL copy"));
      commands.add(words("SELECT 0"));
      commands.add(words("RENAME copy other"));
      commands.add(words("MULTI"));
      commands.add(new String[] {"RESTORE", "copy", "0", dump});
      commands.add(new String[] {"RESTORE", "copy", "0", dump});
      commands.add(words("EXEC"));
      commands.add(words("CLIENT REPLY SKIP"));
      commands.add(new String[] {"RESTORE", "skipped", "0", dump});
      commands.add(words("TYPE skipped"));
      commands.add(words("DEL skipped"));
      commands.add(new String[] {"RESTORE", "copy", "0", dump, "REPLACE", "ABSTTL"});
      if (!kind.read.startsWith("H") && !kind.read.startsWith("S")) {
        commands.add(read);
      }
    }
    int skipping = 2 * KINDS.size();
    byte[] bytes = RespClient.encode(commands);
    pair.sampo().raw(bytes);
    List<WireReply> ours = pair.sampo().read(commands.size() - skipping);
    pair.redis().raw(bytes);
    assertEquals(pair.redis().read(commands.size() - skipping), ours);
    for (Kind kind : KINDS) {
      pair.sameUnordered(words(kind.read));
    }
    pair.same("DEBUG", "DIGEST-VALUE", "copy");
  }

  @AgainstRedis(protocols = 2)
  void whatIsWrongWithARestoreIsSaidInTheSameOrder(Differential pair) {
    grow(pair);
    String sound = pair.redis().call("DUMP", "zset").text();
    String broken = sound.substring(0, 5000) + "?" + sound.substring(5001);
    String bad = DumpCommandsTest.payload(new int[20_000], RdbFormat.VERSION);
    String newer = DumpCommandsTest.payload(new int[20_000], 99);
    int[] half = sound.chars().limit(sound.length() - 1000).toArray();
    String torn = DumpCommandsTest.payload(half, RdbFormat.VERSION);
    pair.redis().expect('+', "CONFIG", "SET", "sanitize-dump-payload", "yes");
    for (String payload : List.of(sound, broken, bad, newer, torn)) {
      pair.same("RESTORE", "zset", "0", payload);
      pair.same("RESTORE", "zset", "x", payload);
      pair.same("RESTORE", "new", "-1", payload);
      pair.same("RESTORE", "new", "x", payload);
      pair.same("RESTORE", "new", "0", payload, "NONSENSE");
      pair.same("RESTORE", "zset", "0", payload, "FREQ", "x");
      pair.same("RESTORE", "new", "1", payload, "ABSTTL");
      pair.same("EXISTS", "new");
      pair.same("RESTORE", "new", "0", payload);
      pair.same("ZCARD", "new");
      pair.same("RESTORE", "list", "0", payload, "REPLACE");
      pair.same("TYPE", "list");
      pair.same("DEL", "new", "list");
      pair.same("MULTI");
      pair.same("RESTORE", "new", "0", payload);
      pair.same("EXEC");
      pair.same("DEL", "new");
    }
    pair.config("maxmemory", "1mb");
    pair.same("RESTORE", "new", "0", sound);
    pair.same("RESTORE", "new", "0", bad);
    pair.config("maxmemory", "0");
  }

  @AgainstRedis(protocols = 2)
  void whoSendsNoMoreIsAnswered(Differential pair) {
    grow(pair.redis(), KINDS.get(0));
    String dump = pair.redis().call("DUMP", "list").text();
    byte[] bytes =
        RespClient.encode(
            List.of(
                new String[] {"RESTORE", "copy", "0", dump},
                words("LLEN copy"),
                new String[] {"RESTORE", "copy", "0", dump}));
    pair.plain().sameToTheEnd(bytes);
    for (int i = 0; i < ROUNDS; i++) {
      RespClient victim = pair.plain().sampo();
      victim.send("RESTORE", "gone", "1", dump, "ABSTTL");
      victim.reset();
    }
    pair.same("PING");
  }
}
