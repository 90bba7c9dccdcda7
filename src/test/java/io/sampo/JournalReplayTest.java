package io.sampo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.sampo.resp.Frames;
import io.sampo.resp.RequestDecoder;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.WireReply;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the journal carries rebuilds the data: several clients change overlapping keys at once, and
 * a real Redis that was told only the effects, in their one order, ends with the same content.
 */
class JournalReplayTest {
  private static final int CLIENTS = 4;
  private static final int REQUESTS = 3000;
  private static final int KEYS = 25;
  private static final int COLLECTIONS = 5;
  private static final String FAR = "4102444800";

  @ParameterizedTest(name = "{0} shards on {1} loops")
  @CsvSource({"1, 1", "2, 2", "5, 2"})
  void redisEndsWithTheSameContent(int shards, int loops) throws Exception {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    long seed = Seed.of("random commands");
    String config =
        "sampo { port = 0, bind = \"127.0.0.1\", shards = " + shards + ", loops = " + loops + " }";
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (Sampo sampo = Sampo.start(ConfigFactory.parseString(config));
        RedisProcess redis = RedisProcess.start()) {
      sampo
          .node()
          .journal()
          .add((offset, bytes, from, length) -> stream.write(bytes, from, length));
      ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
      for (int i = 0; i < CLIENTS; i++) {
        Random random = new Random(seed + i);
        clients.submit(() -> change(sampo.port(), random));
      }
      clients.shutdown();
      assertTrue(clients.awaitTermination(60, TimeUnit.SECONDS));
      try (RespClient ours = RespClient.connect(sampo.port());
          RespClient theirs = RespClient.connect(redis.port())) {
        replay(stream.toByteArray(), theirs);
        compare(ours, theirs);
      }
    }
  }

  private static void change(int port, Random random) {
    try (RespClient client = RespClient.connect(port)) {
      boolean queueing = false;
      for (int i = 0; i < REQUESTS; i++) {
        if (random.nextInt(20) == 0) {
          client.call(queueing ? "EXEC" : "MULTI");
          queueing = !queueing;
        }
        client.call(random.nextInt(3) == 0 ? onCollections(random) : request(random));
      }
      if (queueing) {
        client.call("EXEC");
      }
    }
  }

  private static String[] request(Random random) {
    String key = "key:" + random.nextInt(KEYS);
    String other = "key:" + random.nextInt(KEYS);
    String number = String.valueOf(random.nextInt(1000) - 500);
    return switch (random.nextInt(24)) {
      case 0 -> new String[] {"SET", key, number};
      case 1 -> new String[] {"SET", key, "text" + number, "EX", "100000"};
      case 2 -> new String[] {"SET", key, number, "KEEPTTL", "GET"};
      case 3 -> new String[] {"INCR", key};
      case 4 -> new String[] {"DECRBY", key, number};
      case 5 -> new String[] {"INCRBYFLOAT", key, number + ".25"};
      case 6 -> new String[] {"APPEND", key, number};
      case 7 -> new String[] {"SETRANGE", key, "3", number};
      case 8 -> new String[] {"GETEX", key, "EXAT", FAR};
      case 9 -> new String[] {"GETEX", key, "PERSIST"};
      case 10 -> new String[] {"GETDEL", key};
      case 11 -> new String[] {"MSET", key, number, other, number};
      case 12 -> new String[] {"MSETNX", key, number, other, number};
      case 13 -> new String[] {"DEL", key, other};
      case 14 -> new String[] {"EXPIREAT", key, FAR, "NX"};
      case 15 -> new String[] {"PERSIST", key};
      case 16 -> new String[] {"EXPIRE", key, "-1"};
      case 17 -> new String[] {"RENAME", key, other};
      case 18 -> new String[] {"COPY", key, other, "REPLACE"};
      case 19 -> new String[] {"MOVE", key, "3"};
      case 20 -> new String[] {"SETBIT", key, String.valueOf(random.nextInt(200)), "1"};
      case 21 -> new String[] {"SELECT", random.nextInt(3) == 0 ? "3" : "0"};
      case 22 -> new String[] {"BITOP", "XOR", key, key, other};
      default -> new String[] {"UNLINK", key};
    };
  }

  /** Hashes and sets have keys of their own, so that most requests find what they are for. */
  private static String[] onCollections(Random random) {
    String hash = "hash:" + random.nextInt(COLLECTIONS);
    String set = "set:" + random.nextInt(COLLECTIONS);
    String other = "set:" + random.nextInt(COLLECTIONS);
    String number = String.valueOf(random.nextInt(100));
    return switch (random.nextInt(19)) {
      case 0, 1 -> new String[] {"HSET", hash, "f" + number, number, "g", number};
      case 2 -> new String[] {"HINCRBY", hash, "f" + number, number};
      case 3 -> new String[] {"HINCRBYFLOAT", hash, "f" + number, number + ".1"};
      case 4 -> new String[] {"HDEL", hash, "f" + number, "g"};
      case 5 -> new String[] {"HEXPIRE", hash, "0", "FIELDS", "1", "f" + number};
      case 6 -> new String[] {"HSETNX", hash, "n" + number, number};
      case 7, 8 -> new String[] {"SADD", set, number, "m" + number};
      case 9 -> new String[] {"SPOP", set};
      case 10 -> new String[] {"SPOP", set, "3"};
      case 11 -> new String[] {"SMOVE", set, other, number};
      case 12 -> new String[] {"SUNIONSTORE", set, set, other};
      case 13 -> new String[] {"SDIFFSTORE", other, set, other};
      case 14 -> new String[] {"HGETDEL", hash, "FIELDS", "2", "f" + number, "g"};
      case 15 -> new String[] {"HGETEX", hash, "PX", "0", "FIELDS", "1", "f" + number};
      case 16 -> new String[] {"HSETEX", hash, "FNX", "FIELDS", "1", "f" + number, number};
      case 17 -> {
        yield random.nextBoolean()
            ? new String[] {"HSETEX", hash, "EX", "0", "FIELDS", "2", "g", "1", "h", "2"}
            : new String[] {"HSETEX", hash, "KEEPTTL", "FIELDS", "2", "g", "1", "h", number};
      }
      default -> new String[] {"SREM", set, number, "m" + number};
    };
  }

  private static void replay(byte[] stream, RespClient to) {
    Frames frames = new Frames();
    new RequestDecoder(RequestDecoder.Limits.DEFAULT).decode(stream, 0, stream.length, frames);
    assertTrue(frames.count() > REQUESTS, "hardly any effects: " + frames.count());
    to.raw(stream);
    for (WireReply reply : to.read(frames.count())) {
      assertTrue(reply.type() != '-', () -> "an effect was refused: " + reply);
    }
  }

  private static void compare(RespClient ours, RespClient theirs) {
    int found = 0;
    for (String db : new String[] {"0", "3"}) {
      ours.call("SELECT", db);
      theirs.call("SELECT", db);
      for (int i = 0; i < KEYS; i++) {
        String key = "key:" + i;
        WireReply value = ours.call("GET", key);
        assertEquals(theirs.call("GET", key), value, key);
        long ttl = Math.abs(ttl(ours, key) - ttl(theirs, key));
        assertTrue(ttl < 5, () -> key + ": expiries differ by " + ttl + " ms");
        found += value.isNull() ? 0 : 1;
      }
    }
    assertTrue(found > 0, "nothing left to compare");
    ours.call("SELECT", "0");
    theirs.call("SELECT", "0");
    for (int i = 0; i < COLLECTIONS; i++) {
      compare(ours, theirs, "HGETALL", "hash:" + i);
      compare(ours, theirs, "SMEMBERS", "set:" + i);
    }
  }

  private static void compare(RespClient ours, RespClient theirs, String... request) {
    assertEquals(theirs.call(request).sorted(), ours.call(request).sorted(), request[1]);
  }

  private static long ttl(RespClient client, String key) {
    return client.call("PEXPIRETIME", key).number();
  }
}
