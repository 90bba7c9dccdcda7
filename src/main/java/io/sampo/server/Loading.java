package io.sampo.server;

import io.sampo.server.stats.InfoText;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether data is being loaded, and how far that has come: meanwhile clients are refused. Set by
 * whoever loads, read from any thread.
 */
public final class Loading {
  private static final Logger LOG = LoggerFactory.getLogger(Loading.class);
  private static final long REPORT_MILLIS = 2000;

  private final LongSupplier clock;
  private volatile boolean on;
  private volatile long since;
  private volatile long total;
  private volatile long done;
  private volatile long memory;
  private volatile long lastKeys;
  private volatile long lastExpired;
  private long reportedAt;

  /**
   * @param clock in Unix milliseconds
   */
  Loading(LongSupplier clock) {
    this.clock = clock;
  }

  public boolean isOn() {
    return on;
  }

  /**
   * Says that loading begins.
   *
   * @param bytes how many there are to be read, if that is known
   */
  void begin(long bytes) {
    since = clock.getAsLong();
    reportedAt = since;
    total = bytes;
    done = 0;
    memory = 0;
    lastKeys = 0;
    lastExpired = 0;
    on = true;
  }

  /** How many keys there were, in the last file if none is being loaded. */
  long keys() {
    return lastKeys;
  }

  /** Notes what a file says of itself. */
  void told(String name, String value) {
    if (name.equals("used-mem") && value.matches("[0-9]{1,18}")) {
      memory = Long.parseLong(value);
    }
  }

  /** Says how many bytes have been read, and how many keys were in them. */
  void progress(long bytes, long keys) {
    done = bytes;
    lastKeys = keys;
    long now = clock.getAsLong();
    if (now - reportedAt >= REPORT_MILLIS) {
      reportedAt = now;
      LOG.info("Loading: {} of {} bytes, {} keys", bytes, total, keys);
    }
  }

  /** Says that loading has ended, and what it brought. */
  void end(long keys, long expired) {
    lastKeys = keys;
    lastExpired = expired;
    on = false;
  }

  /** Writes the fields of INFO persistence that are there in any case. */
  public void describeLast(InfoText text) {
    text.field("rdb_last_load_keys_expired", lastExpired)
        .field("rdb_last_load_keys_loaded", lastKeys);
  }

  /** Writes those that are there while it is on. */
  public void describe(InfoText text) {
    if (!on) {
      return;
    }
    long read = done;
    long all = Math.max(total, 1);
    long millis = clock.getAsLong() - since;
    long left = read == 0 ? 1 : Math.max(0, millis * (all - read) / read / 1000);
    text.field("loading_start_time", since / 1000)
        .field("loading_total_bytes", total)
        .field("loading_rdb_used_mem", memory)
        .field("loading_loaded_bytes", read)
        .field("loading_loaded_perc", 100.0 * read / all, 2)
        .field("loading_eta_seconds", left);
  }
}
