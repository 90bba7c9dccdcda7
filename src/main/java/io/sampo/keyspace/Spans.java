package io.sampo.keyspace;

import io.sampo.data.Pages;
import java.util.Arrays;

/**
 * The arrays that the slots of a table's {@link Segment}s lie in: {@link Pages}, or shorter ones
 * while there are few. Segments of the same length share arrays, and lie in them without a gap: the
 * last one moves to where another has left. So at most one array of each length is not full, and
 * whatever the lengths, neither to find a place nor to give one back takes a search.
 */
final class Spans {
  /** The lengths that share arrays, in slots, in ascending order. */
  private static final int[] LENGTHS = lengths();

  /** A table that would fill so many pages has pages. */
  private static final int MANY = 8;

  /** In a smaller one an array has room for so small a part of the segments. */
  private static final int PARTS = 32;

  /** In a bigger one the first array of a length has room for so few. */
  private static final int FEW = 8;

  private static final int OBJECT_BYTES = 40;
  private static final int ROW_BYTES = 32;
  private static final int ARRAY_HEADER = 16;
  private static final int REFERENCE = 4;

  /** The arrays of each length that have been begun last. Those below are full. */
  private final Row[] tops = new Row[LENGTHS.length];

  private int segments;

  /** The heap that the arrays take. */
  private long bytes;

  private long copied;

  /** An array for segments of one length, as a stack of them. */
  static final class Row {
    final byte[] array;
    final int spanBytes;
    final Segment[] tenants;
    final Row below;
    int used;

    Row(int spanBytes, int spans, Row below) {
      this.spanBytes = spanBytes;
      this.below = below;
      tenants = new Segment[spans];
      // Last, for a page that is taken has to be given back.
      array = spans == Pages.BYTES / spanBytes ? Pages.take() : new byte[spans * spanBytes];
    }

    long heapBytes() {
      int references = ARRAY_HEADER + REFERENCE * tenants.length + 7 & ~7;
      return ROW_BYTES + references + ARRAY_HEADER + array.length;
    }

    private boolean isFull() {
      return used == tenants.length;
    }

    private boolean isPage() {
      return array.length == Pages.BYTES;
    }

    /** Whether much of it is unused, and nothing below is so long that this does not matter. */
    private boolean isSparse() {
      return tenants.length > FEW
          && used <= tenants.length / 4
          && (below == null || !below.isPage());
    }

    /** Takes in a segment behind the others. */
    private void push(Segment segment) {
      tenants[used] = segment;
      segment.place(this, array, used++ * spanBytes, spanBytes);
    }

    /** Lets the last segment go. */
    private Segment pop() {
      Segment last = tenants[--used];
      tenants[used] = null;
      return last;
    }
  }

  private static int[] lengths() {
    int[] lengths = new int[64];
    int n = 0;
    for (int l = Segment.MIN_LENGTH; l <= Segment.MAX_LENGTH; l = Segment.grown(l)) {
      lengths[n++] = l;
    }
    return Arrays.copyOf(lengths, n);
  }

  private static int index(int length) {
    return Arrays.binarySearch(LENGTHS, length);
  }

  /** The least length there is from {@code length} on. */
  static int fitting(int length) {
    int i = index(length);
    return i >= 0 || ~i == LENGTHS.length ? length : LENGTHS[~i];
  }

  /** The heap that segments and arrays take. */
  long bytes() {
    return OBJECT_BYTES
        + ARRAY_HEADER
        + (long) REFERENCE * tops.length
        + bytes
        + (long) segments * Segment.OBJECT_BYTES;
  }

  /** How many bytes have been copied so far because a segment moved to another place. */
  long copied() {
    return copied;
  }

  /** Gives a segment that has none a place for so many slots, all empty. */
  void enter(Segment segment, int length) {
    int spanBytes = length * Segment.SLOT_BYTES;
    int i = index(length);
    if (i < 0 || segments < 2 * PARTS) {
      // Where there are few segments each has an array of its own.
      byte[] own = new byte[spanBytes];
      bytes += own.length + ARRAY_HEADER;
      segment.place(null, own, 0, spanBytes);
    } else {
      if (tops[i] == null || tops[i].isFull()) {
        begin(i, new Row(spanBytes, spans(spanBytes, tops[i]), tops[i]));
      }
      Row top = tops[i];
      int at = top.used * spanBytes;
      Arrays.fill(top.array, at, at + spanBytes, (byte) 0);
      top.push(segment);
    }
    segments++;
  }

  /** For how many segments an array above another has room: few, so that little is unused. */
  private int spans(int spanBytes, Row below) {
    int page = Pages.BYTES / spanBytes;
    if (segments < MANY * page) {
      return segments / PARTS;
    }
    int spans = below == null ? FEW : Math.max(FEW, 2 * below.tenants.length);
    // What is nearly a page becomes one, for what is shorter is copied until it is old.
    return 2 * spans < page ? spans : page;
  }

  /** Takes the place of a segment back. Needs no heap. */
  void leave(Segment segment) {
    segments--;
    Row row = segment.row;
    if (row == null) {
      bytes -= segment.array.length + ARRAY_HEADER;
      return;
    }
    int i = index(row.spanBytes / Segment.SLOT_BYTES);
    Row top = tops[i];
    Segment last = top.pop();
    if (last != segment) {
      int to = segment.base;
      copy(last, row.array, to);
      last.place(row, row.array, to, row.spanBytes);
      row.tenants[to / row.spanBytes] = last;
    }
    if (top.used == 0) {
      end(i);
    } else if (top.isSparse()) {
      condense(i);
    }
  }

  /** Has two segments exchange their places. */
  static void swap(Segment a, Segment b) {
    Row row = a.row;
    byte[] array = a.array;
    int base = a.base;
    int spanBytes = a.length() * Segment.SLOT_BYTES;
    settle(a, b.row, b.array, b.base, b.length() * Segment.SLOT_BYTES);
    settle(b, row, array, base, spanBytes);
  }

  private static void settle(Segment segment, Row row, byte[] array, int base, int spanBytes) {
    segment.place(row, array, base, spanBytes);
    if (row != null) {
      row.tenants[base / spanBytes] = segment;
    }
  }

  private void begin(int i, Row row) {
    tops[i] = row;
    bytes += row.heapBytes();
  }

  private void end(int i) {
    Row row = tops[i];
    tops[i] = row.below;
    bytes -= row.heapBytes();
    Pages.give(row.array);
  }

  /** Moves what is left in the last array of a length into one that is just long enough. */
  private void condense(int i) {
    Row sparse = tops[i];
    try {
      Row row = new Row(sparse.spanBytes, sparse.used, sparse.below);
      for (int n = 0; n < sparse.used; n++) {
        copy(sparse.tenants[n], row.array, n * row.spanBytes);
        row.push(sparse.tenants[n]);
      }
      end(i);
      begin(i, row);
    } catch (OutOfMemoryError full) {
      // Then it stays as it is. Who leaves is not to fail by it.
    }
  }

  private void copy(Segment segment, byte[] to, int at) {
    int length = segment.length() * Segment.SLOT_BYTES;
    System.arraycopy(segment.array, segment.base, to, at, length);
    copied += length;
  }

  /** Gives the pages away, for the table is not used any more. */
  void release() {
    for (Row top : tops) {
      for (Row row = top; row != null; row = row.below) {
        Pages.give(row.array);
      }
    }
  }
}
