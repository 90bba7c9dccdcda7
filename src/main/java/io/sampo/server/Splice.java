package io.sampo.server;

import io.sampo.resp.Inserts;
import io.sampo.shard.Batch;
import org.apache.pekko.util.ByteString;
import org.apache.pekko.util.ByteStringBuilder;

/** Puts replies together of which some stand apart from the others, without copying any. */
final class Splice implements Inserts.Taker {
  private final ByteStringBuilder pieces = ByteString.createBuilder();

  /** All replies of a batch. */
  static ByteString all(Batch batch) {
    byte[] replies = batch.replies();
    if (batch.isWhole()) {
      return ByteString.fromArrayUnsafe(replies);
    }
    Splice splice = new Splice();
    batch.eachPiece(0, replies.length, splice);
    return splice.result();
  }

  @Override
  public void take(byte[] a, int offset, int length) {
    pieces.append(ByteString.fromArrayUnsafe(a, offset, length));
  }

  ByteString result() {
    return pieces.result();
  }
}
