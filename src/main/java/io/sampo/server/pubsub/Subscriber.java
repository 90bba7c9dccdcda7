package io.sampo.server.pubsub;

/** A client, as far as messages go. Used on its loop's thread, but for {@link #caughtUp}. */
public interface Subscriber {
  /** The core loop that it belongs to. */
  int loopIndex();

  /** The version of the protocol that it speaks. */
  int protocol();

  /** Has it open this inbox, soon: what comes meanwhile goes into it as well. */
  void tell(Inbox mail);

  /** Sends it encoded bytes, at once. */
  void send(byte[] bytes);

  /** Has it go on after {@link PubSub#hold}; from any thread. */
  void caughtUp();
}
