package io.sampo.replication;

import io.sampo.resp.Bytes;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.pekko.util.ByteString;

/**
 * A replica as its master sees it: what it said of itself, how far it is, and what it is to be
 * sent. Nothing is pushed to it write by write: its connection takes the next piece when it has
 * sent the last one, and is only told when there is something after there was nothing.
 */
public final class ReplicaLink implements Backlog.Follower {
  /** The connection to the replica. May be told from any thread, and does not wait. */
  public interface Wire {
    /** There is something to {@link ReplicaLink#next take}. */
    void more();

    /** So much waits to be taken that it may be too much. */
    void checkOutput();

    /** Ends the connection at once. */
    void close();

    /** Ends the connection when everything has been taken. */
    void closeAfterOutput();
  }

  /** How far the link has come, as INFO calls it. */
  public enum State {
    WAIT_BGSAVE("wait_bgsave"),
    SEND_BULK("send_bulk"),
    ONLINE("online");

    public final String word;

    State(String word) {
      this.word = word;
    }
  }

  /**
   * What a replica says of itself before it asks for data (REPLCONF).
   *
   * @param host where others can reach it; empty for where it comes from
   * @param port where it listens; 0 if it did not say
   * @param eof whether it can tell the end of a snapshot whose length it does not know
   * @param psync2 whether it understands that the master's history has another name
   * @param rdbOnly whether the snapshot is all that it wants
   * @param withData whether the snapshot is to have data
   */
  public record Introduction(
      String host, int port, boolean eof, boolean psync2, boolean rdbOnly, boolean withData) {
    public static final Introduction NONE = new Introduction("", 0, false, false, false, true);

    public Introduction withHost(String its) {
      return new Introduction(its, port, eof, psync2, rdbOnly, withData);
    }

    public Introduction withPort(int its) {
      return new Introduction(host, its, eof, psync2, rdbOnly, withData);
    }

    public Introduction withEof() {
      return new Introduction(host, port, true, psync2, rdbOnly, withData);
    }

    public Introduction withPsync2() {
      return new Introduction(host, port, eof, true, rdbOnly, withData);
    }

    public Introduction withRdbOnly(boolean yes) {
      return new Introduction(host, port, eof, psync2, yes, withData);
    }

    public Introduction withData(boolean yes) {
      return new Introduction(host, port, eof, psync2, rdbOnly, yes);
    }
  }

  /** Bytes that wait above which it is worth a look whether they are too many. */
  private static final long MUCH = 256 * 1024;

  private static final ByteString NEWLINE = ByteString.fromArrayUnsafe(Bytes.ascii("\n"));
  private static final ByteString NOTHING = ByteString.emptyByteString();

  public final Introduction introduction;
  private final Wire wire;
  private final String peer;
  private final Backlog backlog;
  private final LongSupplier clock;

  /** Whether it asked in the old way, by SYNC, and so never acknowledges anything. */
  public final boolean old;

  private final ConcurrentLinkedQueue<ByteString> ahead = new ConcurrentLinkedQueue<>();
  private final AtomicLong aheadBytes = new AtomicLong();

  /** What is left of a piece of which more was than could be taken at once. */
  private ByteString rest = NOTHING;

  /** Where the stream goes on after what is {@link #ahead}; null until that is known. */
  private volatile Backlog.Cursor cursor;

  /** Whether the stream may be taken. */
  private volatile boolean flowing;

  private volatile boolean closed;
  private volatile boolean last;
  private boolean preparing = true;

  /** Whether the connection waits to be told that there is something to take. */
  private final AtomicBoolean idle = new AtomicBoolean(true);

  private volatile Runnable whenTaken = () -> {};
  private volatile State state = State.WAIT_BGSAVE;
  private volatile long acknowledged;
  private volatile long acknowledgedOnDisk;

  /** When it last said or took something, in Unix milliseconds. */
  private volatile long heardAt;

  /**
   * A link that has just come to be.
   *
   * @param peer the address the replica comes from
   * @param clock Unix milliseconds
   */
  public ReplicaLink(
      Wire wire,
      Backlog backlog,
      String peer,
      Introduction introduction,
      boolean old,
      LongSupplier clock) {
    this.wire = wire;
    this.backlog = backlog;
    this.peer = peer;
    this.introduction = introduction;
    this.old = old;
    this.clock = clock;
    this.heardAt = clock.getAsLong();
  }

  // --- for its connection, on its thread

  /** The next bytes to send, at most so many; empty if there are none yet. */
  public ByteString next(int most) {
    ByteString piece = take(most);
    if (piece.isEmpty()) {
      idle.set(true);
      // Who added something before that could be seen told nobody.
      piece = take(most);
      if (piece.nonEmpty()) {
        idle.set(false);
      } else if (last && ahead.isEmpty()) {
        wire.closeAfterOutput();
      }
    }
    return piece;
  }

  private ByteString take(int most) {
    // Looked at first, for it begins to flow when all that comes before is there.
    boolean streaming = flowing;
    ByteString piece = rest;
    if (piece.isEmpty()) {
      ByteString front = ahead.poll();
      if (front == null) {
        return streaming ? cursor.next(most) : NOTHING;
      }
      piece = front;
    }
    rest = NOTHING;
    if (piece.length() > most) {
      rest = piece.drop(most);
      piece = piece.take(most);
    }
    aheadBytes.addAndGet(-piece.length());
    heardAt = clock.getAsLong();
    whenTaken.run();
    return piece;
  }

  /** The replica has everything up to this offset, and on disk up to another. */
  public void acknowledge(long offset, long onDisk) {
    acknowledged = Math.max(acknowledged, offset);
    acknowledgedOnDisk = Math.max(acknowledgedOnDisk, onDisk);
    heardAt = clock.getAsLong();
    if (state == State.ONLINE) {
      flow();
    }
  }

  /** The connection is no more. */
  public void closed() {
    closed = true;
    ahead.clear();
    backlog.remove(this);
    whenTaken.run();
  }

  // --- for its master, and whoever asks

  /** Bytes that wait to be taken. */
  public long pending() {
    Backlog.Cursor from = cursor;
    return aheadBytes.get() + (from == null ? 0 : Math.max(0, backlog.behind(from.offset())));
  }

  /** Bytes that wait to be taken before the stream. */
  long ahead() {
    return aheadBytes.get();
  }

  public boolean isClosed() {
    return closed;
  }

  public State state() {
    return state;
  }

  /** The offset that the replica has acknowledged. */
  public long acknowledged() {
    return acknowledged;
  }

  /** The offset up to which the replica has acknowledged to have the stream on disk. */
  public long acknowledgedOnDisk() {
    return acknowledgedOnDisk;
  }

  /** The address at which others reach the replica. */
  public String host() {
    return introduction.host.isEmpty() ? peer : introduction.host;
  }

  public int port() {
    return introduction.port;
  }

  @Override
  public String toString() {
    return host() + ":" + port();
  }

  void close() {
    wire.close();
  }

  /** Goes on with the stream at once, after some words. */
  void resume(ByteString words, Backlog.Cursor from) {
    say(words);
    begin(from);
    acknowledged = from.offset();
    online();
    flow();
  }

  /** Says where the stream is to go on once the replica has the snapshot. */
  void begin(Backlog.Cursor from) {
    if (!introduction.rdbOnly) {
      cursor = from;
      backlog.add(this);
    }
  }

  /** From now on every byte counts: no more {@link #keepAlive}. */
  synchronized void transfer(ByteString words) {
    preparing = false;
    say(words);
  }

  /** Shows the replica that we live, if there is nothing else to be sent yet. */
  synchronized void keepAlive() {
    if (preparing) {
      say(NEWLINE);
    }
  }

  /** Whether it is high time to hear of it: it is online, or being sent a snapshot. */
  synchronized boolean isDue() {
    return !preparing && !(old && state == State.ONLINE);
  }

  /** The replica has shown that it lives. */
  public void heard() {
    heardAt = clock.getAsLong();
  }

  void sending() {
    state = State.SEND_BULK;
  }

  /** The snapshot is as good as there. */
  synchronized void online() {
    preparing = false;
    heardAt = clock.getAsLong();
    state = State.ONLINE;
    if (introduction.rdbOnly) {
      last = true;
      wake();
    }
  }

  /** Lets the stream follow. */
  void flow() {
    if (!flowing && !introduction.rdbOnly) {
      flowing = true;
      wake();
    }
  }

  /** Sends bytes that come before the stream. */
  void say(ByteString bytes) {
    if (closed) {
      return;
    }
    aheadBytes.addAndGet(bytes.length());
    ahead.add(bytes);
    wake();
  }

  /** Has somebody told whenever some of {@link #ahead} has been taken, and at the end. */
  void whenTaken(Runnable task) {
    whenTaken = task;
  }

  private void wake() {
    if (idle.get() && idle.compareAndSet(true, false)) {
      wire.more();
    }
  }

  @Override
  public void more() {
    if (flowing) {
      wake();
    }
  }

  @Override
  public void grown() {
    if (pending() > MUCH) {
      wire.checkOutput();
    }
  }

  /** For how long the replica has been silent, or has taken nothing, in seconds. */
  public long lagSeconds() {
    return Math.max(0, clock.getAsLong() - heardAt) / 1000;
  }

  /** Whether this is the address at which others reach the replica. */
  boolean is(String host, int port) {
    return host().equals(host) && port() == port;
  }
}
