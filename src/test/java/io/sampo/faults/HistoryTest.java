package io.sampo.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.faults.History.Addition;
import io.sampo.faults.History.Outcome;
import io.sampo.faults.History.Reading;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The checker accepts what is right and catches what is broken. */
class HistoryTest {
  private final History history = new History();

  private void added(int element, long called, long returned, Outcome outcome) {
    history.add(new Addition(element, called, returned, outcome));
  }

  private void read(long called, long returned, Integer... elements) {
    history.add(new Reading(Set.of(elements), called, returned));
  }

  private void assertCaught(String what) {
    List<String> violations = history.violations();
    assertEquals(1, violations.size(), violations.toString());
    assertTrue(violations.get(0).startsWith(what), violations.toString());
  }

  @Test
  void whatOneMachineCouldSayIsRight() {
    added(1, 0, 10, Outcome.DONE);
    added(2, 5, 20, Outcome.DONE);
    added(3, 15, 25, Outcome.UNKNOWN);
    added(4, 30, 40, Outcome.REFUSED);
    read(11, 12, 1);
    read(13, 16, 1, 2);
    read(21, 26, 1, 2);
    read(50, 60, 1, 2, 3);
    assertEquals(List.of(), history.violations());
    assertEquals(0, history.lost());
  }

  @Test
  void anAcknowledgedWriteThatIsGoneIsCaught() {
    added(1, 0, 10, Outcome.DONE);
    added(2, 11, 20, Outcome.DONE);
    read(30, 40, 1);
    assertCaught("lost");
    assertEquals(1, history.lost());
  }

  @Test
  void aStaleReadingIsCaught() {
    added(1, 0, 30, Outcome.UNKNOWN);
    read(5, 10, 1);
    read(11, 12);
    assertCaught("stale");
  }

  @Test
  void aReadingBeforeTheAcknowledgementMayLackIt() {
    added(1, 0, 10, Outcome.DONE);
    read(5, 11);
    assertEquals(List.of(), history.violations());
  }

  @Test
  void aRefusedWriteThatIsThereIsCaught() {
    added(1, 0, 10, Outcome.REFUSED);
    read(20, 30, 1);
    assertCaught("invented");
  }

  @Test
  void anElementReadBeforeItWasAddedIsCaught() {
    added(1, 20, 30, Outcome.DONE);
    read(5, 10, 1);
    assertCaught("invented");
  }
}
