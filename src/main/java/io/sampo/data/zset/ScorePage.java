package io.sampo.data.zset;

import io.sampo.data.Entry;
import io.sampo.data.LargeValues;
import io.sampo.data.Lengths;
import io.sampo.data.Pages;
import io.sampo.data.Words;
import java.util.Arrays;

/**
 * A piece of {@link ScorePages}: elements that follow each other, in one array, which is a page
 * ({@link Pages}) or shorter. It begins with groups of {@value #SLOTS} slots, each for the score of
 * an element and where its member is; it ends with the members, each behind its length, in the
 * order they came from the end on, dead ones between. What is free is in the middle. Members are
 * found by their distance from the end of the array, so that it can be given another length.
 */
final class ScorePage {
  private static final int SLOTS = GroupOrder.SLOTS;
  private static final int PLACE = Double.BYTES;
  private static final int SLOT_BYTES = PLACE + Integer.BYTES;
  private static final int GROUP_BYTES = SLOTS * SLOT_BYTES;

  /** A group this small is joined with its neighbour, if both together leave some room. */
  private static final int SPARSE = SLOTS * 3 / 8;

  private static final int COMFORTABLE = SLOTS * 3 / 4;

  private static final int OBJECT_BYTES = 40;
  private static final int ARRAY_HEADER = 16;
  private static final byte[] NO_BYTES = {};

  /** What {@link ScorePages#frozen} tells by whether it may be changed. */
  final int generation;

  private final GroupOrder order;
  private LargeValues large = LargeValues.NONE;
  private byte[] bytes;
  private int log;
  private int dead;

  /** An empty page, with an array of some length, which may be 0. */
  ScorePage(int generation, int capacity) {
    this.generation = generation;
    order = new GroupOrder();
    bytes = array(capacity);
  }

  private ScorePage(ScorePage other, int generation) {
    this.generation = generation;
    order = other.order.copy();
    large = other.large.copy();
    bytes = array(other.bytes.length);
    System.arraycopy(other.bytes, 0, bytes, 0, bytes.length);
    log = other.log;
    dead = other.dead;
  }

  ScorePage copy(int itsGeneration) {
    return new ScorePage(this, itsGeneration);
  }

  private static byte[] array(int capacity) {
    return capacity == 0 ? NO_BYTES : capacity == Pages.BYTES ? Pages.take() : new byte[capacity];
  }

  /** Gives up the array; nothing is to be done with it any more. */
  void release() {
    Pages.give(bytes);
    bytes = NO_BYTES;
  }

  /** The heap it takes. */
  long heapBytes() {
    int array = bytes.length == 0 ? 0 : ARRAY_HEADER + bytes.length;
    return OBJECT_BYTES + array + order.heapBytes() + large.heapBytes();
  }

  /** The bytes that are in use: as long as this is the shortest array it could have. */
  int used() {
    return order.size() * GROUP_BYTES + log - dead;
  }

  private int free() {
    return bytes.length - order.size() * GROUP_BYTES - log;
  }

  // ---- reading ----

  int groups() {
    return order.size();
  }

  int count(int group) {
    return order.count(group);
  }

  private int at(int group, int slot) {
    return order.number(group) * GROUP_BYTES + slot * SLOT_BYTES;
  }

  private double scoreAt(int at) {
    return Double.longBitsToDouble(Words.getLong(bytes, at));
  }

  /** Where the member of the element in a slot, its length before it, begins. */
  private int entry(int at) {
    return bytes.length - Words.getInt(bytes, at + PLACE);
  }

  /** Has a cursor show the element in a slot. */
  void show(int group, int slot, ScoreCursor cursor) {
    int at = at(group, slot);
    int entry = entry(at);
    cursor.score = scoreAt(at);
    if (Entry.isElsewhere(bytes, entry)) {
      cursor.array = large.get(Entry.number(bytes, entry));
      cursor.offset = 0;
      cursor.length = cursor.array.length;
    } else {
      cursor.array = bytes;
      cursor.offset = entry + Lengths.sizeAt(bytes, entry);
      cursor.length = Lengths.get(bytes, entry);
    }
  }

  /**
   * The place of an element by its rank: the group times {@link GroupOrder#SLOTS}, and the slot.
   */
  int find(int rank) {
    return order.find(rank);
  }

  /** The group in which a point lies; the first is taken to begin before all. */
  int group(double score, byte[] a, int offset, int length, int tie) {
    int low = 1;
    int high = order.size();
    while (low < high) {
      int middle = low + high >>> 1;
      if (compare(order.first(middle), at(middle, 0), score, a, offset, length, tie) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /** How many elements of a group lie before a point. */
  int slot(int group, double score, byte[] a, int offset, int length, int tie) {
    if (order.size() == 0) {
      return 0;
    }
    int base = at(group, 0);
    int low = 0;
    int high = order.count(group);
    while (low < high) {
      int middle = low + high >>> 1;
      int at = base + middle * SLOT_BYTES;
      if (compare(scoreAt(at), at, score, a, offset, length, tie) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** How many elements lie before a point. */
  int rank(double score, byte[] a, int offset, int length, int tie) {
    int group = group(score, a, offset, length, tie);
    return order.before(group) + slot(group, score, a, offset, length, tie);
  }

  /** On which side of a point the element at {@code at} lies, which has the score {@code here}. */
  private int compare(
      double here, int at, double score, byte[] a, int offset, int length, int tie) {
    // Not Double.compare: zeros are equal whatever their sign, and ANY_SCORE equals everything.
    if (here < score) {
      return -1;
    }
    if (here > score) {
      return 1;
    }
    if (length == ScorePages.NO_MEMBER) {
      return tie;
    }
    int entry = entry(at);
    int c;
    if (Entry.isElsewhere(bytes, entry)) {
      byte[] member = large.get(Entry.number(bytes, entry));
      c = Arrays.compareUnsigned(member, 0, member.length, a, offset, offset + length);
    } else {
      int from = entry + Lengths.sizeAt(bytes, entry);
      int to = from + Lengths.get(bytes, entry);
      c = Arrays.compareUnsigned(bytes, from, to, a, offset, offset + length);
    }
    return c == 0 ? tie : c;
  }

  // ---- single elements ----

  /** Adds an element that is not there; false if there is no room for it. */
  boolean add(double score, byte[] a, int offset, int length) {
    int group = group(score, a, offset, length, ScorePages.BEHIND);
    int slot = slot(group, score, a, offset, length, ScorePages.BEHIND);
    boolean full = order.size() == 0 || order.count(group) == SLOTS;
    if (!makeRoom(Entry.valueSize(length) + (full ? GROUP_BYTES : 0))) {
      return false;
    }
    order.makeRoom(1);
    place(group, slot, score, write(a, offset, length));
    return true;
  }

  /** Puts an element whose member is in the log into a group, or one that is split from it. */
  private void place(int intoGroup, int intoSlot, double score, int place) {
    int group = intoGroup;
    int slot = intoSlot;
    if (order.size() == 0) {
      order.open(0);
    } else if (order.count(group) == SLOTS) {
      // What is added in ascending or descending order leaves full groups behind.
      int cut = slot == SLOTS || slot == 0 ? slot : SLOTS / 2;
      split(group, cut);
      if (slot > cut || slot == SLOTS) {
        group++;
        slot -= cut;
      }
    }
    int at = at(group, slot);
    int n = order.count(group);
    System.arraycopy(bytes, at, bytes, at + SLOT_BYTES, (n - slot) * SLOT_BYTES);
    order.count(group, n + 1);
    Words.putLong(bytes, at, Double.doubleToRawLongBits(score));
    Words.putInt(bytes, at + PLACE, place);
    if (slot == 0) {
      order.first(group, score);
    }
  }

  /** Splits a full group; one of both may become empty. */
  private void split(int group, int cut) {
    order.open(group + 1);
    int from = at(group, cut);
    int n = SLOTS - cut;
    System.arraycopy(bytes, from, bytes, at(group + 1, 0), n * SLOT_BYTES);
    order.count(group, cut);
    order.count(group + 1, n);
    if (n > 0) {
      order.first(group + 1, scoreAt(at(group + 1, 0)));
    }
  }

  private void close(int group, int slot, int width) {
    int n = order.count(group) - width;
    int at = at(group, slot);
    System.arraycopy(bytes, at + width * SLOT_BYTES, bytes, at, (n - slot) * SLOT_BYTES);
    order.count(group, n);
    if (slot == 0 && n > 0) {
      order.first(group, scoreAt(at));
    }
  }

  /** Joins a group that has become small with a neighbour, or drops it if it is empty. */
  private void mend(int group) {
    int n = order.count(group);
    if (n > SPARSE) {
      return;
    }
    if (n == 0) {
      drop(group);
    } else if (group > 0 && order.count(group - 1) + n <= COMFORTABLE) {
      join(group - 1);
    } else if (group + 1 < order.size() && order.count(group + 1) + n <= COMFORTABLE) {
      join(group);
    }
  }

  /** Joins a group with the next. */
  private void join(int group) {
    int n = order.count(group);
    int more = order.count(group + 1);
    System.arraycopy(bytes, at(group + 1, 0), bytes, at(group, n), more * SLOT_BYTES);
    order.count(group, n + more);
    drop(group + 1);
  }

  private void drop(int group) {
    int free = order.number(group) * GROUP_BYTES;
    order.close(group);
    int last = order.size() * GROUP_BYTES;
    if (free != last) {
      System.arraycopy(bytes, last, bytes, free, GROUP_BYTES);
    }
  }

  /** Removes an element that is there. */
  void remove(double score, byte[] a, int offset, int length) {
    int group = group(score, a, offset, length, ScorePages.BEHIND);
    int slot = slot(group, score, a, offset, length, ScorePages.BEFORE);
    release(group, slot);
    close(group, slot, 1);
    mend(group);
  }

  /**
   * Gives an element that is there another score, with which it belongs into this page, too.
   *
   * @return false if there is no room to move it, nothing having changed
   */
  boolean rescore(double old, double score, byte[] a, int offset, int length) {
    int group = group(old, a, offset, length, ScorePages.BEHIND);
    int slot = slot(group, old, a, offset, length, ScorePages.BEFORE);
    if (isInPlace(group, slot, score, a, offset, length)) {
      Words.putLong(bytes, at(group, slot), Double.doubleToRawLongBits(score));
      if (slot == 0) {
        order.first(group, score);
      }
      return true;
    }
    int target = group(score, a, offset, length, ScorePages.BEHIND);
    boolean splits = target != group && order.count(target) == SLOTS;
    if (splits && !makeRoom(GROUP_BYTES)) {
      return false;
    }
    order.makeRoom(1);
    int place = Words.getInt(bytes, at(group, slot) + PLACE);
    close(group, slot, 1);
    int to = slot(target, score, a, offset, length, ScorePages.BEHIND);
    place(target, to, score, place);
    mend(splits && target < group ? group + 1 : group);
    return true;
  }

  /** Whether the element in a slot would stay there if it had another score. */
  private boolean isInPlace(int group, int slot, double score, byte[] a, int offset, int length) {
    int n = order.count(group);
    if (slot > 0 || group > 0) {
      int at = slot > 0 ? at(group, slot - 1) : at(group - 1, order.count(group - 1) - 1);
      if (compare(scoreAt(at), at, score, a, offset, length, ScorePages.BEHIND) > 0) {
        return false;
      }
    }
    if (slot + 1 < n || group + 1 < order.size()) {
      int at = slot + 1 < n ? at(group, slot + 1) : at(group + 1, 0);
      return compare(scoreAt(at), at, score, a, offset, length, ScorePages.BEFORE) > 0;
    }
    return true;
  }

  // ---- many elements ----

  /** Removes the elements of {@code count} ranks from {@code from} on, not all there are. */
  void removeRange(int from, int count) {
    int place = find(from);
    int group = place / SLOTS;
    int slot = place % SLOTS;
    int first = group;
    for (int left = count; left > 0; slot = 0) {
      int here = Math.min(left, order.count(group) - slot);
      for (int i = slot; i < slot + here; i++) {
        release(group, i);
      }
      left -= here;
      if (here == order.count(group)) {
        drop(group);
      } else {
        close(group, slot, here);
        group++;
      }
    }
    // The groups that have lost a part of their elements are two at most.
    while (--group >= first) {
      mend(group);
    }
  }

  /** The bytes that the groups from {@code from} to before {@code to} would take in a page. */
  int size(int from, int to) {
    int sum = (to - from) * GROUP_BYTES;
    for (int group = from; group < to; group++) {
      for (int slot = 0; slot < order.count(group); slot++) {
        sum += Entry.valueSize(bytes, entry(at(group, slot)));
      }
    }
    return sum;
  }

  /**
   * Puts a copy of the groups from {@code from} to before {@code to} of another page before group
   * {@code group} of this one, where there must be room for them.
   */
  void take(ScorePage source, int from, int to, int group) {
    order.makeRoom(to - from);
    if (source.large.count() > 0) {
      LargeValues all = large == LargeValues.NONE ? new LargeValues() : large;
      all.makeRoom(source.large.count());
      large = all;
    }
    // From here on it takes no heap.
    for (int i = from, here = group; i < to; i++, here++) {
      order.open(here);
      order.count(here, source.order.count(i));
      order.first(here, source.order.first(i));
      int at = at(here, 0);
      System.arraycopy(source.bytes, source.at(i, 0), bytes, at, GROUP_BYTES);
      for (int slot = 0; slot < order.count(here); slot++) {
        int entry = source.entry(source.at(i, slot));
        int n = Entry.valueSize(source.bytes, entry);
        log += n;
        int copy = bytes.length - log;
        System.arraycopy(source.bytes, entry, bytes, copy, n);
        if (Entry.isElsewhere(bytes, copy)) {
          Entry.putNumber(bytes, copy, keep(source.large.get(Entry.number(bytes, copy))));
        }
        Words.putInt(bytes, at + slot * SLOT_BYTES + PLACE, log);
      }
    }
    if (large.count() == 0) {
      large = LargeValues.NONE;
    }
  }

  /** Drops the groups from {@code from} to before {@code to}. */
  void drop(int from, int to) {
    for (int group = to - 1; group >= from; group--) {
      for (int slot = 0; slot < order.count(group); slot++) {
        release(group, slot);
      }
      drop(group);
    }
  }

  // ---- the members ----

  /** Writes a member, for which there must be room; returns its distance from the end. */
  private int write(byte[] a, int offset, int length) {
    // First, for there may be no heap for it.
    boolean isLarge = length > Entry.LARGE;
    int number = isLarge ? keep(Arrays.copyOfRange(a, offset, offset + length)) : 0;
    log += Entry.valueSize(length);
    int at = bytes.length - log;
    if (isLarge) {
      Entry.putNumber(bytes, at, number);
    } else {
      Entry.put(bytes, at, a, offset, length);
    }
    return log;
  }

  private int keep(byte[] member) {
    LargeValues all = large == LargeValues.NONE ? new LargeValues() : large;
    int number = all.keep(member);
    large = all;
    return number;
  }

  /** Gives up the member of the element in a slot. */
  private void release(int group, int slot) {
    int entry = entry(at(group, slot));
    dead += Entry.valueSize(bytes, entry);
    if (Entry.isElsewhere(bytes, entry)) {
      large.release(Entry.number(bytes, entry));
      if (large.count() == 0) {
        large = LargeValues.NONE;
      }
    }
  }

  /** Has so many bytes be free in the middle; false if they are not there. */
  boolean makeRoom(int need) {
    if (need <= free()) {
      return true;
    }
    int wanted = used() + need;
    if (wanted <= bytes.length - bytes.length / 8) {
      resize(bytes.length);
      return true;
    }
    if (bytes.length == Pages.BYTES || wanted > Pages.BYTES) {
      return false;
    }
    resize(capacity(wanted));
    return true;
  }

  /** Whether the array is much too long; that of a page is only so if the page is alone. */
  boolean isLoose(boolean alone) {
    boolean isPage = bytes.length == Pages.BYTES;
    return isPage ? alone && used() < bytes.length / 4 : used() < bytes.length / 2;
  }

  /** Has the array be as long as it has to be. */
  void tighten() {
    resize(capacity(used()));
  }

  /** How long an array is made for so many bytes. */
  private static int capacity(int wanted) {
    int capacity = wanted + wanted / 8 + 7 & ~7;
    return capacity > Pages.BYTES * 3 / 4 ? Pages.BYTES : capacity;
  }

  /** Moves what lives into another array. */
  private void resize(int capacity) {
    byte[] to = array(capacity);
    gather(to);
    System.arraycopy(bytes, 0, to, 0, order.size() * GROUP_BYTES);
    Pages.give(bytes);
    bytes = to;
    order.fit();
  }

  /** Moves the members to the end of an array, in order. */
  private void gather(byte[] to) {
    int distance = log - dead;
    log = distance;
    dead = 0;
    for (int group = 0; group < order.size(); group++) {
      int at = at(group, 0);
      for (int end = at + order.count(group) * SLOT_BYTES; at < end; at += SLOT_BYTES) {
        int entry = entry(at);
        int n = Entry.valueSize(bytes, entry);
        System.arraycopy(bytes, entry, to, to.length - distance, n);
        Words.putInt(bytes, at + PLACE, distance);
        distance -= n;
      }
    }
  }
}
