package io.sampo.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Tests of what happens when the heap runs out, which have a JVM of their own. */
public final class FullHeap {
  private FullHeap() {}

  /**
   * Runs a class in a JVM with a small heap, which has to end well.
   *
   * @param rounds its second argument; the first is a seed
   */
  public static void run(Class<?> trial, int rounds, Path directory)
      throws IOException, InterruptedException {
    Path out = directory.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-Xmn4m",
                "-XX:+UseSerialGC",
                "-XX:PretenureSizeThreshold=512k",
                "-cp",
                System.getProperty("java.class.path"),
                trial.getName(),
                Long.toString(Seed.of(trial.getName())),
                Integer.toString(rounds))
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertTrue(process.waitFor(110, TimeUnit.SECONDS), "it goes on and on");
      assertEquals(0, process.exitValue(), Files.readString(out));
    } finally {
      process.destroyForcibly();
    }
  }

  /** Fills the heap up to so many pieces of 16 KiB. */
  public static List<byte[]> but(int pieces) {
    List<byte[]> ballast = new ArrayList<>(1 << 12);
    try {
      while (true) {
        ballast.add(new byte[1 << 14]);
      }
    } catch (OutOfMemoryError e) {
      for (int i = Math.min(pieces, ballast.size()); i > 0; i--) {
        ballast.remove(ballast.size() - 1);
      }
    }
    return ballast;
  }

  public static void check(boolean is, String what) {
    if (!is) {
      throw new AssertionError(what);
    }
  }
}
