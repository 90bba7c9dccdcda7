package io.sampo.data.zset;

import io.sampo.data.ListPack;
import io.sampo.resp.Bytes;

/**
 * A walk over the members of a {@link ZSetValue} in order or in reverse; valid until the set
 * changes. It stands before its first member until {@link #next} is called; whoever walks counts.
 */
public final class ZSetWalk {
  private static final byte[] NO_PACK = {};
  private static final int MAX_DIGITS = 20;

  private final boolean reverse;
  private final byte[] pack;
  private final ScoreCursor cursor;
  private int position;
  private boolean started;
  private byte[] digits = NO_PACK;
  private byte[] array = NO_PACK;
  private int offset;
  private int length;
  private double score;

  ZSetWalk(byte[] pack, int position, boolean reverse) {
    this.pack = pack;
    this.cursor = null;
    this.position = position;
    this.reverse = reverse;
  }

  ZSetWalk(ScoreCursor cursor, boolean reverse) {
    this.pack = NO_PACK;
    this.cursor = cursor;
    this.reverse = reverse;
  }

  /** Goes on to the next member, which must exist. */
  public void next() {
    if (cursor == null) {
      nextPacked();
      return;
    }
    if (started && reverse) {
      cursor.back();
    } else if (started) {
      cursor.forward();
    }
    started = true;
    array = cursor.array;
    offset = cursor.offset;
    length = cursor.length;
    score = cursor.score;
  }

  private void nextPacked() {
    if (started) {
      position =
          reverse
              ? ListPack.previous(pack, ListPack.previous(pack, position))
              : PackedScores.next(pack, position);
    }
    started = true;
    score = PackedScores.score(pack, position);
    length = ListPack.length(pack, position);
    if (ListPack.isInteger(pack, position)) {
      digits = digits.length == 0 ? new byte[MAX_DIGITS] : digits;
      array = digits;
      offset = 0;
      Bytes.putLong(digits, 0, ListPack.integer(pack, position));
    } else {
      array = pack;
      offset = ListPack.stringAt(pack, position);
    }
  }

  /** The score of the member it stands at. */
  public double score() {
    return score;
  }

  /** The array that holds the member it stands at, until the next step. */
  public byte[] array() {
    return array;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }
}
