package io.sampo.server;

/**
 * The right of this node to act as the master of a replica set, which ends unless it is renewed.
 * Outside replica sets nothing is asked for. Used from any thread.
 */
final class Tenure {
  private volatile boolean bounded;
  private volatile boolean leads;

  /** Whether it has led, and does not follow anybody yet. */
  private volatile boolean adrift;

  /** By {@link System#nanoTime}. */
  private volatile long until;

  /** Counts the times that the lead was given up. */
  private volatile int ended;

  /** The node is part of a replica set, and not its master. */
  void bound() {
    bounded = true;
  }

  void until(long nanoTime) {
    until = nanoTime;
  }

  void begin() {
    adrift = false;
    leads = true;
  }

  /** No reply to a client of before leaves any more. */
  synchronized void end() {
    adrift = true;
    leads = false;
    ended++;
  }

  /** It follows a master. */
  void settle() {
    adrift = false;
  }

  /** Whether it was the master, and knows of no other one that it could follow. */
  boolean isAdrift() {
    return adrift;
  }

  /** Whether the node is part of a replica set. */
  boolean isBounded() {
    return bounded;
  }

  /** For a connection to keep, and ask {@link #mayAnswer} with. */
  int number() {
    return ended;
  }

  /** Whether it is a master, or was elected one, without being sure to be the only one. */
  boolean isInDoubt() {
    return bounded && !(leads && until - System.nanoTime() > 0);
  }

  /**
   * Whether what this node has done may be told: not so if it was done as a master and there may be
   * another one by now.
   *
   * @param number of the connection
   */
  boolean mayAnswer(int number) {
    return !bounded || (number == ended && (!leads || until - System.nanoTime() > 0));
  }
}
