package io.sampo.keyspace;

import io.sampo.data.Lengths;
import io.sampo.data.Words;

/**
 * The layout of a key's record in a page:
 *
 * <pre>
 * 1 byte   flags: kind of the value, whether there is an expiry, the era (see {@link Snapshot})
 * 3 bytes  when or how often it was accessed, see {@link Access}
 * 1-4      length of the key
 *          key
 * 8        expiry in Unix milliseconds, if flagged
 *          the value: INLINE a length (1-4) and bytes, LONG 8 bytes, OBJECT a 4-byte index
 * </pre>
 *
 * The key's place never depends on the value, so that replacing a value leaves the key alone.
 */
final class Record {
  static final int INLINE = 0;
  static final int LONG = 1;
  static final int OBJECT = 2;
  static final int KIND_MASK = 3;
  static final int TTL = 4;
  static final int ERA = 8;

  /** The flags of a slot that holds no record. */
  static final int FREE = 0xff;

  /** Keys must be shorter than this. */
  static final int MAX_LENGTH = Lengths.LIMIT;

  private static final int FIXED = 4;

  private Record() {}

  static int flags(byte[] b, int p) {
    return b[p] & 0xff;
  }

  static int kind(byte[] b, int p) {
    return b[p] & KIND_MASK;
  }

  static boolean hasTtl(byte[] b, int p) {
    return (b[p] & TTL) != 0;
  }

  static int access(byte[] b, int p) {
    return Words.getInt(b, p) >>> 8;
  }

  static void head(byte[] b, int p, int flags, int access) {
    Words.putInt(b, p, flags | access << 8);
  }

  static int keyLength(byte[] b, int p) {
    return Lengths.get(b, p + FIXED);
  }

  static int keyAt(byte[] b, int p) {
    return p + FIXED + Lengths.sizeAt(b, p + FIXED);
  }

  /** Where the expiry is, or would be. */
  static int ttlAt(byte[] b, int p) {
    return keyAt(b, p) + keyLength(b, p);
  }

  static int payloadAt(byte[] b, int p) {
    return ttlAt(b, p) + (hasTtl(b, p) ? 8 : 0);
  }

  /** The size of what follows key and expiry. */
  static int payload(byte[] b, int p) {
    return switch (kind(b, p)) {
      case LONG -> 8;
      case OBJECT -> 4;
      default -> {
        int at = payloadAt(b, p);
        yield Lengths.sizeAt(b, at) + Lengths.get(b, at);
      }
    };
  }

  /** The expiry of a record that has one. */
  static long expiry(byte[] b, int p) {
    return Words.getLong(b, ttlAt(b, p));
  }

  static boolean keyEquals(byte[] b, int p, byte[] key, int offset, int length) {
    int n = b[p + FIXED];
    if (n >= 0) {
      return n == length && Words.equal(b, p + FIXED + 1, key, offset, length);
    }
    return keyLength(b, p) == length && Words.equal(b, keyAt(b, p), key, offset, length);
  }

  /** The size of a record. */
  static int size(int keyLength, boolean ttl, int payload) {
    return FIXED + Lengths.sizeOf(keyLength) + keyLength + (ttl ? 8 : 0) + payload;
  }

  static int size(byte[] b, int p) {
    return payloadAt(b, p) - p + payload(b, p);
  }

  /** Writes length and bytes of the key. */
  static void key(byte[] b, int p, byte[] key, int offset, int length) {
    int at = Lengths.put(b, p + FIXED, length);
    System.arraycopy(key, offset, b, at, length);
  }
}
