package io.sampo.data;

import java.util.Arrays;

/**
 * How a {@link Bucket} lies in its array: anew where it has no room or too much, in two halves, or
 * in one again. What is needed is made before anything is given up, for there may be no heap for
 * it.
 */
final class Layout {
  /** What a page is to hold at most: it is worth an eighth of an array to lay it out anew. */
  static final int FULL = worthwhile(Pages.BYTES);

  /** Up to this depth a half gets what it needs rather than a page: there are few of them. */
  private static final int FEW_DEPTH = 2;

  /** Arrays up to this grow by less than longer ones. */
  private static final int SHORT = 1 << 14;

  /** Unused bytes that are always tolerated. */
  private static final int TOLERATED = 128;

  private Layout() {}

  // ---- how much ----

  /** What so many entries of so many bytes take, slots included. */
  static long taken(long entries, long itsBytes) {
    return entries == 0 ? 0 : slotsFor(entries) * Long.BYTES + itsBytes;
  }

  private static long taken(Bucket b) {
    return taken(b.size, b.live());
  }

  /** How many slots so many entries are to have: a fifth more, so that they lie near home. */
  private static long slotsFor(long entries) {
    return entries + entries / 5 + 3;
  }

  /** How many entries so many slots are enough for. */
  static int limit(int slots) {
    return slots - slots / 8 - 1;
  }

  private static int worthwhile(int length) {
    return length - length / 8;
  }

  /** How long an array is to be that needs so many bytes and is going to need more. */
  private static int grown(long wanted) {
    long length = wanted + (wanted < SHORT ? wanted / 8 : wanted / 4) + 7 & ~7L;
    boolean isPage = wanted <= FULL && length > Pages.BYTES / 4 * 3;
    return isPage ? Pages.BYTES : Math.toIntExact(length);
  }

  /** How long an array is to be that needs so many bytes and hardly more. */
  private static int trimmed(long wanted) {
    return Math.toIntExact(wanted + wanted / 16 + 7 & ~7L);
  }

  static byte[] array(int length) {
    return length == Pages.BYTES ? Pages.take() : new byte[length];
  }

  // ---- one bucket ----

  /**
   * Makes room for an entry more.
   *
   * @param need the bytes it takes
   * @param least how long the array is to be at least, if it is another
   */
  static void makeRoom(Bucket b, int need, int least) {
    long wanted = taken(b.size + 1L, (long) b.live() + need);
    int length = b.bytes.length;
    arrange(b, wanted <= worthwhile(length) ? length : Math.max(grown(wanted), least), need);
  }

  /** Whether a bucket takes so much more than it needs that {@link #trim} is worth it. */
  static boolean isWasteful(Bucket b) {
    long wanted = taken(b);
    int length = b.bytes.length;
    boolean isLong =
        length == Pages.BYTES ? wanted < Pages.BYTES / 4 : length > wanted + wanted / 2 + TOLERATED;
    return isLong || b.slots > 4 * slotsFor(b.size) + TOLERATED;
  }

  /** Has a bucket give up what it does not need. */
  static void trim(Bucket b) {
    long wanted = taken(b);
    boolean stays = b.bytes.length == Pages.BYTES && wanted >= Pages.BYTES / 4;
    arrange(b, stays ? Pages.BYTES : trimmed(wanted), 0);
  }

  /** Lays it out anew in an array of such a length; in the same one, if that is a page. */
  private static void arrange(Bucket b, int length, int more) {
    if (b.size == 0 && more == 0) {
      Pages.give(b.bytes);
      b.bytes = Bucket.NOTHING;
      b.slots = 0;
      b.scale = 0;
      b.end = 0;
      b.dead = 0;
      return;
    }
    Bucket source = b.dead == 0 && length != b.bytes.length ? b : packed(b);
    boolean isSame = length == b.bytes.length && length >= Pages.BYTES;
    lay(b, source, isSame ? b.bytes : array(length), more);
  }

  /**
   * Has a bucket take over all that another one has, which has nothing dead, into an array that is
   * not that one's. Pages that nobody needs then are given away.
   */
  private static void lay(Bucket b, Bucket source, byte[] array, int more) {
    int log = source.slots * Long.BYTES;
    int live = source.end - log;
    int size = source.size;
    long entries = size + (more > 0 ? 1L : 0);
    // Slots and bytes for entries are to be used up at the same time.
    long all = entries * array.length / taken(entries, (long) live + more);
    int slots = (int) Math.min(slotsFor(all), (array.length - live - more) / Long.BYTES);
    int move = slots * Long.BYTES - log;
    long scale = scale(b, source, slots);
    Arrays.fill(array, 0, slots * Long.BYTES, (byte) 0);
    int next = 0;
    for (int i = 0; i < source.slots; i++) {
      long slot = source.at(i);
      if (slot != 0) {
        next = Math.max(next, b.home(slot >>> Integer.SIZE, scale));
        Words.putLong(array, next * Long.BYTES, slot + move);
        next++;
      }
    }
    System.arraycopy(source.bytes, log, array, log + move, live);
    byte[] before = b.bytes;
    byte[] laid = source.bytes;
    b.bytes = array;
    b.slots = slots;
    b.scale = scale;
    b.size = size;
    b.end = log + move + live;
    b.dead = 0;
    b.large = source.large;
    if (before != array) {
      Pages.give(before);
    }
    if (laid != before) {
      Pages.give(laid);
    }
  }

  /** How to spread entries over so many slots of a bucket. */
  private static long scale(Bucket b, Bucket source, int slots) {
    int last = slots - 2;
    int homes = last - slots / 32;
    for (; ; ) {
      long scale = homes <= 0 ? 0 : ((long) homes << KeyHash.BITS) / (b.to - b.from);
      int over = behind(b, source, scale) - last;
      if (over <= 0 || scale == 0) {
        return scale;
      }
      homes -= over + homes / 16 + 1;
    }
  }

  /** The first slot behind all entries, if they were spread in this way. */
  private static int behind(Bucket b, Bucket source, long scale) {
    int next = 0;
    for (int i = 0; i < source.slots; i++) {
      long slot = source.at(i);
      if (slot != 0) {
        next = Math.max(next, b.home(slot >>> Integer.SIZE, scale)) + 1;
      }
    }
    return next;
  }

  // ---- halves ----

  /** Both halves of a bucket. */
  record Halves(Bucket low, Bucket high) {}

  /**
   * Splits a bucket where the hashes are {@code middle} or more. It must not be used any more, for
   * its page, if it has one, goes on as that of one half.
   */
  static Halves split(Bucket b, long middle) {
    int entries = 0;
    long itsBytes = 0;
    int last = b.slots == 0 ? 0 : b.slot(middle);
    for (int i = 0; i < last; i++) {
      if (!b.isEmpty(i)) {
        entries++;
        itsBytes += Entry.size(b.bytes, (int) b.at(i));
      }
    }
    Bucket low = empty(b.depth + 1, b.from, middle, entries, itsBytes);
    Bucket high = empty(b.depth + 1, middle, b.to, b.size - entries, b.live() - itsBytes);
    append(low, b, 0, last);
    append(high, b, last, b.slots);
    // Both before either is laid out, for there may be no heap for one.
    byte[] lows = room(low, b.bytes);
    byte[] highs = room(high, lows == b.bytes ? Bucket.NOTHING : b.bytes);
    settle(low, lows);
    settle(high, highs);
    if (lows != b.bytes && highs != b.bytes) {
      b.release();
    }
    return new Halves(low, high);
  }

  /** Whether both have become small enough to be joined. */
  static boolean areSmall(Bucket a, Bucket b) {
    return a.size + b.size <= Bucket.MIN_SPLIT / 2
        || taken((long) a.size + b.size, (long) a.live() + b.live()) <= Pages.BYTES / 8 * 5
            && a.large.count() + b.large.count() <= Bucket.MAX_LARGE / 2;
  }

  /**
   * All entries of {@code low}, then those of {@code high}. The page is used of {@code mine}, which
   * is one of the two and must not be used any more.
   */
  static Bucket joined(Bucket low, Bucket high, Bucket mine) {
    int entries = low.size + high.size;
    Bucket both = empty(low.depth - 1, low.from, high.to, entries, (long) low.live() + high.live());
    append(both, low, 0, low.slots);
    append(both, high, 0, high.slots);
    byte[] array = room(both, mine.bytes);
    settle(both, array);
    if (array != mine.bytes) {
      mine.release();
    }
    return both;
  }

  // ---- before they are laid out ----

  /** What lives in a bucket, compact, to be laid out elsewhere. */
  private static Bucket packed(Bucket b) {
    Bucket packed = empty(b.depth, b.from, b.to, b.size, b.live());
    append(packed, b, 0, b.slots);
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

  /** Adds the entries in some slots of another bucket, whose hashes are behind all there are. */
  private static void append(Bucket b, Bucket source, int first, int last) {
    for (int i = first; i < last; i++) {
      long slot = source.at(i);
      if (slot == 0) {
        continue;
      }
      int at = (int) slot;
      int n = Entry.size(source.bytes, at);
      System.arraycopy(source.bytes, at, b.bytes, b.end, n);
      b.set(b.size++, slot >>> Integer.SIZE, b.end);
      int value = Entry.value(b.bytes, b.end);
      if (Entry.isElsewhere(b.bytes, value)) {
        byte[] its = source.large.get(Entry.number(b.bytes, value));
        Entry.putNumber(b.bytes, value, b.keep(its));
      }
      b.end += n;
    }
  }

  /**
   * The array for what has been appended.
   *
   * @param page perhaps a page, which it is if one is needed
   */
  private static byte[] room(Bucket b, byte[] page) {
    if (b.size == 0) {
      return Bucket.NOTHING;
    }
    long wanted = taken(b);
    int least = Pages.BYTES / 8 * (b.depth <= FEW_DEPTH ? 5 : 3);
    boolean needsPage = wanted >= least && wanted <= FULL;
    if (needsPage && page.length == Pages.BYTES) {
      return page;
    }
    return array(needsPage ? Pages.BYTES : trimmed(wanted));
  }

  /** Lays out what has been appended. */
  private static void settle(Bucket b, byte[] array) {
    if (b.size > 0) {
      lay(b, b, array, 0);
    }
  }
}
