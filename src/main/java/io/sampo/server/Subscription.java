package io.sampo.server;

/** One client's interest in one topic. */
final class Subscription {
  final Session session;
  final Topic topic;

  /** Where it stands among the subscriptions of its loop. */
  int place;

  Subscription(Session session, Topic topic) {
    this.session = session;
    this.topic = topic;
  }
}
