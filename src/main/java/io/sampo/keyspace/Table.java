package io.sampo.keyspace;

import io.sampo.data.Directory;
import io.sampo.data.KeyHash;
import java.util.SplittableRandom;

/**
 * The keys of a database: {@link Segment}s of up to about 1000 of them, which a {@link Directory}
 * finds. So no operation ever moves more than a segment's worth of entries. Whatever needs heap
 * comes before anything is changed, so that the table is whole even if there is none.
 */
final class Table {
  private static final int CACHE_LINE = 64;

  /** Bounds the directory; deeper segments would just grow. */
  private static final int MAX_DEPTH = 26;

  private final Arena arena;
  private final KeyHash hashes;
  private final Spans spans = new Spans();
  private final Directory<Segment> directory = new Directory<>(Segment.only(spans));
  private int size;
  private long moved;
  private int changes;

  /** How many removals are yet to go by without an attempt to shrink. */
  private int patience;

  Table(Arena arena, KeyHash hashes) {
    this.arena = arena;
    this.hashes = hashes;
  }

  int size() {
    return size;
  }

  long bytes() {
    return spans.bytes() + directory.heapBytes();
  }

  /** How many entries reorganizations have moved so far. */
  long moved() {
    return moved + spans.copied() / Segment.SLOT_BYTES;
  }

  /** Grows with each entry that comes, goes, or gets another address or slot. */
  int changes() {
    return changes;
  }

  /** The segment that holds what has this hash. */
  Segment segment(long hash) {
    return directory.of(hash);
  }

  /** The hash of the key of a record. */
  long hashOf(int address) {
    byte[] b = arena.page(address);
    int p = Arena.offset(address);
    return hashes.of(b, Record.keyAt(b, p), Record.keyLength(b, p));
  }

  /** The slot of a key in its segment, or -1. */
  int slot(Segment segment, long hash, byte[] key, int offset, int length) {
    return segment.find(hash, key, offset, length, arena);
  }

  /** Whether the record at an address has this key. */
  boolean has(int address, byte[] key, int offset, int length) {
    return Record.keyEquals(arena.page(address), Arena.offset(address), key, offset, length);
  }

  /**
   * Reads the beginning of a record; returns something of it. Two lines of the cache, always: what
   * a small one has beyond them, or a big one, the processor fetches by itself, and to go by the
   * size would be to guess it wrong.
   */
  int prefetch(int address) {
    byte[] b = arena.page(address);
    int p = Arena.offset(address);
    return b[p] + b[Math.min(p + CACHE_LINE, b.length - 1)];
  }

  /** The slot of an address in its segment, or -1. */
  int slot(Segment segment, long hash, int address) {
    return segment.find(hash, address);
  }

  /** Adds the address of a record whose key is not there yet; returns its segment. */
  Segment insert(long hash, int address) {
    Segment segment = segment(hash);
    while (!segment.insert(hash, address)) {
      expand(segment, hash);
      segment = segment(hash);
    }
    size++;
    changes++;
    return segment;
  }

  /** Empties a slot; {@link #shrink} is left to the caller. */
  void remove(Segment segment, int slot) {
    segment.remove(slot);
    size--;
    changes++;
    patience -= patience > 0 ? 1 : 0;
  }

  /** Says that the record of an entry is somewhere else now. */
  void move(Segment segment, int slot, int address) {
    segment.address(slot, address);
    changes++;
  }

  private void expand(Segment segment, long hash) {
    if (segment.length() >= Segment.MAX_LENGTH && segment.depth < MAX_DEPTH) {
      split(segment, hash);
      return;
    }
    resize(segment, Segment.grown(segment.length()));
  }

  private void resize(Segment segment, int length) {
    segment.resize(length, spans);
    changes++;
    moved += segment.size();
  }

  private void split(Segment segment, long hash) {
    int first = firstAt(segment, Directory.middle(segment, hash));
    Segment low = segment.part(0, first, spans);
    try {
      Segment high = segment.part(first, segment.length(), spans);
      try {
        split(segment, low, high, hash);
      } catch (OutOfMemoryError full) {
        spans.leave(high);
        throw full;
      }
    } catch (OutOfMemoryError full) {
      spans.leave(low);
      throw full;
    }
  }

  private void split(Segment segment, Segment low, Segment high, long hash) {
    if (segment.volatiles > 0) {
      low.volatiles = countVolatiles(low);
      high.volatiles = segment.volatiles - low.volatiles;
    }
    low.nextExpiry = segment.nextExpiry;
    high.nextExpiry = segment.nextExpiry;
    directory.split(low, high, hash);
    spans.leave(segment);
    changes++;
    moved += segment.size();
  }

  /** The first slot that holds a hash from {@code hash} on. */
  private static int firstAt(Segment segment, long hash) {
    int slot = segment.home(hash);
    while (slot < segment.length()
        && segment.address(slot) != Arena.NONE
        && segment.hash(slot) < hash) {
      slot++;
    }
    return slot;
  }

  private int countVolatiles(Segment segment) {
    int count = 0;
    for (int i = 0; i < segment.length(); i++) {
      int address = segment.address(i);
      if (address != Arena.NONE && Record.hasTtl(arena.page(address), Arena.offset(address))) {
        count++;
      }
    }
    return count;
  }

  /** Gives away what it lies in, for it is not used any more. */
  void release() {
    spans.release();
  }

  /** Gives back room after removals from the segment of {@code hash}, if there is much to spare. */
  void shrink(long hash) {
    if (patience > 0) {
      return;
    }
    try {
      shrinkNow(hash);
    } catch (OutOfMemoryError full) {
      // What is smaller has to be made first. The removal, which makes room, is not to fail by it.
      // Nor has all of the heap to be collected at each of them, as it was at this.
      patience = size / 16;
    }
  }

  private void shrinkNow(long hash) {
    Segment segment = segment(hash);
    while (segment.size() * 5 < segment.length() * 2) {
      Segment joined = segment.depth == 0 ? segment : join(segment, hash);
      if (joined == segment) {
        int length = Segment.lengthFor(segment.size() + segment.size() / 4);
        if (length < segment.length()) {
          resize(segment, length);
        }
        return;
      }
      segment = joined;
    }
  }

  /** Joins a segment with its other half, if together they are small; returns the outcome. */
  private Segment join(Segment segment, long hash) {
    Segment other = directory.other(segment, hash);
    int sum = segment.size() + other.size();
    if (other.depth != segment.depth || sum > Segment.MAX_LENGTH / 2) {
      return segment;
    }
    boolean isLow = Directory.isLower(segment, hash);
    Segment both =
        isLow ? Segment.joined(segment, other, spans) : Segment.joined(other, segment, spans);
    both.volatiles = segment.volatiles + other.volatiles;
    both.nextExpiry = Math.min(segment.nextExpiry, other.nextExpiry);
    spans.leave(segment);
    spans.leave(other);
    moved += sum;
    changes++;
    directory.join(both, hash);
    return both;
  }

  /**
   * Visits about {@code count} entries from {@code from} on, in the order of hashes; returns where
   * to go on, {@link KeyHash#END} at the end.
   */
  long scan(long from, int count, Visitor visitor) {
    long hash = from;
    int left = count;
    // Nearly empty segments count a little too, so that a call stays short.
    int segments = Math.max(16, count);
    while (left > 0 && segments-- > 0 && hash < KeyHash.END) {
      Segment segment = segment(hash);
      long last = -1;
      long next = Directory.behind(segment, hash);
      for (int i = segment.home(hash); i < segment.length(); i++) {
        int address = segment.address(i);
        if (address == Arena.NONE || segment.hash(i) < hash) {
          continue;
        }
        // All entries of one hash go together, for the position cannot tell them apart.
        if (left <= 0 && segment.hash(i) != last) {
          next = segment.hash(i);
          break;
        }
        last = segment.hash(i);
        left--;
        visitor.visit(address);
      }
      hash = next;
    }
    return hash;
  }

  /**
   * A random entry, {@link Arena#NONE} if there is none: all keys nearly equally likely, for
   * segments are of about one size.
   */
  int sample(SplittableRandom random) {
    if (size == 0) {
      return Arena.NONE;
    }
    long hash = random.nextLong() >>> (Long.SIZE - KeyHash.BITS);
    for (; ; ) {
      Segment segment = segment(hash);
      if (segment.size() > 0) {
        return sample(segment, random);
      }
      hash = Directory.behind(segment, hash) & (KeyHash.END - 1);
    }
  }

  private static int sample(Segment segment, SplittableRandom random) {
    int length = segment.length();
    // Segments are seldom less than 40 % full.
    for (int tries = 0; tries < 16; tries++) {
      int address = segment.address(random.nextInt(length));
      if (address != Arena.NONE) {
        return address;
      }
    }
    int slot = random.nextInt(length);
    while (segment.address(slot) == Arena.NONE) {
      slot = slot + 1 == length ? 0 : slot + 1;
    }
    return segment.address(slot);
  }

  /** A random entry with an expiry, from {@code hash} on; there must be one. */
  int sampleVolatile(long hash, SplittableRandom random) {
    Segment segment = segment(hash);
    while (segment.volatiles == 0) {
      hash = Directory.behind(segment, hash) & (KeyHash.END - 1);
      segment = segment(hash);
    }
    int slot = random.nextInt(segment.length());
    for (; ; ) {
      int address = segment.address(slot);
      if (address != Arena.NONE && Record.hasTtl(arena.page(address), Arena.offset(address))) {
        return address;
      }
      slot = slot + 1 == segment.length() ? 0 : slot + 1;
    }
  }
}
