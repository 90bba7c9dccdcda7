package io.sampo.data.stream;

import io.sampo.resp.Bytes;
import java.util.Arrays;

/**
 * The ID of an entry of a stream: a time and a number within it, both unsigned.
 *
 * @param ms Unix milliseconds
 */
public record StreamId(long ms, long seq) implements Comparable<StreamId> {
  public static final StreamId MIN = new StreamId(0, 0);
  public static final StreamId MAX = new StreamId(-1, -1);

  /** The bytes that {@link #put} writes, at most. */
  public static final int MAX_LENGTH = 41;

  static int compare(long ms, long seq, long otherMs, long otherSeq) {
    return ms == otherMs ? Long.compareUnsigned(seq, otherSeq) : Long.compareUnsigned(ms, otherMs);
  }

  @Override
  public int compareTo(StreamId other) {
    return compare(ms, seq, other.ms, other.seq);
  }

  public boolean isAbove(StreamId other) {
    return compareTo(other) > 0;
  }

  public boolean isBelow(StreamId other) {
    return compareTo(other) < 0;
  }

  /** The ID behind this one, which is not {@link #MAX}. */
  public StreamId next() {
    return seq == -1 ? new StreamId(ms + 1, 0) : new StreamId(ms, seq + 1);
  }

  /** The ID before this one, which is not {@link #MIN}. */
  public StreamId previous() {
    return seq == 0 ? new StreamId(ms - 1, -1) : new StreamId(ms, seq - 1);
  }

  /** Writes an ID as text; returns the offset behind it. */
  static int put(byte[] to, int offset, long ms, long seq) {
    int at = putUnsigned(to, offset, ms);
    to[at] = '-';
    return putUnsigned(to, at + 1, seq);
  }

  private static int putUnsigned(byte[] to, int offset, long value) {
    if (value >= 0) {
      return Bytes.putLong(to, offset, value);
    }
    int at = Bytes.putLong(to, offset, Long.divideUnsigned(value, 10));
    to[at] = (byte) ('0' + Long.remainderUnsigned(value, 10));
    return at + 1;
  }

  /** The ID as text. */
  public byte[] bytes() {
    byte[] text = new byte[MAX_LENGTH];
    return Arrays.copyOf(text, put(text, 0, ms, seq));
  }

  @Override
  public String toString() {
    return Bytes.text(bytes());
  }
}
