package io.sampo.persist;

import io.sampo.resp.Bytes;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What has been appended to an append-only file and is yet to be written, with what stands between:
 * where to go on in another file, the time, and the place in the stream. Used from any thread.
 */
final class AofBuffer {
  /** Bytes for one file, up to the journal's offset {@code end}. */
  static final class Piece {
    byte[] bytes = new byte[INITIAL];
    int length;
    long end;

    /** The number of the last thing that is in it. */
    long number;

    /** Where the journal was when it jumped to just before these bytes; -1 if it did not. */
    private long start = STEADY;

    AofIncrement target;

    boolean jumps() {
      return start != STEADY;
    }

    long start() {
      return start;
    }

    private void add(byte[] more) {
      add(more, 0, more.length);
    }

    private void add(byte[] more, int from, int count) {
      if (count > bytes.length - length) {
        long wanted = (long) length + count;
        long room = Math.max(wanted, Math.min(bytes.length * 2L, MOST));
        bytes = Arrays.copyOf(bytes, (int) Math.min(room, Integer.MAX_VALUE - 8));
      }
      System.arraycopy(more, from, bytes, length, count);
      length += count;
    }

    private boolean takes(int more) {
      return length == 0 || (long) length + more <= MOST;
    }

    private void clear() {
      length = 0;
      start = STEADY;
      if (bytes.length > KEPT) {
        bytes = new byte[INITIAL];
      }
    }
  }

  private static final long STEADY = -1;
  private static final long NOWHERE = -1;
  private static final int INITIAL = 1 << 16;
  private static final int KEPT = 1 << 22;
  private static final int MOST = 1 << 26;

  private final LongSupplier clockMillis;

  // Under the lock.
  private final ArrayDeque<Piece> full = new ArrayDeque<>();
  private Piece filling = new Piece();
  private Piece spare = new Piece();
  private byte[] head = {};
  private long stamp;
  private Supplier<String> place = () -> "";
  private String noted = "";
  private long notedUpTo;
  private long taken;

  private volatile boolean stamping;
  private volatile long appended;
  private volatile long number;

  /**
   * @param offset the journal's, of the first byte to come
   */
  AofBuffer(AofIncrement target, long offset, LongSupplier clockMillis) {
    this.clockMillis = clockMillis;
    filling.target = target;
    filling.end = offset;
    appended = offset;
  }

  /** The number of the last thing that was appended, skipped or restarted. */
  long number() {
    return number;
  }

  /** The offset up to which there is something. */
  long appended() {
    return appended;
  }

  synchronized void append(long offset, byte[] bytes, int from, int length) {
    if (!filling.takes(length)) {
      seal(filling.target);
    }
    if (head.length > 0) {
      filling.add(head);
      head = new byte[0];
      // What the last note says is counted on from, and these bytes do not count.
      notedUpTo = NOWHERE;
    }
    if (stamping) {
      stamp();
    }
    String here = place.get();
    if (!here.equals(noted) || offset != notedUpTo) {
      note(here, offset);
    }
    filling.add(bytes, from, length);
    notedUpTo = offset + length;
    reached(offset + length);
  }

  private void reached(long offset) {
    filling.end = offset;
    appended = offset;
    filling.number = number + 1;
    number = filling.number;
  }

  /** Counts bytes of the journal that need not be kept. */
  synchronized void skip(long offset, int length) {
    reached(offset + length);
  }

  /** The journal goes on at this offset, which may be less than before. */
  synchronized void restart(long offset) {
    seal(filling.target);
    filling.start = offset;
    reached(offset);
  }

  /** Has these bytes, which are not the journal's, stand before the next ones that are. */
  synchronized void head(byte[] bytes) {
    head = bytes;
  }

  synchronized void places(Supplier<String> name) {
    place = name;
    note(name.get(), filling.end);
    reached(filling.end);
  }

  /**
   * Has the place noted, if it is another one than was noted last, without waiting for what
   * follows.
   *
   * @return the number of the last thing that has to be written for that
   */
  synchronized long mark() {
    String here = place.get();
    if (!here.equals(noted)) {
      note(here, filling.end);
      reached(filling.end);
    }
    return number;
  }

  private void note(String here, long offset) {
    noted = here;
    notedUpTo = offset;
    if (!here.isEmpty()) {
      filling.add(Bytes.ascii("#AT:" + here + ":" + offset + "\r\n"));
    }
  }

  void stamps(boolean yes) {
    stamping = yes;
  }

  private void stamp() {
    long now = clockMillis.getAsLong() / 1000;
    if (now != stamp) {
      stamp = now;
      filling.add(Bytes.ascii("#TS:" + now + "\r\n"));
    }
  }

  synchronized void continueIn(AofIncrement next, byte[] first) {
    seal(next);
    head = first;
    stamp = 0;
    note(place.get(), filling.end);
    reached(filling.end);
  }

  private void seal(AofIncrement next) {
    long end = filling.end;
    full.add(filling);
    filling = new Piece();
    filling.target = next;
    filling.end = end;
  }

  /** What there is to write next; null if there is nothing. */
  synchronized Piece take() {
    if (!full.isEmpty()) {
      return full.poll();
    }
    return filling.number > taken ? turn() : null;
  }

  /** The same, but null as well if it does not simply go on in the same file. */
  synchronized Piece takeMore(AofIncrement target) {
    boolean plain = full.isEmpty() && filling.target == target && !filling.jumps();
    return plain && filling.number > taken ? turn() : null;
  }

  private Piece turn() {
    Piece piece = filling;
    filling = spare == null ? new Piece() : spare;
    spare = null;
    filling.target = piece.target;
    filling.end = piece.end;
    filling.number = piece.number;
    taken = piece.number;
    return piece;
  }

  /** Takes a piece back that has been written. */
  synchronized void reuse(Piece piece) {
    piece.clear();
    if (spare == null) {
      spare = piece;
    }
  }
}
