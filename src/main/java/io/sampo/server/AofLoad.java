package io.sampo.server;

import io.sampo.keyspace.Entry;
import io.sampo.persist.AofDirectory;
import io.sampo.persist.AofFile;
import io.sampo.persist.AofReader;
import io.sampo.persist.DamagedFile;
import io.sampo.persist.RdbException;
import io.sampo.persist.RdbReader;
import io.sampo.resp.Bytes;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads an append-only file: its base and then its increments; the thread that asks for it waits
 * until it is done.
 */
public final class AofLoad {
  /** Where it goes. */
  public interface Into {
    /** Takes an entry of a base. */
    void entry(int db, byte[] key, Entry entry) throws IOException;

    /** Returns when all entries are in their place, and how many there are. */
    long entriesEnd() throws IOException;

    /** Another file begins, and with it another stream of requests. */
    void begin();

    /** Carries out requests, or begins to. */
    void requests(byte[] run);

    /** Returns when all requests have been carried out. */
    void requestsEnd();

    /** All has been loaded, up to this place of a stream. */
    void place(String where);

    /** Why the requests so far show that the file is wrong; or "". */
    String wrong();
  }

  private static final Logger LOG = LoggerFactory.getLogger(AofLoad.class);

  /** Entries between two reports of progress. */
  private static final int STEP = 1024;

  private static final byte[] RDB = Bytes.ascii("REDIS");

  private final Node node;
  private final AofDirectory directory;
  private final Into into;
  private long loaded;
  private long entries;
  private long keys;
  private Optional<String> place = Optional.empty();

  private AofLoad(Node node, AofDirectory directory, Into into) {
    this.node = node;
    this.directory = directory;
    this.into = into;
  }

  /**
   * Loads all there is. Meanwhile clients are to be refused, and expiry is to be left to the files.
   *
   * @return how many keys the bases had
   * @throws DamagedFile if it cannot be loaded as a whole; some of it may have been then
   */
  public static long load(Node node, AofDirectory directory, Into into) throws IOException {
    long since = System.nanoTime();
    AofLoad load = new AofLoad(node, directory, into);
    load.parts();
    load.place.ifPresent(into::place);
    LOG.info("DB loaded from append only file: {} ms", (System.nanoTime() - since) / 1_000_000);
    return load.keys;
  }

  private void parts() throws IOException {
    List<AofFile> parts =
        directory.manifest().parts().stream().filter(file -> directory.size(file) > 0).toList();
    for (int i = 0; i < parts.size(); i++) {
      part(parts.get(i), i == parts.size() - 1);
    }
  }

  private void part(AofFile file, boolean isLast) throws IOException {
    Path path = directory.path(file);
    long size = Files.size(path);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      in.mark(RDB.length);
      boolean snapshot = Arrays.equals(in.readNBytes(RDB.length), RDB);
      in.reset();
      AofReader reader =
          snapshot ? snapshot(file, in, size) : new AofReader(file.name(), in, 0, size);
      commands(file, reader);
      if (reader.isTorn()) {
        torn(file, reader.position(), isLast);
      }
    }
    loaded += size;
    LOG.info("DB loaded from {}", path);
  }

  /** Loads an RDB; returns what reads what comes behind it, as in files of Redis before 7. */
  private AofReader snapshot(AofFile file, InputStream in, long size) throws IOException {
    RdbReader rdb = new RdbReader(in, node.keyspaces.limits(), node.settings.rdbchecksum.get());
    try {
      rdb.read(
          new RdbReader.Sink() {
            @Override
            public void entry(int db, byte[] key, Entry entry) throws IOException {
              into.entry(db, key, entry);
              if (++entries % STEP == 0) {
                node.loading.progress(loaded + rdb.position(), entries);
              }
            }

            @Override
            public void aux(String name, byte[] value) {
              node.loading.told(name, Bytes.text(value));
            }
          });
      keys += into.entriesEnd();
    } catch (RdbException e) {
      throw new DamagedFile(
          "Bad file format reading the append only file "
              + directory.path(file)
              + ": "
              + e.getMessage());
    }
    byte[] rest = rdb.rest();
    return new AofReader(
        file.name(),
        new SequenceInputStream(new ByteArrayInputStream(rest), in),
        rdb.position(),
        size);
  }

  private void commands(AofFile file, AofReader reader) throws IOException {
    into.begin();
    for (byte[] run = reader.next(); run.length > 0; run = reader.next()) {
      into.requests(run);
      check(file);
      node.loading.progress(loaded + reader.position(), entries);
    }
    into.requestsEnd();
    check(file);
    place = reader.place();
  }

  private void check(AofFile file) {
    if (!into.wrong().isEmpty()) {
      throw new DamagedFile(into.wrong() + " reading the append only file " + directory.path(file));
    }
  }

  /** Cuts the last file off behind its last whole request, if that is wanted. */
  private void torn(AofFile file, long good, boolean isLast) throws IOException {
    Path path = directory.path(file);
    if (!isLast) {
      throw new DamagedFile(
          "The append only file " + path + " is truncated, but is not the last one");
    }
    if (!node.settings.aofLoadTruncated.get()) {
      throw new DamagedFile(
          "Unexpected end of file reading the append only file "
              + path
              + ". You can: 1) Make a backup of your AOF file, then use redis-check-aof --fix"
              + " <filename.manifest>. 2) Alternatively you can set the 'aof-load-truncated'"
              + " configuration option to yes and restart the server.");
    }
    LOG.warn("!!! Warning: short read while loading the AOF file {}!!!", path);
    LOG.warn("!!! Truncating the AOF {} at offset {} !!!", path, good);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(good);
      channel.force(true);
    }
    LOG.warn("AOF {} loaded anyway because aof-load-truncated is enabled", path);
  }
}
