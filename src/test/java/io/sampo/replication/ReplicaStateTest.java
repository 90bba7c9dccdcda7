package io.sampo.replication;

import static io.sampo.testkit.Followers.await;
import static io.sampo.testkit.Followers.info;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sampo.testkit.FakeMaster;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A replica is, says and refuses what a Redis does whose master does the same. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplicaStateTest {
  private static final String ID = "0123456789012345678901234567890123456789";

  /** What differs from server to server, or from moment to moment. */
  private static final Set<String> OWN =
      Set.of(
          "master_port",
          "master_last_io_seconds_ago",
          "master_sync_last_io_seconds_ago",
          "master_link_down_since_seconds",
          "repl_backlog_size");

  private RedisProcess redis;
  private TestNode sampo;
  private FakeMaster its;
  private FakeMaster ours;
  private RespClient theirs;
  private RespClient mine;

  @BeforeEach
  void start() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    redis = RedisProcess.start();
    sampo = TestNode.start(new Layout(2, 2, "core"), Map.of());
    its = FakeMaster.start();
    ours = FakeMaster.start();
    theirs = RespClient.connect(redis.port());
    mine = RespClient.connect(sampo.port());
  }

  @AfterEach
  void stop() {
    if (redis != null) {
      mine.close();
      theirs.close();
      ours.close();
      its.close();
      sampo.close();
      redis.close();
    }
  }

  private void follow() {
    theirs.expect('+', "REPLICAOF", "127.0.0.1", "" + its.port());
    mine.expect('+', "REPLICAOF", "127.0.0.1", "" + ours.port());
  }

  private void masters(Consumer<FakeMaster> action) {
    action.accept(its);
    action.accept(ours);
  }

  private WireReply same(String... command) {
    WireReply reply = mine.call(command);
    assertEquals(theirs.call(command), reply, String.join(" ", command));
    return reply;
  }

  /** Both are in this state, and say the same of it. */
  private void state(String word) {
    await(word + " of the oracle", () -> isIn(theirs, word));
    await(word, () -> isIn(mine, word));
    List<WireReply> role = mine.call("ROLE").elements();
    List<WireReply> theirRole = theirs.call("ROLE").elements();
    for (int i : new int[] {0, 1, 3, 4}) {
      assertEquals(theirRole.get(i), role.get(i));
    }
    sameInfo(word);
  }

  private static boolean isIn(RespClient client, String state) {
    return client.call("ROLE").elements().get(3).text().equals(state);
  }

  private void sameInfo(String when) {
    Map<String, String> ourInfo = info(mine, "replication");
    Map<String, String> theirInfo = info(theirs, "replication");
    assertEquals(theirInfo.keySet(), ourInfo.keySet(), when);
    if (!ourInfo.get("master_replid").equals(ID)) {
      ourInfo.remove("master_replid");
      theirInfo.remove("master_replid");
    }
    ourInfo.keySet().removeAll(OWN);
    theirInfo.keySet().removeAll(OWN);
    assertEquals(theirInfo, ourInfo, when);
  }

  private void connect() {
    masters(
        master ->
            master.answerPsync(
                "+FULLRESYNC "
                    + ID
                    + " 1000\r\n$"
                    + FakeMaster.EMPTY.length()
                    + "\r\n"
                    + FakeMaster.EMPTY));
    follow();
    state("connected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ignore", "panic", "panic-on-replicas"})
  void whatMakesNoSenseMayEndTheNode(String behavior) {
    mine.expect('+', "CONFIG", "SET", "propagation-error-behavior", behavior);
    connect();
    masters(master -> master.say("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"));
    masters(master -> master.say("*3\r\n$5\r\nLPUSH\r\n$1\r\nk\r\n$1\r\nv\r\n"));
    masters(master -> master.say("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nw\r\n"));
    if (behavior.equals("ignore")) {
      await("what came behind", () -> mine.call("GET", "k").text().equals("w"));
    } else {
      await("the end", () -> hasEnded());
    }
  }

  private boolean hasEnded() {
    try {
      mine.call("PING");
      return false;
    } catch (UncheckedIOException gone) {
      return true;
    }
  }

  @Test
  void fromNothingToTheStream() {
    masters(FakeMaster::hangUp);
    follow();
    // Nobody answers PING.
    state("handshake");
    masters(master -> master.answerPsync("+FULLRESYNC " + ID + " 1000\r\n$18\r\nREDIS0010"));
    masters(FakeMaster::hangUp);
    state("sync");
    masters(master -> master.say("\u00ff\0\0\0\0\0\0\0\0"));
    state("connected");
    masters(master -> master.say("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n*1\r\n$4\r\nPING\r\n"));
    await("the stream", () -> !mine.call("GET", "k").isNull() && !theirs.call("GET", "k").isNull());
    same("GET", "k");
    state("connected");
    // The link breaks within a transaction, which then is as if it had never been.
    masters(
        master -> {
          master.say("*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n");
          master.answerPsync("");
          master.hangUp();
        });
    state("handshake");
    same("GET", "n");
    masters(master -> await("PSYNC", () -> master.requests().contains("PSYNC " + ID + " 1042")));
    same("REPLICAOF", "NO", "ONE");
    sameInfo("promoted");
    same("SET", "k", "w");
  }

  private static String last(FakeMaster master, String word) {
    String[] found = {""};
    await(
        word,
        () -> {
          for (String request : master.requests()) {
            found[0] = request.startsWith(word) ? request : found[0];
          }
          return !found[0].isEmpty();
        });
    return found[0];
  }

  @Test
  void nobodyIsThere() {
    masters(FakeMaster::refuse);
    follow();
    state("connect");
    same("SET", "k", "v");
    same("CONFIG", "SET", "replica-read-only", "no");
    same("SET", "k", "v");
    same("CONFIG", "SET", "replica-serve-stale-data", "no");
    same("GET", "k");
    same("SET", "k", "v");
    same("PING");
    same("INFO", "nothing");
    same("MULTI");
    same("GET", "k");
    same("EXEC");
    same("SUBSCRIBE", "c");
    same("UNSUBSCRIBE", "c");
    same("PSYNC", "?", "-1");
    same("REPLICAOF", "NO", "ONE");
    same("GET", "k");
  }

  @Test
  void whatClientsMayDo() {
    connect();
    same("SET", "k", "v");
    same("GET", "k");
    same("EXPIRE", "k", "10");
    same("MULTI");
    same("GET", "k");
    same("DEL", "k");
    same("EXEC");
    same("MULTI");
    same("EXEC");
    same("FLUSHALL");
    same("PUBLISH", "c", "m");
    same("WAIT", "1", "0");
    same("CONFIG", "GET", "slave-announce-port");
    same("CONFIG", "GET", "slave-read-only");
    same("CONFIG", "SET", "replicaof", "x 1");
    same("CONFIG", "SET", "replica-read-only", "no");
    same("SET", "k", "v");
    same("SET", "k", "v", "PX", "1");
    await("expired", () -> mine.call("GET", "k").isNull() && theirs.call("GET", "k").isNull());
    same("CONFIG", "SET", "replica-priority", "7");
    same("CONFIG", "SET", "replica-announced", "no");
    state("connected");
  }

  @Test
  void whatIsNoMaster() {
    same("REPLICAOF", "host", "port");
    same("REPLICAOF", "host", "-1");
    same("REPLICAOF", "host", "65536");
    same("REPLICAOF", "no", "two");
    same("REPLICAOF", "host");
    same("SLAVEOF", "NO", "ONE");
    same("CONFIG", "GET", "replicaof");
    connect();
    assertEquals(
        theirs.call("REPLICAOF", "127.0.0.1", "" + its.port()),
        mine.call("REPLICAOF", "127.0.0.1", "" + ours.port()));
    assertEquals(
        "127.0.0.1 " + ours.port(),
        mine.call("CONFIG", "GET", "replicaof").elements().get(1).text());
  }

  @Test
  void expiredKeysAreHiddenUntilTheMasterDeletesThem() {
    connect();
    masters(
        master ->
            master.say(
                "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\n5\r\n$4\r\nPXAT\r\n$13\r\n1000000000000\r\n"
                    + "*2\r\n$4\r\nINCR\r\n$1\r\nk\r\n*2\r\n$4\r\nINCR\r\n$1\r\nl\r\n"));
    await("the stream", () -> !mine.call("GET", "l").isNull() && !theirs.call("GET", "l").isNull());
    same("GET", "k");
    same("EXISTS", "k");
    same("TTL", "k");
    same("TYPE", "k");
    same("KEYS", "*");
    same("RANDOMKEY");
    // It is there nevertheless.
    same("DBSIZE");
    masters(
        master -> master.say("*2\r\n$7\r\nPERSIST\r\n$1\r\nk\r\n*2\r\n$4\r\nINCR\r\n$1\r\nl\r\n"));
    await(
        "the stream",
        () ->
            mine.call("GET", "l").text().equals("2") && theirs.call("GET", "l").text().equals("2"));
    assertEquals("6", same("GET", "k").text());
    state("connected");
  }

  @Test
  void whoIsBlockedIsToldThatTheRoleHasChanged() {
    try (RespClient theirBlocked = RespClient.connect(redis.port());
        RespClient ourBlocked = RespClient.connect(sampo.port())) {
      theirBlocked.send("BLPOP", "l", "0");
      ourBlocked.send("BLPOP", "l", "0");
      for (RespClient client : List.of(theirs, mine)) {
        await("blocked", () -> info(client, "clients").get("blocked_clients").equals("1"));
      }
      connect();
      assertEquals(theirBlocked.read(), ourBlocked.read());
      assertEquals(theirBlocked.closedByServer(), ourBlocked.closedByServer());
    }
    // Once a replica, who reads may wait for what the master writes.
    try (RespClient theirBlocked = RespClient.connect(redis.port());
        RespClient ourBlocked = RespClient.connect(sampo.port())) {
      for (RespClient client : List.of(theirBlocked, ourBlocked)) {
        client.send("XREAD", "BLOCK", "0", "STREAMS", "x", "$");
      }
      for (RespClient client : List.of(theirs, mine)) {
        await("blocked", () -> info(client, "clients").get("blocked_clients").equals("1"));
      }
      masters(
          master ->
              master.say("*5\r\n$4\r\nXADD\r\n$1\r\nx\r\n$3\r\n1-1\r\n$1\r\na\r\n$1\r\nb\r\n"));
      assertEquals(theirBlocked.read(), ourBlocked.read());
    }
  }

  @Test
  void theSameWordsToTheMaster() {
    for (RespClient client : List.of(theirs, mine)) {
      client.expect('+', "CONFIG", "SET", "masteruser", "user");
      client.expect('+', "CONFIG", "SET", "masterauth", "pass");
      client.expect('+', "CONFIG", "SET", "replica-announce-ip", "1.2.3.4");
      client.expect('+', "CONFIG", "SET", "replica-announce-port", "1234");
    }
    connect();
    masters(master -> master.say("*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n"));
    masters(master -> last(master, "REPLCONF ACK"));
    for (String word :
        List.of("PING", "AUTH", "REPLCONF listening", "REPLCONF ip", "REPLCONF capa")) {
      assertEquals(last(its, word), last(ours, word));
    }
  }
}
