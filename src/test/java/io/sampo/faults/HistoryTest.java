package io.sampo.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.faults.History.Addition;
import io.sampo.faults.History.Outcome;
import io.sampo.faults.History.Reading;
import io.sampo.testkit.Seed;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The checker accepts what is right and catches what is broken. */
class HistoryTest {
  private final History history = new History();

  private void added(int element, long called, long returned, Outcome outcome) {
    history.add(new Addition(element, called, returned, outcome));
  }

  private void read(long called, long returned, int... elements) {
    BitSet set = new BitSet();
    for (int element : elements) {
      set.set(element);
    }
    history.add(new Reading(set, called, returned));
  }

  private void assertCaught(String... what) {
    List<String> caught =
        history.violations().stream().map(v -> v.substring(0, v.indexOf(':'))).distinct().toList();
    assertEquals(List.of(what), caught, history.violations().toString());
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
    assertCaught();
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
  void aWriteThatIsMissingBesideALaterOneIsCaught() {
    added(1, 0, 10, Outcome.DONE);
    added(2, 11, 20, Outcome.DONE);
    // It has been called before the first write was acknowledged.
    read(5, 40, 2);
    assertCaught("lost");
  }

  @Test
  void aStaleReadingIsCaught() {
    added(1, 0, 30, Outcome.UNKNOWN);
    read(5, 10, 1);
    read(11, 12);
    assertCaught("stale");
  }

  @Test
  void readingsAtTheSameTimeThatContradictEachOtherAreCaught() {
    added(1, 0, 30, Outcome.DONE);
    added(2, 0, 30, Outcome.DONE);
    read(5, 10, 1);
    read(5, 10, 2);
    assertCaught("forked");
  }

  @Test
  void aReadingBeforeTheAcknowledgementMayLackIt() {
    added(1, 0, 10, Outcome.DONE);
    read(5, 11);
    assertCaught();
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

  /** A machine that never fails, and one that forgets its last write now and then. */
  @Test
  void whatAMachineSaidIsRightUnlessItForgets() {
    Random random = Seed.random("HistoryTest");
    int caught = 0;
    for (int i = 0; i < 200; i++) {
      assertEquals(List.of(), machine(random, false).violations());
      caught += machine(random, true).violations().isEmpty() ? 0 : 1;
    }
    assertTrue(caught > 190, caught + " of 200 broken machines");
  }

  private static History machine(Random random, boolean forgets) {
    History history = new History();
    List<Integer> order = new ArrayList<>();
    BitSet set = new BitSet();
    long time = 0;
    for (int element = 0; element < 60; element++) {
      // What takes effect at this moment was called before and returns later.
      time += 1 + random.nextInt(10);
      long called = time - random.nextInt(30);
      long returned = time + 1 + random.nextInt(30);
      set.set(element);
      order.add(element);
      boolean tells = random.nextInt(4) > 0;
      history.add(new Addition(element, called, returned, tells ? Outcome.DONE : Outcome.UNKNOWN));
      if (forgets && random.nextInt(6) == 0) {
        set.clear(order.get(random.nextInt(order.size())));
      }
      time++;
      history.add(
          new Reading(
              (BitSet) set.clone(), time - random.nextInt(30), time + 1 + random.nextInt(30)));
    }
    return history;
  }
}
