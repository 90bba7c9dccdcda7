package io.sampo.net;

import io.sampo.resp.ChunkPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that selects on its channels and executes the mailboxes of a Pekko dispatcher, so that
 * a request whose connection and shard share a loop crosses no thread and wakes nobody.
 *
 * <p>A turn reports the channels that are ready, runs the queue until it is empty (within bounds,
 * so that busy actors starve no socket), then lets every connection that has output write it. A
 * loop with nothing to do sleeps in the kernel.
 */
public final class CoreLoop extends AbstractExecutorService {
  /** Told, on the loop's thread and outside any task, that its channel is ready. */
  interface Readiness {
    /**
     * @param ops the {@link SelectionKey} operations that are ready
     */
    void ready(int ops);
  }

  /** Asked, once the turn's tasks have run, to write what it has gathered. */
  interface Output {
    void flush();

    /** That has to wait for a later turn. */
    void hold();
  }

  /** Decides at the end of every turn whether what has gathered may be written. */
  @FunctionalInterface
  public interface Gate {
    /** If not, the loop is to be given something to run when it should ask again. */
    boolean opens();
  }

  private enum Phase {
    RUNNING,
    STOPPING,
    ENDED
  }

  private static final Logger log = LoggerFactory.getLogger(CoreLoop.class);

  /** The size of the loop's read and write buffers: the most that one system call transfers. */
  static final int BUFFER_SIZE = 64 * 1024;

  /** What is kept to read into, in bytes: enough for a few hundred clients that are busy. */
  private static final long CHUNKS = 2 << 20;

  /**
   * How often a turn goes through the queue: enough for a request to come from its connection to
   * its shards and back, and few enough that an actor which always has more to do, and therefore
   * runs once in each round, lets the sockets have theirs.
   */
  private static final int ROUNDS = 8;

  /** What a round takes over from other threads, which may submit faster than the loop runs. */
  private static final int REMOTE_PER_ROUND = 1024;

  private final Selector selector;
  private final Consumer<SelectionKey> report = this::report;
  private final ArrayDeque<Runnable> local = new ArrayDeque<>();
  private final Queue<Runnable> remote = new ConcurrentLinkedQueue<>();
  private final ArrayList<Output> outputs = new ArrayList<>();
  private Gate gate = () -> true;
  private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
  private final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
  private final ChunkPool chunks = new ChunkPool(CHUNKS);
  private final int index;
  private final long spinNanos;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final LoopThread thread;

  /** Set by the loop before it looks at the remote queue a last time; whoever clears it wakes. */
  private final AtomicBoolean sleeping = new AtomicBoolean();

  private volatile Phase phase = Phase.RUNNING;

  private CoreLoop(String name, int index, long spinMicros) {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.index = index;
    spinNanos = TimeUnit.MICROSECONDS.toNanos(spinMicros);
    thread = new LoopThread(this, name);
  }

  /**
   * Starts a loop.
   *
   * @param name the thread's name
   * @param index its place among the loops of its node, from 0
   * @param spinMicros how long to poll before sleeping, in microseconds; 0 sleeps at once
   * @param wiring sets the thread's daemon flag, handlers and the like before it starts
   */
  public static CoreLoop start(String name, int index, long spinMicros, Consumer<Thread> wiring) {
    CoreLoop loop = new CoreLoop(name, index, spinMicros);
    wiring.accept(loop.thread);
    loop.thread.start();
    return loop;
  }

  /**
   * The loop whose thread this is.
   *
   * @throws IllegalStateException on any other thread
   */
  public static CoreLoop current() {
    if (Thread.currentThread() instanceof LoopThread thread) {
      return thread.loop;
    }
    throw new IllegalStateException(Thread.currentThread().getName() + " is no core loop");
  }

  /** Its place among the loops of its node, from 0. */
  public int index() {
    return index;
  }

  @Override
  public void execute(Runnable task) {
    if (phase != Phase.RUNNING) {
      throw new RejectedExecutionException(thread.getName() + " is stopping");
    }
    if (Thread.currentThread() == thread) {
      local.add(task);
      return;
    }
    remote.add(task);
    // A loop that ended since the check above has either run the task or never will.
    if (phase == Phase.ENDED && remote.remove(task)) {
      throw new RejectedExecutionException(thread.getName() + " has ended");
    }
    wake();
  }

  /** Registers a channel of this loop's thread; {@code owner} is told of its readiness. */
  SelectionKey register(SelectableChannel channel, int ops, Readiness owner)
      throws ClosedChannelException {
    return channel.register(selector, ops, owner);
  }

  /**
   * Closes a channel and its descriptor now. (A mere {@code close()} keeps a registered channel's
   * descriptor until the next selection.)
   */
  void close(Channel channel) throws IOException {
    channel.close();
    selector.selectNow(report);
  }

  /** Sets what is asked before anything is written; on this loop's thread. */
  public void gate(Gate its) {
    gate = its;
  }

  /** Has {@code output} flushed at the end of this turn. The caller sees to it that it is once. */
  void flushLater(Output output) {
    outputs.add(output);
  }

  /** Where what was read is copied to; on this loop's thread. */
  ChunkPool chunks() {
    return chunks;
  }

  /** The loop's read buffer, cleared. Its content is gone at the next call. */
  ByteBuffer readBuffer() {
    return readBuffer.clear();
  }

  /** The loop's write buffer, cleared. Its content is gone at the next call. */
  ByteBuffer writeBuffer() {
    return writeBuffer.clear();
  }

  private void wake() {
    if (sleeping.get() && sleeping.compareAndSet(true, false)) {
      selector.wakeup();
    }
  }

  private void loop() {
    try {
      while (phase == Phase.RUNNING || !local.isEmpty() || !remote.isEmpty()) {
        runTasks();
        flush();
        select();
      }
      end();
    } catch (IOException e) {
      throw new UncheckedIOException("The selector of " + thread.getName() + " failed", e);
    } finally {
      phase = Phase.ENDED;
      ended.countDown();
    }
  }

  private void runTasks() {
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < REMOTE_PER_ROUND; i++) {
        Runnable task = remote.poll();
        if (task == null) {
          break;
        }
        local.add(task);
      }
      if (local.isEmpty()) {
        return;
      }
      for (int tasks = local.size(); tasks > 0; tasks--) {
        try {
          local.poll().run();
        } catch (Throwable e) {
          uncaught(e);
        }
      }
    }
  }

  private void flush() {
    if (!gate.opens()) {
      outputs.forEach(Output::hold);
      return;
    }
    for (int i = 0; i < outputs.size(); i++) {
      try {
        outputs.get(i).flush();
      } catch (Throwable e) {
        uncaught(e);
      }
    }
    outputs.clear();
  }

  private void select() throws IOException {
    if (busy() || spin()) {
      selector.selectNow(report);
      return;
    }
    sleeping.set(true);
    if (busy()) {
      selector.selectNow(report);
    } else {
      selector.select(report);
      // An interrupt would end every later selection at once.
      Thread.interrupted();
    }
    sleeping.set(false);
  }

  private boolean busy() {
    return !local.isEmpty() || !remote.isEmpty() || phase != Phase.RUNNING;
  }

  /** Polls for a while; true when there is something to do. */
  private boolean spin() throws IOException {
    if (spinNanos > 0) {
      long start = System.nanoTime();
      do {
        if (selector.selectNow(report) > 0 || busy()) {
          return true;
        }
        Thread.onSpinWait();
      } while (System.nanoTime() - start < spinNanos);
    }
    return false;
  }

  private void report(SelectionKey key) {
    try {
      if (key.isValid()) {
        ((Readiness) key.attachment()).ready(key.readyOps());
      }
    } catch (Throwable e) {
      uncaught(e);
    }
  }

  /** Pekko's handler logs, and for a fatal error ends the system or the JVM as configured. */
  private void uncaught(Throwable e) {
    Thread.UncaughtExceptionHandler handler = thread.getUncaughtExceptionHandler();
    if (handler == thread.getThreadGroup()) {
      log.error("Uncaught error from {}", thread.getName(), e);
    } else {
      handler.uncaughtException(thread, e);
    }
  }

  private void end() throws IOException {
    phase = Phase.ENDED;
    // Whoever was told nothing by execute() still has its task run.
    while (!remote.isEmpty() || !local.isEmpty()) {
      runTasks();
    }
    flush();
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }

  /** Runs what was submitted, closes the channels that are left, and ends. Does not wait. */
  @Override
  public void shutdown() {
    if (phase == Phase.RUNNING) {
      phase = Phase.STOPPING;
    }
    wake();
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    List<Runnable> never = new ArrayList<>();
    for (Runnable task; (task = remote.poll()) != null; ) {
      never.add(task);
    }
    return never;
  }

  @Override
  public boolean isShutdown() {
    return phase != Phase.RUNNING;
  }

  @Override
  public boolean isTerminated() {
    return ended.getCount() == 0;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return ended.await(timeout, unit);
  }

  @Override
  public String toString() {
    return thread.getName();
  }

  /** Knows its loop, which is cheaper to find than a thread-local's value. */
  private static final class LoopThread extends Thread {
    private final CoreLoop loop;

    LoopThread(CoreLoop loop, String name) {
      super(null, null, name, 0, false);
      this.loop = loop;
    }

    @Override
    public void run() {
      loop.loop();
    }
  }
}
