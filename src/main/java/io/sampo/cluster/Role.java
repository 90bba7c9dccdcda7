package io.sampo.cluster;

import java.util.function.LongConsumer;

/**
 * The data of a node, which its part in the replica set leads or has follow. Called by one thread
 * at a time, but for {@link #holding}; nothing of it waits.
 */
public interface Role {
  /**
   * From now on the data is the master's, and goes on from where it is.
   *
   * @param led is told, on any thread, at which offset of the journal the term begins: what came
   *     before is not of this term, and what comes later is
   */
  void lead(long term, LongConsumer led);

  /**
   * The data is to be synchronised with that of the master who leads this term, by a connection
   * that begins now, and then to follow it. Without effect if it does so already.
   *
   * @param start the offset at which the term began: what this node may have behind it is of none
   */
  void follow(String host, int port, long term, long start);

  /** The data neither leads nor follows: no write is taken, from a client or from a master. */
  void retire();

  /**
   * No client's write begins from when {@code paused} is run, until {@link #resume} or {@link
   * #retire}.
   */
  void pause(Runnable paused);

  void resume();

  /**
   * The data has the beginning of this term, and is to say so if it is kept on disk; when it does,
   * the {@link Holding} has it, and {@link ClusterNode#advanced} is called.
   */
  void reached(long term);

  /** Whether a master's replies wait until others have what they tell of. */
  boolean awaits();

  /** Whether the disk has clients wait so long that another node would serve them better. */
  boolean ails();

  /** From any thread. */
  Holding holding();
}
