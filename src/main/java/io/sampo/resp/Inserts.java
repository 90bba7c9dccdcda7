package io.sampo.resp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * What belongs to replies without being in their array: bytes that are not worth copying, and those
 * that have yet to be made. Each insert belongs in front of a place of the array, where at least
 * the line break of its reply stands; so which reply it is part of shows in its place.
 */
public final class Inserts {
  /** No inserts, for there usually are none. */
  public static final Inserts NONE = new Inserts();

  /** Takes bytes, which nobody changes any more. */
  @FunctionalInterface
  public interface Taker {
    void take(byte[] a, int offset, int length);
  }

  private static final class Insert {
    private final long size;
    private int at;

    /** Null once it has been made. */
    private Late late;

    private List<Span> pieces;

    Insert(int at, long size, Late late, List<Span> pieces) {
      this.at = at;
      this.size = size;
      this.late = late;
      this.pieces = pieces;
    }
  }

  private final List<Insert> all = new ArrayList<>(1);
  private long size;

  Inserts() {}

  public boolean isEmpty() {
    return all.isEmpty();
  }

  /** Whether some have yet to be made. */
  public boolean isLate() {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).late != null) {
        return true;
      }
    }
    return false;
  }

  /** How many bytes they have together, more or less. */
  long size() {
    return size;
  }

  void add(int at, long length, List<Span> pieces) {
    add(new Insert(at, length, null, pieces));
  }

  void add(int at, Late late) {
    add(new Insert(at, late.size(), late, List.of()));
  }

  private void add(Insert insert) {
    all.add(insert);
    size += insert.size;
  }

  /** Takes back those at {@code mark} and behind. */
  void truncate(int mark) {
    for (int i = all.size() - 1; i >= 0 && all.get(i).at >= mark; i--) {
      size -= all.remove(i).size;
    }
  }

  /** Has those at {@code from} and behind follow what the array holds there. */
  void shift(int from, int distance) {
    for (Insert insert : all) {
      insert.at += insert.at >= from ? distance : 0;
    }
  }

  /**
   * Makes those that have yet to be made.
   *
   * @param failed says what stands in place of one that cannot be made, given its place and what
   *     was thrown: an error line
   */
  public void make(BiFunction<Integer, Throwable, String> failed) {
    for (Insert insert : all) {
      if (insert.late != null) {
        insert.pieces = made(insert, failed);
        insert.late = null;
      }
    }
  }

  private static List<Span> made(Insert insert, BiFunction<Integer, Throwable, String> failed) {
    List<byte[]> arrays;
    try {
      arrays = insert.late.make();
    } catch (RuntimeException | Error e) {
      // What it was to be made of is frozen, so nothing else is wrong because of this.
      arrays = List.of(Bytes.ascii("-" + failed.apply(insert.at, e)));
    }
    List<Span> pieces = new ArrayList<>(arrays.size());
    for (byte[] array : arrays) {
      pieces.add(new Span(array, 0, array.length));
    }
    return pieces;
  }

  /** Shows the bytes from one place of their array to another, and what belongs between them. */
  public void each(byte[] array, int from, int to, Taker taker) {
    int at = from;
    for (Insert insert : all) {
      if (insert.at >= from && insert.at < to) {
        if (insert.at > at) {
          taker.take(array, at, insert.at - at);
          at = insert.at;
        }
        for (Span piece : insert.pieces) {
          taker.take(piece.array(), piece.offset(), piece.length());
        }
      }
    }
    if (to > at) {
      taker.take(array, at, to - at);
    }
  }
}
