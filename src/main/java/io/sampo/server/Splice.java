package io.sampo.server;

import io.sampo.resp.Inserts;
import io.sampo.shard.Batch;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.util.ByteString;
import org.apache.pekko.util.ByteStringBuilder;

/**
 * Puts replies together of which some stand apart from the others, without copying any: in as many
 * strings as it takes, for sharing costs so little that one may well be too short.
 */
final class Splice implements Inserts.Taker {
  private final List<ByteString> full = new ArrayList<>(1);
  private final ByteStringBuilder pieces = ByteString.createBuilder();

  /** All replies of a batch. */
  static List<ByteString> all(Batch batch) {
    if (batch.isWhole()) {
      return List.of(ByteString.fromArrayUnsafe(batch.replies()));
    }
    Splice splice = new Splice();
    batch.eachPiece(0, batch.length(), splice);
    return splice.result();
  }

  @Override
  public void take(byte[] a, int offset, int length) {
    if (pieces.length() > Integer.MAX_VALUE - length) {
      full.add(pieces.result());
      pieces.clear();
    }
    pieces.append(ByteString.fromArrayUnsafe(a, offset, length));
  }

  List<ByteString> result() {
    full.add(pieces.result());
    return full;
  }
}
