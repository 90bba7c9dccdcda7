package io.sampo.cluster;

/**
 * The data of a node as an election sees it.
 *
 * @param term whose master's stream the data is a prefix of, by a synchronisation that began when
 *     that term was known; for a master its own; 0 if neither
 * @param offset of what is held, and would still be after a restart of the process if the node
 *     keeps its data on disk
 * @param whole whether nothing of it has been lost since the node last acknowledged something: not
 *     so after a start without the data of old, nor during a full synchronisation
 */
public record Holding(long term, long offset, boolean whole) {
  /** Of a node without data. */
  public static final Holding NOTHING = new Holding(0, 0, false);
}
