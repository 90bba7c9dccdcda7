package io.sampo.shard;

import java.util.concurrent.atomic.LongAdder;

/**
 * How far the present snapshot has come, and what it holds in memory besides the data: what was
 * encoded before its turn, as it was about to change, and has not been written yet. It is what a
 * fork would have copied. Used from any thread.
 */
public final class SnapshotProgress {
  private final LongAdder entries = new LongAdder();
  private final LongAdder copied = new LongAdder();
  private volatile long total;
  private volatile long peak;
  private volatile long updatedAt;

  /** A snapshot of so many entries begins. */
  void begin(long all) {
    entries.reset();
    copied.reset();
    peak = 0;
    total = all;
  }

  /** A shard has sent off so many entries, and so many bytes of what was about to change. */
  void sent(long itsEntries, long itsCopied) {
    entries.add(itsEntries);
    if (itsCopied > 0) {
      copied.add(itsCopied);
      raise(copied.sum());
    }
    updatedAt = System.currentTimeMillis();
  }

  private synchronized void raise(long now) {
    peak = Math.max(peak, now);
  }

  /** So many bytes of what was about to change have been written. */
  void written(long itsCopied) {
    if (itsCopied > 0) {
      copied.add(-itsCopied);
    }
  }

  /** It has ended; what stays is {@link #peak}. */
  void end() {
    total = 0;
    entries.reset();
    copied.reset();
    updatedAt = 0;
  }

  /** Entries of the snapshot that is being taken; 0 if there is none. */
  public long total() {
    return total;
  }

  /** How many of them have been encoded. */
  public long entries() {
    return entries.sum();
  }

  /** The bytes that are held now. */
  public long copied() {
    return copied.sum();
  }

  /** The most that were held at once by the present snapshot, or the last one. */
  public long peak() {
    return peak;
  }

  /** When these were last told anew, in Unix milliseconds; 0 if no snapshot is being taken. */
  public long updatedAt() {
    return updatedAt;
  }
}
