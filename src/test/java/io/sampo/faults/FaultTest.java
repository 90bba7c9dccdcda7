package io.sampo.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replica sets of three real processes under load, to which things happen. A few rounds here, more
 * with {@code -Dtest.rounds}; the times are printed, and asserted with {@code -Dtest.times=true},
 * for they say something only on a machine that does nothing else.
 */
@Timeout(value = 4, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 3);
  private static final boolean TIMES = Boolean.getBoolean("test.times");
  private static final int USERS = 6;

  @TempDir private Path directory;
  private final List<NodeProcess> nodes = new ArrayList<>();

  @AfterEach
  void end() throws IOException, InterruptedException {
    for (NodeProcess node : nodes) {
      node.close();
    }
  }

  private void form(String... directives) throws IOException, InterruptedException {
    nodes.addAll(NodeProcess.set(3, directory, directives));
    List<NodeProcess> order = new ArrayList<>(nodes);
    Collections.shuffle(order, Seed.random("order"));
    long before = System.nanoTime();
    for (NodeProcess node : order) {
      node.start();
    }
    awaitWhole();
    System.out.println("formed in " + millisSince(before) + " ms");
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private void awaitWhole() throws IOException, InterruptedException {
    await(
        "a master with two replicas, all of one term",
        () ->
            nodes.stream().anyMatch(n -> n.replicas() == 2)
                && nodes.stream().mapToLong(NodeProcess::reached).distinct().count() == 1
                && nodes.get(0).reached() > 0);
  }

  private void await(String what, BooleanSupplier condition)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - until > 0) {
        StringBuilder logs = new StringBuilder(what);
        for (NodeProcess node : nodes) {
          logs.append("\n--- ").append(node.port).append('\n').append(node.log());
        }
        throw new AssertionError(logs.toString());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private NodeProcess master() throws IOException, InterruptedException {
    await("a master", () -> nodes.stream().anyMatch(n -> n.role().equals("master")));
    return nodes.stream().filter(n -> n.role().equals("master")).findFirst().orElse(nodes.get(0));
  }

  /** From a fault to the first write that is acknowledged after it. */
  private long recovery(Users users, long fault) throws IOException, InterruptedException {
    await("a write to be acknowledged", () -> users.lastDone() - fault > 0);
    return TimeUnit.NANOSECONDS.toMillis(users.lastDone() - fault);
  }

  private static void report(String what, List<Long> millis) {
    List<Long> sorted = millis.stream().sorted().toList();
    long median = sorted.get(sorted.size() / 2);
    long worst = sorted.get(sorted.size() - 1);
    System.out.println(
        what + ": median " + median + " ms, worst " + worst + " ms of " + millis.size());
    if (TIMES) {
      assertTrue(median <= 3000, what + ": median " + median + " ms");
      assertTrue(worst <= 5000, what + ": worst " + worst + " ms");
    }
  }

  @Test
  void nothingAcknowledgedByAMajorityIsLost() throws Exception {
    form("--write-concern", "majority", "--appendonly", "yes");
    Random random = Seed.random("faults");
    List<Long> kills = new ArrayList<>();
    List<Long> stops = new ArrayList<>();
    Users users = new Users(nodes, USERS);
    try (users) {
      recovery(users, System.nanoTime());
      for (int i = 0; i < ROUNDS; i++) {
        NodeProcess victim = random.nextInt(3) > 0 ? master() : nodes.get(random.nextInt(3));
        boolean leads = victim.role().equals("master");
        // With 0 and 1 once each, for there are to be both however few the rounds.
        int fault = i < 2 ? i : random.nextInt(4);
        long at = System.nanoTime();
        if (fault == 0) {
          victim.stop();
          long millis = recovery(users, at + TimeUnit.MILLISECONDS.toNanos(50));
          if (leads) {
            stops.add(millis);
          }
          TimeUnit.MILLISECONDS.sleep(random.nextInt(1000));
          victim.goOn();
        } else {
          victim.kill();
          long millis = recovery(users, at + TimeUnit.MILLISECONDS.toNanos(50));
          if (leads) {
            kills.add(millis);
          }
          if (fault == 2) {
            victim.forget();
          }
          victim.start();
        }
        awaitWhole();
      }
    }
    users.readAtLast();
    System.out.println(
        users.history.acknowledged()
            + " writes acknowledged, "
            + users.history.readings()
            + " readings");
    if (!stops.isEmpty()) {
      report("SIGSTOP", stops);
    }
    if (!kills.isEmpty()) {
      report("kill -9", kills);
    }
    assertEquals(List.of(), users.history.violations());
  }

  @Test
  void allMayDieAtOnce() throws Exception {
    form("--write-concern", "majority", "--appendonly", "yes");
    Users users = new Users(nodes, 2);
    try (users) {
      recovery(users, System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
      for (NodeProcess node : nodes) {
        node.kill();
      }
      for (NodeProcess node : nodes) {
        node.start();
      }
      awaitWhole();
      recovery(users, System.nanoTime());
    }
    users.readAtLast();
    assertEquals(List.of(), users.history.violations());
  }

  @Test
  void aMasterThatIsToEndHandsOver() throws Exception {
    form("--write-concern", "async");
    Users users = new Users(nodes, USERS);
    try (users) {
      List<Long> pauses = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        recovery(users, System.nanoTime());
        NodeProcess master = master();
        long at = System.nanoTime();
        master.terminate();
        await("the end", () -> !master.isAlive());
        pauses.add(recovery(users, at + TimeUnit.MILLISECONDS.toNanos(10)));
        master.start();
        awaitWhole();
      }
      System.out.println("from SIGTERM to the next write: " + pauses + " ms");
    }
    users.readAtLast();
    assertEquals(0, users.history.lost());
  }

  @Test
  void withoutAMajorityWritesMayBeLostAndThatIsMeasured() throws Exception {
    form("--write-concern", "async");
    Users users = new Users(nodes, USERS);
    try (users) {
      for (int i = 0; i < ROUNDS; i++) {
        recovery(users, System.nanoTime());
        NodeProcess master = master();
        long at = System.nanoTime();
        master.kill();
        recovery(users, at + TimeUnit.MILLISECONDS.toNanos(50));
        master.start();
        awaitWhole();
      }
    }
    users.readAtLast();
    int acknowledged = users.history.acknowledged();
    System.out.println(
        "async: " + users.history.lost() + " of " + acknowledged + " acknowledged writes lost");
    assertTrue(acknowledged > 0);
  }
}
