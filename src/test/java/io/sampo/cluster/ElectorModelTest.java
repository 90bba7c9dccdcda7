package io.sampo.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Seed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What can become of a replica set, whatever the network and the disks do. */
class ElectorModelTest {
  private static final int ROUNDS = Integer.getInteger("test.model.rounds", 1500);
  private static final int STATES = Integer.getInteger("test.model.states", 20_000);
  private static final int STARTS = 10;
  private static final int STEPS = 1000;

  /** Most keep what they have. */
  private static final Machine.Disk[] DISKS = {
    Machine.Disk.ALL,
    Machine.Disk.ALL,
    Machine.Disk.ALL,
    Machine.Disk.TORN,
    Machine.Disk.SAVED,
    Machine.Disk.NOTHING
  };

  /** Random walks, long enough for several masters. */
  @ParameterizedTest
  @CsvSource({"3, 0", "2, 1", "5, 0", "4, 1"})
  void nothingSafeIsEverLost(int data, int witnesses) {
    long seed = Seed.of("walks of " + data + " nodes with data and " + witnesses + " without");
    int terms = 0;
    int entries = 0;
    for (int i = 0; i < ROUNDS; i++) {
      World world = new World(World.Flaw.NONE, data, witnesses, 6, 1);
      try {
        walk(world, new Random(seed + i), STEPS, true);
      } catch (World.Violation | RuntimeException e) {
        throw new AssertionError("the first walk of -Dtest.seed=" + (seed + i), e);
      }
      terms += world.terms();
      entries += world.safeEntries();
    }
    System.out.println(terms + " terms, " + entries + " safe entries in " + ROUNDS + " rounds");
    assertTrue(terms > ROUNDS, "hardly anybody was ever elected: " + terms);
    assertTrue(entries > ROUNDS / 2, "hardly anything was ever safe: " + entries);
  }

  /** Some show seldom: those are looked for from where they are known to be. */
  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void flawsOfTheWorldAreNoticed(World.Flaw flaw) {
    int first = flaw == World.Flaw.UNLABELLED ? 21_000 : 0;
    assertThrows(
        World.Violation.class,
        () -> {
          for (int seed = first; seed < first + 60_000; seed++) {
            walk(new World(flaw, 3 - seed % 2, seed % 2, 6, 1), new Random(seed), STEPS, false);
          }
        });
  }

  private static void walk(World world, Random random, int steps, boolean losesBallots) {
    int calm = 0;
    for (int i = 0; i < steps; i++) {
      if (i % 100 == 0) {
        // Phases of more and of less mischief, for masters to come about at all.
        calm = random.nextInt(3);
      }
      List<Consumer<World>> moves = usual(world, random, calm);
      int odds = random.nextInt(1000);
      int node = random.nextInt(world.size());
      if (odds < 6 * (2 - calm) + 1) {
        restart(world, node, random, losesBallots);
      } else if (odds < 30) {
        world.save(node);
      } else if (odds < 45) {
        world.handOver(node, random.nextInt(world.size()));
      } else if (odds < 48 - calm) {
        for (int each = 0; each < world.size(); each++) {
          restart(world, each, random, losesBallots);
        }
      } else {
        moves.get(random.nextInt(moves.size())).accept(world);
      }
    }
  }

  private static void restart(World world, int node, Random random, boolean losesBallots) {
    Machine.Disk disk = DISKS[random.nextInt(DISKS.length)];
    world.restart(node, disk, random.nextInt(8), !losesBallots || random.nextInt(4) > 0);
  }

  private static List<Consumer<World>> usual(World world, Random random, int calm) {
    List<Consumer<World>> moves = new ArrayList<>();
    int node = random.nextInt(world.size());
    moves.add(w -> w.tick(node));
    boolean joins = random.nextBoolean();
    moves.add(w -> w.replicate(node, joins));
    moves.add(w -> w.write(node));
    if (world.isToNote(node)) {
      moves.add(w -> w.note(node));
    }
    if (random.nextInt(3) == 0) {
      moves.add(World::pass);
    }
    if (world.messages() > 0) {
      int message = random.nextInt(world.messages());
      boolean twice = random.nextInt(8) == 0;
      for (int i = 0; i < 5; i++) {
        moves.add(w -> w.deliver(message, twice));
      }
      if (random.nextInt(6) < 2 - calm || world.messages() > 40) {
        moves.add(w -> w.lose(message));
      }
    }
    return moves;
  }

  /** Else one could come back whose terms others have had, too, since all ballots were lost. */
  @Test
  void noSavedFileOutlivesDiskThatIsLost() {
    Machine machine = machine();
    machine.append(1);
    machine.save();
    machine.restart(Machine.Disk.NOTHING, 0, 1);
    machine.restart(Machine.Disk.SAVED, 0, 2);
    assertEquals(List.of(), machine.log);
    assertEquals(0, machine.label);
  }

  /** If nobody has any, one leads that has dropped its data. */
  @Test
  void diskThatGivesWayToFullCopyHasNothingToTear() {
    Machine machine = machine();
    machine.load(new Machine.Copy(List.of(1, 2), 1, 0), 1);
    machine.drop(Machine.Copy.NOTHING);
    machine.recovered();
    machine.append(3);
    machine.restart(Machine.Disk.TORN, 2, 1);
    assertEquals(List.of(), machine.log);
    assertEquals(0, machine.label);
  }

  private static Machine machine() {
    Setup setup = new Setup("n0", List.of("n0"), false, 6, 1, 2, 0, 2);
    return new Machine(setup, false, Elector.start(setup, Ballot.fresh(1), 0));
  }

  /** Everything that can happen in few steps, from moments in which much is under way. */
  @Test
  void everyOrderOfFewStepsIsSafe() {
    int starts = 0;
    int states = 0;
    for (int seed = 0; starts < STARTS; seed++) {
      World world = new World(World.Flaw.NONE, 3, 0, 3, 1);
      walk(world, new Random(seed), 50 + seed % 150, false);
      if (world.terms() > 1 && world.safeEntries() > 0) {
        starts++;
        states += explore(world, STATES);
      }
    }
    System.out.println(states + " states from " + starts + " starts");
  }

  private record Place(World world, int restarts) {}

  private static int explore(World start, int limit) {
    while (start.messages() > 6) {
      start.lose(0);
    }
    Set<List<Object>> seen = new HashSet<>();
    Queue<Place> open = new ArrayDeque<>(List.of(new Place(start, 0)));
    while (!open.isEmpty() && seen.size() < limit) {
      Place place = open.remove();
      for (Consumer<World> move : moves(place.world)) {
        visit(place, move, place.restarts, seen, open);
      }
      for (int i = 0; place.restarts == 0 && i < start.size(); i++) {
        int node = i;
        for (Machine.Disk disk : Machine.Disk.values()) {
          visit(place, w -> w.restart(node, disk, 2, true), 1, seen, open);
        }
      }
    }
    return seen.size();
  }

  private static void visit(
      Place place, Consumer<World> move, int restarts, Set<List<Object>> seen, Queue<Place> open) {
    World next = place.world.copy();
    move.accept(next);
    if (seen.add(next.state())) {
      open.add(new Place(next, restarts));
    }
  }

  private static List<Consumer<World>> moves(World world) {
    List<Consumer<World>> moves = new ArrayList<>();
    moves.add(World::pass);
    for (int i = 0; i < world.size(); i++) {
      int node = i;
      moves.add(w -> w.tick(node));
      if (world.leads(i)) {
        moves.add(w -> w.write(node));
      }
      if (world.isBusy(i)) {
        moves.add(w -> w.replicate(node, false));
      }
      if (world.isToNote(i)) {
        moves.add(w -> w.note(node));
      }
    }
    for (int i = 0; i < world.messages(); i++) {
      int message = i;
      moves.add(w -> w.deliver(message, false));
    }
    return moves;
  }
}
