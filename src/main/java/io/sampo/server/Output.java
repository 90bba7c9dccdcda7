package io.sampo.server;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.pekko.util.ByteString;

/** What a client has not yet taken. */
final class Output {
  /** The most bytes handed over at once; few, so that what is pending is known. */
  static final int PIECE = 256 * 1024;

  private ByteString pending = ByteString.emptyByteString();

  /** What comes behind it, for it would be too long with that. */
  private final Queue<ByteString> behind = new ArrayDeque<>();

  private long length;
  private boolean shut;

  /** Adds encoded bytes, which nobody may change any more. */
  void add(ByteString more) {
    length += more.length();
    if (pending.isEmpty()) {
      pending = more;
    } else if (behind.isEmpty() && length <= Integer.MAX_VALUE) {
      pending = pending.concat(more);
    } else {
      behind.add(more);
    }
  }

  /** Removes the next piece. */
  ByteString take() {
    ByteString piece = pending;
    if (piece.length() <= PIECE) {
      pending = behind.isEmpty() ? ByteString.emptyByteString() : behind.remove();
    } else {
      piece = pending.take(PIECE);
      pending = pending.drop(PIECE);
    }
    length -= piece.length();
    return piece;
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  /** How many bytes that are; from any thread, a moment late. */
  long length() {
    return length;
  }

  /** Drops what is pending, for nothing is to be sent any more. */
  void shut() {
    pending = ByteString.emptyByteString();
    behind.clear();
    length = 0;
    shut = true;
  }

  boolean isShut() {
    return shut;
  }
}
