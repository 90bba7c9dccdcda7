package io.sampo;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import com.typesafe.config.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** The files that belong to the process rather than to a node in it: log and process id. */
record ProcessFiles(Optional<Path> pidFile) {
  /** Reads {@code pidfile} and {@code logfile}, and has the log go there from now on. */
  static ProcessFiles of(Config config) {
    path(config, "sampo.logfile").ifPresent(ProcessFiles::logTo);
    return new ProcessFiles(path(config, "sampo.pidfile"));
  }

  private static Optional<Path> path(Config config, String key) {
    return Optional.of(key)
        .filter(config::hasPath)
        .map(config::getString)
        .filter(text -> !text.isEmpty())
        .map(Path::of);
  }

  private static void logTo(Path file) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setContext(context);
    appender.setFile(file.toString());
    appender.setEncoder(Logging.encoder(context));
    appender.start();
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
  }

  /** Writes the process id to its file, if there is to be one. */
  void writePid() {
    try {
      if (pidFile.isPresent()) {
        Files.writeString(pidFile.get(), ProcessHandle.current().pid() + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write pidfile " + e.getMessage(), e);
    }
  }

  void deletePid() throws IOException {
    if (pidFile.isPresent()) {
      Files.deleteIfExists(pidFile.get());
    }
  }
}
