package io.sampo.replication;

/** What can be set about serving replicas; changes take effect at once. Times are in seconds. */
public final class Settings {
  /** {@code repl-backlog-ttl}: how long the backlog outlives the last replica; 0 is for ever. */
  public volatile long backlogTtl = 3600;

  /** {@code repl-timeout}: silence after which a link is given up. */
  public volatile long timeout = 60;

  /** {@code repl-ping-replica-period}. */
  public volatile long pingPeriod = 10;

  /** {@code repl-diskless-sync}: whether snapshots go to replicas without a file between. */
  public volatile boolean diskless = true;

  /** {@code repl-diskless-sync-delay}: how long to wait for more replicas to join a snapshot. */
  public volatile long disklessDelay = 5;

  /** {@code repl-diskless-sync-max-replicas}: so many need not wait; 0 is without limit. */
  public volatile long disklessMaxReplicas;

  /** Whether nothing is said to replicas on our own account, for the node is about to end. */
  public volatile boolean silent;

  /** {@code min-replicas-to-write}; 0 is off. */
  public volatile long minReplicas;

  /** {@code min-replicas-max-lag}: how long a replica may have been silent to count; 0 is off. */
  public volatile long maxLag = 10;
}
