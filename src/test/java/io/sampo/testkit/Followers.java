package io.sampo.testkit;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What tests of replication ask of servers, Redis or Sampo alike. */
public final class Followers {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private Followers() {}

  /** Waits until a condition holds. */
  public static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not in time: " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** The fields of a section of INFO. */
  public static Map<String, String> info(int port, String section) {
    try (RespClient client = RespClient.connect(port)) {
      return info(client, section);
    }
  }

  /** The same, over a connection that there is. */
  public static Map<String, String> info(RespClient client, String section) {
    Map<String, String> fields = new TreeMap<>();
    for (String line : client.call("INFO", section).text().split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.put(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    return fields;
  }

  /** Sends a command that is to be answered with OK. */
  public static void ok(int port, String... command) {
    try (RespClient client = RespClient.connect(port)) {
      client.expect('+', command);
    }
  }

  /** Has a server follow another. */
  public static void follow(int replica, int master) {
    ok(replica, "REPLICAOF", "127.0.0.1", String.valueOf(master));
  }

  /** Waits until a replica's link is up. */
  public static void awaitLink(int replica) {
    await("link up", () -> "up".equals(info(replica, "replication").get("master_link_status")));
  }

  /** How far a server's stream is. */
  public static long offset(int port) {
    Map<String, String> info = info(port, "replication");
    String field = info.get("role").equals("slave") ? "slave_repl_offset" : "master_repl_offset";
    return Long.parseLong(info.get(field));
  }

  /** Waits until a replica has everything that the top of its chain has now. */
  public static void awaitCaughtUp(int master, int replica) {
    awaitLink(replica);
    long target = offset(master);
    await("offset " + target, () -> offset(replica) >= target);
  }
}
