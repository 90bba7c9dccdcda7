package io.sampo.cluster;

/**
 * What a node must never forget: it is on disk before anybody is told of it.
 *
 * @param term the highest one promised to a candidate or followed: nothing older is ever served
 * @param candidate the {@link #candidate one} it was promised to; "" if it was not, but followed
 * @param fresh whether the node may have promised something before that it does not remember; such
 *     a voter counts for nothing until it has reached a term that every voter has promised
 * @param incarnation of this memory: a node that loses it gets another one
 * @param reached the last term whose beginning is in the data; 0 if there was none
 * @param start the offset at which that term began
 */
public record Ballot(
    long term, String candidate, boolean fresh, long incarnation, long reached, long start) {
  /** Of a node that remembers nothing. */
  public static Ballot fresh(long incarnation) {
    return new Ballot(0, "", true, incarnation, 0, 0);
  }

  /** The name of a candidate, which is another one after it has lost its memory. */
  static String candidate(String id, long incarnation) {
    return id + '#' + Long.toHexString(incarnation);
  }

  Ballot promise(long newTerm, String newCandidate) {
    return new Ballot(newTerm, newCandidate, fresh, incarnation, reached, start);
  }

  Ballot reach(long newTerm, long newStart) {
    return new Ballot(term, candidate, fresh, incarnation, newTerm, newStart);
  }

  Ballot settle() {
    return new Ballot(term, candidate, false, incarnation, reached, start);
  }
}
