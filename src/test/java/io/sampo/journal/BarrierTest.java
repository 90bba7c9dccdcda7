package io.sampo.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** Nothing passes before every guard that is up has let it. */
class BarrierTest {
  private final Barrier barrier = new Barrier();
  private final List<Long> passed = new ArrayList<>();

  private void await(long offset) {
    barrier.await(offset, () -> passed.add(offset));
  }

  @Test
  void withoutGuardsEverythingPasses() {
    Barrier.Guard guard = barrier.guard();
    assertFalse(barrier.isOn());
    assertTrue(barrier.isSafe(Long.MAX_VALUE));
    await(5);
    guard.advance(3);
    await(7);
    assertEquals(List.of(5L, 7L), passed);
  }

  @Test
  void theSlowestGuardDecides() {
    Barrier.Guard disk = barrier.guard();
    Barrier.Guard majority = barrier.guard();
    disk.raise(10);
    majority.raise(10);
    await(10);
    await(30);
    await(20);
    disk.advance(25);
    assertEquals(List.of(10L), passed);
    majority.advance(100);
    assertEquals(List.of(10L, 20L), passed);
    assertFalse(barrier.isSafe(30));
    disk.advance(24);
    assertTrue(barrier.isSafe(25));
    majority.lower();
    assertTrue(barrier.isOn());
    disk.lower();
    assertEquals(List.of(10L, 20L, 30L), passed);
    assertFalse(barrier.isOn());
  }

  @Test
  void whatBecomesSafeAtATimeIsOneTaskOfWhoeverWaitsForIt() {
    List<Runnable> tasks = new ArrayList<>();
    Executor where = tasks::add;
    Barrier.Guard guard = barrier.guard();
    guard.raise(10);
    for (long offset : new long[] {30, 10, 20, 40}) {
      barrier.await(offset, where, () -> passed.add(offset));
    }
    assertEquals(List.of(10L), passed);
    guard.advance(15);
    assertEquals(List.of(), tasks);
    guard.advance(30);
    assertEquals(1, tasks.size());
    assertEquals(List.of(10L), passed);
    tasks.get(0).run();
    assertEquals(List.of(10L, 20L, 30L), passed);
    guard.lower();
    assertEquals(2, tasks.size());
  }
}
