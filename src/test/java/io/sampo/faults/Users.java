package io.sampo.faults;

import io.sampo.faults.History.Addition;
import io.sampo.faults.History.Outcome;
import io.sampo.faults.History.Reading;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.WireReply;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that use whoever is the master, and write down what they did and what they were told. */
final class Users implements AutoCloseable {
  private static final String KEY = "grows";
  private static final int PATIENCE = 1000;
  private static final int READ_EVERY = 10;

  final History history = new History();
  private final List<NodeProcess> nodes;
  private final AtomicInteger elements = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean ends;
  private volatile long lastDone;

  Users(List<NodeProcess> nodes, int count) {
    this.nodes = nodes;
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(this::run, "user-" + i);
      thread.start();
      threads.add(thread);
    }
  }

  /** When the last write was acknowledged. */
  long lastDone() {
    return lastDone;
  }

  private void run() {
    Optional<RespClient> client = Optional.empty();
    int turn = 0;
    while (!ends) {
      if (client.isEmpty()) {
        client = connect(nodes.get(turn++ % nodes.size()));
        continue;
      }
      boolean good = turn++ % READ_EVERY == 0 ? read(client.get()) : write(client.get());
      if (!good) {
        client.get().close();
        client = Optional.empty();
      }
      rest(2);
    }
    client.ifPresent(RespClient::close);
  }

  /**
   * A connection made to a master is one to a master, for a node that gives up the lead ends it.
   */
  private Optional<RespClient> connect(NodeProcess node) {
    RespClient client;
    try {
      client = RespClient.connect(node.port);
    } catch (UncheckedIOException e) {
      rest(20);
      return Optional.empty();
    }
    try {
      client.patience(PATIENCE);
      if (client.call("ROLE").elements().get(0).text().equals("master")) {
        return Optional.of(client);
      }
    } catch (UncheckedIOException | IndexOutOfBoundsException e) {
      rest(1);
    }
    client.close();
    rest(20);
    return Optional.empty();
  }

  private boolean write(RespClient client) {
    int element = elements.incrementAndGet();
    long called = System.nanoTime();
    Outcome outcome = Outcome.UNKNOWN;
    try {
      WireReply reply = client.call("SADD", KEY, "" + element);
      outcome = reply.isError() ? Outcome.REFUSED : Outcome.DONE;
    } catch (UncheckedIOException e) {
      outcome = Outcome.UNKNOWN;
    }
    long returned = System.nanoTime();
    history.add(new Addition(element, called, returned, outcome));
    if (outcome == Outcome.DONE) {
      lastDone = returned;
    }
    return outcome == Outcome.DONE;
  }

  private boolean read(RespClient client) {
    long called = System.nanoTime();
    try {
      WireReply reply = client.call("SMEMBERS", KEY);
      if (reply.isError()) {
        return false;
      }
      Set<Integer> set = new HashSet<>();
      reply.texts().forEach(text -> set.add(Integer.parseInt(text)));
      history.add(new Reading(set, called, System.nanoTime()));
      return true;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private static void rest(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends their work, and waits for that. */
  @Override
  public void close() {
    ends = true;
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads once more, until somebody answers. */
  void readAtLast() {
    boolean read = false;
    for (int i = 0; !read; i++) {
      Optional<RespClient> client = connect(nodes.get(i % nodes.size()));
      if (client.isPresent()) {
        read = read(client.get());
        client.get().close();
      }
    }
  }
}
