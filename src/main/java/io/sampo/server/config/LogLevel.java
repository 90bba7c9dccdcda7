package io.sampo.server.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Has the log say as much as {@code loglevel} wants; of our own classes only. */
public final class LogLevel {
  private static final String OURS = "io.sampo";

  private LogLevel() {}

  public static void follow(Setting<String> loglevel) {
    // Whoever embeds a node may log by something else, and may have chosen a level: ours is set
    // only if it is asked for.
    if (LoggerFactory.getLogger(OURS) instanceof Logger logger) {
      loglevel.each(
          name -> {
            if (!loglevel.isInitial() || logger.getLevel() != null) {
              logger.setLevel(level(name));
            }
          });
    }
  }

  private static Level level(String name) {
    return switch (name) {
      case "debug" -> Level.TRACE;
      case "verbose" -> Level.DEBUG;
      case "notice" -> Level.INFO;
      default -> Level.WARN;
    };
  }
}
