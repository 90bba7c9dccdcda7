package io.sampo.shard;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.resp.Args;

/**
 * Sees requests as they run: MONITOR, the slow log, the counts of errors. Shared by all executors.
 */
public interface Watchman {
  /** Whether {@link #ran} wants to be called. */
  boolean monitoring();

  /** A request has run. */
  void ran(Client client, Command command, Args args);

  /** Requests that take at least so many nanoseconds are reported; negative for none. */
  long slowNanos();

  /**
   * Requests of one command took at least {@link #slowNanos} together.
   *
   * @param args the last of them
   * @param others how many ran before it in this time; usually none
   */
  void slow(Client client, Command command, Args args, int others, long nanos);

  /** Work of the shards' own, or its beginning, took so many nanoseconds. */
  void delayed(String event, long nanos);

  /** A request was answered with this error line. */
  void failed(String error);

  /** A write failed for a reason of our own: the data may be torn, so the node must not go on. */
  void torn(Command command, Throwable cause);
}
