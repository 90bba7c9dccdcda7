package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long BEGIN = Long.MAX_VALUE - 5;
  private static final long LATER = BEGIN + Pace.IDLE_NANOS + 1;

  private final Pace pace = new Pace(BEGIN);

  @Test
  void slowsDownWhenNothingHasHappenedForAWhile() {
    assertEquals(10, pace.next(10, BEGIN + Pace.IDLE_NANOS, 0, false));
    assertEquals(Pace.IDLE_HZ, pace.next(10, LATER, 0, false));
  }

  @Test
  void isItselfAgainWhenSomethingHasHappened() {
    pace.next(10, LATER, 0, false);
    assertEquals(10, pace.next(10, LATER + 1, 1, false));
    assertEquals(10, pace.next(10, LATER + Pace.IDLE_NANOS, 1, false));
    assertEquals(Pace.IDLE_HZ, pace.next(10, LATER + Pace.IDLE_NANOS + 2, 1, false));
  }

  @Test
  void keepsOnWhileSomethingIsExpected() {
    assertEquals(10, pace.next(10, LATER, 0, true));
    assertEquals(10, pace.next(10, LATER + Pace.IDLE_NANOS, 0, false));
  }

  @Test
  void isNeverMoreThanWasAskedFor() {
    assertEquals(1, pace.next(1, LATER, 0, false));
  }
}
