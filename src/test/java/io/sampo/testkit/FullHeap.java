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
    /** How many pieces of the heap are to be left for {@link #change} of a kind, 0 to 2. */
    int pieces(int kind);

    /** Changes much, until the heap runs out. */
    void change(int kind);

    /** Looks, with room again, whether all is as it should be. */
    void verify();

    /** Looks at what is left. */
    default void end() {}
  }

  /** The kinds of changes. */
  private static final int KINDS = 3;

  /** How often the heap is to run out at least. */
  private static final int ENOUGH = 11;

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
    for (int kind = 0; kind < KINDS; kind++) {
      roomy.pieces(kind);
      roomy.change(kind);
      roomy.verify();
    }
    int rounds = Integer.parseInt(args[1]);
    int failures = 0;
    // How often it runs out is chance, so there are more rounds where that is seldom.
    for (int i = 0; i < rounds || failures < ENOUGH && i < 4 * rounds; i++) {
      int kind = i % KINDS;
      List<byte[]> ballast = but(trial.pieces(kind));
      try {
        trial.change(kind);
      } catch (OutOfMemoryError full) {
        failures++;
      }
      ballast.clear();
      trial.verify();
    }
    check(failures >= ENOUGH, "the heap ran out " + failures + " times only");
    trial.end();
    System.exit(0);
  }

  /**
   * Runs a class in a JVM with a small heap, which has to end well.
   *
   * @param rounds its second argument, how many there are at least; the first is a seed
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
      while (true) {
        ballast.add(new byte[1 << 14]);
      }
    } catch (OutOfMemoryError e) {
      for (int i = Math.min(pieces, ballast.size()); i > 0; i--) {
        ballast.remove(ballast.size() - 1);
      }
      return ballast;
    }
  }

  public static void check(boolean is, String what) {
    if (!is) {
      throw new AssertionError(what);
    }
  }
}
