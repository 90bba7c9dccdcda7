package io.sampo.data.zset;

import io.sampo.data.ByteTable;
import io.sampo.data.HashBatch;
import io.sampo.data.Value;
import io.sampo.data.Words;

/** A big sorted set: its scores by member, and both in the order of the scores. */
final class IndexedScores {
  private static final int OBJECT_BYTES = 32 + 24;

  /** If a greater part than one of so many goes, all are looked at, rather than each looked up. */
  private static final int MANY = 8;

  /** So few are not worth the arrays that it takes to look them up together. */
  private static final int FEW = 16;

  private final byte[] scratch = new byte[Double.BYTES];
  private ByteTable table = new ByteTable();
  private ScorePages pages;
  private int size;

  IndexedScores() {
    this(new ScorePages());
  }

  private IndexedScores(ScorePages pages) {
    this.pages = pages;
  }

  /** As {@link Value#frozen}, but to be walked through alone. */
  IndexedScores frozen() {
    IndexedScores frozen = new IndexedScores(pages.frozen());
    frozen.size = size;
    return frozen;
  }

  IndexedScores copy() {
    IndexedScores copy = new IndexedScores(pages.copy());
    copy.table = table.copy();
    copy.size = size;
    return copy;
  }

  /** The members with their scores, in order. */
  ScorePages order() {
    return pages;
  }

  int size() {
    return size;
  }

  long heapBytes() {
    return OBJECT_BYTES + table.heapBytes() + pages.heapBytes();
  }

  /** The score of a member, or {@link ZSetValue#NO_SCORE}. */
  double score(byte[] a, int offset, int length) {
    return table.find(a, offset, length)
        ? score(table.value(), table.valueAt())
        : ZSetValue.NO_SCORE;
  }

  private static double score(byte[] a, int offset) {
    return Double.longBitsToDouble(Words.getLong(a, offset));
  }

  /** As {@link Value#release}. */
  void release() {
    table.release();
    pages.release();
  }

  private byte[] bytes(double score) {
    Words.putLong(scratch, 0, Double.doubleToRawLongBits(score));
    return scratch;
  }

  /** Adds a member that is not there. */
  void add(double score, byte[] a, int offset, int length) {
    table.put(a, offset, length, bytes(score), 0, Double.BYTES);
    try {
      pages.add(score, a, offset, length);
    } catch (OutOfMemoryError full) {
      table.remove(a, offset, length);
      throw full;
    }
    size++;
  }

  /** Gives the member whose score was asked for last, which is there, another one. */
  void rescore(double old, double score, byte[] a, int offset, int length) {
    table.replace(bytes(score), 0, Double.BYTES);
    try {
      pages.rescore(old, score, a, offset, length);
    } catch (OutOfMemoryError full) {
      table.put(a, offset, length, bytes(old), 0, Double.BYTES);
      throw full;
    }
  }

  /** Removes a member; false if it was not there. */
  boolean remove(byte[] a, int offset, int length) {
    double score = score(a, offset, length);
    if (Double.isNaN(score)) {
      return false;
    }
    // In this order, for only the pages may be shared, and have to be copied.
    pages.remove(score, a, offset, length);
    table.remove();
    size--;
    return true;
  }

  /** Removes the members of {@code count} ranks from {@code from} on, which must exist. */
  void removeRange(int from, int count) {
    if (count == size) {
      ByteTable oldTable = table;
      ScorePages oldPages = pages;
      ByteTable empty = new ByteTable();
      pages = new ScorePages();
      table = empty;
      oldTable.release();
      oldPages.release();
    } else if (count > 0) {
      pages.prepareToRemove(from, count);
      if (count <= FEW) {
        pick(from, count);
      } else if (count <= size / MANY) {
        pickMany(from, count);
      } else {
        table.removeIf(range(from, count));
      }
      pages.removeRange(from, count);
    }
    size -= count;
  }

  /** Takes members out of the table, one by one. */
  private void pick(int from, int count) {
    ScoreCursor cursor = new ScoreCursor();
    pages.seek(from, cursor);
    for (int left = count; left > 0; left--) {
      table.remove(cursor.array, cursor.offset, cursor.length);
      cursor.forward();
    }
  }

  /** Takes members out of the table, thousands at a time. */
  private void pickMany(int from, int count) {
    HashBatch batch;
    try {
      batch = new HashBatch(count);
    } catch (OutOfMemoryError full) {
      // A removal, which makes room, is not to fail for want of it.
      pick(from, count);
      return;
    }
    ByteTable.Visitor goes = range(from, count);
    ScoreCursor cursor = new ScoreCursor();
    pages.seek(from, cursor);
    for (int left = count; left > 0; left--) {
      table.mark(cursor.array, cursor.offset, cursor.length, batch);
      cursor.forward();
      if (batch.isFull()) {
        table.removeIf(batch, goes);
      }
    }
    table.removeIf(batch, goes);
  }

  /** Tells the members of such ranks by what the table has of them. */
  private ByteTable.Visitor range(int from, int count) {
    ScoreCursor first = new ScoreCursor();
    ScoreCursor last = new ScoreCursor();
    pages.seek(from, first);
    pages.seek(from + count - 1, last);
    return (key, ko, kl, value, vo, vl) -> {
      double score = score(value, vo);
      return first.compareTo(score, key, ko, kl) <= 0 && last.compareTo(score, key, ko, kl) >= 0;
    };
  }

  /** As {@link ByteTable#scan}. */
  long scan(long cursor, long count, ZSetValue.Visitor visitor) {
    return table.scan(
        cursor,
        (int) Math.min(count, Integer.MAX_VALUE),
        (key, ko, kl, value, vo, vl) -> {
          visitor.visit(score(value, vo), key, ko, kl);
          return true;
        });
  }
}
