package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.journal.Barrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** When replies wait for a disk that cannot keep up, and until when. */
class AofLagTest {
  private static final long MILLION = 1_000_000;

  private final Barrier barrier = new Barrier();
  private final AofLag lag = new AofLag(barrier.guard());

  /** A look after so many milliseconds at what has been written and what has not. */
  private void look(long millis, long written, long pending) {
    lag.watch(() -> written, pending, true, TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private AtomicBoolean reply(long offset) {
    AtomicBoolean told = new AtomicBoolean();
    barrier.await(offset, () -> told.set(true));
    return told;
  }

  @Test
  void whoGoesOnWritingIsNotLate() {
    for (int i = 1; i < 100; i++) {
      look(1_000L * i, i, 100 * MILLION);
    }
    assertFalse(barrier.isOn());
    assertTrue(reply(200).get());
  }

  @Test
  void repliesWaitForWhatIsStuckAndGoAsItIsWritten() {
    look(0, 100, 50);
    look(1_999, 100, 50);
    assertFalse(barrier.isOn());
    look(2_001, 100, 50);
    assertTrue(barrier.isOn());
    assertEquals(1, lag.times());
    AtomicBoolean before = reply(100);
    AtomicBoolean first = reply(120);
    AtomicBoolean last = reply(150);
    assertTrue(before.get());
    assertFalse(first.get());
    lag.wrote(130);
    assertTrue(first.get());
    assertFalse(last.get());
    // That it goes on is not enough: all has to be written.
    look(2_100, 130, 20);
    assertTrue(barrier.isOn());
    look(2_200, 150, 0);
    assertTrue(last.get());
    assertFalse(barrier.isOn());
  }

  @Test
  void tooMuchIsLateAtOnce() {
    look(0, 100, 300 * MILLION);
    assertTrue(barrier.isOn());
    assertEquals(1, lag.times());
  }

  @Test
  void whatCannotBeWrittenAtAllIsNotSlow() {
    for (int i = 0; i < 10; i++) {
      lag.watch(() -> 100, 50, false, TimeUnit.SECONDS.toNanos(i));
    }
    assertFalse(barrier.isOn());
  }

  @Test
  void nobodyWaitsForAFileThatHasEnded() {
    look(0, 100, 50);
    look(3_000, 100, 50);
    AtomicBoolean waiting = reply(150);
    assertFalse(waiting.get());
    lag.caughtUp();
    assertTrue(waiting.get());
    assertFalse(barrier.isOn());
    assertTrue(reply(1_000).get());
    // The next file is looked at anew, and late again only when it is.
    look(4_000, 160, 10);
    assertFalse(barrier.isOn());
    look(6_500, 160, 10);
    assertTrue(barrier.isOn());
    assertEquals(2, lag.times());
  }
}
