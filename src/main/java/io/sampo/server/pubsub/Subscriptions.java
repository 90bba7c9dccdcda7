package io.sampo.server.pubsub;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one client has subscribed to, and the messages on their way to it. Changed on its loop's
 * thread; the counts may be asked from any thread, and may then be a moment old.
 */
public final class Subscriptions {
  private final Subscriber client;
  private final PubSub pubSub;
  private final Map<PubSub.Kind, Map<Blob, Subscription>> kinds = new EnumMap<>(PubSub.Kind.class);

  /** Messages that the client has been told of; null if there are none. */
  private Inbox inbox;

  public Subscriptions(Subscriber client, PubSub pubSub) {
    this.client = client;
    this.pubSub = pubSub;
  }

  private Map<Blob, Subscription> of(PubSub.Kind kind) {
    return kinds.getOrDefault(kind, Map.of());
  }

  int loopIndex() {
    return client.loopIndex();
  }

  /** Subscribes, unless that has been done before; the bytes of the name are kept. */
  public void add(PubSub.Kind kind, Blob name) {
    // The topic's messages are to come after the reply, hence not with those on their way.
    inbox = null;
    if (!of(kind).containsKey(name)) {
      Subscription made = pubSub.topics(kind).join(this, name);
      // The topic's own name is shared by all its subscribers.
      kinds.computeIfAbsent(kind, k -> new HashMap<>()).put(made.topic.name, made);
    }
  }

  /** Ends a subscription, if there is one. */
  public void remove(PubSub.Kind kind, Blob name) {
    Subscription ended = kinds.containsKey(kind) ? kinds.get(kind).remove(name) : null;
    if (ended != null) {
      pubSub.topics(kind).leave(ended);
      if (kinds.get(kind).isEmpty()) {
        kinds.remove(kind);
      }
    }
  }

  /** Ends all subscriptions without a word. */
  public void clear() {
    kinds.forEach((kind, held) -> held.values().forEach(pubSub.topics(kind)::leave));
    kinds.clear();
  }

  /** Sends a message that was published; on the loop's own thread, from outside its stage. */
  void deliver(Message message) {
    if (inbox == null) {
      inbox = new Inbox();
      client.tell(inbox);
    }
    inbox.add(client.protocol() == 3 ? message.resp3() : message.resp2());
  }

  /** Sends the messages that are on their way now. */
  public void open() {
    if (inbox != null) {
      open(inbox);
    }
  }

  /** Sends the messages that the client was told of. */
  public void open(Inbox mail) {
    if (inbox == mail) {
      inbox = null;
    }
    mail.drain(client::send);
  }

  /** The names subscribed to, in no order. */
  public List<Blob> names(PubSub.Kind kind) {
    return List.copyOf(of(kind).keySet());
  }

  public int count(PubSub.Kind kind) {
    return of(kind).size();
  }

  /** Whether there are any, of whichever kind. */
  public boolean any() {
    return !kinds.isEmpty();
  }
}
