package io.sampo.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How long clients that ask Sentinels have to do without a master, and sets take to form; of which
 * something can be said only on a machine that does nothing else, hence {@code -Dtest.times=true}.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledIfSystemProperty(named = "test.times", matches = "true", disabledReason = "it takes long")
class RecoveryTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 20);
  private static final String FSYNC = System.getProperty("test.fsync", "everysec");
  private static final String CONCERN = System.getProperty("test.concern", "async");

  /** Which faults; all if none is named. */
  private static final String FAULTS = System.getProperty("test.faults", "");

  private static final long WORST = 5000;

  /** For how long a fault is watched: a second longer than is allowed. */
  private static final long WATCHED = TimeUnit.SECONDS.toMillis(6);

  @TempDir private Path directory;

  private static void report(String what, List<Long> millis, long median, long worst) {
    List<Long> sorted = millis.stream().sorted().toList();
    long itsMedian = sorted.get(sorted.size() / 2);
    long itsWorst = sorted.get(sorted.size() - 1);
    String line = what + ": median " + itsMedian + " ms, worst " + itsWorst + " ms of " + sorted;
    System.out.println(line);
    assertTrue(itsMedian <= median, line);
    assertTrue(itsWorst <= worst, line);
  }

  @ParameterizedTest
  @EnumSource(
      names = {"LOSS", "CLOCK"},
      mode = EnumSource.Mode.EXCLUDE)
  void clientsSoonGoOn(Fault fault) throws Exception {
    assumeTrue(FAULTS.isEmpty() || List.of(FAULTS.split(",")).contains(fault.name()));
    String[] directives = {
      "--write-concern", CONCERN, "--appendonly", "yes", "--appendfsync", FSYNC
    };
    Map<String, List<Long>> silences = new TreeMap<>();
    Optional<String> obstacle = Arena.obstacle(fault);
    assumeTrue(obstacle.isEmpty(), () -> fault + " cannot happen here: " + obstacle.get());
    try (Arena arena = new Arena(directory, directives)) {
      arena.form();
      arena.awaitWhole();
      try (Users users = Users.plain(arena.nodes, "key", 0)) {
        Map<String, Users.User> by =
            Map.of(
                "Jedis", users.add(() -> new JedisCaller(arena.nodes, Arena.SET), false),
                "Lettuce", users.add(() -> new LettuceCaller(arena.nodes, Arena.SET), false));
        for (int i = 0; i < ROUNDS; i++) {
          arena.awaitWhole();
          for (Users.User user : by.values()) {
            long now = System.nanoTime();
            arena.await("a write", () -> user.hasDoneSince(now));
          }
          by.values().forEach(Users.User::complaints);
          int master = arena.master();
          long at = System.nanoTime();
          fault.begin(arena, master);
          TimeUnit.MILLISECONDS.sleep(WATCHED);
          for (Map.Entry<String, Users.User> each : by.entrySet()) {
            long now = System.nanoTime();
            arena.await("a write by " + each.getKey(), () -> each.getValue().hasDoneSince(now));
            long silence = each.getValue().silence(at, System.nanoTime());
            silences.computeIfAbsent(each.getKey(), name -> new ArrayList<>()).add(silence);
            Map<String, Integer> complaints = each.getValue().complaints();
            if (silence > WORST) {
              System.out.println(each.getKey() + ": " + silence + " ms, told " + complaints);
              System.out.println(arena.logs());
            }
          }
          fault.end(arena, master);
        }
      }
    }
    List<Throwable> failures = new ArrayList<>();
    silences.forEach(
        (who, millis) -> {
          try {
            report(fault + ", " + who, millis, 3000, WORST);
          } catch (AssertionError e) {
            failures.add(e);
          }
        });
    assertTrue(failures.isEmpty(), failures.toString());
  }

  private Path round(int i) throws IOException {
    return Files.createDirectory(directory.resolve("r" + i));
  }

  @Test
  void aSetSoonForms() throws Exception {
    List<Long> cold = new ArrayList<>();
    List<Long> late = new ArrayList<>();
    List<Long> again = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      try (Arena arena = new Arena(round(i), "--appendonly", "yes")) {
        cold.add(arena.form());
        arena.awaitWhole();
        for (NodeProcess node : arena.nodes) {
          node.kill();
        }
        again.add(arena.form());
        for (NodeProcess node : arena.nodes) {
          node.kill();
          node.forget();
        }
        List<NodeProcess> firstLast = new ArrayList<>(arena.nodes);
        Collections.rotate(firstLast, -1);
        late.add(arena.form(firstLast, 3000));
      }
    }
    report("cold, in any order", cold, 10_000, 10_000);
    report("cold, the first seed 3 s after the others, from its start", late, 10_000, 10_000);
    report("after all were killed at once", again, 10_000, 10_000);
  }
}
