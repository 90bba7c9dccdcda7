package io.sampo.data;

import java.util.SplittableRandom;

/**
 * A piece of a {@link ByteTable}: the entries whose hashes lie in one range, in one array. Its
 * front are slots, each the hash and the offset of an entry, or 0; behind them lie the entries, in
 * the order they came, with dead ones between.
 *
 * <p>The slots are in the order of the hashes (ordered hashing: Amble and Knuth, 1974): a hash has
 * its home where it would be if all were spread evenly, and its slot is there or, if others are in
 * the way, behind, without a gap between. So an entry is found, comes and goes within a few slots,
 * however many there are. The last slot stays empty.
 *
 * <p>The array grows up to a page; see {@link Pages}. Then it is arranged anew within itself as
 * long as that gains room, and else the bucket has to be split; see {@link Layout}.
 */
final class Bucket implements Directory.Part {
  /** It is split only while it has at least this many entries. */
  static final int MIN_SPLIT = 16;

  private static final int MAX_DEPTH = 20;

  static final int MAX_LARGE = 1024;

  private static final int OBJECT_BYTES = 88;
  private static final int ARRAY_HEADER = 16;

  /** Holds one empty slot; never written to. */
  static final byte[] NOTHING = new byte[Long.BYTES];

  /** How many leading bits of the slanted hash all entries share. */
  final int depth;

  /** The first hash it is for. */
  final long from;

  /** The first hash behind. */
  final long to;

  /** What {@link ByteTable#frozen} tells by whether it may be changed. */
  int generation;

  /** The slots and the entries. */
  byte[] bytes = NOTHING;

  /** Their number, empty ones included. */
  int slots;

  /** Homes per hash, times 2^32; 0 if all are to be next to each other. */
  long scale;

  int size;

  /** Where the next entry comes. */
  int end;

  /** The bytes of entries that are no more. */
  int dead;

  LargeValues large = LargeValues.NONE;

  /** How long the first array is to be at least. */
  private int expected;

  Bucket(int depth, long from, long to) {
    this.depth = depth;
    this.from = from;
    this.to = to;
  }

  /** Whether it is enough for its share of {@code all} bytes that are to come into a table. */
  boolean isEnoughFor(long all) {
    return share(all) <= Layout.FULL || depth == MAX_DEPTH;
  }

  /** Prepares for its share of {@code all} bytes that are to come into a table. */
  void expect(long all) {
    long share = share(all);
    expected = share >= Pages.BYTES / 2 ? Pages.BYTES : (int) (share + share / 32 + 7 & ~7L);
  }

  /** Without overflow: the range has no more than 32 bits. */
  private long share(long all) {
    return (long) ((double) all * (to - from) / KeyHash.END);
  }

  @Override
  public int depth() {
    return depth;
  }

  /** Whether it is for a hash. */
  boolean covers(long hash) {
    return from <= hash && hash < to;
  }

  int size() {
    return size;
  }

  /** The heap it takes. */
  long heapBytes() {
    return OBJECT_BYTES
        + (bytes == NOTHING ? 0 : ARRAY_HEADER + (bytes.length + 7L & ~7L))
        + large.heapBytes();
  }

  // ---- slots ----

  /** How many slots there are, of which some {@link #isEmpty}. */
  int slots() {
    return slots;
  }

  long at(int slot) {
    return Words.getLong(bytes, slot * Long.BYTES);
  }

  void set(int slot, long hash, int offset) {
    Words.putLong(bytes, slot * Long.BYTES, hash << Integer.SIZE | offset);
  }

  boolean isEmpty(int slot) {
    return at(slot) == 0;
  }

  long hash(int slot) {
    return at(slot) >>> Integer.SIZE;
  }

  boolean holds(int slot, long hash) {
    long its = at(slot);
    return its >>> Integer.SIZE == hash && its != 0;
  }

  private int home(long hash) {
    return home(hash, scale);
  }

  int home(long hash, long itsScale) {
    return (int) ((hash - from) * itsScale >>> KeyHash.BITS);
  }

  /** The first slot behind which no hash is less than this one. */
  int slot(long hash) {
    int slot = home(hash);
    // One less, an empty slot is greater than all others, for no offset is 0.
    while (Long.compareUnsigned(at(slot) - 1, hash << Integer.SIZE) < 0) {
      slot++;
    }
    return slot;
  }

  /** The slot of a key, or -1. */
  int find(long hash, byte[] key, int offset, int length) {
    for (int slot = slot(hash); holds(slot, hash); slot++) {
      if (is((int) at(slot), key, offset, length)) {
        return slot;
      }
    }
    return -1;
  }

  private boolean is(int at, byte[] key, int offset, int length) {
    return Lengths.get(bytes, at) == length
        && Words.equal(bytes, at + Lengths.sizeAt(bytes, at), key, offset, length);
  }

  /** The slot of a random entry, which there must be. */
  int random(SplittableRandom random) {
    for (; ; ) {
      int slot = random.nextInt(slots);
      if (!isEmpty(slot)) {
        return slot;
      }
    }
  }

  // ---- reading ----

  /** The array that holds the keys. */
  byte[] keys() {
    return bytes;
  }

  int keyAt(int slot) {
    int at = (int) at(slot);
    return at + Lengths.sizeAt(bytes, at);
  }

  int keyLength(int slot) {
    return Lengths.get(bytes, (int) at(slot));
  }

  private int valueOf(int slot) {
    return Entry.value(bytes, (int) at(slot));
  }

  /** The array that holds the value in a slot, from {@link #valueAt} on. */
  byte[] value(int slot) {
    int value = valueOf(slot);
    return Entry.isElsewhere(bytes, value) ? large.get(Entry.number(bytes, value)) : bytes;
  }

  int valueAt(int slot) {
    int value = valueOf(slot);
    return Entry.isElsewhere(bytes, value) ? 0 : value + Lengths.sizeAt(bytes, value);
  }

  int valueLength(int slot) {
    int value = valueOf(slot);
    return Entry.isElsewhere(bytes, value)
        ? large.get(Entry.number(bytes, value)).length
        : Lengths.get(bytes, value);
  }

  boolean show(int slot, ByteTable.Visitor visitor) {
    return show(bytes, (int) at(slot), visitor);
  }

  private boolean show(byte[] array, int at, ByteTable.Visitor visitor) {
    int kl = Lengths.get(array, at);
    int ko = at + Lengths.sizeAt(array, at);
    int value = ko + kl;
    int vl = Lengths.get(array, value);
    if (Entry.isElsewhere(vl)) {
      byte[] its = large.get(Entry.number(array, value));
      return visitor.visit(array, ko, kl, its, 0, its.length);
    }
    return visitor.visit(array, ko, kl, array, value + Lengths.sizeAt(array, value), vl);
  }

  /** Visits all entries; false as soon as the visitor has enough. */
  boolean each(ByteTable.Visitor visitor) {
    byte[] array = bytes;
    int behind = slots * Long.BYTES;
    for (int i = 0; i < behind; i += Long.BYTES) {
      long slot = Words.getLong(array, i);
      if (slot != 0 && !show(array, (int) slot, visitor)) {
        return false;
      }
    }
    return true;
  }

  // ---- writing ----

  /**
   * Adds an entry whose key is not there yet; returns its slot, or -1 if the bucket has to be split
   * before.
   */
  int insert(long hash, byte[] key, int ko, int kl, byte[] value, int vo, int vl) {
    if (vl > Entry.LARGE && hasManyLarge()) {
      return -1;
    }
    int need = Entry.sizeOf(kl, vl);
    boolean hasRoom = need <= bytes.length - end && size < Layout.limit(slots);
    int free = hasRoom ? free(hash) : -1;
    if (free < 0) {
      if (isFull(need)) {
        return -1;
      }
      makeRoom(need);
      free = free(hash);
    }
    // First, for there may be no heap for it.
    int offset = write(key, ko, kl, value, vo, vl);
    int slot = open(free, hash);
    set(slot, hash, offset);
    size++;
    return slot;
  }

  /** The first empty slot that a hash can be moved to; -1 if that is the last. */
  private int free(long hash) {
    int slot = home(hash);
    while (!isEmpty(slot)) {
      slot++;
    }
    return slot < slots - 1 ? slot : -1;
  }

  /** Moves the empty slot to where a hash belongs, behind its equals; returns where that is. */
  private int open(int free, long hash) {
    int slot = free;
    while (slot > 0 && hash(slot - 1) > hash) {
      slot--;
    }
    int at = slot * Long.BYTES;
    System.arraycopy(bytes, at, bytes, at + Long.BYTES, (free - slot) * Long.BYTES);
    return slot;
  }

  private int write(byte[] key, int ko, int kl, byte[] value, int vo, int vl) {
    int offset = end;
    int at = Entry.put(bytes, offset, key, ko, kl);
    if (vl > Entry.LARGE) {
      Entry.putNumber(bytes, at, keep(value, vo, vl));
    } else {
      Entry.put(bytes, at, value, vo, vl);
    }
    end += Entry.sizeOf(kl, vl);
    return offset;
  }

  private int keep(byte[] value, int offset, int length) {
    byte[] its = new byte[length];
    System.arraycopy(value, offset, its, 0, length);
    return keep(its);
  }

  int keep(byte[] value) {
    LargeValues all = large == LargeValues.NONE ? new LargeValues() : large;
    int number = all.keep(value);
    large = all;
    return number;
  }

  /** Replaces the value in a slot; false if there is no room for the new one. */
  boolean replace(int slot, byte[] value, int vo, int vl) {
    int at = valueOf(slot);
    boolean isElsewhere = Entry.isElsewhere(bytes, at);
    if (vl <= Entry.LARGE && !isElsewhere) {
      int gain = Entry.inlineSize(Lengths.get(bytes, at)) - Entry.inlineSize(vl);
      if (gain >= 0) {
        Entry.put(bytes, at, value, vo, vl);
        dead += gain;
        return true;
      }
    }
    int kl = keyLength(slot);
    boolean isTooMany = vl > Entry.LARGE && !isElsewhere && hasManyLarge();
    if (isTooMany || Entry.sizeOf(kl, vl) > bytes.length - end) {
      return false;
    }
    int offset = write(bytes, keyAt(slot), kl, value, vo, vl);
    release(slot);
    set(slot, hash(slot), offset);
    return true;
  }

  /** Makes room for what {@link #replace} has none for; false if the bucket has to be split. */
  boolean makeRoom(int kl, int vl) {
    int need = Entry.sizeOf(kl, vl);
    if (vl > Entry.LARGE && hasManyLarge() || isFull(need)) {
      return false;
    }
    makeRoom(need);
    return true;
  }

  void remove(int slot) {
    release(slot);
    size--;
    byte[] array = bytes;
    int at = slot * Long.BYTES;
    for (int here = slot; ; here++, at += Long.BYTES) {
      long next = Words.getLong(array, at + Long.BYTES);
      if (next == 0 || home(next >>> Integer.SIZE) > here) {
        Words.putLong(array, at, 0);
        return;
      }
      Words.putLong(array, at, next);
    }
  }

  /** Removes the entries that a visitor says go; the last first, for those behind one move up. */
  void removeIf(ByteTable.Visitor goes) {
    for (int slot = slots - 1; slot >= 0; slot--) {
      if (!isEmpty(slot) && show(slot, goes)) {
        remove(slot);
      }
    }
  }

  /** How many entries of one hash a visitor says go. */
  int count(long hash, ByteTable.Visitor goes) {
    int count = 0;
    for (int slot = slot(hash); holds(slot, hash); slot++) {
      count += show(slot, goes) ? 1 : 0;
    }
    return count;
  }

  /** Removes the entries of one hash that a visitor says go. */
  void removeIf(long hash, ByteTable.Visitor goes) {
    int slot = slot(hash);
    while (holds(slot, hash)) {
      if (show(slot, goes)) {
        remove(slot);
      } else {
        slot++;
      }
    }
  }

  /** Gives up what a slot refers to. */
  private void release(int slot) {
    int at = (int) at(slot);
    int value = Entry.value(bytes, at);
    dead += Entry.size(bytes, at);
    if (Entry.isElsewhere(bytes, value)) {
      large.release(Entry.number(bytes, value));
      if (large.count() == 0) {
        large = LargeValues.NONE;
      }
    }
  }

  // ---- room ----

  /** The bytes of all that lives in it, but for large values. */
  int live() {
    return size == 0 ? 0 : end - dead - slots * Long.BYTES;
  }

  private boolean canSplit() {
    return size >= MIN_SPLIT && depth < MAX_DEPTH;
  }

  private boolean hasManyLarge() {
    return large.count() >= MAX_LARGE && canSplit();
  }

  /** Whether a page is not enough for an entry more. */
  private boolean isFull(int more) {
    return canSplit() && Layout.taken(size + 1L, (long) live() + more) > Layout.FULL;
  }

  private void makeRoom(int need) {
    Layout.makeRoom(this, need, expected);
    expected = 0;
  }

  // ---- as a whole ----

  Bucket copy() {
    Bucket copy = new Bucket(depth, from, to);
    copy.expected = expected;
    if (bytes != NOTHING) {
      copy.bytes = Layout.array(bytes.length);
      System.arraycopy(bytes, 0, copy.bytes, 0, bytes.length);
    }
    copy.slots = slots;
    copy.scale = scale;
    copy.size = size;
    copy.end = end;
    copy.dead = dead;
    copy.large = large.copy();
    return copy;
  }

  /** Gives away its page, for it will not be used any more. */
  void release() {
    Pages.give(bytes);
  }
}
