package io.sampo.data;

import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * A hash table from byte strings to byte strings, for the big ones among hashes and sets, built for
 * little memory: entries are packed into {@link Bucket}s of up to 128, which a {@link Directory}
 * finds.
 *
 * <p>{@link #find} and {@link #sample} move the table to an entry, which can be read and removed
 * until the table changes.
 */
public final class ByteTable {
  private static final int MAX_ENTRIES = 128;

  /** What a bucket is expected to get at most where the number of entries is known before. */
  private static final int EXPECTED = 96;

  /** A bucket is split for its bytes only while it has at least this many entries. */
  private static final int MIN_SPLIT = 16;

  private static final int MAX_BYTES = 1 << 14;
  private static final int MAX_DEPTH = 26;

  private static final int OBJECT_BYTES = 48;
  private static final int REFERENCE = 4;

  /** How many times the average share of the hashes an entry may have and be sampled fairly. */
  private static final int FAIRNESS = 3;

  private static final byte[] NOTHING = {};

  /** Is shown entries; their arrays are valid and unchanged until it returns. */
  @FunctionalInterface
  public interface Visitor {
    /** Returns whether to go on, which only {@link #each} asks. */
    boolean visit(byte[] key, int ko, int kl, byte[] value, int vo, int vl);
  }

  private Directory<Bucket> directory;
  private int size;
  private long bytes;

  /** The entry the table was moved to. */
  private Bucket bucket;

  private int slot;

  /** How often it was frozen; a bucket of an earlier generation belongs to a frozen table, too. */
  private int generation;

  public ByteTable() {
    bucket = new Bucket(0);
    directory = new Directory<>(bucket);
    bytes = OBJECT_BYTES + REFERENCE + bucket.heapBytes();
  }

  /** A table into which so many entries are to come, of so many bytes together. */
  static ByteTable sized(int entries, long itsBytes) {
    int depth = 0;
    while (entries >> depth > EXPECTED && depth < MAX_DEPTH) {
      depth++;
    }
    ByteTable table = new ByteTable();
    if (depth > 0) {
      int slots = entries >> depth;
      int room = (int) Math.min(itsBytes >> depth, MAX_BYTES);
      int its = depth;
      table.directory = new Directory<>(depth, () -> new Bucket(its, slots + slots / 8, room));
      table.bucket = table.directory.at(0);
      table.bytes = OBJECT_BYTES + REFERENCE + (table.bucket.heapBytes() << depth);
    }
    return table;
  }

  public int size() {
    return size;
  }

  /** The heap it takes. */
  public long heapBytes() {
    return bytes + directory.heapBytes();
  }

  /** A copy that shares nothing. */
  public ByteTable copy() {
    ByteTable copy = new ByteTable();
    copy.bytes -= copy.bucket.heapBytes();
    copy.directory =
        directory.copy(
            b -> {
              Bucket its = b.copy();
              copy.bytes += its.heapBytes();
              return its;
            });
    copy.bucket = copy.directory.at(0);
    copy.size = size;
    return copy;
  }

  /** As {@link Value#frozen}. */
  ByteTable frozen() {
    ByteTable frozen = new ByteTable();
    frozen.directory = directory.copy(UnaryOperator.identity());
    frozen.bucket = frozen.directory.at(0);
    frozen.size = size;
    frozen.bytes = bytes;
    generation++;
    return frozen;
  }

  /** The bucket of a hash, to be changed. */
  private Bucket own(long hash) {
    Bucket b = directory.of(hash);
    if (b.generation == generation) {
      return b;
    }
    Bucket own = b.copy();
    own.generation = generation;
    bytes += own.heapBytes() - b.heapBytes();
    directory.replace(own, hash);
    return own;
  }

  // ---- one entry ----

  /** Moves to the entry of a key; false if there is none. */
  public boolean find(byte[] key, int offset, int length) {
    long hash = KeyHash.SECRET.of(key, offset, length);
    bucket = directory.of(hash);
    slot = bucket.find(hash, key, offset, length);
    return slot >= 0;
  }

  /** Says whether a value is the one that is looked for. */
  @FunctionalInterface
  interface Values {
    boolean test(byte[] a, int offset);
  }

  /** Moves to an entry whose key has this hash, with such a value; false if there is none. */
  boolean find(long hash, Values wanted) {
    bucket = directory.of(hash);
    for (slot = bucket.slot(hash); slot < bucket.size() && bucket.hash(slot) == hash; slot++) {
      if (wanted.test(value(), valueAt())) {
        return true;
      }
    }
    slot = -1;
    return false;
  }

  /** How many entries have a key of this hash and such a value. */
  int count(long hash, Values wanted) {
    Bucket b = directory.of(hash);
    int count = 0;
    for (int s = b.slot(hash); s < b.size() && b.hash(s) == hash; s++) {
      count += wanted.test(b.value(s), b.valueAt(s)) ? 1 : 0;
    }
    return count;
  }

  /** The array that holds the key of the entry moved to. */
  public byte[] key() {
    return bucket.keys();
  }

  public int keyAt() {
    return bucket.keyAt(slot);
  }

  public int keyLength() {
    return bucket.keyLength(slot);
  }

  /** The array that holds the value of the entry moved to. */
  public byte[] value() {
    return bucket.value(slot);
  }

  int valueAt() {
    return bucket.valueAt(slot);
  }

  public int valueLength() {
    return bucket.valueLength(slot);
  }

  /** Sets the value of a key; returns whether the key is new. */
  public boolean put(byte[] key, int ko, int kl, byte[] value, int vo, int vl) {
    long hash = KeyHash.SECRET.of(key, ko, kl);
    bucket = directory.of(hash);
    slot = bucket.find(hash, key, ko, kl);
    if (slot >= 0) {
      replace(value, vo, vl);
      return false;
    }
    insert(hash, key, ko, kl, value, vo, vl);
    return true;
  }

  /** Adds a key without a value; false if it is there already, whatever its value. */
  public boolean add(byte[] key, int offset, int length) {
    long hash = KeyHash.SECRET.of(key, offset, length);
    bucket = directory.of(hash);
    slot = bucket.find(hash, key, offset, length);
    if (slot >= 0) {
      return false;
    }
    insert(hash, key, offset, length, NOTHING, 0, 0);
    return true;
  }

  /** Replaces the value of the entry moved to. */
  public void replace(byte[] value, int offset, int length) {
    bucket = own(bucket.hash(slot));
    bytes -= bucket.heapBytes();
    bucket.replace(slot, value, offset, length);
    bytes += bucket.heapBytes();
  }

  /** Removes a key; false if it is not there. */
  public boolean remove(byte[] key, int offset, int length) {
    if (!find(key, offset, length)) {
      return false;
    }
    remove();
    return true;
  }

  /** Removes the entry moved to. */
  public void remove() {
    long hash = bucket.hash(slot);
    bucket = own(hash);
    bytes -= bucket.heapBytes();
    bucket.remove(slot);
    bytes += bucket.heapBytes();
    size--;
    shrink(hash);
    bucket = directory.of(hash);
  }

  private void insert(long hash, byte[] key, int ko, int kl, byte[] value, int vo, int vl) {
    Bucket target = own(hash);
    while (isFull(target, kl + Math.min(vl, Bucket.LARGE))) {
      split(target, hash);
      target = directory.of(hash);
    }
    bytes -= target.heapBytes();
    target.insert(hash, key, ko, kl, value, vo, vl);
    bytes += target.heapBytes();
    size++;
    bucket = target;
  }

  // ---- many entries ----

  /**
   * Moves to a random entry, which there must be; all are equally likely. The share of a bucket is
   * by its part of the hashes, so the choice is repeated if the bucket holds fewer than others.
   */
  public void sample(SplittableRandom random) {
    for (; ; ) {
      bucket = directory.at(random.nextInt(directory.places()));
      long weight = (long) bucket.size() << bucket.depth;
      if (directory.places() == 1 || random.nextLong((long) size * FAIRNESS) < weight) {
        slot = random.nextInt(bucket.size());
        return;
      }
    }
  }

  /** Visits all entries until the visitor has enough; they must not change meanwhile. */
  public void each(Visitor visitor) {
    for (int i = 0; i < directory.places(); i = directory.next(i)) {
      Bucket b = directory.at(i);
      for (int s = 0; s < b.size(); s++) {
        if (!visit(b, s, visitor)) {
          return;
        }
      }
    }
  }

  private static boolean visit(Bucket b, int s, Visitor visitor) {
    return visitor.visit(
        b.keys(), b.keyAt(s), b.keyLength(s), b.value(s), b.valueAt(s), b.valueLength(s));
  }

  /**
   * Visits about {@code count} entries from {@code cursor} on, 0 being the start; returns where to
   * go on, below 2^32, or 0 at the end. Every key present from the first call to the last is
   * visited exactly once, whatever else comes and goes: the order is that of the hashes.
   */
  public long scan(long cursor, int count, Visitor visitor) {
    long hash = cursor & (KeyHash.END - 1);
    int left = count;
    while (left > 0 && hash < KeyHash.END) {
      Bucket b = directory.of(hash);
      long next = Directory.behind(b, hash);
      long last = -1;
      for (int s = b.slot(hash); s < b.size(); s++) {
        // All entries of one hash go together, for the cursor cannot tell them apart.
        if (left <= 0 && b.hash(s) != last) {
          next = b.hash(s);
          break;
        }
        last = b.hash(s);
        left--;
        visit(b, s, visitor);
      }
      hash = next;
    }
    return hash < KeyHash.END ? hash : 0;
  }

  // ---- splitting and joining ----

  private static boolean isFull(Bucket b, int more) {
    return b.depth < MAX_DEPTH
        && (b.size() >= MAX_ENTRIES || b.size() >= MIN_SPLIT && b.live() + more > MAX_BYTES);
  }

  private void split(Bucket b, long hash) {
    long middle = Directory.middle(b, hash);
    Bucket low = b.part(0, middle);
    Bucket high = b.part(middle, Directory.behind(b, hash));
    low.generation = generation;
    high.generation = generation;
    bytes += low.heapBytes() + high.heapBytes() - b.heapBytes();
    directory.split(low, high, hash);
  }

  /** Joins what has become small around a hash. */
  private void shrink(long hash) {
    Bucket b = directory.of(hash);
    while (b.depth > 0) {
      Bucket other = directory.other(b, hash);
      int sum = b.size() + other.size();
      boolean light = b.live() + other.live() <= MAX_BYTES / 2 || sum <= MIN_SPLIT / 2;
      if (other.depth != b.depth || sum > MAX_ENTRIES / 2 || !light) {
        return;
      }
      b = join(b, other, hash);
    }
  }

  private Bucket join(Bucket b, Bucket other, long hash) {
    boolean isLow = Directory.isLower(b, hash);
    Bucket both = isLow ? Bucket.joined(b, other) : Bucket.joined(other, b);
    both.generation = generation;
    bytes += both.heapBytes() - b.heapBytes() - other.heapBytes();
    directory.join(both, hash);
    return both;
  }
}
