package io.sampo.persist;

import io.sampo.data.Lzf;
import io.sampo.data.Words;
import io.sampo.data.string.RawString;
import io.sampo.keyspace.Entry;
import io.sampo.resp.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * What RDB is made of: numbers, lengths and strings, from a stream or an array. No length is
 * believed: memory is taken as bytes come in.
 */
final class RdbInput {
  private static final int BUFFER = 1 << 16;

  /** The bytes that are made room for at first, however long a string is said to be. */
  private static final int PIECE = 1 << 20;

  private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

  private static final InputStream NO_MORE = InputStream.nullInputStream();

  private final InputStream in;
  private final byte[] buffer;
  private int at;
  private int end;

  /** How many bytes there were before those in the buffer. */
  private long before;

  /** The checksum of everything before {@link #summed}. */
  private long sum;

  private int summed;
  private boolean summing;

  /** Reads from a stream, of which it may take more than it needs; see {@link #rest}. */
  RdbInput(InputStream in, boolean summing) {
    this.in = in;
    this.summing = summing;
    buffer = new byte[BUFFER];
  }

  /** Reads from a range of an array. */
  RdbInput(byte[] a, int offset, int length) {
    in = NO_MORE;
    buffer = a;
    at = offset;
    end = offset + length;
  }

  /** How many bytes have been read. */
  long position() {
    return before + at;
  }

  /** What was taken from the stream, but not read. */
  byte[] rest() {
    return Arrays.copyOfRange(buffer, at, end);
  }

  /** How many bytes are left, if all are there already; else 0. */
  int atHand() {
    return in == NO_MORE ? end - at : 0;
  }

  /** Whether all there is has been read; does not ask the stream. */
  boolean isEmpty() {
    return at == end;
  }

  /** The checksum of all that has been read; it ends the summing. */
  long sum() {
    addToSum();
    summing = false;
    return sum;
  }

  private void addToSum() {
    if (summing) {
      sum = Crc64.update(sum, buffer, summed, at - summed);
    }
    summed = at;
  }

  /** Says that the bytes up to here need not be kept. */
  private void discard() {
    addToSum();
    System.arraycopy(buffer, at, buffer, 0, end - at);
    before += at;
    end -= at;
    at = 0;
    summed = 0;
  }

  private void need(int bytes) throws IOException {
    if (end - at >= bytes) {
      return;
    }
    if (in == NO_MORE) {
      // The array is somebody else's.
      throw tooShort();
    }
    discard();
    while (end < bytes) {
      int n = in.read(buffer, end, buffer.length - end);
      if (n < 0) {
        throw tooShort();
      }
      end += n;
    }
  }

  private static RdbException tooShort() {
    return new RdbException("Unexpected end of data");
  }

  // --- numbers

  int octet() throws IOException {
    if (at == end) {
      need(1);
    }
    return buffer[at++] & 0xff;
  }

  /** 64 bits, the lowest byte first. */
  long word() throws IOException {
    need(Long.BYTES);
    long value = Words.getLong(buffer, at);
    at += Long.BYTES;
    return value;
  }

  double real() throws IOException {
    return Double.longBitsToDouble(word());
  }

  /** 64 bits, the highest byte first. */
  long id() throws IOException {
    return Long.reverseBytes(word());
  }

  /** 32 bits, the lowest byte first. */
  int half() throws IOException {
    need(Integer.BYTES);
    int value = Words.getInt(buffer, at);
    at += Integer.BYTES;
    return value;
  }

  /** A length of up to 64 bits. */
  long length() throws IOException {
    return length(octet());
  }

  private long length(int first) throws IOException {
    if (first < RdbFormat.LENGTH_14) {
      return first;
    }
    if (first < RdbFormat.LENGTH_32) {
      return (first & 0x3f) << 8 | octet();
    }
    if (first == RdbFormat.LENGTH_32) {
      return Integer.toUnsignedLong(Integer.reverseBytes(half()));
    }
    if (first == RdbFormat.LENGTH_64) {
      return id();
    }
    throw new RdbException("Unknown length encoding " + first);
  }

  /** A length that counts something which is there. */
  int count() throws IOException {
    return counted(length());
  }

  private static int counted(long length) throws RdbException {
    if (length < 0 || length > MAX_LENGTH) {
      throw new RdbException("A length of " + Long.toUnsignedString(length));
    }
    return (int) length;
  }

  // --- strings

  /** A string, whichever way it is written. */
  byte[] string() throws IOException {
    int first = octet();
    if (first < RdbFormat.ENCODED) {
      return bytes(counted(length(first)));
    }
    int encoding = first & ~RdbFormat.ENCODED;
    return encoding == RdbFormat.LZF
        ? decompressed()
        : Bytes.ascii(Long.toString(number(encoding)));
  }

  /** A string as a value. */
  Entry entry() throws IOException {
    int first = octet();
    if (first < RdbFormat.ENCODED) {
      int length = counted(length(first));
      if (length <= RawString.PIECE || length > end - at) {
        return Entry.string(bytes(length));
      }
      RawString string = new RawString(buffer, at, length);
      at += length;
      return Entry.of(string);
    }
    int encoding = first & ~RdbFormat.ENCODED;
    return encoding == RdbFormat.LZF
        ? Entry.string(decompressed())
        : Entry.number(number(encoding));
  }

  private long number(int encoding) throws IOException {
    return switch (encoding) {
      case RdbFormat.INT8 -> (byte) octet();
      case RdbFormat.INT16 -> (short) (octet() | octet() << 8);
      case RdbFormat.INT32 -> half();
      default -> throw new RdbException("Unknown RDB string encoding type " + encoding);
    };
  }

  private byte[] decompressed() throws IOException {
    int size = count();
    int length = count();
    if (length > (long) size * Lzf.MAX_RATIO) {
      throw new RdbException("Invalid LZF compressed string");
    }
    boolean done;
    byte[] text;
    if (size <= end - at) {
      text = new byte[length];
      done = Lzf.decompress(buffer, at, size, text);
      at += size;
    } else {
      byte[] compressed = bytes(size);
      text = new byte[length];
      done = Lzf.decompress(compressed, 0, size, text);
    }
    if (!done) {
      throw new RdbException("Invalid LZF compressed string");
    }
    return text;
  }

  /** As many bytes. */
  byte[] bytes(int n) throws IOException {
    if (n <= end - at) {
      byte[] all = Arrays.copyOfRange(buffer, at, at + n);
      at += n;
      return all;
    }
    if (n <= BUFFER || in == NO_MORE) {
      need(n);
      return bytes(n);
    }
    return longBytes(n);
  }

  private byte[] longBytes(int n) throws IOException {
    byte[] all = new byte[Math.min(n, PIECE)];
    int length = 0;
    while (true) {
      int some = Math.min(end - at, all.length - length);
      System.arraycopy(buffer, at, all, length, some);
      at += some;
      length += some;
      if (length == n) {
        return all;
      }
      if (length == all.length) {
        all = Arrays.copyOf(all, (int) Math.min(n, 2L * length));
      }
      need(1);
    }
  }
}
