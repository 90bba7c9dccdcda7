package io.sampo.server;

import java.util.Collection;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** All connections of a node, by id. Used from any thread. */
final class Clients {
  private final ConcurrentSkipListMap<Long, Session> byId = new ConcurrentSkipListMap<>();
  private final AtomicLong ids = new AtomicLong();

  long nextId() {
    return ids.incrementAndGet();
  }

  void add(Session session) {
    byId.put(session.id(), session);
  }

  void remove(Session session) {
    byId.remove(session.id());
  }

  int count() {
    return byId.size();
  }

  /** In the order of their ids. */
  Collection<Session> all() {
    return byId.values();
  }
}
