package io.sampo.persist;

import io.sampo.keyspace.Db;
import io.sampo.keyspace.Entry;
import io.sampo.keyspace.Keyspace;
import io.sampo.keyspace.Settings;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Turns a snapshot into a base made of commands, for those who want no RDB in their append-only
 * file ({@code aof-use-rdb-preamble no}): a RESTORE for each key.
 */
public final class CommandBase {
  private static final int FLUSHED = 1 << 18;
  private static final int NO_DB = -1;
  private static final byte[] SELECT = Bytes.ascii("SELECT");
  private static final byte[] RESTORE = Bytes.ascii("RESTORE");
  private static final byte[] REPLACE = Bytes.ascii("REPLACE");
  private static final byte[] ABSTTL = Bytes.ascii("ABSTTL");
  private static final byte[] FUNCTION = Bytes.ascii("FUNCTION");
  private static final byte[] LOAD = Bytes.ascii("LOAD");

  private CommandBase() {}

  /**
   * Reads an RDB file and writes the other.
   *
   * @param settings how values are kept
   * @param gradual as {@link NewFile} takes it
   */
  public static void convert(Path rdb, Path target, Settings settings, boolean gradual)
      throws IOException {
    try (InputStream in = Files.newInputStream(rdb);
        NewFile out = new NewFile(target, gradual)) {
      Commands commands = new Commands(out, settings);
      new RdbReader(in, settings.limits, false).read(commands);
      commands.flush();
      out.commit();
    }
  }

  private static final class Commands implements RdbReader.Sink {
    private final NewFile file;

    /** Holds one entry at a time, for it to be encoded. */
    private final Db scratch;

    private final ReplyWriter out = new ReplyWriter(1 << 16);
    private int selected = NO_DB;

    Commands(NewFile file, Settings settings) {
      this.file = file;
      scratch = new Keyspace(settings, () -> 0).db(0);
    }

    @Override
    public void entry(int db, byte[] key, Entry entry) throws IOException {
      if (db != selected) {
        selected = db;
        out.array(2);
        out.bulk(SELECT);
        out.bulk(db);
      }
      int h = scratch.put(key, 0, key.length, entry);
      out.array(6);
      out.bulk(RESTORE);
      out.bulk(key);
      long expireAt = scratch.expireAt(h);
      out.bulk(expireAt == Db.NO_EXPIRY ? 0 : expireAt);
      out.bulk(Dump.of(scratch, h, false));
      out.bulk(REPLACE);
      out.bulk(ABSTTL);
      scratch.remove(h);
      if (out.position() >= FLUSHED) {
        flush();
      }
    }

    @Override
    public void function(byte[] library) {
      out.array(3);
      out.bulk(FUNCTION);
      out.bulk(LOAD);
      out.bulk(library);
    }

    void flush() throws IOException {
      file.write(out.take());
    }
  }
}
