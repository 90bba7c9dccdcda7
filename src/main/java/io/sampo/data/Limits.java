package io.sampo.data;

/**
 * Up to where values keep their compact encodings, by the directives of these names. Changes take
 * effect as values are next changed. One holder serves all shards.
 */
public final class Limits {
  /** {@code hash-max-listpack-entries}: fields. */
  public volatile int hashMaxListpackEntries = 512;

  /** {@code hash-max-listpack-value}: bytes of a field or a value. */
  public volatile int hashMaxListpackValue = 64;

  /** {@code list-max-listpack-size}: elements of a node if positive; -1 to -5 mean 4 to 64 KiB. */
  public volatile int listMaxListpackSize = -2;

  /** {@code list-compress-depth}: nodes at each end that are not compressed; 0 for all. */
  public volatile int listCompressDepth;

  /** {@code set-max-intset-entries}: members of a set of integers. */
  public volatile int setMaxIntsetEntries = 512;

  /** {@code set-max-listpack-entries}: members. */
  public volatile int setMaxListpackEntries = 128;

  /** {@code set-max-listpack-value}: bytes of a member. */
  public volatile int setMaxListpackValue = 64;

  /** {@code zset-max-listpack-entries}: members. */
  public volatile int zsetMaxListpackEntries = 128;

  /** {@code zset-max-listpack-value}: bytes of a member. */
  public volatile int zsetMaxListpackValue = 64;

  /** {@code stream-node-max-bytes}: bytes of a node of a stream; 0 is no limit. */
  public volatile int streamNodeMaxBytes = 4096;

  /** {@code stream-node-max-entries}: entries of a node of a stream; 0 is no limit. */
  public volatile int streamNodeMaxEntries = 100;

  /** {@code hll-sparse-max-bytes}: bytes of a sparse HyperLogLog. */
  public volatile int hllSparseMaxBytes = 3000;
}
