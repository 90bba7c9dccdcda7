package io.sampo.resp;

import java.util.List;

/**
 * A reply that is made when the requests have been run, by a thread that may take its time. What it
 * is made of must not change any more.
 */
public interface Late {
  /** About how many bytes it will have. */
  long size();

  /** Makes it: all but the line break at its end. The arrays are not to be changed any more. */
  List<byte[]> make();
}
