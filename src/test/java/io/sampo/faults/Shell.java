package io.sampo.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs that are run to their end. */
final class Shell {
  private Shell() {}

  /** Runs the first program of these that there is; what goes wrong, or nothing. */
  static Optional<String> attempt(String input, String... line) {
    try {
      Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
      process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.of(String.join(" ", line) + ": does not end");
      }
      return process.exitValue() == 0
          ? Optional.empty()
          : Optional.of(String.join(" ", line) + ": " + said.strip());
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  /** Runs a program, which is to succeed. */
  static void run(String... line) {
    Optional<String> failure = attempt("", line);
    if (failure.isPresent()) {
      throw new UncheckedIOException(new IOException(failure.get()));
    }
  }

  /** As a line of words. */
  static void run(String line) {
    run(Stream.of(line.split(" ")).toArray(String[]::new));
  }
}
