package io.sampo.resp;

import java.util.Arrays;

/**
 * Requests that arrived together: each a run of slices (name first, then arguments) of one shared
 * buffer. Filled by the decoder or by {@link #append}; read through {@link Args}. Reusable after
 * {@link #clear}.
 */
public final class Frames {
  /** Arrays longer than this are not kept for the next requests. */
  static final int MANY = 4096;

  private static final int FEW = 16;
  private static final byte[] EMPTY = new byte[0];

  byte[] buffer = EMPTY;

  /** Each slice's offset in the upper half, its length in the lower. */
  long[] slices;

  /** How many slices there are, those of the request that is being built included. */
  private int filled;

  /** Whether {@link #append} may write to the buffer. */
  private boolean owned;

  /** By which others may take a part of the buffer over, if they may. */
  Loan loan = Loan.NONE;

  /** Index of each request's first slice; one more entry closes the last request. */
  private int[] starts = new int[9];

  private int count;

  public Frames() {
    this(new long[FEW]);
  }

  /**
   * @param slices an array for them
   */
  Frames(long[] slices) {
    this.slices = slices;
  }

  /** The request that {@code args} are on by itself, in the array where it lies, which is lent. */
  public static Frames within(Args args) {
    Frames frames = new Frames(new long[args.count()]);
    frames.buffer(args.loan().join());
    for (int i = 0; i < args.count(); i++) {
      frames.slice(args.offset(i), args.length(i));
    }
    frames.end();
    return frames;
  }

  /** Whether the requests lie in an array that was given; nothing is to be added then. */
  public boolean isShared() {
    return !owned && count > 0;
  }

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
    loan = Loan.NONE;
  }

  /** As {@link #buffer(byte[])}, of a buffer that others may take over. */
  void buffer(Loan lent) {
    buffer(lent.array());
    loan = lent;
  }

  public byte[] buffer() {
    return buffer;
  }

  /** Adds a slice to the request that is being built. */
  public void slice(int offset, int length) {
    if (filled == slices.length) {
      slices = Arrays.copyOf(slices, filled * 2);
    }
    slices[filled++] = (long) offset << 32 | length;
  }

  /** Closes the request that is being built. */
  public void end() {
    if (++count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
    }
    starts[count] = filled;
  }

  /** Takes over, moved by {@code shift} bytes, the slices of the request {@code from} builds. */
  void take(Frames from, int shift) {
    int first = from.starts[from.count];
    if (filled == 0 && first == 0 && shift == 0 && from.slices.length > slices.length) {
      long[] taken = from.slices;
      from.slices = slices;
      slices = taken;
      filled = from.filled;
      from.filled = 0;
      return;
    }
    int wanted = filled + from.filled - first;
    if (wanted > slices.length) {
      slices = Arrays.copyOf(slices, Math.max(wanted, slices.length * 2));
    }
    for (int i = first; i < from.filled; i++) {
      slices[filled++] = from.slices[i] + ((long) shift << 32);
    }
    from.filled = first;
  }

  /** The length of the longest slice. */
  int longest() {
    int longest = 0;
    for (int i = 0; i < filled; i++) {
      longest = Math.max(longest, (int) slices[i]);
    }
    return longest;
  }

  /** Forgets the request that is being built. */
  void dropOpen() {
    filled = starts[count];
  }

  /** Adds a copy of one request, its bytes included, to a buffer that this object owns. */
  public void append(Args args) {
    int bytes = 0;
    for (int i = 0; i < args.count(); i++) {
      bytes = Math.addExact(bytes, args.length(i));
    }
    long last = filled == 0 ? 0 : slices[filled - 1];
    int at = (int) (last >>> 32) + (int) last;
    int wanted = Math.addExact(at, bytes);
    if (!owned || wanted > buffer.length) {
      long room = Math.max(64, Math.min(at * 2L, Integer.MAX_VALUE - 8));
      buffer = Arrays.copyOf(buffer, (int) Math.max(wanted, room));
      owned = true;
      loan = Loan.NONE;
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
    return 64L + buffer.length + 8L * slices.length + 4L * starts.length;
  }

  /** Forgets all requests and the buffer, and what arrays grew beyond the ordinary. */
  public void clear() {
    buffer = EMPTY;
    owned = false;
    loan = Loan.NONE;
    filled = 0;
    count = 0;
    starts[0] = 0;
    if (slices.length > MANY) {
      slices = new long[FEW];
    }
    if (starts.length > MANY) {
      starts = new int[9];
    }
  }
}
