package io.sampo.data.stream;

import io.sampo.resp.ReplyWriter;

/**
 * A walk over pending entries in the order of their IDs. Some may be acknowledged meanwhile, or
 * change their consumers.
 */
public final class PendingWalk {
  private final IdIndex<PendingEntry>.Walk entries;
  private final byte[] text = new byte[StreamId.MAX_LENGTH];
  private PendingEntry entry = PendingEntry.NONE;

  PendingWalk(IdIndex<PendingEntry> pending, StreamId from) {
    entries = pending.from(from.ms(), from.seq());
  }

  /** The next entry, or {@link PendingEntry#NONE}. */
  public PendingEntry next() {
    entry = entries.next();
    return entry;
  }

  /** Writes the ID of the entry that it gave last as a bulk string. */
  public void writeId(ReplyWriter out) {
    out.bulk(text, 0, StreamId.put(text, 0, entry.ms(), entry.seq()));
  }
}
