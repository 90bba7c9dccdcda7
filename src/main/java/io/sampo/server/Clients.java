package io.sampo.server;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** All connections of a node, by id. Used from any thread. */
public final class Clients {
  private static final long POLL_NANOS = 1_000_000;

  private final ConcurrentSkipListMap<Long, Session> byId = new ConcurrentSkipListMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong ids = new AtomicLong();

  long nextId() {
    return ids.incrementAndGet();
  }

  /** Enters a session unless there are {@code most} already. */
  boolean add(Session session, long most) {
    if (count.incrementAndGet() > most) {
      count.decrementAndGet();
      return false;
    }
    byId.put(session.id(), session);
    return true;
  }

  void remove(Session session) {
    if (byId.remove(session.id()) != null) {
      count.decrementAndGet();
    }
  }

  /** Forgets a session and has it closed, what it was not sent being lost. */
  public void kill(Session session) {
    remove(session);
    session.kill(false);
  }

  /** How many wait for something other than their own next request. */
  public long blocked() {
    return byId.values().stream().filter(session -> session.waiting.isOn()).count();
  }

  /** How many of these are waiting until some time only. */
  public long waitingForTime() {
    return byId.values().stream().filter(session -> session.waiting.isTimed()).count();
  }

  public int count() {
    return count.get();
  }

  /** In the order of their ids. */
  public Collection<Session> all() {
    return byId.values();
  }

  public Optional<Session> find(long id) {
    return Optional.ofNullable(byId.get(id));
  }

  /**
   * Closes connections: those that wait for a reply when they have it, replicas when they have
   * everything. Returns when they are closed, or the time is up.
   */
  void disconnect(Predicate<Session> which, long deadline) {
    all().stream().filter(which).forEach(session -> session.kill(true));
    await(() -> all().stream().noneMatch(which), deadline);
  }

  /** Returns when a condition holds, or the time is up. */
  static void await(BooleanSupplier condition, long deadline) {
    while (!condition.getAsBoolean() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
