package io.sampo.persist;

import io.sampo.data.ByteTable;
import io.sampo.data.HashValue;
import io.sampo.data.IntSet;
import io.sampo.data.ListPack;
import io.sampo.data.ListValue;
import io.sampo.data.PartlyVolatile;
import io.sampo.data.RawString;
import io.sampo.data.SetValue;
import io.sampo.data.StreamValue;
import io.sampo.data.Value;
import io.sampo.data.Words;
import io.sampo.data.ZSetValue;
import io.sampo.keyspace.Db;
import java.util.function.BooleanSupplier;
import java.util.function.LongUnaryOperator;

/**
 * Writes values. What is packed is copied as it is, for it has Redis's own formats; what may be big
 * is written a slice at a time, if that is wanted.
 */
final class ValueWriter {
  private static final int FRAME = ListPack.BEGIN + 1;
  private static final int UNCOUNTED = 0xffff;

  /** What a slice is: so many elements, or packs of them. */
  private static final int ELEMENTS = 256;

  private static final int PACKS = 8;

  private static final BooleanSupplier NO_MORE = () -> false;

  private final RdbOutput out;
  private final StreamWriter streams;

  /** A listpack that is put together to be written. */
  private byte[] scratch = new byte[1 << 13];

  ValueWriter(RdbOutput out) {
    this.out = out;
    this.streams = new StreamWriter(out);
  }

  /** How the value of an entry is written. */
  static int type(Db db, int h) {
    return db.isString(h) ? RdbFormat.STRING : type(db.value(h));
  }

  static int type(Value value) {
    if (value instanceof HashValue hash) {
      return hash.hasTimes()
          ? RdbFormat.HASH_METADATA
          : hash.isPacked() ? RdbFormat.HASH_LISTPACK : RdbFormat.HASH;
    }
    if (value instanceof SetValue set) {
      return set.isIntegers() ? RdbFormat.SET_INTSET : RdbFormat.SET;
    }
    if (value instanceof ZSetValue zset) {
      return zset.isPacked() ? RdbFormat.ZSET_LISTPACK : RdbFormat.ZSET_2;
    }
    if (value instanceof ListValue) {
      return RdbFormat.LIST_QUICKLIST_2;
    }
    if (value instanceof StreamValue) {
      return RdbFormat.STREAM_LISTPACKS_2;
    }
    throw new IllegalStateException("no RDB type for a " + value.type());
  }

  /** Writes the value of an entry. */
  void value(Db db, int h) {
    if (db.isLong(h)) {
      out.number(db.longValue(h));
    } else if (!db.isObject(h)) {
      out.string(db.stringArray(h), db.stringOffset(h), db.stringLength(h));
    } else {
      BooleanSupplier rest = begin(db.value(h));
      while (rest.getAsBoolean()) {
        // Each time writes a slice.
      }
    }
  }

  /**
   * Begins a value, which must not change until it has been written: what is returned writes a
   * slice whenever it is asked, and says whether there are more to come.
   */
  BooleanSupplier begin(Value value) {
    if (value instanceof HashValue hash) {
      return hash(hash);
    }
    if (value instanceof SetValue set) {
      return set(set);
    }
    if (value instanceof ZSetValue zset) {
      return zset(zset);
    }
    if (value instanceof ListValue list) {
      out.length(list.runCount());
      return upTo(list.runCount(), PACKS, (from, n) -> list.eachRun(from, n, this::node));
    }
    if (value instanceof StreamValue stream) {
      return streams.begin(stream);
    }
    out.string((RawString) value);
    return NO_MORE;
  }

  /** Takes the numbers of a slice. */
  private interface Slice {
    void write(int from, int count);
  }

  /** Slices of the numbers below {@code end}. */
  private static BooleanSupplier upTo(int end, int most, Slice slice) {
    int[] next = {0};
    return () -> {
      int count = Math.min(most, end - next[0]);
      slice.write(next[0], count);
      next[0] += count;
      return next[0] < end;
    };
  }

  /** Slices by a cursor that is given and taken, until it is 0. */
  private static BooleanSupplier scan(LongUnaryOperator slice) {
    long[] cursor = {0};
    return () -> {
      cursor[0] = slice.applyAsLong(cursor[0]);
      return cursor[0] != 0;
    };
  }

  /** A node of a list: its elements, made a listpack. */
  private void node(byte[] a, int offset, int length, int count) {
    int size = FRAME + length;
    if (size > scratch.length) {
      scratch = new byte[size + size / 2];
    }
    Words.putInt(scratch, 0, size);
    int counted = Math.min(count, UNCOUNTED);
    scratch[4] = (byte) counted;
    scratch[5] = (byte) (counted >> 8);
    System.arraycopy(a, offset, scratch, ListPack.BEGIN, length);
    scratch[size - 1] = (byte) 0xff;
    out.length(RdbFormat.PACKED);
    out.blob(scratch, 0, size);
  }

  private BooleanSupplier set(SetValue set) {
    if (set.isIntegers()) {
      out.blob(set.integers(), 0, IntSet.used(set.integers()));
      return NO_MORE;
    }
    out.length(set.size());
    return scan(cursor -> set.scan(cursor, ELEMENTS, this::member));
  }

  private boolean member(byte[] a, int offset, int length) {
    out.string(a, offset, length);
    return true;
  }

  private BooleanSupplier hash(HashValue hash) {
    if (hash.hasTimes()) {
      return volatileHash(hash);
    }
    if (hash.isPacked()) {
      return pack(hash.pack());
    }
    out.length(hash.size());
    return scan(cursor -> hash.scan(cursor, ELEMENTS, this::field));
  }

  private boolean field(byte[] f, int fo, int fl, byte[] v, int vo, int vl) {
    out.string(f, fo, fl);
    out.string(v, vo, vl);
    return true;
  }

  /** The first expiry, then the fields, each with its own: 0 for none, 1 for the first. */
  private BooleanSupplier volatileHash(HashValue hash) {
    long first = hash.firstExpiry();
    out.word(first);
    out.length(hash.size());
    ByteTable.Visitor each =
        (f, fo, fl, v, vo, vl) -> {
          long when = hash.expireAt(f, fo, fl);
          out.length(when == PartlyVolatile.NEVER ? 0 : when - first + 1);
          return field(f, fo, fl, v, vo, vl);
        };
    return scan(cursor -> hash.scan(cursor, ELEMENTS, each));
  }

  /** Big ones are written from their ends, for so Redis rebuilds them fastest. */
  private BooleanSupplier zset(ZSetValue zset) {
    if (zset.isPacked()) {
      return pack(zset.pack());
    }
    out.length(zset.size());
    zset.eachBackward(
        (score, a, offset, length) -> {
          out.string(a, offset, length);
          out.real(score);
          out.spill();
        });
    return NO_MORE;
  }

  private BooleanSupplier pack(byte[] pack) {
    out.blob(pack, 0, ListPack.used(pack));
    return NO_MORE;
  }
}
