package io.sampo.faults;

import io.sampo.faults.History.Addition;
import io.sampo.faults.History.Outcome;
import io.sampo.faults.History.Reading;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.WireReply;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * Stays with one node whatever becomes of it, and does not wait for replies before it asks again:
 * so a node that is stopped goes on with requests from before, in the middle of which it may be,
 * and with others that were made since. What it says of the set while it says that it is the master
 * is a reading.
 */
final class Watcher implements AutoCloseable {
  private static final int PAUSE = 40;

  /** Longer than any fault. */
  private static final int PATIENCE = 20_000;

  private static final long LATE = TimeUnit.MILLISECONDS.toNanos(500);

  /** How many requests whose reply took long were answered by a master, or were not. */
  final AtomicInteger lateTold = new AtomicInteger();

  final AtomicInteger lateRefused = new AtomicInteger();

  private final NodeProcess node;
  private final String key;
  private final History history;
  private final BooleanSupplier mayAdd;
  private final IntSupplier elements;
  private final Thread thread = new Thread(this::run);
  private volatile boolean ends;

  /** What has been asked: an addition, or a reading if there is no element. */
  private record Asked(int element, long called) {}

  private static final int NONE = -1;

  /**
   * @param mayAdd whether it may add elements, too
   */
  Watcher(
      NodeProcess node, String key, History history, BooleanSupplier mayAdd, IntSupplier elements) {
    this.node = node;
    this.key = key;
    this.history = history;
    this.mayAdd = mayAdd;
    this.elements = elements;
    thread.start();
  }

  private void run() {
    while (!ends) {
      try (RespClient client = node.connect()) {
        client.patience(PATIENCE);
        talk(client);
      } catch (UncheckedIOException notNow) {
        rest();
      }
    }
  }

  private void talk(RespClient client) {
    Queue<Asked> asked = new ConcurrentLinkedQueue<>();
    Thread sender = new Thread(() -> ask(client, asked));
    sender.start();
    try {
      while (true) {
        hear(client, asked);
      }
    } catch (UncheckedIOException ended) {
      client.close();
    }
    join(sender);
    long now = System.nanoTime();
    for (Asked each : asked) {
      if (each.element == NONE) {
        lateRefused.addAndGet(now - each.called > LATE ? 1 : 0);
      } else {
        history.add(new Addition(each.element, each.called, now, Outcome.UNKNOWN));
      }
    }
  }

  /** Until the connection ends. */
  private void ask(RespClient client, Queue<Asked> asked) {
    try {
      for (int i = 0; !ends; i++) {
        if (i % 4 == 0 && mayAdd.getAsBoolean()) {
          Asked addition = new Asked(elements.getAsInt(), System.nanoTime());
          asked.add(addition);
          client.send("SADD", key, "" + addition.element);
        }
        asked.add(new Asked(NONE, System.nanoTime()));
        client.send("MULTI");
        client.send("ROLE");
        client.send("SMEMBERS", key);
        client.send("EXEC");
        rest();
      }
    } catch (UncheckedIOException ended) {
      // Whoever hears is told so, too.
      return;
    }
    client.close();
  }

  private void hear(RespClient client, Queue<Asked> asked) {
    WireReply reply = client.read();
    Asked first = asked.element();
    if (first.element == NONE) {
      reply = client.read(3).get(2);
    }
    long now = System.nanoTime();
    asked.remove();
    if (first.element != NONE) {
      Outcome outcome = reply.isError() ? Outcome.REFUSED : Outcome.DONE;
      history.add(new Addition(first.element, first.called, now, outcome));
      return;
    }
    boolean late = now - first.called > LATE;
    if (reply.isError()) {
      lateRefused.addAndGet(late ? 1 : 0);
    } else if (reply.elements().get(0).elements().get(0).text().equals("master")) {
      BitSet set = new BitSet();
      reply.elements().get(1).texts().forEach(text -> set.set(Integer.parseInt(text)));
      history.add(new Reading(set, first.called, now));
      lateTold.addAndGet(late ? 1 : 0);
    }
  }

  private static void rest() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void join(Thread other) {
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it; what has not been answered by now is not known. */
  @Override
  public void close() {
    ends = true;
    join(thread);
  }
}
