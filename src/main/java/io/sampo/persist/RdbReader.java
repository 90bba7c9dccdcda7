package io.sampo.persist;

import io.sampo.data.Limits;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Entry;
import io.sampo.resp.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads RDB, as any Redis up to 7.4 writes it, from a stream that may block. Memory is bounded by
 * the biggest value. It is used for one file.
 */
public final class RdbReader {
  private static final int VERSION_DIGITS = 4;

  /** Takes what is read, in order. */
  public interface Sink {
    /**
     * An entry, expired ones too.
     *
     * @param key nobody else has it
     */
    void entry(int db, byte[] key, Entry entry) throws IOException;

    /** A field about the file as a whole. */
    default void aux(String name, byte[] value) throws IOException {}

    /** How many entries a database has, and how many of them expire, if that is to be believed. */
    default void resize(int db, long entries, long expiring) throws IOException {}

    /** A library of functions. */
    default void function(byte[] library) throws IOException {}
  }

  private final RdbInput in;
  private final ValueReader values;
  private final boolean checking;

  private int db;
  private long expireAt = Db.NO_EXPIRY;
  private long idle = -1;
  private int frequency = -1;

  /**
   * @param limits up to where values get their compact encodings
   * @param checking whether the checksum is verified ({@code rdbchecksum})
   */
  public RdbReader(InputStream in, Limits limits, boolean checking) {
    this.in = new RdbInput(in, checking);
    this.checking = checking;
    values = new ValueReader(this.in, limits);
  }

  /** How many bytes have been read; for progress. */
  public long position() {
    return in.position();
  }

  /** What was taken from the stream and does not belong to the file, when that has been read. */
  public byte[] rest() {
    return in.rest();
  }

  /**
   * Reads everything.
   *
   * @throws RdbException if it is broken, or nothing that can be read; entries before that point
   *     have been handed over
   */
  public void read(Sink sink) throws IOException {
    int version = version();
    while (true) {
      int opcode = in.octet();
      if (opcode == RdbFormat.EOF) {
        break;
      }
      if (ValueReader.isType(opcode)) {
        entry(opcode, sink);
      } else {
        other(opcode, sink);
      }
    }
    if (version >= RdbFormat.CHECKSUM_VERSION) {
      checksum();
    }
  }

  private int version() throws IOException {
    byte[] magic = in.bytes(RdbFormat.MAGIC.length);
    if (!Arrays.equals(magic, RdbFormat.MAGIC)) {
      throw new RdbException("Wrong signature trying to load DB from file");
    }
    byte[] digits = in.bytes(VERSION_DIGITS);
    int version = 0;
    for (byte digit : digits) {
      version = version * 10 + digit - '0';
    }
    if (version < 1 || version > RdbFormat.LATEST_VERSION) {
      throw new RdbException("Can't handle RDB format version " + Bytes.text(digits));
    }
    return version;
  }

  private void checksum() throws IOException {
    long sum = in.sum();
    long expected = in.word();
    if (checking && expected != 0 && expected != sum) {
      throw new RdbException(
          "Wrong RDB checksum expected: (%x) but got (%x)".formatted(expected, sum));
    }
  }

  private void entry(int type, Sink sink) throws IOException {
    byte[] key = in.string();
    Optional<Entry> entry = values.read(type);
    if (entry.isPresent()) {
      sink.entry(db, key, used(entry.get().expiring(expireAt)));
    }
    expireAt = Db.NO_EXPIRY;
    idle = -1;
    frequency = -1;
  }

  private Entry used(Entry entry) {
    if (frequency >= 0) {
      return entry.frequency(frequency);
    }
    return idle >= 0 ? entry.idle(idle) : entry;
  }

  /** A library as the release candidates of 7.0 wrote it, in the form that it has since. */
  private byte[] candidatesFunction() throws IOException {
    String name = Bytes.text(in.string());
    String engine = Bytes.text(in.string());
    if (in.length() != 0) {
      // What it was for, which nothing keeps any more.
      in.string();
    }
    String head = "#!" + engine + " name=" + name + "\n";
    return Bytes.ascii(head + Bytes.text(in.string()));
  }

  private void other(int opcode, Sink sink) throws IOException {
    switch (opcode) {
      case RdbFormat.EXPIRETIME_MS -> expireAt = in.word();
      case RdbFormat.EXPIRETIME -> expireAt = in.half() * 1000L;
      case RdbFormat.IDLE -> idle = in.length();
      case RdbFormat.FREQ -> frequency = in.octet();
      case RdbFormat.SELECTDB -> db = in.count();
      case RdbFormat.RESIZEDB -> sink.resize(db, in.length(), in.length());
      case RdbFormat.AUX -> sink.aux(Bytes.text(in.string()), in.string());
      case RdbFormat.FUNCTION2 -> sink.function(in.string());
      case RdbFormat.FUNCTION_PRE_GA -> sink.function(candidatesFunction());
      case RdbFormat.SLOT_INFO -> {
        in.length();
        in.length();
        in.length();
      }
      case RdbFormat.MODULE_AUX -> skipModule();
      default -> throw new RdbException("Unknown RDB encoding type " + opcode);
    }
  }

  /** Passes what a module has written that is not here; every part says what it is. */
  private void skipModule() throws IOException {
    in.length();
    in.length();
    in.length();
    while (true) {
      int part = in.count();
      switch (part) {
        case RdbFormat.MODULE_EOF -> {
          return;
        }
        case RdbFormat.MODULE_SINT, RdbFormat.MODULE_UINT -> in.length();
        case RdbFormat.MODULE_FLOAT -> in.half();
        case RdbFormat.MODULE_DOUBLE -> in.word();
        case RdbFormat.MODULE_STRING -> in.string();
        default -> throw new RdbException("Unknown part of a module's data: " + part);
      }
    }
  }
}
