package io.sampo.keyspace;

import io.sampo.data.RawString;
import io.sampo.data.Value;

/**
 * A value with its expiry and access bits, detached from any key: what RENAME, MOVE, COPY and
 * RESTORE carry around. Object values are carried by reference.
 */
public final class Entry {
  private static final byte[] NO_BYTES = {};
  private static final Value NO_VALUE = new RawString(NO_BYTES);

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
