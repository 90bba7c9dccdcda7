package io.sampo.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** All that a server holds, read out by commands that every Redis has, for comparison. */
public final class Contents {
  /** Keys that expire within so many milliseconds may be here and not there. */
  private static final long SOON = 5_000;

  private static final int DATABASES = 16;

  private record Item(String type, WireReply value, long expiresAt) {}

  private final Map<String, Item> items = new TreeMap<>();

  private Contents() {}

  /** Reads out all databases; what expires meanwhile is left out. */
  public static Contents of(int port) {
    Contents contents = new Contents();
    try (RespClient client = RespClient.connect(port)) {
      for (int db = 0; db < DATABASES; db++) {
        client.expect('+', "SELECT", String.valueOf(db));
        contents.read(client, db);
      }
    }
    return contents;
  }

  private void read(RespClient client, int db) {
    for (String key : keys(client)) {
      String type = client.call("TYPE", key).text();
      WireReply value = value(client, type, key);
      long expiresAt = client.call("PEXPIRETIME", key).number();
      if (!type.equals("none") && expiresAt != -2) {
        items.put(db + "/" + key, new Item(type, value, expiresAt));
      }
    }
  }

  private static Set<String> keys(RespClient client) {
    Set<String> keys = new TreeSet<>();
    String cursor = "0";
    do {
      WireReply page = client.expect('*', "SCAN", cursor, "COUNT", "1000");
      cursor = page.elements().get(0).text();
      keys.addAll(page.elements().get(1).texts());
    } while (!cursor.equals("0"));
    return keys;
  }

  private static WireReply value(RespClient client, String type, String key) {
    return switch (type) {
      case "string" -> client.call("GET", key);
      case "list" -> client.call("LRANGE", key, "0", "-1");
      case "set" -> client.call("SMEMBERS", key).sorted();
      case "zset" -> client.call("ZRANGE", key, "0", "-1", "WITHSCORES");
      case "hash" -> pairs(client.call("HGETALL", key));
      case "stream" -> stream(client, key);
      default -> WireReply.of('_', type);
    };
  }

  private static WireReply pairs(WireReply flat) {
    return new WireReply('%', "", flat.elements()).sorted();
  }

  private static WireReply stream(RespClient client, String key) {
    List<WireReply> all = new ArrayList<>();
    all.add(client.call("XRANGE", key, "-", "+"));
    for (WireReply group : client.call("XINFO", "GROUPS", key).elements()) {
      // Name, number of consumers, pending, last delivered.
      for (int field : new int[] {1, 3, 5, 7}) {
        all.add(group.elements().get(field));
      }
      String name = group.elements().get(1).text();
      for (WireReply entry : client.call("XPENDING", key, name, "-", "+", "1000").elements()) {
        // ID, consumer and deliveries; the time passes.
        for (int field : new int[] {0, 1, 3}) {
          all.add(entry.elements().get(field));
        }
      }
    }
    return new WireReply('*', "", all);
  }

  public int size() {
    return items.size();
  }

  /** Fails unless another server has the same; keys about to expire are not looked at. */
  public void assertSame(Contents other) {
    long soon = System.currentTimeMillis() + SOON;
    items.values().removeIf(item -> item.expiresAt > 0 && item.expiresAt < soon);
    other.items.values().removeIf(item -> item.expiresAt > 0 && item.expiresAt < soon);
    assertEquals(items.keySet(), other.items.keySet(), "keys");
    items.forEach(
        (key, item) -> {
          Item its = other.items.get(key);
          assertEquals(item.type, its.type, key);
          assertEquals(item.value, its.value, key);
          assertEquals(item.expiresAt, its.expiresAt, key + " expires at");
        });
  }
}
