package io.sampo.server;

import io.sampo.command.Effects;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Entry;
import io.sampo.persist.RdbReader;
import io.sampo.replication.Lineage;
import io.sampo.resp.Bytes;
import io.sampo.shard.Loader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads an RDB file; the thread that asks for it waits until it is done. */
final class RdbLoad implements RdbReader.Sink {
  private static final Logger LOG = LoggerFactory.getLogger(RdbLoad.class);

  /** Entries between two reports of progress. */
  private static final int STEP = 1024;

  private static final byte[] DEL = Bytes.ascii("DEL");

  private final Node node;
  private final Loader loader;
  private final RdbReader reader;
  private final Consumer<Lineage> origin;
  private final Lineage.Reader lineage = new Lineage.Reader();

  /** Whether what has expired is left out: a replica takes it all. */
  private final boolean dropsExpired;

  private final Effects effects;
  private long entries;
  private long expired;

  private RdbLoad(Node node, InputStream in, Consumer<Lineage> origin) {
    this.node = node;
    this.origin = origin;
    loader = node.cores.loader();
    reader = new RdbReader(in, node.keyspaces.limits(), node.settings.rdbchecksum.get());
    dropsExpired = !node.replication.following.isReplica();
    effects = node.journal.writer();
  }

  /**
   * Loads a file, while clients are refused.
   *
   * @param origin told where its data stands, if it says so, before there is any
   * @param arrived run when there is all of it, before clients are let in
   * @return the database that a master's stream behind it has selected
   * @throws IOException if it is damaged or cannot be read; some of it may have been loaded then
   */
  static int load(Node node, Path file, Consumer<Lineage> origin, Runnable arrived)
      throws IOException {
    long since = System.nanoTime();
    node.loading.begin(Files.size(file));
    long keys = 0;
    long expired = 0;
    int streamDb;
    try (InputStream in = Files.newInputStream(file)) {
      RdbLoad load = new RdbLoad(node, in, origin);
      load.reader.read(load);
      load.loader.finish();
      keys = load.loader.keys();
      expired = load.expired;
      streamDb = load.lineage.db();
      arrived.run();
    } finally {
      node.loading.end(keys, expired);
    }
    LOG.info("Done loading RDB, keys loaded: {}, keys expired: {}.", keys, expired);
    LOG.info("DB loaded from disk: {} ms", (System.nanoTime() - since) / 1_000_000);
    return streamDb;
  }

  @Override
  public void entry(int db, byte[] key, Entry entry) throws IOException {
    if (dropsExpired && entry.expireAt() != Db.NO_EXPIRY && entry.expireAt() <= node.now()) {
      drop(db, key);
    } else {
      loader.entry(db, key, entry);
    }
    if (++entries % STEP == 0) {
      node.loading.progress(reader.position(), loader.keys());
    }
  }

  /** Leaves a key out; replicas that go on from here have it. */
  private void drop(int db, byte[] key) {
    expired++;
    if (effects.wanted()) {
      effects.add(db, DEL, key);
      effects.flush();
    }
  }

  @Override
  public void aux(String name, byte[] value) throws IOException {
    lineage.field(name, Bytes.text(value)).ifPresent(origin);
    node.loading.told(name, Bytes.text(value));
    switch (name) {
      case "redis-ver" -> LOG.info("Loading RDB produced by version {}", Bytes.text(value));
      case "ctime" -> LOG.info("RDB was created at {} (Unix time)", Bytes.text(value));
      case "used-mem" -> LOG.info("RDB memory usage when created: {} bytes", Bytes.text(value));
      default -> LOG.debug("RDB says {}: {}", name, Bytes.text(value));
    }
  }
}
