package io.sampo.data.hash;

import io.sampo.data.ByteTable;
import io.sampo.data.KeyHash;
import io.sampo.data.PartlyVolatile;
import io.sampo.data.TimeOrder;
import io.sampo.data.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * When the fields of a hash expire, for those that do. While they are few all are looked at; beyond
 * that an order of the times leads to those that are over, by the hashes of the fields. What has
 * been given another time, or none, has its entry there for a while: it then leads to nothing.
 */
final class FieldTimes {
  /** Its own, and its entry in the order by which hashes are looked at. */
  private static final int OBJECT_BYTES = 64 + 16 + 16;

  /** Up to so many are looked at; at half of that they are again. */
  private static final int FEW = 128;

  /** How many fields come into a new order with each change, of which the old one takes one. */
  private static final int STEP = 8;

  /** How many overdue fields of a million, and so on, are worth looking for one by one. */
  private static final int WORTHWHILE = 8;

  private final ByteTable times;

  /** Where each field is, if there are many: the number is its hash. */
  private Optional<TimeOrder> order = Optional.empty();

  /** What is to take its place, when all fields have come into it. */
  private Optional<TimeOrder> successor = Optional.empty();

  /** Up to where in the table the fields have. */
  private long succeeded;

  /** No field expires before this, as far as there is no order. */
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
    copy.order = order.map(TimeOrder::copy);
    copy.next = next;
    copy.cursor = cursor;
    copy.earliest = earliest;
    return copy;
  }

  FieldTimes frozen() {
    FieldTimes frozen = new FieldTimes(times.frozen());
    frozen.next = next();
    return frozen;
  }

  void release() {
    times.release();
  }

  long heapBytes() {
    return OBJECT_BYTES
        + times.heapBytes()
        + order.map(TimeOrder::heapBytes).orElse(0L)
        + successor.map(TimeOrder::heapBytes).orElse(0L);
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
    if (order.isEmpty()) {
      return next;
    }
    TimeOrder present = order.get();
    return present.size() == 0 ? PartlyVolatile.NEVER : present.time(0);
  }

  /** Unix milliseconds, or {@link PartlyVolatile#NEVER}. */
  long get(byte[] field, int offset, int length) {
    return times.find(field, offset, length) ? time() : PartlyVolatile.NEVER;
  }

  /** The time of the field that the table was moved to. */
  private long time() {
    return Words.getLong(times.value(), times.valueAt());
  }

  void set(byte[] field, int offset, int length, long when) {
    byte[] value = new byte[Long.BYTES];
    Words.putLong(value, 0, when);
    times.put(field, offset, length, value, 0, value.length);
    next = Math.min(next, when);
    earliest = Math.min(earliest, when);
    if (order.isPresent()) {
      long hash = KeyHash.SECRET.of(field, offset, length);
      order.get().add(when, hash);
      successor.ifPresent(its -> its.add(when, hash));
    }
    arrange();
  }

  /** Has a field stay; false if it did so before. */
  boolean remove(byte[] field, int offset, int length) {
    boolean removed = times.remove(field, offset, length);
    arrange();
    return removed;
  }

  /** Begins an order when there are many, a new one when most of it leads to nothing, or none. */
  private void arrange() {
    int size = times.size();
    if (order.isEmpty()) {
      if (size > FEW) {
        order = Optional.of(ordered());
      }
    } else if (size <= FEW / 2) {
      order = Optional.empty();
      successor = Optional.empty();
      next = first();
      cursor = 0;
      earliest = PartlyVolatile.NEVER;
    } else if (successor.isPresent()) {
      succeed(successor.get());
    } else if (order.get().size() > 2 * size + FEW) {
      TimeOrder its = new TimeOrder();
      successor = Optional.of(its);
      succeeded = 0;
      succeed(its);
    }
  }

  private TimeOrder ordered() {
    TimeOrder all = new TimeOrder();
    times.each((key, ko, kl, value, vo, vl) -> add(all, key, ko, kl, value, vo));
    return all;
  }

  /** Has some more fields come into the new order. */
  private void succeed(TimeOrder its) {
    succeeded =
        times.scan(
            succeeded, STEP, (key, ko, kl, value, vo, vl) -> add(its, key, ko, kl, value, vo));
    if (succeeded == 0) {
      order = successor;
      successor = Optional.empty();
    }
  }

  private static boolean add(TimeOrder to, byte[] key, int ko, int kl, byte[] value, int vo) {
    to.add(Words.getLong(value, vo), KeyHash.SECRET.of(key, ko, kl));
    return true;
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
    if (next() > now) {
      return 0;
    }
    return order.isPresent() ? countOver(order.get(), now) : countAll(now);
  }

  private int countAll(long now) {
    int[] count = {0};
    times.each(
        (key, ko, kl, value, vo, vl) -> {
          count[0] += Words.getLong(value, vo) <= now ? 1 : 0;
          return true;
        });
    return count[0];
  }

  /** A field may have several entries, and a hash several fields. */
  private int countOver(TimeOrder present, long now) {
    Set<Long> hashes = new HashSet<>();
    int most = times.size() / WORTHWHILE;
    present.upTo(now, i -> addUpTo(most, hashes, present.number(i)));
    if (hashes.size() >= most) {
      return countAll(now);
    }
    int count = 0;
    for (long hash : hashes) {
      count += times.count(hash, (a, at) -> Words.getLong(a, at) <= now);
    }
    return count;
  }

  private static void addUpTo(int most, Set<Long> hashes, long hash) {
    if (hashes.size() < most) {
      hashes.add(hash);
    }
  }

  /** Takes fields out whose time is over, having looked at about {@code limit}. */
  List<byte[]> over(long now, int limit) {
    List<byte[]> found = new ArrayList<>();
    if (order.isPresent()) {
      over(order.get(), now, limit, found);
    } else {
      scan(now, limit, found);
      found.forEach(field -> times.remove(field, 0, field.length));
    }
    arrange();
    return found;
  }

  private void over(TimeOrder present, long now, int limit, List<byte[]> found) {
    for (int i = 0; i < limit && present.size() > 0 && present.time(0) <= now; i++) {
      long time = present.time(0);
      long hash = present.number(0);
      present.remove(0);
      if (times.find(hash, (a, at) -> Words.getLong(a, at) == time)) {
        int at = times.keyAt();
        found.add(Arrays.copyOfRange(times.key(), at, at + times.keyLength()));
        times.remove();
      }
    }
  }

  /** Those among the next {@code limit} or so of a round through all. */
  private void scan(long now, int limit, List<byte[]> found) {
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
  }
}
