package io.sampo.keyspace;

import io.sampo.data.Value;
import java.util.Arrays;

/** The values kept as objects, by index, each with the heap it was last known to take. */
final class Objects {
  private static final int CHUNK_SHIFT = 10;
  private static final int CHUNK = 1 << CHUNK_SHIFT;
  private static final int CHUNK_MASK = CHUNK - 1;
  private static final int FIRST_CHUNK = 8;
  private static final int NONE = -1;

  /** A reference and a count. */
  private static final int SLOT_BYTES = 8;

  /** Sizes are in units of so many bytes, as objects are. */
  private static final int UNIT = 8;

  /** What a value is accounted with at most, in units. */
  private static final long MOST = 0xffffffffL;

  // Chunked, so that growing never copies more than one chunk and the list of chunks.
  private Value[][] values = new Value[1][];
  private int[][] sizes = new int[1][];
  private int end;
  private int free = NONE;
  private long bytes;

  /** The heap taken by all values and their slots. */
  long bytes() {
    return bytes;
  }

  Value get(int index) {
    return values[index >>> CHUNK_SHIFT][index & CHUNK_MASK];
  }

  int add(Value value) {
    int size = size(value);
    int index = free;
    if (index == NONE) {
      index = end;
      reach(index);
      end++;
    } else {
      free = sizes[index >>> CHUNK_SHIFT][index & CHUNK_MASK];
    }
    values[index >>> CHUNK_SHIFT][index & CHUNK_MASK] = value;
    sizes[index >>> CHUNK_SHIFT][index & CHUNK_MASK] = size;
    bytes += bytes(index);
    return index;
  }

  void remove(int index) {
    bytes -= bytes(index);
    values[index >>> CHUNK_SHIFT][index & CHUNK_MASK] = null;
    sizes[index >>> CHUNK_SHIFT][index & CHUNK_MASK] = free;
    free = index;
  }

  /** Accounts for a value that has changed. */
  void resized(int index) {
    bytes -= bytes(index);
    sizes[index >>> CHUNK_SHIFT][index & CHUNK_MASK] = size(get(index));
    bytes += bytes(index);
  }

  /** What {@code index} was last accounted with. */
  long bytes(int index) {
    long size = Integer.toUnsignedLong(sizes[index >>> CHUNK_SHIFT][index & CHUNK_MASK]);
    return size * UNIT + SLOT_BYTES;
  }

  private static int size(Value value) {
    return (int) Math.min((value.heapBytes() + UNIT - 1) / UNIT, MOST);
  }

  private void reach(int index) {
    int chunk = index >>> CHUNK_SHIFT;
    if (chunk == values.length) {
      grow(Arrays.copyOf(values, chunk * 2), Arrays.copyOf(sizes, chunk * 2));
    }
    int at = index & CHUNK_MASK;
    if (values[chunk] == null) {
      int first = chunk == 0 ? FIRST_CHUNK : CHUNK;
      grow(chunk, new Value[first], new int[first]);
    } else if (at == values[chunk].length) {
      grow(chunk, Arrays.copyOf(values[chunk], at * 2), Arrays.copyOf(sizes[chunk], at * 2));
    }
  }

  // There is heap for both, or neither is changed.

  private void grow(Value[][] moreValues, int[][] moreSizes) {
    values = moreValues;
    sizes = moreSizes;
  }

  private void grow(int chunk, Value[] moreValues, int[] moreSizes) {
    values[chunk] = moreValues;
    sizes[chunk] = moreSizes;
  }
}
