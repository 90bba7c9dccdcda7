package io.sampo.cluster;

/** How much of its past a voter knows, and thus what its voice is worth. */
public enum Standing {
  /** It has the data of all that it acknowledged, and knows all that it promised. */
  WHOLE,
  /** It has lost data, but not its promises: it can hold leases, but not vouch for a candidate. */
  BARE,
  /** It may have forgotten promises: it counts only where all voters agree. */
  FRESH
}
