package io.sampo.server.config;

import java.util.Locale;

/**
 * How much output may gather for a client that does not take it ({@code
 * client-output-buffer-limit}), by class of client.
 */
public record OutputLimits(Limit normal, Limit replica, Limit pubsub) {
  /**
   * A client is closed as soon as {@code hard} bytes are pending, or when {@code soft} have been
   * for more than so many seconds; 0 bytes for no limit.
   */
  public record Limit(long hard, long soft, long seconds) {
    public boolean none() {
      return hard == 0 && soft == 0;
    }
  }

  /** Redis's defaults. */
  static final OutputLimits DEFAULT =
      new OutputLimits(
          new Limit(0, 0, 0),
          new Limit(256L << 20, 64L << 20, 60),
          new Limit(32L << 20, 8L << 20, 60));

  /**
   * These limits with those of the classes that {@code text} names replaced.
   *
   * @param text groups of four words: class, hard and soft limit, seconds
   * @throws Setting.BadValue in Redis's words
   */
  OutputLimits with(String text) {
    String[] words = text.isBlank() ? new String[0] : text.trim().split("\\s+");
    if (words.length % 4 != 0) {
      throw new Setting.BadValue("Wrong number of arguments in buffer limit configuration.");
    }
    OutputLimits limits = this;
    for (int i = 0; i < words.length; i += 4) {
      limits = limits.with(words[i].toLowerCase(Locale.ROOT), words, i + 1);
    }
    return limits;
  }

  private OutputLimits with(String type, String[] words, int at) {
    return switch (type) {
      case "normal" -> new OutputLimits(limit(words, at), replica, pubsub);
      case "slave", "replica" -> new OutputLimits(normal, limit(words, at), pubsub);
      case "pubsub" -> new OutputLimits(normal, replica, limit(words, at));
      default ->
          throw new Setting.BadValue(
              "Invalid client class specified in buffer limit configuration.");
    };
  }

  private static Limit limit(String[] words, int at) {
    try {
      long seconds = Long.parseLong(words[at + 2]);
      if (seconds >= 0) {
        return new Limit(Setting.memory(words[at]), Setting.memory(words[at + 1]), seconds);
      }
    } catch (NumberFormatException | Setting.BadValue e) {
      throw new Setting.BadValue(badNumber());
    }
    throw new Setting.BadValue(badNumber());
  }

  private static String badNumber() {
    return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
  }

  /** As CONFIG GET shows them. */
  String format() {
    return "normal " + words(normal) + " slave " + words(replica) + " pubsub " + words(pubsub);
  }

  private static String words(Limit limit) {
    return limit.hard + " " + limit.soft + " " + limit.seconds;
  }
}
