package io.sampo.cluster;

/** Told what the replica set comes to. Called by one thread at a time; must not wait. */
public interface Observer {
  /**
   * Until when this node is sure to be the only master.
   *
   * @param nanoTime by {@link System#nanoTime}; past if it is none
   */
  void lease(long nanoTime);

  /** A majority holds the journal up to this offset, in the term that this node leads. */
  void safe(long offset);

  /** Something about some node is not as it was; offsets alone do not count. */
  void changed(Topology topology);
}
