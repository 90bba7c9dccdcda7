package io.sampo.server;

import org.apache.pekko.util.ByteString;

/** What a client has not yet taken. */
final class Output {
  /** The most bytes handed over at once; few, so that what is pending is known. */
  static final int PIECE = 256 * 1024;

  private ByteString pending = ByteString.emptyByteString();
  private boolean shut;

  /** Adds encoded bytes, which nobody may change any more. */
  void add(ByteString more) {
    pending = pending.isEmpty() ? more : pending.concat(more);
  }

  /** Removes the next piece. */
  ByteString take() {
    ByteString piece = pending;
    if (piece.length() <= PIECE) {
      pending = ByteString.emptyByteString();
    } else {
      piece = pending.take(PIECE);
      pending = pending.drop(PIECE);
    }
    return piece;
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  int length() {
    return pending.length();
  }

  /** Drops what is pending, for nothing is to be sent any more. */
  void shut() {
    pending = ByteString.emptyByteString();
    shut = true;
  }

  boolean isShut() {
    return shut;
  }
}
