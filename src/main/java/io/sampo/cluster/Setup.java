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
 * @param jitter by how much the times at which nodes become candidates are spread, in nanoseconds
 */
public record Setup(
    String self,
    List<String> voters,
    boolean witness,
    long lease,
    long drift,
    long beat,
    long jitter) {
  public Setup {
    voters = voters.stream().sorted().distinct().toList();
  }

  /** With the proportions that suit networks and pauses of a collector. */
  public static Setup of(String self, List<String> voters, boolean witness, long lease) {
    return new Setup(self, voters, witness, lease, lease / 10, lease / 4, lease / 8);
  }

  boolean votes(String id) {
    return voters.contains(id);
  }

  int majority() {
    return voters.size() / 2 + 1;
  }
}
