package io.sampo.keyspace;

import java.util.List;

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

  /** The time of these parts of the value of {@code key} was over; they are gone already. */
  void partsExpired(Db db, byte[] key, List<byte[]> parts);

  /** The last part of {@code key} has expired, and it is gone with it. */
  void emptied(Db db, byte[] key);
}
