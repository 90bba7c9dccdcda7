package io.sampo.faults;

import java.util.BitSet;

/** One client, which finds the master by itself. What fails without a reply is thrown. */
interface Caller extends AutoCloseable {
  /**
   * Adds an element to the set at a key.
   *
   * @return "" if it was acknowledged; if not, why it was refused, and it has no effect
   */
  String add(String key, int element);

  /** Reads the set at a key from a master; nothing is known if that is refused. */
  BitSet read(String key);

  @Override
  void close();
}
