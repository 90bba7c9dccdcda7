package io.sampo.data.zset;

import io.sampo.data.Pages;
import io.sampo.data.Value;
import java.util.Arrays;

/**
 * The elements of a big sorted set, scores and members, in their order: {@link ScorePage}s in a
 * row, each with the number of its elements and a key beside it. A key is not above what is in its
 * page, and above what is in the pages before; so it need not change when the page does.
 *
 * <p>Places are named by <em>points</em>, which lie between elements: a score ({@link #ANY_SCORE}
 * where only members count), a member ({@link #NO_MEMBER} as length where only scores count) and,
 * as {@code tie}, whether the point lies {@link #BEFORE} or {@link #BEHIND} what equals these.
 */
final class ScorePages {
  static final double ANY_SCORE = Double.NaN;
  static final int NO_MEMBER = -1;
  static final int BEFORE = 1;
  static final int BEHIND = -1;

  /** Of so many pages on, new ones are made at their full length. */
  private static final int MANY = 4;

  /** A page that uses less is joined with its neighbour, if both together leave some room. */
  private static final int SPARSE = Pages.BYTES * 3 / 8;

  private static final int COMFORTABLE = Pages.BYTES * 3 / 4;

  private static final int OBJECT_BYTES = 48;
  private static final int ARRAY_HEADER = 16;
  private static final int REFERENCE = 4;
  private static final int FIRST = 2;
  private static final byte[] NOTHING = {};

  /** The generation of a frozen one, to which no page belongs alone. */
  private static final int SHARED = -1;

  private ScorePage[] pages;
  private int[] counts;

  /** The keys; the first one means nothing. */
  private double[] scores;

  private byte[][] members;

  private int size;

  /** Of the pages and the members of their keys. */
  private long bytes;

  /** How often it was frozen; a page of an earlier generation belongs to a frozen one, too. */
  private int generation;

  ScorePages() {
    pages = new ScorePage[FIRST];
    counts = new int[FIRST];
    scores = new double[FIRST];
    members = new byte[FIRST][];
    open(0, 0);
  }

  private ScorePages(ScorePages other) {
    pages = other.pages.clone();
    counts = other.counts.clone();
    scores = other.scores.clone();
    members = other.members.clone();
    size = other.size;
    bytes = other.bytes;
  }

  /** One that shares nothing. */
  ScorePages copy() {
    ScorePages copy = new ScorePages(this);
    for (int i = 0; i < size; i++) {
      copy.pages[i] = pages[i].copy(0);
    }
    return copy;
  }

  /** As {@link Value#frozen}. */
  ScorePages frozen() {
    generation++;
    ScorePages frozen = new ScorePages(this);
    frozen.generation = SHARED;
    return frozen;
  }

  /** Gives up all that no other shares; nothing is to be done with it any more. */
  void release() {
    for (int i = 0; i < size; i++) {
      release(pages[i]);
    }
  }

  /** The heap it takes. */
  long heapBytes() {
    int n = pages.length;
    int references = ARRAY_HEADER + (n * REFERENCE + 7 & ~7);
    int numbers = ARRAY_HEADER + (n * Integer.BYTES + 7 & ~7);
    return OBJECT_BYTES + 2L * references + numbers + ARRAY_HEADER + 8L * n + bytes;
  }

  /** A page, to be changed. */
  private ScorePage own(int i) {
    ScorePage p = pages[i];
    if (p.generation != generation) {
      p = p.copy(generation);
      pages[i] = p;
    }
    return p;
  }

  // ---- reading ----

  /** The page in which a point lies; the first is taken to begin before all. */
  private int page(double score, byte[] a, int offset, int length, int tie) {
    int low = 1;
    int high = size;
    while (low < high) {
      int middle = low + high >>> 1;
      if (compareKey(middle, score, a, offset, length, tie) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private int compareKey(int i, double score, byte[] a, int offset, int length, int tie) {
    if (scores[i] < score) {
      return -1;
    }
    if (scores[i] > score) {
      return 1;
    }
    if (length == NO_MEMBER) {
      return tie;
    }
    byte[] member = members[i];
    int c = Arrays.compareUnsigned(member, 0, member.length, a, offset, offset + length);
    return c == 0 ? tie : c;
  }

  private int before(int page) {
    int sum = 0;
    for (int i = 0; i < page; i++) {
      sum += counts[i];
    }
    return sum;
  }

  /** How many elements lie before a point. */
  int rank(double score, byte[] a, int offset, int length, int tie) {
    int i = page(score, a, offset, length, tie);
    return before(i) + pages[i].rank(score, a, offset, length, tie);
  }

  /** Moves a cursor to the element of a rank, which must exist. */
  void seek(int rank, ScoreCursor cursor) {
    int left = rank;
    int i = 0;
    while (left >= counts[i]) {
      left -= counts[i++];
    }
    int place = pages[i].find(left);
    cursor.stand(this, i, place / GroupOrder.SLOTS, place % GroupOrder.SLOTS);
  }

  private ScoreCursor first(int i) {
    ScoreCursor cursor = new ScoreCursor();
    cursor.stand(this, i, 0, 0);
    return cursor;
  }

  private ScoreCursor last(int i) {
    ScoreCursor cursor = new ScoreCursor();
    int group = pages[i].groups() - 1;
    cursor.stand(this, i, group, pages[i].count(group) - 1);
    return cursor;
  }

  int size() {
    return size;
  }

  ScorePage page(int i) {
    return pages[i];
  }

  /** Shows all elements, the last first. */
  void eachBackward(ZSetValue.Visitor visitor) {
    int left = before(size);
    for (ScoreCursor at = left == 0 ? new ScoreCursor() : last(size - 1); left > 0; left--) {
      visitor.visit(at.score, at.array, at.offset, at.length);
      at.back();
    }
  }

  // ---- single elements ----

  /** Adds an element that is not there. */
  void add(double score, byte[] a, int offset, int length) {
    try {
      addWhereItBelongs(score, a, offset, length);
    } catch (OutOfMemoryError full) {
      // What was to be filled is of no use.
      for (int i = size - 1; i >= 0 && size > 1; i--) {
        if (counts[i] == 0) {
          close(i, i + 1);
        }
      }
      throw full;
    }
  }

  private void addWhereItBelongs(double score, byte[] a, int offset, int length) {
    int i = page(score, a, offset, length, BEHIND);
    for (boolean again = false; !added(i, score, a, offset, length); again = true) {
      relieve(i, score, a, offset, length, again);
      i = page(score, a, offset, length, BEHIND);
    }
  }

  private boolean added(int i, double score, byte[] a, int offset, int length) {
    ScorePage p = own(i);
    long before = p.heapBytes();
    try {
      boolean added = p.add(score, a, offset, length);
      counts[i] += added ? 1 : 0;
      return added;
    } finally {
      bytes += p.heapBytes() - before;
    }
  }

  /** Removes an element that is there. */
  void remove(double score, byte[] a, int offset, int length) {
    int i = page(score, a, offset, length, BEHIND);
    ScorePage p = own(i);
    long before = p.heapBytes();
    p.remove(score, a, offset, length);
    bytes += p.heapBytes() - before;
    counts[i]--;
    settle(i);
  }

  /** Gives an element that is there another score. */
  void rescore(double old, double score, byte[] a, int offset, int length) {
    int i = page(old, a, offset, length, BEHIND);
    ScorePage p = own(i);
    if (page(score, a, offset, length, BEHIND) == i) {
      long before = p.heapBytes();
      try {
        if (p.rescore(old, score, a, offset, length)) {
          return;
        }
      } finally {
        bytes += p.heapBytes() - before;
      }
    }
    // In this order, for only what is added can fail for want of memory: the page of the other one
    // need not be copied any more.
    add(score, a, offset, length);
    remove(old, a, offset, length);
  }

  /** Has {@link #removeRange} of such ranks, one at least, take no heap. */
  void prepareToRemove(int from, int count) {
    own(pageOf(from));
    own(pageOf(from + count - 1));
  }

  private int pageOf(int rank) {
    int i = 0;
    for (int left = rank; left >= counts[i]; i++) {
      left -= counts[i];
    }
    return i;
  }

  /** Removes the elements of {@code count} ranks from {@code from} on, not all there are. */
  void removeRange(int from, int count) {
    int i = 0;
    int skipped = from;
    while (skipped >= counts[i]) {
      skipped -= counts[i++];
    }
    int left = count;
    if (skipped > 0) {
      int here = Math.min(left, counts[i] - skipped);
      cut(i++, skipped, here);
      left -= here;
    }
    int behind = i;
    while (left > 0 && left >= counts[behind]) {
      left -= counts[behind++];
    }
    if (left > 0) {
      cut(behind, 0, left);
    }
    close(i, behind);
    if (i < size) {
      settle(i);
    }
    if (i > 0) {
      settle(i - 1);
    }
  }

  private void cut(int i, int from, int count) {
    ScorePage p = own(i);
    long before = p.heapBytes();
    p.removeRange(from, count);
    bytes += p.heapBytes() - before;
    counts[i] -= count;
  }

  // ---- pages ----

  /** Puts a new page at {@code i}. */
  private void open(int i, int capacity) {
    ScorePage p = new ScorePage(generation, capacity);
    if (size == pages.length) {
      fit(size + 1 + size / 4);
    }
    System.arraycopy(pages, i, pages, i + 1, size - i);
    System.arraycopy(counts, i, counts, i + 1, size - i);
    System.arraycopy(scores, i, scores, i + 1, size - i);
    System.arraycopy(members, i, members, i + 1, size - i);
    pages[i] = p;
    counts[i] = 0;
    members[i] = NOTHING;
    size++;
    bytes += p.heapBytes();
  }

  private void release(ScorePage p) {
    if (p.generation == generation) {
      p.release();
    }
  }

  /** Drops the pages from {@code from} to before {@code to}. */
  private void close(int from, int to) {
    for (int i = from; i < to; i++) {
      bytes -= pages[i].heapBytes() + heapOf(members[i]);
      release(pages[i]);
    }
    System.arraycopy(pages, to, pages, from, size - to);
    System.arraycopy(counts, to, counts, from, size - to);
    System.arraycopy(scores, to, scores, from, size - to);
    System.arraycopy(members, to, members, from, size - to);
    int old = size;
    size -= to - from;
    Arrays.fill(pages, size, old, null);
    Arrays.fill(members, size, old, null);
    if (size < pages.length / 2) {
      try {
        fit(size + size / 4);
      } catch (OutOfMemoryError full) {
        // What is smaller has to be made first. The removal, which makes room, is not to fail by
        // it.
      }
    }
  }

  private void fit(int wanted) {
    int places = Math.max(FIRST, wanted);
    ScorePage[] itsPages = Arrays.copyOf(pages, places);
    int[] itsCounts = Arrays.copyOf(counts, places);
    double[] itsScores = Arrays.copyOf(scores, places);
    // All are there now, or none is another one.
    members = Arrays.copyOf(members, places);
    pages = itsPages;
    counts = itsCounts;
    scores = itsScores;
  }

  private void key(int i, double score, byte[] member) {
    bytes += heapOf(member) - heapOf(members[i]);
    members[i] = member;
    scores[i] = score;
  }

  /** The shortest member that is, with a score, above the elements of page {@code i}. */
  private byte[] above(int i, double score, byte[] a, int offset, int length) {
    ScoreCursor last = last(i);
    return last.score < score
        ? NOTHING
        : shortest(last.array, last.offset, last.length, a, offset, length);
  }

  /** The shortest string that is above one string and not above another. */
  private static byte[] shortest(byte[] a, int ao, int al, byte[] b, int bo, int bl) {
    int same = Arrays.mismatch(a, ao, ao + al, b, bo, bo + bl);
    return Arrays.copyOfRange(b, bo, bo + same + 1);
  }

  private static long heapOf(byte[] member) {
    return member.length == 0 ? 0 : ARRAY_HEADER + (member.length + 7L & ~7L);
  }

  /**
   * Has there be more room where a page is full and an element is to come.
   *
   * @param again whether this was not enough the first time
   */
  private void relieve(int i, double score, byte[] a, int offset, int length, boolean again) {
    int rank = pages[i].rank(score, a, offset, length, BEHIND);
    // What is added in ascending or descending order leaves full pages behind.
    if (i == size - 1 && rank == counts[i]) {
      open(size, capacity());
      key(i + 1, score, above(i, score, a, offset, length));
    } else if (i == 0 && rank == 0) {
      ScoreCursor first = first(0);
      byte[] member =
          score < first.score
              ? NOTHING
              : shortest(a, offset, length, first.array, first.offset, first.length);
      open(0, capacity());
      key(1, first.score, member);
    } else {
      int other = roomier(i);
      if (again || other == i || !shift(i, other)) {
        split(i);
      }
    }
  }

  /** The length that a new page is to have, or 0 if it is to grow. */
  private int capacity() {
    return size < MANY ? 0 : Pages.BYTES;
  }

  /** The neighbour of a page that has much more room than it; the page itself if none has. */
  private int roomier(int i) {
    int best = i;
    int least = COMFORTABLE;
    for (int j = Math.max(0, i - 1); j <= Math.min(size - 1, i + 1); j++) {
      if (pages[j].used() < least) {
        best = j;
        least = pages[j].used();
      }
    }
    return best;
  }

  /** Moves groups from a full page to a neighbour; false if there is no room for them. */
  private boolean shift(int i, int other) {
    int groups = pages[i].groups();
    int more = (pages[i].used() - pages[other].used()) / 2;
    int n = (int) ((long) groups * more / pages[i].used());
    int from = other < i ? 0 : groups - n;
    return n > 0 && move(i, from, from + n, other);
  }

  private void split(int i) {
    int groups = pages[i].groups();
    open(i + 1, capacity());
    move(i, groups / 2, groups, i + 1);
  }

  /** Moves groups from one page to the next or the one before. */
  private boolean move(int i, int from, int to, int other) {
    ScorePage source = own(i);
    ScorePage target = own(other);
    long before = source.heapBytes() + target.heapBytes();
    try {
      if (!target.makeRoom(source.size(from, to))) {
        return false;
      }
      // The elements where both pages are to part; first, for this takes heap.
      int cut = other < i ? to : from;
      boolean parts = cut > 0 && cut < source.groups();
      ScoreCursor first = new ScoreCursor();
      byte[] key = parts ? between(source, cut, first) : NOTHING;
      target.take(source, from, to, other < i ? target.groups() : 0);
      int moved = 0;
      for (int group = from; group < to; group++) {
        moved += source.count(group);
      }
      source.drop(from, to);
      counts[i] -= moved;
      counts[other] += moved;
      if (parts) {
        key(Math.max(i, other), first.score, key);
      }
      return true;
    } finally {
      bytes += source.heapBytes() + target.heapBytes() - before;
    }
  }

  /** The shortest member that parts a group from the one before; its first element is shown. */
  private static byte[] between(ScorePage page, int group, ScoreCursor first) {
    ScoreCursor last = new ScoreCursor();
    page.show(group - 1, page.count(group - 1) - 1, last);
    page.show(group, 0, first);
    return last.score < first.score
        ? NOTHING
        : shortest(last.array, last.offset, last.length, first.array, first.offset, first.length);
  }

  /** Joins a page that has become small with a neighbour, or gives it a smaller array. */
  private void settle(int i) {
    try {
      settleNow(i);
    } catch (OutOfMemoryError full) {
      // As in close.
    }
  }

  private void settleNow(int i) {
    int used = pages[i].used();
    if (counts[i] == 0 && size > 1) {
      close(i, i + 1);
    } else if (used < SPARSE && i > 0 && used + pages[i - 1].used() <= COMFORTABLE) {
      join(i - 1);
    } else if (used < SPARSE && i + 1 < size && used + pages[i + 1].used() <= COMFORTABLE) {
      join(i);
    } else if (pages[i].isLoose(size == 1)) {
      ScorePage p = own(i);
      long before = p.heapBytes();
      try {
        p.tighten();
      } finally {
        bytes += p.heapBytes() - before;
      }
    }
  }

  /** Joins a page with the next one, in the array of the one that is fuller. */
  private void join(int i) {
    boolean up = pages[i].used() < pages[i + 1].used();
    int from = up ? i : i + 1;
    int to = up ? i + 1 : i;
    ScorePage source = pages[from];
    ScorePage target = own(to);
    long before = target.heapBytes();
    try {
      if (!target.makeRoom(source.used())) {
        throw new IllegalStateException("no room to join pages");
      }
      target.take(source, 0, source.groups(), up ? 0 : target.groups());
    } finally {
      bytes += target.heapBytes() - before;
    }
    counts[to] += counts[from];
    if (up) {
      key(to, scores[from], members[from]);
    }
    close(from, from + 1);
  }
}
