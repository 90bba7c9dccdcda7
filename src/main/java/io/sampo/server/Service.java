package io.sampo.server;

import io.sampo.command.CommandTable;
import io.sampo.server.pubsub.PubSub;

/** What is to be had at a port: which commands, and which channels to subscribe to. */
public record Service(Kind kind, CommandTable commands, PubSub pubSub) {
  /** What it is about. */
  public enum Kind {
    /** The data. */
    DATA("standalone"),
    /** Where the master of the replica set is. */
    SENTINEL("sentinel");

    /** As HELLO and INFO name it. */
    public final String mode;

    Kind(String mode) {
      this.mode = mode;
    }
  }

  public boolean isSentinel() {
    return kind == Kind.SENTINEL;
  }
}
