package io.sampo.server;

import io.sampo.journal.Barrier;
import io.sampo.journal.Journal;
import io.sampo.persist.AofIncrement;
import io.sampo.persist.AofWriter;
import io.sampo.server.config.Settings;
import io.sampo.server.stats.InfoText;
import io.sampo.shard.Borrower;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The append-only file as the rest of the node sees it: whether there is one, how safe what was
 * written is, and how its rewrites go. Used from any thread. Its files are opened and renamed by an
 * {@link AofKeeper}.
 */
public final class AppendOnly {
  private static final Logger LOG = LoggerFactory.getLogger(AppendOnly.class);

  private static final long FLUSH_POLL_NANOS = 1_000_000;

  /** What is there to be done about a rewrite. */
  public enum Rewrite {
    NONE,
    SCHEDULED,
    RUNNING
  }

  private final Settings settings;
  private final Journal journal;
  private final Consumer<AofKeeper.Message> keeper;
  private final BooleanSupplier saving;
  private final Supplier<String> place;
  private final Runnable failNode;

  /** Holds replies while appendfsync is always, and where no core loop holds them until written. */
  private final Barrier.Guard strict;

  private final AofLag lag;
  private final AofRewrites rewrites;

  /** Lets pass whoever waits for what is on the disk (WAITAOF), as long as it is turned on. */
  private final Barrier disk = new Barrier();

  private final Barrier.Guard forced = disk.guard();

  private volatile boolean enabled;

  /** Whether what is appended follows a base, without which it would not be found again. */
  private volatile boolean isBased;

  private volatile Optional<Appender> appender = Optional.empty();

  /** Bytes of all files but the one that is written to. */
  private volatile long closedSize;

  /** Those that hold replies until they are told that what they tell of has been written. */
  private final List<Executor> loops = new CopyOnWriteArrayList<>();

  private volatile Runnable progressed = () -> {};

  private final AtomicBoolean writesSoon = new AtomicBoolean();

  /**
   * @param keeper does the work with files
   * @param saving whether a snapshot is being saved for another purpose
   * @param place what the file is to say of the stream that it is a part of
   * @param failNode ends the node at once
   */
  AppendOnly(
      Settings settings,
      Journal journal,
      Barrier barrier,
      Consumer<AofKeeper.Message> keeper,
      BooleanSupplier saving,
      Supplier<String> place,
      Runnable failNode) {
    this.settings = settings;
    this.journal = journal;
    this.keeper = keeper;
    this.saving = saving;
    this.place = place;
    this.failNode = failNode;
    this.strict = barrier.guard();
    this.lag = new AofLag(barrier.guard());
    this.rewrites = new AofRewrites(settings, saving, () -> keeper.accept(new AofKeeper.Rewrite()));
    settings.appendfsync.each(policy -> follow());
    settings.aofTimestampEnabled.each(yes -> appender.ifPresent(f -> f.writer.stamps(yes)));
  }

  /** Brings the journal to the writer, and tells how far that has come. */
  private final class Appender implements Journal.Reader, AofWriter.Observer {
    private final AofWriter writer;
    private long safe;

    Appender(AofIncrement increment) {
      safe = journal.offset();
      writer =
          AofWriter.start(
              increment,
              safe,
              policy(),
              new AofWriter.Options(
                  this, AppendOnly.this::suspendsFsync, System::currentTimeMillis));
      writer.stamps(settings.aofTimestampEnabled.get());
      writer.places(place);
    }

    @Override
    public void append(long offset, byte[] bytes, int from, int length) {
      writer.append(offset, bytes, from, length);
    }

    @Override
    public void signal(long offset, byte[] bytes) {
      writer.skip(offset, bytes.length);
    }

    @Override
    public void restart(long offset) {
      writer.restart(offset);
    }

    @Override
    public void advanced(long nowSafe, long synced) {
      if (nowSafe < safe) {
        follow();
      }
      safe = nowSafe;
      strict.advance(nowSafe);
      lag.wrote(writer.written());
      if (isBased) {
        forced.advance(synced);
      }
      progressed.run();
    }

    @Override
    public void wroteThrough() {
      progressed.run();
    }

    @Override
    public void released() {
      loops.forEach(AppendOnly::nudge);
    }

    @Override
    public void lost(IOException why) {
      LOG.error(
          "Can't recover from AOF fsync error when the AOF fsync policy is 'always', or from a"
              + " failure of its writer. Exiting...",
          why);
      failNode.run();
    }
  }

  // --- what it is told by its keeper and by the start

  /** Turns it on at the start, when what there is has yet to be loaded. */
  synchronized void enable() {
    enabled = true;
    forced.raise(0);
  }

  /** Turns it on or off while the node runs; what there is to do with files is done later. */
  synchronized void turn(boolean on) {
    if (on == enabled) {
      return;
    }
    enabled = on;
    if (!on) {
      rewrites.cancel();
      appender.ifPresent(journal::remove);
      keeper.accept(new AofKeeper.Detach());
    } else {
      forced.raise(0);
      rewrites.begin();
    }
  }

  /**
   * Has everything from now on appended to a file, unless it has been turned off meanwhile.
   *
   * @param based whether the file's base is there, rather than still to be written
   */
  synchronized boolean attach(AofIncrement increment, boolean based) {
    if (!enabled || appender.isPresent()) {
      return false;
    }
    isBased = based;
    Appender its = new Appender(increment);
    if (journal.isRelaying()) {
      // A master's stream is not ours to add a SELECT to.
      its.writer.head(journal.selection());
    }
    journal.add(its);
    // Otherwise a SELECT comes by itself.
    its.writer.head(journal.selection());
    appender = Optional.of(its);
    follow();
    return true;
  }

  /** Has everything from now on appended to another file than before. */
  synchronized boolean goOnIn(AofIncrement increment) {
    if (appender.isEmpty()) {
      return false;
    }
    AofWriter writer = appender.get().writer;
    closedSize += writer.size() + writer.pending();
    writer.continueIn(increment, journal.selection());
    return true;
  }

  /**
   * All data is about to be replaced: has what is appended from then on follow a base of its own,
   * written when nothing is being loaded any more.
   */
  synchronized void beginAnew() {
    if (enabled) {
      appender.ifPresent(journal::remove);
      isBased = false;
      forced.raise(0);
      keeper.accept(new AofKeeper.Detach());
      rewrites.schedule();
    }
  }

  /** Appends nothing any more; what has been appended is on the disk when this returns. */
  void detach() {
    Optional<Appender> old;
    synchronized (this) {
      old = appender;
      appender = Optional.empty();
    }
    old.ifPresent(journal::remove);
    old.ifPresent(its -> its.writer.close());
    strict.lower();
    synchronized (this) {
      lag.caughtUp();
      if (enabled) {
        forced.raise(0);
      } else {
        forced.lower();
      }
    }
  }

  /** Says that the files have been loaded, or rewritten to {@code bytes}. */
  synchronized void based(long bytes, long withoutPresent) {
    rewrites.based(bytes);
    closedSize = withoutPresent;
  }

  /** A rewrite has succeeded; changes meanwhile took so many bytes. */
  synchronized void rewritten(long copied) {
    rewrites.succeeded(copied);
    if (!isBased) {
      isBased = true;
      follow();
      progressed.run();
    }
    scheduleFirst();
  }

  synchronized void rewriteFailed() {
    rewrites.failed();
    scheduleFirst();
  }

  /** A rewrite has come to nothing, for it was no longer wanted. */
  synchronized void rewriteDropped() {
    rewrites.dropped();
    scheduleFirst();
  }

  private void scheduleFirst() {
    if (enabled && appender.isEmpty()) {
      rewrites.schedule();
    }
  }

  // --- what the node asks

  /** Whether it is on, even if its first file is yet to be written. */
  public boolean isEnabled() {
    return enabled;
  }

  /** Whether what happens is appended to a file. */
  boolean isAttached() {
    return appender.isPresent();
  }

  boolean isRewriting() {
    return rewrites.state() == Rewrite.RUNNING;
  }

  /**
   * Has the file rewritten, now or later.
   *
   * @param atOnce whether it may begin now
   * @return what it is now; {@link Rewrite#NONE} if one was running already
   */
  public synchronized Rewrite rewrite(boolean atOnce) {
    return rewrites.ask(atOnce);
  }

  /** Whether writes are refused, because they cannot be appended. */
  boolean refusesWrites() {
    Optional<Appender> present = appender;
    return present.isPresent() && !present.get().writer.error().isEmpty();
  }

  /** Why writes are refused, if they still are: an error line, or "". */
  String refusal() {
    String error = appender.map(its -> its.writer.error()).orElse("");
    return error.isEmpty() ? "" : "MISCONF Errors writing to the AOF file: " + error;
  }

  /**
   * Has what was appended written when the loop of this borrower has run what is before it, for
   * then there is more to be written and forced at once.
   */
  void writeSoon(ActorRef<Borrower.Message> borrower) {
    Optional<Appender> present = appender;
    if (present.isPresent() && !writesSoon.getAndSet(true)) {
      borrower.tell(new Borrower.Cut(0, none -> write(present.get())));
    }
  }

  private void write(Appender its) {
    writesSoon.set(false);
    its.writer.wake();
  }

  /**
   * What a core loop asks before the replies of a turn leave: whether all that has been appended
   * has been written, so that a mere kill of the process loses nothing that was acknowledged.
   *
   * @param loop is given something to run when it should ask again
   */
  BooleanSupplier gate(Executor loop) {
    loops.add(loop);
    return this::writeThrough;
  }

  private boolean writeThrough() {
    Optional<Appender> present = appender;
    return present.isEmpty() || present.get().writer.writeThrough();
  }

  private static void nudge(Executor loop) {
    try {
      loop.execute(() -> {});
    } catch (RejectedExecutionException ended) {
      LOG.debug("a loop has ended that waited for the AOF", ended);
    }
  }

  /** Has a task run, which must be quick, whenever more of the journal may be {@link #safe}. */
  void whenProgressed(Runnable task) {
    progressed = task;
  }

  /** Up to where the journal is as safe as it is to be here; all of it if it is not kept. */
  long safe() {
    return isStrict() && !(isAttached() && isBased) ? 0 : written();
  }

  private long written() {
    return appender.map(its -> its.writer.safe()).orElse(Long.MAX_VALUE);
  }

  private boolean isStrict() {
    return enabled && policy() == AofWriter.Fsync.ALWAYS;
  }

  /** Up to where others may be told that we have it, as far as that is for the disk to say. */
  long disclosable() {
    return isStrict() ? Math.max(0, forced()) : Long.MAX_VALUE;
  }

  /** Runs a task once everything before this offset is {@link #disclosable}. */
  void awaitDisclosable(long offset, Runnable then) {
    if (isStrict()) {
      disk.await(offset, then);
      appender.ifPresent(this::write);
    } else {
      then.run();
    }
  }

  /** Has the file say at once where in the stream it stands, if it is told more than before. */
  void mark() {
    appender.ifPresent(its -> its.writer.mark());
  }

  /** Whether that is as safe as it is to be here. */
  boolean isMarked() {
    return appender.filter(its -> !its.writer.isMarked()).isEmpty();
  }

  /** Returns when all that was appended has been written, unless it cannot be. */
  public void flush() {
    appender.ifPresent(
        its -> {
          while (its.writer.pending() > 0 && its.writer.error().isEmpty()) {
            its.writer.wake();
            LockSupport.parkNanos(FLUSH_POLL_NANOS);
          }
        });
  }

  /** Up to where the journal is on the disk; -1 if it is not kept there, or not as a whole yet. */
  long forced() {
    return appender.filter(its -> isBased).map(its -> its.writer.synced()).orElse(-1L);
  }

  /** Whether everything before this offset of the journal is on the disk. */
  public boolean isForced(long offset) {
    return enabled && disk.isSafe(offset);
  }

  /** Whether nothing can be written, or the disk has not done for so long what it was asked to. */
  boolean isStuck(long nanos) {
    return !refusal().isEmpty()
        || appender.filter(its -> its.writer.waitingFor() > nanos).isPresent();
  }

  /** Runs a task once that is so, or it is turned off. */
  public void awaitForced(long offset, Runnable then) {
    disk.await(offset, then);
  }

  /** To be called some times a second. */
  void tend() {
    synchronized (this) {
      rewrites.tend(appender.isPresent() ? size() : 0);
      appender.ifPresent(its -> lag.watch(its.writer));
    }
    // For what was changed on behalf of nobody.
    appender.filter(its -> its.writer.pending() > 0).ifPresent(this::write);
  }

  private long size() {
    return closedSize + appender.map(its -> its.writer.size()).orElse(0L);
  }

  private boolean suspendsFsync() {
    return settings.noAppendfsyncOnRewrite.get() && (isRewriting() || saving.getAsBoolean());
  }

  private AofWriter.Fsync policy() {
    return AofWriter.Fsync.valueOf(settings.appendfsync.get().toUpperCase(Locale.ROOT));
  }

  /** Has the guards follow the policy, and an offset that has become less. */
  private synchronized void follow() {
    appender.ifPresent(
        its -> {
          forced.raise(isBased ? its.writer.synced() : 0);
          if (policy() == AofWriter.Fsync.ALWAYS || loops.isEmpty()) {
            strict.raise(0);
            its.writer.fsync(policy());
            strict.advance(its.writer.safe());
          } else {
            its.writer.fsync(policy());
            strict.lower();
          }
        });
  }

  /** Writes the fields of INFO persistence. */
  public synchronized void describe(InfoText text) {
    text.field("aof_enabled", enabled ? 1 : 0);
    rewrites.describe(text);
    text.field("aof_last_write_status", refusal().isEmpty() ? "ok" : "err")
        .field("aof_last_cow_size", rewrites.lastCopied())
        .field("module_fork_in_progress", 0)
        .field("module_fork_last_cow_size", 0);
    if (enabled) {
      text.field("aof_current_size", size())
          .field("aof_base_size", rewrites.base())
          .field("aof_pending_rewrite", rewrites.state() == Rewrite.SCHEDULED ? 1 : 0)
          .field("aof_buffer_length", appender.map(its -> its.writer.pending()).orElse(0L))
          .field(
              "aof_pending_bio_fsync",
              appender.filter(its -> its.writer.isSyncing()).isPresent() ? 1 : 0)
          .field("aof_delayed_fsync", lag.times());
    }
  }
}
