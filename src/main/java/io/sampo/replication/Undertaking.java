package io.sampo.replication;

import java.util.ArrayDeque;

/** What somebody has under way, and what is to begin when that has ended. */
final class Undertaking {
  private final ArrayDeque<Runnable> afterwards = new ArrayDeque<>();
  private boolean underWay;

  boolean isUnderWay() {
    return underWay;
  }

  void begin() {
    underWay = true;
  }

  /** Runs a task at once, or when what is under way has ended. */
  void whenIdle(Runnable task) {
    if (underWay) {
      afterwards.add(task);
    } else {
      task.run();
    }
  }

  /** What was under way has ended; returns whether there is nothing that has to come first. */
  boolean ended() {
    underWay = false;
    while (!underWay && !afterwards.isEmpty()) {
      afterwards.poll().run();
    }
    return !underWay;
  }
}
