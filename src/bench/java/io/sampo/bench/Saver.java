package io.sampo.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Has a server save all its data in the background, again and again until it is closed. */
final class Saver implements AutoCloseable {
  private static final long POLL_MILLIS = 10;

  private final Client client;
  private final Thread thread = new Thread(this::save, "saver");
  private volatile boolean closed;

  private Saver(Client client) {
    this.client = client;
  }

  static Saver of(int port) throws IOException {
    Saver saver = new Saver(Client.connect(port));
    saver.thread.start();
    return saver;
  }

  private void save() {
    try {
      while (!closed) {
        client.command("BGSAVE");
        awaitSaved(client);
      }
    } catch (IOException e) {
      throw new IllegalStateException("BGSAVE fails", e);
    }
  }

  private static void awaitSaved(Client client) throws IOException {
    while (client.command("INFO", "persistence").contains("rdb_bgsave_in_progress:1")) {
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.close();
  }
}
