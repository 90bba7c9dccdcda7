package io.sampo.server;

import io.sampo.persist.AofDirectory;
import io.sampo.persist.AofFile;
import io.sampo.persist.AofIncrement;
import io.sampo.persist.NewFile;
import io.sampo.persist.RdbWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads the append-only file when a node starts, or begins one, and goes on appending to it. */
final class AofStart {
  private static final Logger LOG = LoggerFactory.getLogger(AofStart.class);
  private static final byte[] NO_CHECKSUM = new byte[Long.BYTES];

  private AofStart() {}

  /**
   * Returns when everything is loaded. Only then, with every change on its way into the file, may
   * clients come and keys expire.
   *
   * @throws io.sampo.persist.DamagedFile if the files cannot be loaded; they are left as they are
   */
  static void start(Node node) throws IOException {
    AofDirectory directory = node.settings.appendDirectory();
    directory.read();
    node.loading.begin(directory.size());
    node.leavesExpiryToStream(true);
    long keys = 0;
    if (directory.manifest().isEmpty()) {
      begin(node, directory);
    } else {
      AofIntoShards shards = new AofIntoShards(node);
      keys = AofLoad.load(node, directory, shards);
      shards.end();
    }
    append(node, directory);
    node.leavesExpiryToStream(false);
    node.loading.end(keys, 0);
  }

  private static void append(Node node, AofDirectory directory) throws IOException {
    List<AofFile> increments = directory.manifest().increments();
    AofFile last =
        increments.isEmpty() ? directory.addIncrement() : increments.get(increments.size() - 1);
    long all = directory.size();
    node.aof.based(all, all - directory.size(last));
    AofIncrement increment = AofIncrement.open(directory.path(last));
    if (!node.aof.attach(increment, true)) {
      increment.close();
    }
    node.tellKeeper(new AofKeeper.Loaded(directory));
  }

  /** Writes a base without entries, as Redis does. */
  private static void begin(Node node, AofDirectory directory) throws IOException {
    Path rdb = node.saves.file();
    if (Files.exists(rdb)) {
      LOG.warn(
          "{} is not loaded, for there is no append only file yet but appendonly is yes. To keep"
              + " its data, start with appendonly no, then CONFIG SET appendonly yes.",
          rdb);
    }
    boolean snapshot = node.settings.aofUseRdbPreamble.get();
    Path base = directory.temporary(".base");
    try (NewFile file = new NewFile(base, false)) {
      if (snapshot) {
        RdbWriter out = new RdbWriter(false);
        out.header();
        out.aux("redis-ver", Version.REDIS);
        out.aux("aof-base", "1");
        out.end();
        file.write(out.take());
        file.write(NO_CHECKSUM);
      }
      file.commit();
    }
    directory.rebase(base, snapshot, 0);
  }
}
