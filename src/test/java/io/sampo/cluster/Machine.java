package io.sampo.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * A machine of a {@link World}: an elector, the data in its memory, and what of that is on its
 * disk. A data set is a list of entries; a disk notes between them which term's beginning is there.
 */
final class Machine {
  /** What a disk has of the data when the process starts again. */
  enum Disk {
    /** Whatever has been written. */
    ALL,
    /** All but the end, as after a loss of power. */
    TORN,
    /** What was there when it was last saved. */
    SAVED,
    NOTHING
  }

  /** That data of this length had the beginning of this term. */
  private record Note(int length, long term) {}

  /** Data as it was at some instant of a process's life, and what it says of itself. */
  record Copy(List<Integer> log, long label, int life) {
    static final Copy NOTHING = new Copy(List.of(), 0, -1);
  }

  final Setup setup;
  final boolean mislabels;
  Elector elector;
  List<Integer> log = new ArrayList<>();

  /** The last term whose beginning is in the data, and what the disk says that it is. */
  long place;

  long label;
  private List<Note> notes = List.of();

  /** How much of the data came at once, and is on the disk as a whole. */
  private int base;

  Copy saved = Copy.NOTHING;
  int life;

  /** The term that the data is attached to, and the life of the process it comes from, or -1. */
  long attached;

  int source = -1;

  /** How much the source had when it was asked; whoever has less may lack what it acknowledged. */
  int goal;

  boolean whole;

  /** Whether a full synchronisation has dropped the data and not brought the new one. */
  boolean loading;

  /** What is to be brought, if that was begun for another one before. */
  Copy begun = Copy.NOTHING;

  /** What the elector asked for: to lead or to follow a term; 0 if neither. */
  long leads;

  long follows;
  int master = -1;

  /** Whether there is no data, and whether some may be missing that was acknowledged. */
  boolean bereft;

  boolean torn;

  /** One that has never run; {@code mislabels} if a torn disk says that nothing is missing. */
  Machine(Setup setup, boolean mislabels, Elector elector) {
    this.setup = setup;
    this.mislabels = mislabels;
    this.elector = elector;
    this.whole = true;
    begin(0);
  }

  Machine copy() {
    Machine copy = new Machine(setup, mislabels, elector);
    copy.log = new ArrayList<>(log);
    copy.place = place;
    copy.label = label;
    copy.notes = notes;
    copy.base = base;
    copy.saved = saved;
    copy.life = life;
    copy.attached = attached;
    copy.source = source;
    copy.goal = goal;
    copy.whole = whole;
    copy.loading = loading;
    copy.begun = begun;
    copy.leads = leads;
    copy.follows = follows;
    copy.master = master;
    copy.bereft = bereft;
    copy.torn = torn;
    return copy;
  }

  List<Object> state() {
    List<Boolean> flags = List.of(whole, loading, bereft, torn);
    List<Object> disk = List.of(label, notes, base, saved);
    List<Object> data = List.of(log, place, attached, source, goal, begun, life);
    return List.of(elector, flags, disk, data, leads, follows, master);
  }

  Holding holding() {
    return new Holding(attached, bereft ? -1 : log.size(), label, whole);
  }

  boolean hasLost() {
    return bereft || torn;
  }

  /** Notes what is there to begin with. */
  private void begin(long term) {
    base = log.size();
    label = term;
    place = term;
    notes = List.of(new Note(base, term));
  }

  /** The disk gets to say where the data stands, as it does before there is more. */
  void note() {
    if (label != place) {
      label = place;
      List<Note> more = new ArrayList<>(notes);
      more.add(new Note(log.size(), place));
      notes = List.copyOf(more);
    }
  }

  void append(int entry) {
    note();
    log.add(entry);
  }

  void save() {
    if (!bereft) {
      saved = present();
    }
  }

  Copy present() {
    return new Copy(List.copyOf(log), place, life);
  }

  /** A full synchronisation drops the data. */
  void drop(Copy toCome) {
    log.clear();
    begin(0);
    whole = false;
    loading = true;
    bereft = true;
    begun = toCome;
  }

  /** It brings the new one, which may be older than what was acknowledged. */
  void load(Copy copy, long says) {
    log = new ArrayList<>(copy.log);
    begin(says);
    loading = false;
    bereft = false;
    torn = true;
    begun = Copy.NOTHING;
  }

  /** Nothing is missing any more. */
  void recovered() {
    whole = true;
    bereft = false;
    torn = false;
    loading = false;
  }

  /**
   * Ends the process and starts it again, as another life, without its ballot.
   *
   * @param lost how much a torn disk has lost: 1 for a note at the end, 2 for each entry
   */
  void restart(Disk disk, int lost, int newLife) {
    place = label;
    switch (disk) {
      case TORN -> tear(lost / 2, lost % 2 == 1);
      case SAVED -> restore();
      case NOTHING -> {
        log.clear();
        begin(0);
        bereft = true;
      }
      default -> {}
    }
    if (bereft) {
      // What this start has not found, no later one finds. Terms of a set that has lost all of its
      // ballots begin anew, and would be those of a file that comes back from before.
      saved = Copy.NOTHING;
    }
    whole = false;
    loading = false;
    attached = 0;
    source = -1;
    life = newLife;
    leads = 0;
    follows = 0;
    master = -1;
  }

  private void tear(int lost, boolean notesToo) {
    if (bereft) {
      return;
    }
    int kept = Math.max(base, log.size() - lost);
    List<Note> left = new ArrayList<>(notes);
    left.subList(1, left.size())
        .removeIf(note -> note.length > kept || notesToo && note.length == kept);
    if (kept == log.size() && left.equals(notes)) {
      return;
    }
    torn = true;
    log = new ArrayList<>(log.subList(0, kept));
    notes = List.copyOf(left);
    label = mislabels ? elector.ballot().reached() : left.get(left.size() - 1).term;
    place = label;
  }

  private void restore() {
    if (bereft || !log.equals(saved.log) || label != saved.label) {
      bereft = false;
      torn = true;
      log = new ArrayList<>(saved.log);
      begin(mislabels ? elector.ballot().reached() : saved.label);
    }
  }
}
