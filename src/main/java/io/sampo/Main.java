package io.sampo;

import io.sampo.server.Node;
import io.sampo.server.config.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.Security;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.LoggerFactory;

/** Runs a node in the foreground, until SIGTERM, SIGINT or SHUTDOWN. */
public final class Main {
  private static final String USAGE =
      """
      Usage: java -jar sampo.jar [file.conf] [--directive value ...]
             java -jar sampo.jar -v or --version
             java -jar sampo.jar -h or --help

      The file is a redis.conf, or HOCON with directives under "sampo"; by default application.conf in
      the working directory, if there is one. Directives have Redis's names and values.

      Examples:
             java -jar sampo.jar
             java -jar sampo.jar --port 7777 --maxmemory 1gb
             java -jar sampo.jar /etc/redis/redis.conf --daemonize no
             java -jar sampo.jar /etc/sampo.conf --loglevel verbose\
      """;

  private static final AtomicReference<Sampo> NODE = new AtomicReference<>();
  private static volatile int exitCode;

  private Main() {}

  public static void main(String[] args) {
    Instant since = Instant.now();
    String first = args.length == 0 ? "" : args[0];
    switch (first) {
      case "-v", "--version" -> System.out.println("Sampo " + Node.version());
      case "-h", "--help" -> System.out.println(USAGE);
      default -> run(since, args);
    }
  }

  private static void run(Instant since, String... args) {
    forgetAddresses();
    // A start is mostly the loading of classes: those of the log come while directives are read.
    CompletableFuture<Void> log = CompletableFuture.runAsync(LoggerFactory::getILoggerFactory);
    try {
      CommandLine line = CommandLine.parse(args);
      log.join();
      ProcessFiles files = ProcessFiles.of(line.config());
      // From before the first client can come, so that every signal from then on is heeded.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(files), "sampo-end"));
      Sampo sampo = Sampo.start(line.config(), line.file());
      NODE.set(sampo);
      files.writePid();
      sampo.announce(since);
      exitCode = sampo.awaitEnd() ? 0 : 1;
    } catch (Setting.BadValue | IllegalStateException | UncheckedIOException e) {
      System.err.println("sampo: " + e.getMessage());
      exitCode = 1;
    }
    System.exit(exitCode);
  }

  /**
   * A container or pod that comes back has another address under its old name, and one that is
   * about to come has none yet. By default the JVM would go by what it was told half a minute ago.
   */
  private static void forgetAddresses() {
    if (Security.getProperty("networkaddress.cache.ttl") == null) {
      Security.setProperty("networkaddress.cache.ttl", "1");
    }
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
  }

  /** A stop that was asked for, be it by signal, counts as success; hence the halt. */
  private static void end(ProcessFiles files) {
    Sampo sampo = NODE.get();
    if (sampo != null) {
      if (!sampo.closeInTime()) {
        System.err.println("sampo: the node does not end by itself and is cut off");
        exitCode = 1;
      }
      // Of a node that never ran, the file would be another's.
      try {
        files.deletePid();
      } catch (IOException e) {
        System.err.println("sampo: " + e);
      }
    }
    Runtime.getRuntime().halt(exitCode);
  }
}
