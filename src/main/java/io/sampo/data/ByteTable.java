package io.sampo.data;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/**
 * A hash table from byte strings to byte strings, for the big ones among hashes and sets, built for
 * little memory in few arrays: entries are packed into {@link Bucket}s of up to a page, which a
 * {@link Directory} finds by slanted hashes; see {@link Slant}.
 *
 * <p>{@link #find} and {@link #sample} move the table to an entry, which can be read and removed
 * until the table changes.
 */
public final class ByteTable {
  private static final int OBJECT_BYTES = 56;
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

  /**
   * What hashes are multiplied with, to be in another order than in other tables: what is taken
   * from one of them in its order would always come to the same place, in everybody's way.
   */
  private final long factor;

  private Directory<Bucket> directory;
  private int size;
  private long bytes;

  /** The entry the table was moved to. */
  private Bucket bucket;

  private int slot;

  /** How often it was frozen; a bucket of an earlier generation belongs to a frozen table, too. */
  private int generation;

  public ByteTable() {
    this(ThreadLocalRandom.current().nextLong(KeyHash.END) | 1);
  }

  /**
   * @param factor odd, and below 2^32
   */
  ByteTable(long factor) {
    this.factor = factor;
    bucket = new Bucket(0, 0, KeyHash.END);
    directory = new Directory<>(bucket);
    bytes = OBJECT_BYTES + REFERENCE + bucket.heapBytes();
  }

  /** A table into which so many entries are to come, of so many bytes together. */
  public static ByteTable sized(int entries, long itsBytes) {
    ByteTable table = new ByteTable();
    long all = Layout.taken(entries, itsBytes);
    long slanted = 0;
    while (slanted < KeyHash.END) {
      Bucket b = table.directory.of(slanted);
      if (b.isEnoughFor(all)) {
        b.expect(all);
        slanted = Directory.behind(b, slanted);
      } else {
        table.split(b, slanted);
      }
    }
    table.bucket = table.directory.at(0);
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
    ByteTable copy = new ByteTable(factor);
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
  public ByteTable frozen() {
    ByteTable frozen = new ByteTable(factor);
    frozen.directory = directory.copy(UnaryOperator.identity());
    frozen.bucket = frozen.directory.at(0);
    frozen.size = size;
    frozen.bytes = bytes;
    generation++;
    return frozen;
  }

  private Bucket of(long hash) {
    return directory.of(Slant.of(hash));
  }

  /** As {@link Value#release}. */
  public void release() {
    for (int i = 0; i < directory.places(); i = directory.next(i)) {
      release(directory.at(i));
    }
  }

  private void release(Bucket b) {
    if (b.generation == generation) {
      b.release();
    }
  }

  /** The bucket of a hash, to be changed. */
  private Bucket own(long hash) {
    Bucket b = of(hash);
    if (b.generation == generation) {
      return b;
    }
    Bucket own = b.copy();
    own.generation = generation;
    bytes += own.heapBytes() - b.heapBytes();
    directory.replace(own, Slant.of(hash));
    return own;
  }

  // ---- one entry ----

  /** Moves to the entry of a key; false if there is none. */
  public boolean find(byte[] key, int offset, int length) {
    return find(KeyHash.SECRET.of(key, offset, length), key, offset, length);
  }

  /** The same, the hash of the key being known. */
  public boolean find(long keyHash, byte[] key, int offset, int length) {
    return seek(mixed(keyHash), key, offset, length);
  }

  /** The hash by which a key has its place here; different ones stay different. */
  private long mixed(long keyHash) {
    return keyHash * factor & KeyHash.END - 1;
  }

  private boolean seek(long hash, byte[] key, int offset, int length) {
    bucket = of(hash);
    slot = bucket.find(hash, key, offset, length);
    return slot >= 0;
  }

  /** Says whether a value is the one that is looked for. */
  @FunctionalInterface
  public interface Values {
    boolean test(byte[] a, int offset);
  }

  /** Moves to an entry whose key has this hash, with such a value; false if there is none. */
  public boolean find(long keyHash, Values wanted) {
    long hash = mixed(keyHash);
    bucket = of(hash);
    for (slot = bucket.slot(hash); bucket.holds(slot, hash); slot++) {
      if (wanted.test(value(), valueAt())) {
        return true;
      }
    }
    slot = -1;
    return false;
  }

  /** How many entries have a key of this hash and such a value. */
  public int count(long keyHash, Values wanted) {
    long hash = mixed(keyHash);
    Bucket b = of(hash);
    int count = 0;
    for (int s = b.slot(hash); b.holds(s, hash); s++) {
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

  /** Where in the array the value of the last entry found begins. */
  public int valueAt() {
    return bucket.valueAt(slot);
  }

  public int valueLength() {
    return bucket.valueLength(slot);
  }

  /** Sets the value of a key; returns whether the key is new. */
  public boolean put(byte[] key, int ko, int kl, byte[] value, int vo, int vl) {
    return put(KeyHash.SECRET.of(key, ko, kl), key, ko, kl, value, vo, vl);
  }

  /** The same, the hash of the key being known. */
  boolean put(long keyHash, byte[] key, int ko, int kl, byte[] value, int vo, int vl) {
    long hash = mixed(keyHash);
    if (seek(hash, key, ko, kl)) {
      replace(value, vo, vl);
      return false;
    }
    insert(hash, key, ko, kl, value, vo, vl);
    return true;
  }

  /** Adds a key without a value; false if it is there already, whatever its value. */
  public boolean add(byte[] key, int offset, int length) {
    long hash = mixed(KeyHash.SECRET.of(key, offset, length));
    if (seek(hash, key, offset, length)) {
      return false;
    }
    insert(hash, key, offset, length, NOTHING, 0, 0);
    return true;
  }

  /** Replaces the value of the entry moved to. */
  public void replace(byte[] value, int offset, int length) {
    long hash = bucket.hash(slot);
    bucket = own(hash);
    if (!replaceIn(bucket, value, offset, length)) {
      makeRoom(hash, value, offset, length);
    }
    trim();
  }

  private boolean replaceIn(Bucket b, byte[] value, int offset, int length) {
    long before = b.heapBytes();
    boolean isReplaced = b.replace(slot, value, offset, length);
    bytes += b.heapBytes() - before;
    return isReplaced;
  }

  /** Replaces the value of the entry moved to, where its bucket has no room for the new one. */
  private void makeRoom(long hash, byte[] value, int offset, int length) {
    int at = keyAt();
    byte[] key = Arrays.copyOfRange(key(), at, at + keyLength());
    do {
      long before = bucket.heapBytes();
      if (bucket.makeRoom(key.length, length)) {
        bytes += bucket.heapBytes() - before;
      } else {
        split(bucket, Slant.of(hash));
      }
      seek(hash, key, 0, key.length);
    } while (!replaceIn(bucket, value, offset, length));
  }

  /** Has {@link #remove(byte[], int, int)} of a key take no heap. */
  public void prepareToRemove(byte[] key, int offset, int length) {
    own(mixed(KeyHash.SECRET.of(key, offset, length)));
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
    long before = bucket.heapBytes();
    bucket.remove(slot);
    bytes += bucket.heapBytes() - before;
    size--;
    shrink(hash);
  }

  /** Removes all entries that a visitor says go, in one walk. */
  public void removeIf(Visitor goes) {
    for (int i = 0; i < directory.places(); i = directory.next(i)) {
      bucket = own(directory.at(i).from);
      long before = bucket.heapBytes();
      int had = bucket.size();
      bucket.removeIf(goes);
      bytes += bucket.heapBytes() - before;
      size -= had - bucket.size();
    }
    // Only now, for a bucket may be joined with one that was still to be looked at.
    for (long slanted = 0; slanted < KeyHash.END; slanted = Directory.behind(bucket, slanted)) {
      bucket = directory.of(slanted);
      shrink(bucket.from);
    }
  }

  /** Adds the hash of a key to those that {@link #removeIf(HashBatch, Visitor)} looks for. */
  public void mark(byte[] key, int offset, int length, HashBatch batch) {
    mark(KeyHash.SECRET.of(key, offset, length), batch);
  }

  /** The same, the hash of the key being known. */
  public void mark(long keyHash, HashBatch batch) {
    batch.add(mixed(keyHash));
  }

  /**
   * Removes what has a hash of a batch and a visitor says goes; the batch is empty then. What goes
   * from a bucket is counted before, with nothing else to do, so that the machine fetches many
   * entries while it waits for one.
   */
  public void removeIf(HashBatch batch, Visitor goes) {
    int n = batch.order();
    for (int i = 0, behind = 0; i < n; i = behind) {
      bucket = of(batch.get(i));
      int going = 0;
      do {
        going += bucket.count(batch.get(behind++), goes);
      } while (behind < n && bucket.covers(batch.get(behind)));
      if (going > 0) {
        removeIf(batch, i, behind, goes);
      }
    }
    batch.clear();
  }

  /** The same, of hashes of one bucket. */
  private void removeIf(HashBatch batch, int first, int behind, Visitor goes) {
    bucket = own(batch.get(first));
    long before = bucket.heapBytes();
    int had = bucket.size();
    for (int i = first; i < behind; i++) {
      bucket.removeIf(batch.get(i), goes);
    }
    bytes += bucket.heapBytes() - before;
    size -= had - bucket.size();
    shrink(bucket.from);
  }

  private void insert(long hash, byte[] key, int ko, int kl, byte[] value, int vo, int vl) {
    bucket = own(hash);
    for (; ; ) {
      long before = bucket.heapBytes();
      slot = bucket.insert(hash, key, ko, kl, value, vo, vl);
      bytes += bucket.heapBytes() - before;
      if (slot >= 0) {
        size++;
        return;
      }
      split(bucket, Slant.of(hash));
      bucket = of(hash);
    }
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
        slot = bucket.random(random);
        return;
      }
    }
  }

  /** Visits all entries until the visitor has enough; they must not change meanwhile. */
  public void each(Visitor visitor) {
    for (int i = 0; i < directory.places(); i = directory.next(i)) {
      if (!directory.at(i).each(visitor)) {
        return;
      }
    }
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
      Bucket b = of(hash);
      long next = b.to;
      long last = -1;
      for (int s = b.slot(hash); s < b.slots(); s++) {
        if (b.isEmpty(s)) {
          continue;
        }
        // All entries of one hash go together, for the cursor cannot tell them apart.
        if (left <= 0 && b.hash(s) != last) {
          next = b.hash(s);
          break;
        }
        last = b.hash(s);
        left--;
        b.show(s, visitor);
      }
      hash = next;
    }
    return hash < KeyHash.END ? hash : 0;
  }

  // ---- splitting and joining ----

  private void split(Bucket b, long slanted) {
    long before = b.heapBytes();
    // First, for a bucket that has been split is of no use.
    directory.makeRoom(b);
    Layout.Halves halves = Layout.split(b, Slant.first(Directory.middle(b, slanted)));
    halves.low().generation = generation;
    halves.high().generation = generation;
    bytes += halves.low().heapBytes() + halves.high().heapBytes() - before;
    directory.split(halves.low(), halves.high(), slanted);
  }

  /** Joins what has become small around a hash, and gives up memory. */
  private void shrink(long hash) {
    try {
      join(hash);
    } catch (OutOfMemoryError full) {
      // What is smaller has to be made first. The removal, which makes room, is not to fail by it.
    }
    trim();
  }

  private void join(long hash) {
    long slanted = Slant.of(hash);
    while (bucket.depth > 0) {
      Bucket other = directory.other(bucket, slanted);
      if (other.depth != bucket.depth || !Layout.areSmall(bucket, other)) {
        break;
      }
      join(other, slanted);
    }
  }

  /** Has the bucket give up what it does not need, if it can do so. */
  private void trim() {
    if (!Layout.isWasteful(bucket)) {
      return;
    }
    long before = bucket.heapBytes();
    try {
      Layout.trim(bucket);
    } catch (OutOfMemoryError full) {
      // As above.
    }
    bytes += bucket.heapBytes() - before;
  }

  private void join(Bucket other, long slanted) {
    long before = bucket.heapBytes() + other.heapBytes();
    boolean isLow = Directory.isLower(bucket, slanted);
    bucket = isLow ? Layout.joined(bucket, other, bucket) : Layout.joined(other, bucket, bucket);
    bucket.generation = generation;
    bytes += bucket.heapBytes() - before;
    directory.join(bucket, slanted);
    release(other);
  }
}
