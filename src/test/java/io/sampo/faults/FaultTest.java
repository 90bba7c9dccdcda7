package io.sampo.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sampo.testkit.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replica sets of three real processes under load, to which things happen. A few rounds here, more
 * with {@code -Dtest.rounds}, of which those that do not begin within {@code -Dtest.seconds} are
 * left out.
 */
@Timeout(value = 4, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 2);
  private static final long SECONDS = Long.getLong("test.seconds", TimeUnit.HOURS.toSeconds(3));
  private static final int USERS = 6;
  private static final long LONG = TimeUnit.SECONDS.toMillis(15);

  private final long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
  @TempDir private Path directory;

  /** Whether another round is to begin after so many. */
  private boolean goesOn(int rounds, int all) {
    return rounds < all && (rounds == 0 || System.nanoTime() - until < 0);
  }

  /** Says which faults this machine does not allow. */
  @ParameterizedTest
  @EnumSource
  void everyFaultCanHappen(Fault fault) {
    Optional<String> obstacle = Arena.obstacle(fault);
    assumeTrue(obstacle.isEmpty(), () -> fault + " cannot happen here: " + obstacle.get());
  }

  /** What was acknowledged of the writes under a key, of which the round's readings are right. */
  private record Kept(String key, BitSet acknowledged) {}

  /** One round: what happened to a set in the midst of its clients' work. */
  private record Round(Fault fault, Users users) {}

  private static Round round(Arena arena, Trial trial, String key, boolean forwards)
      throws IOException, InterruptedException {
    arena.awaitWhole();
    long term = arena.term();
    Users users = Users.plain(arena.nodes, key, USERS).watching(arena.nodes, forwards);
    Fault fault = trial.next();
    String story;
    long before = System.nanoTime();
    long passed;
    try (users) {
      arena.awaitWrite(users, System.nanoTime());
      story = trial.run(fault, users);
      passed = System.nanoTime();
      arena.awaitWhole();
      arena.awaitWrite(users, System.nanoTime());
    }
    long after = System.nanoTime();
    keepIfLong(TimeUnit.NANOSECONDS.toMillis(after - passed), arena, key);
    users.readAtLast(arena.nodes);
    History history = users.history;
    System.out.printf(
        "%s: %s, whole again %d ms later; terms %d to %d; writes: %d acknowledged, %d refused,"
            + " %d without a reply, none for %d ms; %d readings; %s%n",
        key,
        story,
        TimeUnit.NANOSECONDS.toMillis(after - passed),
        term,
        arena.term(),
        history.count(History.Outcome.DONE),
        history.count(History.Outcome.REFUSED),
        history.count(History.Outcome.UNKNOWN),
        users.silence(before, after),
        history.readings(),
        users.late());
    return new Round(fault, users);
  }

  @Test
  void nothingAcknowledgedByAMajorityIsLost() throws Exception {
    Random random = Seed.random("faults");
    // If only the processes die, what either has acknowledged is in the files.
    String fsync = random.nextBoolean() ? "always" : "everysec";
    boolean forwards = random.nextBoolean();
    String[] directives = {
      "--write-concern",
      "majority",
      "--appendonly",
      "yes",
      "--appendfsync",
      fsync,
      "--replica-forwards-writes",
      forwards ? "yes" : "no"
    };
    System.out.println(String.join(" ", directives));
    List<Kept> kept = new ArrayList<>();
    int readings = 0;
    long failovers;
    try (Arena arena = new Arena(directory, directives)) {
      System.out.println("formed in " + arena.form() + " ms");
      arena.awaitWhole();
      failovers = -arena.term();
      Trial trial = new Trial(arena, random);
      while (goesOn(kept.size(), ROUNDS)) {
        String key = "round" + kept.size();
        Users users = round(arena, trial, key, forwards).users;
        check(users.history, arena, key);
        readings += users.history.readings();
        kept.add(new Kept(key, users.history.acknowledged()));
      }
      failovers += arena.term();
      arena.killAll();
      long again = arena.form();
      System.out.println("formed in " + again + " ms after all were killed at once");
      keepIfLong(again, arena, "all");
      try (Caller client = new PlainCaller(arena.nodes, arena.master(), any -> true)) {
        for (Kept each : kept) {
          BitSet lost = (BitSet) each.acknowledged.clone();
          arena.await("a reading of " + each.key, () -> isRemoved(lost, client, each.key));
          assertTrue(lost.isEmpty(), "lost later of " + each.key + ": " + lost);
        }
      }
    }
    int writes = kept.stream().mapToInt(each -> each.acknowledged.cardinality()).sum();
    System.out.printf(
        "majority: 0 of %d acknowledged writes lost, 0 of %d readings stale, in %d rounds with %d"
            + " further terms%n",
        writes, readings, kept.size(), failovers);
    assertTrue(writes > kept.size());
  }

  /** Removes from a set what a client reads, if it can; whether it could. */
  private static boolean isRemoved(BitSet set, Caller client, String key) {
    try {
      set.andNot(client.read(key));
      return true;
    } catch (UncheckedIOException notNow) {
      return false;
    }
  }

  /** Keeps what the nodes have logged if something has taken so long that one wonders why. */
  private static void keepIfLong(long millis, Arena arena, String name) throws IOException {
    if (millis > LONG) {
      Files.writeString(folder().resolve(name + ".log"), arena.logs());
    }
  }

  private static Path folder() throws IOException {
    return Files.createDirectories(Path.of("target", "faults"));
  }

  /** Fails if a history cannot be explained, and keeps it then, with what the nodes have logged. */
  private static void check(History history, Arena arena, String name) throws IOException {
    List<String> violations = history.violations();
    if (!violations.isEmpty()) {
      Path folder = folder();
      Files.write(folder.resolve(name + ".history"), history.lines());
      Files.writeString(folder.resolve(name + ".log"), arena.logs());
      fail("in " + folder.resolve(name + ".history") + ": " + violations);
    }
  }

  /**
   * Only the processes die, so that what they have written is there: with either policy nothing
   * that was acknowledged is missing, though all die in the midst of it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"everysec", "always"})
  void allMayDieAtOnce(String fsync) throws Exception {
    int rounds = Math.max(1, ROUNDS / 2);
    String[] directives = {
      "--write-concern", "majority", "--appendonly", "yes", "--appendfsync", fsync
    };
    List<Long> formed = new ArrayList<>();
    int writes = 0;
    try (Arena arena = new Arena(directory, directives)) {
      arena.form();
      for (int i = 0; goesOn(i, rounds); i++) {
        arena.awaitWhole();
        Users users = Users.plain(arena.nodes, "all" + i, USERS);
        try (users) {
          arena.awaitWrite(users, System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
          arena.killAll();
          formed.add(arena.form());
          keepIfLong(formed.get(i), arena, "all-" + fsync + "-" + i);
          arena.awaitWrite(users, System.nanoTime());
        }
        users.readAtLast(arena.nodes);
        check(users.history, arena, "all-" + fsync + "-" + i);
        writes += users.history.acknowledged().cardinality();
      }
    }
    System.out.println(
        "all killed at once, "
            + fsync
            + ": 0 of "
            + writes
            + " acknowledged writes lost in "
            + formed.size()
            + " rounds; formed again in "
            + formed
            + " ms");
  }

  @Test
  void whatIsLostWithoutAMajorityIsMeasured() throws Exception {
    try (Arena arena = new Arena(directory, "--write-concern", "async", "--appendonly", "yes")) {
      arena.form();
      Trial trial = new Trial(arena, Seed.random("faults"));
      Map<Fault, String> byFault = new EnumMap<>(Fault.class);
      int lost = 0;
      int acknowledged = 0;
      int rounds = 0;
      for (; goesOn(rounds, ROUNDS); rounds++) {
        Round round = round(arena, trial, "async" + rounds, false);
        History history = round.users.history;
        assertEquals(List.of(), history.inventions());
        byFault.merge(round.fault, "" + history.lost(), (all, more) -> all + "+" + more);
        lost += history.lost();
        acknowledged += history.acknowledged().cardinality();
      }
      System.out.printf(
          "async: %d of %d acknowledged writes lost in %d rounds, by fault: %s%n",
          lost, acknowledged, rounds, byFault);
      assertTrue(acknowledged > rounds);
    }
  }

  /** Nor does it without a majority. */
  @Test
  void aPlannedSwitchLosesNothing() throws Exception {
    List<Long> pauses = new ArrayList<>();
    try (Arena arena = new Arena(directory, "--write-concern", "async")) {
      arena.form();
      Users users = Users.plain(arena.nodes, "handed over", USERS);
      try (users) {
        while (goesOn(pauses.size(), ROUNDS)) {
          arena.awaitWhole();
          arena.awaitWrite(users, System.nanoTime());
          NodeProcess master = arena.nodes.get(arena.master());
          long at = System.nanoTime();
          master.terminate();
          arena.await("the end", () -> !master.isAlive());
          arena.awaitWrite(users, System.nanoTime());
          pauses.add(users.silence(at, System.nanoTime()));
          master.start();
        }
      }
      users.readAtLast(arena.nodes);
      assertEquals(List.of(), users.history.violations());
      assertEquals(0, users.history.lost());
      assertTrue(users.history.count(History.Outcome.DONE) > pauses.size());
    }
    System.out.println("pauses by SIGTERM: " + pauses + " ms");
  }
}
