package io.sampo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.event.slf4j.Slf4jLogger;
import org.apache.pekko.stream.Materializer;
import org.slf4j.Logger;

/**
 * The log of a node on its own: to standard output, in Redis's form of the time. In code, for
 * reading a file of XML would be a good part of the time a node takes to start. Whoever brings a
 * logback file has it used instead.
 */
public final class Logging extends ContextAwareBase implements Configurator {
  private static final String PATTERN = "%d{dd MMM yyyy HH:mm:ss.SSS} %-5level %logger{0} - %msg%n";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null
        || has("logback.xml")
        || has("logback-test.xml")) {
      return ExecutionStatus.NEUTRAL;
    }
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setEncoder(encoder(context));
    console.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(console);
    // They announce themselves.
    context.getLogger(Slf4jLogger.class).setLevel(Level.WARN);
    context.getLogger(CoordinatedShutdown.class).setLevel(Level.WARN);
    // They tell of every attempt to reach a node of the cluster that is away.
    context.getLogger(Materializer.class).setLevel(Level.ERROR);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  static PatternLayoutEncoder encoder(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }

  private static boolean has(String file) {
    return Logging.class.getClassLoader().getResource(file) != null;
  }
}
