package io.sampo.data;

import java.util.Arrays;
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
 * long as that gains room, and else the bucket has to be split.
 */
final class Bucket implements Directory.Part {
  /** It is split only while it has at least this many entries. */
  static final int MIN_SPLIT = 16;

  private static final int MAX_DEPTH = 20;

  /** Up to this depth a half gets what it needs rather than a page: there are few of them. */
  private static final int FEW_DEPTH = 2;

  private static final int MAX_LARGE = 1024;

  private static final int OBJECT_BYTES = 88;
  private static final int ARRAY_HEADER = 16;

  /** Arrays up to this grow by less than longer ones. */
  private static final int SHORT = 1 << 14;

  /** Unused bytes that are always tolerated. */
  private static final int TOLERATED = 128;

  /** Holds one empty slot; never written to. */
  private static final byte[] NOTHING = new byte[Long.BYTES];

  /** How many leading bits of the slanted hash all entries share. */
  final int depth;

  /** The first hash it is for. */
  final long from;

  /** The first hash behind. */
  final long to;

  /** What {@link ByteTable#frozen} tells by whether it may be changed. */
  int generation;

  private byte[] bytes = NOTHING;

  /** Their number, empty ones included. */
  private int slots;

  /** Homes per hash, times 2^32; 0 if all are to be next to each other. */
  private long scale;

  private int size;
  private int end;
  private int dead;
  private LargeValues large = LargeValues.NONE;

  /** How long the first array is to be at least. */
  private int expected;

  Bucket(int depth, long from, long to) {
    this.depth = depth;
    this.from = from;
    this.to = to;
  }

  /** Whether it is enough for its share of {@code all} bytes that are to come into a table. */
  boolean isEnoughFor(long all) {
    return share(all) <= worthwhile(Pages.BYTES) || depth == MAX_DEPTH;
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

  private long at(int slot) {
    return Words.getLong(bytes, slot * Long.BYTES);
  }

  private void set(int slot, long hash, int offset) {
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

  private int home(long hash, long itsScale) {
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

  /** How many slots so many entries are to have: a fifth more, so that they lie near home. */
  private static long slotsFor(long entries) {
    return entries + entries / 5 + 3;
  }

  /** How many entries so many slots are enough for. */
  private static int limit(int slots) {
    return slots - slots / 8 - 1;
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
    boolean hasRoom = need <= bytes.length - end && size < limit(slots);
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

  private int keep(byte[] value) {
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
    int behind = slot + 1;
    while (!isEmpty(behind) && home(hash(behind)) < behind) {
      behind++;
    }
    int at = slot * Long.BYTES;
    System.arraycopy(bytes, at + Long.BYTES, bytes, at, (behind - slot - 1) * Long.BYTES);
    Words.putLong(bytes, (behind - 1) * Long.BYTES, 0);
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

  /** What so many entries of so many bytes take, slots included. */
  static long taken(long entries, long itsBytes) {
    return entries == 0 ? 0 : slotsFor(entries) * Long.BYTES + itsBytes;
  }

  private long taken() {
    return taken(size, live());
  }

  /** The bytes of all that lives in it, but for large values. */
  private int live() {
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
    return canSplit() && taken(size + 1L, (long) live() + more) > worthwhile(Pages.BYTES);
  }

  /** An array is arranged anew if it then has at least an eighth free. */
  private static int worthwhile(int length) {
    return length - length / 8;
  }

  private void makeRoom(int need) {
    long wanted = taken(size + 1L, (long) live() + need);
    int length = bytes.length;
    arrange(wanted <= worthwhile(length) ? length : Math.max(grown(wanted), expected), need);
    expected = 0;
  }

  /** How long an array is to be that needs so many bytes and is going to need more. */
  private static int grown(long wanted) {
    long length = wanted + (wanted < SHORT ? wanted / 8 : wanted / 4) + 7 & ~7L;
    boolean isPage = wanted <= worthwhile(Pages.BYTES) && length > Pages.BYTES / 4 * 3;
    return isPage ? Pages.BYTES : Math.toIntExact(length);
  }

  /** Whether it takes so much more than it needs that {@link #trim} is worth it. */
  boolean isWasteful() {
    long wanted = taken();
    int length = bytes.length;
    boolean isLong =
        length == Pages.BYTES ? wanted < Pages.BYTES / 4 : length > wanted + wanted / 2 + TOLERATED;
    return isLong || slots > 4 * slotsFor(size) + TOLERATED;
  }

  /** Gives up what it does not need. */
  void trim() {
    long wanted = taken();
    boolean stays = bytes.length == Pages.BYTES && wanted >= Pages.BYTES / 4;
    arrange(stays ? Pages.BYTES : trimmed(wanted), 0);
  }

  /** How long an array is to be that needs so many bytes and hardly more. */
  private static int trimmed(long wanted) {
    return Math.toIntExact(wanted + wanted / 16 + 7 & ~7L);
  }

  private static byte[] array(int length) {
    return length == Pages.BYTES ? Pages.take() : new byte[length];
  }

  /** Lays it out anew in an array of such a length; in the same one, if that is a page. */
  private void arrange(int length, int more) {
    if (size == 0 && more == 0) {
      Pages.give(bytes);
      bytes = NOTHING;
      slots = 0;
      scale = 0;
      end = 0;
      dead = 0;
      return;
    }
    Bucket source = dead == 0 && length != bytes.length ? this : packed();
    boolean isSame = length == bytes.length && length >= Pages.BYTES;
    lay(source, isSame ? bytes : array(length), more);
  }

  /**
   * Takes over all that another bucket has, which has nothing dead, into an array that is not that
   * bucket's. Pages that nobody needs then are given away.
   */
  private void lay(Bucket source, byte[] array, int more) {
    int log = source.slots * Long.BYTES;
    int live = source.end - log;
    int itsSize = source.size;
    long entries = itsSize + (more > 0 ? 1L : 0);
    // Slots and bytes for entries are to be used up at the same time.
    long all = entries * array.length / taken(entries, (long) live + more);
    int itsSlots = (int) Math.min(slotsFor(all), (array.length - live - more) / Long.BYTES);
    int move = itsSlots * Long.BYTES - log;
    long itsScale = scale(source, itsSlots);
    Arrays.fill(array, 0, itsSlots * Long.BYTES, (byte) 0);
    int next = 0;
    for (int i = 0; i < source.slots; i++) {
      long slot = source.at(i);
      if (slot != 0) {
        next = Math.max(next, home(slot >>> Integer.SIZE, itsScale));
        Words.putLong(array, next * Long.BYTES, slot + move);
        next++;
      }
    }
    System.arraycopy(source.bytes, log, array, log + move, live);
    byte[] before = bytes;
    byte[] laid = source.bytes;
    bytes = array;
    slots = itsSlots;
    scale = itsScale;
    size = itsSize;
    end = log + move + live;
    dead = 0;
    large = source.large;
    if (before != array) {
      Pages.give(before);
    }
    if (laid != before) {
      Pages.give(laid);
    }
  }

  /** How to spread the entries of another bucket over so many slots. */
  private long scale(Bucket source, int itsSlots) {
    int last = itsSlots - 2;
    int homes = last - itsSlots / 32;
    for (; ; ) {
      long its = homes <= 0 ? 0 : ((long) homes << KeyHash.BITS) / (to - from);
      int over = source.behind(this, its) - last;
      if (over <= 0 || its == 0) {
        return its;
      }
      homes -= over + homes / 16 + 1;
    }
  }

  /** The first slot behind all entries, if they had the homes they would have elsewhere. */
  private int behind(Bucket other, long itsScale) {
    int next = 0;
    for (int i = 0; i < slots; i++) {
      long slot = at(i);
      if (slot != 0) {
        next = Math.max(next, other.home(slot >>> Integer.SIZE, itsScale)) + 1;
      }
    }
    return next;
  }

  // ---- as a whole ----

  Bucket copy() {
    Bucket copy = new Bucket(depth, from, to);
    copy.expected = expected;
    if (bytes != NOTHING) {
      copy.bytes = array(bytes.length);
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

  /** Both halves of a bucket. */
  record Halves(Bucket low, Bucket high) {}

  /**
   * Splits it where the hashes are {@code middle} or more. It must not be used any more, for its
   * page, if it has one, goes on as that of one half.
   */
  Halves split(long middle) {
    int entries = 0;
    long itsBytes = 0;
    int last = slots == 0 ? 0 : slot(middle);
    for (int i = 0; i < last; i++) {
      if (!isEmpty(i)) {
        entries++;
        itsBytes += Entry.size(bytes, (int) at(i));
      }
    }
    Bucket low = empty(depth + 1, from, middle, entries, itsBytes);
    Bucket high = empty(depth + 1, middle, to, size - entries, live() - itsBytes);
    low.append(this, 0, last);
    high.append(this, last, slots);
    // Both before either is laid out, for there may be no heap for one.
    byte[] lows = low.room(bytes);
    byte[] highs = high.room(lows == bytes ? NOTHING : bytes);
    low.settle(lows);
    high.settle(highs);
    if (lows != bytes && highs != bytes) {
      release();
    }
    return new Halves(low, high);
  }

  /** Whether both have become small enough to be joined. */
  static boolean areSmall(Bucket a, Bucket b) {
    return a.size + b.size <= MIN_SPLIT / 2
        || taken((long) a.size + b.size, (long) a.live() + b.live()) <= Pages.BYTES / 8 * 5
            && a.large.count() + b.large.count() <= MAX_LARGE / 2;
  }

  /**
   * All entries of {@code low}, then those of {@code high}. The page is used of {@code mine}, which
   * is one of the two and must not be used any more.
   */
  static Bucket joined(Bucket low, Bucket high, Bucket mine) {
    int entries = low.size + high.size;
    Bucket both = empty(low.depth - 1, low.from, high.to, entries, (long) low.live() + high.live());
    both.append(low, 0, low.slots);
    both.append(high, 0, high.slots);
    byte[] array = both.room(mine.bytes);
    both.settle(array);
    if (array != mine.bytes) {
      mine.release();
    }
    return both;
  }

  /** What lives in it, compact, to be laid out elsewhere. */
  private Bucket packed() {
    Bucket packed = empty(depth, from, to, size, live());
    packed.append(this, 0, slots);
    return packed;
  }

  /** With slots and room for exactly so much, which is to be appended. */
  private static Bucket empty(int depth, long from, long to, int entries, long bytes) {
    Bucket empty = new Bucket(depth, from, to);
    if (entries > 0) {
      empty.slots = entries + 1;
      empty.end = empty.slots * Long.BYTES;
      int length = Math.toIntExact(empty.end + bytes + 7 & ~7L);
      // A page, for it is given away as soon as what it holds has been laid out.
      boolean isLong = length > Pages.BYTES / 8 && length < Pages.BYTES;
      empty.bytes = array(isLong ? Pages.BYTES : length);
    }
    return empty;
  }

  /** Adds the entries in some slots of another bucket, whose hashes are behind all here. */
  private void append(Bucket source, int first, int last) {
    for (int i = first; i < last; i++) {
      long slot = source.at(i);
      if (slot == 0) {
        continue;
      }
      int at = (int) slot;
      int n = Entry.size(source.bytes, at);
      System.arraycopy(source.bytes, at, bytes, end, n);
      set(size++, slot >>> Integer.SIZE, end);
      int value = Entry.value(bytes, end);
      if (Entry.isElsewhere(bytes, value)) {
        Entry.putNumber(bytes, value, keep(source.large.get(Entry.number(bytes, value))));
      }
      end += n;
    }
  }

  /**
   * The array for what has been appended.
   *
   * @param page perhaps a page, which it is if one is needed
   */
  private byte[] room(byte[] page) {
    if (size == 0) {
      return NOTHING;
    }
    long wanted = taken();
    int least = Pages.BYTES / 8 * (depth <= FEW_DEPTH ? 5 : 3);
    boolean needsPage = wanted >= least && wanted <= worthwhile(Pages.BYTES);
    if (needsPage && page.length == Pages.BYTES) {
      return page;
    }
    return array(needsPage ? Pages.BYTES : trimmed(wanted));
  }

  /** Lays out what has been appended. */
  private void settle(byte[] array) {
    if (size > 0) {
      lay(this, array, 0);
    }
  }
}
