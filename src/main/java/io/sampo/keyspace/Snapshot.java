package io.sampo.keyspace;

import io.sampo.data.Directory;
import io.sampo.data.KeyHash;

/**
 * All entries of a keyspace as they were at one instant, handed over in slices while the keyspace
 * goes on changing. An entry that is about to change, or to go, is handed over before it does. A
 * bit in each record tells those that have been handed over, or are new, from those that have not:
 * its meaning turns with each snapshot, so that none has to be reset. There is one snapshot at a
 * time, and each is taken to its end, be it for nothing.
 */
public final class Snapshot {
  /** Takes entries, each once. It must not change the keyspace. */
  @FunctionalInterface
  public interface Sink {
    /**
     * @param db the index its database had when the snapshot was begun
     * @param from where the entry is to be read
     * @return whether there is room for more now; ignored where an entry cannot wait
     */
    boolean entry(int db, Db from, int handle);

    /** Takes an entry before its turn, for it is about to change, or to go. */
    default void keep(int db, Db from, int handle) {
      entry(db, from, handle);
    }
  }

  /** Entries between two looks at the time. */
  private static final int STEP = 16;

  private static final Sink NOWHERE = (db, from, handle) -> true;

  private final Keyspace keyspace;

  /** The databases by the indexes they had; what was flushed since by its detached content. */
  private final Db[] parts;

  private Sink sink;
  private int part;
  private long hash;

  Snapshot(Keyspace keyspace, Sink sink) {
    this.keyspace = keyspace;
    this.sink = sink;
    parts = new Db[keyspace.databases()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = keyspace.db(i);
      parts[i].beginSnapshot();
    }
  }

  /** Has the rest go nowhere: it has still to be taken to its end, which is quick. */
  public void abandon() {
    sink = NOWHERE;
  }

  /** Whether every entry has been handed over. */
  public boolean isDone() {
    return part == parts.length;
  }

  /** Goes on handing over for about {@code budgetNanos}, or until the sink has no more room. */
  public void advance(long budgetNanos) {
    long deadline = System.nanoTime() + budgetNanos;
    while (!isDone() && advance() && System.nanoTime() - deadline < 0) {
      // The time is looked at between steps.
    }
    if (isDone()) {
      keyspace.endSnapshot();
    }
  }

  /** Hands over a few entries; returns whether the sink has room for more. */
  private boolean advance() {
    Db db = parts[part];
    Table table = db.storage().table;
    int left = STEP;
    for (int segments = STEP; segments > 0 && db.size() > 0 && hash < KeyHash.END; segments--) {
      Segment segment = table.segment(hash);
      for (int slot = segment.home(hash); slot < segment.length(); slot++) {
        int h = segment.address(slot);
        if (h == Db.NONE || segment.hash(slot) < hash || !db.isUnsaved(h)) {
          continue;
        }
        boolean room = hand(db, h);
        if (!room || --left == 0) {
          // Others with this hash are found again, for they are still unsaved.
          hash = segment.hash(slot);
          return room;
        }
      }
      hash = Directory.behind(segment, hash);
    }
    if (db.size() == 0 || hash >= KeyHash.END) {
      // What was flushed can go.
      parts[part++] = keyspace.db(0);
      hash = 0;
    }
    return true;
  }

  /** Hands over an entry that cannot wait. */
  void keep(Db db, int h) {
    db.markSaved(h);
    sink.keep(db.indexAtCut(), db, h);
  }

  private boolean hand(Db db, int h) {
    db.markSaved(h);
    return sink.entry(db.indexAtCut(), db, h);
  }

  /** Says that a database is about to be emptied: what it holds is kept aside if need be. */
  void clearing(Db db) {
    int index = db.indexAtCut();
    if (index >= part && parts[index] == db) {
      parts[index] = db.detached();
    }
  }
}
