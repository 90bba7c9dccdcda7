package io.sampo.keyspace;

import io.sampo.data.KeyHash;
import io.sampo.data.Lengths;
import io.sampo.data.Limits;
import io.sampo.data.PartlyVolatile;
import io.sampo.data.Type;
import io.sampo.data.Value;
import io.sampo.data.string.RawString;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One database of a {@link Keyspace}. Keys are byte ranges. An entry is named by a <em>handle</em>,
 * which is valid until the next call that changes this database; {@link #NONE} is no entry.
 */
public final class Db {
  public static final int NONE = Arena.NONE;

  /** Returned for an entry that does not expire. */
  public static final long NO_EXPIRY = -1;

  /** Strings whose record would be bigger than this are kept as objects. */
  private static final int MAX_INLINE_RECORD = 2048;

  /** Redis calls strings up to this length "embstr". */
  private static final int MAX_EMBSTR = 44;

  private final Keyspace keyspace;
  private int index;

  /** The index it had when the last snapshot was begun. */
  private int indexAtCut;

  /** Whether it has ever had a key. */
  private boolean inhabited;

  private Storage storage;
  private Uses uses;
  private PartExpiry parts;

  Db(Keyspace keyspace, int index) {
    this.keyspace = keyspace;
    this.index = index;
    reset();
  }

  public int index() {
    return index;
  }

  void index(int newIndex) {
    index = newIndex;
  }

  /** The bytes a string may grow to by being changed in place. */
  public long maxStringLength() {
    return keyspace.settings.maxStringLength;
  }

  /** Whether it belongs to a replica, which leaves expired keys for its master to delete. */
  public boolean replica() {
    return keyspace.replica();
  }

  /** Up to where values keep their compact encodings. */
  public Limits limits() {
    return keyspace.settings.limits;
  }

  /** What chance there is in commands on this database comes from. */
  public SplittableRandom dice() {
    return keyspace.random;
  }

  // ---- looking up ----

  /**
   * The entry of a key, or {@link #NONE}. One that has expired is removed, or on a replica hidden.
   * Its use is not noted.
   */
  public int find(byte[] a, int offset, int length) {
    Table table = storage.table;
    if (table.size() == 0) {
      return NONE;
    }
    int known = keyspace.ahead.at(table, a, offset, length);
    if (known != Ahead.NONE && !storage.isVolatile(keyspace.ahead.address(known))) {
      return keyspace.ahead.address(known);
    }
    long hash = hash(a, offset, length);
    Segment segment = table.segment(hash);
    int slot = table.slot(segment, hash, a, offset, length);
    if (slot < 0) {
      return NONE;
    }
    int handle = segment.address(slot);
    if (storage.isVolatile(handle) && isExpired(handle)) {
      return expired(segment, slot, hash, handle);
    }
    return handle;
  }

  long hash(byte[] a, int offset, int length) {
    return keyspace.hashes.of(a, offset, length);
  }

  /** {@link #find}, noting the use of the entry for LRU or LFU. */
  public int lookup(byte[] a, int offset, int length) {
    int handle = find(a, offset, length);
    if (handle != NONE) {
      uses.touch(handle);
    }
    return handle;
  }

  private boolean isExpired(int h) {
    return storage.expireAt(h) <= keyspace.clock.getAsLong();
  }

  /** Deals with an entry found to have expired; returns what is to be seen of it. */
  private int expired(Segment segment, int slot, long hash, int handle) {
    if (keyspace.showsExpired()) {
      return handle;
    }
    if (!keyspace.keepsExpired()) {
      expire(segment, slot, hash);
      storage.table.shrink(hash);
    }
    return NONE;
  }

  private boolean isVisible(int h) {
    return !storage.isVolatile(h) || keyspace.showsExpired() || !isExpired(h);
  }

  // ---- reading an entry ----

  public Type type(int h) {
    return storage.kind(h) == Record.OBJECT ? value(h).type() : Type.STRING;
  }

  /** The name of OBJECT ENCODING. */
  public String encoding(int h) {
    return switch (storage.kind(h)) {
      case Record.LONG -> "int";
      case Record.OBJECT -> value(h).encoding();
      default -> stringLength(h) <= MAX_EMBSTR ? "embstr" : "raw";
    };
  }

  public boolean isString(int h) {
    return storage.kind(h) != Record.OBJECT || value(h) instanceof RawString;
  }

  /** Whether the value is a string kept as a number. */
  public boolean isLong(int h) {
    return storage.kind(h) == Record.LONG;
  }

  /** The value of an entry that {@link #isLong}. */
  public long longValue(int h) {
    return storage.longValue(h);
  }

  /** Whether the value is kept as an object: every collection, and some strings. */
  public boolean isObject(int h) {
    return storage.isObject(h);
  }

  /** The value of an entry that {@link #isObject}. */
  public Value value(int h) {
    return storage.value(h);
  }

  /** The length of a string in bytes, in decimal where it is a number. */
  public int stringLength(int h) {
    return storage.stringLength(h);
  }

  /** A copy of a string. */
  public byte[] string(int h) {
    return storage.string(h);
  }

  /** Writes a string as a bulk reply. */
  public void bulk(int h, ReplyWriter out) {
    storage.bulk(h, out);
  }

  /** Writes a part of a string, which must lie within it, as a bulk reply. */
  public void bulkRange(int h, int from, int length, ReplyWriter out) {
    storage.bulkRange(h, from, length, out);
  }

  /**
   * The array that holds a string which is not {@link #isLong}, from {@link #stringOffset} on. A
   * long one becomes one array for this: see {@link RawString#array()}.
   */
  public byte[] stringArray(int h) {
    return storage.stringArray(h);
  }

  /** Where in {@link #stringArray} the string begins. */
  public int stringOffset(int h) {
    return storage.stringOffset(h);
  }

  /** The string of an entry kept as an object; see {@link #makeRaw}. */
  public RawString raw(int h) {
    return storage.raw(h);
  }

  /** A copy of the key. */
  public byte[] key(int h) {
    return storage.key(h);
  }

  public int keyLength(int h) {
    return storage.keyLength(h);
  }

  /** The array that holds the key, to be read from {@link #keyOffset} on without copying. */
  public byte[] keyArray(int h) {
    return storage.keyArray(h);
  }

  /** Where in {@link #keyArray} the key begins. */
  public int keyOffset(int h) {
    return storage.keyOffset(h);
  }

  /** Unix milliseconds, or {@link #NO_EXPIRY}. */
  public long expireAt(int h) {
    return storage.expireAt(h);
  }

  // ---- writing ----

  /**
   * Sets a key to a string; what is a canonical integer is kept as a number. The expiry of an old
   * value is dropped unless {@code keepTtl}. Returns the entry.
   */
  public int put(byte[] k, int ko, int kl, byte[] v, int vo, int vl, boolean keepTtl) {
    if (vl <= 20 && Bytes.isLong(v, vo, vl)) {
      return putLong(k, ko, kl, Bytes.parseLong(v, vo, vl), keepTtl);
    }
    return putText(k, ko, kl, v, vo, vl, keepTtl);
  }

  /** As {@link #put(byte[], int, int, byte[], int, int, boolean)}, but never kept as a number. */
  public int putText(byte[] k, int ko, int kl, byte[] v, int vo, int vl, boolean keepTtl) {
    int payload = Lengths.sizeOf(vl) + vl;
    if (payload > MAX_INLINE_RECORD || Record.size(kl, keepTtl, payload) > MAX_INLINE_RECORD) {
      return put(k, ko, kl, new RawString(v, vo, vl), keepTtl);
    }
    int h = place(k, ko, kl, Record.INLINE, payload, keepTtl, null);
    storage.inline(h, v, vo, vl);
    return h;
  }

  /** Sets a key to a string that is kept as a number. */
  public int putLong(byte[] k, int ko, int kl, long v, boolean keepTtl) {
    int h = place(k, ko, kl, Record.LONG, Storage.LONG_BYTES, keepTtl, null);
    storage.number(h, v);
    return h;
  }

  /** Sets a key to a value that is kept as an object. */
  public int put(byte[] k, int ko, int kl, Value v, boolean keepTtl) {
    int object = storage.add(v);
    int h;
    try {
      h = place(k, ko, kl, Record.OBJECT, Storage.OBJECT_BYTES, keepTtl, v);
    } catch (OutOfMemoryError full) {
      storage.drop(object);
      throw full;
    }
    storage.object(h, object);
    if (v instanceof PartlyVolatile value && value.nextExpiry() != PartlyVolatile.NEVER) {
      parts.add(value, keyspace.hashes.of(k, ko, kl));
    }
    return h;
  }

  /** Sets a key to a detached value with its expiry and access bits, replacing all it had. */
  public int put(byte[] k, int ko, int kl, Entry entry) {
    int h =
        switch (entry.kind) {
          case Record.LONG -> putLong(k, ko, kl, entry.number, false);
          case Record.OBJECT -> put(k, ko, kl, entry.value, false);
          default -> putText(k, ko, kl, entry.bytes, 0, entry.bytes.length, false);
        };
    storage.access(h, keyspace.access.of(entry));
    return entry.expireAt == NO_EXPIRY ? h : expireAt(h, entry.expireAt);
  }

  /** What {@link #put(byte[], int, int, Entry)} takes; an object value is shared, not copied. */
  public Entry entry(int h) {
    return switch (storage.kind(h)) {
      case Record.LONG -> Entry.number(longValue(h), expireAt(h), storage.access(h));
      case Record.OBJECT -> Entry.object(value(h), expireAt(h), storage.access(h));
      default -> Entry.inline(string(h), expireAt(h), storage.access(h));
    };
  }

  /**
   * Has an entry go to another database, or another key, which must be free. If the heap is too
   * small for that it stays where it is.
   */
  public void carry(int h, Db to, byte[] k, int ko, int kl) {
    byte[] key = key(h);
    try {
      to.put(k, ko, kl, entry(h));
    } catch (OutOfMemoryError full) {
      // Two keys with one value are one too many, even if one of them is not complete.
      int half = to.present(k, ko, kl);
      if (half != NONE) {
        to.remove(half);
      }
      throw full;
    }
    remove(present(key, 0, key.length));
  }

  /** The entry of a key, or {@link #NONE}, whether it has expired or not. */
  private int present(byte[] a, int offset, int length) {
    long hash = hash(a, offset, length);
    Segment segment = storage.table.segment(hash);
    int slot = storage.table.slot(segment, hash, a, offset, length);
    return slot < 0 ? NONE : segment.address(slot);
  }

  /** Changes the number of an entry that {@link #isLong}, in place. */
  public void setLong(int h, long v) {
    keep(h);
    storage.number(h, v);
  }

  /** Turns a string into one that can be changed in place, by {@link #raw}; returns the entry. */
  public int makeRaw(int h) {
    if (isObject(h)) {
      return h;
    }
    keep(h);
    return storage.makeRaw(h);
  }

  /** Accounts for an object value that has changed. */
  public void resized(int h) {
    storage.resized(h);
  }

  /** Says that parts of an object value have come to expire; see {@link PartlyVolatile}. */
  public void expiresInPart(int h) {
    parts.advance((PartlyVolatile) value(h), storage.table.hashOf(h));
  }

  /** Says that a part of a value was found to have expired, and removed. */
  public void partExpired(int h, byte[] part) {
    keyspace.notePartsExpired(this, key(h), List.of(part));
  }

  /** Sets the expiry in Unix milliseconds, or {@link #NO_EXPIRY} to none; returns the entry. */
  public int expireAt(int h, long whenMillis) {
    keep(h);
    return storage.expireAt(h, whenMillis);
  }

  /** Removes a key; false if it was not there. */
  public boolean remove(byte[] a, int offset, int length) {
    int h = find(a, offset, length);
    if (h == NONE) {
      return false;
    }
    removeForGood(h);
    return true;
  }

  /** Removes an entry whose value nobody looks at any more. */
  private void removeForGood(int h) {
    Value leaving = storage.isObject(h) ? storage.value(h) : null;
    remove(h);
    if (leaving != null) {
      release(leaving);
    }
  }

  private void release(Value leaving) {
    // What is saved may be just this value.
    if (!keyspace.isSaving()) {
      leaving.release();
    }
  }

  /** Removes an entry. What its value is made of is left to the collector. */
  public void remove(int h) {
    keep(h);
    storage.remove(h);
  }

  /** Removes everything, at once. */
  public void clear() {
    keyspace.clearing(this);
    Storage leaving = storage;
    reset();
    if (!keyspace.isSaving()) {
      leaving.release();
    }
  }

  private void reset() {
    Storage itsStorage = new Storage(keyspace.hashes);
    PartExpiry itsParts = new PartExpiry(keyspace, this);
    // All are there now, or none is another one.
    uses = new Uses(keyspace, itsStorage);
    storage = itsStorage;
    parts = itsParts;
  }

  /**
   * Finds or makes the record of a key, with room for a payload that the caller has to write.
   *
   * @param coming the object it is to have; null if none
   */
  private int place(
      byte[] k, int ko, int kl, int kind, int payload, boolean keepTtl, Value coming) {
    if (kl >= Record.MAX_LENGTH) {
      throw new OutOfMemoryError("a key of more than 1 GiB");
    }
    Table table = storage.table;
    Ahead ahead = keyspace.ahead;
    int known = ahead.at(table, k, ko, kl);
    boolean anew = known == Ahead.NONE;
    long hash = anew ? hash(k, ko, kl) : ahead.hash(known);
    Segment segment = anew ? table.segment(hash) : ahead.segment(known);
    int slot = anew ? table.slot(segment, hash, k, ko, kl) : ahead.slot(known);
    if (slot >= 0) {
      int old = segment.address(slot);
      keep(old);
      if (isVisible(old) || keyspace.replica()) {
        int access = keyspace.access.touched(storage.access(old));
        Value leaving = storage.isObject(old) ? storage.value(old) : null;
        int h = storage.replace(segment, slot, hash, kind | keyspace.era, access, payload, keepTtl);
        if (leaving != null && leaving != coming) {
          release(leaving);
        }
        return h;
      }
      expire(segment, slot, hash);
    }
    if (!inhabited) {
      inhabited = true;
      keyspace.inhabit(this);
    }
    // First, for nothing may come between the record and its payload, not even a lack of heap.
    keyspace.noteAdded(this, k, ko, kl);
    return storage.insert(hash, k, ko, kl, kind | keyspace.era, keyspace.access.initial(), payload);
  }

  // ---- the whole ----

  /** The number of keys, those included that have expired unnoticed. */
  public int size() {
    return storage.table.size();
  }

  /** When or how often entries were used, as far as the policy wants to know. */
  public Uses uses() {
    return uses;
  }

  /** What it takes of the heap, and what is left of its keys' time. */
  public Footprint footprint() {
    return new Footprint(storage, keyspace.clock);
  }

  /** The number of keys with an expiry. */
  public int volatileSize() {
    return storage.volatiles.size();
  }

  /**
   * Visits about {@code count} entries from {@code cursor} on, 0 being the start; returns where to
   * go on, below 2^32, or 0 at the end. Every key present from the first call to the last is
   * visited exactly once, whatever else comes and goes: the order is that of the hashes.
   */
  public long scan(long cursor, int count, Visitor visitor) {
    long next =
        storage.table.scan(
            cursor & (KeyHash.END - 1),
            count,
            h -> {
              if (isVisible(h)) {
                visitor.visit(h);
              } else {
                visitor.expired(h);
              }
            });
    return next < KeyHash.END ? next : 0;
  }

  /**
   * A random key, all about equally likely; {@link #NONE} if there is none that has not expired.
   */
  public int random() {
    for (int tries = 0; size() > 0 && tries < 100; tries++) {
      int h = storage.table.sample(keyspace.random);
      if (isVisible(h)) {
        return h;
      }
      if (!keyspace.keepsExpired()) {
        Table table = storage.table;
        long hash = table.hashOf(h);
        Segment segment = table.segment(hash);
        expired(segment, table.slot(segment, hash, h), hash, h);
      }
    }
    return NONE;
  }

  // ---- for snapshots ----

  /**
   * Says that the value of a key, if there is one, is about to be changed in place: what a snapshot
   * needs of it has to be read before. Replacing, removing and expiring a key need no word.
   */
  public void keep(byte[] a, int offset, int length) {
    int h = present(a, offset, length);
    if (h != NONE) {
      keep(h);
    }
  }

  private void keep(int h) {
    if (isUnsaved(h)) {
      keyspace.keep(this, h);
    }
  }

  /** Whether a snapshot is being taken that has still to hand over this entry. */
  boolean isUnsaved(int h) {
    return storage.era(h) != keyspace.era;
  }

  void markSaved(int h) {
    storage.turn(h);
  }

  void beginSnapshot() {
    indexAtCut = index;
  }

  int indexAtCut() {
    return indexAtCut;
  }

  /** A database of its own with the content of this one, which has to give it up. */
  Db detached() {
    Db other = new Db(keyspace, index);
    other.indexAtCut = indexAtCut;
    other.storage = storage;
    other.uses = uses;
    return other;
  }

  // ---- for expiry and eviction ----

  Storage storage() {
    return storage;
  }

  /** Removes an entry whose time is over; {@link Table#shrink} is left to the caller. */
  void expire(Segment segment, int slot, long hash) {
    int h = segment.address(slot);
    keep(h);
    byte[] key = key(h);
    Value leaving = storage.isObject(h) ? storage.value(h) : null;
    storage.remove(segment, slot, hash);
    if (leaving != null) {
      release(leaving);
    }
    keyspace.noteExpired(this, key);
  }

  /** The expiry of parts of values. */
  PartExpiry parts() {
    return parts;
  }

  /** Removes an entry to make room. */
  void evict(int h) {
    byte[] key = key(h);
    removeForGood(h);
    keyspace.noteEvicted(this, key);
  }

  /**
   * Moves records out of pages that are less than half full, until {@code deadline} of {@link
   * System#nanoTime} or once through all pages; returns how many were moved.
   */
  int defragment(long deadline) {
    return storage.defragment(deadline);
  }
}
