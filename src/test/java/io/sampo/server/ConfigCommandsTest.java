package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** CONFIG as clients see it, and that what is set takes effect. */
class ConfigCommandsTest {
  @AgainstRedis
  void wrongValuesAreRefusedInRedissWords(Differential redis) {
    redis.same("CONFIG", "SET", "maxmemory", "abc");
    redis.same("CONFIG", "SET", "maxmemory", "-1");
    redis.same("CONFIG", "SET", "maxmemory", "1.5gb");
    redis.same("CONFIG", "SET", "maxmemory-policy", "none");
    redis.same("CONFIG", "SET", "hz", "abc");
    redis.same("CONFIG", "SET", "timeout", "-1");
    redis.same("CONFIG", "SET", "maxclients", "0");
    redis.same("CONFIG", "SET", "loglevel", "loud");
    redis.same("CONFIG", "SET", "slowlog-log-slower-than", "-2");
    redis.same("CONFIG", "SET", "slowlog-max-len", "-1");
    redis.same("CONFIG", "SET", "proto-max-bulk-len", "1");
    redis.same("CONFIG", "SET", "active-expire-effort", "11");
    redis.same("CONFIG", "SET", "maxmemory-samples", "0");
    redis.same("CONFIG", "SET", "maxmemory-eviction-tenacity", "101");
    redis.same("CONFIG", "GET", "maxmemory-eviction-tenacity");
    redis.same("CONFIG", "SET", "protected-mode", "maybe");
    redis.same("CONFIG", "SET", "latency-tracking-info-percentiles", "1 200");
    redis.same("CONFIG", "SET", "latency-tracking-info-percentiles", "a");
  }

  @AgainstRedis(protocols = 2)
  void theOldNameBesideTheNewOneIsNoDuplicate(Differential redis) {
    redis.config("hash-max-listpack-entries", "100");
    redis.say(
        "CONFIG SET hash-max-ziplist-entries 4 hash-max-listpack-entries 5",
        "CONFIG GET hash-max-listpack-entries",
        "CONFIG SET hash-max-listpack-entries 7 hash-max-ziplist-entries 6",
        "CONFIG GET hash-max-listpack-entries",
        "CONFIG SET hash-max-ziplist-entries 8 HASH-max-ziplist-entries 9",
        "CONFIG GET hash-max-listpack-entries");
  }

  @AgainstRedis(protocols = 2)
  void oddNumbersAreTakenAlike(Differential redis) {
    List<String> names =
        List.of(
            "HASH-max-ziplist-entries",
            "hash-max-listpack-value",
            "set-max-intset-entries",
            "zset-max-ziplist-value",
            "list-max-ziplist-size",
            "stream-node-max-bytes",
            "stream-node-max-entries",
            "hll-sparse-max-bytes",
            "auto-aof-rewrite-min-size",
            "maxmemory-samples",
            "slowlog-max-len");
    List<String> values =
        List.of(
            "",
            "01",
            "+1",
            "-1",
            " 1",
            "1 ",
            "kb",
            "1KB",
            "1t",
            "1.5",
            "2147483648",
            "99999999999",
            "9223372036854775807",
            "9223372036854775808",
            "99999999999999999999",
            "-9223372036854775808",
            "0");
    for (String name : names) {
      redis.config(name, "100");
      for (String value : values) {
        redis.same("CONFIG", "SET", name, value);
        redis.same("CONFIG", "GET", name);
      }
    }
  }

  @AgainstRedis
  void requestsThatMakeNoSenseAreRefused(Differential redis) {
    redis.same("CONFIG", "SET", "nosuch", "1");
    redis.same("CONFIG", "SET", "hz", "10", "nosuch", "1");
    redis.same("CONFIG", "SET", "databases", "5");
    redis.same("CONFIG", "SET", "databases", "5", "nosuch", "1");
    redis.same("CONFIG", "SET", "unixsocket", "x");
    redis.same("CONFIG", "SET", "enable-debug-command", "yes");
    redis.same("CONFIG", "SET", "hz", "10", "hz", "20");
    redis.same("CONFIG", "SET", "hz", "10", "HZ", "20");
    redis.same("CONFIG", "SET", "Databases", "5");
    redis.same("CONFIG", "GET", "HZ", "hz", "h?");
    redis.same("CONFIG", "GET", "h?", "Hz");
    redis.same("CONFIG", "SET", "hz", "10", "timeout");
    redis.same("CONFIG", "SET", "hz");
    redis.same("CONFIG", "GET");
    redis.same("CONFIG", "NOSUCH");
    redis.same("CONFIG");
    redis.same("CONFIG", "REWRITE");
  }

  @AgainstRedis
  void severalAreSetAllOrNone(Differential redis) {
    redis.same("CONFIG", "SET", "maxmemory", "5mb", "maxmemory-policy", "none");
    redis.same("CONFIG", "GET", "maxmemory");
    redis.config("maxmemory", "100mb");
    redis.config("maxmemory-policy", "allkeys-lru");
    redis.same("CONFIG", "SET", "MaxMemory", "1gb", "maxmemory-policy", "volatile-ttl");
    redis.sameUnordered("CONFIG", "GET", "maxmemory", "maxmemory-policy");
  }

  @AgainstRedis
  void valuesAreShownAsRedisShowsThem(Differential redis) {
    redis.config("maxmemory", "0");
    for (String value : List.of("1k", "1kb", "2m", "2MB", "1g", "100", "7b")) {
      redis.same("CONFIG", "SET", "maxmemory", value);
      redis.same("CONFIG", "GET", "maxmemory");
    }
    redis.same("CONFIG", "SET", "maxmemory", "0");
    redis.config("hz", "9999");
    redis.same("CONFIG", "GET", "HZ");
    redis.config("latency-tracking-info-percentiles", "50 99.9 100");
    redis.same("CONFIG", "GET", "latency-tracking-info-percentiles");
    redis.same("CONFIG", "SET", "latency-tracking-info-percentiles", "");
    redis.same("CONFIG", "GET", "latency-tracking-info-percentiles");
    redis.same("CONFIG", "GET", "save");
    redis.same("CONFIG", "GET", "appendonly");
    redis.same("CONFIG", "GET", "nosuch", "Databases");
    redis.sameUnordered("CONFIG", "GET", "MAXMEMORY", "lfu-*", "lfu-log-factor");
  }

  @AgainstRedis(protocols = 2)
  void everyDirectiveThatRedisHasTooHasItsDefault(Differential redis) {
    List<String> ours = redis.sampo().call("CONFIG", "GET", "*").texts();
    Map<String, String> here = Map.of("port", "", "bind", "", "unixsocketperm", "", "dir", "");
    int shared = 0;
    for (int i = 0; i < ours.size(); i += 2) {
      List<String> theirs = redis.redis().call("CONFIG", "GET", ours.get(i)).texts();
      if (!theirs.isEmpty() && !here.containsKey(ours.get(i))) {
        assertEquals(theirs.get(1), ours.get(i + 1), ours.get(i));
        shared++;
      }
    }
    assertTrue(shared > 25, shared + " directives shared");
  }

  @Test
  void whatIsSetTakesEffect() {
    Map<String, ?> directives = Map.of("slowlog-log-slower-than", -1);
    try (TestNode node = TestNode.start(new Layout(2, 1, "core"), directives);
        RespClient client = RespClient.connect(node.port())) {
      client.expect('+', "CONFIG", "SET", "maxmemory", "1", "slowlog-log-slower-than", "0");
      assertTrue(client.expect('-', "SET", "k", "v").text().startsWith("OOM "));
      client.expect('+', "CONFIG", "SET", "maxmemory", "0", "slowlog-max-len", "2");
      client.expect('+', "SET", "k", "v");
      assertEquals(2, client.call("SLOWLOG", "LEN").number());
      client.expect('+', "CONFIG", "SET", "slowlog-max-len", "0");
      assertEquals(0, client.call("SLOWLOG", "LEN").number());
      client.expect('+', "CONFIG", "SET", "latency-tracking", "no");
      client.expect('+', "CONFIG", "RESETSTAT");
      client.expect('+', "SET", "k", "v");
      String info = client.call("INFO", "commandstats", "latencystats").text();
      assertTrue(info.contains("cmdstat_set:calls=1,"), info);
      assertTrue(!info.contains("usec_set"), info);
    }
  }
}
