package io.sampo.data;

/** The heap that the parts of one value take together, in bytes. */
public final class HeapTally {
  public long bytes;
}
