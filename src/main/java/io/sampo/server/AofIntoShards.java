package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.journal.Replay;
import io.sampo.keyspace.Entry;
import io.sampo.resp.Args;
import io.sampo.shard.Loader;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads an append-only file into the shards of a node, which work while it is being read. */
final class AofIntoShards implements AofLoad.Into, Replay.Follower {
  private static final Logger LOG = LoggerFactory.getLogger(AofIntoShards.class);
  private static final String UNKNOWN = "ERR unknown command";

  private final Node node;
  private final Loader loader;
  private Replay replay;

  /** Has a permit unless requests are being carried out. */
  private final Semaphore ready = new Semaphore(1);

  private long refused;
  private volatile String wrong = "";

  /** Whether there was any data. */
  private boolean brings;

  AofIntoShards(Node node) {
    this.node = node;
    loader = node.cores.loader();
    replay = node.replay(0, this);
  }

  @Override
  public void entry(int db, byte[] key, Entry entry) throws IOException {
    loader.entry(db, key, entry);
  }

  @Override
  public long entriesEnd() throws IOException {
    loader.finish();
    brings |= loader.keys() > 0;
    return loader.keys();
  }

  @Override
  public void begin() {
    replay = node.replay(0, this);
  }

  @Override
  public void requests(byte[] run) {
    brings = true;
    ready.acquireUninterruptibly();
    replay.feed(run, 0, run.length);
  }

  @Override
  public void requestsEnd() {
    ready.acquireUninterruptibly();
    ready.release();
  }

  @Override
  public void place(String where) {
    node.place.restore(where, replay.db());
  }

  /** All has been loaded, with or without a place. */
  void end() {
    if (brings) {
      node.place.loaded();
    }
  }

  @Override
  public String wrong() {
    return wrong;
  }

  @Override
  public void applied(long offset) {
    // That it is ready for more is all that counts.
  }

  @Override
  public void aside(Command command, Args args) {
    LOG.debug("{} in an append only file has no effect", command);
  }

  @Override
  public void refused(String command, String error) {
    node.counters.unexpectedErrors.increment();
    if (error.equals(UNKNOWN)) {
      wrong = "Unknown command '" + command + "'";
    } else if (!node.settings.propagationErrorBehavior.get().equals("ignore")) {
      wrong = command + " was refused: " + error + ";";
    } else if (refused++ == 0) {
      LOG.warn("{} in the append only file was refused: {}", command, error);
    }
  }

  @Override
  public void ready() {
    ready.release();
  }
}
