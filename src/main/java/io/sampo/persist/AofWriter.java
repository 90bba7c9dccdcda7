package io.sampo.persist;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Writes what is appended to the increments of an append-only file. Whoever appends never waits,
 * and may {@link #writeThrough} itself what has gathered; a thread of the writer's own does what
 * may take longer: all that is written while an fsync is going on, with {@code appendfsync always}
 * one write and one fsync for all that has gathered meanwhile, and the way from one file to the
 * next.
 *
 * <p>A write that fails is taken back as a whole and tried again every second.
 */
public final class AofWriter {
  /** When what was written is forced to the disk (appendfsync). */
  public enum Fsync {
    ALWAYS,
    EVERYSEC,
    NO
  }

  /** Told how far the file has come; by whoever has brought it there, so it must be quick. */
  public interface Observer {
    /**
     * Told by the writer's own threads.
     *
     * @param safe the offset before which everything is as safe as the policy demands
     * @param synced the offset before which everything has been forced to the disk
     */
    void advanced(long safe, long synced);

    /** Somebody has written through what there was. */
    default void wroteThrough() {}

    /** Whoever could not write through should look again. */
    default void released() {}

    /** What was acknowledged as safe may not be: nothing can be promised any more. */
    void lost(IOException why);
  }

  /** What the writer asks for each time, from any thread. */
  public record Options(
      Observer observer, BooleanSupplier suspendsFsync, LongSupplier clockMillis) {}

  /** What one system call writes, since the JDK copies it first. */
  private static final int SLICE = 1 << 18;

  /** What is left to the writer's thread, for it would stop a core loop for too long. */
  private static final int MOST_THROUGH = 1 << 22;

  /** How often to look for the end of another's write before leaving the rest to the thread. */
  private static final int SPINS = 1000;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** How often to look whether fsync is still suspended. */
  private static final long SUSPENDED = TimeUnit.MILLISECONDS.toNanos(100);

  private final Options options;
  private final AofBuffer buffer;
  private final Thread thread;

  /** Forces to the disk what was written, while what comes meanwhile can be written. */
  private final Beside beside;

  private volatile Fsync fsync;
  private volatile boolean closing;
  private volatile String writeError = "";
  private volatile String syncError = "";
  private volatile long size;
  private volatile long written;
  private volatile long synced;

  /** The number of the last thing in the buffer that has been written. */
  private volatile long done;

  /** The same of what has been forced to the disk, and of what was to be noted. */
  private volatile long forced;

  private volatile long marked;

  /** When the fsync and the write that are under way have begun; 0 if there is none. */
  private volatile long syncBegan;

  private volatile long writeBegan;

  /** Whether the thread sleeps until somebody has something for it. */
  private volatile boolean idle;

  /** Whether somebody has to be told when all has been written. */
  private volatile boolean awaited;

  private volatile long lastSync = System.nanoTime();
  private final AofComplaints complaints = new AofComplaints();

  // Of the writer's thread.
  private long toldSafe;
  private long toldSynced;
  private boolean toldMarked = true;

  // Under this lock, which is held while something is written.
  private final ReentrantLock file = new ReentrantLock();
  private volatile AofIncrement target;
  private boolean open = true;

  /** What is being written, or could not be, and how much of it has been. */
  private AofBuffer.Piece present;

  private int at;

  private AofWriter(AofIncrement target, long offset, Fsync fsync, Options options) {
    this.target = target;
    this.options = options;
    this.fsync = fsync;
    this.size = target.size;
    this.written = offset;
    this.synced = offset;
    this.toldSafe = offset;
    this.toldSynced = offset;
    buffer = new AofBuffer(target, offset, options.clockMillis);
    thread = new Thread(this::run, "sampo-aof");
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler(this::died);
    beside = new Beside("sampo-aof-fsync", this::sync, this::wake, this::died);
  }

  /** Nothing would be safe any more, and whoever waits for that would wait for ever. */
  private void died(Thread which, Throwable cause) {
    options.observer.lost(new IOException(which.getName() + " has failed", cause));
  }

  /**
   * Starts to write.
   *
   * @param offset the journal's, of the first byte to come
   */
  public static AofWriter start(AofIncrement increment, long offset, Fsync fsync, Options options) {
    AofWriter writer = new AofWriter(increment, offset, fsync, options);
    writer.thread.start();
    return writer;
  }

  // --- from any thread

  /**
   * Takes the next bytes of the journal. They are written by {@link #writeThrough}, or after {@link
   * #wake}, by whoever knows that there will be no more at once.
   *
   * @param offset of the first of them
   * @param bytes has, from {@code from} on, so many bytes of whole requests
   */
  public void append(long offset, byte[] bytes, int from, int length) {
    buffer.append(offset, bytes, from, length);
  }

  /** Has these bytes, which are not the journal's, stand before the next ones that are. */
  public void head(byte[] bytes) {
    buffer.head(bytes);
  }

  /**
   * Has the file say, from here on, of which stream it is a part and which: where it begins, and
   * wherever that does not follow from what stands before.
   *
   * @param name of the stream, or "" where that is of no interest; asked each time
   */
  public void places(Supplier<String> name) {
    buffer.places(name);
    wake();
  }

  /** Has the place noted at once, if it has become another one. */
  public void mark() {
    marked = buffer.mark();
    wake();
  }

  /** Whether what was to be noted is as safe as the policy demands. */
  public boolean isMarked() {
    return (isForced() ? forced : done) >= marked;
  }

  private boolean isForced() {
    return fsync == Fsync.ALWAYS && !options.suspendsFsync.getAsBoolean();
  }

  /** Counts bytes of the journal that need not be kept. */
  public void skip(long offset, int length) {
    buffer.skip(offset, length);
    if (fsync == Fsync.ALWAYS) {
      wake();
    }
  }

  /** Says that the journal goes on at this offset, which may be less than before. */
  public void restart(long offset) {
    buffer.restart(offset);
    wake();
  }

  /**
   * Has everything from now on written to another file; the present one is forced to the disk and
   * closed behind its last byte.
   *
   * @param first what to begin it with, before the next bytes of the journal
   */
  public void continueIn(AofIncrement next, byte[] first) {
    buffer.continueIn(next, first);
    wake();
  }

  public void fsync(Fsync policy) {
    fsync = policy;
    wake();
  }

  /** Sets whether the time is noted in the file, for a restore up to a moment. */
  public void stamps(boolean yes) {
    buffer.stamps(yes);
  }

  /** The offset before which everything has been forced to the disk. */
  public long synced() {
    return synced;
  }

  /** The offset before which everything has been written. */
  public long written() {
    return written;
  }

  /** The offset before which everything is as safe as the policy demands. */
  public long safe() {
    return isForced() ? synced : written;
  }

  /** Why writing fails at the moment, or "". */
  public String error() {
    String present = writeError;
    return present.isEmpty() ? syncError : present;
  }

  /** How long the present file is. */
  public long size() {
    return size;
  }

  /** How many bytes have been appended but not yet written. */
  public long pending() {
    return Math.max(0, buffer.appended() - written);
  }

  /** For how long the disk has not done what it was asked to, in nanoseconds. */
  public long waitingFor() {
    long now = System.nanoTime();
    long sync = syncBegan;
    long write = writeBegan;
    return Math.max(sync == 0 ? 0 : now - sync, write == 0 ? 0 : now - write);
  }

  /** Whether an fsync is going on beside. */
  public boolean isSyncing() {
    return beside.isBusy();
  }

  /** Writes and forces what is left, and closes the file; waits for that. Nothing runs then. */
  public void close() {
    closing = true;
    wake();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    beside.end();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has what there is written now. */
  public void wake() {
    idle = false;
    LockSupport.unpark(thread);
  }

  /**
   * Writes what has been appended by now, if that takes but a moment; otherwise it is left to the
   * writer's thread, and {@link Observer#released} called afterwards.
   *
   * @return whether it has been written; also if it cannot be, so that nobody would ever go on, and
   *     with {@code appendfsync always}, for which mere writing is not enough
   */
  public boolean writeThrough() {
    long upTo = buffer.number();
    if (done >= upTo || fsync == Fsync.ALWAYS || !writeError.isEmpty()) {
      return true;
    }
    if (!beside.isBusy() && pending() <= MOST_THROUGH && enter(upTo)) {
      try {
        writeMore();
      } finally {
        file.unlock();
      }
    }
    if (done >= upTo) {
      if (idle && synced < written) {
        // It has to see to the next fsync.
        wake();
      }
      options.observer.wroteThrough();
      return true;
    }
    awaited = true;
    wake();
    return done >= upTo || !writeError.isEmpty();
  }

  /** Gets the lock, unless another writes all this as well, or for too long. */
  private boolean enter(long upTo) {
    for (int i = 0; i < SPINS; i++) {
      if (file.tryLock()) {
        return true;
      }
      if (done >= upTo) {
        return false;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  /** Writes what has gathered, if it simply goes on in the file and nothing has gone wrong. */
  private void writeMore() {
    if (present == null && open) {
      present = buffer.takeMore(target);
      if (present != null) {
        write();
      }
    }
  }

  // --- on the writer's thread

  private void run() {
    while (true) {
      if (step()) {
        settle();
      } else if (closing) {
        break;
      } else if (!writeError.isEmpty()) {
        release();
        LockSupport.parkNanos(this, SECOND);
      } else {
        settle();
        rest();
      }
    }
    file.lock();
    try {
      finish();
      open = false;
    } finally {
      file.unlock();
    }
    release();
  }

  /** Writes a piece; false if there is none, or it cannot be written. */
  private boolean step() {
    file.lock();
    try {
      if (present == null) {
        present = buffer.take();
        if (present == null) {
          return false;
        }
        if (present.target != target) {
          finish();
          target = present.target;
          size = target.size;
        }
        if (present.jumps()) {
          jump(present.start());
        }
      }
      return write();
    } finally {
      file.unlock();
    }
  }

  private void jump(long offset) {
    beside.await();
    if (synced < written) {
      sync();
    }
    written = offset;
    synced = offset;
  }

  /** Tells those who wait for what could not be written through. */
  private void release() {
    if (awaited) {
      awaited = false;
      options.observer.released();
    }
  }

  /** Waits for something to write, or to force to the disk. */
  private void rest() {
    if (isToForce() && fsync != Fsync.NO) {
      long left = lastSync + SECOND - System.nanoTime();
      LockSupport.parkNanos(this, left > 0 ? left : SUSPENDED);
      return;
    }
    idle = true;
    if (done >= buffer.number() && (!isToForce() || fsync == Fsync.NO) && !closing) {
      LockSupport.park(this);
    }
    idle = false;
  }

  /** Forces to the disk what the policy wants there by now, and tells how far that has come. */
  private void settle() {
    boolean suspended = options.suspendsFsync.getAsBoolean();
    if (isToForce() && !suspended && !beside.isBusy()) {
      if (fsync == Fsync.ALWAYS) {
        sync();
      } else if (fsync == Fsync.EVERYSEC && System.nanoTime() - lastSync >= SECOND) {
        beside.ask();
      }
    }
    long safe = fsync == Fsync.ALWAYS && !suspended ? synced : written;
    boolean noted = isMarked();
    if (safe != toldSafe || synced != toldSynced || noted != toldMarked) {
      toldMarked = noted;
      toldSafe = safe;
      toldSynced = synced;
      options.observer.advanced(safe, synced);
    }
    release();
  }

  private boolean isToForce() {
    return synced < written || forced < marked;
  }

  private void sync() {
    long up = written;
    long number = done;
    syncBegan = System.nanoTime() | 1;
    try {
      target.channel.force(false);
      synced = up;
      forced = number;
      if (!syncError.isEmpty()) {
        syncError = "";
        complaints.end();
      }
    } catch (IOException e) {
      syncError = AofComplaints.message(e);
      complaints.make("calling fsync() on", target, e);
      if (fsync == Fsync.ALWAYS) {
        options.observer.lost(e);
      }
    } finally {
      lastSync = System.nanoTime();
      syncBegan = 0;
    }
  }

  /** Forces the present file to the disk and closes it. */
  private void finish() {
    beside.await();
    if (isToForce()) {
      sync();
      options.observer.advanced(synced, synced);
    }
    try {
      target.close();
    } catch (IOException e) {
      complaints.note("closing", target, e);
    }
  }

  // --- holding the file's lock

  /** Writes the present piece, or what is left of it; false if that cannot be done. */
  private boolean write() {
    AofBuffer.Piece piece = present;
    try {
      while (at < piece.length) {
        int slice = Math.min(SLICE, piece.length - at);
        writeBegan = System.nanoTime() | 1;
        at += target.channel.write(ByteBuffer.wrap(piece.bytes, at, slice));
      }
    } catch (IOException e) {
      complaints.make("writing to", target, e);
      writeError = AofComplaints.message(e);
      at = target.takeBack(at);
      return false;
    } finally {
      writeBegan = 0;
    }
    if (!writeError.isEmpty()) {
      writeError = "";
      complaints.end();
    }
    target.size += piece.length;
    size = target.size;
    written = piece.end;
    done = Math.max(done, piece.number);
    present = null;
    at = 0;
    buffer.reuse(piece);
    return true;
  }
}
