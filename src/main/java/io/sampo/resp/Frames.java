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

  /** Whether {@link #append} may write to the buffer. */
  private boolean owned;

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
    owned = false;
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

  /** Takes over, moved by {@code shift} bytes, the slices of the request {@code from} builds. */
  void take(Frames from, int shift) {
    int first = from.starts[from.count];
    int n = from.slices - first;
    int wanted = slices + n;
    if (wanted > offsets.length) {
      int capacity = Math.max(wanted, offsets.length * 2);
      offsets = Arrays.copyOf(offsets, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
    }
    for (int i = 0; i < n; i++) {
      offsets[slices + i] = from.offsets[first + i] + shift;
    }
    System.arraycopy(from.lengths, first, lengths, slices, n);
    slices = wanted;
    from.slices = first;
  }

  /** Forgets the request that is being built. */
  void dropOpen() {
    slices = starts[count];
  }

  /** Adds a copy of one request, its bytes included, to a buffer that this object owns. */
  public void append(Args args) {
    int bytes = 0;
    for (int i = 0; i < args.count(); i++) {
      bytes = Math.addExact(bytes, args.length(i));
    }
    int at = slices == 0 ? 0 : offsets[slices - 1] + lengths[slices - 1];
    int wanted = Math.addExact(at, bytes);
    if (!owned || wanted > buffer.length) {
      long room = Math.max(64, Math.min(at * 2L, Integer.MAX_VALUE - 8));
      buffer = Arrays.copyOf(buffer, (int) Math.max(wanted, room));
      owned = true;
    }
    for (int i = 0; i < args.count(); i++) {
      System.arraycopy(args.array(), args.offset(i), buffer, at, args.length(i));
      slice(at, args.length(i));
      at += args.length(i);
    }
    end();
  }

  /** About how many bytes of memory this object holds, its buffer included; for accounting. */
  public long bytes() {
    return 64L + buffer.length + 8L * offsets.length + 4L * starts.length;
  }

  /** Forgets all requests and the buffer, and what arrays grew beyond the ordinary. */
  public void clear() {
    buffer = EMPTY;
    owned = false;
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
