package io.sampo.shard;

import io.sampo.keyspace.Entry;

/**
 * An entry of a snapshot with a big value, which is left to be encoded off the shard's loop.
 *
 * @param entry with a frozen value
 */
record Frozen(int db, byte[] key, Entry entry) {}
