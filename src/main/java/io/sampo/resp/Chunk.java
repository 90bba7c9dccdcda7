package io.sampo.resp;

import java.util.Arrays;

/**
 * Bytes that were read at once, at the beginning of an array that may be longer. Whoever keeps any
 * of them for longer than the chunk is in use copies them, for the array is used again.
 */
public final class Chunk {
  static final byte SPOILT = (byte) 0xdb;

  private final byte[] array;
  private final ChunkPool home;
  private int length;
  private boolean lent;

  Chunk(byte[] array, ChunkPool home) {
    this.array = array;
    this.home = home;
  }

  /** A chunk of bytes that nobody wants back. */
  public static Chunk of(byte[] all) {
    return new Chunk(all, ChunkPool.NONE).lend(all.length);
  }

  Chunk lend(int itsLength) {
    length = itsLength;
    lent = true;
    return this;
  }

  public byte[] array() {
    return array;
  }

  /** How many bytes of the array were read. */
  public int length() {
    return length;
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return Arrays.copyOf(array, length);
  }

  /**
   * Gives the array back, on the thread that read it.
   *
   * @throws IllegalStateException if it was given back before
   */
  public void free() {
    if (!lent) {
      throw new IllegalStateException("chunk given back twice");
    }
    lent = false;
    assert spoil();
    home.back(this);
  }

  /** Shows in tests who has kept what should have been copied. */
  private boolean spoil() {
    Arrays.fill(array, SPOILT);
    return true;
  }
}
