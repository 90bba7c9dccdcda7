package io.sampo.data;

import java.util.List;

/** A value whose parts may expire one by one. */
public interface PartlyVolatile extends Value {
  /** What {@link #nextExpiry} says if no part expires. */
  long NEVER = Long.MAX_VALUE;

  /** No part expires before this, in Unix milliseconds. */
  long nextExpiry();

  /**
   * Removes parts whose time is over by {@code now}, having looked at about {@code limit} of those
   * that expire at all, from where the last call stopped; returns what it removed. There is more to
   * do as long as {@link #nextExpiry} has not passed {@code now}.
   */
  List<byte[]> expireParts(long now, int limit);

  /** Says when it will be looked at for this, and by which ticket its entry there is known. */
  void schedule(long when, int ticket);

  /** The time it was last scheduled for, or {@link #NEVER}. */
  long scheduledFor();

  /** The ticket it was last scheduled with, or 0. */
  int ticket();

  /** Whether nothing is left of it. */
  boolean isEmpty();
}
