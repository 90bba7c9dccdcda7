package io.sampo.server.pubsub;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Hands messages to the subscribers on one core loop, on its thread: a message crosses threads once
 * for each loop, however many subscribers it has there.
 */
final class Courier extends AbstractBehavior<Courier.Errand> {
  sealed interface Errand {}

  /** A message for the topic's subscribers on this loop. */
  record Delivery(Topic topic, Message message, long weight) implements Errand {}

  /** Tells a client of this loop that what came before it is delivered. */
  record Call(Subscriber client) implements Errand {}

  private final int loop;
  private final PubSub pubSub;

  private Courier(ActorContext<Errand> context, int loop, PubSub pubSub) {
    super(context);
    this.loop = loop;
    this.pubSub = pubSub;
  }

  /** The courier of a loop; to be run by that loop. */
  static Behavior<Errand> create(int loop, PubSub pubSub) {
    return Behaviors.setup(context -> new Courier(context, loop, pubSub));
  }

  @Override
  public Receive<Errand> createReceive() {
    return newReceiveBuilder().onAnyMessage(this::run).build();
  }

  private Behavior<Errand> run(Errand errand) {
    if (errand instanceof Delivery delivery) {
      delivery.topic.deliver(loop, delivery.message);
      pubSub.delivered(delivery.weight);
    } else if (errand instanceof Call call) {
      call.client.caughtUp();
    }
    return this;
  }
}
