package io.sampo.cluster;

/**
 * The data of a node as an election sees it.
 *
 * @param term whose master's stream the data is a prefix of, by a synchronisation that began when
 *     that term was known; for a master its own; 0 if neither
 * @param offset up to which it has the stream; -1 if that is not known, or while data is replaced
 * @param label the last term whose beginning is in the data, as the disk says it, which is what
 *     counts after a restart; without a disk, as it would say
 * @param whole whether nothing can be missing of what the node has ever acknowledged: not so
 *     between a start, even if with data, or the loss of the data to a synchronisation, and when it
 *     has come as far as its master was at the beginning of the synchronisation
 */
public record Holding(long term, long offset, long label, boolean whole) {
  /** Of a node without data. */
  public static final Holding NOTHING = new Holding(0, -1, 0, false);
}
