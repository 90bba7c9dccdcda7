package io.sampo.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Looks again and again at how much memory a server takes, and keeps the most it has seen. */
final class MemoryPeak implements AutoCloseable {
  private static final long POLL_MILLIS = 25;

  private final Server server;
  private final Thread thread = new Thread(this::look, "memory-peak");
  private volatile boolean closed;
  private volatile long most;

  MemoryPeak(Server server) {
    this.server = server;
    thread.start();
  }

  private void look() {
    try {
      while (!closed) {
        most = Math.max(most, server.proportional());
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot see the server's memory", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  double mib() {
    return most / (double) (1 << 20);
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
