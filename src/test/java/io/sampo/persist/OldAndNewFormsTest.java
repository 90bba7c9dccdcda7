package io.sampo.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.Limits;
import io.sampo.data.ListPack;
import io.sampo.data.PartlyVolatile;
import io.sampo.data.Words;
import io.sampo.data.hash.HashValue;
import io.sampo.data.set.SetValue;
import io.sampo.data.stream.StreamGroup;
import io.sampo.data.stream.StreamId;
import io.sampo.data.stream.StreamValue;
import io.sampo.keyspace.Entry;
import io.sampo.resp.Bytes;
import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Forms of values that the Redis at hand does not write: those of older ones it reads as we do,
 * those of newer ones are put together here.
 */
class OldAndNewFormsTest {
  private static final long FAR = 4102444800000L;

  private final RdbOutput out = new RdbOutput(false, 100);

  /** A value without its footer. */
  private RdbOutput type(int type) {
    out.octet(type);
    return out;
  }

  private String payload(int version) {
    byte[] body = out.take();
    int[] octets = new int[body.length];
    for (int i = 0; i < body.length; i++) {
      octets[i] = body[i];
    }
    return DumpCommandsTest.payload(octets, version);
  }

  private Optional<Entry> read(int version) {
    byte[] dump = Bytes.ascii(payload(version));
    assertTrue(Dump.isIntact(dump, 0, dump.length));
    return Dump.read(dump, 0, dump.length, new Limits());
  }

  private RdbOutput strings(String... texts) {
    for (String text : texts) {
      out.string(Bytes.ascii(text));
    }
    return out;
  }

  // --- older than 7.0

  private void same(Differential pair, String... readOut) {
    pair.same("RESTORE", "k", "0", payload(6), "REPLACE");
    pair.sameUnordered(readOut);
    pair.same("OBJECT", "ENCODING", "k");
  }

  @AgainstRedis(protocols = 2)
  void plainForms(Differential pair) {
    type(RdbFormat.LIST).length(3);
    strings("a", "1", "x".repeat(100));
    pair.same("RESTORE", "k", "0", payload(3));
    pair.same("LRANGE", "k", "0", "-1");
    type(RdbFormat.SET).length(3);
    strings("a", "1", "x".repeat(100));
    same(pair, "SMEMBERS", "k");
    type(RdbFormat.HASH).length(2);
    strings("a", "1", "b", "2");
    pair.same("RESTORE", "k", "0", payload(3), "REPLACE");
    pair.sameUnordered("HGETALL", "k");
    type(RdbFormat.ZSET).length(4);
    for (String score : new String[] {"1.5", "-3", "1e3"}) {
      strings("m" + score);
      out.octet(score.length());
      out.raw(Bytes.ascii(score), 0, score.length());
    }
    strings("infinite");
    out.octet(254);
    pair.same("RESTORE", "k", "0", payload(3), "REPLACE");
    pair.same("ZRANGE", "k", "0", "-1", "WITHSCORES");
  }

  @AgainstRedis(protocols = 2)
  void ziplists(Differential pair) {
    Random random = new Random(11);
    for (int i = 0; i < 50; i++) {
      List<byte[]> elements = new ArrayList<>();
      for (int n = 1 + random.nextInt(40); n > 0; n--) {
        elements.add(Bytes.ascii("e" + n));
        elements.add(element(random));
      }
      byte[] ziplist = ziplist(elements);
      type(RdbFormat.LIST_ZIPLIST).blob(ziplist, 0, ziplist.length);
      pair.same("RESTORE", "k", "0", payload(6), "REPLACE");
      pair.same("LRANGE", "k", "0", "-1");
      type(RdbFormat.LIST_QUICKLIST).length(2);
      out.blob(ziplist, 0, ziplist.length);
      out.blob(ziplist, 0, ziplist.length);
      pair.same("RESTORE", "k", "0", payload(7), "REPLACE");
      pair.same("LRANGE", "k", "0", "-1");
      type(RdbFormat.HASH_ZIPLIST).blob(ziplist, 0, ziplist.length);
      pair.same("RESTORE", "k", "0", payload(6), "REPLACE");
      pair.sameUnordered("HGETALL", "k");
    }
    byte[] scores =
        ziplist(Stream.of("a", "-1.5", "b", "2", "c", "2", "d", "inf").map(Bytes::ascii).toList());
    type(RdbFormat.ZSET_ZIPLIST).blob(scores, 0, scores.length);
    pair.same("RESTORE", "k", "0", payload(6), "REPLACE");
    pair.same("ZRANGE", "k", "0", "-1", "WITHSCORES");
    pair.same("ZADD", "k", "1.25", "b");
    pair.same("ZRANGE", "k", "0", "-1", "WITHSCORES");
  }

  private static byte[] element(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Bytes.ascii("" + (random.nextLong() >> random.nextInt(64)));
      case 1 -> Bytes.ascii("" + (random.nextInt(16) - 1));
      case 2 -> Bytes.ascii("x".repeat(random.nextInt(400)));
      default -> Bytes.ascii("y".repeat(random.nextInt(random.nextInt(9) == 0 ? 20_000 : 60)));
    };
  }

  private static byte[] ziplist(List<byte[]> elements) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[10]);
    int size = 0;
    int last = 10;
    for (byte[] element : elements) {
      last = out.size();
      if (size < 254) {
        out.write(size);
      } else {
        out.write(254);
        little(out, size, 4);
      }
      if (Bytes.isLong(element, 0, element.length)) {
        integer(out, Bytes.parseLong(element, 0, element.length));
      } else {
        if (element.length < 64) {
          out.write(element.length);
        } else if (element.length < 1 << 14) {
          out.write(0x40 | element.length >> 8);
          out.write(element.length);
        } else {
          out.write(0x80);
          little(out, Integer.toUnsignedLong(Integer.reverseBytes(element.length)), 4);
        }
        out.writeBytes(element);
      }
      size = out.size() - last;
    }
    out.write(255);
    byte[] all = out.toByteArray();
    Words.putInt(all, 0, all.length);
    Words.putInt(all, 4, last);
    all[8] = (byte) elements.size();
    return all;
  }

  private static void integer(ByteArrayOutputStream out, long value) {
    if (value >= 0 && value <= 12) {
      out.write((int) (0xf1 + value));
    } else if (value == (byte) value) {
      out.write(0xfe);
      little(out, value, 1);
    } else if (value == (short) value) {
      out.write(0xc0);
      little(out, value, 2);
    } else if (value == value << 40 >> 40) {
      out.write(0xf0);
      little(out, value, 3);
    } else if (value == (int) value) {
      out.write(0xd0);
      little(out, value, 4);
    } else {
      out.write(0xe0);
      little(out, value, 8);
    }
  }

  private static void little(ByteArrayOutputStream out, long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >> 8 * i));
    }
  }

  @AgainstRedis(protocols = 2)
  void zipmap(Differential pair) {
    ByteArrayOutputStream map = new ByteArrayOutputStream();
    map.write(2);
    map.write(1);
    map.write('a');
    map.write(3);
    map.write(2);
    map.writeBytes(Bytes.ascii("abcxx"));
    map.write(254);
    little(map, 300, 4);
    map.writeBytes(Bytes.ascii("k".repeat(300)));
    map.write(2);
    map.write(0);
    map.writeBytes(Bytes.ascii("42"));
    map.write(255);
    type(RdbFormat.HASH_ZIPMAP).blob(map.toByteArray(), 0, map.size());
    pair.same("RESTORE", "k", "0", payload(2));
    pair.sameUnordered("HGETALL", "k");
    pair.same("HINCRBY", "k", "k".repeat(300), "1");
  }

  /** The stream of Redis 5 has no counts and no first ID. */
  @AgainstRedis(protocols = 2)
  void firstFormOfStreams(Differential pair) {
    stream(RdbFormat.STREAM_LISTPACKS);
    pair.same("RESTORE", "k", "0", payload(9));
    pair.same("XRANGE", "k", "-", "+");
    pair.same("XINFO", "GROUPS", "k");
    pair.same("XPENDING", "k", "g");
    pair.same("XADD", "k", "9-1", "f", "v");
    pair.same("XINFO", "GROUPS", "k");
  }

  /** Two entries, the second deleted, and a group to one consumer of which the first was given. */
  private void stream(int type) {
    byte[] pack = ListPack.create();
    for (long n : new long[] {1, 1, 1}) {
      pack = ListPack.append(pack, n);
    }
    pack = ListPack.append(pack, new byte[] {'f'}, 0, 1);
    for (long n : new long[] {0, 2, 0, 0, 7, 4, 3, 1, 1, 8, 4}) {
      pack = ListPack.append(pack, n);
    }
    type(type).length(1);
    out.length(16);
    out.id(5);
    out.id(1);
    out.blob(pack, 0, ListPack.used(pack));
    lengths(1, 6, 2);
    if (type != RdbFormat.STREAM_LISTPACKS) {
      lengths(5, 1, 6, 2, 2);
    }
    out.length(1);
    strings("g");
    lengths(5, 1);
    if (type != RdbFormat.STREAM_LISTPACKS) {
      lengths(1);
    }
    out.length(1);
    out.id(5);
    out.id(1);
    out.word(1000);
    lengths(3, 1);
    strings("c");
    out.word(2000);
    if (type == RdbFormat.STREAM_LISTPACKS_3) {
      out.word(1500);
    }
    out.length(1);
    out.id(5);
    out.id(1);
  }

  private void lengths(long... all) {
    for (long length : all) {
      out.length(length);
    }
  }

  // --- newer than 7.0

  @Test
  void lastFormOfStreams() {
    stream(RdbFormat.STREAM_LISTPACKS_3);
    StreamValue stream = (StreamValue) read(11).orElseThrow().value();
    assertEquals(1, stream.length());
    assertEquals(new StreamId(6, 2), stream.lastId());
    StreamGroup group = stream.group(Bytes.ascii("g")).orElseThrow();
    assertEquals(1, group.entriesRead);
    assertEquals(3, group.pending(new StreamId(5, 1)).count);
    assertEquals(2000, group.consumer(Bytes.ascii("c")).orElseThrow().seen);
    assertEquals(1500, group.consumer(Bytes.ascii("c")).orElseThrow().active);
  }

  private byte[] pack(String... elements) {
    byte[] pack = ListPack.create();
    for (String element : elements) {
      pack = ListPack.append(pack, Bytes.ascii(element), 0, element.length());
    }
    return pack;
  }

  @Test
  void packedSets() {
    byte[] pack = pack("a", "1", "b");
    type(RdbFormat.SET_LISTPACK).blob(pack, 0, ListPack.used(pack));
    SetValue set = (SetValue) read(11).orElseThrow().value();
    assertEquals("listpack", set.encoding());
    assertEquals(3, set.size());
    assertTrue(set.has(Bytes.ascii("1"), 0, 1));
    pack = pack("a", "1", "a");
    type(RdbFormat.SET_LISTPACK).blob(pack, 0, ListPack.used(pack));
    assertTrue(read(11).isEmpty());
  }

  @Test
  void hashesWithFieldsThatExpire() {
    type(RdbFormat.HASH_METADATA).word(FAR);
    hash(0, 1, 3);
    expiries("hashtable and all", PartlyVolatile.NEVER, FAR, FAR + 2);
    type(RdbFormat.HASH_METADATA_PRE_GA);
    hash(0, FAR, FAR + 2);
    expiries("before its release", PartlyVolatile.NEVER, FAR, FAR + 2);
    byte[] pack = pack("f1", "v", "" + FAR, "f2", "v", "" + (FAR + 2), "f0", "v", "0");
    type(RdbFormat.HASH_LISTPACK_EX).word(FAR);
    out.blob(pack, 0, ListPack.used(pack));
    expiries("packed", PartlyVolatile.NEVER, FAR, FAR + 2);
    type(RdbFormat.HASH_LISTPACK_EX_PRE_GA).blob(pack, 0, ListPack.used(pack));
    expiries("packed, before its release", PartlyVolatile.NEVER, FAR, FAR + 2);
  }

  private void hash(long... expiries) {
    out.length(expiries.length);
    for (int i = 0; i < expiries.length; i++) {
      out.length(expiries[i]);
      strings("f" + i, "v");
    }
  }

  private void expiries(String form, long... expiries) {
    HashValue hash = (HashValue) read(12).orElseThrow().value();
    assertEquals(expiries.length, hash.size(), form);
    for (int i = 0; i < expiries.length; i++) {
      assertEquals(expiries[i], hash.expireAt(Bytes.ascii("f" + i), 0, 2), form);
    }
    assertEquals(FAR, hash.nextExpiry(), form);
  }

  @Test
  void fieldsThatExpireOutOfRangeAreRefused() {
    type(RdbFormat.HASH_METADATA).word(1L << 48);
    hash(0, 1);
    assertTrue(read(12).isEmpty());
    type(RdbFormat.HASH_METADATA).word(FAR);
    hash(0, -1);
    assertTrue(read(12).isEmpty());
    byte[] pack = pack("f1", "v", "soon");
    type(RdbFormat.HASH_LISTPACK_EX).word(FAR);
    out.blob(pack, 0, ListPack.used(pack));
    assertFalse(read(12).isPresent());
  }

  /** Other programs may write numbers as texts into packs; Redis does not. */
  @Test
  void numbersAsTextsArePackedAnew() {
    byte[] pack = {14, 0, 0, 0, 2, 0, (byte) 0x82, '4', '2', 3, (byte) 0x81, 'x', 2, -1};
    type(RdbFormat.SET_LISTPACK).blob(pack, 0, pack.length);
    SetValue set = (SetValue) read(11).orElseThrow().value();
    assertTrue(set.has(Bytes.ascii("42"), 0, 2));
    assertEquals(2, set.size());
  }
}
