package io.sampo.server;

import io.sampo.persist.DamagedFile;
import io.sampo.replication.Lineage;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's data, from the files that it is loaded from at the start to those it ends in. */
public final class DataFiles {
  private static final Logger LOG = LoggerFactory.getLogger(DataFiles.class);

  private final Node node;

  /** Whether the data is complete, and has not been saved for the last time. */
  private volatile boolean worthSaving;

  DataFiles(Node node) {
    this.node = node;
  }

  /** Whether there is anything to {@link #load}. */
  public boolean hasFile() {
    return node.settings.appendonly.get() || Files.exists(node.saves.file());
  }

  /**
   * Loads what was saved before this start, and returns when that is done.
   *
   * @throws IllegalStateException if that cannot be read; the message says why
   */
  public void load() {
    if (node.settings.appendonly.get()) {
      loadAppendOnly();
      return;
    }
    try {
      RdbLoad.load(node, node.saves.file(), this::goOn, () -> {});
      if (node.loading.keys() > 0) {
        node.place.loaded();
      }
      node.saves.loaded();
    } catch (IOException e) {
      throw new IllegalStateException(
          "cannot load " + node.saves.file() + ", which is left as it is: " + e.getMessage(), e);
    }
  }

  /** Goes on where the data that is being loaded stands. */
  private void goOn(Lineage from) {
    if (node.place.isKept()) {
      node.place.restore(from);
      return;
    }
    boolean follows = node.settings.replicaof.get().isPresent();
    if (follows || !node.replication.following.isReplica()) {
      node.replication.stream.goOn(from, follows);
    }
  }

  private void loadAppendOnly() {
    try {
      AofStart.start(node);
      node.saves.loaded();
    } catch (IOException | DamagedFile e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Has everything that was appended written to the disk; when nothing runs any more. */
  public void close() {
    node.aof.detach();
  }

  /** Refuses clients until {@link #load} has been called. */
  public void awaitLoad() {
    node.loading.begin(0);
  }

  /** Says that the data is complete. */
  public void ready() {
    worthSaving = true;
  }

  /**
   * Saves the data at the end, if that is wanted and has not been done; returns when it is done.
   * Nobody must write any more.
   */
  public void saveAtEnd(boolean wanted) {
    if (!wanted || !worthSaving || node.loading.isOn()) {
      return;
    }
    worthSaving = false;
    LOG.info("Saving the final RDB snapshot before exiting.");
    CountDownLatch ended = new CountDownLatch(1);
    node.saves.begin(success -> ended.countDown());
    try {
      ended.await();
    } catch (InterruptedException e) {
      LOG.error("The data is not saved, for the end was interrupted");
      Thread.currentThread().interrupt();
    }
  }

  /** Says that the data is not to be saved any more, for it may not be what it should. */
  public void forsake() {
    worthSaving = false;
  }

  /** Whether the data is being saved. */
  public boolean isSaving() {
    return node.saves.isSaving();
  }

  /** Sees to what is saved by itself, now and then. */
  void tend() {
    if (worthSaving && !node.loading.isOn()) {
      node.aof.tend();
      if (!node.isSnapshotting()) {
        node.saves.tend();
      }
    }
  }
}
