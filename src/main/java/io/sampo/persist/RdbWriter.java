package io.sampo.persist;

import io.sampo.keyspace.Db;
import io.sampo.resp.Bytes;
import java.util.function.Consumer;

/**
 * Writes the parts of an RDB file, all but the checksum behind its {@link #end}: that belongs to
 * whoever puts together what several writers have written.
 *
 * <p>What it writes Redis 7.0 can load (version 10), so that it can be a replica of this server and
 * take over its files: small sets are written member by member, and streams without the time their
 * consumers were last active. The one exception is hashes with fields that expire, which only Redis
 * 7.4 knows.
 */
public final class RdbWriter {
  /** The version that {@link #header} says. */
  public static final int VERSION = RdbFormat.VERSION;

  private static final int CAPACITY = 1 << 16;

  private final RdbOutput out;
  private final ValueWriter values;

  /**
   * A writer that holds all it has written until {@link #take}.
   *
   * @param compressing whether strings are compressed ({@code rdbcompression})
   */
  public RdbWriter(boolean compressing) {
    this(compressing, Integer.MAX_VALUE, all -> {});
  }

  /**
   * A writer that hands over what it holds when that comes to {@code limit} bytes within a value,
   * so that big ones need not fit into one array. What is left is to be had by {@link #take}.
   */
  public RdbWriter(boolean compressing, int limit, Consumer<byte[]> overflow) {
    out = new RdbOutput(compressing, CAPACITY, limit, overflow);
    values = new ValueWriter(out);
  }

  /** Changes whether strings are compressed. */
  public void compressing(boolean yes) {
    out.compressing(yes);
  }

  /** The bytes that {@link #take} would return. */
  public int size() {
    return out.size();
  }

  /** What has been written since the last time. */
  public byte[] take() {
    return out.take();
  }

  /** The beginning of a file. */
  public void header() {
    byte[] text = Bytes.ascii("REDIS%04d".formatted(VERSION));
    out.raw(text, 0, text.length);
  }

  /** A field about the file as a whole. */
  public void aux(String name, String value) {
    out.octet(RdbFormat.AUX);
    out.string(Bytes.ascii(name));
    out.string(Bytes.ascii(value));
  }

  /** A library of functions. */
  public void function(byte[] library) {
    out.octet(RdbFormat.FUNCTION2);
    out.string(library);
  }

  /** Says of which database the entries to come are. */
  public void selectDb(int index) {
    out.octet(RdbFormat.SELECTDB);
    out.length(index);
  }

  /** Says how many entries the database has, and how many of them expire: only as a hint. */
  public void resizeDb(long entries, long expiring) {
    out.octet(RdbFormat.RESIZEDB);
    out.length(entries);
    out.length(expiring);
  }

  /** An entry: its expiry, its use, its key and its value. */
  public void entry(Db db, int h) {
    head(db, h);
    values.value(db, h);
  }

  private void head(Db db, int h) {
    long expireAt = db.expireAt(h);
    if (expireAt != Db.NO_EXPIRY) {
      out.octet(RdbFormat.EXPIRETIME_MS);
      out.word(expireAt);
    }
    if (db.uses().areCounted()) {
      out.octet(RdbFormat.FREQ);
      out.octet(db.uses().frequency(h));
    } else if (db.uses().areDated()) {
      out.octet(RdbFormat.IDLE);
      out.length(db.uses().idleSeconds(h));
    }
    out.octet(ValueWriter.type(db, h));
    out.string(db.keyArray(h), db.keyOffset(h), db.keyLength(h));
  }

  /** The end of a file; 8 bytes of checksum have to follow, the lowest first, or zeros for none. */
  public void end() {
    out.octet(RdbFormat.EOF);
  }
}
