package io.sampo.keyspace;

import io.sampo.data.KeyHash;
import io.sampo.data.Lengths;
import io.sampo.data.Value;
import io.sampo.data.Words;
import io.sampo.data.string.RawString;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The entries of a database: the table that finds them, their records, the values that are kept as
 * objects, and the count of those that expire. It knows no time: what to do about an expiry is up
 * to the {@link Db}.
 */
final class Storage {
  static final int OBJECT_BYTES = 4;
  static final int LONG_BYTES = 8;

  final Table table;
  final Volatiles volatiles = new Volatiles();
  private final Arena arena = new Arena();
  private final Objects objects = new Objects();

  /** The page last looked at for whether it is worth emptying. */
  private int evacuated;

  Storage(KeyHash hashes) {
    table = new Table(arena, hashes);
  }

  // ---- the parts of a record ----

  int kind(int h) {
    return Record.kind(arena.page(h), Arena.offset(h));
  }

  boolean isVolatile(int h) {
    return Record.hasTtl(arena.page(h), Arena.offset(h));
  }

  /** Unix milliseconds, or {@link Db#NO_EXPIRY}. */
  long expireAt(int h) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    return Record.hasTtl(b, p) ? Record.expiry(b, p) : Db.NO_EXPIRY;
  }

  /** The bits of {@link Access}. */
  int access(int h) {
    return Record.access(arena.page(h), Arena.offset(h));
  }

  void access(int h, int access) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    Record.head(b, p, Record.flags(b, p), access);
  }

  /** The {@link Record#ERA} of a record; see {@link Snapshot}. */
  int era(int h) {
    return Record.flags(arena.page(h), Arena.offset(h)) & Record.ERA;
  }

  /** Turns it into the other. */
  void turn(int h) {
    arena.page(h)[Arena.offset(h)] ^= Record.ERA;
  }

  int keyLength(int h) {
    return Record.keyLength(arena.page(h), Arena.offset(h));
  }

  byte[] keyArray(int h) {
    return arena.page(h);
  }

  int keyOffset(int h) {
    return Record.keyAt(arena.page(h), Arena.offset(h));
  }

  /** A copy of the key. */
  byte[] key(int h) {
    byte[] b = arena.page(h);
    int at = Record.keyAt(b, Arena.offset(h));
    return Arrays.copyOfRange(b, at, at + keyLength(h));
  }

  long longValue(int h) {
    byte[] b = arena.page(h);
    return Words.getLong(b, Record.payloadAt(b, Arena.offset(h)));
  }

  boolean isObject(int h) {
    return kind(h) == Record.OBJECT;
  }

  Value value(int h) {
    return objects.get(objectIndex(h));
  }

  private int objectIndex(int h) {
    byte[] b = arena.page(h);
    return Words.getInt(b, Record.payloadAt(b, Arena.offset(h)));
  }

  /** The bytes an entry takes: record, share of the table, object. */
  long memoryUsage(int h) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    long object = isObject(h) ? objects.bytes(objectIndex(h)) : 0;
    return Arena.rounded(Record.size(b, p)) + table.bytes() / table.size() + object;
  }

  // ---- strings ----

  RawString raw(int h) {
    return (RawString) value(h);
  }

  int stringLength(int h) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    return switch (Record.kind(b, p)) {
      case Record.LONG -> Bytes.digits(longValue(h));
      case Record.OBJECT -> raw(h).length();
      default -> Lengths.get(b, Record.payloadAt(b, p));
    };
  }

  byte[] string(int h) {
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

  void bulk(int h, ReplyWriter out) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    switch (Record.kind(b, p)) {
      case Record.LONG -> out.bulk(longValue(h));
      case Record.OBJECT -> {
        RawString raw = raw(h);
        bulk(raw, 0, raw.length(), out);
      }
      default -> {
        int at = Record.payloadAt(b, p);
        out.bulk(b, at + Lengths.sizeAt(b, at), Lengths.get(b, at));
      }
    }
  }

  void bulkRange(int h, int from, int length, ReplyWriter out) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    switch (Record.kind(b, p)) {
      case Record.LONG -> out.bulk(string(h), from, length);
      case Record.OBJECT -> bulk(raw(h), from, length, out);
      default -> {
        int at = Record.payloadAt(b, p);
        out.bulk(b, at + Lengths.sizeAt(b, at) + from, length);
      }
    }
  }

  private static void bulk(RawString raw, int from, int length, ReplyWriter out) {
    if (length == 0 || raw.run(from) >= length) {
      out.bulk(raw.array(from), raw.offset(from), length);
    } else if (length <= RawString.PIECE || !out.isParting()) {
      out.bulk(length, raw.spans(from, length));
    } else {
      out.shared(length, raw.share(from, length));
    }
  }

  byte[] stringArray(int h) {
    return isObject(h) ? raw(h).array() : arena.page(h);
  }

  int stringOffset(int h) {
    if (isObject(h)) {
      return 0;
    }
    byte[] b = arena.page(h);
    int at = Record.payloadAt(b, Arena.offset(h));
    return at + Lengths.sizeAt(b, at);
  }

  // ---- writing ----

  /**
   * Makes the record of a key that is not there, with room for a payload yet to be written.
   *
   * @param kind with the era, here and in {@link #replace}
   */
  int insert(long hash, byte[] k, int ko, int kl, int kind, int access, int payload) {
    int h = arena.allocate(Record.size(kl, false, payload));
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    Record.head(b, p, kind, access);
    Record.key(b, p, k, ko, kl);
    try {
      table.insert(hash, h);
    } catch (OutOfMemoryError full) {
      arena.free(h);
      throw full;
    }
    return h;
  }

  /** Has the record in a slot ready for another payload, which is yet to be written. */
  int replace(
      Segment segment, int slot, long hash, int kind, int access, int payload, boolean keepTtl) {
    int old = segment.address(slot);
    boolean wasObject = isObject(old);
    int object = wasObject ? objectIndex(old) : 0;
    long expiry = expireAt(old);
    long kept = keepTtl ? expiry : Db.NO_EXPIRY;
    int flags = kept == Db.NO_EXPIRY ? kind : kind | Record.TTL;
    int h = reshape(segment, slot, flags, access, kept, payload, false);
    if (wasObject) {
      objects.remove(object);
    }
    if (kept != expiry) {
      volatiles.remove(segment, hash, expiry);
    }
    return h;
  }

  /** Writes an INLINE payload. */
  void inline(int h, byte[] v, int vo, int vl) {
    byte[] b = arena.page(h);
    int at = Lengths.put(b, Record.payloadAt(b, Arena.offset(h)), vl);
    System.arraycopy(v, vo, b, at, vl);
  }

  /** Writes a LONG payload. */
  void number(int h, long v) {
    byte[] b = arena.page(h);
    Words.putLong(b, Record.payloadAt(b, Arena.offset(h)), v);
  }

  /** Takes a value in; returns the index that {@link #object} wants. */
  int add(Value v) {
    return objects.add(v);
  }

  /** Drops a value that was taken in, but for which there is no record. */
  void drop(int index) {
    objects.remove(index);
  }

  /** Writes an OBJECT payload. */
  void object(int h, int index) {
    byte[] b = arena.page(h);
    Words.putInt(b, Record.payloadAt(b, Arena.offset(h)), index);
  }

  /** Accounts for an object value that has changed. */
  void resized(int h) {
    objects.resized(objectIndex(h));
  }

  /** Turns a string into a {@link RawString}; returns the entry. */
  int makeRaw(int h) {
    int index = objects.add(new RawString(string(h)));
    long hash = table.hashOf(h);
    Segment segment = table.segment(hash);
    int slot = table.slot(segment, hash, h);
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    int flags = Record.flags(b, p) & ~Record.KIND_MASK | Record.OBJECT;
    int to;
    try {
      to = reshape(segment, slot, flags, access(h), expireAt(h), OBJECT_BYTES, false);
    } catch (OutOfMemoryError full) {
      objects.remove(index);
      throw full;
    }
    object(to, index);
    return to;
  }

  /** Sets or, by {@link Db#NO_EXPIRY}, ends an expiry; returns the entry. */
  int expireAt(int h, long whenMillis) {
    byte[] b = arena.page(h);
    int p = Arena.offset(h);
    boolean had = Record.hasTtl(b, p);
    boolean has = whenMillis != Db.NO_EXPIRY;
    if (!had && !has) {
      return h;
    }
    long hash = table.hashOf(h);
    Segment segment = table.segment(hash);
    int to = h;
    long old = expireAt(h);
    volatiles.reserve();
    if (had && has) {
      Words.putLong(b, Record.ttlAt(b, p), whenMillis);
    } else {
      int slot = table.slot(segment, hash, h);
      int flags = Record.flags(b, p) ^ Record.TTL;
      to = reshape(segment, slot, flags, access(h), whenMillis, Record.payload(b, p), true);
    }
    if (had) {
      volatiles.remove(segment, hash, old);
    }
    if (has) {
      volatiles.add(segment, hash, whenMillis);
    }
    return to;
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
    int size = Record.size(keyLength, expiry != Db.NO_EXPIRY, payload);
    boolean moves = Arena.rounded(size) != Arena.rounded(Record.size(from, p));
    int h = moves ? arena.allocate(size) : old;
    byte[] to = arena.page(h);
    int q = Arena.offset(h);
    if (moves) {
      Record.key(to, q, from, Record.keyAt(from, p), keyLength);
    }
    if (carriesPayload) {
      int shift = expiry != Db.NO_EXPIRY ? LONG_BYTES : 0;
      System.arraycopy(from, Record.payloadAt(from, p), to, Record.ttlAt(to, q) + shift, payload);
    }
    Record.head(to, q, flags, access);
    if (expiry != Db.NO_EXPIRY) {
      Words.putLong(to, Record.ttlAt(to, q), expiry);
    }
    if (moves) {
      table.move(segment, slot, h);
      arena.free(old);
    }
    return h;
  }

  /** Gives away what table and records lay in, for it is not used any more. */
  void release() {
    table.release();
    arena.release();
  }

  /** Removes an entry. */
  void remove(int h) {
    long hash = table.hashOf(h);
    Segment segment = table.segment(hash);
    remove(segment, table.slot(segment, hash, h), hash);
    table.shrink(hash);
  }

  /** Removes the entry in a slot; {@link Table#shrink} is left to the caller. */
  void remove(Segment segment, int slot, long hash) {
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

  // ---- the whole ----

  /** A random entry, or one with an expiry; {@link Db#NONE} if there is none. */
  int sample(boolean onlyVolatile, SplittableRandom random) {
    if (!onlyVolatile) {
      return table.sample(random);
    }
    return volatiles.size() == 0
        ? Arena.NONE
        : table.sampleVolatile(volatiles.start(random), random);
  }

  /** The bytes taken by records, table and objects. */
  long used() {
    return arena.used() + table.bytes() + objects.bytes();
  }

  /** {@link #used}, plus what is unused within the pages. */
  long allocated() {
    return arena.allocated() + table.bytes() + objects.bytes();
  }

  /**
   * Moves records out of pages that are less than half full, until {@code deadline} of {@link
   * System#nanoTime} or once through all pages; returns how many were moved.
   */
  int defragment(long deadline) {
    int moved = 0;
    for (int n = arena.pageCount(); n > 0 && System.nanoTime() - deadline < 0; n--) {
      if (evacuated >= arena.pageCount()) {
        evacuated = 1;
      }
      int some = evacuated < arena.pageCount() ? arena.evacuate(evacuated, this::relocate) : 0;
      moved += some;
      if (some < Arena.EVACUATED) {
        evacuated++;
      }
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
    table.move(segment, slot, to);
    arena.free(h);
  }
}
