package io.sampo.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs that are run to their end. */
final class Shell {
  private Shell() {}

  /** Runs a program; what goes wrong, or nothing. */
  static Optional<String> attempt(String input, String... line) {
    try {
      say(input, line);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Runs a program, which is to succeed; what it says. */
  private static String say(String input, String... line) throws IOException {
    try {
      Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
      process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", line) + ": does not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException(String.join(" ", line) + ": " + said.strip());
      }
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    }
  }

  /** Runs a program, which is to succeed; what it says. */
  static String run(String input, String[] line) {
    try {
      return say(input, line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As a line of words. */
  static void run(String line) {
    run("", line.split(" "));
  }
}
