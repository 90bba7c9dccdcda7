package io.sampo.keyspace;

import io.sampo.data.Value;
import io.sampo.data.string.RawString;
import io.sampo.resp.Bytes;

/**
 * A value with its expiry and access bits, detached from any key: what RENAME, MOVE, COPY and
 * RESTORE carry around. Object values are carried by reference.
 */
public final class Entry {
  private static final byte[] NO_BYTES = {};
  private static final Value NO_VALUE = new RawString(NO_BYTES);

  /** Access bits of an entry whose use nobody knows: it is new. */
  static final int NEW = -1;

  /** Marks an {@link #access} that is not a record's own, but seconds without use. */
  static final int IDLE = 1 << 30;

  /** Marks an {@link #access} that is a count of uses. */
  static final int COUNTED = 1 << 29;

  /** Longer strings are kept as objects from the start. */
  private static final int LONG_STRING = 4096;

  /** The digits and the sign of the longest integer. */
  private static final int MAX_DIGITS = 20;

  final int kind;
  final byte[] bytes;
  final long number;
  final Value value;
  final long expireAt;
  final int access;

  private Entry(int kind, byte[] bytes, long number, Value value, long expireAt, int access) {
    this.kind = kind;
    this.bytes = bytes;
    this.number = number;
    this.value = value;
    this.expireAt = expireAt;
    this.access = access;
  }

  static Entry inline(byte[] bytes, long expireAt, int access) {
    return new Entry(Record.INLINE, bytes, 0, NO_VALUE, expireAt, access);
  }

  static Entry number(long number, long expireAt, int access) {
    return new Entry(Record.LONG, NO_BYTES, number, NO_VALUE, expireAt, access);
  }

  static Entry object(Value value, long expireAt, int access) {
    return new Entry(Record.OBJECT, NO_BYTES, 0, value, expireAt, access);
  }

  /**
   * A string from outside the keyspace, as a number if it is one.
   *
   * @param bytes taken over
   */
  public static Entry string(byte[] bytes) {
    if (bytes.length <= MAX_DIGITS && Bytes.isLong(bytes, 0, bytes.length)) {
      return number(Bytes.parseLong(bytes, 0, bytes.length));
    }
    return bytes.length > LONG_STRING ? of(new RawString(bytes)) : inline(bytes, Db.NO_EXPIRY, NEW);
  }

  /** A string that is a number, from outside the keyspace. */
  public static Entry number(long number) {
    return number(number, Db.NO_EXPIRY, NEW);
  }

  /** A value from outside the keyspace. */
  public static Entry of(Value value) {
    return object(value, Db.NO_EXPIRY, NEW);
  }

  /**
   * The same with an expiry.
   *
   * @param whenMillis Unix time, or -1
   */
  public Entry expiring(long whenMillis) {
    return new Entry(kind, bytes, number, value, whenMillis, access);
  }

  /** The same, last used that many seconds ago; of no effect under an LFU policy. */
  public Entry idle(long seconds) {
    int some = (int) Math.min(seconds, COUNTED - 1);
    return new Entry(kind, bytes, number, value, expireAt, IDLE | some);
  }

  /** The same with a logarithmic counter of uses, 0 to 255; of no effect but under LFU. */
  public Entry frequency(int counter) {
    return new Entry(kind, bytes, number, value, expireAt, COUNTED | counter);
  }

  /** Unix milliseconds, or -1. */
  public long expireAt() {
    return expireAt;
  }

  /** Whether the value is an object, which a copy must not share. */
  public boolean isObject() {
    return kind == Record.OBJECT;
  }

  /** The value of an entry that {@link #isObject}. */
  public Value value() {
    return value;
  }

  /** The same with another value. */
  public Entry with(Value other) {
    return object(other, expireAt, access);
  }
}
