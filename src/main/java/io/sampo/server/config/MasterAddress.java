package io.sampo.server.config;

import io.sampo.replication.Following;
import java.util.Optional;

/** Where a master is, as {@code replicaof} names it. */
public record MasterAddress(String host, int port) {
  private static final int MAX_PORT = 65535;

  /** Reads {@code host port}; empty text, as {@code no one}, is no master. */
  static Optional<MasterAddress> parse(String text) {
    String[] words = text.trim().split("\\s+");
    if (text.isBlank() || text.trim().equalsIgnoreCase("no one")) {
      return Optional.empty();
    }
    if (words.length != 2) {
      throw new Setting.BadValue("wrong number of arguments");
    }
    if (!words[1].matches("\\d{1,5}") || Integer.parseInt(words[1]) > MAX_PORT) {
      throw new Setting.BadValue("Invalid master port");
    }
    return Optional.of(new MasterAddress(words[0], Integer.parseInt(words[1])));
  }

  static String format(Optional<MasterAddress> address) {
    return address.map(master -> master.host + " " + master.port).orElse("");
  }

  public static Optional<MasterAddress> of(Following following) {
    return following.isReplica()
        ? Optional.of(new MasterAddress(following.host(), following.port()))
        : Optional.empty();
  }
}
