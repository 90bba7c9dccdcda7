package io.sampo.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** When the fields of a hash expire, for those that do. */
final class FieldTimes {
  /** Its own, and its entry in the order by which hashes are looked at. */
  private static final int OBJECT_BYTES = 56 + 16;

  private final ByteTable times;

  /** No field expires before this. */
  private long next = PartlyVolatile.NEVER;

  /** Where the present round of {@link #over} goes on, and the earliest time it has met. */
  private long cursor;

  private long earliest = PartlyVolatile.NEVER;

  private long scheduledFor = PartlyVolatile.NEVER;
  private int ticket;

  FieldTimes() {
    this(new ByteTable());
  }

  private FieldTimes(ByteTable times) {
    this.times = times;
  }

  FieldTimes copy() {
    FieldTimes copy = new FieldTimes(times.copy());
    copy.next = next;
    copy.cursor = cursor;
    copy.earliest = earliest;
    return copy;
  }

  FieldTimes frozen() {
    FieldTimes frozen = new FieldTimes(times.frozen());
    frozen.next = next;
    return frozen;
  }

  long heapBytes() {
    return OBJECT_BYTES + times.heapBytes();
  }

  int size() {
    return times.size();
  }

  void schedule(long when, int itsTicket) {
    scheduledFor = when;
    ticket = itsTicket;
  }

  long scheduledFor() {
    return scheduledFor;
  }

  int ticket() {
    return ticket;
  }

  long next() {
    return next;
  }

  /** Unix milliseconds, or {@link PartlyVolatile#NEVER}. */
  long get(byte[] field, int offset, int length) {
    return times.find(field, offset, length)
        ? Words.getLong(times.value(), times.valueAt())
        : PartlyVolatile.NEVER;
  }

  void set(byte[] field, int offset, int length, long when) {
    byte[] value = new byte[Long.BYTES];
    Words.putLong(value, 0, when);
    times.put(field, offset, length, value, 0, value.length);
    next = Math.min(next, when);
    earliest = Math.min(earliest, when);
  }

  /** Has a field stay; false if it did so before. */
  boolean remove(byte[] field, int offset, int length) {
    return times.remove(field, offset, length);
  }

  /** The first time; takes time itself. */
  long first() {
    long[] first = {PartlyVolatile.NEVER};
    times.each(
        (key, ko, kl, value, vo, vl) -> {
          first[0] = Math.min(first[0], Words.getLong(value, vo));
          return true;
        });
    return first[0];
  }

  /** How many fields have a time that is over. */
  int countOver(long now) {
    if (next > now) {
      return 0;
    }
    int[] count = {0};
    times.each(
        (key, ko, kl, value, vo, vl) -> {
          count[0] += Words.getLong(value, vo) <= now ? 1 : 0;
          return true;
        });
    return count[0];
  }

  /** The fields whose time is over, among the next {@code limit} or so of a round through all. */
  List<byte[]> over(long now, int limit) {
    List<byte[]> found = new ArrayList<>();
    cursor =
        times.scan(
            cursor,
            limit,
            (key, ko, kl, value, vo, vl) -> {
              long when = Words.getLong(value, vo);
              if (when <= now) {
                found.add(Arrays.copyOfRange(key, ko, ko + kl));
              } else {
                earliest = Math.min(earliest, when);
              }
              return true;
            });
    if (cursor == 0) {
      next = earliest;
      earliest = PartlyVolatile.NEVER;
    }
    return found;
  }
}
