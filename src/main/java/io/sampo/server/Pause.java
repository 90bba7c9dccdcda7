package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.command.Flag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * CLIENT PAUSE, and the pause while a replica takes over: which requests have to wait, until when,
 * and the sessions that wait, in the order in which they came. Used from any thread.
 */
public final class Pause {
  public enum Mode {
    NONE,
    WRITE,
    ALL
  }

  /** The scheduler does not take delays of any length. */
  private static final long LONGEST_MILLIS = 3_600_000;

  /** What may write though it is not declared to: Redis's "may replicate". */
  static final Set<String> MAY_WRITE =
      Set.of("publish", "spublish", "pfcount", "eval", "evalsha", "fcall");

  private final LongSupplier clock;
  private final BiConsumer<Duration, Runnable> timer;
  private final Runnable changed;
  private final LinkedHashSet<Session> waiting = new LinkedHashSet<>();
  private volatile Mode mode = Mode.NONE;
  private volatile long until;

  /** Whether a replica is to take over, for which writes have to wait. */
  private volatile boolean handingOver;

  /**
   * @param clock in milliseconds
   * @param timer runs something later
   * @param changed is told when {@link #isOn} may have changed
   */
  Pause(LongSupplier clock, BiConsumer<Duration, Runnable> timer, Runnable changed) {
    this.clock = clock;
    this.timer = timer;
    this.changed = changed;
  }

  boolean isOn() {
    return mode != Mode.NONE || handingOver;
  }

  /** Begins to hold back writes, or ends it, for the time that a replica takes over. */
  void handingOver(boolean yes) {
    handingOver = yes;
    changed.run();
    if (!yes) {
      release();
    }
  }

  /** Begins a pause, or makes the present one stricter or longer. */
  public synchronized void begin(long untilMillis, Mode itsMode) {
    until = mode != Mode.NONE ? Math.max(until, untilMillis) : untilMillis;
    mode = mode == Mode.ALL ? mode : itsMode;
    changed.run();
    watch();
  }

  private synchronized void watch() {
    if (mode == Mode.NONE) {
      return;
    }
    long now = clock.getAsLong();
    if (until <= now) {
      end();
    } else {
      timer.accept(Duration.ofMillis(Math.min(until - now, LONGEST_MILLIS)), this::watch);
    }
  }

  /** Ends the pause and has everybody go on. */
  public void end() {
    mode = Mode.NONE;
    changed.run();
    release();
  }

  /** Has all who wait look again whether they have to. */
  private void release() {
    List<Session> released;
    synchronized (this) {
      released = new ArrayList<>(waiting);
      waiting.clear();
    }
    released.forEach(session -> session.tell(SessionEvent.Signal.GO_ON));
  }

  /** Whether a request has to wait; {@code queued} are the flags of what EXEC is to run. */
  boolean holds(Command command, int queued) {
    return switch (mode) {
      case NONE -> handingOver && writes(command, queued);
      case ALL -> true;
      case WRITE -> writes(command, queued);
    };
  }

  private static boolean writes(Command command, int queued) {
    return ((command.flags | queued) & Flag.WRITE.bit) != 0 || MAY_WRITE.contains(command.name);
  }

  /** Has a session told to go on at the end; false if that has been already. */
  synchronized boolean await(Session session) {
    return isOn() && waiting.add(session);
  }

  synchronized void leave(Session session) {
    waiting.remove(session);
  }
}
