package io.sampo.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.keyspace.Slot;
import io.sampo.resp.Bytes;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoomTest {
  private static final int EACH = 3000;

  /** Keys of one shard of two. */
  private static List<String[]> sets(int shard, String... options) {
    List<String[]> sets = new ArrayList<>();
    for (int i = 0; sets.size() < EACH; i++) {
      byte[] key = Bytes.ascii("key:" + i);
      if (Slot.shard(key, 0, key.length, 2) == shard) {
        List<String> words = new ArrayList<>(List.of("SET", "key:" + i, "x".repeat(1000)));
        words.addAll(List.of(options));
        sets.add(words.toArray(String[]::new));
      }
    }
    return sets;
  }

  /** What may go is on one shard, what comes on another. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void thatOthersMayMakeRoomIsEnough(int loops) {
    Map<String, ?> directives = Map.of("maxmemory", "6mb", "maxmemory-policy", "volatile-lru");
    try (TestNode node = TestNode.start(new Layout(2, loops, "core"), directives);
        RespClient client = RespClient.connect(node.port())) {
      client.raw(RespClient.encode(sets(0, "EX", "1000")));
      client.read(EACH);
      // Twice as much as is left.
      for (String[] set : sets(1)) {
        WireReply reply = client.call(set);
        assertEquals("OK", reply.text());
      }
    }
  }

  /** With the greatest tenacity, the first write makes all the room there has to be. */
  @Test
  void aWriteWaitsForAsMuchEvictionAsItIsTold() {
    int keys = 40_000;
    try (TestNode node = TestNode.start(new Layout(1, 1, "core"));
        RespClient client = RespClient.connect(node.port())) {
      client.raw(
          RespClient.encode(
              IntStream.range(0, keys)
                  .mapToObj(i -> new String[] {"SET", "key:" + i, "x".repeat(500)})
                  .toList()));
      client.read(keys);
      client.expect('+', "CONFIG", "SET", "maxmemory-policy", "allkeys-random");
      client.expect('+', "CONFIG", "SET", "maxmemory-eviction-tenacity", "100");
      client.raw(
          RespClient.encode(
              List.of(
                  new String[] {"CONFIG", "SET", "maxmemory", "4mb"},
                  new String[] {"SET", "one", "more"},
                  new String[] {"DBSIZE"})));
      List<WireReply> replies = client.read(3);
      assertEquals("OK", replies.get(1).text());
      assertTrue(replies.get(2).number() < 8_000, replies.get(2).toString());
    }
  }
}
