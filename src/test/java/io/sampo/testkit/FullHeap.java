package io.sampo.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/** Tests of what happens when the heap runs out, which have a JVM of their own. */
public final class FullHeap {
  /** What is tried in the JVM, over and over. */
  public interface Trial {
    /** Does a little, and looks whether all is as it should be. */
    void round(int kind);

    /** How often the heap ran out. */
    int failures();

    /** Looks at what is left. */
    default void end() {}
  }

  private static boolean fills;

  private FullHeap() {}

  /**
   * The main method of a class that {@link #run} runs.
   *
   * @param trials makes one from a seed
   */
  public static void main(String[] args, LongFunction<Trial> trials) {
    System.out.println("-Dtest.seed=" + args[0]);
    long seed = Long.parseLong(args[0]);
    Trial trial = trials.apply(seed);
    // Once with room, for classes that find no heap when they are initialized stay unusable.
    Trial roomy = trials.apply(seed);
    for (int kind = 0; kind < 3; kind++) {
      roomy.round(kind);
    }
    fills = true;
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      trial.round(i % 3);
    }
    check(trial.failures() > 10, "the heap ran out " + trial.failures() + " times only");
    trial.end();
    System.exit(0);
  }

  /**
   * Runs a class in a JVM with a small heap, which has to end well.
   *
   * @param rounds its second argument; the first is a seed
   */
  public static void run(Class<?> trial, int rounds, Path directory)
      throws IOException, InterruptedException {
    run(trial, rounds, directory, "-Xmx32m", "-Xmn4m", "-XX:PretenureSizeThreshold=512k");
  }

  /**
   * The same.
   *
   * @param flags of the JVM: how small the heap is
   */
  public static void run(Class<?> trial, int rounds, Path directory, String... flags)
      throws IOException, InterruptedException {
    Path out = directory.resolve("out");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of(flags));
    line.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
    line.add(trial.getName());
    line.addAll(List.of(Long.toString(Seed.of(trial.getName())), Integer.toString(rounds)));
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile()).start();
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
      while (fills) {
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
