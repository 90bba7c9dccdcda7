package io.sampo.cluster;

import com.fasterxml.jackson.annotation.JsonFormat;

/**
 * How much a node has of what may have been acknowledged: of two nodes, the one of the higher rank
 * has all that the other one ever acknowledged.
 *
 * @param term the last one whose beginning is in the data
 * @param offset of the data, in bytes of the journal
 */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
public record Rank(long term, long offset) implements Comparable<Rank> {
  /** Of nodes without data. */
  public static final Rank NONE = new Rank(0, 0);

  @Override
  public int compareTo(Rank other) {
    int byTerm = Long.compare(term, other.term);
    return byTerm != 0 ? byTerm : Long.compare(offset, other.offset);
  }
}
