package io.sampo.persist;

import io.sampo.resp.Bytes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is appended to the increments of an append-only file, on a thread of its own: one
 * write, and one fsync if there is to be one, for all that has gathered meanwhile. Whoever appends
 * never waits.
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

  /** Told how far the file has come; on the writer's thread, so it must be quick. */
  public interface Observer {
    /**
     * @param safe the offset before which everything is as safe as the policy demands
     * @param synced the offset before which everything has been forced to the disk
     */
    void advanced(long safe, long synced);

    /** What was acknowledged as safe may not be: nothing can be promised any more. */
    void lost(IOException why);
  }

  /** What the writer asks for each time, from any thread. */
  public record Options(
      Observer observer, BooleanSupplier suspendsFsync, LongSupplier clockMillis) {}

  /** A file to write to, and how much of it is good. A writer takes it over. */
  public static final class Increment implements Closeable {
    final FileChannel channel;
    final String name;
    long size;

    private Increment(Path path) throws IOException {
      channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      name = path.getFileName().toString();
      size = channel.size();
      channel.position(size);
    }

    /** Opens a file, new or not, to write behind what it has. */
    public static Increment open(Path path) throws IOException {
      return new Increment(path);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Bytes for one file, up to the journal's offset {@code end}. */
  private static final class Piece {
    byte[] bytes = new byte[INITIAL];
    int length;
    long end;

    /** Where the journal was when it jumped to just before these bytes; -1 if it did not. */
    long start = STEADY;

    Increment target;

    void add(byte[] more) {
      if (more.length > bytes.length - length) {
        long wanted = (long) length + more.length;
        long room = Math.max(wanted, Math.min(bytes.length * 2L, MOST));
        bytes = Arrays.copyOf(bytes, (int) Math.min(room, Integer.MAX_VALUE - 8));
      }
      System.arraycopy(more, 0, bytes, length, more.length);
      length += more.length;
    }

    boolean takes(byte[] more) {
      return length == 0 || (long) length + more.length <= MOST;
    }

    void clear() {
      length = 0;
      start = STEADY;
      if (bytes.length > KEPT) {
        bytes = new byte[INITIAL];
      }
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(AofWriter.class);
  private static final long STEADY = -1;
  private static final int INITIAL = 1 << 16;
  private static final int KEPT = 1 << 22;
  private static final int MOST = 1 << 26;

  /** What one system call writes, since the JDK copies it first. */
  private static final int SLICE = 1 << 18;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** How long an error that lasts is not repeated in the log. */
  private static final long SILENCE = 30 * SECOND;

  /** How often to look whether fsync is still suspended. */
  private static final long SUSPENDED = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * How long data gathers where nobody waits for it, which is also what is lost if only the process
   * is killed: with 5 ms the wake-ups took a twelfth of the throughput on two processors.
   */
  private static final long GATHERING = TimeUnit.MILLISECONDS.toNanos(40);

  private final Options options;
  private final Thread thread;
  private final Object lock = new Object();

  // Under the lock.
  private final ArrayDeque<Piece> full = new ArrayDeque<>();
  private Piece filling = new Piece();
  private Piece spare = new Piece();
  private boolean idle;
  private byte[] head = {};
  private long stamp;
  private String noted = "";
  private long notedUpTo;

  private volatile Supplier<String> place = () -> "";
  private volatile Fsync fsync;
  private volatile boolean stamping;
  private volatile boolean closing;
  private volatile String writeError = "";
  private volatile String syncError = "";
  private volatile long size;
  private volatile long appended;
  private volatile long written;
  private volatile long synced;
  private volatile boolean syncing;

  // Of the writer's thread.
  private long taken;
  private Increment target;
  private long lastSync = System.nanoTime();
  private long lastComplaint = lastSync - SILENCE;

  private AofWriter(Increment target, long offset, Fsync fsync, Options options) {
    this.target = target;
    this.options = options;
    this.fsync = fsync;
    this.size = target.size;
    this.written = offset;
    this.synced = offset;
    this.appended = offset;
    filling.target = target;
    filling.end = offset;
    taken = offset;
    thread = new Thread(this::run, "sampo-aof");
    thread.setDaemon(true);
  }

  /**
   * Starts to write.
   *
   * @param offset the journal's, of the first byte to come
   */
  public static AofWriter start(Increment increment, long offset, Fsync fsync, Options options) {
    AofWriter writer = new AofWriter(increment, offset, fsync, options);
    writer.thread.start();
    return writer;
  }

  // --- from any thread

  /**
   * Takes the next bytes of the journal. With {@link Fsync#ALWAYS} they are written after {@link
   * #wake}, by whoever knows that there will be no more at once.
   *
   * @param offset of the first of them
   * @param bytes whole requests
   */
  public void append(long offset, byte[] bytes) {
    boolean wake;
    synchronized (lock) {
      if (!filling.takes(bytes)) {
        seal(filling.target);
      }
      if (head.length > 0) {
        filling.add(head);
        head = new byte[0];
      }
      if (stamping) {
        stamp();
      }
      String here = place.get();
      if (!here.equals(noted) || offset != notedUpTo) {
        note(here, offset);
      }
      filling.add(bytes);
      notedUpTo = offset + bytes.length;
      filling.end = offset + bytes.length;
      appended = filling.end;
      wake = idle && fsync != Fsync.ALWAYS;
      idle &= !wake;
    }
    if (wake) {
      LockSupport.unpark(thread);
    }
  }

  /** Has these bytes, which are not the journal's, stand before the next ones that are. */
  public void head(byte[] bytes) {
    synchronized (lock) {
      head = bytes;
    }
  }

  /**
   * Has the file say, from here on, of which stream it is a part and which: where it begins, and
   * wherever that does not follow from what stands before.
   *
   * @param name of the stream, or "" where that is of no interest; asked each time
   */
  public void places(Supplier<String> name) {
    synchronized (lock) {
      place = name;
      note(name.get(), filling.end);
    }
    wake();
  }

  private void note(String here, long offset) {
    noted = here;
    notedUpTo = offset;
    if (!here.isEmpty()) {
      filling.add(Bytes.ascii("#AT:" + here + ":" + offset + "\r\n"));
    }
  }

  /** Counts bytes of the journal that need not be kept. */
  public void skip(long offset, int length) {
    synchronized (lock) {
      filling.end = offset + length;
      appended = filling.end;
    }
    wake();
  }

  /** Says that the journal goes on at this offset, which may be less than before. */
  public void restart(long offset) {
    synchronized (lock) {
      seal(filling.target);
      filling.start = offset;
      filling.end = offset;
      appended = offset;
    }
    wake();
  }

  private void stamp() {
    long now = options.clockMillis.getAsLong() / 1000;
    if (now != stamp) {
      stamp = now;
      filling.add(Bytes.ascii("#TS:" + now + "\r\n"));
    }
  }

  private void seal(Increment next) {
    long end = filling.end;
    full.add(filling);
    filling = new Piece();
    filling.target = next;
    filling.end = end;
  }

  /**
   * Has everything from now on written to another file; the present one is forced to the disk and
   * closed behind its last byte.
   *
   * @param first what to begin it with, before the next bytes of the journal
   */
  public void continueIn(Increment next, byte[] first) {
    synchronized (lock) {
      seal(next);
      head = first;
      stamp = 0;
      note(place.get(), filling.end);
    }
    wake();
  }

  /** Has something written before the next bytes of the journal. */
  public void begin(byte[] first) {
    synchronized (lock) {
      head = first;
    }
  }

  public void fsync(Fsync policy) {
    fsync = policy;
    wake();
  }

  /** Sets whether the time is noted in the file, for a restore up to a moment. */
  public void stamps(boolean yes) {
    stamping = yes;
  }

  /** The offset before which everything has been forced to the disk. */
  public long synced() {
    return synced;
  }

  /** The offset before which everything has been written. */
  public long written() {
    return written;
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
    return Math.max(0, appended - written);
  }

  /** Whether an fsync is going on. */
  public boolean isSyncing() {
    return syncing;
  }

  /** Writes and forces what is left, closes the file and ends the thread; waits for all of it. */
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
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has what there is written now. */
  public void wake() {
    synchronized (lock) {
      idle = false;
    }
    LockSupport.unpark(thread);
  }

  // --- on the writer's thread

  private void run() {
    boolean flows = false;
    while (true) {
      Piece piece = take();
      if (piece != null) {
        flows = true;
        if (piece.target != target) {
          finish();
          target = piece.target;
          size = target.size;
        }
        if (piece.start != STEADY) {
          jump(piece.start);
        }
        if (!write(piece)) {
          break;
        }
        reuse(piece);
        settle();
      } else if (closing) {
        break;
      } else {
        settle();
        rest(flows);
        flows = false;
      }
    }
    finish();
  }

  /** What there is to write next; null if there is nothing. */
  private Piece take() {
    synchronized (lock) {
      if (!full.isEmpty()) {
        taken = full.peek().end;
        return full.poll();
      }
      if (hasNothing()) {
        return null;
      }
      taken = filling.end;
      Piece piece = filling;
      filling = spare == null ? new Piece() : spare;
      spare = null;
      filling.target = piece.target;
      filling.end = piece.end;
      return piece;
    }
  }

  private boolean hasNothing() {
    return filling.end == taken && filling.target == target && filling.start == STEADY;
  }

  private void jump(long offset) {
    if (synced < written) {
      sync();
    }
    written = offset;
    synced = offset;
  }

  private void reuse(Piece piece) {
    piece.clear();
    synchronized (lock) {
      if (spare == null) {
        spare = piece;
      }
    }
  }

  /** Waits for more: a little if it flows and nobody waits for it, else until somebody wakes us. */
  private void rest(boolean flows) {
    if (flows && fsync != Fsync.ALWAYS) {
      LockSupport.parkNanos(this, GATHERING);
      return;
    }
    synchronized (lock) {
      if (!full.isEmpty() || !hasNothing() || closing) {
        return;
      }
      idle = true;
    }
    if (synced < written && fsync != Fsync.NO) {
      long left = lastSync + SECOND - System.nanoTime();
      LockSupport.parkNanos(this, left > 0 ? left : SUSPENDED);
    } else {
      LockSupport.park(this);
    }
    synchronized (lock) {
      idle = false;
    }
  }

  /** Writes a piece however often that takes; false if it cannot and there is no more time. */
  private boolean write(Piece piece) {
    int at = 0;
    while (at < piece.length) {
      try {
        int slice = Math.min(SLICE, piece.length - at);
        at += target.channel.write(ByteBuffer.wrap(piece.bytes, at, slice));
      } catch (IOException e) {
        writeError = message(e);
        complain("writing to", writeError);
        at = takeBack(at);
        if (closing) {
          return false;
        }
        LockSupport.parkNanos(this, SECOND);
      }
    }
    if (!writeError.isEmpty()) {
      writeError = "";
      recovered();
    }
    target.size += piece.length;
    size = target.size;
    written = piece.end;
    return true;
  }

  /** After a short write: the file is to end with a whole request. Returns what is still in it. */
  private int takeBack(int at) {
    if (at == 0) {
      return 0;
    }
    try {
      target.channel.truncate(target.size);
      target.channel.position(target.size);
      return 0;
    } catch (IOException e) {
      LOG.warn("Could not remove a short write from the AOF file {}: {}", target.name, message(e));
      return at;
    }
  }

  /** Forces to the disk what the policy wants there by now. */
  private void settle() {
    if (synced == written) {
      return;
    }
    boolean due =
        switch (fsync) {
          case ALWAYS -> true;
          case EVERYSEC -> System.nanoTime() - lastSync >= SECOND;
          case NO -> false;
        };
    boolean suspended = options.suspendsFsync.getAsBoolean();
    if (due && !suspended) {
      sync();
    }
    options.observer.advanced(fsync == Fsync.ALWAYS && !suspended ? synced : written, synced);
  }

  private void sync() {
    syncing = true;
    long up = written;
    try {
      target.channel.force(false);
      synced = up;
      if (!syncError.isEmpty()) {
        syncError = "";
        recovered();
      }
    } catch (IOException e) {
      syncError = message(e);
      complain("calling fsync() on", syncError);
      if (fsync == Fsync.ALWAYS) {
        options.observer.lost(e);
      }
    } finally {
      syncing = false;
      lastSync = System.nanoTime();
    }
  }

  private void finish() {
    if (synced < written) {
      sync();
      options.observer.advanced(synced, synced);
    }
    try {
      target.channel.close();
    } catch (IOException e) {
      LOG.warn("Error closing the AOF file {}: {}", target.name, message(e));
    }
  }

  private void complain(String doing, String why) {
    if (System.nanoTime() - lastComplaint >= SILENCE) {
      lastComplaint = System.nanoTime();
      LOG.error("Error {} the AOF file {}: {}", doing, target.name, why);
    }
  }

  private void recovered() {
    lastComplaint = System.nanoTime() - SILENCE;
    LOG.warn("AOF write error looks solved, Sampo can write again.");
  }

  private static String message(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
