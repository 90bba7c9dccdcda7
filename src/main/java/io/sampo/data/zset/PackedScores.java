package io.sampo.data.zset;

import io.sampo.data.ListPack;
import io.sampo.data.PackElement;
import io.sampo.resp.Bytes;
import io.sampo.resp.Numbers;
import java.util.Arrays;

/**
 * A small sorted set as a {@link ListPack}: each member followed by its score, in the order of
 * score, then member. Scores that are integers are packed as such, others as text; as in Redis,
 * zero loses its sign.
 */
final class PackedScores {
  private static final byte[] NOTHING = {};

  private PackedScores() {}

  static int size(byte[] pack) {
    return ListPack.size(pack) / 2;
  }

  /** Whether members in turn with something else have scores, and stand in their order. */
  static boolean isOrdered(byte[] pack) {
    int end = ListPack.end(pack);
    double last = Double.NEGATIVE_INFINITY;
    for (int p = ListPack.BEGIN, before = p; p != end; before = p, p = next(pack, p)) {
      double score = score(pack, p);
      if (!(score >= last) || score == last && p != before && !isAbove(pack, p, before)) {
        return false;
      }
      last = score;
    }
    return true;
  }

  private static boolean isAbove(byte[] pack, int p, int before) {
    byte[] member = ListPack.bytes(pack, before);
    return compare(pack, p, member, 0, member.length) > 0;
  }

  /** The position of a member, or {@link ListPack#NONE}. */
  static int find(byte[] pack, byte[] a, int offset, int length) {
    return ListPack.find(pack, ListPack.BEGIN, a, offset, length, 1);
  }

  /** The position of the same member behind the one at {@code p}. */
  static int findNext(byte[] pack, int p, byte[] a, int offset, int length) {
    return ListPack.find(pack, next(pack, p), a, offset, length, 1);
  }

  /** The score of the member at {@code p}. */
  static double score(byte[] pack, int p) {
    int at = ListPack.next(pack, p);
    return ListPack.isInteger(pack, at)
        ? ListPack.integer(pack, at)
        : Numbers.parseDouble(pack, ListPack.stringAt(pack, at), ListPack.length(pack, at));
  }

  /** The position of the member behind the one at {@code p}. */
  static int next(byte[] pack, int p) {
    return ListPack.next(pack, ListPack.next(pack, p));
  }

  /** How many members lie before a point; see {@link ScorePages}. */
  static int rank(byte[] pack, double score, byte[] a, int offset, int length, int tie) {
    int rank = 0;
    int end = ListPack.end(pack);
    for (int p = ListPack.BEGIN; p != end && isBefore(pack, p, score, a, offset, length, tie); ) {
      p = next(pack, p);
      rank++;
    }
    return rank;
  }

  private static boolean isBefore(
      byte[] pack, int p, double score, byte[] a, int offset, int length, int tie) {
    double here = score(pack, p);
    if (here < score || here > score) {
      return here < score;
    }
    int c = length == ScorePages.NO_MEMBER ? 0 : compare(pack, p, a, offset, length);
    return (c == 0 ? tie : c) < 0;
  }

  private static int compare(byte[] pack, int p, byte[] a, int offset, int length) {
    int n = ListPack.length(pack, p);
    byte[] member = pack;
    int from = 0;
    if (ListPack.isInteger(pack, p)) {
      member = new byte[n];
      Bytes.putLong(member, 0, ListPack.integer(pack, p));
    } else {
      from = ListPack.stringAt(pack, p);
    }
    return Arrays.compareUnsigned(member, from, from + n, a, offset, offset + length);
  }

  /** Adds a member that is not there. */
  static byte[] add(byte[] pack, double score, byte[] a, int offset, int length) {
    int end = ListPack.end(pack);
    int p = ListPack.BEGIN;
    while (p != end && isBefore(pack, p, score, a, offset, length, ScorePages.BEHIND)) {
      p = next(pack, p);
    }
    return insert(pack, p, score, a, offset, length);
  }

  /** Adds a member that comes behind all. */
  static byte[] append(byte[] pack, double score, byte[] a, int offset, int length) {
    return insert(pack, ListPack.end(pack), score, a, offset, length);
  }

  private static byte[] insert(byte[] pack, int p, double score, byte[] a, int offset, int length) {
    boolean isInteger = score == (long) score;
    byte[] text = isInteger ? NOTHING : Bytes.ascii(Double.toString(score));
    int more =
        isInteger ? PackElement.sizeOf((long) score) : PackElement.sizeOf(text, 0, text.length);
    // With room for both, for half a pair is none.
    byte[] roomy = ListPack.roomy(pack, PackElement.sizeOf(a, offset, length) + more);
    byte[] changed = ListPack.insert(roomy, p, a, offset, length);
    int at = ListPack.next(changed, p);
    return isInteger
        ? ListPack.insert(changed, at, (long) score)
        : ListPack.insert(changed, at, text, 0, text.length);
  }

  /** Removes {@code count} members from the one at {@code p} on. */
  static byte[] remove(byte[] pack, int p, int count) {
    return ListPack.delete(pack, p, 2 * count);
  }
}
