package io.sampo.server;

import io.sampo.persist.NewFile;
import io.sampo.persist.SnapshotSink;
import io.sampo.server.config.Settings;
import io.sampo.server.stats.InfoText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saving all data to the file {@code dbfilename} in {@code dir}: on request and by {@code save}
 * points, and how that has gone so far. Used from any thread.
 */
public final class Saves {
  private static final Logger LOG = LoggerFactory.getLogger(Saves.class);

  /** How long after one that failed the next save that nobody asked for begins. */
  private static final long RETRY_MILLIS = 5000;

  private final Settings settings;
  private final Consumer<SnapshotSink> snapshots;
  private final LongSupplier clock;
  private final LongSupplier changes;
  private final Supplier<Map<String, String>> lineage;
  private Optional<Save> present = Optional.empty();
  private boolean scheduled;
  private long lastTry;
  private long changesSaved;
  private long begun;
  private long lastSeconds = -1;
  private volatile long lastCopied;
  private volatile long lastSave;
  private volatile boolean failing;
  private volatile boolean refusing;

  /**
   * @param snapshots takes a snapshot
   * @param clock in Unix milliseconds
   * @param changes how often data was changed since the start
   * @param lineage what the file is to say of where the data stands
   */
  Saves(
      Settings settings,
      Consumer<SnapshotSink> snapshots,
      LongSupplier clock,
      LongSupplier changes,
      Supplier<Map<String, String>> lineage) {
    this.settings = settings;
    this.snapshots = snapshots;
    this.clock = clock;
    this.changes = changes;
    this.lineage = lineage;
    lastSave = clock.getAsLong();
    settings.save.each(points -> judge());
    settings.stopWritesOnBgsaveError.each(stop -> judge());
  }

  /** One save on its way. */
  private final class Save implements SnapshotSink {
    private final long since = clock.getAsLong();
    private final Path target = file();
    private final Consumer<Boolean> then;
    private Optional<NewFile> file = Optional.empty();
    private long changesThen;

    Save(Consumer<Boolean> then) {
      this.then = then;
    }

    @Override
    public Map<String, String> cut() {
      changesThen = changes.getAsLong();
      return lineage.get();
    }

    @Override
    public void chunk(byte[] bytes) throws IOException {
      if (file.isEmpty()) {
        file = Optional.of(new NewFile(target, settings.rdbSaveIncrementalFsync.get()));
      }
      file.get().write(bytes);
    }

    @Override
    public void done(long copied) throws IOException {
      long size = file.orElseThrow().size();
      file.get().commit();
      LOG.info("DB saved on disk: {}, {} bytes", target, size);
      lastCopied = copied;
      ended(this, true);
    }

    @Override
    public void failed(Throwable cause) {
      LOG.error("Saving the DB to {} failed: {}", target, cause.toString());
      try {
        if (file.isPresent()) {
          file.get().close();
        }
      } catch (IOException e) {
        LOG.error("A temporary file is left beside {}", target, e);
      }
      ended(this, false);
    }
  }

  /** The file that the data is saved to, and loaded from. */
  public Path file() {
    return Path.of(settings.dir.get()).resolve(settings.dbfilename.get());
  }

  /**
   * Begins to save, even if that or something else has to end before.
   *
   * @param then is told, on some thread, whether it succeeded
   */
  public synchronized void begin(Consumer<Boolean> then) {
    Save save = new Save(then);
    present = Optional.of(save);
    lastTry = save.since;
    begun++;
    scheduled = false;
    snapshots.accept(save);
    LOG.info("Background saving started");
  }

  /** Has a save begin as soon as nothing else goes on. */
  public synchronized void schedule() {
    scheduled = true;
  }

  private void ended(Save save, boolean success) {
    synchronized (this) {
      long now = clock.getAsLong();
      present = present.filter(latest -> latest != save);
      lastSeconds = (now - save.since) / 1000;
      failing = !success;
      if (success) {
        lastSave = now;
        changesSaved = save.changesThen;
      }
    }
    judge();
    save.then.accept(success);
  }

  private void judge() {
    refusing = failing && settings.stopWritesOnBgsaveError.get() && !settings.save.get().isEmpty();
  }

  /** Whether writes are refused, because saving is wanted and has failed. */
  boolean refusesWrites() {
    return refusing;
  }

  public synchronized boolean isSaving() {
    return present.isPresent();
  }

  /** Unix time of the last success in seconds, at first that of the start. */
  public long lastSave() {
    return lastSave / 1000;
  }

  /**
   * Saves if it is time to; to be called while no snapshot is being taken. Of two callers at a time
   * only one begins.
   */
  synchronized void tend() {
    long now = clock.getAsLong();
    boolean rests = failing && now - lastTry <= RETRY_MILLIS;
    if (present.isPresent() || rests) {
      return;
    }
    if (scheduled) {
      begin(success -> {});
      return;
    }
    settings
        .save
        .get()
        .reached(unsaved(), (now - lastSave) / 1000)
        .ifPresent(
            point -> {
              LOG.info("{} changes in {} seconds. Saving...", point.changes(), point.seconds());
              begin(success -> {});
            });
  }

  private synchronized long unsaved() {
    return changes.getAsLong() - changesSaved;
  }

  /** Says that what there is now is what the file holds, as it does after loading. */
  synchronized void loaded() {
    changesSaved = changes.getAsLong();
  }

  /**
   * Writes the fields of INFO persistence.
   *
   * @param copying since when data is being written for replicas, if it is
   */
  public synchronized void describe(InfoText text, OptionalLong copying) {
    long since = present.map(save -> save.since).orElse(copying.orElse(-1));
    long current = since < 0 ? -1 : (clock.getAsLong() - since) / 1000;
    text.field("rdb_changes_since_last_save", unsaved())
        .field("rdb_bgsave_in_progress", since < 0 ? 0 : 1)
        .field("rdb_last_save_time", lastSave())
        .field("rdb_last_bgsave_status", failing ? "err" : "ok")
        .field("rdb_last_bgsave_time_sec", lastSeconds)
        .field("rdb_current_bgsave_time_sec", current)
        .field("rdb_saves", begun)
        .field("rdb_last_cow_size", lastCopied);
  }
}
