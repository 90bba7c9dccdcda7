package io.sampo.faults;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What clients did to one set that only grows, and what they were told: elements added, each by one
 * call, and the whole set read from whoever was the master. Times are of one clock.
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

  record Reading(Set<Integer> elements, long called, long returned) {}

  private final List<Addition> additions = new ArrayList<>();
  private final List<Reading> readings = new ArrayList<>();

  synchronized void add(Addition addition) {
    additions.add(addition);
  }

  synchronized void add(Reading reading) {
    readings.add(reading);
  }

  synchronized int acknowledged() {
    return (int) additions.stream().filter(a -> a.outcome == Outcome.DONE).count();
  }

  synchronized int readings() {
    return readings.size();
  }

  /**
   * Every way in which this is not what one set, on one machine that never fails, could have said:
   * an element that had been acknowledged, or read before, and is missing; one that nobody added,
   * or that was refused.
   */
  synchronized List<String> violations() {
    List<String> violations = new ArrayList<>();
    for (Reading reading : readings) {
      Set<Integer> possible = new HashSet<>();
      for (Addition a : additions) {
        boolean there = reading.elements.contains(a.element);
        if (a.outcome == Outcome.DONE && a.returned < reading.called && !there) {
          violations.add("lost: " + a + " is not in the reading of " + reading.called);
        }
        if (a.outcome != Outcome.REFUSED && a.called < reading.returned) {
          possible.add(a.element);
        }
      }
      for (int element : reading.elements) {
        if (!possible.contains(element)) {
          violations.add("invented: " + element + " is in the reading of " + reading.called);
        }
      }
      for (Reading earlier : readings) {
        if (earlier.returned < reading.called && !reading.elements.containsAll(earlier.elements)) {
          violations.add(
              "stale: the reading of "
                  + reading.called
                  + " lacks what that of "
                  + earlier.called
                  + " has");
        }
      }
    }
    return violations;
  }

  /** How many of the elements that were acknowledged the last reading does not have. */
  synchronized int lost() {
    Set<Integer> last = readings.get(readings.size() - 1).elements;
    return (int)
        additions.stream()
            .filter(a -> a.outcome == Outcome.DONE && !last.contains(a.element))
            .count();
  }
}
