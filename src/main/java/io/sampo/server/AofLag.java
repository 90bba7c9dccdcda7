package io.sampo.server;

import io.sampo.journal.Barrier;
import io.sampo.persist.AofWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has replies wait while the disk cannot keep up with the append-only file, so that neither memory
 * nor what a crash would lose grows. Used under the lock of {@link AppendOnly}, but for {@link
 * #wrote}.
 */
final class AofLag {
  private static final Logger LOG = LoggerFactory.getLogger(AofLag.class);

  /** How far writing may lag behind, in time and in bytes. */
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long MOST_BYTES = 256L << 20;

  private final Barrier.Guard replies;
  private boolean behind;
  private long times;

  /** How far writing had come when it last went on, and when that was. */
  private long progress;

  private long progressAt;

  AofLag(Barrier.Guard replies) {
    this.replies = replies;
  }

  /** How often replies had to wait. */
  long times() {
    return times;
  }

  /** Everything before this offset of the journal has been written; from any thread. */
  void wrote(long offset) {
    replies.advance(offset);
  }

  /** To be called some times a second. */
  void watch(AofWriter writer) {
    watch(writer::written, writer.pending(), writer.error().isEmpty(), System.nanoTime());
  }

  /**
   * The same for a writer that has written up to an offset, which may grow meanwhile, and has so
   * many bytes yet to write.
   */
  void watch(LongSupplier offset, long pending, boolean works, long now) {
    long written = offset.getAsLong();
    if (written != progress || pending == 0) {
      progress = written;
      progressAt = now;
    }
    boolean slow = now - progressAt > MOST_NANOS || pending > (behind ? 0 : MOST_BYTES);
    boolean late = slow && works;
    if (late && !behind) {
      behind = true;
      times++;
      LOG.warn("The disk is too slow for the AOF: replies have to wait for it");
      replies.raise(written);
      replies.advance(offset.getAsLong());
    } else if (behind && !late) {
      caughtUp();
    }
  }

  /** Nothing has to wait any more. */
  void caughtUp() {
    behind = false;
    replies.lower();
  }
}
