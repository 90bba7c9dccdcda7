package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.journal.Replay;
import io.sampo.persist.AofDirectory;
import io.sampo.persist.AofFile;
import io.sampo.persist.AofReader;
import io.sampo.persist.DamagedFile;
import io.sampo.persist.RdbException;
import io.sampo.persist.RdbReader;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.shard.Loader;
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
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads an append-only file: its base and then its increments; the thread that asks for it waits
 * until it is done.
 */
final class AofLoad implements Replay.Follower {
  private static final Logger LOG = LoggerFactory.getLogger(AofLoad.class);
  private static final byte[] RDB = Bytes.ascii("REDIS");
  private static final String UNKNOWN = "ERR unknown command";

  private final Node node;
  private final AofDirectory directory;
  private final Semaphore ready = new Semaphore(0);
  private long loaded;
  private long keys;
  private Optional<String> place = Optional.empty();
  private int db;
  private long refused;

  /** Why a request was refused that shows the file to be wrong; or "". */
  private volatile String wrong = "";

  private AofLoad(Node node, AofDirectory directory) {
    this.node = node;
    this.directory = directory;
  }

  /**
   * Loads all there is. Meanwhile clients are to be refused, and expiry is to be left to the files.
   *
   * @return how many keys the bases had
   * @throws DamagedFile if it cannot be loaded as a whole; some of it may have been then
   */
  static long load(Node node, AofDirectory directory) throws IOException {
    long since = System.nanoTime();
    AofLoad load = new AofLoad(node, directory);
    load.parts();
    load.place.ifPresent(where -> node.place.restore(where, load.db));
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
    Loader loader = node.loader(false, false);
    RdbReader rdb = new RdbReader(in, node.limits(), node.settings.rdbchecksum.get());
    try {
      rdb.read(
          (db, key, entry) -> {
            loader.entry(db, key, entry);
            node.loading.progress(loaded + rdb.position(), keys + loader.keys());
          });
      loader.finish();
    } catch (RdbException e) {
      throw new DamagedFile(
          "Bad file format reading the append only file "
              + directory.path(file)
              + ": "
              + e.getMessage());
    }
    keys += loader.keys();
    byte[] rest = rdb.rest();
    return new AofReader(
        file.name(),
        new SequenceInputStream(new ByteArrayInputStream(rest), in),
        rdb.position(),
        size);
  }

  private void commands(AofFile file, AofReader reader) throws IOException {
    Replay replay = node.replay(reader.position(), this);
    byte[] run = reader.next();
    while (run.length > 0) {
      replay.feed(run, 0, run.length);
      run = reader.next();
      ready.acquireUninterruptibly();
      if (!wrong.isEmpty()) {
        throw new DamagedFile(wrong + " reading the append only file " + directory.path(file));
      }
      node.loading.progress(loaded + reader.position(), keys);
    }
    place = reader.place();
    db = replay.db();
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

  // --- what the replay says

  @Override
  public void applied(long offset) {
    // Told of whole pieces only by being ready for the next.
  }

  @Override
  public void aside(Command command, Args args) {
    LOG.debug("{} in an append only file has no effect", command);
  }

  @Override
  public void refused(String command, String error) {
    if (error.equals(UNKNOWN)) {
      wrong = "Unknown command '" + command + "'";
    } else if (refused++ == 0) {
      LOG.warn("{} in the append only file was refused: {}", command, error);
    }
  }

  @Override
  public void ready() {
    ready.release();
  }
}
