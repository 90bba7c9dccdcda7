package io.sampo.replication;

import io.sampo.journal.Journal;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.util.ByteString;

/**
 * The latest part of the journal's stream, for replicas to read it, each at its own pace. It is a
 * chain of blocks: dropping the oldest is all there is to trimming, and a block that a {@link
 * Cursor} stands on, with all behind it, lives as long as the cursor. Readers need no lock, for
 * what has been written to a block does not change while one of them may still come to it; after
 * that the block is used again, so that the collector has nothing to do with the stream.
 */
public final class Backlog implements Journal.Reader {
  private static final int BLOCK = 64 * 1024;

  private static final class Block {
    final byte[] bytes;
    long start;

    /** How much has been written; what is below may be read by anybody. */
    volatile int length;

    volatile Block next;

    Block(long start, int size) {
      this.start = start;
      this.bytes = new byte[size];
    }

    long end() {
      return start + length;
    }

    /** Makes it one that nothing has been written to, for what begins at this offset. */
    void reuse(long newStart) {
      next = null;
      length = 0;
      start = newStart;
    }
  }

  /** Whoever reads along; told on the thread of a writer, which must not wait. */
  public interface Follower {
    /** There is more to read, after somebody had read everything. */
    void more();

    /** A good piece has been written, whether or not anybody reads. */
    void grown();
  }

  private final Journal journal;
  private final List<Follower> followers = new CopyOnWriteArrayList<>();

  /** Whether somebody has read everything; the writer who clears it tells the followers. */
  private volatile boolean drained;

  private volatile long size;
  private volatile Block first = new Block(0, 0);
  private volatile Block last = first;
  private volatile boolean open;

  /** A dropped block to be used again; null if there is none. Under the journal's lock. */
  private Block spare;

  /** All cursors, which nobody has to close. Under the lock of this list. */
  private final List<WeakReference<Cursor>> cursors = new ArrayList<>();

  /**
   * A closed backlog, which keeps nothing.
   *
   * @param size bytes that it keeps at least, once it is open and they have been written
   */
  public Backlog(Journal journal, long size) {
    this.journal = journal;
    this.size = size;
  }

  /** Keeps the stream from here on. */
  public synchronized void open() {
    if (!open) {
      journal.add(this);
      open = true;
    }
  }

  /** Keeps nothing any more. */
  public synchronized void close() {
    if (open) {
      open = false;
      journal.remove(this);
      restart(journal.offset());
    }
  }

  public boolean isOpen() {
    return open;
  }

  /** Bytes that it keeps at least, once they have been written. */
  public long size() {
    return size;
  }

  public void size(long bytes) {
    size = bytes;
  }

  /** How many bytes it keeps at present. */
  public long length() {
    return last.end() - first.start;
  }

  /** The offset of the first byte that it keeps. */
  public long start() {
    return first.start;
  }

  /** Bytes of heap that it takes. */
  public long heapBytes() {
    long sum = 0;
    for (Block block = first; block != null; block = block.next) {
      sum += block.bytes.length;
    }
    return sum;
  }

  // Called with the journal's lock held, as by all readers.

  @Override
  public void append(long offset, byte[] bytes, int from, int length) {
    int done = 0;
    while (done < length) {
      Block block = last;
      int written = block.length;
      int room = Math.min(block.bytes.length - written, length - done);
      if (room == 0) {
        Block fresh = fresh(block.end(), Math.max(BLOCK, length - done));
        block.next = fresh;
        last = fresh;
        trim();
        followers.forEach(Follower::grown);
      } else {
        System.arraycopy(bytes, from + done, block.bytes, written, room);
        done += room;
        block.length = written + room;
      }
    }
    if (drained) {
      drained = false;
      followers.forEach(Follower::more);
    }
  }

  private Block fresh(long start, int room) {
    Block block = spare;
    if (room > BLOCK || block == null) {
      return new Block(start, room);
    }
    spare = null;
    block.reuse(start);
    return block;
  }

  private void trim() {
    Block oldest = first;
    long newest = last.start;
    while (oldest.next != null && newest - oldest.end() >= size) {
      Block dropped = oldest;
      oldest = oldest.next;
      first = oldest;
      if (dropped.bytes.length == BLOCK && isBehindAll(dropped)) {
        spare = dropped;
      }
    }
  }

  /** Whether no cursor can come to a block that is no longer part of the backlog. */
  private boolean isBehindAll(Block dropped) {
    synchronized (cursors) {
      boolean behind = true;
      for (Iterator<WeakReference<Cursor>> i = cursors.iterator(); i.hasNext(); ) {
        Cursor cursor = i.next().get();
        if (cursor == null) {
          i.remove();
        } else {
          behind &= cursor.block.start > dropped.start;
        }
      }
      return behind;
    }
  }

  @Override
  public void restart(long offset) {
    Block empty = new Block(offset, 0);
    last = empty;
    first = empty;
    spare = null;
  }

  /** A reader of what follows {@code offset}, if all of that is still there. */
  public Optional<Cursor> from(long offset) {
    synchronized (cursors) {
      Block block = first;
      if (!open || offset < block.start) {
        return Optional.empty();
      }
      for (Block next = block.next; next != null && next.start <= offset; next = block.next) {
        block = next;
      }
      return offset > block.end()
          ? Optional.empty()
          : Optional.of(cursor(block, (int) (offset - block.start)));
    }
  }

  /** A reader of what comes from now on. */
  public Cursor tail() {
    synchronized (cursors) {
      Block block = last;
      return cursor(block, block.length);
    }
  }

  private Cursor cursor(Block block, int at) {
    synchronized (cursors) {
      Cursor cursor = new Cursor(this, block, at);
      cursors.add(new WeakReference<>(cursor));
      return cursor;
    }
  }

  public void add(Follower follower) {
    followers.add(follower);
  }

  public void remove(Follower follower) {
    followers.remove(follower);
  }

  /** How many bytes there are behind an offset. */
  public long behind(long offset) {
    return last.end() - offset;
  }

  /** A place in the stream, from which it is read on. Used by one thread at a time. */
  public static final class Cursor {
    private final Backlog backlog;
    private volatile Block block;
    private int at;

    private Cursor(Backlog backlog, Block block, int at) {
      this.backlog = backlog;
      this.block = block;
      this.at = at;
    }

    /** Another reader from the same place on. */
    public Cursor copy() {
      return backlog.cursor(block, at);
    }

    /** The offset of what is read next. */
    public long offset() {
      return block.start + at;
    }

    /**
     * The next bytes, at most so many; empty if there are none yet, and then the followers are told
     * when there are.
     */
    public ByteString next(int most) {
      ByteString more = read(most);
      if (more.isEmpty()) {
        backlog.drained = true;
        // What came before this could be seen was told to nobody.
        more = read(most);
      }
      return more;
    }

    private ByteString read(int most) {
      while (true) {
        Block here = block;
        // Looked at first: a block with a successor grows no more.
        Block next = here.next;
        int length = here.length;
        if (at < length) {
          int piece = Math.min(length - at, most);
          byte[] bytes = Arrays.copyOfRange(here.bytes, at, at + piece);
          at += piece;
          return ByteString.fromArrayUnsafe(bytes);
        }
        if (next == null) {
          return ByteString.emptyByteString();
        }
        block = next;
        at = 0;
      }
    }
  }
}
