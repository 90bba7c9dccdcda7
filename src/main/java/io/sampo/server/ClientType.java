package io.sampo.server;

import io.sampo.resp.RespError;
import java.util.Locale;

/** The classes of clients that CLIENT LIST, CLIENT KILL and the output limits tell apart. */
public enum ClientType {
  NORMAL,
  REPLICA,
  PUBSUB,
  MASTER;

  /**
   * The type of this name; "slave" is a replica.
   *
   * @throws RespError if there is none
   */
  public static ClientType named(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "normal" -> NORMAL;
      case "slave", "replica" -> REPLICA;
      case "pubsub" -> PUBSUB;
      case "master" -> MASTER;
      default -> throw new RespError("ERR Unknown client type '" + name + "'");
    };
  }
}
