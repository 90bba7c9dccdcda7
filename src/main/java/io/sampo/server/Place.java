package io.sampo.server;

import io.sampo.journal.Journal;
import io.sampo.replication.History;
import io.sampo.replication.Lineage;

/**
 * Where the data of a node stands in a replica set: the last term whose beginning it has, the
 * history, and the offset. The files keep it, for a set all of whose nodes have been restarted to
 * know who has most. Used from any thread.
 */
final class Place {
  private final History history;
  private final Journal journal;
  private boolean kept;
  private boolean known;
  private long term;
  private History.Ids named = new History.Ids("", "", 0);
  private String name = "";

  Place(History history, Journal journal) {
    this.history = history;
    this.journal = journal;
  }

  /** The node is part of a replica set. */
  synchronized void keep() {
    kept = true;
  }

  /** Whether the node is part of a replica set. */
  synchronized boolean isKept() {
    return kept;
  }

  /**
   * The data has the beginning of this term, but not of a later one; 0 if it is not known to have
   * any.
   *
   * @return whether it was another one
   */
  synchronized boolean reached(long newTerm) {
    boolean other = newTerm != term;
    term = newTerm;
    name = "";
    return other;
  }

  synchronized long term() {
    return term;
  }

  /** Whether the data that was loaded said where it stands. */
  synchronized boolean isKnown() {
    return known;
  }

  /** What the append-only file is to note, besides the offset; "" for nothing. */
  synchronized String name() {
    History.Ids now = history.ids();
    if (kept && (now != named || name.isEmpty())) {
      named = now;
      name = term + ":" + now.id();
    }
    return name;
  }

  /**
   * Goes on where data that has been loaded stands.
   *
   * @param text as the file has it: the name, and the offset
   * @param db that the stream has selected there
   */
  synchronized void restore(String text, int db) {
    String[] words = text.split(":");
    if (kept && words.length == 3) {
      restore(new Lineage(words[1], Long.parseLong(words[2]), db, Long.parseLong(words[0])));
    }
  }

  /** Goes on where data stands that is being loaded. */
  synchronized void restore(Lineage from) {
    known = true;
    term = from.term();
    history.adopt(from.id());
    journal.restart(from.offset());
    journal.relay(new byte[0], from.db());
  }

  /**
   * Data has been loaded. If it has not said where it stands, for it comes from elsewhere, it still
   * counts for more than none.
   */
  synchronized void loaded() {
    if (kept && !known) {
      known = true;
      journal.restart(1);
    }
  }
}
