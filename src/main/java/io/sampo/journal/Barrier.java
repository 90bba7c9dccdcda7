package io.sampo.journal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/**
 * Holds replies back until what they tell of is safe: on the disk, on a majority of nodes, or
 * whatever else {@link Guard guards} stand for. It never stops a shard. While no guard is up it
 * costs one read of a field.
 */
public final class Barrier {
  /** One condition: it lets everything pass up to an offset of the journal. */
  public final class Guard {
    private boolean up;
    private long safe;

    private Guard() {}

    /** Lets pass what lies before {@code offset}, too; never takes back what it let pass. */
    public void advance(long offset) {
      synchronized (Barrier.this) {
        if (offset <= safe) {
          return;
        }
        safe = offset;
      }
      open();
    }

    /** Begins to hold back what lies behind {@code offset}, which may be less than before. */
    public void raise(long offset) {
      synchronized (Barrier.this) {
        up = true;
        safe = offset;
      }
      open();
    }

    /** Lets everything pass from now on. */
    public void lower() {
      synchronized (Barrier.this) {
        up = false;
      }
      open();
    }
  }

  private record Held(long offset, Executor where, Runnable release) implements Comparable<Held> {
    @Override
    public int compareTo(Held other) {
      return Long.compare(offset, other.offset);
    }
  }

  private static final Executor AT_ONCE = Runnable::run;

  private final List<Guard> guards = new CopyOnWriteArrayList<>();
  private final PriorityQueue<Held> held = new PriorityQueue<>();
  private volatile boolean on;
  private volatile long safe = Long.MAX_VALUE;

  /** A new condition, which is down at first. */
  public Guard guard() {
    Guard guard = new Guard();
    guards.add(guard);
    return guard;
  }

  /** Whether anything is held back at all. */
  public boolean isOn() {
    return on;
  }

  /** Whether everything before this offset of the journal is safe. */
  public boolean isSafe(long offset) {
    return offset <= safe;
  }

  /**
   * Runs {@code release} once everything before {@code offset} is safe: now, or on the thread of
   * whoever finds it to be so.
   */
  public void await(long offset, Runnable release) {
    await(offset, AT_ONCE, release);
  }

  /**
   * The same, but what is released later is given to {@code where}: all that becomes safe at a time
   * as one task, so that who runs it is woken once and has it all before it goes on.
   */
  public void await(long offset, Executor where, Runnable release) {
    synchronized (this) {
      if (offset > safe) {
        held.add(new Held(offset, where, release));
        return;
      }
    }
    release.run();
  }

  /** Releases in the order of the offsets, but outside the lock: what it leads to is not ours. */
  private void open() {
    Map<Executor, List<Runnable>> free = new LinkedHashMap<>();
    synchronized (this) {
      on = guards.stream().anyMatch(guard -> guard.up);
      safe =
          guards.stream()
              .filter(guard -> guard.up)
              .mapToLong(guard -> guard.safe)
              .min()
              .orElse(Long.MAX_VALUE);
      while (!held.isEmpty() && held.peek().offset <= safe) {
        Held next = held.poll();
        free.computeIfAbsent(next.where, where -> new ArrayList<>()).add(next.release);
      }
    }
    free.forEach((where, releases) -> where.execute(() -> releases.forEach(Runnable::run)));
  }
}
