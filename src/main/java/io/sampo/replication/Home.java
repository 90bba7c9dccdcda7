package io.sampo.replication;

import io.sampo.journal.Replay;
import java.io.IOException;
import java.nio.file.Path;

/** The node that a replica works for. */
public interface Home {
  /** Is told how loading has ended. */
  @FunctionalInterface
  interface Outcome {
    void loaded(int db, String error);
  }

  /** What carries out a stream on the node's data. */
  Replay replay(long offset, Replay.Follower follower);

  /**
   * Runs a task, on some thread, while nobody else uses any data, and after every request that
   * clients have sent by now.
   */
  void still(Runnable task);

  /** The node follows a master from now on, or none. Called within {@link #still}. */
  void follows(Following master);

  /** What is known of the master has changed. */
  void following(Following now);

  /** So many bytes have come from the master. */
  void received(int bytes);

  /** Closes the connections of the replicas that this node has itself. */
  void disconnectReplicas();

  /** Where a file can be put. */
  Path newFile() throws IOException;

  /**
   * Replaces all data by that of an RDB file.
   *
   * @param arrived run, on some thread, when all of it is there and before anybody gets at it
   * @param then told in the end, on some thread, which database the stream has selected behind it,
   *     and what went wrong, or ""
   */
  void load(Path file, Runnable arrived, Outcome then);

  /** The term of a replica set in which the master is to lead; 0 if there is none. */
  long term();

  /**
   * A synchronisation begins with the master of a term, which has the stream up to this offset
   * itself.
   */
  void synchronising(long term, long offset);

  /** Up to where the journal is on the disk; below 0 if it is not kept there. */
  long onDisk();

  /** Up to where the journal is as safe as this node keeps it, or beyond its end. */
  long safe();

  /** Runs a task once the journal up to here is as safe as this node keeps it; on any thread. */
  void whenSafe(long offset, Runnable then);

  /**
   * Whether what the master sends cannot be kept on the disk at the moment, and is not to be taken
   * for that reason.
   */
  boolean cannotKeep();

  /** The master sent what makes no sense here; ends the node if that is to be so. */
  void refused(String command, String error);

  /** Passes on a message that the master's clients have published. */
  void published(boolean toShard, byte[] channel, byte[] message);

  /** Who we are to the master. */
  Handshake.Identity identity();
}
