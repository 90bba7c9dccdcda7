package io.sampo.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The promises that a candidate has gathered.
 *
 * @param term that is promised
 * @param known the incarnations of voters as the candidate knew them before it first asked: whoever
 *     promises with one of these has forgotten nothing since
 * @param voices who has promised
 */
public record Poll(long term, Map<String, Long> known, Map<String, Voice> voices) {
  /** What is known of a voter that has promised. */
  public record Voice(Standing standing, long incarnation) {}

  static final Poll NONE = new Poll(0, Map.of(), Map.of());

  Poll heardFrom(String voter, Voice voice) {
    Map<String, Voice> more = new HashMap<>(voices);
    more.put(voter, voice);
    return new Poll(term, known, Map.copyOf(more));
  }

  /** The incarnations of those who have promised. */
  Map<String, Long> incarnations() {
    Map<String, Long> all = new HashMap<>();
    voices.forEach((voter, voice) -> all.put(voter, voice.incarnation()));
    return Map.copyOf(all);
  }

  /** Whether every single voter has promised, as the one that the candidate knew before. */
  boolean isUnanimous(List<String> voters) {
    return voters.stream()
        .allMatch(
            voter -> {
              Voice voice = voices.get(voter);
              Long before = known.get(voter);
              return voice != null && before != null && voice.incarnation() == before;
            });
  }

  /** Whether the candidate is elected: by a majority that can vouch for it, or by all. */
  boolean isWon(Setup setup) {
    long whole =
        setup.voters().stream()
            .filter(voices::containsKey)
            .filter(voter -> voices.get(voter).standing() == Standing.WHOLE)
            .count();
    return whole >= setup.majority() || isUnanimous(setup.voters());
  }
}
