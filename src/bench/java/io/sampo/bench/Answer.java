package io.sampo.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/** How a {@link Lean} client knows what a batch is answered with, and when it has all of it. */
sealed interface Answer {
  /** Where the answer ends, in its own measure. */
  int whole();

  /**
   * Looks at a piece that arrived.
   *
   * @param piece of at least one byte
   * @param come what has come before, from 0
   * @param last the byte before the piece; that of an end of line if there is none
   * @param thorough whether to look at all of it
   * @return what has come now
   * @throws IOException if it is not what it is to be
   */
  int take(ByteBuffer piece, int come, byte last, boolean thorough) throws IOException;

  /**
   * The same bytes each time, of which only the ends are looked at when there is no need for more.
   */
  record Bytes(ByteBuffer bytes) implements Answer {
    @Override
    public int whole() {
      return bytes.capacity();
    }

    @Override
    public int take(ByteBuffer piece, int come, byte last, boolean thorough) throws IOException {
      int read = piece.remaining();
      if (read > bytes.capacity() - come || !isRight(piece, come, thorough || read < Long.BYTES)) {
        throw new IOException("another reply than at first");
      }
      return come + read;
    }

    private boolean isRight(ByteBuffer piece, int come, boolean thorough) {
      int read = piece.remaining();
      if (thorough) {
        return bytes.limit(come + read).position(come).mismatch(piece) < 0;
      }
      bytes.clear();
      int last = read - Long.BYTES;
      return piece.getLong(0) == bytes.getLong(come)
          && piece.getLong(last) == bytes.getLong(come + last);
    }
  }

  /** So many lines, of which none is an error. */
  record Lines(int whole) implements Answer {
    @Override
    public int take(ByteBuffer piece, int come, byte last, boolean thorough) throws IOException {
      int lines = come;
      boolean begins = last == '\n';
      for (int i = 0; i < piece.limit(); i++) {
        byte b = piece.get(i);
        if (begins && b == '-') {
          throw new IOException("an error instead of a reply");
        }
        begins = b == '\n';
        lines += begins ? 1 : 0;
      }
      if (lines > whole) {
        throw new IOException("more lines than at first");
      }
      return lines;
    }
  }
}
