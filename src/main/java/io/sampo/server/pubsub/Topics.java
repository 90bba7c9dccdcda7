package io.sampo.server.pubsub;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All topics of one kind that have subscribers, over all loops. Used from any thread, but for
 * {@link #join} and {@link #leave}, which belong to the thread of the subscriber's loop.
 */
public final class Topics {
  private final ConcurrentHashMap<Blob, Topic> topics = new ConcurrentHashMap<>();
  private final int loops;
  private final Topic nothing;

  Topics(int loops) {
    this.loops = loops;
    nothing = new Topic(Blob.of(new byte[0]), loops);
  }

  /** The topic of this name; one without subscribers if nobody has asked for it. */
  public Topic find(Blob name) {
    return topics.getOrDefault(name, nothing);
  }

  public Collection<Topic> all() {
    return topics.values();
  }

  boolean isEmpty() {
    return topics.isEmpty();
  }

  public int count() {
    return topics.size();
  }

  /** Subscribes a client to the topic of this name, whose bytes are kept. */
  Subscription join(Subscriptions client, Blob name) {
    // Within compute() nobody else can find that the topic is empty and remove it.
    Subscription[] made = new Subscription[1];
    topics.compute(
        name,
        (key, present) -> {
          Topic topic = present == null ? new Topic(key, loops) : present;
          made[0] = new Subscription(client, topic);
          topic.add(made[0]);
          return topic;
        });
    return made[0];
  }

  void leave(Subscription subscription) {
    topics.computeIfPresent(
        subscription.topic.name,
        (key, topic) -> {
          topic.remove(subscription);
          return topic.count() == 0 ? null : topic;
        });
  }
}
