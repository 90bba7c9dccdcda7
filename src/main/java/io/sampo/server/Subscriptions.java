package io.sampo.server;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one client has subscribed to, and the messages on their way to it. Changed on its loop's
 * thread; the counts may be asked from any thread, and may then be a moment old.
 */
final class Subscriptions {
  private final Session session;
  private final PubSub pubSub;
  private final Map<PubSub.Kind, Map<Blob, Subscription>> kinds = new EnumMap<>(PubSub.Kind.class);

  /** Messages that the session will find among its events; null if there are none. */
  private Inbox inbox;

  Subscriptions(Session session, PubSub pubSub) {
    this.session = session;
    this.pubSub = pubSub;
  }

  private Map<Blob, Subscription> of(PubSub.Kind kind) {
    return kinds.getOrDefault(kind, Map.of());
  }

  /** Subscribes, unless that has been done before; the bytes of the name are kept. */
  void add(PubSub.Kind kind, Blob name) {
    // The topic's messages are to come after the reply, hence not with those on their way.
    inbox = null;
    if (!of(kind).containsKey(name)) {
      Subscription made = pubSub.topics(kind).join(session, name);
      // The topic's own name is shared by all its subscribers.
      kinds.computeIfAbsent(kind, k -> new HashMap<>()).put(made.topic.name, made);
    }
  }

  /** Ends a subscription, if there is one. */
  void remove(PubSub.Kind kind, Blob name) {
    Subscription ended = kinds.containsKey(kind) ? kinds.get(kind).remove(name) : null;
    if (ended != null) {
      pubSub.topics(kind).leave(ended);
      if (kinds.get(kind).isEmpty()) {
        kinds.remove(kind);
      }
    }
  }

  /** Ends all subscriptions without a word. */
  void clear() {
    kinds.forEach((kind, held) -> held.values().forEach(pubSub.topics(kind)::leave));
    kinds.clear();
  }

  /** Sends a message that was published; on the loop's own thread, from outside the session. */
  void deliver(Message message) {
    if (inbox == null) {
      inbox = new Inbox();
      session.tell(inbox);
    }
    inbox.add(session.state.protocol == 3 ? message.resp3() : message.resp2());
  }

  /** Sends the messages that are on their way now. */
  void open() {
    if (inbox != null) {
      open(inbox);
    }
  }

  /** Sends the messages that the session has found. */
  void open(Inbox mail) {
    if (inbox == mail) {
      inbox = null;
    }
    mail.drain(session::send);
  }

  /** The names subscribed to, in no order. */
  List<Blob> names(PubSub.Kind kind) {
    return List.copyOf(of(kind).keySet());
  }

  int count(PubSub.Kind kind) {
    return of(kind).size();
  }

  /** Whether there are any, of whichever kind. */
  boolean any() {
    return !kinds.isEmpty();
  }
}
