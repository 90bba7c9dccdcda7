package io.sampo.server;

import io.sampo.command.Advanced;

/** What others tell a session, from whichever thread; it hears of it on its own. */
sealed interface SessionEvent {
  /** Something that answers no request is to be sent. */
  record Push(byte[] bytes) implements SessionEvent {}

  /** The connection is to be closed. */
  record Kill(boolean afterReply) implements SessionEvent {}

  /** What the client was blocked for has ended, with this reply. */
  record Resume(byte[] reply) implements SessionEvent {}

  /** What can be done of the present request in advance has been done. */
  record Ahead(Advanced advanced) implements SessionEvent {}

  /** There is room for a long request. */
  record Room(byte[] made) implements SessionEvent {}

  /** There is no room for a long request. */
  record NoRoom(OutOfMemoryError why) implements SessionEvent {}

  /** What needs no more words. */
  enum Signal implements SessionEvent {
    /** A pause has ended. */
    GO_ON,
    /** What is published is being delivered again as fast as it comes. */
    CAUGHT_UP,
    /** The soft limit of output may have been passed. */
    CHECK_OUTPUT,
    /** There is more for the replica at the other end. */
    FEED
  }
}
