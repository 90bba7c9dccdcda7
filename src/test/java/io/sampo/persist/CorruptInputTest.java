package io.sampo.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.sampo.data.Limits;
import io.sampo.data.Lzf;
import io.sampo.data.Words;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Entry;
import io.sampo.keyspace.Keyspace;
import io.sampo.keyspace.Settings;
import io.sampo.resp.Bytes;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Payloads that were tampered with, though their checksums are right: what they say is refused, or
 * it is a value like any other. Nothing takes long, nor much more memory than was sent.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CorruptInputTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 100_000);
  private static final int SERVED = ROUNDS / 50;

  /** Bytes of heap that may be taken for one case, beside {@link #PER_BYTE} for each byte sent. */
  private static final long ALLOWANCE = 1 << 20;

  private static final long PER_BYTE = 2L * Lzf.MAX_RATIO;

  private static final int FOOTER = 10;

  /** Bodies of sound payloads. */
  private static final List<byte[]> SOUND = new ArrayList<>();

  private static final Random RANDOM = new Random(seed());

  private static long seed() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("corruptions, -Dtest.seed=" + seed);
    return seed;
  }

  @BeforeAll
  static void collect() {
    try (TestNode node = TestNode.start(new Layout(1, 1, "core"));
        RespClient client = RespClient.connect(node.port())) {
      RandomValues values = new RandomValues(RANDOM);
      for (int i = 0; i < 6 * RandomValues.KINDS; i++) {
        client.expect('+', "CONFIG", "SET", "rdbcompression", i % 2 == 0 ? "yes" : "no");
        client.expect('+', "FLUSHALL");
        values.make("k", i % RandomValues.KINDS).forEach(client::call);
        byte[] dump = Bytes.ascii(client.expect('$', "DUMP", "k").text());
        if (dump.length < 20_000) {
          SOUND.add(Arrays.copyOf(dump, dump.length - FOOTER));
        }
      }
      client.call("HSET", "h", "a", "1", "b", "2", "c", "3");
      client.call("HPEXPIREAT", "h", "4102444800000", "FIELDS", "2", "a", "b");
      byte[] dump = Bytes.ascii(client.expect('$', "DUMP", "h").text());
      SOUND.add(Arrays.copyOf(dump, dump.length - FOOTER));
    }
    byte[] ziplist = {
      23, 0, 0, 0, 19, 0, 0, 0, 4, 0, 0, 1, 'a', 3, -0xd, 2, 2, 'b', 'c', 4, -2, 77, -1
    };
    for (int type : new int[] {10, 12, 13}) {
      SOUND.add(withType(type, ziplist));
    }
    for (byte[] body : List.copyOf(SOUND)) {
      // The forms that only newer ones write differ little from others.
      for (int[] pair : new int[][] {{16, 20}, {16, 23}, {19, 21}, {24, 22}, {19, 15}, {17, 13}}) {
        if (body[0] == pair[0]) {
          byte[] other = body.clone();
          other[0] = (byte) pair[1];
          SOUND.add(other);
        }
      }
    }
  }

  private static byte[] withType(int type, byte[] blob) {
    RdbOutput out = new RdbOutput(false, 100);
    out.octet(type);
    out.blob(blob, 0, blob.length);
    return out.take();
  }

  private static byte[] corrupt() {
    byte[] body = SOUND.get(RANDOM.nextInt(SOUND.size())).clone();
    for (int n = 1 + RANDOM.nextInt(3); n > 0 && body.length > 0; n--) {
      body = corrupt(body);
    }
    return body.length > 0 ? body : new byte[1];
  }

  private static byte[] corrupt(byte[] body) {
    int at = RANDOM.nextInt(RANDOM.nextBoolean() ? Math.min(40, body.length) : body.length);
    switch (RANDOM.nextInt(7)) {
      case 0, 1 -> body[at] ^= (byte) (1 << RANDOM.nextInt(8));
      case 2 -> body[at] = (byte) RANDOM.nextInt();
      case 3 -> {
        return Arrays.copyOf(body, at + 1);
      }
      case 4 -> {
        byte[] length = {(byte) 0x81, 0, 0, 0, 0, 0, 0, 0, 0};
        RANDOM.nextBytes(length);
        length[0] = (byte) (RANDOM.nextBoolean() ? 0x81 : 0x80);
        return spliced(body, at, 1, length);
      }
      case 5 -> {
        int from = RANDOM.nextInt(body.length);
        int to = Math.min(body.length, from + RANDOM.nextInt(30));
        return spliced(body, at, RANDOM.nextInt(2), Arrays.copyOfRange(body, from, to));
      }
      default -> {
        int removed = Math.min(body.length - at - 1, 1 + RANDOM.nextInt(10));
        return spliced(body, at, Math.max(0, removed), new byte[0]);
      }
    }
    return body;
  }

  private static byte[] spliced(byte[] body, int at, int removed, byte[] more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(body, 0, at);
    out.writeBytes(more);
    out.write(body, at + removed, body.length - at - removed);
    return out.toByteArray();
  }

  /** With a footer, so that it is intact. */
  private static byte[] payload(byte[] body) {
    byte[] all = Arrays.copyOf(body, body.length + FOOTER);
    all[body.length] = (byte) RdbFormat.LATEST_VERSION;
    Words.putLong(all, body.length + 2, Crc64.update(0, all, 0, body.length + 2));
    return all;
  }

  @Test
  void itIsRefusedOrAValueLikeAnyOther() {
    Limits limits = new Limits();
    Db db = new Keyspace(new Settings(), System::currentTimeMillis).db(0);
    byte[] key = {'k'};
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int accepted = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] payload = payload(corrupt());
      assertTrue(Dump.isIntact(payload, 0, payload.length));
      long before = threads.getCurrentThreadAllocatedBytes();
      Optional<Entry> entry = Dump.read(payload, 0, payload.length, limits);
      long taken = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(taken < ALLOWANCE + PER_BYTE * payload.length, () -> taken + " bytes");
      if (entry.isPresent()) {
        accepted++;
        int h = db.put(key, 0, 1, entry.get());
        byte[] dump = Dump.of(db, h, i % 2 == 0);
        assertTrue(Dump.isIntact(dump, 0, dump.length));
        Entry again = Dump.read(dump, 0, dump.length, limits).orElseThrow();
        // The encoding may change: a small set is dumped in a form that does not tell it.
        assertEquals(db.type(h), db.type(db.put(key, 0, 1, again)));
      }
    }
    System.out.println(accepted + " of " + ROUNDS + " corrupt payloads are other values");
    assertNotEquals(0, accepted);
    assertNotEquals(ROUNDS, accepted);
  }

  private static final Map<String, List<String[]>> USES =
      Map.of(
          "string",
          List.of(command("GET"), command("APPEND", "x"), command("STRLEN")),
          "list",
          List.of(
              command("LRANGE", "0", "-1"),
              command("LINSERT", "BEFORE", "a", "b"),
              command("LREM", "0", "1"),
              command("RPOPLPUSH", "other"),
              command("LTRIM", "1", "-2")),
          "set",
          List.of(command("SMEMBERS"), command("SADD", "1", "x"), command("SPOP", "2")),
          "hash",
          List.of(
              command("HGETALL"),
              command("HSET", "a", "b", "1", "2"),
              command("HDEL", "a"),
              command("HRANDFIELD", "-5", "WITHVALUES")),
          "zset",
          List.of(
              command("ZRANGE", "0", "-1", "WITHSCORES"),
              command("ZADD", "1", "x", "-1", "y"),
              command("ZRANGEBYSCORE", "-5", "5"),
              command("ZPOPMIN"),
              command("ZREVRANK", "a")),
          "stream",
          List.of(
              command("XRANGE", "-", "+"),
              command("XREVRANGE", "+", "-"),
              command("XADD", "*", "a", "b"),
              command("XTRIM", "MAXLEN", "3"),
              command("XDEL", "1-1", "1-2")));

  /** A command on the key that is to follow its name. */
  private static String[] command(String name, String... arguments) {
    List<String> all = new ArrayList<>(List.of(name, "k"));
    all.addAll(List.of(arguments));
    return all.toArray(String[]::new);
  }

  @Test
  void whatWasTakenCanBeWorkedOn() {
    try (TestNode node = TestNode.start(new Layout(1, 1, "core"));
        RespClient client = RespClient.connect(node.port())) {
      int used = 0;
      for (int i = 0; i < SERVED; i++) {
        client.call("DEL", "k", "other");
        WireReply reply = client.call("RESTORE", "k", "0", Bytes.text(payload(corrupt())));
        if (reply.isError()) {
          assertEquals("ERR Bad data format", reply.text());
          continue;
        }
        used++;
        for (String[] use : USES.get(client.call("TYPE", "k").text())) {
          WireReply result = client.call(use);
          assertTrue(!result.isError() || !result.text().contains("internal"), result::toString);
        }
        for (WireReply group : client.call("XINFO", "GROUPS", "k").elements()) {
          client.call("XPENDING", "k", group.texts().get(1), "-", "+", "100");
          client.call("XAUTOCLAIM", "k", group.texts().get(1), "me", "0", "0");
        }
      }
      assertEquals("PONG", client.call("PING").text());
      assertNotEquals(0, used);
    }
  }

  /** A file is refused whole, too, for its checksum is wrong; without one, as above. */
  @Test
  void filesEndWithAClearException() {
    int refused = 0;
    for (int i = 0; i < ROUNDS / 10; i++) {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      file.writeBytes(Bytes.ascii("REDIS0012"));
      for (int n = 0; n < 3; n++) {
        byte[] body = n == 1 ? corrupt() : SOUND.get(RANDOM.nextInt(SOUND.size()));
        file.write(body[0]);
        file.write(1);
        file.write('a' + n);
        file.write(body, 1, body.length - 1);
      }
      file.write(RdbFormat.EOF);
      file.writeBytes(new byte[8]);
      try {
        new RdbReader(new ByteArrayInputStream(file.toByteArray()), new Limits(), true)
            .read((db, key, entry) -> {});
      } catch (RdbException e) {
        refused++;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    assertNotEquals(0, refused);
  }
}
