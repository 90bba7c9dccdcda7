package io.sampo.persist;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log is told of a disk that fails: once, then now and then, and when it is over. */
final class AofComplaints {
  private static final Logger LOG = LoggerFactory.getLogger(AofWriter.class);

  /** How long an error that lasts is not repeated. */
  private static final long SILENCE = TimeUnit.SECONDS.toNanos(30);

  private volatile long last = System.nanoTime() - SILENCE;

  void make(String doing, AofIncrement file, IOException why) {
    if (System.nanoTime() - last >= SILENCE) {
      last = System.nanoTime();
      LOG.error("Error {} the AOF file {}: {}", doing, file.name, message(why));
    }
  }

  /** Tells of what nothing depends on. */
  void note(String doing, AofIncrement file, IOException why) {
    LOG.warn("Error {} the AOF file {}: {}", doing, file.name, message(why));
  }

  /** Writing or forcing works again. */
  void end() {
    last = System.nanoTime() - SILENCE;
    LOG.warn("AOF write error looks solved, Sampo can write again.");
  }

  static String message(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
