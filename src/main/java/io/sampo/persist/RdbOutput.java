package io.sampo.persist;

import io.sampo.data.Lzf;
import io.sampo.data.Words;
import io.sampo.data.string.RawString;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import java.util.Arrays;
import java.util.function.Consumer;

/** What RDB is made of: numbers, lengths and strings, in a growing buffer. */
final class RdbOutput {
  private static final int MAX_CAPACITY = Integer.MAX_VALUE - 8;

  /** What a length takes at most. */
  private static final int LENGTH_BYTES = 9;

  /** The text of the longest number that is written in binary. */
  private static final int MAX_NUMBER = 11;

  /** Shorter strings are not worth compressing, nor is what saves less than {@link #WORTHWHILE}. */
  private static final int COMPRESSED_FROM = 21;

  private static final int WORTHWHILE = 4;

  private final int capacity;
  private final int limit;
  private final Consumer<byte[]> overflow;
  private boolean compressing;
  private Lzf lzf;
  private byte[] buffer;
  private int at;

  /**
   * @param capacity the bytes it begins with, and returns to after exceptional values
   * @param limit when it holds so many bytes, they go to {@code overflow} within a value
   */
  RdbOutput(boolean compressing, int capacity, int limit, Consumer<byte[]> overflow) {
    this.compressing = compressing;
    this.capacity = capacity;
    this.limit = limit;
    this.overflow = overflow;
    buffer = new byte[capacity];
  }

  /** An output that grows for ever. */
  RdbOutput(boolean compressing, int capacity) {
    this(compressing, capacity, Integer.MAX_VALUE, all -> {});
  }

  void compressing(boolean yes) {
    compressing = yes;
  }

  int size() {
    return at;
  }

  /** The checksum of all there is. */
  long sum() {
    return Crc64.update(0, buffer, 0, at);
  }

  /** All there is, in an array of its own; what is written next starts afresh. */
  byte[] take() {
    byte[] all = Arrays.copyOf(buffer, at);
    at = 0;
    if (buffer.length > 2 * capacity) {
      buffer = new byte[capacity];
    }
    return all;
  }

  /** Writes all there is as a bulk reply. */
  void bulk(ReplyWriter reply) {
    reply.bulk(buffer, 0, at);
  }

  private void ensure(long more) {
    long wanted = at + more;
    if (wanted <= buffer.length) {
      return;
    }
    if (wanted > MAX_CAPACITY) {
      throw new OutOfMemoryError("a serialized value of more than 2 GiB");
    }
    buffer = Arrays.copyOf(buffer, (int) Math.min(MAX_CAPACITY, Math.max(wanted, 2L * at)));
  }

  // --- numbers

  void octet(int value) {
    ensure(1);
    buffer[at++] = (byte) value;
  }

  /** 64 bits, the lowest byte first. */
  void word(long value) {
    ensure(Long.BYTES);
    Words.putLong(buffer, at, value);
    at += Long.BYTES;
  }

  void real(double value) {
    word(Double.doubleToRawLongBits(value));
  }

  /** 64 bits, the highest byte first. */
  void id(long value) {
    word(Long.reverseBytes(value));
  }

  /** A length, taken as unsigned. */
  void length(long value) {
    ensure(LENGTH_BYTES);
    at = putLength(at, value);
  }

  private int putLength(int to, long value) {
    byte[] b = buffer;
    if (value >= 0 && value < 1 << 6) {
      b[to] = (byte) value;
      return to + 1;
    }
    if (value >= 0 && value < 1 << 14) {
      b[to] = (byte) (RdbFormat.LENGTH_14 | value >> 8);
      b[to + 1] = (byte) value;
      return to + 2;
    }
    if (value >>> 32 == 0) {
      b[to] = (byte) RdbFormat.LENGTH_32;
      Words.putInt(b, to + 1, Integer.reverseBytes((int) value));
      return to + 5;
    }
    b[to] = (byte) RdbFormat.LENGTH_64;
    Words.putLong(b, to + 1, Long.reverseBytes(value));
    return to + 9;
  }

  // --- strings

  void string(byte[] a) {
    string(a, 0, a.length);
  }

  /** A string, as a number if it is a small one, or compressed if that makes it shorter. */
  void string(byte[] a, int offset, int length) {
    if (length <= MAX_NUMBER && Bytes.isLong(a, offset, length)) {
      long value = Bytes.parseLong(a, offset, length);
      if (value == (int) value) {
        number((int) value);
        spill();
        return;
      }
    }
    blob(a, offset, length);
  }

  /** A string, of which each piece is compressed by itself, for that needs no array for all. */
  void string(RawString string) {
    int length = string.length();
    if (string.run(0) == length) {
      string(string.array(0), string.offset(0), length);
      return;
    }
    long size = compressing ? compressedSize(string) : length;
    boolean worthwhile = size <= length - WORTHWHILE;
    if (worthwhile) {
      octet(RdbFormat.ENCODED | RdbFormat.LZF);
      length(size);
    }
    length(length);
    for (int from = 0; from < length; from += string.run(from)) {
      if (worthwhile) {
        ensure(mostCompressed(string.run(from)));
        at += compress(string, from, buffer, at);
        spill();
      } else {
        raw(string.array(from), string.offset(from), string.run(from));
      }
    }
  }

  /** What all pieces take, or some of them if that is already too much. */
  private long compressedSize(RawString string) {
    byte[] scratch = new byte[mostCompressed(string.run(0))];
    long size = 0;
    for (int from = 0;
        from < string.length() && size <= string.length() - WORTHWHILE;
        from += string.run(from)) {
      size += compress(string, from, scratch, 0);
    }
    return size;
  }

  private int compress(RawString string, int from, byte[] to, int at) {
    int run = string.run(from);
    return lzf()
        .compress(string.array(from), string.offset(from), run, to, at, mostCompressed(run));
  }

  /** What bytes take that cannot be compressed. */
  private static int mostCompressed(int length) {
    return length + length / Lzf.MAX_LITERALS + 4;
  }

  /** A string that is the decimal text of a number. */
  void number(long value) {
    if (value == (int) value) {
      number((int) value);
      return;
    }
    int digits = Bytes.digits(value);
    ensure(LENGTH_BYTES + digits);
    at = putLength(at, digits);
    at = Bytes.putLong(buffer, at, value);
  }

  private void number(int value) {
    ensure(1 + Integer.BYTES);
    if (value == (byte) value) {
      buffer[at++] = (byte) (RdbFormat.ENCODED | RdbFormat.INT8);
      buffer[at++] = (byte) value;
    } else if (value == (short) value) {
      buffer[at++] = (byte) (RdbFormat.ENCODED | RdbFormat.INT16);
      buffer[at++] = (byte) value;
      buffer[at++] = (byte) (value >> 8);
    } else {
      buffer[at++] = (byte) (RdbFormat.ENCODED | RdbFormat.INT32);
      Words.putInt(buffer, at, value);
      at += Integer.BYTES;
    }
  }

  /** A string that is no number. */
  void blob(byte[] a, int offset, int length) {
    if (!compressing || length < COMPRESSED_FROM || !compressed(a, offset, length)) {
      ensure(LENGTH_BYTES + (long) length);
      at = putLength(at, length);
      System.arraycopy(a, offset, buffer, at, length);
      at += length;
    }
    spill();
  }

  /** A string of so many bytes that is compressed already. */
  void lzf(byte[] a, int offset, int length, int size) {
    ensure(1 + 2 * LENGTH_BYTES + (long) length);
    buffer[at++] = (byte) (RdbFormat.ENCODED | RdbFormat.LZF);
    at = putLength(at, length);
    at = putLength(at, size);
    System.arraycopy(a, offset, buffer, at, length);
    at += length;
    spill();
  }

  private boolean compressed(byte[] a, int offset, int length) {
    int head = 1 + 2 * LENGTH_BYTES;
    ensure(head + (long) length);
    int size = lzf().compress(a, offset, length, buffer, at + head, length - WORTHWHILE);
    if (size == 0) {
      return false;
    }
    int from = at + head;
    buffer[at++] = (byte) (RdbFormat.ENCODED | RdbFormat.LZF);
    at = putLength(at, size);
    at = putLength(at, length);
    System.arraycopy(buffer, from, buffer, at, size);
    at += size;
    return true;
  }

  private Lzf lzf() {
    if (lzf == null) {
      lzf = new Lzf();
    }
    return lzf;
  }

  /** Bytes with no length before them. */
  void raw(byte[] a, int offset, int length) {
    ensure(length);
    System.arraycopy(a, offset, buffer, at, length);
    at += length;
    spill();
  }

  /** Hands over what it holds, if that is enough. */
  void spill() {
    if (at >= limit) {
      overflow.accept(take());
    }
  }
}
