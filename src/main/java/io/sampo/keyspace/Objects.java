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
  private static final int SLOT_BYTES = 12;

  // Chunked, so that growing never copies more than one chunk and the list of chunks.
  private Value[][] values = new Value[1][];
  private long[][] sizes = new long[1][];
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
    long size = value.heapBytes();
    int index = free;
    if (index == NONE) {
      index = end;
      reach(index);
      end++;
    } else {
      free = (int) sizes[index >>> CHUNK_SHIFT][index & CHUNK_MASK];
    }
    values[index >>> CHUNK_SHIFT][index & CHUNK_MASK] = value;
    sizes[index >>> CHUNK_SHIFT][index & CHUNK_MASK] = size;
    bytes += size + SLOT_BYTES;
    return index;
  }

  void remove(int index) {
    long[] chunk = sizes[index >>> CHUNK_SHIFT];
    bytes -= chunk[index & CHUNK_MASK] + SLOT_BYTES;
    values[index >>> CHUNK_SHIFT][index & CHUNK_MASK] = null;
    chunk[index & CHUNK_MASK] = free;
    free = index;
  }

  /** Accounts for a value that has changed. */
  void resized(int index) {
    long[] chunk = sizes[index >>> CHUNK_SHIFT];
    long now = get(index).heapBytes();
    bytes += now - chunk[index & CHUNK_MASK];
    chunk[index & CHUNK_MASK] = now;
  }

  /** What {@code index} was last accounted with. */
  long bytes(int index) {
    return sizes[index >>> CHUNK_SHIFT][index & CHUNK_MASK] + SLOT_BYTES;
  }

  private void reach(int index) {
    int chunk = index >>> CHUNK_SHIFT;
    if (chunk == values.length) {
      grow(Arrays.copyOf(values, chunk * 2), Arrays.copyOf(sizes, chunk * 2));
    }
    int at = index & CHUNK_MASK;
    if (values[chunk] == null) {
      int first = chunk == 0 ? FIRST_CHUNK : CHUNK;
      grow(chunk, new Value[first], new long[first]);
    } else if (at == values[chunk].length) {
      grow(chunk, Arrays.copyOf(values[chunk], at * 2), Arrays.copyOf(sizes[chunk], at * 2));
    }
  }

  // There is heap for both, or neither is changed.

  private void grow(Value[][] moreValues, long[][] moreSizes) {
    values = moreValues;
    sizes = moreSizes;
  }

  private void grow(int chunk, Value[] moreValues, long[] moreSizes) {
    values[chunk] = moreValues;
    sizes[chunk] = moreSizes;
  }
}
