package io.sampo.testkit;

import java.util.Random;

/** The seeds of random tests: printed, and given anew by system property {@code test.seed}. */
public final class Seed {
  private Seed() {}

  /** A seed for what is random in a test, another one each time. */
  public static long of(String what) {
    return of(what, System.nanoTime());
  }

  /** As {@link #of(String)}, but {@code usual} where none is given. */
  public static long of(String what, long usual) {
    long seed = Long.getLong("test.seed", usual);
    System.out.println(what + ", -Dtest.seed=" + seed);
    return seed;
  }

  /** Chance by {@link #of(String)}. */
  public static Random random(String what) {
    return new Random(of(what));
  }

  /** Chance by {@link #of(String, long)}. */
  public static Random random(String what, long usual) {
    return new Random(of(what, usual));
  }
}
