package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestSet;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A replica set beside a Redis, two replicas and three Sentinels: both are asked the same. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@EnabledIf("io.sampo.testkit.RedisProcess#available")
class SentinelLikeRedisTest {
  private static final String NAME = TestSet.NAME;

  /** What depends on ports, ids and moments. */
  private static final Set<String> VARYING =
      Set.of(
          "name",
          "ip",
          "port",
          "runid",
          "last-ok-ping-reply",
          "last-ping-reply",
          "last-ping-sent",
          "down-after-milliseconds",
          "failover-timeout",
          "info-refresh",
          "role-reported-time",
          "config-epoch",
          "last-hello-message",
          "master-port",
          "slave-repl-offset",
          "voted-leader",
          "voted-leader-epoch",
          // How many pings are under way at the moment.
          "link-pending-commands",
          // Sentinels of several masters share connections.
          "link-refcount");

  private static final List<RedisProcess> SERVERS = new ArrayList<>();
  private static final List<RedisProcess> SENTINELS = new ArrayList<>();
  private static TestSet set;

  @BeforeAll
  static void start() {
    RedisProcess master = RedisProcess.start();
    SERVERS.add(master);
    for (int i = 0; i < 2; i++) {
      SERVERS.add(
          RedisProcess.start(
              "--replicaof", "127.0.0.1 " + master.port(), "--repl-diskless-sync-delay", "0"));
    }
    try (RespClient client = RespClient.connect(master.port())) {
      TestSet.await(
          "replicas of Redis",
          () -> client.call("INFO", "replication").text().split("state=online").length == 3);
    }
    for (int i = 0; i < 3; i++) {
      SENTINELS.add(RedisProcess.sentinel(NAME, master.port(), 2));
    }
    set = TestSet.start(Map.of());
    for (int port : ours()) {
      awaitSettled(port);
    }
    SENTINELS.forEach(sentinel -> awaitSettled(sentinel.port()));
  }

  @AfterAll
  static void stop() {
    SENTINELS.forEach(RedisProcess::close);
    SERVERS.forEach(RedisProcess::close);
    if (set != null) {
      set.close();
    }
  }

  private static List<Integer> ours() {
    return set.sentinelPorts();
  }

  private static void awaitSettled(int port) {
    try (RespClient sentinel = RespClient.connect(port)) {
      BooleanSupplier knowsAll =
          () -> {
            WireReply replicas = sentinel.call("SENTINEL", "REPLICAS", NAME);
            WireReply others = sentinel.call("SENTINEL", "SENTINELS", NAME);
            return others.elements().size() == 2
                && others.elements().stream()
                    .map(SentinelLikeRedisTest::fields)
                    .allMatch(of -> of.get("flags").equals("sentinel"))
                && replicas.elements().size() == 2
                && replicas.elements().stream()
                    .map(SentinelLikeRedisTest::fields)
                    .allMatch(
                        of ->
                            of.get("master-link-status").equals("ok")
                                && of.get("flags").equals("slave"));
          };
      TestSet.await("Sentinel " + port + " to know all", knowsAll);
    }
  }

  private static Map<String, String> fields(WireReply report) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i + 1 < report.elements().size(); i += 2) {
      fields.put(report.elements().get(i).text(), report.elements().get(i + 1).text());
    }
    return fields;
  }

  /** The fields in their order, with their values where these are no accident. */
  private static Map<String, String> told(WireReply report) {
    Map<String, String> fields = fields(report);
    fields.replaceAll((name, value) -> VARYING.contains(name) ? "…" : value);
    return fields;
  }

  /** A conversation with one of ours and one of Redis's. */
  private record Both(RespClient our, RespClient redis) implements AutoCloseable {
    static Both open(int protocol) {
      Both both =
          new Both(RespClient.connect(ours().get(0)), RespClient.connect(SENTINELS.get(0).port()));
      if (protocol == 3) {
        both.our.call("HELLO", "3");
        both.redis.call("HELLO", "3");
      }
      return both;
    }

    void same(String request) {
      String[] words = words(request);
      assertEquals(redis.call(words).toString(), our.call(words).toString(), request);
    }

    /** Equal but for what varies, and for how many there are. */
    void alike(String request) {
      String[] words = words(request);
      WireReply expected = redis.call(words);
      WireReply actual = our.call(words);
      assertEquals(expected.type(), actual.type(), request);
      assertEquals(expected.elements().get(0).type(), actual.elements().get(0).type(), request);
      boolean several = expected.elements().get(0).elements().size() > 1;
      List<WireReply> wanted = several ? expected.elements() : List.of(expected);
      List<WireReply> given = several ? actual.elements() : List.of(actual);
      assertEquals(wanted.size(), given.size(), request);
      for (int i = 0; i < wanted.size(); i++) {
        assertEquals(
            told(wanted.get(i)).entrySet().stream().map(Object::toString).toList(),
            told(given.get(i)).entrySet().stream().map(Object::toString).toList(),
            request);
        assertEquals(wanted.get(i).shape(), given.get(i).shape(), request);
      }
    }

    private static String[] words(String request) {
      return request.replace("NAME", NAME).split(" ");
    }

    @Override
    public void close() {
      our.close();
      redis.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void repliesAreAlike(int protocol) {
    try (Both both = Both.open(protocol)) {
      both.alike("SENTINEL MASTERS");
      both.alike("SENTINEL MASTER NAME");
      both.alike("SENTINEL REPLICAS NAME");
      both.alike("SENTINEL SLAVES NAME");
      both.alike("SENTINEL SENTINELS NAME");
      both.same("SENTINEL CKQUORUM NAME");
      both.same("SENTINEL GET-MASTER-ADDR-BY-NAME another");
      both.same("SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 0 *");
      both.same("SENTINEL PENDING-SCRIPTS");
      both.same("SENTINEL FLUSHCONFIG");
      both.same("SENTINEL RESET another*");
      both.same("SENTINEL CONFIG GET nothing");
      both.same("SENTINEL CONFIG GET sentinel-*");
      both.same("SENTINEL INFO-CACHE another");
      both.same("ROLE");
      both.same("PING");
      both.same("CLIENT GETNAME");
      both.same("CLIENT SETNAME a");
      both.same("PUBLISH a b");
      both.same("PUBLISH __sentinel__:hello nonsense");
      for (String request :
          List.of(
              "SENTINEL GET-MASTER-ADDR-BY-NAME NAME",
              "SENTINEL MYID",
              "SENTINEL CONFIG GET *",
              "HELLO")) {
        String[] words = Both.words(request);
        assertEquals(both.redis.call(words).shape(), both.our.call(words).shape(), request);
      }
      assertEquals(
          both.redis.call("SENTINEL", "DEBUG").type(), both.our.call("SENTINEL", "DEBUG").type());
    }
  }

  @Test
  void refusalsAreTheSame() {
    try (Both both = Both.open(2)) {
      for (String subcommand :
          List.of("MASTER", "REPLICAS", "SLAVES", "SENTINELS", "CKQUORUM", "FAILOVER", "REMOVE")) {
        both.same("SENTINEL " + subcommand);
        both.same("SENTINEL " + subcommand + " another");
        both.same("SENTINEL " + subcommand + " another more");
      }
      for (String request :
          List.of(
              "",
              " NONSENSE",
              " NONSENSE 1",
              " MASTERS a",
              " MYID a",
              " RESET",
              " PENDING-SCRIPTS 1",
              " FLUSHCONFIG 1",
              " GET-MASTER-ADDR-BY-NAME",
              " IS-MASTER-DOWN-BY-ADDR a",
              " IS-MASTER-DOWN-BY-ADDR 127.0.0.1 x 0 *",
              " IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 x *",
              " CONFIG",
              " CONFIG GET",
              " CONFIG GET a b",
              " CONFIG SET",
              " CONFIG SET a",
              " CONFIG SET nonsense 1",
              " CONFIG SET resolve-hostnames maybe",
              " CONFIG SET announce-port x",
              " CONFIG TURN x",
              " INFO-CACHE",
              " DEBUG x",
              " DEBUG info-period",
              " DEBUG info-period x",
              " DEBUG nonsense 1",
              " SIMULATE-FAILURE",
              " SIMULATE-FAILURE nonsense",
              " MONITOR",
              " MONITOR NAME 127.0.0.1 1 2",
              " MONITOR another 127.0.0.1 x 2",
              " MONITOR another 127.0.0.1 1 0",
              " MONITOR another 127.0.0.1 1 x",
              " MONITOR another 127.0.0.1 70000 1",
              " SET",
              " SET a",
              " SET a b",
              " SET another quorum 2",
              " SET NAME quorum",
              " SET NAME quorum 0",
              " SET NAME Quorum x",
              " SET NAME nonsense 2",
              " SET NAME down-after-milliseconds 0")) {
        both.same("SENTINEL" + request);
      }
      for (String request :
          List.of(
              "ROLE 1",
              "PUBLISH a",
              "AUTH",
              "AUTH x",
              "AUTH a b",
              "PING a b",
              "SUBSCRIBE",
              "GET k",
              "SET k v",
              "SELECT 1",
              "CONFIG GET x",
              "MULTI",
              "DEBUG HELP",
              "REPLICAOF NO ONE",
              "PUBSUB CHANNELS",
              "DBSIZE",
              "MONITOR",
              "SLOWLOG GET")) {
        both.same(request);
      }
    }
  }

  /** What Redis would do has no meaning here, and the error says why. */
  @Test
  void whatHasNoMeaningIsRefused() {
    try (RespClient our = RespClient.connect(ours().get(0))) {
      for (String request :
          List.of(
              "SENTINEL SET NAME quorum 1",
              "SENTINEL MONITOR another 127.0.0.1 1 1",
              "SENTINEL REMOVE NAME",
              "SENTINEL CONFIG SET announce-ip 10.0.0.1",
              "SENTINEL DEBUG info-period 1000")) {
        String text = our.expect('-', Both.words(request)).text();
        assertEquals("ERR A replica set is what the directives of its nodes say", text, request);
      }
      String crash = our.expect('-', "SENTINEL", "SIMULATE-FAILURE", "crash-after-election").text();
      assertTrue(crash.contains("kill its process"), crash);
      String cache = our.expect('-', "SENTINEL", "INFO-CACHE", NAME).text();
      assertTrue(cache.contains("SAMPO TOPOLOGY"), cache);
      String end = our.expect('-', "SHUTDOWN").text();
      assertTrue(end.contains("part of its node"), end);
      assertEquals("PONG", our.call("PING").text());
    }
  }

  @Test
  void subcommandsAreDeclaredAlike() {
    try (Both both = Both.open(2)) {
      List<WireReply> redis = subcommands(both.redis);
      Map<String, String> our = new HashMap<>();
      subcommands(both.our)
          .forEach(sub -> our.put(sub.elements().get(0).text(), sub.elements().get(1).text()));
      for (WireReply sub : redis) {
        String name = sub.elements().get(0).text();
        assertEquals(sub.elements().get(1).text(), our.get(name), name);
      }
      Set<String> missing = new TreeSet<>(both.redis.call("COMMAND", "LIST").texts());
      missing.removeAll(both.our.call("COMMAND", "LIST").texts());
      // There are no users, and what clients cache is not tracked.
      missing.removeIf(name -> name.startsWith("acl") || name.startsWith("client|"));
      assertEquals(Set.of(), missing);
    }
  }

  private static List<WireReply> subcommands(RespClient client) {
    return client
        .call("COMMAND", "INFO", "sentinel")
        .elements()
        .get(0)
        .elements()
        .get(9)
        .elements();
  }

  @Test
  void infoIsAlike() {
    try (Both both = Both.open(2)) {
      String redis = both.redis.call("INFO", "sentinel").text();
      String our = both.our.call("INFO", "sentinel").text();
      assertEquals(redis.replaceAll("[.0-9]+:[0-9]+", "…"), our.replaceAll("[.0-9]+:[0-9]+", "…"));
      assertEquals(titles(both.redis), titles(both.our));
    }
  }

  private static List<String> titles(RespClient client) {
    return client.call("INFO").text().lines().filter(line -> line.startsWith("#")).toList();
  }

  /** Subscribes to everything at all Sentinels of a kind, and has one of them do a failover. */
  private static final class Watch implements AutoCloseable {
    private final List<RespClient> subscribers = new ArrayList<>();
    private final List<Integer> ports;
    private final int old;

    Watch(List<Integer> ports) {
      this.ports = ports;
      for (int port : ports) {
        RespClient subscriber = RespClient.connect(port);
        subscriber.expect('*', "PSUBSCRIBE", "*");
        subscribers.add(subscriber);
      }
      try (RespClient asking = RespClient.connect(ports.get(0))) {
        old = masterPort(asking);
        TestSet.await(
            "a failover to begin",
            () -> asking.call("SENTINEL", "FAILOVER", NAME).text().equals("OK"));
      }
    }

    private static int masterPort(RespClient sentinel) {
      return Integer.parseInt(
          sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME).texts().get(1));
    }

    /** What each was told until it knew of the switch and of both replicas, in words for all. */
    List<List<String>> events() {
      List<List<String>> all = new ArrayList<>();
      for (RespClient subscriber : subscribers) {
        List<String> events = new ArrayList<>();
        String switched = "";
        int replicas = 0;
        while (switched.isEmpty() || replicas < 2) {
          List<String> message = subscriber.read().texts();
          String channel = message.get(2);
          String text = message.get(3);
          if (channel.equals("+switch-master")) {
            switched = text.substring(text.lastIndexOf(' ') + 1);
          } else if (channel.equals("+slave") && !switched.isEmpty()) {
            replicas++;
          }
          events.add(channel + " " + text);
        }
        all.add(named(events, switched));
      }
      return all;
    }

    private List<String> named(List<String> events, String master) {
      return events.stream()
          .filter(event -> KNOWN.contains(event.substring(0, event.indexOf(' '))))
          .map(event -> event.replaceAll("\\b" + old + "\\b", "OLD"))
          .map(event -> event.replaceAll("\\b" + master + "\\b", "NEW"))
          .map(event -> event.replaceAll("[0-9a-f]{40}", "ID"))
          .map(event -> event.replaceAll("\\b[0-9]{4,5}\\b", "PORT"))
          .toList();
    }

    /** Either is told first of either replica. */
    static List<String> inOrder(List<String> events) {
      List<String> sorted = new ArrayList<>(events);
      int replicas = sorted.size() - 2;
      sorted.subList(replicas, sorted.size()).sort(null);
      return sorted;
    }

    @Override
    public void close() {
      subscribers.forEach(RespClient::close);
    }

    private static final Set<String> KNOWN =
        Set.of(
            "+try-failover",
            "+elected-leader",
            "+selected-slave",
            "+promoted-slave",
            "+failover-end",
            "+config-update-from",
            "+switch-master",
            "+slave");
  }

  /** Afterwards Redis takes its time to have the old master follow. */
  @Test
  @Order(Integer.MAX_VALUE)
  void eventsOfAFailoverAreAlike() {
    List<Integer> theirs = SENTINELS.stream().map(RedisProcess::port).toList();
    Set<List<String>> expected = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
    Set<List<String>> actual = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
    try (Watch redis = new Watch(theirs);
        Watch our = new Watch(ours())) {
      our.events().forEach(events -> actual.add(Watch.inOrder(events)));
      redis.events().forEach(events -> expected.add(Watch.inOrder(events)));
    }
    // One of each has seen to it, and the others have learnt of it.
    assertEquals(2, expected.size(), expected.toString());
    assertEquals(expected.toString(), actual.toString());
  }
}
