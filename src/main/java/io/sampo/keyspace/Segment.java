package io.sampo.keyspace;

import io.sampo.data.Directory;
import io.sampo.data.KeyHash;
import io.sampo.data.Words;

/**
 * A piece of the table: the entries whose hashes begin with the same {@link #depth} bits, in the
 * order of their hashes. Linear probing that keeps this order: an entry sits at the slot
 * proportional to the rest of its hash, or as soon behind it as others let it. So a look-up ends at
 * the first greater hash, walking the slots is walking the hash order, and neither growing nor
 * splitting nor joining has to look at a record. Its slots lie in an array of {@link Spans}, which
 * may move them.
 */
final class Segment implements Directory.Part {
  static final int MIN_LENGTH = 16;

  /** At this many slots a full segment is split instead of grown. */
  static final int MAX_LENGTH = 1024;

  static final int OBJECT_BYTES = 56;
  static final int SLOT_BYTES = 8;
  private static final int SLOT_SHIFT = 3;

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

  /** What the slots lie in: hash in the upper half, address in the lower. */
  byte[] array;

  /** Where in the array they begin. */
  int base;

  /** Where in the array they end. */
  private int end;

  /** Slots that hashes map to; those behind take the overflow, so nothing ever wraps around. */
  private int homes;

  private int size;

  /** What the array belongs to; null if nobody else's slots are in there. */
  Spans.Row row;

  /** A segment without slots: {@link Spans#enter}. */
  private Segment(int depth) {
    this.depth = depth;
  }

  /** The first segment of a table. */
  static Segment only(Spans spans) {
    Segment only = new Segment(0);
    spans.enter(only, MIN_LENGTH);
    return only;
  }

  /** The entries of {@code low}, then those of {@code high}, in a segment less deep by one. */
  static Segment joined(Segment low, Segment high, Spans spans) {
    Segment both = new Segment(low.depth - 1);
    both.size = low.size + high.size;
    for (int length = lengthFor(both.size); ; length = grown(length)) {
      spans.enter(both, length);
      int next = both.fill(both.base, low, low.base, low.end);
      if (next >= 0 && both.fill(next, high, high.base, high.end) >= 0) {
        return both;
      }
      spans.leave(both);
    }
  }

  /** The entries in the slots of a range, in a segment deeper by one. */
  Segment part(int from, int to, Spans spans) {
    Segment part = new Segment(depth + 1);
    for (int i = from; i < to; i++) {
      part.size += get(at(i)) == EMPTY ? 0 : 1;
    }
    for (int length = lengthFor(part.size); ; length = grown(length)) {
      spans.enter(part, length);
      if (part.fill(part.base, this, at(from), at(to)) >= 0) {
        return part;
      }
      spans.leave(part);
    }
  }

  /** Changes the number of slots, to at least what the entries need. */
  void resize(int wanted, Spans spans) {
    // In another segment first, for the heap may run out before the entries have their new places.
    Segment other = new Segment(depth);
    for (int length = wanted; ; length = grown(length)) {
      spans.enter(other, length);
      boolean fits = other.fill(other.base, this, base, end) >= 0;
      if (fits) {
        Spans.swap(this, other);
      }
      spans.leave(other);
      if (fits) {
        return;
      }
    }
  }

  /**
   * Appends entries of another segment, between two places in its array; returns the place behind
   * the last, or -1 if they do not fit.
   */
  private int fill(int start, Segment from, int first, int last) {
    int next = start;
    for (int i = first; i < last; i += SLOT_BYTES) {
      long entry = from.get(i);
      if (entry != EMPTY) {
        int to = Math.max(next, at(home(entry >>> Integer.SIZE)));
        if (to == end) {
          return -1;
        }
        Words.putLong(array, to, entry);
        next = to + SLOT_BYTES;
      }
    }
    return next;
  }

  /** The length that holds {@code entries} with room to spare. */
  static int lengthFor(int entries) {
    return Spans.fitting(Math.max(MIN_LENGTH, entries + entries / 5 + 4));
  }

  /** The next length behind {@code length}. */
  static int grown(int length) {
    int next = length + Math.max(8, length / 5);
    // The last step before a split goes all the way.
    return length < MAX_LENGTH && next + next / 5 > MAX_LENGTH ? MAX_LENGTH : next;
  }

  /** Says that its slots, as they are, lie there now. */
  void place(Spans.Row its, byte[] in, int from, int bytes) {
    row = its;
    array = in;
    base = from;
    end = from + bytes;
    homes = length() - 8 - length() / 64;
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
    return end - base >> SLOT_SHIFT;
  }

  private int at(int slot) {
    return base + (slot << SLOT_SHIFT);
  }

  private int slot(int at) {
    return at - base >> SLOT_SHIFT;
  }

  private long get(int at) {
    return Words.getLong(array, at);
  }

  /** The address in a slot, or {@link Arena#NONE}. */
  int address(int slot) {
    return (int) get(at(slot));
  }

  void address(int slot, int address) {
    Words.putInt(array, at(slot), address);
  }

  /** The hash of the entry in a slot that is taken. */
  long hash(int slot) {
    return get(at(slot)) >>> Integer.SIZE;
  }

  private static long entry(long hash, int address) {
    return hash << Integer.SIZE | address & ADDRESS_MASK;
  }

  /** The first slot that an entry with this hash may be in. */
  int home(long hash) {
    return (int) ((hash << depth & KeyHash.END - 1) * homes >>> KeyHash.BITS);
  }

  /** The slot of a key, or -1. */
  int find(long hash, byte[] key, int offset, int length, Arena arena) {
    byte[] entries = array;
    int last = end;
    for (int at = at(home(hash)); at < last; at += SLOT_BYTES) {
      long entry = Words.getLong(entries, at);
      long other = entry >>> Integer.SIZE;
      if (other >= hash) {
        if (other > hash || entry == EMPTY) {
          return -1;
        }
        int address = (int) entry;
        if (Record.keyEquals(arena.page(address), Arena.offset(address), key, offset, length)) {
          return slot(at);
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
    byte[] entries = array;
    int home = at(home(hash));
    int last = end;
    if (hash != 0 && home + GLANCED * SLOT_BYTES <= last) {
      int found = -1;
      // No branches, for how far an entry is from its home cannot be predicted.
      for (int i = 0; i < GLANCED; i++) {
        long other = Words.getLong(entries, home + (i << SLOT_SHIFT)) >>> Integer.SIZE;
        int match = (int) ((other ^ hash) - 1 >> Long.SIZE - 1);
        found = found & ~match | i & match;
      }
      if (found >= 0) {
        return slot(home) + found;
      }
    }
    for (int at = home; at < last; at += SLOT_BYTES) {
      long entry = Words.getLong(entries, at);
      long other = entry >>> Integer.SIZE;
      if (other >= hash || entry == EMPTY) {
        return other == hash && entry != EMPTY ? slot(at) : -1;
      }
    }
    return -1;
  }

  /** The slot of the first entry with this hash or a greater one. */
  int first(long hash) {
    int at = at(home(hash));
    while (at < end && get(at) != EMPTY && get(at) >>> Integer.SIZE < hash) {
      at += SLOT_BYTES;
    }
    return slot(at);
  }

  /** Whether there is a slot of this number, with an entry with this hash in it. */
  boolean has(int slot, long hash) {
    return slot < length() && get(at(slot)) != EMPTY && hash(slot) == hash;
  }

  /** The slot of an address, or -1. */
  int find(long hash, int address) {
    long wanted = entry(hash, address);
    for (int at = at(home(hash)); at < end; at += SLOT_BYTES) {
      long entry = get(at);
      if (entry == wanted) {
        return slot(at);
      }
      if (entry == EMPTY || entry >>> Integer.SIZE > hash) {
        return -1;
      }
    }
    return -1;
  }

  /** Adds an entry; false if there is no room for it. */
  boolean insert(long hash, int address) {
    byte[] entries = array;
    int length = length();
    if (size >= length - length / 10) {
      return false;
    }
    int last = end;
    int at = at(home(hash));
    for (; at < last; at += SLOT_BYTES) {
      long other = Words.getLong(entries, at);
      if (other == EMPTY || other >>> Integer.SIZE > hash) {
        break;
      }
    }
    int gap = at;
    while (gap < last && Words.getLong(entries, gap) != EMPTY) {
      gap += SLOT_BYTES;
    }
    if (gap == last) {
      return false;
    }
    System.arraycopy(entries, at, entries, at + SLOT_BYTES, gap - at);
    Words.putLong(entries, at, entry(hash, address));
    size++;
    return true;
  }

  /** Empties a slot; what follows it moves up as far as it may. */
  void remove(int slot) {
    int behind = slot + 1;
    while (behind < length() && get(at(behind)) != EMPTY && home(hash(behind)) < behind) {
      behind++;
    }
    int at = at(slot);
    int last = at(behind - 1);
    System.arraycopy(array, at + SLOT_BYTES, array, at, last - at);
    Words.putLong(array, last, EMPTY);
    size--;
  }
}
