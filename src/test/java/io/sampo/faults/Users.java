package io.sampo.faults;

import io.sampo.faults.History.Addition;
import io.sampo.faults.History.Outcome;
import io.sampo.faults.History.Reading;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Clients that use one key all the time, and write down what they did and what they were told. */
final class Users implements AutoCloseable {
  private static final long READ_EVERY = TimeUnit.MILLISECONDS.toNanos(100);

  final History history = new History();
  private final String key;
  private final AtomicInteger elements = new AtomicInteger();
  private final List<User> users = new ArrayList<>();
  private final List<Watcher> watchers = new ArrayList<>();
  private volatile boolean ends;
  private volatile Optional<NodeProcess> shunned = Optional.empty();

  /** What one client is told, with the times at which its writes were acknowledged. */
  final class User extends Thread {
    private final Supplier<Caller> caller;
    private final boolean reads;
    private final List<Long> done = new ArrayList<>();
    private final Map<String, Integer> complaints = new HashMap<>();

    /** Counts its calls. */
    private volatile int turns;

    User(Supplier<Caller> caller, boolean reads) {
      this.caller = caller;
      this.reads = reads;
    }

    @Override
    public void run() {
      while (!ends) {
        try (Caller client = caller.get()) {
          use(client);
        } catch (RuntimeException notNow) {
          complain(notNow.toString());
          rest(20);
        }
      }
    }

    private void use(Caller client) {
      long read = System.nanoTime();
      while (!ends) {
        turns++;
        if (reads && System.nanoTime() - read > READ_EVERY) {
          read = System.nanoTime();
          Users.this.read(client);
        } else {
          write(client);
        }
      }
    }

    private void write(Caller client) {
      int element = elements.getAndIncrement();
      long called = System.nanoTime();
      Outcome outcome = Outcome.UNKNOWN;
      try {
        String refusal = client.add(key, element);
        outcome = refusal.isEmpty() ? Outcome.DONE : Outcome.REFUSED;
        if (!refusal.isEmpty()) {
          complain(refusal);
        }
      } catch (RuntimeException unknown) {
        complain(unknown.toString());
      }
      long returned = System.nanoTime();
      history.add(new Addition(element, called, returned, outcome));
      if (outcome == Outcome.DONE) {
        synchronized (done) {
          done.add(returned);
        }
      }
      rest(outcome == Outcome.DONE ? 3 : 20);
    }

    private void complain(String what) {
      synchronized (complaints) {
        complaints.merge(what, 1, Integer::sum);
      }
    }

    /** What it was told in place of acknowledgements since it was last asked, and how often. */
    Map<String, Integer> complaints() {
      synchronized (complaints) {
        Map<String, Integer> all = Map.copyOf(complaints);
        complaints.clear();
        return all;
      }
    }

    /** Whether a write was acknowledged after this moment. */
    boolean hasDoneSince(long moment) {
      synchronized (done) {
        return !done.isEmpty() && done.get(done.size() - 1) - moment > 0;
      }
    }

    private List<Long> done() {
      synchronized (done) {
        return List.copyOf(done);
      }
    }

    /** The longest time without an acknowledged write in between, in milliseconds. */
    long silence(long from, long until) {
      return Users.silence(done(), from, until);
    }
  }

  private Users(String key) {
    this.key = key;
  }

  /** So many that ask each node whether it is the master, which also read. */
  static Users plain(List<NodeProcess> nodes, String key, int count) {
    Users users = new Users(key);
    for (int i = 0; i < count; i++) {
      int first = i;
      users.add(() -> new PlainCaller(nodes, first, users::mayUse), true);
    }
    return users;
  }

  /**
   * Has every node be asked all the time.
   *
   * @param forwarded whether any node takes writes
   */
  Users watching(List<NodeProcess> nodes, boolean forwarded) {
    for (NodeProcess node : nodes) {
      BooleanSupplier mayAdd = () -> forwarded && mayUse(node);
      watchers.add(new Watcher(node, key, history, mayAdd, elements::getAndIncrement));
    }
    return this;
  }

  /**
   * Has nobody write at a node any more; returns when no writes are under way there, if it answers.
   */
  void shun(NodeProcess node) throws InterruptedException {
    shunned = Optional.of(node);
    for (User user : users) {
      int turn = user.turns;
      while (user.turns - turn < 2) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
  }

  /** Lets them write wherever they can. */
  void shunNobody() {
    shunned = Optional.empty();
  }

  private boolean mayUse(NodeProcess node) {
    return shunned.filter(node::equals).isEmpty();
  }

  /** How many readings came from a master that had been asked long before; and were refused so. */
  String late() {
    int told = watchers.stream().mapToInt(watcher -> watcher.lateTold.get()).sum();
    int refused = watchers.stream().mapToInt(watcher -> watcher.lateRefused.get()).sum();
    return told + " told late, " + refused + " refused or cut off";
  }

  /** One more, which begins at once. */
  User add(Supplier<Caller> caller, boolean reads) {
    User user = new User(caller, reads);
    users.add(user);
    user.start();
    return user;
  }

  /** Whether a write of any of them was acknowledged after this moment. */
  boolean haveDoneSince(long moment) {
    return users.stream().anyMatch(user -> user.hasDoneSince(moment));
  }

  /** The longest time without a write being acknowledged to anybody, in milliseconds. */
  long silence(long from, long until) {
    List<Long> all = new ArrayList<>();
    users.forEach(user -> all.addAll(user.done()));
    return silence(all.stream().sorted().toList(), from, until);
  }

  private static long silence(List<Long> done, long from, long until) {
    long longest = 0;
    long last = from;
    for (long each : done) {
      if (each - from > 0 && until - each > 0) {
        longest = Math.max(longest, each - last);
        last = each;
      }
    }
    return TimeUnit.NANOSECONDS.toMillis(Math.max(longest, until - last));
  }

  private void read(Caller client) {
    long called = System.nanoTime();
    try {
      BitSet set = client.read(key);
      history.add(new Reading(set, called, System.nanoTime()));
    } catch (RuntimeException nothing) {
      rest(20);
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
    watchers.forEach(Watcher::close);
    boolean interrupted = false;
    for (Thread user : users) {
      while (user.isAlive()) {
        try {
          user.join();
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
  void readAtLast(List<NodeProcess> nodes) {
    try (Caller client = new PlainCaller(nodes, 0, any -> true)) {
      int before = history.readings();
      while (history.readings() == before) {
        read(client);
      }
    }
  }
}
