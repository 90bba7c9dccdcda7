package io.sampo.cluster;

import java.util.List;

/**
 * What an {@link Elector} is told before it starts.
 *
 * @param self its own id
 * @param voters the ids of all who vote, the same on every node
 * @param witness whether it votes without holding data
 * @param lease how long a voter that granted a lease promises nothing to others, in nanoseconds
 * @param drift by how much a master's lease is shorter than that: what two monotonic clocks may
 *     differ by in that time
 * @param beat how often a master asks for its lease, in nanoseconds
 * @param eager for how long a new master does so more often, in nanoseconds
 * @param jitter by how much the times at which nodes become candidates are spread, in nanoseconds
 */
public record Setup(
    String self,
    List<String> voters,
    boolean witness,
    long lease,
    long drift,
    long beat,
    long eager,
    long jitter) {
  /** How many beats an eager master has where others have one. */
  private static final int EAGERNESS = 12;

  public Setup {
    voters = voters.stream().sorted().distinct().toList();
  }

  /**
   * With the proportions that suit networks and pauses of a collector. A master is eager for some
   * 280 beats: what runs with each of them is then compiled within seconds, and not drop by drop
   * over minutes in which it is interpreted, at a multiple of the cost.
   */
  public static Setup of(String self, List<String> voters, boolean witness, long lease) {
    return new Setup(self, voters, witness, lease, lease / 10, lease / 3, 8 * lease, lease / 8);
  }

  /** When the next beat of a master is due that has led for so long. */
  long untilNextBeat(long led) {
    return led < eager ? beat / EAGERNESS : beat;
  }

  boolean votes(String id) {
    return voters.contains(id);
  }

  int majority() {
    return voters.size() / 2 + 1;
  }
}
