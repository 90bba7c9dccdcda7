package io.sampo.data;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What finds the parts of a table by extendible hashing (Fagin, Nievergelt, Pippenger and Strong,
 * 1979): the leading bits of a hash lead to a part. A part that is full is split in two, one that
 * has emptied is joined with its other half, whatever the others do; so no operation ever moves
 * more than a part's worth of entries, and the parts are in the order of their hashes.
 *
 * @param <P> the parts
 */
public final class Directory<P extends Directory.Part> {
  /** The entries whose hashes begin with the same bits. */
  public interface Part {
    /** How many leading bits of the hash all its entries share. */
    int depth();
  }

  private static final int OBJECT_BYTES = 24;
  private static final int ARRAY_HEADER = 16;
  private static final int REFERENCE = 4;

  private Part[] places;
  private int depth;

  /** Parts as deep as the directory: when there are none left it can be halved. */
  private int deepest;

  /** A directory with one part, of depth 0, for all hashes. */
  public Directory(P only) {
    places = new Part[] {only};
    deepest = 1;
  }

  /** A directory of {@code 2^depth} parts of that depth. */
  public Directory(int depth, Supplier<P> parts) {
    places = new Part[1 << depth];
    for (int i = 0; i < places.length; i++) {
      places[i] = parts.get();
    }
    this.depth = depth;
    deepest = places.length;
  }

  private Directory(Part[] places, int depth, int deepest) {
    this.places = places;
    this.depth = depth;
    this.deepest = deepest;
  }

  /** A directory of the same form, of what {@code copier} makes of the parts. */
  public Directory<P> copy(UnaryOperator<P> copier) {
    Part[] copies = new Part[places.length];
    for (int i = 0; i < places.length; ) {
      int behind = next(i);
      Arrays.fill(copies, i, behind, copier.apply(at(i)));
      i = behind;
    }
    return new Directory<>(copies, depth, deepest);
  }

  /** The part that holds what has this hash. */
  public P of(long hash) {
    return at((int) (hash >>> (KeyHash.BITS - depth)));
  }

  /** The number of places; a part less deep than others takes several in a row. */
  public int places() {
    return places.length;
  }

  /** The part at a place. */
  @SuppressWarnings("unchecked")
  public P at(int place) {
    return (P) places[place];
  }

  /** The place of the next part behind the first place of one, or {@link #places}. */
  public int next(int place) {
    return place + (1 << (depth - places[place].depth()));
  }

  /** The other half of what a part with this hash was split from, or a part of that half. */
  public P other(P part, long hash) {
    return of(hash ^ 1L << shift(part));
  }

  /** Whether a part, with this hash, is the lower one of two halves. */
  public static boolean isLower(Part part, long hash) {
    return (hash >>> shift(part) & 1) == 0;
  }

  private static int shift(Part part) {
    return KeyHash.BITS - part.depth();
  }

  /** The first hash behind those of a part, one of which is {@code hash}. */
  public static long behind(Part part, long hash) {
    return ((hash >>> shift(part)) + 1) << shift(part);
  }

  /** The first hash in the upper half of those of a part, one of which is {@code hash}. */
  public static long middle(Part part, long hash) {
    return behind(part, hash) - (1L << (shift(part) - 1));
  }

  /** The heap it takes, the parts apart. */
  public long heapBytes() {
    return OBJECT_BYTES + ARRAY_HEADER + (long) places.length * REFERENCE;
  }

  /** Puts a part in the place of another that holds the same hashes, {@code hash} among them. */
  public void replace(P by, long hash) {
    int run = 1 << (depth - by.depth());
    int at = (int) (hash >>> (KeyHash.BITS - depth)) & -run;
    Arrays.fill(places, at, at + run, by);
  }

  /** Has {@link #split}, of a part that is here, take no heap. */
  public void makeRoom(P part) {
    if (part.depth() == depth) {
      deepen();
    }
  }

  /** Puts both halves where a part has been that held {@code hash}. */
  public void split(P low, P high, long hash) {
    int below = low.depth();
    if (below > depth) {
      deepen();
    }
    int run = 1 << (depth - below);
    int at = (int) (hash >>> (KeyHash.BITS - depth)) & -(run * 2);
    Arrays.fill(places, at, at + run, low);
    Arrays.fill(places, at + run, at + 2 * run, high);
    if (below == depth) {
      deepest += 2;
    }
  }

  private void deepen() {
    Part[] wider = new Part[places.length * 2];
    for (int i = 0; i < places.length; i++) {
      wider[2 * i] = places[i];
      wider[2 * i + 1] = places[i];
    }
    places = wider;
    depth++;
    deepest = 0;
  }

  /** Puts a part where its halves have been, one of which held {@code hash}. */
  public void join(P both, long hash) {
    int run = 1 << (depth - both.depth());
    int at = (int) (hash >>> (KeyHash.BITS - depth)) & -run;
    Arrays.fill(places, at, at + run, both);
    if (both.depth() + 1 == depth) {
      deepest -= 2;
    }
    // It may have been so before, if there was no heap to halve it, or for parts after it deepened.
    while (deepest == 0) {
      flatten();
    }
  }

  private void flatten() {
    Part[] narrower = new Part[places.length / 2];
    depth--;
    for (int i = 0; i < narrower.length; i++) {
      narrower[i] = places[2 * i];
      if (narrower[i].depth() == depth) {
        deepest++;
      }
    }
    places = narrower;
  }
}
