package io.sampo.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What it takes to give all data to a new replica, a redis-server, and what clients feel meanwhile.
 *
 * @param idleSeconds until the replica follows the stream, with nothing else to do
 * @param loadedSeconds the same under SET of 50 connections
 * @param calm what such a load gives without a replica
 * @param meanwhile and with one that is brought up to date
 */
record FullSync(
    String server, double idleSeconds, double loadedSeconds, Load.Run calm, Load.Run meanwhile) {
  static final int KEYS = 1_000_000;

  private static final long POLL_MILLIS = 5;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final Load LOAD = Load.test("set", 50, 1);

  /**
   * Measures a master that holds nothing yet.
   *
   * @param commands of one load, which is to take longer than the replica does
   */
  static FullSync of(Server master, long commands) throws IOException, InterruptedException {
    try (Client client = Client.connect(master.port())) {
      client.fill(KEYS, Load.VALUE);
    }
    LOAD.run(master, commands);
    Load.Run calm = LOAD.run(master, commands);
    double idle = attach(master);
    double[] loaded = new double[1];
    Thread attaching =
        new Thread(
            () -> {
              try {
                loaded[0] = attach(master);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    attaching.start();
    Load.Run meanwhile = LOAD.run(master, commands);
    attaching.join();
    return new FullSync(master.name(), idle, loaded[0], calm, meanwhile);
  }

  /** Seconds until a replica that has nothing follows the stream. */
  private static double attach(Server master) throws IOException {
    try (Server replica = Server.redis();
        Client client = Client.connect(replica.port())) {
      long begin = System.nanoTime();
      client.command("REPLICAOF", "127.0.0.1", "" + master.port());
      awaitUp(client);
      return (System.nanoTime() - begin) / 1e9;
    }
  }

  /** Waits until a replica follows the stream. */
  static void awaitUp(Client replica) throws IOException {
    long begin = System.nanoTime();
    while (!replica.command("INFO", "replication").contains("master_link_status:up")) {
      if (System.nanoTime() - begin > PATIENCE_NANOS) {
        throw new IOException("the replica does not come up");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** What a master is started with: nobody waits for a second replica. */
  static final List<String> ARGUMENTS = List.of("--repl-diskless-sync-delay", "0");
}
