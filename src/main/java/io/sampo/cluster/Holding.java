package io.sampo.cluster;

/**
 * The data of a node as an election sees it.
 *
 * @param term whose master's stream the data is a prefix of, by a synchronisation that began when
 *     that term was known; for a master its own; 0 if neither
 * @param offset up to which it has the stream; -1 if that is not known, or while data is replaced
 * @param label the last term whose beginning is in the data, as the disk says; it counts only while
 *     not whole
 * @param whole whether nothing may have been lost since the node last acknowledged something: not
 *     so between a start, even if with data, and the next synchronisation
 */
public record Holding(long term, long offset, long label, boolean whole) {
  /** Of a node without data. */
  public static final Holding NOTHING = new Holding(0, -1, 0, false);
}
