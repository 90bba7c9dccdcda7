package io.sampo.net;

import com.typesafe.config.Config;
import java.io.Closeable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.SchedulerException;
import org.apache.pekko.event.LoggingAdapter;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * The scheduler of an actor system, which sleeps until something is due. Pekko's own wakes up at
 * every tick to see whether something is, a hundred times a second.
 *
 * <p>What is to happen again and again happens at multiples of its interval, or of a second, so
 * that one awakening serves many. What could not, for the process was stopped, is not made up for.
 */
public final class SleepingScheduler extends AbstractScheduler implements Closeable {
  private static final double PER_SECOND = 1000;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final ScheduledThreadPoolExecutor timer;
  private final Set<Once> atClose = ConcurrentHashMap.newKeySet();

  /** As Pekko calls it. */
  public SleepingScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
    timer = new ScheduledThreadPoolExecutor(1, threads);
    timer.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Cancellable scheduleOnce(FiniteDuration delay, Runnable task, ExecutionContext executor) {
    Once once = new Once(task, executor);
    if (task instanceof TaskRunOnClose) {
      atClose.add(once);
    }
    try {
      once.future = after(delay.toNanos(), once);
    } catch (SchedulerException closed) {
      // As Pekko expects it.
      throw new IllegalStateException(closed.getMessage(), closed);
    }
    return once;
  }

  @Override
  @SuppressWarnings("deprecation")
  public Cancellable schedule(
      FiniteDuration delay, FiniteDuration interval, Runnable task, ExecutionContext executor) {
    Repeated repeated = new Repeated(interval.toNanos(), task, executor);
    repeated.begin(System.nanoTime() + delay.toNanos());
    return repeated;
  }

  /** The same: what has not been run since is not submitted anew. */
  @Override
  public Cancellable scheduleWithFixedDelay(
      FiniteDuration first, FiniteDuration delay, Runnable task, ExecutionContext executor) {
    try {
      return schedule(first, delay, task, executor);
    } catch (SchedulerException closed) {
      // As Pekko expects it.
      throw new IllegalStateException(closed.getMessage(), closed);
    }
  }

  @Override
  public double maxFrequency() {
    return PER_SECOND;
  }

  /** When what is due at a time, and at every interval from then on, comes together with others. */
  static long meeting(long at, long interval) {
    return at + Math.floorMod(-at, Math.max(1, Math.min(interval, SECOND)));
  }

  private Future<?> after(long nanos, Runnable task) {
    try {
      return timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      throw new SchedulerException("the scheduler has been closed");
    }
  }

  private static void submit(Runnable task, ExecutionContext executor) {
    try {
      executor.execute(task);
    } catch (RuntimeException e) {
      executor.reportFailure(e);
    }
  }

  /** Runs at once what is to be run in any case. */
  @Override
  public void close() {
    timer.shutdownNow();
    atClose.forEach(once -> once.task.run());
  }

  private enum Phase {
    PENDING,
    DUE,
    CANCELLED
  }

  private final class Once implements Runnable, Cancellable {
    private final Runnable task;
    private final ExecutionContext executor;

    /** Its own, for the future still says "running" when the task has long been submitted. */
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.PENDING);

    private volatile Future<?> future;

    Once(Runnable task, ExecutionContext executor) {
      this.task = task;
      this.executor = executor;
    }

    @Override
    public void run() {
      if (phase.compareAndSet(Phase.PENDING, Phase.DUE)) {
        atClose.remove(this);
        submit(task, executor);
      }
    }

    @Override
    public boolean cancel() {
      boolean first = phase.compareAndSet(Phase.PENDING, Phase.CANCELLED);
      if (first) {
        future.cancel(false);
        atClose.remove(this);
      }
      return first;
    }

    @Override
    public boolean isCancelled() {
      return phase.get() == Phase.CANCELLED;
    }
  }

  /** Submits its task anew whenever that is due, unless it has not been run since. */
  private final class Repeated implements Runnable, Cancellable {
    private final long interval;
    private final Runnable task;
    private final ExecutionContext executor;
    private final AtomicBoolean submitted = new AtomicBoolean();
    private long due;
    private Future<?> next;
    private boolean cancelled;

    Repeated(long interval, Runnable task, ExecutionContext executor) {
      this.interval = interval;
      this.task = task;
      this.executor = executor;
    }

    synchronized void begin(long at) {
      due = meeting(at, interval);
      next = after(due - System.nanoTime(), this::fire);
    }

    private void fire() {
      if (again() && submitted.compareAndSet(false, true)) {
        submit(this, executor);
      }
    }

    /** On the timer's own thread, which need not be woken to hear of it. */
    private synchronized boolean again() {
      if (!cancelled) {
        begin(Math.max(due + interval, System.nanoTime()));
      }
      return !cancelled;
    }

    @Override
    public void run() {
      submitted.set(false);
      if (isCancelled()) {
        return;
      }
      try {
        task.run();
      } catch (SchedulerException ended) {
        // The actor that it was for.
        cancel();
      }
    }

    @Override
    public synchronized boolean cancel() {
      boolean first = !cancelled;
      cancelled = true;
      next.cancel(false);
      return first;
    }

    @Override
    public synchronized boolean isCancelled() {
      return cancelled;
    }
  }
}
