package io.sampo.resp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/**
 * What belongs to replies without being in their array: bytes that are not worth copying, and those
 * that have yet to be made. Each insert belongs in front of a place of the array, where at least
 * the line break of its reply stands; so which reply it is part of shows in its place. And of long
 * replies the parts that stand before the array, in arrays of their own: sealed ones. Places count
 * those.
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
  private final List<Span> sealed = new ArrayList<>(0);
  private long size;

  Inserts() {}

  public boolean isEmpty() {
    return all.isEmpty() && sealed.isEmpty();
  }

  /** How many bytes stand before the array. */
  public int before() {
    int before = 0;
    for (Span part : sealed) {
      before += part.length();
    }
    return before;
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

  /** Puts so many bytes of an array that is full before what is to come. */
  void seal(byte[] array, int length) {
    sealed.add(new Span(array, 0, length));
  }

  /** Takes back the array that was sealed last. */
  Span unseal() {
    return sealed.remove(sealed.size() - 1);
  }

  /** Where a place in sealed arrays is, with all that follows in its array. */
  Span sealed(int place) {
    int start = 0;
    int i = 0;
    for (; place >= start + sealed.get(i).length(); i++) {
      start += sealed.get(i).length();
    }
    Span part = sealed.get(i);
    return new Span(part.array(), place - start, part.length() - (place - start));
  }

  /** Room for so many bytes more at a place in sealed arrays. */
  Span gap(int place, int more) {
    Span behind = sealed(place);
    byte[] old = behind.array();
    int at = behind.offset();
    byte[] wider = Arrays.copyOf(old, at + more + behind.length());
    System.arraycopy(old, at, wider, at + more, behind.length());
    sealed.replaceAll(part -> part.array() == old ? new Span(wider, 0, wider.length) : part);
    return new Span(wider, at, more);
  }

  /** How many bytes the inserts have together, more or less. */
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

  /** Shows the bytes from one place to another, and what belongs between them. */
  public void each(byte[] array, int from, int to, Taker taker) {
    int at = from;
    for (Insert insert : all) {
      if (insert.at >= from && insert.at < to) {
        written(array, at, insert.at, taker);
        at = insert.at;
        for (Span piece : insert.pieces) {
          taker.take(piece.array(), piece.offset(), piece.length());
        }
      }
    }
    written(array, at, to, taker);
  }

  private void written(byte[] array, int from, int to, Taker taker) {
    int at = from;
    int start = 0;
    for (Span part : sealed) {
      int end = Math.min(to, start + part.length());
      if (at < end) {
        taker.take(part.array(), at - start, end - at);
        at = end;
      }
      start += part.length();
    }
    if (at < to) {
      taker.take(array, at - start, to - at);
    }
  }
}
