package io.sampo.persist;

import io.sampo.data.ByteTable;
import io.sampo.data.ListPack;
import io.sampo.data.PartlyVolatile;
import io.sampo.data.Value;
import io.sampo.data.hash.HashValue;
import io.sampo.data.list.ListValue;
import io.sampo.data.set.IntSet;
import io.sampo.data.set.SetValue;
import io.sampo.data.stream.StreamValue;
import io.sampo.data.string.RawString;
import io.sampo.data.zset.ZSetValue;
import io.sampo.keyspace.Db;

/** Writes values. What is packed is copied as it is, for it has Redis's own formats. */
final class ValueWriter {
  private static final int FRAME = ListPack.BEGIN + 1;

  /** How many elements are asked for at a time. */
  private static final int ELEMENTS = 256;

  private final RdbOutput out;
  private final StreamWriter streams;
  private final Nodes nodes = new Nodes();

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
    if (value instanceof RawString) {
      return RdbFormat.STRING;
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
      value(db.value(h));
    }
  }

  void value(Value value) {
    if (value instanceof HashValue hash) {
      hash(hash);
    } else if (value instanceof SetValue set) {
      set(set);
    } else if (value instanceof ZSetValue zset) {
      zset(zset);
    } else if (value instanceof ListValue list) {
      out.length(list.runCount());
      list.eachNode(nodes);
    } else if (value instanceof StreamValue stream) {
      streams.write(stream);
    } else {
      out.string((RawString) value);
    }
  }

  /** Writes the nodes of a list. */
  private final class Nodes implements ListValue.NodeVisitor {
    @Override
    public void run(byte[] a, int offset, int length, int count) {
      int size = FRAME + length;
      if (size > scratch.length) {
        scratch = new byte[size + size / 2];
      }
      ListPack.write(scratch, a, offset, length, count);
      out.length(RdbFormat.PACKED);
      out.blob(scratch, 0, size);
    }

    @Override
    public void compressed(byte[] a, int offset, int length, int packBytes) {
      out.length(RdbFormat.PACKED);
      out.lzf(a, offset, length, packBytes);
    }
  }

  private void set(SetValue set) {
    if (set.isIntegers()) {
      out.blob(set.integers(), 0, IntSet.used(set.integers()));
      return;
    }
    out.length(set.size());
    long cursor = 0;
    do {
      cursor = set.scan(cursor, ELEMENTS, this::member);
    } while (cursor != 0);
  }

  private boolean member(byte[] a, int offset, int length) {
    out.string(a, offset, length);
    return true;
  }

  private void hash(HashValue hash) {
    if (hash.hasTimes()) {
      volatileHash(hash);
    } else if (hash.isPacked()) {
      pack(hash.pack());
    } else {
      out.length(hash.size());
      fields(hash, this::field);
    }
  }

  private static void fields(HashValue hash, ByteTable.Visitor each) {
    long cursor = 0;
    do {
      cursor = hash.scan(cursor, ELEMENTS, each);
    } while (cursor != 0);
  }

  private boolean field(byte[] f, int fo, int fl, byte[] v, int vo, int vl) {
    out.string(f, fo, fl);
    out.string(v, vo, vl);
    return true;
  }

  /** The first expiry, then the fields, each with its own: 0 for none, 1 for the first. */
  private void volatileHash(HashValue hash) {
    long first = hash.firstExpiry();
    out.word(first);
    out.length(hash.size());
    ByteTable.Visitor each =
        (f, fo, fl, v, vo, vl) -> {
          long when = hash.expireAt(f, fo, fl);
          out.length(when == PartlyVolatile.NEVER ? 0 : when - first + 1);
          return field(f, fo, fl, v, vo, vl);
        };
    fields(hash, each);
  }

  /** Big ones are written from their ends, for so Redis rebuilds them fastest. */
  private void zset(ZSetValue zset) {
    if (zset.isPacked()) {
      pack(zset.pack());
      return;
    }
    out.length(zset.size());
    zset.eachBackward(
        (score, a, offset, length) -> {
          out.string(a, offset, length);
          out.real(score);
          out.spill();
        });
  }

  private void pack(byte[] pack) {
    out.blob(pack, 0, ListPack.used(pack));
  }
}
