package io.sampo.persist;

import io.sampo.data.Limits;
import io.sampo.data.Value;
import io.sampo.data.Words;
import io.sampo.data.hash.HashValue;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Entry;
import io.sampo.resp.Bytes;
import io.sampo.resp.Late;
import io.sampo.resp.ReplyWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * A single value as DUMP gives it and RESTORE takes it: its type and what RDB has for it, then 2
 * bytes for the version of RDB and 8 for the checksum of all before, the lowest first.
 */
public final class Dump {
  private static final int VERSION_BYTES = 2;
  private static final int FOOTER_BYTES = VERSION_BYTES + Long.BYTES;
  private static final int CAPACITY = 256;
  private static final int COMPRESSED = 4;
  private static final int MOST_CAPACITY = 1 << 24;

  /** The bytes of a piece of a value that is written in several. */
  private static final int PIECE = 1 << 18;

  private static final long MOST_BYTES = Integer.MAX_VALUE - PIECE;

  /** From how much heap on a value is written by another thread, where that may be. */
  private static final long BIG = 1 << 16;

  private Dump() {}

  /** Whether a value is better frozen, and written by another thread. */
  public static boolean isBig(Db db, int h) {
    return db.isObject(h) && db.value(h).heapBytes() > BIG;
  }

  /**
   * The value of an entry.
   *
   * @param compressing whether strings are compressed
   */
  public static byte[] of(Db db, int h, boolean compressing) {
    return output(db, h, compressing).take();
  }

  /** Writes the same as a bulk reply. */
  static void bulk(Db db, int h, boolean compressing, ReplyWriter reply) {
    output(db, h, compressing).bulk(reply);
  }

  /**
   * The same of a value that is frozen, as a reply to be made by any thread: in pieces, so that no
   * array need hold all of it.
   */
  static Late late(Value frozen, boolean compressing) {
    return new Late() {
      @Override
      public long size() {
        return frozen.heapBytes() / COMPRESSED;
      }

      @Override
      public List<byte[]> make() {
        return bulk(frozen, compressing);
      }
    };
  }

  private static List<byte[]> bulk(Value value, boolean compressing) {
    List<byte[]> pieces = new ArrayList<>();
    RdbOutput out = new RdbOutput(compressing, PIECE, PIECE, pieces::add);
    out.octet(ValueWriter.type(value));
    new ValueWriter(out).value(value);
    out.octet(version(value));
    out.octet(0);
    pieces.add(out.take());
    long sum = 0;
    long length = Long.BYTES;
    for (byte[] piece : pieces) {
      sum = Crc64.update(sum, piece, 0, piece.length);
      length += piece.length;
    }
    if (length > MOST_BYTES) {
      throw new OutOfMemoryError("a serialized value of more than 2 GiB");
    }
    byte[] last = new byte[Long.BYTES];
    Words.putLong(last, 0, sum);
    pieces.add(last);
    pieces.add(0, Bytes.ascii("$" + length + "\r\n"));
    return pieces;
  }

  private static RdbOutput output(Db db, int h, boolean compressing) {
    RdbOutput out = new RdbOutput(compressing, capacity(db, h));
    out.octet(ValueWriter.type(db, h));
    new ValueWriter(out).value(db, h);
    out.octet(version(db, h));
    out.octet(0);
    out.word(out.sum());
    return out;
  }

  /** What a big value takes compressed, more or less: to grow up to there copies it twice. */
  private static int capacity(Db db, int h) {
    long heap = db.isObject(h) ? db.value(h).heapBytes() : 0;
    return (int) Math.max(CAPACITY, Math.min(heap / COMPRESSED, MOST_CAPACITY));
  }

  /** How many bytes the value itself takes of that. */
  public static int valueBytes(Db db, int h, boolean compressing) {
    return output(db, h, compressing).size() - 1 - FOOTER_BYTES;
  }

  /** The same of a value that is frozen, by any thread. */
  public static long valueBytes(Value frozen, boolean compressing) {
    LongAdder sum = new LongAdder();
    RdbOutput out = new RdbOutput(compressing, PIECE, PIECE, piece -> sum.add(piece.length));
    new ValueWriter(out).value(frozen);
    return sum.sum() + out.size();
  }

  private static int version(Db db, int h) {
    return db.isObject(h) ? version(db.value(h)) : RdbFormat.VERSION;
  }

  private static int version(Value value) {
    boolean expiring = value instanceof HashValue hash && hash.hasTimes();
    return expiring ? RdbFormat.LATEST_VERSION : RdbFormat.VERSION;
  }

  /** Whether a range of bytes has a version that can be read, and its right checksum. */
  static boolean isIntact(byte[] a, int offset, int length) {
    if (length < FOOTER_BYTES || version(a, offset, length) > RdbFormat.LATEST_VERSION) {
      return false;
    }
    int summed = length - Long.BYTES;
    return Words.getLong(a, offset + summed) == Crc64.update(0, a, offset, summed);
  }

  /** The version of RDB in which a value is written that {@link #isIntact}. */
  static int version(byte[] a, int offset, int length) {
    int at = offset + length - FOOTER_BYTES;
    return a[at] & 0xff | (a[at + 1] & 0xff) << Byte.SIZE;
  }

  /** The value in a range of bytes that {@link #isIntact}; nothing if it is not well-formed. */
  static Optional<Entry> read(byte[] a, int offset, int length, Limits limits) {
    RdbInput in = new RdbInput(a, offset, length - FOOTER_BYTES);
    try {
      int type = in.octet();
      return ValueReader.isType(type) ? new ValueReader(in, limits).read(type) : Optional.empty();
    } catch (RdbException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new AssertionError("an array cannot fail to be read", e);
    }
  }
}
