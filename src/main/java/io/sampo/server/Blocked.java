package io.sampo.server;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A client that waits for something other than its own next request. What it waits for, its timeout
 * and CLIENT UNBLOCK may come at once and from several threads: whoever claims it is the one to
 * answer it.
 */
final class Blocked {
  private final AtomicBoolean claimed = new AtomicBoolean();
  private final Supplier<byte[]> atTimeout;

  /**
   * @param atTimeout the encoded reply where nothing came in time
   */
  Blocked(Supplier<byte[]> atTimeout) {
    this.atTimeout = atTimeout;
  }

  /** Returns whether the caller is the one to resume the client. */
  boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  /** Nobody can claim it. */
  static Blocked forever() {
    Blocked blocked = new Blocked(() -> new byte[0]);
    blocked.claim();
    return blocked;
  }

  byte[] timeoutReply() {
    return atTimeout.get();
  }
}
