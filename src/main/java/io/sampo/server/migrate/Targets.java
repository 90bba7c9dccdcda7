package io.sampo.server.migrate;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Connections to other servers, kept open for a while, since migrations seldom come alone. */
public final class Targets {
  private static final Duration KEPT = Duration.ofSeconds(10);
  private static final int MOST = 64;

  private final BiConsumer<Duration, Runnable> later;
  private final Map<InetSocketAddress, Target> idle = new HashMap<>();

  /**
   * @param later runs something after a time
   */
  public Targets(BiConsumer<Duration, Runnable> later) {
    this.later = later;
  }

  /** A connection to this address, an old one if there is one. */
  Target take(InetSocketAddress address, long timeoutMillis) throws IOException {
    Optional<Target> kept = taken(address);
    return kept.isPresent() ? kept.get() : Target.connect(address, timeoutMillis);
  }

  /** An old connection, if there is one. */
  public synchronized Optional<Target> taken(InetSocketAddress address) {
    return Optional.ofNullable(idle.remove(address));
  }

  /** Keeps a connection that is not in use any more. */
  public synchronized void put(InetSocketAddress address, Target target) {
    target.used();
    if (idle.size() == MOST || idle.putIfAbsent(address, target) != null) {
      target.close();
    } else {
      later.accept(KEPT, () -> expire(address, target));
    }
  }

  private synchronized void expire(InetSocketAddress address, Target target) {
    if (idle.remove(address, target)) {
      target.close();
    }
  }

  /** How many connections are kept. */
  public synchronized int count() {
    return idle.size();
  }
}
