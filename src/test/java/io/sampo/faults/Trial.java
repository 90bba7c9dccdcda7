package io.sampo.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Has faults happen by chance, each as often as any other: one, or two that overlap. */
final class Trial {
  /** Which faults; all if none is named. */
  private static final String FAULTS = System.getProperty("test.faults", "");

  /** How long a fault goes on at most, in milliseconds: some pass before anybody takes over. */
  private static final int LONGEST = 6000;

  private final Arena arena;
  private final Random random;
  private final List<Fault> kinds;
  private final List<Fault> bag = new ArrayList<>();

  Trial(Arena arena, Random random) {
    this.arena = arena;
    this.random = random;
    this.kinds =
        Stream.of(Fault.values())
            .filter(fault -> Arena.obstacle(fault).isEmpty())
            .filter(fault -> FAULTS.isEmpty() || List.of(FAULTS.split(",")).contains(fault.name()))
            .toList();
  }

  /** What happens next, of the faults that this machine allows. */
  Fault next() {
    if (bag.isEmpty()) {
      bag.addAll(kinds);
      Collections.shuffle(bag, random);
    }
    return bag.remove(0);
  }

  /**
   * Has it happen, to the master as often as not, and pass; to a set that is whole, and will be
   * again.
   *
   * @param users who go on writing elsewhere only, now and then
   * @return what has happened
   */
  String run(Fault fault, Users users) throws IOException, InterruptedException {
    int master = arena.master();
    int node = random.nextBoolean() ? master : (master + 1 + random.nextInt(2)) % Arena.SIZE;
    long before = System.nanoTime();
    boolean shunned = node == master && random.nextInt(3) > 0;
    if (shunned) {
      // A write that is held holds readings, too; without any the lease alone forbids stale ones.
      users.shun(arena.nodes.get(node));
    }
    fault.begin(arena, node);
    arena.await(fault + " to be felt", () -> isFelt(fault, node));
    pause(fault, LONGEST);
    String second = "";
    // A master that fails while a replica lags is what an election is tried by.
    if (random.nextInt(3) < (node == master ? 1 : 2)) {
      Fault other = kinds.get(random.nextInt(kinds.size()));
      // With two disks a majority would have lost what it acknowledged.
      other = other == Fault.LOSS ? Fault.KILL : other;
      int its = (node + 1 + random.nextInt(2)) % Arena.SIZE;
      its = node == master || random.nextInt(4) == 0 ? its : master;
      second = " and " + other + " of " + (its == master ? "the master" : "another");
      runOther(other, its, fault, node);
    } else {
      fault.end(arena, node);
    }
    users.shunNobody();
    return fault
        + " of "
        + (node == master ? "the master" : "a replica")
        + (shunned ? ", where nobody writes," : "")
        + second
        + " for "
        + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before)
        + " ms";
  }

  private void runOther(Fault other, int its, Fault fault, int node)
      throws IOException, InterruptedException {
    other.begin(arena, its);
    pause(other, LONGEST / 2);
    // Who has lost its disk is not to be the only one that is there.
    if (fault != Fault.LOSS && random.nextInt(3) > 0) {
      fault.end(arena, node);
      pause(other, LONGEST / 2);
      other.end(arena, its);
    } else {
      other.end(arena, its);
      pause(fault, LONGEST / 2);
      fault.end(arena, node);
    }
  }

  /** Whoever is stopped is let go on about when another one takes over, more often than not. */
  private void pause(Fault fault, int longest) throws InterruptedException {
    boolean edge = fault == Fault.STOP && random.nextInt(3) > 0;
    TimeUnit.MILLISECONDS.sleep(edge ? 1500 + random.nextInt(1500) : random.nextInt(longest));
  }

  private boolean isFelt(Fault fault, int node) {
    try {
      return fault.isFelt(arena, node);
    } catch (IOException notYet) {
      return false;
    }
  }
}
