package io.sampo.server;

import io.sampo.command.Context;
import io.sampo.data.Type;
import io.sampo.keyspace.Db;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Digests of data that do not depend on its order, equal to those of Redis's DEBUG DIGEST: SHA-1
 * sums of keys and values, mixed in order where order matters and else added by exclusive or.
 */
final class Digest {
  private static final byte[] EXPIRES = "!!expire!!".getBytes(StandardCharsets.US_ASCII);

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
    if (db.type(h) != Type.STRING) {
      throw new IllegalStateException("no digest of a " + db.type(h));
    }
    mix(number(0));
    mix(db.string(h));
    if (db.expireAt(h) != Db.NO_EXPIRY) {
      add(EXPIRES);
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
