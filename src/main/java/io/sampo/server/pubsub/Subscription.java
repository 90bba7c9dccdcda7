package io.sampo.server.pubsub;

/** One client's interest in one topic. */
final class Subscription {
  final Subscriptions owner;
  final Topic topic;

  /** Where it stands among the subscriptions of its loop. */
  int place;

  Subscription(Subscriptions owner, Topic topic) {
    this.owner = owner;
    this.topic = topic;
  }
}
