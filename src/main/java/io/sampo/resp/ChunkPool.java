package io.sampo.resp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Arrays to read into that are used over and over, so that what clients send leaves no garbage and
 * is written to where the processor's caches have it. For one thread.
 */
public final class ChunkPool {
  /** Keeps nothing. */
  static final ChunkPool NONE = new ChunkPool(-1);

  private static final int SMALLEST_SHIFT = 8;
  private static final int LARGEST_SHIFT = 16;

  private final List<ArrayDeque<Chunk>> free =
      IntStream.rangeClosed(SMALLEST_SHIFT, LARGEST_SHIFT)
          .mapToObj(shift -> new ArrayDeque<Chunk>())
          .toList();
  private final long most;
  private long kept;

  /**
   * A pool.
   *
   * @param most the bytes it keeps while nobody uses them
   */
  public ChunkPool(long most) {
    this.most = most;
  }

  /** A copy of what the buffer holds, which is at most 64 KiB. */
  public Chunk copy(ByteBuffer filled) {
    int length = filled.remaining();
    Chunk chunk = take(Math.max(0, shift(length) - SMALLEST_SHIFT));
    filled.get(chunk.array(), 0, length);
    return chunk.lend(length);
  }

  private Chunk take(int sizeClass) {
    Chunk chunk = free.get(sizeClass).poll();
    if (chunk == null) {
      return new Chunk(new byte[1 << SMALLEST_SHIFT + sizeClass], this);
    }
    kept -= chunk.array().length;
    return chunk;
  }

  void back(Chunk chunk) {
    int size = chunk.array().length;
    if (kept + size <= most) {
      kept += size;
      free.get(shift(size) - SMALLEST_SHIFT).push(chunk);
    }
  }

  /** The power of two that so many bytes fit in. */
  private static int shift(int length) {
    return length <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(length - 1);
  }
}
