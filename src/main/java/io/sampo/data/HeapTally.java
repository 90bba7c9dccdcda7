package io.sampo.data;

/** The heap that the parts of one value take together, in bytes. */
final class HeapTally {
  long bytes;
}
