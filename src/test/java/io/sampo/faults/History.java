package io.sampo.faults;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * What clients did to one set that only grows, and what they were told: elements added, each by one
 * call, and the whole set read from whoever was the master. Times are of one clock. Elements are
 * small numbers, each of which is added once.
 */
final class History {
  /** What became of an addition, as far as the client knows. */
  enum Outcome {
    DONE,
    REFUSED,
    /** It may have been carried out, or may still be. */
    UNKNOWN
  }

  record Addition(int element, long called, long returned, Outcome outcome) {}

  record Reading(BitSet elements, long called, long returned) {}

  private final List<Addition> additions = new ArrayList<>();
  private final List<Reading> readings = new ArrayList<>();

  synchronized void add(Addition addition) {
    additions.add(addition);
  }

  synchronized void add(Reading reading) {
    readings.add(reading);
  }

  synchronized BitSet acknowledged() {
    BitSet all = new BitSet();
    additions.stream().filter(a -> a.outcome == Outcome.DONE).forEach(a -> all.set(a.element));
    return all;
  }

  synchronized int readings() {
    return readings.size();
  }

  /**
   * Every way in which this is not what one set, on one machine that never fails, could have said.
   * There is an order of all calls that explains it, which agrees with the times, just if nothing
   * of this is found.
   */
  synchronized List<String> violations() {
    List<String> violations = new ArrayList<>();
    invented(violations);
    lost(violations);
    stale(violations);
    forked(violations);
    return violations;
  }

  /** An element that nobody had added yet, or that was refused. */
  private void invented(List<String> violations) {
    List<Addition> byCall =
        additions.stream()
            .filter(a -> a.outcome != Outcome.REFUSED)
            .sorted(Comparator.comparingLong(Addition::called))
            .toList();
    BitSet possible = new BitSet();
    int next = 0;
    for (Reading reading : sorted(Comparator.comparingLong(Reading::returned))) {
      while (next < byCall.size() && byCall.get(next).called < reading.returned) {
        possible.set(byCall.get(next++).element);
      }
      report(violations, "invented", reading, minus(reading.elements, possible));
    }
  }

  /** An acknowledged element that is missing, though what was added later is there. */
  private void lost(List<String> violations) {
    long[] calls = new long[1 + additions.stream().mapToInt(Addition::element).max().orElse(0)];
    additions.forEach(a -> calls[a.element] = a.called);
    List<Addition> byReturn =
        additions.stream()
            .filter(a -> a.outcome == Outcome.DONE)
            .sorted(Comparator.comparingLong(Addition::returned))
            .toList();
    record Due(Reading reading, long before) {}
    List<Due> dues = new ArrayList<>();
    for (Reading reading : readings) {
      long latest =
          reading.elements.stream()
              .filter(e -> e < calls.length)
              .mapToLong(e -> calls[e])
              .max()
              .orElse(reading.called);
      dues.add(new Due(reading, Math.max(latest, reading.called)));
    }
    dues.sort(Comparator.comparingLong(Due::before));
    BitSet due = new BitSet();
    int next = 0;
    for (Due each : dues) {
      while (next < byReturn.size() && byReturn.get(next).returned < each.before) {
        due.set(byReturn.get(next++).element);
      }
      report(violations, "lost", each.reading, minus(due, each.reading.elements));
    }
  }

  /** A reading that lacks what one that had ended before has. */
  private void stale(List<String> violations) {
    List<Reading> byReturn = sorted(Comparator.comparingLong(Reading::returned));
    BitSet seen = new BitSet();
    int next = 0;
    for (Reading reading : sorted(Comparator.comparingLong(Reading::called))) {
      while (byReturn.get(next).returned < reading.called) {
        seen.or(byReturn.get(next++).elements);
      }
      report(violations, "stale", reading, minus(seen, reading.elements));
    }
  }

  /** Two readings of which each lacks something that the other one has. */
  private void forked(List<String> violations) {
    BitSet smaller = new BitSet();
    for (Reading reading : sorted(Comparator.comparingInt(r -> r.elements.cardinality()))) {
      report(violations, "forked", reading, minus(smaller, reading.elements));
      smaller = reading.elements;
    }
  }

  private List<Reading> sorted(Comparator<Reading> order) {
    return readings.stream().sorted(order).toList();
  }

  private static BitSet minus(BitSet all, BitSet part) {
    BitSet rest = (BitSet) all.clone();
    rest.andNot(part);
    return rest;
  }

  private static void report(List<String> violations, String how, Reading reading, BitSet which) {
    if (!which.isEmpty()) {
      violations.add(how + ": " + which + ", says the reading of " + reading.called);
    }
  }

  /** Elements that were read without having been added. */
  synchronized List<String> inventions() {
    List<String> violations = new ArrayList<>();
    invented(violations);
    return violations;
  }

  synchronized long count(Outcome outcome) {
    return additions.stream().filter(addition -> addition.outcome == outcome).count();
  }

  /** All of it, a line for each call, in the order in which they were made. */
  synchronized List<String> lines() {
    record Line(long called, String text) {}
    List<Line> lines = new ArrayList<>();
    for (Addition a : additions) {
      lines.add(
          new Line(a.called, a.called + " " + a.returned + " add " + a.element + " " + a.outcome));
    }
    for (Reading r : readings) {
      lines.add(new Line(r.called, r.called + " " + r.returned + " read " + r.elements));
    }
    return lines.stream().sorted(Comparator.comparingLong(Line::called)).map(Line::text).toList();
  }

  /** How many of the elements that were acknowledged the last reading does not have. */
  synchronized int lost() {
    BitSet last = readings.get(readings.size() - 1).elements;
    return minus(acknowledged(), last).cardinality();
  }
}
