package io.sampo;

import io.sampo.server.Node;
import io.sampo.server.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** Runs a node in the foreground, until SIGTERM, SIGINT or SHUTDOWN. */
public final class Main {
  private static final String USAGE =
      """
      Usage: java -jar sampo.jar [file.conf] [--directive value ...]
             java -jar sampo.jar -v or --version
             java -jar sampo.jar -h or --help

      The file is HOCON, with directives under "sampo"; by default application.conf in the working
      directory, if there is one. Directives have Redis's names and values.

      Examples:
             java -jar sampo.jar
             java -jar sampo.jar --port 7777 --maxmemory 1gb
             java -jar sampo.jar /etc/sampo.conf --loglevel verbose\
      """;

  private static volatile int exitCode;

  private Main() {}

  public static void main(String[] args) {
    String first = args.length == 0 ? "" : args[0];
    switch (first) {
      case "-v", "--version" -> System.out.println("Sampo " + Node.version());
      case "-h", "--help" -> System.out.println(USAGE);
      default -> run(args);
    }
  }

  private static void run(String... args) {
    Sampo sampo;
    ProcessFiles files;
    try {
      Instant since = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
      CommandLine line = CommandLine.parse(args);
      files = ProcessFiles.of(line.config());
      sampo = Sampo.start(line.config(), line.file(), since);
      files.writePid();
    } catch (Setting.BadValue | IllegalStateException | UncheckedIOException e) {
      System.err.println("sampo: " + e.getMessage());
      System.exit(1);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(sampo, files), "sampo-end"));
    exitCode = sampo.awaitEnd() ? 0 : 1;
    System.exit(exitCode);
  }

  /** A stop that was asked for, be it by signal, counts as success; hence the halt. */
  private static void end(Sampo sampo, ProcessFiles files) {
    sampo.close();
    try {
      files.deletePid();
    } catch (IOException e) {
      System.err.println("sampo: " + e);
    }
    Runtime.getRuntime().halt(exitCode);
  }
}
