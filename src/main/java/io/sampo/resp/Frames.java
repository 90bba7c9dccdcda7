package io.sampo.resp;

import java.util.Arrays;

/**
 * Requests that arrived together: each a run of slices (name first, then arguments) of one shared
 * buffer. Filled by the decoder or by {@link #append}; read through {@link Args}. Reusable after
 * {@link #clear}.
 */
public final class Frames {
  private static final byte[] EMPTY = new byte[0];

  byte[] buffer = EMPTY;
  int[] offsets = new int[16];
  int[] lengths = new int[16];
  int slices;

  /** Index of each request's first slice; one more entry closes the last request. */
  private int[] starts = new int[9];

  private int count;

  /** How many complete requests there are. */
  public int count() {
    return count;
  }

  /** How many slices request {@code i} has, its name included. */
  public int arguments(int i) {
    return starts[i + 1] - starts[i];
  }

  int start(int i) {
    return starts[i];
  }

  /** Sets the buffer that the slices added from now on refer to. */
  public void buffer(byte[] bytes) {
    buffer = bytes;
  }

  public byte[] buffer() {
    return buffer;
  }

  /** Adds a slice to the request that is being built. */
  public void slice(int offset, int length) {
    if (slices == offsets.length) {
      offsets = Arrays.copyOf(offsets, slices * 2);
      lengths = Arrays.copyOf(lengths, slices * 2);
    }
    offsets[slices] = offset;
    lengths[slices++] = length;
  }

  /** Closes the request that is being built. */
  public void end() {
    if (++count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
    }
    starts[count] = slices;
  }

  /** Adds a copy of one request, its bytes included, to a buffer that this object owns. */
  public void append(Args args) {
    int bytes = 0;
    for (int i = 0; i < args.count(); i++) {
      bytes += args.length(i);
    }
    int at = slices == 0 ? 0 : offsets[slices - 1] + lengths[slices - 1];
    if (at + bytes > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(at + bytes, Math.max(64, buffer.length * 2)));
    }
    for (int i = 0; i < args.count(); i++) {
      System.arraycopy(args.array(), args.offset(i), buffer, at, args.length(i));
      slice(at, args.length(i));
      at += args.length(i);
    }
    end();
  }

  /** Forgets all requests and the buffer, and what arrays grew beyond the ordinary. */
  public void clear() {
    buffer = EMPTY;
    slices = 0;
    count = 0;
    starts[0] = 0;
    if (offsets.length > 4096) {
      offsets = new int[16];
      lengths = new int[16];
    }
    if (starts.length > 4096) {
      starts = new int[9];
    }
  }
}
