package io.sampo.keyspace;

/**
 * Hears of the keys a keyspace removes of its own accord, and on request of those that are new. It
 * must not touch the keyspace.
 */
public interface Listener {
  /** The time of {@code key} was over; it is gone already. */
  void expired(Db db, byte[] key);

  /** {@code key} had to make room; it is gone already. */
  void evicted(Db db, byte[] key);

  /** {@code key} did not exist before; told only if {@link Keyspace#announcing}. */
  void added(Db db, byte[] key);
}
