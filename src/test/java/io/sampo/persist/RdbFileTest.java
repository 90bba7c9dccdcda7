package io.sampo.persist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.Limits;
import io.sampo.data.Words;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Entry;
import io.sampo.keyspace.Keyspace;
import io.sampo.keyspace.Policy;
import io.sampo.keyspace.Settings;
import io.sampo.resp.Bytes;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole files: what Redis has saved is read, and what is written from that Redis loads. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RdbFileTest {
  private static final int VALUES = 4 * RandomValues.KINDS;
  private static final String FAR = "4102444800000";

  @TempDir Path folder;

  private final Settings settings = new Settings();
  private final Keyspace keyspace = new Keyspace(settings, System::currentTimeMillis);

  @ParameterizedTest
  @CsvSource({"yes, noeviction", "no, allkeys-lru", "yes, volatile-lfu"})
  void redisLoadsWhatWasReadFromRedis(String compression, String policy) throws Exception {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    settings.policy = Policy.named(policy).orElseThrow();
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("values, -Dtest.seed=" + seed);
    Path theirs = folder.resolve("theirs");
    String digest;
    try (RedisProcess redis = redis("theirs", policy);
        RespClient client = RespClient.connect(redis.port())) {
      client.expect('+', "CONFIG", "SET", "rdbcompression", compression);
      fill(client, new Random(seed));
      client.expect('+', "FUNCTION", "FLUSH");
      client.expect(
          '$', "FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('f', function() end)");
      client.expect('+', "SAVE");
      digest = client.call("DEBUG", "DIGEST").text();
    }
    Seen seen = new Seen();
    RdbReader reader = reader(Files.newInputStream(theirs));
    reader.read(seen);
    assertEquals(Files.size(theirs), reader.position());
    assertEquals("7.0.15", seen.aux.get("redis-ver"));
    assertEquals(1, seen.functions);
    assertEquals(VALUES, seen.hinted);

    byte[] file = written(compression.equals("yes"));
    Files.write(folder.resolve("ours"), file);
    checked(folder.resolve("ours"));
    try (RedisProcess redis = redis("ours", policy);
        RespClient client = RespClient.connect(redis.port())) {
      assertEquals(digest, client.call("DEBUG", "DIGEST").text());
    }
    // And we load what we have written.
    Keyspace again = new Keyspace(settings, System::currentTimeMillis);
    reader(new ByteArrayInputStream(file)).read((db, key, entry) -> put(again, db, key, entry));
    assertEquals(keyspace.db(0).size(), again.db(0).size());
    assertEquals(keyspace.db(9).size(), again.db(9).size());
  }

  private RedisProcess redis(String file, String policy) {
    return RedisProcess.start(
        "--dir",
        folder.toString(),
        "--dbfilename",
        file,
        "--enable-debug-command",
        "yes",
        "--maxmemory-policy",
        policy);
  }

  private static void fill(RespClient client, Random random) {
    RandomValues values = new RandomValues(random);
    for (int i = 0; i < VALUES; i++) {
      client.expect('+', "SELECT", i % 5 == 0 ? "9" : "0");
      String key = i % 7 == 0 ? "" + i : "key:" + i;
      for (String[] command : values.make(key, i % RandomValues.KINDS)) {
        client.call(command);
      }
      if (i % 3 == 0) {
        client.expect(':', "PEXPIREAT", key, FAR);
      }
    }
  }

  /** Puts what is read into the keyspace. */
  private final class Seen implements RdbReader.Sink {
    private final Map<String, String> aux = new HashMap<>();
    private int functions;
    private long hinted;

    @Override
    public void entry(int db, byte[] key, Entry entry) {
      put(keyspace, db, key, entry);
    }

    @Override
    public void aux(String name, byte[] value) {
      aux.put(name, new String(value, StandardCharsets.UTF_8));
    }

    @Override
    public void resize(int db, long entries, long expiring) {
      hinted += entries;
    }

    @Override
    public void function(byte[] library) {
      functions++;
    }
  }

  private static void put(Keyspace to, int db, byte[] key, Entry entry) {
    to.db(db).put(key, 0, key.length, entry);
  }

  private RdbReader reader(InputStream in) {
    return new RdbReader(new BufferedInputStream(in), settings.limits, true);
  }

  /** All of the keyspace as a file, in chunks of about 100 kB. */
  private byte[] written(boolean compressing) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    RdbWriter writer = new RdbWriter(compressing, 1 << 16, file::writeBytes);
    writer.header();
    writer.aux("redis-ver", "7.0.15");
    for (int i = 0; i < keyspace.databases(); i++) {
      Db db = keyspace.db(i);
      if (db.size() > 0) {
        writer.selectDb(i);
        writer.resizeDb(db.size(), db.volatileSize());
        long cursor = 0;
        do {
          cursor = db.scan(cursor, 100, h -> writer.entry(db, h));
        } while (cursor != 0);
      }
    }
    writer.end();
    file.writeBytes(writer.take());
    byte[] sum = new byte[Long.BYTES];
    Words.putLong(sum, 0, Crc64.update(0, file.toByteArray(), 0, file.size()));
    file.writeBytes(sum);
    return file.toByteArray();
  }

  private static void checked(Path file) throws IOException, InterruptedException {
    Assumptions.assumeTrue(RedisProcess.onPath("redis-check-rdb"), "no redis-check-rdb");
    Process check =
        new ProcessBuilder("redis-check-rdb", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(file.resolveSibling("check").toFile())
            .start();
    assertTrue(check.waitFor(20, TimeUnit.SECONDS));
    String said = Files.readString(file.resolveSibling("check"));
    assertEquals(0, check.exitValue(), said);
    assertTrue(said.contains("Checksum OK"), said);
  }

  private static byte[] file(int... body) {
    byte[] all = Arrays.copyOf("REDIS0010".getBytes(), 9 + body.length + 9);
    for (int i = 0; i < body.length; i++) {
      all[9 + i] = (byte) body[i];
    }
    all[9 + body.length] = (byte) RdbFormat.EOF;
    Words.putLong(all, all.length - 8, Crc64.update(0, all, 0, all.length - 8));
    return all;
  }

  private static Map<String, Entry> entries(byte[] file) throws IOException {
    Map<String, Entry> found = new HashMap<>();
    new RdbReader(new ByteArrayInputStream(file), new Limits(), true)
        .read((db, key, entry) -> found.put(db + ":" + new String(key), entry));
    return found;
  }

  @Test
  void passesWhatIsNotForUs() throws IOException {
    byte[] file =
        file(
            RdbFormat.SELECTDB,
            3,
            RdbFormat.SLOT_INFO,
            1,
            2,
            3,
            RdbFormat.FUNCTION2,
            1,
            'x',
            RdbFormat.MODULE_AUX,
            1,
            2,
            3,
            5,
            1,
            'a',
            1,
            7,
            2,
            8,
            3,
            0,
            0,
            0,
            0,
            4,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            RdbFormat.EXPIRETIME,
            0,
            0,
            0,
            1,
            RdbFormat.STRING,
            1,
            'k',
            1,
            'v',
            RdbFormat.SET,
            1,
            'e',
            0,
            RdbFormat.STRING,
            1,
            'l',
            0xc0,
            5);
    Map<String, Entry> found = entries(file);
    assertEquals(2, found.size());
    assertEquals((1L << 24) * 1000, found.get("3:k").expireAt());
    assertEquals(Db.NO_EXPIRY, found.get("3:l").expireAt());
  }

  /** A library in the form of 7.0 RC1. */
  private static byte[] candidate(String purpose, String code) {
    RdbOutput out = new RdbOutput(false, 1 << 10);
    out.octet(RdbFormat.FUNCTION_PRE_GA);
    out.string(Bytes.ascii("lib"));
    out.string(Bytes.ascii("lua"));
    out.length(purpose.isEmpty() ? 0 : 1);
    if (!purpose.isEmpty()) {
      out.string(Bytes.ascii(purpose));
    }
    out.string(Bytes.ascii(code));
    byte[] body = out.take();
    return file(IntStream.range(0, body.length).map(i -> body[i]).toArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "what it is for"})
  void readsLibrariesOfReleaseCandidatesAsRedisDoes(String purpose) throws Exception {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    String code = "redis.register_function('f', function() return '\u00e4' end)";
    byte[] file = candidate(purpose, code);
    List<String> read = new ArrayList<>();
    new RdbReader(new ByteArrayInputStream(file), new Limits(), true)
        .read(
            new RdbReader.Sink() {
              @Override
              public void entry(int db, byte[] key, Entry entry) {}

              @Override
              public void function(byte[] library) {
                read.add(new String(library, StandardCharsets.ISO_8859_1));
              }
            });
    Files.write(folder.resolve("candidate"), file);
    try (RedisProcess redis = redis("candidate", "noeviction");
        RespClient client = RespClient.connect(redis.port())) {
      List<String> library = client.call("FUNCTION", "LIST", "WITHCODE").elements().get(0).texts();
      assertEquals(List.of(library.get(library.size() - 1)), read);
    }
  }

  @Test
  void saysWhatIsWrong() {
    byte[] file = file(RdbFormat.STRING, 1, 'k', 1, 'v');
    byte[] flipped = file.clone();
    flipped[11] ^= 1;
    assertTrue(failure(flipped).startsWith("Wrong RDB checksum expected: ("));
    assertEquals("Unexpected end of data", failure(Arrays.copyOf(file, file.length - 9)));
    assertEquals("Unexpected end of data", failure(Arrays.copyOf(file, 4)));
    file[8] = '3';
    file[7] = '1';
    assertEquals("Can't handle RDB format version 0013", failure(file));
    file[0] = 'r';
    assertEquals("Wrong signature trying to load DB from file", failure(file));
    assertEquals("Unknown RDB encoding type 240", failure(file(240)));
    assertEquals(
        "The data has values of a module, which cannot be loaded",
        failure(file(RdbFormat.MODULE_2, 1, 'k', 1, 0)));
  }

  private static String failure(byte[] file) {
    return assertThrows(RdbException.class, () -> entries(file)).getMessage();
  }

  @Test
  void readsNoFurtherThanTheEnd() throws IOException {
    byte[] file = file(RdbFormat.STRING, 1, 'k', 1, 'v');
    byte[] more = Arrays.copyOf(file, file.length + 3);
    more[file.length] = 42;
    RdbReader reader = new RdbReader(new ByteArrayInputStream(more), new Limits(), true);
    reader.read((db, key, entry) -> {});
    assertEquals(file.length, reader.position());
    assertArrayEquals(new byte[] {42, 0, 0}, reader.rest());
  }
}
