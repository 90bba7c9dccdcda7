package io.sampo.server.pubsub;

import io.sampo.data.Glob;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;

/**
 * Publish and subscribe: which topics there are, and the way of a message to the subscribers of all
 * loops. Used from any thread.
 *
 * <p>A message goes to the {@link Courier} of each loop that has subscribers, once for all of them;
 * so what one publisher sends arrives in order. Publishers that are faster than the couriers are
 * held back, see {@link #isBehind}.
 */
public final class PubSub {
  /** The kinds of topics. */
  public enum Kind {
    CHANNEL,
    PATTERN,
    SHARD_CHANNEL
  }

  /** Deliveries that may be outstanding, each weighing as many units as {@link #weight} says. */
  private static final long MAX_BACKLOG = 1 << 18;

  private static final int BYTES_PER_UNIT = 16;

  private final Map<Kind, Topics> kinds = new EnumMap<>(Kind.class);
  private final List<ActorRef<Courier.Errand>> couriers;
  private final AtomicLong backlog = new AtomicLong();
  private final Queue<Subscriber> held = new ConcurrentLinkedQueue<>();

  /**
   * @param couriers one for each loop, in their order; to be complete before anything is published
   */
  private PubSub(List<ActorRef<Courier.Errand>> couriers, int loops) {
    this.couriers = couriers;
    for (Kind kind : Kind.values()) {
      kinds.put(kind, new Topics(loops));
    }
  }

  /** Has an actor begin to work, without which nobody can do. */
  @FunctionalInterface
  public interface Spawner {
    <M> ActorRef<M> spawn(Class<M> messages, Behavior<M> behavior, String name, Props props);
  }

  /**
   * With couriers of its own.
   *
   * @param name of each of them, before the number of its loop
   * @param dispatchers the dispatcher of each core loop
   */
  public static PubSub open(
      Spawner spawner, String name, int loops, IntFunction<String> dispatchers) {
    List<ActorRef<Courier.Errand>> couriers = new ArrayList<>();
    PubSub made = new PubSub(couriers, loops);
    for (int i = 0; i < loops; i++) {
      couriers.add(
          spawner.spawn(
              Courier.Errand.class,
              Courier.create(i, made),
              name + i,
              DispatcherSelector.fromConfig(dispatchers.apply(i))));
    }
    return made;
  }

  public Topics topics(Kind kind) {
    return kinds.get(kind);
  }

  /** Whether there is no subscriber at all but those of shard channels. */
  boolean isIdle() {
    return topics(Kind.CHANNEL).isEmpty() && topics(Kind.PATTERN).isEmpty();
  }

  /** Sends a message to whom it concerns; returns to how many. Nothing of it is kept. */
  public int publish(Blob channel, Blob text) {
    int receivers = send(false, topics(Kind.CHANNEL).find(channel), channel, text);
    Topics patterns = topics(Kind.PATTERN);
    if (!patterns.isEmpty()) {
      for (Topic topic : patterns.all()) {
        Glob glob = Glob.of(topic.name.array);
        if (glob.matches(channel.array, channel.offset, channel.length)) {
          receivers += send(topic, Message.matching(topic.name, channel, text));
        }
      }
    }
    return receivers;
  }

  /** Sends a message to the subscribers of a shard channel; returns how many there are. */
  public int publishToShard(Blob channel, Blob text) {
    return send(true, topics(Kind.SHARD_CHANNEL).find(channel), channel, text);
  }

  private int send(boolean shard, Topic topic, Blob channel, Blob text) {
    return topic.count() == 0 ? 0 : send(topic, Message.to(shard, channel, text));
  }

  private int send(Topic topic, Message message) {
    int receivers = 0;
    for (int loop = 0; loop < couriers.size(); loop++) {
      int its = topic.count(loop);
      if (its > 0) {
        receivers += its;
        long weight = weight(its, message);
        backlog.addAndGet(weight);
        couriers.get(loop).tell(new Courier.Delivery(topic, message, weight));
      }
    }
    return receivers;
  }

  private static long weight(int receivers, Message message) {
    return receivers + message.length() / BYTES_PER_UNIT;
  }

  /** Notes that so much has been delivered. */
  void delivered(long weight) {
    long left = backlog.addAndGet(-weight);
    if (left <= MAX_BACKLOG / 2 && !held.isEmpty()) {
      release();
    }
  }

  /**
   * Whether more is being published than delivered. Clients then wait, by {@link #hold}, before
   * they go on with what their clients ask: else the messages would pile up without bound.
   */
  public boolean isBehind() {
    return backlog.get() > MAX_BACKLOG;
  }

  /** Has a client told to go on as soon as the couriers have caught up. */
  public void hold(Subscriber client) {
    held.add(client);
    if (!isBehind()) {
      release();
    }
  }

  /** Has a client told to go on when it has been handed all that was published by now. */
  public void follow(Subscriber client) {
    couriers.get(client.loopIndex()).tell(new Courier.Call(client));
  }

  private void release() {
    for (Subscriber client = held.poll(); client != null; client = held.poll()) {
      client.caughtUp();
    }
  }
}
