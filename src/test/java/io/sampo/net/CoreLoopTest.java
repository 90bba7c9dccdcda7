package io.sampo.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class CoreLoopTest {
  private final AtomicReference<Throwable> uncaught = new AtomicReference<>();
  private final CoreLoop loop =
      CoreLoop.start(
          "test-loop",
          0,
          0,
          t -> t.setUncaughtExceptionHandler((thread, error) -> uncaught.set(error)));

  @AfterEach
  void stop() throws InterruptedException {
    loop.shutdown();
    assertTrue(loop.awaitTermination(10, TimeUnit.SECONDS));
  }

  @Test
  void knowsItsOwnThread() throws Exception {
    assertSame(loop, loop.submit(CoreLoop::current).get());
    assertThrows(IllegalStateException.class, CoreLoop::current);
  }

  @Test
  void runsItsOwnTasksInOrder() throws Exception {
    List<Integer> order = new ArrayList<>();
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          for (int i = 0; i < 10_000; i++) {
            int n = i;
            loop.execute(() -> order.add(n));
          }
          loop.execute(() -> done.complete(null));
        });
    done.get();
    for (int i = 0; i < 10_000; i++) {
      assertEquals(i, order.get(i));
    }
  }

  @Test
  void survivesAFailingTask() throws Exception {
    loop.execute(
        () -> {
          throw new IllegalArgumentException("expected");
        });
    assertEquals(1, loop.submit(() -> 1).get());
    assertEquals("expected", uncaught.get().getMessage());
  }

  @Test
  void survivesAnInterrupt() throws Exception {
    loop.execute(() -> Thread.currentThread().interrupt());
    long before = cpuNanos(loop.submit(() -> Thread.currentThread().getId()).get());
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
    long id = loop.submit(() -> Thread.currentThread().getId()).get();
    assertTrue(cpuNanos(id) - before < TimeUnit.MILLISECONDS.toNanos(100));
  }

  /** Submitters that pause just long enough for the loop to be about to sleep. */
  @ParameterizedTest
  @ValueSource(ints = {0, 20})
  void losesNoWakeUp(int spinMicros) throws Exception {
    CoreLoop loop = CoreLoop.start("test-spin-" + spinMicros, 0, spinMicros, thread -> {});
    int threads = 4;
    int tasks = 10_000;
    AtomicInteger ran = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(threads);
    for (int t = 0; t < threads; t++) {
      int pause = t * 10;
      new Thread(
              () -> {
                for (int i = 0; i < tasks; i++) {
                  CompletableFuture<Void> one = new CompletableFuture<>();
                  loop.execute(
                      () -> {
                        ran.incrementAndGet();
                        one.complete(null);
                      });
                  if (i % 4 == 0) {
                    one.join();
                  }
                  for (int spin = 0; spin < pause; spin++) {
                    Thread.onSpinWait();
                  }
                }
                done.countDown();
              })
          .start();
    }
    assertTrue(done.await(50, TimeUnit.SECONDS), "a task never ran");
    loop.submit(() -> 0).get();
    assertEquals(threads * tasks, ran.get());
    loop.shutdown();
    assertTrue(loop.awaitTermination(10, TimeUnit.SECONDS));
  }

  /** One submitter, so that no other's wake-up makes good for a lost one. */
  @Test
  void losesNoLoneWakeUp() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    AtomicInteger ran = new AtomicInteger();
    for (int i = 1; i <= 50_000; i++) {
      loop.execute(ran::incrementAndGet);
      for (long start = System.nanoTime(); ran.get() < i; Thread.onSpinWait()) {
        if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(10)) {
          fail("task " + i + " never ran, seed " + seed);
        }
      }
      // As long as the loop takes to go to sleep, more or less.
      for (int spin = random.nextInt(300); spin > 0; spin--) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void busyTasksStarveNoSubmitter() throws Exception {
    AtomicReference<Runnable> self = new AtomicReference<>();
    self.set(() -> loop.execute(self.get()));
    loop.execute(self.get());
    assertEquals(7, loop.submit(() -> 7).get(10, TimeUnit.SECONDS));
    self.set(() -> {});
  }

  @Test
  void idlesWithoutUsingTheProcessor() throws Exception {
    long id = loop.submit(() -> Thread.currentThread().getId()).get();
    long before = cpuNanos(id);
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
    assertTrue(cpuNanos(id) - before < TimeUnit.MILLISECONDS.toNanos(10));
  }

  private static long cpuNanos(long threadId) {
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(threadId);
  }

  @Test
  void runsWhatWasSubmittedBeforeItEnds() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    int accepted = 0;
    Thread stopper = new Thread(loop::shutdown);
    try {
      for (; accepted < 1_000_000; accepted++) {
        loop.execute(ran::incrementAndGet);
        if (accepted == 1000) {
          stopper.start();
        }
      }
    } catch (RejectedExecutionException expected) {
      assertTrue(loop.isShutdown());
    }
    stopper.join();
    assertTrue(loop.awaitTermination(10, TimeUnit.SECONDS));
    assertEquals(accepted, ran.get());
    assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    assertTrue(loop.isTerminated());
  }
}
