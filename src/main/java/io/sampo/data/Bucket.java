package io.sampo.data;

import java.util.Arrays;

/**
 * A piece of a {@link ByteTable}: the entries whose hashes begin with the same {@link #depth} bits.
 * They lie in one array in the order they came, with dead ones between; a sorted index of hashes
 * and offsets leads to them. What is found by a hash is found by interpolation.
 *
 * <p>An entry is the length of the key, the key, the length of the value, the value; values above
 * {@link #LARGE} have arrays of their own, and the entry ends with the number of the array.
 */
final class Bucket implements Directory.Part {
  /** Values longer than this have arrays of their own. */
  static final int LARGE = 4096;

  private static final int OBJECT_BYTES = 56;
  private static final int ARRAY_HEADER = 16;
  private static final int REFERENCE = 4;
  private static final int FIRST_SLOTS = 4;

  /** Dead bytes that are always tolerated. */
  private static final int TOLERATED = 128;

  /** The length of a value that has an array of its own. */
  private static final int ELSEWHERE = Lengths.LIMIT - 1;

  private static final int NUMBER_BYTES = 4;
  private static final byte[][] NO_ARRAYS = {};
  private static final byte[] NO_BYTES = {};

  /** How many leading bits of the hash all entries share. */
  final int depth;

  /** What {@link ByteTable#frozen} tells by whether it may be changed. */
  int generation;

  /** Hash in the upper half, offset in the lower; ascending. */
  private long[] index;

  private int size;
  private byte[] bytes;
  private int end;
  private int dead;
  private byte[][] large = NO_ARRAYS;
  private long largeBytes;

  Bucket(int depth) {
    this(depth, FIRST_SLOTS, 0);
  }

  /**
   * @param slots how many entries there is room for
   * @param room for how many bytes of them
   */
  Bucket(int depth, int slots, int room) {
    this.depth = depth;
    index = new long[slots];
    bytes = room == 0 ? NO_BYTES : new byte[room];
  }

  @Override
  public int depth() {
    return depth;
  }

  int size() {
    return size;
  }

  /** The bytes of all that lives in it, but for large values. */
  int live() {
    return end - dead;
  }

  /** The heap it takes. */
  long heapBytes() {
    return OBJECT_BYTES
        + 2 * ARRAY_HEADER
        + index.length * 8L
        + ((bytes.length + 7L) & ~7L)
        + largeBytes;
  }

  long hash(int slot) {
    return index[slot] >>> Integer.SIZE;
  }

  // ---- reading ----

  /** The first slot that holds this hash or a greater one. */
  int slot(long hash) {
    int i = (int) ((hash << depth & KeyHash.END - 1) * size >>> KeyHash.BITS);
    while (i > 0 && hash(i - 1) >= hash) {
      i--;
    }
    while (i < size && hash(i) < hash) {
      i++;
    }
    return i;
  }

  /** The slot of a key, or -1. */
  int find(long hash, byte[] key, int offset, int length) {
    for (int i = slot(hash); i < size && hash(i) == hash; i++) {
      if (keyLength(i) == length && Words.equal(bytes, keyAt(i), key, offset, length)) {
        return i;
      }
    }
    return -1;
  }

  /** The array that holds the keys. */
  byte[] keys() {
    return bytes;
  }

  int keyAt(int slot) {
    int at = (int) index[slot];
    return at + Lengths.sizeAt(bytes, at);
  }

  int keyLength(int slot) {
    return Lengths.get(bytes, (int) index[slot]);
  }

  private int behindKey(int slot) {
    int at = (int) index[slot];
    return at + Lengths.sizeAt(bytes, at) + Lengths.get(bytes, at);
  }

  /** The array that holds the value in a slot, from {@link #valueAt} on. */
  byte[] value(int slot) {
    int at = behindKey(slot);
    return isElsewhere(at) ? large[Words.getInt(bytes, at + NUMBER_BYTES)] : bytes;
  }

  int valueAt(int slot) {
    int at = behindKey(slot);
    return isElsewhere(at) ? 0 : at + Lengths.sizeAt(bytes, at);
  }

  int valueLength(int slot) {
    int at = behindKey(slot);
    return isElsewhere(at)
        ? large[Words.getInt(bytes, at + NUMBER_BYTES)].length
        : Lengths.get(bytes, at);
  }

  private boolean isElsewhere(int at) {
    return Lengths.get(bytes, at) == ELSEWHERE;
  }

  /** The bytes an entry takes here. */
  private int entrySize(int slot) {
    int from = (int) index[slot];
    int at = behindKey(slot);
    return at - from + (isElsewhere(at) ? 2 * NUMBER_BYTES : inlineSize(Lengths.get(bytes, at)));
  }

  private static int inlineSize(int length) {
    return Lengths.sizeOf(length) + length;
  }

  private static int sizeOf(int keyLength, int valueLength) {
    return Lengths.sizeOf(keyLength)
        + keyLength
        + (valueLength > LARGE ? 2 * NUMBER_BYTES : inlineSize(valueLength));
  }

  // ---- writing ----

  /** Adds an entry whose key is not there yet. */
  void insert(long hash, byte[] key, int ko, int kl, byte[] value, int vo, int vl) {
    int offset = write(key, ko, kl, value, vo, vl);
    int slot = slot(hash);
    if (size == index.length) {
      index = Arrays.copyOf(index, size + Math.max(FIRST_SLOTS, size / 8));
    }
    System.arraycopy(index, slot, index, slot + 1, size - slot);
    index[slot] = hash << Integer.SIZE | offset;
    size++;
  }

  /** Replaces the value in a slot. */
  void replace(int slot, byte[] value, int vo, int vl) {
    int at = behindKey(slot);
    boolean inline = vl <= LARGE && !isElsewhere(at);
    if (inline && inlineSize(vl) == inlineSize(Lengths.get(bytes, at))) {
      System.arraycopy(value, vo, bytes, Lengths.put(bytes, at, vl), vl);
      return;
    }
    int kl = keyLength(slot);
    makeRoom(sizeOf(kl, vl));
    release(slot);
    int offset = write(bytes, keyAt(slot), kl, value, vo, vl);
    index[slot] = index[slot] & -1L << Integer.SIZE | offset;
  }

  void remove(int slot) {
    release(slot);
    size--;
    System.arraycopy(index, slot + 1, index, slot, size - slot);
    if (index.length > size + size / 2 + FIRST_SLOTS) {
      index = Arrays.copyOf(index, Math.max(FIRST_SLOTS, size + size / 8));
    }
    if (dead > live() / 4 + TOLERATED) {
      rewrite(0);
    }
  }

  /** Gives up what a slot refers to. */
  private void release(int slot) {
    int at = behindKey(slot);
    dead += entrySize(slot);
    if (isElsewhere(at)) {
      int number = Words.getInt(bytes, at + NUMBER_BYTES);
      largeBytes -= heapOf(large[number]);
      large[number] = NO_BYTES;
    }
  }

  private int write(byte[] key, int ko, int kl, byte[] value, int vo, int vl) {
    int need = sizeOf(kl, vl);
    makeRoom(need);
    int offset = end;
    int at = Lengths.put(bytes, offset, kl);
    System.arraycopy(key, ko, bytes, at, kl);
    at += kl;
    if (vl > LARGE) {
      Lengths.put(bytes, at, ELSEWHERE);
      Words.putInt(bytes, at + NUMBER_BYTES, keep(Arrays.copyOfRange(value, vo, vo + vl)));
    } else {
      at = Lengths.put(bytes, at, vl);
      System.arraycopy(value, vo, bytes, at, vl);
    }
    end += need;
    return offset;
  }

  /** Keeps a large value; returns its number. */
  private int keep(byte[] value) {
    largeBytes += heapOf(value);
    int number = 0;
    while (number < large.length && large[number].length > 0) {
      number++;
    }
    if (number == large.length) {
      large = Arrays.copyOf(large, number + 1);
    }
    large[number] = value;
    return number;
  }

  private static long heapOf(byte[] value) {
    return REFERENCE + ARRAY_HEADER + ((value.length + 7L) & ~7L);
  }

  private void makeRoom(int need) {
    if (need > bytes.length - end) {
      rewrite(need);
    }
  }

  /** Moves what lives into a new array, with room for {@code need} more bytes and a little. */
  private void rewrite(int need) {
    int wanted = Math.addExact(live(), need);
    int capacity = (Math.addExact(wanted, need == 0 ? 0 : wanted / 8) + 7) & ~7;
    byte[] to = new byte[capacity];
    int at = 0;
    if (dead == 0) {
      System.arraycopy(bytes, 0, to, 0, end);
      at = end;
    } else {
      for (int i = 0; i < size; i++) {
        int from = (int) index[i];
        int n = entrySize(i);
        System.arraycopy(bytes, from, to, at, n);
        index[i] = index[i] & -1L << Integer.SIZE | at;
        at += n;
      }
    }
    bytes = to;
    end = at;
    dead = 0;
  }

  // ---- as a whole ----

  /** The entries with hashes from {@code from} to before {@code to}, one bit deeper. */
  Bucket part(long from, long to) {
    int first = slot(from);
    int last = to >= KeyHash.END ? size : slot(to);
    return new Bucket(depth + 1, last - first, 0).filled(this, first, last);
  }

  /** The entries of {@code low}, then those of {@code high}, in a bucket one bit less deep. */
  static Bucket joined(Bucket low, Bucket high) {
    return new Bucket(low.depth - 1, low.size + high.size, 0)
        .filled(low, 0, low.size)
        .filled(high, 0, high.size);
  }

  Bucket copy() {
    return new Bucket(depth, size, 0).filled(this, 0, size);
  }

  /** Takes over entries, whose hashes are greater than all there are. */
  private Bucket filled(Bucket source, int from, int to) {
    int total = 0;
    for (int i = from; i < to; i++) {
      total += source.entrySize(i);
    }
    bytes = Arrays.copyOf(bytes, (end + total + total / 16 + 7) & ~7);
    for (int i = from; i < to; i++) {
      int at = (int) source.index[i];
      int n = source.entrySize(i);
      System.arraycopy(source.bytes, at, bytes, end, n);
      index[size++] = source.hash(i) << Integer.SIZE | end;
      end += n;
      int value = source.behindKey(i);
      if (source.isElsewhere(value)) {
        int number = Words.getInt(source.bytes, value + NUMBER_BYTES);
        Words.putInt(bytes, end - NUMBER_BYTES, keep(source.large[number]));
      }
    }
    return this;
  }
}
