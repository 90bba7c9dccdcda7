package io.sampo.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.actor.SchedulerException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.event.NoLogging;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import scala.concurrent.ExecutionContext;

@Timeout(30)
class SleepingSchedulerTest {
  private static final Duration SOON = Duration.ofMillis(20);
  private static final Duration LATE = Duration.ofHours(1);

  private final BlockingQueue<Runnable> submitted = new LinkedBlockingQueue<>();
  private final ExecutionContext executor =
      new ExecutionContext() {
        @Override
        public void execute(Runnable task) {
          submitted.add(task);
        }

        @Override
        public void reportFailure(Throwable failure) {
          throw new AssertionError(failure);
        }
      };
  private final SleepingScheduler scheduler =
      new SleepingScheduler(ConfigFactory.empty(), NoLogging.getInstance(), Thread::new);
  private final AtomicInteger runs = new AtomicInteger();

  @AfterEach
  void close() {
    scheduler.close();
  }

  private void runNext() throws InterruptedException {
    submitted.take().run();
  }

  @Test
  void runsOnceNotBeforeItsTime() throws InterruptedException {
    long before = System.nanoTime();
    Cancellable task = scheduler.scheduleOnce(SOON, runs::incrementAndGet, executor);
    runNext();
    assertEquals(1, runs.get());
    assertTrue(System.nanoTime() - before >= SOON.toNanos());
    assertFalse(task.cancel());
    assertFalse(task.isCancelled());
  }

  @Test
  void theSoonerComesFirstThoughScheduledLater() throws InterruptedException {
    List<String> order = new ArrayList<>();
    scheduler.scheduleOnce(SOON.multipliedBy(10), () -> order.add("late"), executor);
    scheduler.scheduleOnce(SOON, () -> order.add("soon"), executor);
    runNext();
    runNext();
    assertEquals(List.of("soon", "late"), order);
  }

  @Test
  void whatIsCancelledIsNotRun() throws InterruptedException {
    Cancellable task = scheduler.scheduleOnce(SOON, runs::incrementAndGet, executor);
    assertTrue(task.cancel());
    assertTrue(task.isCancelled());
    assertFalse(task.cancel());
    scheduler.scheduleOnce(SOON, () -> {}, executor);
    runNext();
    assertEquals(0, runs.get());
  }

  @Test
  void repeatsUntilItIsCancelled() throws InterruptedException {
    long before = System.nanoTime();
    Cancellable task = scheduler.scheduleAtFixedRate(SOON, SOON, runs::incrementAndGet, executor);
    for (int i = 0; i < 3; i++) {
      runNext();
    }
    assertTrue(System.nanoTime() - before >= 3 * SOON.toNanos());
    assertTrue(task.cancel());
    assertFalse(task.cancel());
    int done = runs.get();
    for (Runnable late;
        (late = submitted.poll(5 * SOON.toMillis(), TimeUnit.MILLISECONDS)) != null; ) {
      late.run();
    }
    assertEquals(done, runs.get());
  }

  @Test
  void whatIsRepeatedMeetsWithOthersAndNotBeforeItsTime() {
    long second = TimeUnit.SECONDS.toNanos(1);
    assertEquals(10, SleepingScheduler.meeting(7, 5));
    assertEquals(10, SleepingScheduler.meeting(10, 5));
    assertEquals(-5, SleepingScheduler.meeting(-7, 5));
    assertEquals(2 * second, SleepingScheduler.meeting(second + 1, 5 * second));
    assertEquals(2 * second, SleepingScheduler.meeting(2 * second, second));
    assertEquals(3, SleepingScheduler.meeting(3, 0));
  }

  @Test
  void fixedDelaysAreRepeatedToo() throws InterruptedException {
    Cancellable task =
        scheduler.scheduleWithFixedDelay(SOON, SOON, runs::incrementAndGet, executor);
    runNext();
    runNext();
    assertEquals(2, runs.get());
    assertTrue(task.cancel());
  }

  @Test
  void isSubmittedAgainOnlyWhenItHasRun() throws InterruptedException {
    scheduler.scheduleAtFixedRate(SOON, SOON, runs::incrementAndGet, executor);
    Runnable first = submitted.take();
    scheduler.scheduleOnce(SOON.multipliedBy(5), () -> {}, executor);
    Runnable other = submitted.take();
    other.run();
    assertEquals(0, runs.get(), "it was the repeated one, once more");
    first.run();
    runNext();
    assertEquals(2, runs.get());
  }

  @Test
  void endsWhenWhomItIsForHasEnded() throws InterruptedException {
    Cancellable task =
        scheduler.scheduleAtFixedRate(
            SOON,
            SOON,
            () -> {
              throw new SchedulerException("ended");
            },
            executor);
    runNext();
    assertTrue(task.isCancelled());
  }

  /** Something that Pekko wants to have run when the scheduler closes, if not before. */
  private record AtClose(Runnable task) implements Scheduler.TaskRunOnClose {
    @Override
    public void run() {
      task.run();
    }
  }

  @Test
  void closingRunsWhatIsToBeRunInAnyCaseAndNothingElse() {
    scheduler.scheduleOnce(LATE, new AtClose(runs::incrementAndGet), executor);
    scheduler.scheduleOnce(LATE, new AtClose(runs::incrementAndGet), executor).cancel();
    scheduler.scheduleOnce(LATE, () -> runs.addAndGet(100), executor);
    scheduler.close();
    assertEquals(1, runs.get());
    assertThrows(
        IllegalStateException.class, () -> scheduler.scheduleOnce(SOON, () -> {}, executor));
  }

  @Test
  void anActorSystemCanUseIt() throws Exception {
    ActorSystem<Void> system =
        ActorSystem.create(
            Behaviors.empty(),
            "sleeping",
            ConfigFactory.parseResources("io/sampo/actors.conf")
                .withFallback(ConfigFactory.load()));
    CompletableFuture<Void> done = new CompletableFuture<>();
    system.scheduler().scheduleOnce(SOON, () -> done.complete(null), system.executionContext());
    done.get();
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get();
  }
}
