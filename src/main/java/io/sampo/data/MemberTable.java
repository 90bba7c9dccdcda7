package io.sampo.data;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Elements ({@link Scored}) by their members: a directory of small open-addressing tables, each of
 * which holds the hashes that begin with certain bits and is split when it is full (extendible
 * hashing; Fagin et al., 1979), so that no operation takes longer than one such table does.
 */
final class MemberTable {
  private static final int HASH_BITS = KeyHash.BITS;

  private static final int FIRST_CAPACITY = 16;
  private static final int MAX_CAPACITY = 256;

  /** What a segment is expected to get at most where the number of elements is known before. */
  private static final int EXPECTED = MAX_CAPACITY * 3 / 4;

  /**
   * From here on segments only grow: that many hashes do not begin with the same bits by chance.
   */
  private static final int MAX_DEPTH = 24;

  /** Where a slot stands below a hash in a positive long. */
  private static final int SLOT_BITS = 31;

  private static final int SLOT_MASK = Integer.MAX_VALUE;

  private static final int SEGMENT_BYTES = 32 + 2 * 16;
  private static final int SLOT_BYTES = 8;

  /** The elements whose hashes begin with the same {@code depth} bits. */
  private static final class Segment {
    final int depth;
    int size;
    int[] hashes;
    byte[][] elements;

    Segment(int depth, int capacity) {
      this.depth = depth;
      hashes = new int[capacity];
      elements = new byte[capacity][];
    }

    int capacity() {
      return elements.length;
    }

    boolean isFull() {
      return size >= capacity() - (capacity() >> 3);
    }

    private int home(int hash) {
      return hash << depth >>> Integer.numberOfLeadingZeros(capacity() - 1);
    }

    private int next(int slot) {
      return slot + 1 & capacity() - 1;
    }

    /** The slot of a member, or the empty one where it would be. */
    int slot(int hash, byte[] a, int offset, int length) {
      int slot = home(hash);
      while (elements[slot] != null
          && (hashes[slot] != hash || !Scored.isMember(elements[slot], a, offset, length))) {
        slot = next(slot);
      }
      return slot;
    }

    /** The slot of an element that is there. */
    int slot(int hash, byte[] e) {
      int slot = home(hash);
      while (elements[slot] != e) {
        slot = next(slot);
      }
      return slot;
    }

    void add(int hash, byte[] e) {
      int slot = home(hash);
      while (elements[slot] != null) {
        slot = next(slot);
      }
      hashes[slot] = hash;
      elements[slot] = e;
      size++;
    }

    /** Empties a slot and moves up those behind it that were displaced. */
    void remove(int slot) {
      int gap = slot;
      for (int i = next(gap); elements[i] != null; i = next(i)) {
        int mask = capacity() - 1;
        if ((i - home(hashes[i]) & mask) >= (i - gap & mask)) {
          hashes[gap] = hashes[i];
          elements[gap] = elements[i];
          gap = i;
        }
      }
      elements[gap] = null;
      size--;
    }

    /** The hashes from {@code hash} on in order, each with its slot in the lower bits. */
    long[] from(long hash) {
      long[] found = new long[size];
      int n = 0;
      for (int i = 0; i < capacity(); i++) {
        long here = Integer.toUnsignedLong(hashes[i]);
        if (elements[i] != null && here >= hash) {
          found[n++] = here << SLOT_BITS | i;
        }
      }
      Arrays.sort(found, 0, n);
      return Arrays.copyOf(found, n);
    }

    /** Adds everything whose hash has the bits of {@code mask} as in {@code prefix}. */
    void addAll(Segment from, int mask, int prefix) {
      for (int i = 0; i < from.capacity(); i++) {
        if (from.elements[i] != null && (from.hashes[i] & mask) == prefix) {
          add(from.hashes[i], from.elements[i]);
        }
      }
    }
  }

  private Segment[] directory;
  private int depth;
  private int size;
  private long slots;
  private int segments;

  MemberTable() {
    directory = new Segment[] {segment(0, FIRST_CAPACITY)};
  }

  /** A table into which so many elements are to come. */
  private MemberTable(int elements) {
    while (elements >> depth > EXPECTED) {
      depth++;
    }
    directory = new Segment[1 << depth];
    int capacity = depth == 0 ? FIRST_CAPACITY : MAX_CAPACITY;
    Arrays.setAll(directory, i -> segment(depth, capacity));
  }

  int size() {
    return size;
  }

  /** The heap of the table, without the elements. */
  long heapBytes() {
    return (long) segments * SEGMENT_BYTES + slots * SLOT_BYTES + 16 + 4L * directory.length;
  }

  private static int hash(byte[] a, int offset, int length) {
    return (int) KeyHash.SECRET.of(a, offset, length);
  }

  /** Where in the directory a hash belongs. */
  private int index(int hash) {
    return (int) (Integer.toUnsignedLong(hash) >>> HASH_BITS - depth);
  }

  /** The element of a member, or {@link Scored#NONE}. */
  byte[] get(byte[] a, int offset, int length) {
    int hash = hash(a, offset, length);
    Segment s = directory[index(hash)];
    byte[] e = s.elements[s.slot(hash, a, offset, length)];
    return e == null ? Scored.NONE : e;
  }

  /** Adds an element whose member is not there. */
  void add(byte[] e) {
    add(hash(e, Scored.MEMBER, Scored.length(e)), e);
  }

  private void add(int hash, byte[] e) {
    Segment s = directory[index(hash)];
    while (s.isFull()) {
      if (s.capacity() < MAX_CAPACITY || s.depth == MAX_DEPTH) {
        Segment wider = segment(s.depth, s.capacity() * 2);
        wider.addAll(s, 0, 0);
        replace(s, wider, hash);
      } else {
        split(s, hash);
      }
      s = directory[index(hash)];
    }
    s.add(hash, e);
    size++;
  }

  /** Removes a member and returns its element, or {@link Scored#NONE} if it was not there. */
  byte[] remove(byte[] a, int offset, int length) {
    int hash = hash(a, offset, length);
    Segment s = directory[index(hash)];
    int slot = s.slot(hash, a, offset, length);
    byte[] e = s.elements[slot];
    if (e == null) {
      return Scored.NONE;
    }
    remove(s, slot, hash);
    return e;
  }

  /**
   * Removes elements that are there, the first {@code n} of an array. They are looked up before any
   * is removed, in loops with nothing else to do, so that the machine fetches what leads to one of
   * them while it waits for what leads to another.
   */
  void removeAll(byte[][] all, int n) {
    int[] hashes = new int[n];
    for (int i = 0; i < n; i++) {
      hashes[i] = hash(all[i], Scored.MEMBER, Scored.length(all[i]));
    }
    int[] slots = new int[n];
    for (int i = 0; i < n; i++) {
      slots[i] = directory[index(hashes[i])].slot(hashes[i], all[i]);
    }
    for (int i = 0; i < n; i++) {
      Segment s = directory[index(hashes[i])];
      // Those removed before may have moved it.
      boolean stays = slots[i] < s.capacity() && s.elements[slots[i]] == all[i];
      remove(s, stays ? slots[i] : s.slot(hashes[i], all[i]), hashes[i]);
    }
  }

  private void remove(Segment s, int slot, int hash) {
    s.remove(slot);
    size--;
    if (s.size < s.capacity() / 8) {
      shrink(s, hash);
    }
  }

  /** A table of those elements that do not go; {@code many} of them do, as far as is known. */
  MemberTable without(int many, Predicate<byte[]> goes) {
    MemberTable rest = new MemberTable(size - many);
    for (int i = 0; i < directory.length; i += 1 << depth - directory[i].depth) {
      Segment s = directory[i];
      for (int slot = 0; slot < s.capacity(); slot++) {
        byte[] e = s.elements[slot];
        if (e != null && !goes.test(e)) {
          rest.add(s.hashes[slot], e);
        }
      }
    }
    return rest;
  }

  private Segment segment(int itsDepth, int capacity) {
    slots += capacity;
    segments++;
    return new Segment(itsDepth, capacity);
  }

  /** The first index in the directory of the segment that holds a hash. */
  private int first(Segment s, int hash) {
    return index(hash & prefixMask(s.depth));
  }

  private static int prefixMask(int bits) {
    return bits == 0 ? 0 : -1 << HASH_BITS - bits;
  }

  private void put(Segment s, int from) {
    Arrays.fill(directory, from, from + (1 << depth - s.depth), s);
  }

  private void replace(Segment old, Segment by, int hash) {
    put(by, first(by, hash));
    slots -= old.capacity();
    segments--;
  }

  private void split(Segment s, int hash) {
    if (s.depth == depth) {
      Segment[] wider = new Segment[directory.length * 2];
      for (int i = 0; i < wider.length; i++) {
        wider[i] = directory[i >> 1];
      }
      directory = wider;
      depth++;
    }
    int bit = 1 << HASH_BITS - 1 - s.depth;
    for (int side = 0; side < 2; side++) {
      int prefix = hash & prefixMask(s.depth) | (side == 0 ? 0 : bit);
      Segment half = segment(s.depth + 1, MAX_CAPACITY);
      half.addAll(s, prefixMask(half.depth), prefix);
      put(half, index(prefix));
    }
    slots -= s.capacity();
    segments--;
  }

  /** Joins a segment that has become small with its other half, or gives it a smaller table. */
  private void shrink(Segment s, int hash) {
    if (s.depth == 0) {
      if (s.capacity() > FIRST_CAPACITY) {
        Segment smaller = segment(0, s.capacity() / 2);
        smaller.addAll(s, 0, 0);
        replace(s, smaller, hash);
      }
      return;
    }
    Segment other = directory[index(hash ^ 1 << HASH_BITS - s.depth)];
    if (other.depth == s.depth && other.size + s.size < MAX_CAPACITY / 2) {
      Segment joined = segment(s.depth - 1, MAX_CAPACITY);
      joined.addAll(s, 0, 0);
      joined.addAll(other, 0, 0);
      replace(s, joined, hash);
      slots -= other.capacity();
      segments--;
    }
  }

  /**
   * Visits about {@code count} elements from {@code cursor} on, 0 being the start; returns where to
   * go on, below 2^32, or 0 at the end. What is there from the first call to the last is visited
   * exactly once, for the order is that of the hashes.
   */
  long scan(long cursor, long count, Consumer<byte[]> visitor) {
    long hash = cursor & 0xffff_ffffL;
    long left = count;
    while (left > 0 && hash >>> HASH_BITS == 0) {
      Segment s = directory[index((int) hash)];
      long end = (hash & Integer.toUnsignedLong(prefixMask(s.depth))) + (1L << HASH_BITS - s.depth);
      long[] found = s.from(hash);
      long next = end;
      int i = 0;
      // All elements of one hash go together, for the cursor cannot tell them apart.
      for (; i < found.length; i++) {
        if (i >= left && found[i] >>> SLOT_BITS != found[i - 1] >>> SLOT_BITS) {
          next = found[i] >>> SLOT_BITS;
          break;
        }
        visitor.accept(s.elements[(int) found[i] & SLOT_MASK]);
      }
      left -= i;
      hash = next;
    }
    return hash >>> HASH_BITS == 0 ? hash : 0;
  }
}
