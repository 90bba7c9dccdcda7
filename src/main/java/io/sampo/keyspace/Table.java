package io.sampo.keyspace;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The keys of a database, by extendible hashing: the leading bits of a hash choose a {@link
 * Segment} through the directory, and a segment that is full is split in two, one that has emptied
 * is joined with its other half. So no operation ever moves more than a segment's worth of entries,
 * and the directory is in hash order.
 */
final class Table {
  /** Bounds the directory; deeper segments would just grow. */
  private static final int MAX_DEPTH = 26;

  private static final int ARRAY_HEADER = 16;
  private static final int REFERENCE = 4;

  private final Arena arena;
  private final KeyHash hashes;
  private Segment[] directory;
  private int depth;

  /** Segments as deep as the directory: when there are none left it can be halved. */
  private int deepest;

  private int size;
  private long bytes;
  private long moved;

  Table(Arena arena, KeyHash hashes) {
    this.arena = arena;
    this.hashes = hashes;
    Segment only = new Segment(0, Segment.MIN_LENGTH);
    directory = new Segment[] {only};
    deepest = 1;
    bytes = only.bytes() + ARRAY_HEADER + REFERENCE;
  }

  int size() {
    return size;
  }

  long bytes() {
    return bytes;
  }

  /** How many entries reorganizations have moved so far. */
  long moved() {
    return moved;
  }

  /** The segment that holds what has this hash. */
  Segment segment(long hash) {
    return directory[(int) (hash >>> (KeyHash.BITS - depth))];
  }

  /** The first hash behind those of a segment, one of which is {@code hash}. */
  static long behind(Segment segment, long hash) {
    int shift = KeyHash.BITS - segment.depth;
    return ((hash >>> shift) + 1) << shift;
  }

  /** The first hash with that tag in a segment, one of whose hashes is {@code hash}. */
  static long hashAt(Segment segment, long hash, int tag) {
    int shift = KeyHash.BITS - segment.depth;
    return (hash >>> shift) << shift | (long) tag << (shift - Segment.TAG_BITS);
  }

  static int tag(long hash, int segmentDepth) {
    return (int) (hash >>> (KeyHash.BITS - Segment.TAG_BITS - segmentDepth)) & Segment.TAG_MASK;
  }

  long hashOf(int address) {
    byte[] b = arena.page(address);
    int p = Arena.offset(address);
    return hashes.of(b, Record.keyAt(b, p), Record.keyLength(b, p));
  }

  /** The slot of a key in its segment, or -1. */
  int slot(Segment segment, long hash, byte[] key, int offset, int length) {
    return segment.find(tag(hash, segment.depth), key, offset, length, arena);
  }

  /** The slot of an address in its segment, or -1. */
  int slot(Segment segment, long hash, int address) {
    return segment.find(tag(hash, segment.depth), address);
  }

  /** Adds the address of a record whose key is not there yet; returns its segment. */
  Segment insert(long hash, int address) {
    Segment segment = segment(hash);
    while (!segment.insert(tag(hash, segment.depth), address)) {
      expand(segment, hash);
      segment = segment(hash);
    }
    size++;
    return segment;
  }

  /** Empties a slot; {@link #shrink} is left to the caller. */
  void remove(Segment segment, int slot) {
    segment.remove(slot);
    size--;
  }

  private void expand(Segment segment, long hash) {
    if (segment.length() >= Segment.MAX_LENGTH && segment.depth < MAX_DEPTH) {
      split(segment, hash);
      return;
    }
    int roomy = segment.length() + Math.max(8, segment.length() / 6);
    resize(segment, segment.depth < MAX_DEPTH ? Math.min(roomy, Segment.MAX_LENGTH) : roomy);
  }

  private void resize(Segment segment, int length) {
    moved += segment.size();
    bytes -= segment.bytes();
    segment.resize(length);
    bytes += segment.bytes();
  }

  private void split(Segment segment, long hash) {
    int below = segment.depth + 1;
    if (below > depth) {
      deepen();
    }
    int half = Segment.lengthFor(segment.size() / 2);
    Segment low = new Segment(below, half);
    Segment high = new Segment(below, half);
    bytes += low.bytes() + high.bytes() - segment.bytes();
    for (int i = 0; i < segment.length(); i++) {
      int address = segment.address(i);
      if (address != Arena.NONE) {
        long entry = hashOf(address);
        Segment to = (segment.tag(i) & 1 << (Segment.TAG_BITS - 1)) == 0 ? low : high;
        put(to, tag(entry, below), address);
        if (Record.hasTtl(arena.page(address), Arena.offset(address))) {
          to.volatiles++;
        }
      }
    }
    low.nextExpiry = segment.nextExpiry;
    high.nextExpiry = segment.nextExpiry;
    moved += segment.size();
    int run = 1 << (depth - below);
    int at = (int) (hash >>> (KeyHash.BITS - depth)) & -(run * 2);
    Arrays.fill(directory, at, at + run, low);
    Arrays.fill(directory, at + run, at + 2 * run, high);
    if (below == depth) {
      deepest += 2;
    }
  }

  private void put(Segment to, int tag, int address) {
    while (!to.insert(tag, address)) {
      resize(to, to.length() + Math.max(8, to.length() / 6));
    }
  }

  private void deepen() {
    Segment[] wider = new Segment[directory.length * 2];
    for (int i = 0; i < directory.length; i++) {
      wider[2 * i] = directory[i];
      wider[2 * i + 1] = directory[i];
    }
    bytes += (long) directory.length * REFERENCE;
    directory = wider;
    depth++;
    deepest = 0;
  }

  /** Gives back room after removals from the segment of {@code hash}, if there is much to spare. */
  void shrink(long hash) {
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
    long otherHash = hash ^ 1L << (KeyHash.BITS - segment.depth);
    Segment other = segment(otherHash);
    int sum = segment.size() + other.size();
    if (other.depth != segment.depth || sum > Segment.MAX_LENGTH / 2) {
      return segment;
    }
    Segment low = hash < otherHash ? segment : other;
    Segment high = hash < otherHash ? other : segment;
    Segment both = new Segment(segment.depth - 1, Segment.lengthFor(sum));
    bytes += both.bytes() - low.bytes() - high.bytes();
    copyTags(low, both, 0);
    copyTags(high, both, 1 << (Segment.TAG_BITS - 1));
    both.volatiles = low.volatiles + high.volatiles;
    both.nextExpiry = Math.min(low.nextExpiry, high.nextExpiry);
    moved += sum;
    int run = 1 << (depth - both.depth);
    int at = (int) (hash >>> (KeyHash.BITS - depth)) & -run;
    Arrays.fill(directory, at, at + run, both);
    if (segment.depth == depth) {
      deepest -= 2;
      while (deepest == 0) {
        flatten();
      }
    }
    return both;
  }

  /** A joined segment's tags begin with the bit that told the halves apart. */
  private void copyTags(Segment from, Segment to, int leading) {
    for (int i = 0; i < from.length(); i++) {
      if (from.address(i) != Arena.NONE) {
        put(to, leading | from.tag(i) >>> 1, from.address(i));
      }
    }
  }

  private void flatten() {
    Segment[] narrower = new Segment[directory.length / 2];
    depth--;
    for (int i = 0; i < narrower.length; i++) {
      narrower[i] = directory[2 * i];
      if (narrower[i].depth == depth) {
        deepest++;
      }
    }
    bytes -= (long) narrower.length * REFERENCE;
    directory = narrower;
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
      hash = behind(segment, hash) & (KeyHash.END - 1);
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
      hash = behind(segment, hash) & (KeyHash.END - 1);
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
