package io.sampo.keyspace;

/**
 * A piece of the table: the entries whose hashes begin with the same {@link #depth} bits, in the
 * order of the 16 bits that follow, their <em>tags</em>. Linear probing that keeps the order of
 * tags: an entry sits at the slot proportional to its tag or as soon behind it as others let it, so
 * a look-up ends at the first greater tag, and walking the slots is walking the hash order.
 */
final class Segment {
  static final int TAG_BITS = 16;
  static final int TAG_MASK = (1 << TAG_BITS) - 1;
  static final int MIN_LENGTH = 16;

  /** At this many slots a full segment is split instead of grown. */
  static final int MAX_LENGTH = 1024;

  private static final int OBJECT_BYTES = 48;
  private static final int ARRAY_HEADER = 16;
  private static final int SLOT_BYTES = 4 + 2;

  /** How many leading bits of the hash all entries share. */
  final int depth;

  /** Entries with an expiry. */
  int volatiles;

  /** No entry expires before this; Unix milliseconds. */
  long nextExpiry = Long.MAX_VALUE;

  private int[] addresses;
  private short[] tags;

  /** Slots that tags map to; those behind take the overflow, so nothing ever wraps around. */
  private int homes;

  private int size;

  Segment(int depth, int length) {
    this.depth = depth;
    allocate(length);
  }

  private void allocate(int length) {
    int[] newAddresses = new int[length];
    tags = new short[length];
    addresses = newAddresses;
    homes = length - overflow(length);
    size = 0;
  }

  private static int overflow(int length) {
    return 8 + length / 64;
  }

  /** How many entries a segment of {@code length} takes before it has to grow: seven eighths. */
  static int limit(int length) {
    return length - length / 8;
  }

  /** The length that holds {@code entries} with room to spare. */
  static int lengthFor(int entries) {
    return Math.max(MIN_LENGTH, entries + entries / 4 + 4);
  }

  int size() {
    return size;
  }

  /** The number of slots, taken and not. */
  int length() {
    return addresses.length;
  }

  /** The address in a slot, or {@link Arena#NONE}. */
  int address(int slot) {
    return addresses[slot];
  }

  void address(int slot, int address) {
    addresses[slot] = address;
  }

  int tag(int slot) {
    return tags[slot] & TAG_MASK;
  }

  long bytes() {
    return bytes(addresses.length);
  }

  static long bytes(int length) {
    return OBJECT_BYTES + 2 * ARRAY_HEADER + (long) length * SLOT_BYTES;
  }

  /** The first slot that an entry with this tag may be in. */
  int home(int tag) {
    return tag * homes >>> TAG_BITS;
  }

  /** The slot of a key, or -1. */
  int find(int tag, byte[] key, int offset, int length, Arena arena) {
    int[] slots = addresses;
    short[] marks = tags;
    for (int i = home(tag); i < slots.length; i++) {
      int address = slots[i];
      if (address == Arena.NONE) {
        return -1;
      }
      int mark = marks[i] & TAG_MASK;
      if (mark >= tag) {
        if (mark > tag) {
          return -1;
        }
        if (Record.keyEquals(arena.page(address), Arena.offset(address), key, offset, length)) {
          return i;
        }
      }
    }
    return -1;
  }

  /** The slot of an address, or -1. */
  int find(int tag, int address) {
    for (int i = home(tag); i < addresses.length && addresses[i] != Arena.NONE; i++) {
      if (addresses[i] == address) {
        return i;
      }
      if (tag(i) > tag) {
        return -1;
      }
    }
    return -1;
  }

  /** Adds an entry; false if there is no room for it. */
  boolean insert(int tag, int address) {
    int length = addresses.length;
    if (size >= limit(length)) {
      return false;
    }
    int at = home(tag);
    while (at < length && addresses[at] != Arena.NONE && tag(at) <= tag) {
      at++;
    }
    int gap = at;
    while (gap < length && addresses[gap] != Arena.NONE) {
      gap++;
    }
    if (gap == length) {
      return false;
    }
    if (gap > at) {
      System.arraycopy(addresses, at, addresses, at + 1, gap - at);
      System.arraycopy(tags, at, tags, at + 1, gap - at);
    }
    addresses[at] = address;
    tags[at] = (short) tag;
    size++;
    return true;
  }

  /** Empties a slot; what follows it moves up as far as it may. */
  void remove(int slot) {
    int end = slot + 1;
    while (end < addresses.length && addresses[end] != Arena.NONE && home(tag(end)) < end) {
      end++;
    }
    int moved = end - slot - 1;
    System.arraycopy(addresses, slot + 1, addresses, slot, moved);
    System.arraycopy(tags, slot + 1, tags, slot, moved);
    addresses[end - 1] = Arena.NONE;
    size--;
  }

  /** Changes the number of slots, to at least what the entries need. */
  void resize(int length) {
    int[] oldAddresses = addresses;
    short[] oldTags = tags;
    for (int wanted = length; ; wanted += wanted / 8) {
      allocate(wanted);
      if (refill(oldAddresses, oldTags)) {
        return;
      }
    }
  }

  private boolean refill(int[] oldAddresses, short[] oldTags) {
    for (int i = 0; i < oldAddresses.length; i++) {
      if (oldAddresses[i] != Arena.NONE && !insert(oldTags[i] & TAG_MASK, oldAddresses[i])) {
        return false;
      }
    }
    return true;
  }
}
