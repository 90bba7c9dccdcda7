package io.sampo.persist;

import java.io.IOException;
import java.util.Map;

/** Where a snapshot of all data goes, as the bytes of an RDB file: a file, or replicas. */
public interface SnapshotSink {
  /**
   * The instant that the snapshot is of: every shard stands still, so that what is read or switched
   * here belongs to it exactly. Called on a core loop, and must be quick.
   *
   * @return what the file is to say about itself besides the usual, by name
   */
  Map<String, String> cut();

  /**
   * Some more bytes. This and what follows is called in order, by a thread that may block: as long
   * as it does, the shards hold back what can wait.
   *
   * @param bytes not to be changed
   * @throws IOException if the snapshot is of no use any more; {@link #failed} is called then
   */
  void chunk(byte[] bytes) throws IOException;

  /**
   * All has come, its checksum included.
   *
   * @param copied the most memory that was taken by what changed meanwhile, in bytes
   * @throws IOException if the snapshot is lost nevertheless; {@link #failed} is called then
   */
  void done(long copied) throws IOException;

  /** Nothing more is to come, and what has come is of no use. */
  void failed(Throwable cause);
}
