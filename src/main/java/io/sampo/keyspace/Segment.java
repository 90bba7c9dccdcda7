package io.sampo.keyspace;

import io.sampo.data.Directory;
import io.sampo.data.KeyHash;

/**
 * A piece of the table: the entries whose hashes begin with the same {@link #depth} bits, in the
 * order of their hashes. Linear probing that keeps this order: an entry sits at the slot
 * proportional to the rest of its hash, or as soon behind it as others let it. So a look-up ends at
 * the first greater hash, walking the slots is walking the hash order, and neither growing nor
 * splitting nor joining has to look at a record.
 */
final class Segment implements Directory.Part {
  static final int MIN_LENGTH = 16;

  /** At this many slots a full segment is split instead of grown. */
  static final int MAX_LENGTH = 1024;

  private static final int OBJECT_BYTES = 40;
  private static final int ARRAY_HEADER = 16;
  private static final int SLOT_BYTES = 8;

  /** Few entries are farther from their home. */
  private static final int GLANCED = 8;

  private static final long ADDRESS_MASK = 0xffffffffL;
  private static final long EMPTY = 0;

  /** How many leading bits of the hash all entries share. */
  final int depth;

  /** Entries with an expiry. */
  int volatiles;

  /** No entry expires before this; Unix milliseconds. */
  long nextExpiry = Long.MAX_VALUE;

  /** Hash in the upper half, address in the lower. */
  private long[] slots;

  /** Slots that hashes map to; those behind take the overflow, so nothing ever wraps around. */
  private int homes;

  private int size;

  Segment(int depth) {
    this(depth, MIN_LENGTH);
  }

  private Segment(int depth, int length) {
    this.depth = depth;
    slots = new long[length];
    homes = length - 8 - length / 64;
  }

  /** The entries of {@code low}, then those of {@code high}, in a segment less deep by one. */
  static Segment joined(Segment low, Segment high) {
    int length = lengthFor(low.size + high.size);
    for (; ; length = grown(length)) {
      Segment both = new Segment(low.depth - 1, length);
      int next = both.fill(0, low.slots, 0, low.slots.length);
      if (next >= 0 && both.fill(next, high.slots, 0, high.slots.length) >= 0) {
        return both;
      }
    }
  }

  /** The entries in the slots of a range, in a segment deeper by one. */
  Segment part(int from, int to) {
    int entries = 0;
    for (int i = from; i < to; i++) {
      entries += slots[i] == EMPTY ? 0 : 1;
    }
    for (int length = lengthFor(entries); ; length = grown(length)) {
      Segment part = new Segment(depth + 1, length);
      if (part.fill(0, slots, from, to) >= 0) {
        return part;
      }
    }
  }

  /** Changes the number of slots, to at least what the entries need. */
  void resize(int wanted) {
    // In another segment first, for the heap may run out before the entries have their new places.
    for (int length = wanted; ; length = grown(length)) {
      Segment other = new Segment(depth, length);
      if (other.fill(0, slots, 0, slots.length) >= 0) {
        slots = other.slots;
        homes = other.homes;
        return;
      }
    }
  }

  /** Appends entries; returns the slot behind the last, or -1 if they do not fit. */
  private int fill(int start, long[] entries, int from, int to) {
    int next = start;
    for (int i = from; i < to; i++) {
      if (entries[i] != EMPTY) {
        int at = Math.max(next, home(entries[i] >>> Integer.SIZE));
        if (at == slots.length) {
          return -1;
        }
        slots[at] = entries[i];
        next = at + 1;
        size++;
      }
    }
    return next;
  }

  /** The length that holds {@code entries} with room to spare. */
  static int lengthFor(int entries) {
    return Math.max(MIN_LENGTH, entries + entries / 5 + 4);
  }

  /** The next length behind {@code length}. */
  static int grown(int length) {
    return length + Math.max(8, length / 5);
  }

  @Override
  public int depth() {
    return depth;
  }

  int size() {
    return size;
  }

  /** The number of slots, taken and not. */
  int length() {
    return slots.length;
  }

  /** The address in a slot, or {@link Arena#NONE}. */
  int address(int slot) {
    return (int) slots[slot];
  }

  void address(int slot, int address) {
    slots[slot] = slots[slot] & ~ADDRESS_MASK | address & ADDRESS_MASK;
  }

  /** The hash of the entry in a slot that is taken. */
  long hash(int slot) {
    return slots[slot] >>> Integer.SIZE;
  }

  /** The heap it takes. */
  long bytes() {
    return OBJECT_BYTES + ARRAY_HEADER + (long) slots.length * SLOT_BYTES;
  }

  /** The first slot that an entry with this hash may be in. */
  int home(long hash) {
    return (int) ((hash << depth & KeyHash.END - 1) * homes >>> KeyHash.BITS);
  }

  /** The slot of a key, or -1. */
  int find(long hash, byte[] key, int offset, int length, Arena arena) {
    long[] entries = slots;
    for (int i = home(hash); i < entries.length; i++) {
      long entry = entries[i];
      long other = entry >>> Integer.SIZE;
      if (other >= hash) {
        if (other > hash || entry == EMPTY) {
          return -1;
        }
        int address = (int) entry;
        if (Record.keyEquals(arena.page(address), Arena.offset(address), key, offset, length)) {
          return i;
        }
      } else if (entry == EMPTY) {
        return -1;
      }
    }
    return -1;
  }

  /** Reads the first slot that an entry with this hash may be in; returns something of it. */
  int glanceHome(long hash) {
    return address(home(hash));
  }

  /** A slot with this hash, without a look at its record, or -1. */
  int glance(long hash) {
    long[] entries = slots;
    int home = home(hash);
    if (hash != 0 && home + GLANCED <= entries.length) {
      int slot = -1;
      // No branches, for how far an entry is from its home cannot be predicted.
      for (int i = home; i < home + GLANCED; i++) {
        int match = (int) ((entries[i] >>> Integer.SIZE ^ hash) - 1 >> Long.SIZE - 1);
        slot = slot & ~match | i & match;
      }
      if (slot >= 0) {
        return slot;
      }
    }
    for (int i = home; i < entries.length; i++) {
      long entry = entries[i];
      long other = entry >>> Integer.SIZE;
      if (other >= hash || entry == EMPTY) {
        return other == hash && entry != EMPTY ? i : -1;
      }
    }
    return -1;
  }

  /** The slot of the first entry with this hash or a greater one. */
  int first(long hash) {
    int slot = home(hash);
    while (slot < slots.length && slots[slot] != EMPTY && hash(slot) < hash) {
      slot++;
    }
    return slot;
  }

  /** Whether there is a slot of this number, with an entry with this hash in it. */
  boolean has(int slot, long hash) {
    return slot < slots.length && slots[slot] != EMPTY && hash(slot) == hash;
  }

  /** The slot of an address, or -1. */
  int find(long hash, int address) {
    long wanted = hash << Integer.SIZE | address & ADDRESS_MASK;
    for (int i = home(hash); i < slots.length && slots[i] != EMPTY; i++) {
      if (slots[i] == wanted) {
        return i;
      }
      if (hash(i) > hash) {
        return -1;
      }
    }
    return -1;
  }

  /** Adds an entry; false if there is no room for it. */
  boolean insert(long hash, int address) {
    long[] entries = slots;
    int length = entries.length;
    if (size >= length - length / 10) {
      return false;
    }
    int at = home(hash);
    while (at < length && entries[at] != EMPTY && entries[at] >>> Integer.SIZE <= hash) {
      at++;
    }
    int gap = at;
    while (gap < length && entries[gap] != EMPTY) {
      gap++;
    }
    if (gap == length) {
      return false;
    }
    System.arraycopy(entries, at, entries, at + 1, gap - at);
    entries[at] = hash << Integer.SIZE | address & ADDRESS_MASK;
    size++;
    return true;
  }

  /** Empties a slot; what follows it moves up as far as it may. */
  void remove(int slot) {
    int end = slot + 1;
    while (end < slots.length && slots[end] != EMPTY && home(hash(end)) < end) {
      end++;
    }
    System.arraycopy(slots, slot + 1, slots, slot, end - slot - 1);
    slots[end - 1] = EMPTY;
    size--;
  }
}
