package io.sampo.persist;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A thread that does one thing, whenever it is asked to. */
final class Beside {
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(100);

  private final Thread thread;
  private final Runnable task;
  private final Runnable then;

  /** Whether the task is to be done, or is being done. */
  private volatile boolean busy;

  private volatile boolean ending;

  /**
   * @param then runs on the thread when the task has been done and may be asked for again
   * @param died is told if the thread cannot go on
   */
  Beside(String name, Runnable task, Runnable then, Thread.UncaughtExceptionHandler died) {
    this.task = task;
    this.then = then;
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler(died);
    thread.start();
  }

  private void run() {
    while (!ending) {
      if (busy) {
        try {
          task.run();
        } finally {
          busy = false;
          then.run();
        }
      } else {
        LockSupport.park(this);
      }
    }
  }

  /** Has the task done. */
  void ask() {
    busy = true;
    LockSupport.unpark(thread);
  }

  boolean isBusy() {
    return busy;
  }

  /** Waits until it is not busy; {@code then} has to wake who waits. */
  void await() {
    while (busy) {
      LockSupport.parkNanos(this, LOOK);
    }
  }

  /** Ends the thread, which must not be busy. */
  void end() {
    ending = true;
    LockSupport.unpark(thread);
  }
}
