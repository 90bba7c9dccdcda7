package io.sampo.data.stream;

import io.sampo.data.ListPack;

/**
 * Tells whether a {@link ListPack} that came from outside is laid out as a {@link StreamNode}:
 * walks over it once, believing nothing.
 */
final class StreamCheck {
  private final StreamNode node;
  private final byte[] pack;
  private final int end;
  private int p = ListPack.BEGIN;

  /** How many elements have been passed. */
  private int passed;

  private boolean broken;
  private long lastMs;
  private long lastSeq;

  /**
   * @param node its pack is sound
   */
  StreamCheck(StreamNode node) {
    this.node = node;
    this.pack = node.pack();
    this.end = ListPack.end(pack);
  }

  /** The ID of the last entry, deleted or not, of a node that {@link #isSound}. */
  StreamId last() {
    return new StreamId(lastMs, lastSeq);
  }

  /**
   * Whether it is a node whose entries have ascending IDs.
   *
   * @param above what all of them are to be above
   */
  boolean isSound(StreamId above) {
    lastMs = above.ms();
    lastSeq = above.seq();
    long live = integer();
    long deleted = integer();
    long fields = integer();
    skip(fields);
    broken |= integer() != 0 || live < 0 || deleted < 0;
    long seenDeleted = 0;
    long seen = 0;
    for (; !broken && p != end; seen++) {
      seenDeleted += entry(fields) & StreamNode.DELETED;
    }
    return !broken && seen > 0 && seen - seenDeleted == live && seenDeleted == deleted;
  }

  /** Passes an entry; returns its flags. */
  private long entry(long masterFields) {
    int before = passed;
    long flags = integer();
    long ms = node.ms() + integer();
    long seq = node.seq() + integer();
    broken |= flags < 0 || flags > (StreamNode.DELETED | StreamNode.SAME_FIELDS);
    broken |= StreamId.compare(ms, seq, lastMs, lastSeq) <= 0;
    broken |= StreamId.compare(ms, seq, node.ms(), node.seq()) < 0;
    lastMs = ms;
    lastSeq = seq;
    if ((flags & StreamNode.SAME_FIELDS) != 0) {
      skip(masterFields);
    } else {
      long fields = integer();
      skip(fields);
      skip(fields);
    }
    int elements = passed - before;
    broken |= integer() != elements;
    return flags;
  }

  /** Passes an element that has to be an integer. */
  private long integer() {
    if (broken || p == end || !ListPack.isInteger(pack, p)) {
      broken = true;
      return 0;
    }
    long value = ListPack.integer(pack, p);
    skip(1);
    return value;
  }

  private void skip(long elements) {
    broken |= elements < 0;
    for (long left = elements; left > 0 && !broken; left--) {
      if (p == end) {
        broken = true;
      } else {
        p = ListPack.next(pack, p);
        passed++;
      }
    }
  }
}
