package io.sampo.server.pubsub;

import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import java.util.Arrays;

/**
 * A range of bytes, equal by content: the name of a channel, a message. It is ordered so that a
 * hash map survives names that were chosen to collide.
 */
public final class Blob implements Comparable<Blob> {
  public final byte[] array;
  public final int offset;
  public final int length;
  private int hash;

  private Blob(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** Whole arrays are shared, not copied. */
  public static Blob of(byte[] bytes) {
    return new Blob(bytes, 0, bytes.length);
  }

  /** Argument {@code i}, for as long as the request is at hand; see {@link #copy}. */
  public static Blob of(Args a, int i) {
    return new Blob(a.array(), a.offset(i), a.length(i));
  }

  /** The same bytes in an array of their own. */
  public static Blob copy(Args a, int i) {
    return of(a.bytes(i));
  }

  @Override
  public int compareTo(Blob other) {
    return Arrays.compare(
        array, offset, offset + length, other.array, other.offset, other.offset + other.length);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Blob other && length == other.length && compareTo(other) == 0;
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      for (int i = offset; i < offset + length; i++) {
        h = 31 * h + array[i];
      }
      hash = h;
    }
    return h;
  }

  @Override
  public String toString() {
    return Bytes.text(Arrays.copyOfRange(array, offset, offset + length));
  }
}
