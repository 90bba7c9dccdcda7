package io.sampo.server.command;

import io.sampo.command.Context;
import io.sampo.data.Type;
import io.sampo.data.hash.HashValue;
import io.sampo.data.list.ListValue;
import io.sampo.data.set.SetValue;
import io.sampo.data.stream.StreamId;
import io.sampo.data.stream.StreamRange;
import io.sampo.data.stream.StreamValue;
import io.sampo.data.string.RawString;
import io.sampo.data.zset.ZSetValue;
import io.sampo.data.zset.ZSetWalk;
import io.sampo.keyspace.Db;
import io.sampo.resp.Bytes;
import io.sampo.resp.Numbers;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Digests of data that do not depend on its order, equal to those of Redis's DEBUG DIGEST: SHA-1
 * sums of keys and values, mixed in order where order matters and else added by exclusive or.
 */
final class Digest {
  private static final byte[] EXPIRES = Bytes.ascii("!!expire!!");

  /** A time at which no field has expired yet. */
  private static final long BEFORE_ALL = 0;

  private static final byte[] FIELD_EXPIRES = Bytes.ascii("!!hexpire!!");

  private final MessageDigest sha1 = sha1();
  private byte[] sum = new byte[20];

  private Digest() {}

  /** The digest of all that the context holds. */
  static byte[] ofAll(Context c) {
    Digest all = new Digest();
    for (int i = 0; i < c.keyspace(0).databases(); i++) {
      int index = i;
      long keys = 0;
      for (int s = 0; s < c.shards(); s++) {
        keys += c.keyspace(s).db(i).size();
      }
      if (keys > 0) {
        all.mix(number(index));
        for (int s = 0; s < c.shards(); s++) {
          all.addEach(c.keyspace(s).db(i));
        }
      }
    }
    return all.sum;
  }

  private void addEach(Db db) {
    long cursor = 0;
    do {
      cursor = db.scan(cursor, 1000, h -> add(ofEntry(db, h)));
    } while (cursor != 0);
  }

  private static byte[] ofEntry(Db db, int h) {
    Digest digest = new Digest();
    digest.mix(db.key(h));
    digest.value(db, h);
    return digest.sum;
  }

  /** The digest of one value, without its key; zeros for {@link Db#NONE}. */
  static byte[] ofValue(Db db, int h) {
    Digest digest = new Digest();
    if (h != Db.NONE) {
      digest.value(db, h);
    }
    return digest.sum;
  }

  private void value(Db db, int h) {
    Type type = db.type(h);
    mix(number(code(type)));
    switch (type) {
      case LIST -> list((ListValue) db.value(h));
      case SET -> set((SetValue) db.value(h));
      case ZSET -> zset((ZSetValue) db.value(h));
      case HASH -> hash((HashValue) db.value(h));
      case STREAM -> stream((StreamValue) db.value(h));
      default -> string(db, h);
    }
    if (db.expireAt(h) != Db.NO_EXPIRY) {
      add(EXPIRES);
    }
  }

  private void string(Db db, int h) {
    if (db.isObject(h)) {
      RawString string = db.raw(h);
      for (int at = 0; at < string.length(); at += string.run(at)) {
        sha1.update(string.array(at), string.offset(at), string.run(at));
      }
      combine(sha1.digest());
      sum = sha1.digest(sum);
    } else {
      mix(db.string(h));
    }
  }

  /** The number that stands for a type in snapshots and here. */
  private static int code(Type type) {
    return switch (type) {
      case STRING -> 0;
      case LIST -> 1;
      case SET -> 2;
      case ZSET -> 3;
      case HASH -> 4;
      case STREAM -> 6;
    };
  }

  private void list(ListValue list) {
    for (ListValue.Cursor at = list.cursor(false); at.next(); ) {
      mix(at.get());
    }
  }

  private void set(SetValue set) {
    set.each(
        (a, offset, length) -> {
          add(Arrays.copyOfRange(a, offset, offset + length));
          return true;
        });
  }

  private void zset(ZSetValue zset) {
    ZSetWalk walk = zset.walk(0, false);
    for (int n = zset.size(); n > 0; n--) {
      walk.next();
      Digest element = new Digest();
      element.mix(Arrays.copyOfRange(walk.array(), walk.offset(), walk.offset() + walk.length()));
      element.mix(Bytes.ascii(Numbers.format(walk.score())));
      add(element.sum);
    }
  }

  private void hash(HashValue hash) {
    hash.each(
        BEFORE_ALL,
        (f, fo, fl, v, vo, vl) -> {
          Digest pair = new Digest();
          pair.mix(Arrays.copyOfRange(f, fo, fo + fl));
          pair.mix(Arrays.copyOfRange(v, vo, vo + vl));
          if (hash.expireAt(f, fo, fl) != HashValue.NEVER) {
            pair.add(FIELD_EXPIRES);
          }
          add(pair.sum);
          return true;
        });
  }

  /** Of its entries alone: groups are not part of Redis's digest either. */
  private void stream(StreamValue stream) {
    for (StreamRange range = stream.range(StreamId.MIN, StreamId.MAX); range.next(); ) {
      mix(Bytes.ascii(range.id().toString().replace('-', '.')));
      range.fields().forEach(this::mix);
    }
  }

  private static byte[] number(int n) {
    return ByteBuffer.allocate(4).putInt(n).array();
  }

  /** Adds bytes so that their order among others counts. */
  private void mix(byte[] bytes) {
    add(bytes);
    sum = sha1.digest(sum);
  }

  /** Adds bytes so that their order does not count. */
  private void add(byte[] bytes) {
    combine(sha1.digest(bytes));
  }

  private void combine(byte[] hash) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] ^= hash[i];
    }
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-1", e);
    }
  }
}
