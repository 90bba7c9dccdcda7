package io.sampo.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sampo.testkit.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replica sets of three real processes under load, to which things happen. A few rounds here, more
 * with {@code -Dtest.rounds}.
 */
@Timeout(value = 4, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 2);
  private static final int USERS = 6;

  /** How long a fault goes on at most, in milliseconds: some pass before anybody takes over. */
  private static final int LONGEST = 6000;

  @TempDir private Path directory;

  /** Says which faults this machine does not allow. */
  @ParameterizedTest
  @EnumSource
  void everyFaultCanHappen(Fault fault) {
    Optional<String> obstacle = Arena.obstacle(fault);
    assumeTrue(obstacle.isEmpty(), () -> fault + " cannot happen here: " + obstacle.get());
  }

  /** What becomes of a write under a key, of which the round's readings are right. */
  private record Kept(String key, BitSet acknowledged) {}

  @Test
  void nothingAcknowledgedByAMajorityIsLost() throws Exception {
    Random random = Seed.random("faults");
    // If only the processes die, what either has acknowledged is in the files.
    String fsync = random.nextBoolean() ? "always" : "everysec";
    String[] directives = {
      "--write-concern", "majority", "--appendonly", "yes", "--appendfsync", fsync
    };
    List<Kept> kept = new ArrayList<>();
    int readings = 0;
    try (Arena arena = new Arena(directory, directives)) {
      System.out.println("formed in " + arena.form() + " ms, with appendfsync " + fsync);
      List<Fault> bag = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        if (bag.isEmpty()) {
          bag.addAll(Stream.of(Fault.values()).filter(f -> Arena.obstacle(f).isEmpty()).toList());
          Collections.shuffle(bag, random);
        }
        arena.awaitWhole();
        Users users = Users.plain(arena.nodes, "round" + i, USERS);
        try (users) {
          arena.awaitWrite(users, System.nanoTime());
          round(arena, bag.remove(0), random);
          arena.awaitWhole();
          arena.awaitWrite(users, System.nanoTime());
        }
        users.readAtLast(arena.nodes);
        check(users.history, arena, "round-" + i);
        readings += users.history.readings();
        kept.add(new Kept("round" + i, users.history.acknowledged()));
      }
      arena.killAll();
      System.out.println("formed in " + arena.form() + " ms after all were killed at once");
      try (Caller client = new PlainCaller(arena.nodes, arena.master())) {
        for (Kept each : kept) {
          BitSet lost = (BitSet) each.acknowledged.clone();
          lost.andNot(client.read(each.key));
          assertTrue(lost.isEmpty(), "lost later of " + each.key + ": " + lost);
        }
      }
    }
    int writes = kept.stream().mapToInt(each -> each.acknowledged.cardinality()).sum();
    System.out.println(
        "majority: 0 of "
            + writes
            + " acknowledged writes lost, 0 of "
            + readings
            + " readings stale, in "
            + ROUNDS
            + " rounds");
    assertTrue(writes > ROUNDS);
  }

  /** Fails if a history cannot be explained, and keeps it then, with what the nodes have logged. */
  private static void check(History history, Arena arena, String name) throws IOException {
    List<String> violations = history.violations();
    if (!violations.isEmpty()) {
      Path folder = Files.createDirectories(Path.of("target", "faults"));
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
      for (int i = 0; i < rounds; i++) {
        arena.awaitWhole();
        Users users = Users.plain(arena.nodes, "all" + i, USERS);
        try (users) {
          arena.awaitWrite(users, System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
          arena.killAll();
          formed.add(arena.form());
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
            + " acknowledged writes lost; formed again in "
            + formed
            + " ms");
  }

  /** One fault, or two that overlap: of the master mostly. */
  private static void round(Arena arena, Fault fault, Random random)
      throws IOException, InterruptedException {
    int node = random.nextInt(3) > 0 ? arena.master() : random.nextInt(Arena.SIZE);
    long before = System.nanoTime();
    fault.begin(arena, node);
    TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST));
    // Who has lost its disk is not to be the only one that is there.
    boolean second = fault != Fault.LOSS && random.nextInt(4) == 0;
    if (second) {
      int other = (node + 1 + random.nextInt(2)) % Arena.SIZE;
      Fault.KILL.begin(arena, other);
      TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST / 2));
      Fault.KILL.end(arena, other);
    }
    fault.end(arena, node);
    System.out.printf(
        "%s of %s%s for %d ms%n",
        fault,
        arena.nodes.get(node).site.host(),
        second ? " and KILL of another" : "",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before));
  }

  @Test
  void withoutAMajorityOnlyAPlannedSwitchLosesNothingForSure() throws Exception {
    try (Arena arena = new Arena(directory, "--write-concern", "async")) {
      arena.form();
      System.out.println("pauses by SIGTERM: " + switchovers(arena) + " ms");
      Users users = Users.plain(arena.nodes, "killed", USERS);
      try (users) {
        for (int i = 0; i < ROUNDS; i++) {
          arena.awaitWhole();
          arena.awaitWrite(users, System.nanoTime());
          int master = arena.master();
          Fault.KILL.begin(arena, master);
          arena.awaitWrite(users, System.nanoTime());
          Fault.KILL.end(arena, master);
        }
        arena.awaitWhole();
      }
      users.readAtLast(arena.nodes);
      int acknowledged = users.history.acknowledged().cardinality();
      System.out.println(
          "async: " + users.history.lost() + " of " + acknowledged + " acknowledged writes lost");
      assertTrue(acknowledged > ROUNDS);
    }
  }

  /** Ends masters by SIGTERM, and says how long nobody could write. */
  private static List<Long> switchovers(Arena arena) throws IOException, InterruptedException {
    List<Long> pauses = new ArrayList<>();
    Users users = Users.plain(arena.nodes, "handed over", USERS);
    try (users) {
      for (int i = 0; i < ROUNDS; i++) {
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
    assertEquals(0, users.history.lost());
    return pauses;
  }
}
