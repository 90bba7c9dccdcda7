package io.sampo.server;

import io.sampo.server.AppendOnly.Rewrite;
import io.sampo.server.config.Settings;
import io.sampo.server.stats.InfoText;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the append-only file is rewritten: because somebody asked, because it has grown, or again
 * because it failed; and how that went. Used under the lock of {@link AppendOnly}, but for {@link
 * #state}.
 */
final class AofRewrites {
  private static final Logger LOG = LoggerFactory.getLogger(AofRewrites.class);

  /** How many may fail before the next one that nobody asked for is put off. */
  private static final int FAILURES = 3;

  private static final long MINUTE = TimeUnit.MINUTES.toMillis(1);
  private static final int LONGEST_DELAY = 60;

  private final Settings settings;
  private final BooleanSupplier saving;
  private final Runnable start;

  private volatile Rewrite state = Rewrite.NONE;

  /** Bytes of all files when the last one ended. */
  private long base;

  private long count;
  private long failures;
  private boolean hasFailed;
  private long lastSeconds = -1;
  private long lastCopied;
  private long since;
  private long retryAt;

  /**
   * @param saving whether a snapshot is being saved for another purpose
   * @param start has one begin
   */
  AofRewrites(Settings settings, BooleanSupplier saving, Runnable start) {
    this.settings = settings;
    this.saving = saving;
    this.start = start;
  }

  /** What is there to be done; from any thread. */
  Rewrite state() {
    return state;
  }

  /** See {@link #based}. */
  long base() {
    return base;
  }

  /** The bytes of changes that were made during the last one. */
  long lastCopied() {
    return lastCopied;
  }

  /** The files as they are now, of so many bytes, are what growth is measured by. */
  void based(long bytes) {
    base = bytes;
  }

  /** Begins one, unless it is running. */
  void begin() {
    if (state != Rewrite.RUNNING) {
      state = Rewrite.RUNNING;
      since = System.currentTimeMillis();
      count++;
      start.run();
    }
  }

  /** One is to follow as soon as it may, unless it is running. */
  void schedule() {
    if (state != Rewrite.RUNNING) {
      state = Rewrite.SCHEDULED;
    }
  }

  /** None is to follow. */
  void cancel() {
    if (state == Rewrite.SCHEDULED) {
      state = Rewrite.NONE;
    }
  }

  /** See {@link AppendOnly#rewrite}. */
  Rewrite ask(boolean atOnce) {
    if (state == Rewrite.RUNNING) {
      return Rewrite.NONE;
    }
    retryAt = 0;
    if (atOnce && !saving.getAsBoolean()) {
      begin();
    } else {
      schedule();
    }
    return state;
  }

  /** To be called some times a second, with the bytes that all files have; 0 if there are none. */
  void tend(long size) {
    if (state == Rewrite.RUNNING || saving.getAsBoolean()) {
      return;
    }
    boolean may = System.currentTimeMillis() >= retryAt;
    if (may && (state == Rewrite.SCHEDULED || hasGrown(size))) {
      begin();
    }
  }

  private boolean hasGrown(long size) {
    long percentage = settings.autoAofRewritePercentage.get();
    if (percentage == 0 || size <= settings.autoAofRewriteMinSize.get()) {
      return false;
    }
    long growth = (size - base) * 100 / Math.max(1, base);
    if (growth >= percentage) {
      LOG.info("Starting automatic rewriting of AOF on {}% growth", growth);
    }
    return growth >= percentage;
  }

  /** One has succeeded; changes meanwhile took so many bytes. */
  void succeeded(long copied) {
    ended();
    hasFailed = false;
    lastCopied = copied;
    failures = 0;
  }

  void failed() {
    ended();
    hasFailed = true;
    failures++;
    retryAt = System.currentTimeMillis() + delay();
  }

  private void ended() {
    lastSeconds = (System.currentTimeMillis() - since) / 1000;
    state = Rewrite.NONE;
  }

  /** One has come to nothing, for it was no longer wanted. */
  void dropped() {
    state = Rewrite.NONE;
  }

  private long delay() {
    long late = failures - FAILURES;
    return late < 0 ? MINUTE / 60 : Math.min(LONGEST_DELAY, 1L << Math.min(late, 6)) * MINUTE;
  }

  /** Writes its fields of INFO persistence. */
  void describe(InfoText text) {
    boolean running = state == Rewrite.RUNNING;
    text.field("aof_rewrite_in_progress", running ? 1 : 0)
        .field("aof_rewrite_scheduled", state == Rewrite.SCHEDULED ? 1 : 0)
        .field("aof_last_rewrite_time_sec", lastSeconds)
        .field(
            "aof_current_rewrite_time_sec",
            running ? (System.currentTimeMillis() - since) / 1000 : -1)
        .field("aof_last_bgrewrite_status", hasFailed ? "err" : "ok")
        .field("aof_rewrites", count)
        .field("aof_rewrites_consecutive_failures", failures);
  }
}
