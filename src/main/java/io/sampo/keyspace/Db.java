package io.sampo.keyspace;

import io.sampo.data.KeyHash;
import io.sampo.data.Lengths;
import io.sampo.data.Limits;
import io.sampo.data.PartlyVolatile;
import io.sampo.data.RawString;
import io.sampo.data.Type;
import io.sampo.data.Value;
import io.sampo.data.Words;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import java.util.Arrays;
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

  private static final int OBJECT_BYTES = 4;
  private static final int LONG_BYTES = 8;

  private final Keyspace keyspace;
  private int index;
  private Arena arena;
  private Table table;
  private Objects objects;
  private Volatiles volatiles;
  private int evacuated;
  private PartExpiry parts;

  Db(Keyspace keyspace, int index) {
    this.keyspace = keyspace;
    this.index = index;
    clear();
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

  /** Whether the policy has uses counted (LFU) rather than the last one remembered. */
  public boolean countsUses() {
    return keyspace.settings.policy.lfu();
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
    long hash = keyspace.hashes.of(a, offset, length);
    Segment segment = table.segment(hash);
    int slot = table.slot(segment, hash, a, offset, length);
    if (slot < 0) {
      return NONE;
    }
    int handle = segment.address(slot);
    if (isVolatile(handle) && isExpired(handle)) {
      return expired(segment, slot, hash, handle);
    }
    return handle;
  }

  /**
   * Reads what {@link #find} will read, so that it is in the cache by then: called for several keys
   * in a row, the memory works on all of them at once.
   *
   * @return something that depends on all that was read
   */
  public int prefetch(byte[] a, int offset, int length) {
    long hash = keyspace.hashes.of(a, offset, length);
    int address = table.segment(hash).glance(hash);
    return address == NONE ? 0 : arena.page(address)[Arena.offset(address)];
  }

  /** {@link #find}, noting the use of the entry for LRU or LFU. */
  public int lookup(byte[] a, int offset, int length) {
    int handle = find(a, offset, length);
    if (handle != NONE) {
      touch(handle);
    }
    return handle;
  }

  /** Notes a use of the entry for LRU or LFU. */
  public void touch(int h) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    int access = Record.access(b, p);
    int touched = keyspace.access.touched(access);
    if (touched != access) {
      Record.head(b, p, Record.flags(b, p), touched);
    }
  }

  private boolean isVolatile(int h) {
    return Record.hasTtl(arena.page(h), Arena.offset(h));
  }

  private boolean isExpired(int h) {
    return Record.expiry(arena.page(h), Arena.offset(h)) <= keyspace.clock.getAsLong();
  }

  /** Deals with an entry found to have expired; returns what is to be seen of it. */
  private int expired(Segment segment, int slot, long hash, int handle) {
    if (keyspace.showsExpired()) {
      return handle;
    }
    if (!keyspace.replica()) {
      expire(segment, slot, hash);
      table.shrink(hash);
    }
    return NONE;
  }

  private boolean isVisible(int h) {
    return !isVolatile(h) || keyspace.showsExpired() || !isExpired(h);
  }

  // ---- reading an entry ----

  public Type type(int h) {
    return kind(h) == Record.OBJECT ? value(h).type() : Type.STRING;
  }

  /** The name of OBJECT ENCODING. */
  public String encoding(int h) {
    return switch (kind(h)) {
      case Record.LONG -> "int";
      case Record.OBJECT -> value(h).encoding();
      default -> stringLength(h) <= MAX_EMBSTR ? "embstr" : "raw";
    };
  }

  public boolean isString(int h) {
    return kind(h) != Record.OBJECT || value(h) instanceof RawString;
  }

  /** Whether the value is a string kept as a number. */
  public boolean isLong(int h) {
    return kind(h) == Record.LONG;
  }

  /** The value of an entry that {@link #isLong}. */
  public long longValue(int h) {
    byte[] b = arena.page(h);
    return Words.getLong(b, Record.payloadAt(b, Arena.offset(h)));
  }

  /** Whether the value is kept as an object: every collection, and some strings. */
  public boolean isObject(int h) {
    return kind(h) == Record.OBJECT;
  }

  /** The value of an entry that {@link #isObject}. */
  public Value value(int h) {
    return objects.get(objectIndex(h));
  }

  /** The length of a string in bytes, in decimal where it is a number. */
  public int stringLength(int h) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    return switch (Record.kind(b, p)) {
      case Record.LONG -> Bytes.digits(longValue(h));
      case Record.OBJECT -> raw(h).length();
      default -> Lengths.get(b, Record.payloadAt(b, p));
    };
  }

  /** A copy of a string. */
  public byte[] string(int h) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    switch (Record.kind(b, p)) {
      case Record.LONG -> {
        long number = longValue(h);
        byte[] text = new byte[Bytes.digits(number)];
        Bytes.putLong(text, 0, number);
        return text;
      }
      case Record.OBJECT -> {
        return raw(h).toByteArray();
      }
      default -> {
        int at = Record.payloadAt(b, p);
        int from = at + Lengths.sizeAt(b, at);
        return Arrays.copyOfRange(b, from, from + Lengths.get(b, at));
      }
    }
  }

  /** Writes a string as a bulk reply. */
  public void bulk(int h, ReplyWriter out) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    switch (Record.kind(b, p)) {
      case Record.LONG -> out.bulk(longValue(h));
      case Record.OBJECT -> {
        RawString raw = raw(h);
        out.bulk(raw.array(), 0, raw.length());
      }
      default -> {
        int at = Record.payloadAt(b, p);
        out.bulk(b, at + Lengths.sizeAt(b, at), Lengths.get(b, at));
      }
    }
  }

  /** Writes a part of a string, which must lie within it, as a bulk reply. */
  public void bulkRange(int h, int from, int length, ReplyWriter out) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    switch (Record.kind(b, p)) {
      case Record.LONG -> out.bulk(string(h), from, length);
      case Record.OBJECT -> out.bulk(raw(h).array(), from, length);
      default -> {
        int at = Record.payloadAt(b, p);
        out.bulk(b, at + Lengths.sizeAt(b, at) + from, length);
      }
    }
  }

  /** The array that holds a string which is not {@link #isLong}, from {@link #stringOffset} on. */
  public byte[] stringArray(int h) {
    return isObject(h) ? raw(h).array() : arena.page(h);
  }

  /** Where in {@link #stringArray} the string begins. */
  public int stringOffset(int h) {
    if (isObject(h)) {
      return 0;
    }
    byte[] b = arena.page(h);
    int at = Record.payloadAt(b, Arena.offset(h));
    return at + Lengths.sizeAt(b, at);
  }

  /** The string of an entry kept as an object; see {@link #makeRaw}. */
  public RawString raw(int h) {
    return (RawString) value(h);
  }

  /** A copy of the key. */
  public byte[] key(int h) {
    byte[] b = arena.page(h);
    int at = Record.keyAt(b, Arena.offset(h));
    return Arrays.copyOfRange(b, at, at + keyLength(h));
  }

  public int keyLength(int h) {
    return Record.keyLength(arena.page(h), Arena.offset(h));
  }

  /** The array that holds the key, to be read from {@link #keyOffset} on without copying. */
  public byte[] keyArray(int h) {
    return arena.page(h);
  }

  /** Where in {@link #keyArray} the key begins. */
  public int keyOffset(int h) {
    return Record.keyAt(arena.page(h), Arena.offset(h));
  }

  /** Unix milliseconds, or {@link #NO_EXPIRY}. */
  public long expireAt(int h) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    return Record.hasTtl(b, p) ? Record.expiry(b, p) : NO_EXPIRY;
  }

  /** Seconds since the last use; meaningful under a policy that is not LFU. */
  public long idleSeconds(int h) {
    return keyspace.access.idle(access(h));
  }

  /** Makes the last use seem that long ago. */
  public void idleSeconds(int h, long seconds) {
    access(h, keyspace.access.idleSince(seconds));
  }

  /** The logarithmic access counter, 0 to 255; meaningful under an LFU policy. */
  public int frequency(int h) {
    return keyspace.access.decayed(access(h));
  }

  /** Sets the access counter, 0 to 255. */
  public void frequency(int h, int counter) {
    access(h, keyspace.access.counted(counter));
  }

  /** The bytes an entry takes: record, share of the table, object. */
  public long memoryUsage(int h) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    long object = isObject(h) ? objects.bytes(objectIndex(h)) : 0;
    return Arena.rounded(Record.size(b, p)) + table.bytes() / size() + object;
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
    int h = place(k, ko, kl, Record.INLINE, payload, keepTtl);
    byte[] b = arena.page(h);
    int at = Lengths.put(b, Record.payloadAt(b, Arena.offset(h)), vl);
    System.arraycopy(v, vo, b, at, vl);
    return h;
  }

  /** Sets a key to a string that is kept as a number. */
  public int putLong(byte[] k, int ko, int kl, long v, boolean keepTtl) {
    int h = place(k, ko, kl, Record.LONG, LONG_BYTES, keepTtl);
    setLong(h, v);
    return h;
  }

  /** Sets a key to a value that is kept as an object. */
  public int put(byte[] k, int ko, int kl, Value v, boolean keepTtl) {
    int object = objects.add(v);
    int h = place(k, ko, kl, Record.OBJECT, OBJECT_BYTES, keepTtl);
    byte[] b = arena.page(h);
    Words.putInt(b, Record.payloadAt(b, Arena.offset(h)), object);
    if (v instanceof PartlyVolatile value && value.nextExpiry() != PartlyVolatile.NEVER) {
      parts.add(k, ko, kl);
    }
    return h;
  }

  /** Sets a key to a detached value with its expiry and access bits, replacing all it had. */
  public int put(byte[] k, int ko, int kl, Entry entry) {
    int h =
        switch (entry.kind) {
          case Record.LONG -> putLong(k, ko, kl, entry.number, false);
          case Record.OBJECT -> put(k, ko, kl, entry.value, false);
          default -> put(k, ko, kl, entry.bytes, 0, entry.bytes.length, false);
        };
    access(h, entry.access);
    return entry.expireAt == NO_EXPIRY ? h : expireAt(h, entry.expireAt);
  }

  /** What {@link #put(byte[], int, int, Entry)} takes; an object value is shared, not copied. */
  public Entry entry(int h) {
    return switch (kind(h)) {
      case Record.LONG -> Entry.number(longValue(h), expireAt(h), access(h));
      case Record.OBJECT -> Entry.object(value(h), expireAt(h), access(h));
      default -> Entry.inline(string(h), expireAt(h), access(h));
    };
  }

  /** Removes an entry and returns its value. */
  public Entry take(int h) {
    Entry entry = entry(h);
    remove(h);
    return entry;
  }

  /** Changes the number of an entry that {@link #isLong}, in place. */
  public void setLong(int h, long v) {
    byte[] b = arena.page(h);
    Words.putLong(b, Record.payloadAt(b, Arena.offset(h)), v);
  }

  /** Replaces the object of an entry that {@link #isObject}, in place. */
  public void setValue(int h, Value v) {
    objects.set(objectIndex(h), v);
  }

  /** Turns a string into one that can be changed in place, by {@link #raw}; returns the entry. */
  public int makeRaw(int h) {
    if (isObject(h)) {
      return h;
    }
    int object = objects.add(new RawString(string(h)));
    long hash = table.hashOf(h);
    Segment segment = table.segment(hash);
    int slot = table.slot(segment, hash, h);
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    int head = Record.flags(b, p) & ~Record.KIND_MASK | Record.OBJECT;
    int to = reshape(segment, slot, head, access(h), expireAt(h), OBJECT_BYTES, false);
    byte[] page = arena.page(to);
    Words.putInt(page, Record.payloadAt(page, Arena.offset(to)), object);
    return to;
  }

  /** Accounts for an object value that has changed. */
  public void resized(int h) {
    objects.resized(objectIndex(h));
  }

  /** Says that parts of an object value have come to expire; see {@link PartlyVolatile}. */
  public void expiresInPart(int h) {
    parts.add(keyArray(h), keyOffset(h), keyLength(h));
  }

  /** Says that a part of a value was found to have expired, and removed. */
  public void partExpired(int h, byte[] part) {
    keyspace.notePartsExpired(this, key(h), List.of(part));
  }

  /** Sets the expiry in Unix milliseconds, or {@link #NO_EXPIRY} to none; returns the entry. */
  public int expireAt(int h, long whenMillis) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    boolean had = Record.hasTtl(b, p);
    boolean has = whenMillis != NO_EXPIRY;
    if (!had && !has) {
      return h;
    }
    long hash = table.hashOf(h);
    Segment segment = table.segment(hash);
    int to = h;
    if (had) {
      volatiles.remove(segment, hash, Record.expiry(b, p));
    }
    if (had && has) {
      Words.putLong(b, Record.ttlAt(b, p), whenMillis);
    } else {
      int slot = table.slot(segment, hash, h);
      int flags = Record.flags(b, p) ^ Record.TTL;
      to = reshape(segment, slot, flags, access(h), whenMillis, Record.payload(b, p), true);
    }
    if (has) {
      volatiles.add(segment, hash, whenMillis);
    }
    return to;
  }

  /** Removes a key; false if it was not there. */
  public boolean remove(byte[] a, int offset, int length) {
    int h = find(a, offset, length);
    if (h == NONE) {
      return false;
    }
    remove(h);
    return true;
  }

  /** Removes an entry. What its value is made of is left to the collector. */
  public void remove(int h) {
    long hash = table.hashOf(h);
    Segment segment = table.segment(hash);
    removeSlot(segment, table.slot(segment, hash, h), hash);
    table.shrink(hash);
  }

  /** Removes everything, at once. */
  public void clear() {
    arena = new Arena();
    table = new Table(arena, keyspace.hashes);
    objects = new Objects();
    volatiles = new Volatiles();
    evacuated = 0;
    parts = new PartExpiry(this);
  }

  /** Finds or makes the record of a key, with room for a payload that the caller has to write. */
  private int place(byte[] k, int ko, int kl, int kind, int payload, boolean keepTtl) {
    if (kl >= Record.MAX_LENGTH) {
      throw new OutOfMemoryError("a key of more than 1 GiB");
    }
    long hash = keyspace.hashes.of(k, ko, kl);
    Segment segment = table.segment(hash);
    int slot = table.slot(segment, hash, k, ko, kl);
    if (slot >= 0) {
      int old = segment.address(slot);
      if (!isVolatile(old)) {
        return replace(segment, slot, old, kind, NO_EXPIRY, payload);
      }
      if (isVisible(old) || keyspace.replica()) {
        long expiry = expireAt(old);
        int h = replace(segment, slot, old, kind, keepTtl ? expiry : NO_EXPIRY, payload);
        if (!keepTtl) {
          volatiles.remove(segment, hash, expiry);
        }
        return h;
      }
      expire(segment, slot, hash);
    }
    int h = arena.allocate(Record.size(kl, false, payload));
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    Record.head(b, p, kind, keyspace.access.initial());
    Record.key(b, p, k, ko, kl);
    table.insert(hash, h);
    keyspace.noteAdded(this, k, ko, kl);
    return h;
  }

  private int replace(Segment segment, int slot, int old, int kind, long expiry, int payload) {
    boolean wasObject = isObject(old);
    int object = wasObject ? objectIndex(old) : 0;
    int flags = expiry == NO_EXPIRY ? kind : kind | Record.TTL;
    int access = keyspace.access.replaced(access(old));
    int h = reshape(segment, slot, flags, access, expiry, payload, false);
    if (wasObject) {
      objects.remove(object);
    }
    return h;
  }

  /**
   * Gives the record in a slot new flags, expiry and size of payload, moving it if it has to. The
   * payload is carried along, or else left undefined.
   */
  private int reshape(
      Segment segment,
      int slot,
      int flags,
      int access,
      long expiry,
      int payload,
      boolean carriesPayload) {
    int old = segment.address(slot);
    byte[] from = arena.page(old);
    int p = Arena.offset(old);
    int keyLength = Record.keyLength(from, p);
    int size = Record.size(keyLength, expiry != NO_EXPIRY, payload);
    boolean moves = Arena.rounded(size) != Arena.rounded(Record.size(from, p));
    int h = moves ? arena.allocate(size) : old;
    byte[] to = arena.page(h);
    int q = Arena.offset(h);
    if (moves) {
      Record.key(to, q, from, Record.keyAt(from, p), keyLength);
    }
    if (carriesPayload) {
      int shift = expiry != NO_EXPIRY ? LONG_BYTES : 0;
      System.arraycopy(from, Record.payloadAt(from, p), to, Record.ttlAt(to, q) + shift, payload);
    }
    Record.head(to, q, flags, access);
    if (expiry != NO_EXPIRY) {
      Words.putLong(to, Record.ttlAt(to, q), expiry);
    }
    if (moves) {
      segment.address(slot, h);
      arena.free(old);
    }
    return h;
  }

  /** Removes an entry without giving back room in the table. */
  private void removeSlot(Segment segment, int slot, long hash) {
    int h = segment.address(slot);
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    if (Record.hasTtl(b, p)) {
      volatiles.remove(segment, hash, Record.expiry(b, p));
    }
    if (Record.kind(b, p) == Record.OBJECT) {
      objects.remove(objectIndex(h));
    }
    table.remove(segment, slot);
    arena.free(h);
  }

  private int kind(int h) {
    return Record.kind(arena.page(h), Arena.offset(h));
  }

  private int objectIndex(int h) {
    byte[] b = arena.page(h);
    return Words.getInt(b, Record.payloadAt(b, Arena.offset(h)));
  }

  private int access(int h) {
    return Record.access(arena.page(h), Arena.offset(h));
  }

  private void access(int h, int access) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    Record.head(b, p, Record.flags(b, p), access);
  }

  // ---- the whole ----

  /** The number of keys, those included that have expired unnoticed. */
  public int size() {
    return table.size();
  }

  /** The number of keys with an expiry. */
  public int volatileSize() {
    return volatiles.size();
  }

  /** Milliseconds that keys with an expiry have left on average; 0 if there are none. */
  public long averageTtl() {
    return volatiles.averageTtl(keyspace.clock.getAsLong());
  }

  /** The bytes taken by records, table and objects. */
  public long usedMemory() {
    return arena.used() + table.bytes() + objects.bytes();
  }

  /** The bytes of the table that finds the records. */
  public long tableMemory() {
    return table.bytes();
  }

  /** The bytes of the pages that hold the records. */
  public long allocatedMemory() {
    return arena.allocated() + table.bytes() + objects.bytes();
  }

  /**
   * Visits about {@code count} entries from {@code cursor} on, 0 being the start; returns where to
   * go on, below 2^32, or 0 at the end. Every key present from the first call to the last is
   * visited exactly once, whatever else comes and goes: the order is that of the hashes.
   */
  public long scan(long cursor, int count, Visitor visitor) {
    long hash = cursor & (KeyHash.END - 1);
    int left = count;
    // Nearly empty segments count a little too, so that a call stays short.
    int segments = Math.max(16, count);
    while (left > 0 && segments-- > 0 && hash < KeyHash.END) {
      Segment segment = table.segment(hash);
      long last = -1;
      long next = Table.behind(segment, hash);
      for (int i = segment.home(hash); i < segment.length(); i++) {
        int h = segment.address(i);
        if (h == NONE || segment.hash(i) < hash) {
          continue;
        }
        // All entries of one hash go together, for the cursor cannot tell them apart.
        if (left <= 0 && segment.hash(i) != last) {
          next = segment.hash(i);
          break;
        }
        last = segment.hash(i);
        left--;
        if (isVisible(h)) {
          visitor.visit(h);
        }
      }
      hash = next;
    }
    return hash < KeyHash.END ? hash : 0;
  }

  /**
   * A random key, all about equally likely; {@link #NONE} if there is none that has not expired.
   */
  public int random() {
    for (int tries = 0; size() > 0 && tries < 100; tries++) {
      int h = table.sample(keyspace.random);
      if (isVisible(h)) {
        return h;
      }
      if (!keyspace.replica()) {
        long hash = table.hashOf(h);
        Segment segment = table.segment(hash);
        expired(segment, table.slot(segment, hash, h), hash, h);
      }
    }
    return NONE;
  }

  // ---- for expiry and eviction ----

  Table table() {
    return table;
  }

  /** A random entry, or one with an expiry; {@link #NONE} if there is none. */
  int sample(boolean onlyVolatile) {
    if (!onlyVolatile) {
      return table.sample(keyspace.random);
    }
    return volatiles.size() == 0
        ? NONE
        : table.sampleVolatile(volatiles.start(keyspace.random), keyspace.random);
  }

  /** Removes an entry whose time is over; {@link Table#shrink} is left to the caller. */
  private void expire(Segment segment, int slot, long hash) {
    byte[] key = key(segment.address(slot));
    removeSlot(segment, slot, hash);
    keyspace.noteExpired(this, key);
  }

  /**
   * Removes the entries of a segment whose time is over by {@code now}, at most {@code limit} of
   * them; returns how many.
   */
  int expireSegment(Segment segment, long now, int limit) {
    int count = 0;
    long next = Long.MAX_VALUE;
    for (int slot = 0; slot < segment.length(); ) {
      int h = segment.address(slot);
      if (h == NONE || !isVolatile(h)) {
        slot++;
        continue;
      }
      long expiry = expireAt(h);
      if (expiry > now) {
        next = Math.min(next, expiry);
        slot++;
      } else if (count == limit) {
        return count;
      } else {
        // What follows moves up into this slot.
        expire(segment, slot, segment.hash(slot));
        count++;
      }
    }
    segment.nextExpiry = next;
    return count;
  }

  /** The expiry of parts of values. */
  PartExpiry parts() {
    return parts;
  }

  /** Accounts for parts that a value has lost to expiry, and removes it if it was the last. */
  void settle(int h, PartlyVolatile value, List<byte[]> expired) {
    byte[] key = key(h);
    keyspace.notePartsExpired(this, key, expired);
    if (value.isEmpty()) {
      remove(h);
      keyspace.noteEmptied(this, key);
    } else {
      resized(h);
    }
  }

  void evict(int h) {
    byte[] key = key(h);
    remove(h);
    keyspace.noteEvicted(this, key);
  }

  /**
   * Moves records out of pages that are less than half full, until {@code deadline} of {@link
   * System#nanoTime} or once through all pages; returns how many were moved.
   */
  int defragment(long deadline) {
    int moved = 0;
    for (int n = arena.pageCount(); n > 0 && System.nanoTime() - deadline < 0; n--) {
      evacuated = evacuated + 1 < arena.pageCount() ? evacuated + 1 : 1;
      moved += evacuated < arena.pageCount() ? arena.evacuate(evacuated, this::relocate) : 0;
    }
    return moved;
  }

  private void relocate(int h) {
    long hash = table.hashOf(h);
    Segment segment = table.segment(hash);
    int slot = table.slot(segment, hash, h);
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    int size = Record.size(b, p);
    int to = arena.allocate(size);
    System.arraycopy(b, p, arena.page(to), Arena.offset(to), size);
    segment.address(slot, to);
    arena.free(h);
  }
}
