package io.sampo.server;

import io.sampo.keyspace.Entry;
import io.sampo.persist.RdbReader;
import io.sampo.resp.Bytes;
import io.sampo.shard.Loader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads an RDB file; the thread that asks for it waits until it is done. */
final class RdbLoad implements RdbReader.Sink {
  private static final Logger LOG = LoggerFactory.getLogger(RdbLoad.class);

  /** Entries between two reports of progress. */
  private static final int STEP = 1024;

  private final Node node;
  private final Loader loader;
  private final RdbReader reader;
  private long entries;

  /** The database that the stream behind the file has selected. */
  private int streamDb;

  private RdbLoad(Node node, InputStream in, boolean merges) {
    this.node = node;
    loader = node.cores.loader(!node.replication.following.isReplica(), merges);
    reader = new RdbReader(in, node.keyspaces.limits(), node.settings.rdbchecksum.get());
  }

  /**
   * Loads a file, while clients are refused.
   *
   * @param merges whether what it holds takes the place of what is there, rather than to fail
   * @return the database that a master's stream behind it has selected
   * @throws IOException if it is damaged or cannot be read; some of it may have been loaded then
   */
  static int load(Node node, Path file, boolean merges) throws IOException {
    long since = System.nanoTime();
    node.loading.begin(Files.size(file));
    long keys = 0;
    long expired = 0;
    int streamDb;
    try (InputStream in = Files.newInputStream(file)) {
      RdbLoad load = new RdbLoad(node, in, merges);
      load.reader.read(load);
      load.loader.finish();
      keys = load.loader.keys();
      expired = load.loader.expired();
      streamDb = load.streamDb;
    } finally {
      node.loading.end(keys, expired);
    }
    LOG.info("Done loading RDB, keys loaded: {}, keys expired: {}.", keys, expired);
    LOG.info("DB loaded from disk: {} ms", (System.nanoTime() - since) / 1_000_000);
    return streamDb;
  }

  @Override
  public void entry(int db, byte[] key, Entry entry) throws IOException {
    loader.entry(db, key, entry);
    if (++entries % STEP == 0) {
      node.loading.progress(reader.position(), loader.keys());
    }
  }

  @Override
  public void aux(String name, byte[] value) {
    switch (name) {
      case "redis-ver" -> LOG.info("Loading RDB produced by version {}", Bytes.text(value));
      case "ctime" -> LOG.info("RDB was created at {} (Unix time)", Bytes.text(value));
      case "used-mem" -> LOG.info("RDB memory usage when created: {} bytes", Bytes.text(value));
      case "repl-stream-db" -> streamDb = Integer.parseInt(Bytes.text(value));
      default -> LOG.debug("RDB says {}: {}", name, Bytes.text(value));
    }
  }
}
