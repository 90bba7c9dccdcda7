package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InfoCommandTest {
  /** What a real server tells of things that we do not have, by the beginnings of its names. */
  private static final Pattern NOT_OURS =
      Pattern.compile(
          "(atomicvar_api|gcc_version|dump_payload_sanitizations|used_cpu_.*_main_thread)");

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void sectionsAreThoseOfRedisAndThenOurs(Differential redis) {
    for (String sections :
        List.of("", "default", "all", "everything", "cpu server", "NOSUCH", "clients nosuch CPU")) {
      String[] request = ("INFO " + sections).trim().split(" ");
      List<String> ours = titles(redis.sampo().call(request).text());
      List<String> theirs = titles(redis.redis().call(request).text());
      ours.remove("# Sampo");
      assertEquals(theirs, ours, "INFO " + sections);
    }
    redis.sameTypeOnly("INFO");
  }

  private static List<String> titles(String info) {
    return new ArrayList<>(info.lines().filter(line -> line.startsWith("#")).toList());
  }

  @AgainstRedis(protocols = 2)
  void everyFieldThatMeansSomethingHereIsThere(Differential redis) {
    Map<String, String> ours = fields(redis.sampo().call("INFO", "everything").text());
    for (String name : fields(redis.redis().call("INFO", "everything").text()).keySet()) {
      if (!name.startsWith("cmdstat_")
          && !name.startsWith("latency_percentiles")
          && !name.startsWith("errorstat_")
          && !NOT_OURS.matcher(name).matches()) {
        assertTrue(ours.containsKey(name), name);
      }
    }
  }

  @Test
  void figuresAreTrue() {
    Map<String, ?> directives = Map.of("hz", 100);
    try (TestNode node = TestNode.start(new Layout(3, 2, "core"), directives);
        RespClient client = RespClient.connect(node.port())) {
      for (int i = 0; i < 50; i++) {
        client.expect('+', "SET", "key:" + i, "value");
      }
      client.call("GET", "key:1");
      client.call("GET", "nosuch");
      client.expect('-', "NOSUCH");
      client.expect('-', "INCR", "key:1");
      Map<String, String> info = fields(client.call("INFO", "everything").text());
      assertEquals("keys=50,expires=0,avg_ttl=0", info.get("db0"));
      assertEquals("1", info.get("keyspace_hits"));
      assertEquals("1", info.get("keyspace_misses"));
      assertEquals("1", info.get("connected_clients"));
      assertEquals("1", info.get("total_connections_received"));
      assertEquals("count=2", info.get("errorstat_ERR"));
      assertEquals("2", info.get("total_error_replies"));
      assertEquals("53", info.get("total_commands_processed"));
      assertEquals("" + ProcessHandle.current().pid(), info.get("process_id"));
      assertEquals("" + node.port(), info.get("tcp_port"));
      assertTrue(info.get("cmdstat_set").startsWith("calls=50,usec="), info.get("cmdstat_set"));
      assertTrue(info.get("cmdstat_incr").endsWith("rejected_calls=0,failed_calls=1"));
      assertTrue(
          info.get("latency_percentiles_usec_set")
              .matches("p50=[0-9.]+,p99=[0-9.]+,p99.9=[0-9.]+"));
      assertTrue(Long.parseLong(info.get("used_memory")) > 50 * 10);
      assertTrue(Long.parseLong(info.get("used_memory_rss")) > 1 << 20);
      assertTrue(Long.parseLong(info.get("total_net_input_bytes")) > 50 * 30);
      assertEquals(3, info.get("shard_keys").split(",").length);
      // Each was read by itself, and each reply but the present one has been handed over.
      assertEquals("55", info.get("total_reads_processed"));
      assertEquals("54", info.get("total_writes_processed"));
      assertEquals("0", info.get("clients_in_timeout_table"));
      try (RespClient timed = RespClient.connect(node.port());
          RespClient patient = RespClient.connect(node.port())) {
        timed.send("BLPOP", "none", "100");
        patient.send("BLPOP", "none", "0");
        BlockingTest.awaitBlocked(client, 2);
        assertTrue(
            client.call("INFO", "clients").text().contains("clients_in_timeout_table:1\r\n"));
      }

      client.expect('+', "CONFIG", "RESETSTAT");
      Map<String, String> after = fields(client.call("INFO", "everything").text());
      assertEquals("0", after.get("keyspace_hits"));
      assertEquals("0", after.get("total_error_replies"));
      assertTrue(!after.containsKey("errorstat_ERR") && !after.containsKey("cmdstat_set"));
      assertEquals("keys=50,expires=0,avg_ttl=0", after.get("db0"));
    }
  }

  /** Every client asks for INFO when it connects, and everybody waits for it. */
  @Test
  void infoDoesNotAddUpHowLongRunsTook() {
    try (TestNode node = TestNode.start(new Layout(1, 1, "core"), Map.of());
        RespClient client = RespClient.connect(node.port())) {
      long before = allocatedBy(client, 20);
      for (String request :
          List.of(
              "ping",
              "get a",
              "set a b",
              "del a",
              "ttl a",
              "type a",
              "strlen a",
              "hget h f",
              "hset h f v",
              "hlen h",
              "hdel h f",
              "lpush l a",
              "lpop l",
              "llen l",
              "sadd s a",
              "scard s",
              "srem s a",
              "zadd z 1 a",
              "zcard z",
              "zrem z a",
              "incr n",
              "decr n",
              "exists a",
              "persist a",
              "append x y",
              "getdel x",
              "xlen st",
              "pfcount p",
              "time")) {
        client.call(request.split(" "));
      }
      long after = allocatedBy(client, 20);
      assertTrue(after < before + 20 * 50_000, before + " bytes and then " + after);
    }
  }

  private static long allocatedBy(RespClient client, int requests) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    client.call("INFO");
    long[] ids = threads.getAllThreadIds();
    long[] before = threads.getThreadAllocatedBytes(ids);
    for (int i = 0; i < requests; i++) {
      client.call("INFO");
    }
    long[] after = threads.getThreadAllocatedBytes(ids);
    // A thread that has ended meanwhile has -1.
    return IntStream.range(0, ids.length).mapToLong(i -> Math.max(0, after[i] - before[i])).sum();
  }

  @AgainstRedis(protocols = 2)
  void whatWasRefusedAndWhatFailedIsCounted(Differential redis) {
    redis.say("CONFIG RESETSTAT", "SET k v", "INCR k", "GET", "NOSUCH", "XGROUP", "XGROUP nosuch");
    redis.say("XGROUP CREATE", "XGROUP create k g 0", "OBJECT nosuch k", "OBJECT ENCODING k");
    redis.say("LPUSH k v", "XREAD STREAMS none none 0 $", "XRANGE none - x");
    for (String section : List.of("commandstats", "errorstats")) {
      assertEquals(counts(redis.redis(), section), counts(redis.sampo(), section));
    }
    redis.say("SADD s 1", "XADD x 1-1 f v", "XGROUP CREATE x g 0", "XAUTOCLAIM x g c 0 0 nonsense");
    redis.say(
        "XREAD STREAMS x none 0 $", "XREADGROUP GROUP g c STREAMS x 0", "SORT s GET k* GET k");
    Map<String, String> ours = fields(redis.sampo().call("INFO", "stats").text());
    Map<String, String> theirs = fields(redis.redis().call("INFO", "stats").text());
    for (String field : List.of("keyspace_hits", "keyspace_misses", "total_error_replies")) {
      assertEquals(theirs.get(field), ours.get(field), field);
    }
  }

  /** What INFO counts of commands and errors, times apart. */
  private static Map<String, String> counts(RespClient client, String section) {
    Map<String, String> counts = fields(client.call("INFO", section).text());
    counts.keySet().remove("cmdstat_info");
    counts.replaceAll((name, text) -> text.replaceAll("usec[^,]*,", ""));
    return counts;
  }

  private static Map<String, String> fields(String info) {
    Map<String, String> fields = new TreeMap<>();
    info.lines()
        .filter(line -> line.contains(":"))
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              fields.put(line.substring(0, colon), line.substring(colon + 1));
            });
    return fields;
  }
}
