package io.sampo.keyspace;

import io.sampo.data.Limits;
import java.security.SecureRandom;

/**
 * What can be set about keyspaces; one holder may serve all shards. Changes take effect at once,
 * except that of {@link #databases}.
 */
public final class Settings {
  private static final long PROCESS_SEED = new SecureRandom().nextLong();

  /** {@code maxmemory-policy}. */
  public volatile Policy policy = Policy.NOEVICTION;

  /** {@code maxmemory-samples}: candidates looked at per database and eviction. */
  public volatile int samples = 5;

  /** {@code lfu-log-factor}: the greater, the more accesses saturate the counter. */
  public volatile int lfuLogFactor = 10;

  /** {@code lfu-decay-time}: minutes after which the counter falls by one; 0 is never. */
  public volatile int lfuDecayTime = 1;

  /** {@code proto-max-bulk-len}: the bytes a string may grow to, as far as arrays can. */
  public volatile long maxStringLength = 512L << 20;

  /**
   * On a replica, or while a journal is replayed, expired keys are hidden, and left for the stream
   * to delete.
   */
  public volatile boolean replica;

  /**
   * During a pause nothing leaves by itself, for that would be a write: expired keys are hidden.
   */
  public volatile boolean paused;

  /** Up to where values keep their compact encodings. */
  public final Limits limits = new Limits();

  /** How many databases a keyspace has; read when it is made. */
  public int databases = 16;

  /** The seed of the hash; read when a keyspace is made. By default random for each process. */
  public long hashSeed = PROCESS_SEED;
}
