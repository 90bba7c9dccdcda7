package io.sampo.data;

import java.util.function.Consumer;

/** A big sorted set: its elements ({@link Scored}) by member, and in the order of their scores. */
final class IndexedScores {
  private static final int OBJECT_BYTES = 32 + 40 + 24;

  /** If a greater part than one of so many goes, all are looked at, rather than each looked up. */
  private static final int MANY = 4;

  /** How many are looked up together. */
  private static final int TOGETHER = 64;

  private ScoreTree tree;
  private MemberTable table = new MemberTable();
  private long elementBytes;
  private int size;

  IndexedScores() {
    this(new ScoreTree());
  }

  private IndexedScores(ScoreTree tree) {
    this.tree = tree;
  }

  /** As {@link Value#frozen}, but to be walked through alone. */
  IndexedScores frozen() {
    IndexedScores frozen = new IndexedScores(tree.frozen());
    frozen.size = size;
    return frozen;
  }

  ScoreTree tree() {
    return tree;
  }

  int size() {
    return size;
  }

  long heapBytes() {
    return OBJECT_BYTES + elementBytes + table.heapBytes() + tree.heapBytes();
  }

  /** The element of a member, or {@link Scored#NONE}. */
  byte[] find(byte[] a, int offset, int length) {
    return table.get(a, offset, length);
  }

  /** Adds an element whose member is not there. */
  void add(byte[] e) {
    table.add(e);
    tree.add(e);
    size++;
    elementBytes += Scored.heapBytes(e);
  }

  /** Gives an element of the set another score. */
  void rescore(byte[] e, double score) {
    double old = Scored.score(e);
    if (tree.rescore(old, e, score)) {
      Scored.score(e, score);
    } else {
      tree.remove(old, e);
      Scored.score(e, score);
      tree.add(e);
    }
  }

  /** Removes a member; false if it was not there. */
  boolean remove(byte[] a, int offset, int length) {
    byte[] e = table.remove(a, offset, length);
    if (e == Scored.NONE) {
      return false;
    }
    tree.remove(Scored.score(e), e);
    size--;
    elementBytes -= Scored.heapBytes(e);
    return true;
  }

  /** Removes the elements of {@code count} ranks from {@code from} on, which must exist. */
  void removeRange(int from, int count) {
    if (count == size) {
      table = new MemberTable();
      tree = new ScoreTree();
      elementBytes = 0;
    } else if (count > size / MANY) {
      sweep(from, count);
      tree.removeRange(from, count);
    } else if (count > 0) {
      pick(from, count);
      tree.removeRange(from, count);
    }
    size -= count;
  }

  /** Looks at all members, in the order in which the table has them. */
  private void sweep(int from, int count) {
    byte[] first = tree.element(from);
    byte[] last = tree.element(from + count - 1);
    long[] bytes = {0};
    table =
        table.without(
            count,
            e -> {
              boolean goes = Scored.isUpTo(first, e) && Scored.isUpTo(e, last);
              bytes[0] += goes ? Scored.heapBytes(e) : 0;
              return goes;
            });
    elementBytes -= bytes[0];
  }

  /** Looks up each member that goes. */
  private void pick(int from, int count) {
    ScoreTree.Cursor cursor = new ScoreTree.Cursor();
    tree.seek(from, cursor);
    byte[][] some = new byte[Math.min(count, TOGETHER)][];
    for (int done = 0; done < count; done += some.length) {
      int n = Math.min(count - done, some.length);
      for (int i = 0; i < n; i++) {
        some[i] = cursor.element();
        elementBytes -= Scored.heapBytes(some[i]);
        cursor.forward();
      }
      table.removeAll(some, n);
    }
  }

  /** As {@link MemberTable#scan}. */
  long scan(long cursor, long count, Consumer<byte[]> visitor) {
    return table.scan(cursor, count, visitor);
  }

  IndexedScores copy() {
    IndexedScores copy = new IndexedScores();
    ScoreTree.Cursor cursor = new ScoreTree.Cursor();
    tree.seek(0, cursor);
    for (int i = 0; i < size(); i++) {
      copy.add(cursor.element().clone());
      cursor.forward();
    }
    return copy;
  }
}
