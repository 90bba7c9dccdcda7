package io.sampo.server;

import io.sampo.command.Client;
import io.sampo.keyspace.DbKey;
import io.sampo.keyspace.Watches;
import io.sampo.shard.Batch;
import io.sampo.shard.Borrower;
import io.sampo.shard.Data;
import io.sampo.shard.Executor;
import io.sampo.shard.Loader;
import io.sampo.shard.Router;
import io.sampo.shard.Shard;
import io.sampo.shard.SnapshotProgress;
import io.sampo.shard.Snapshots;
import io.sampo.shard.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;

/**
 * The actors that hold a node's data and run what is asked of it: the shards, the borrower of each
 * core loop, and the one whose commands may wait for others. Used from any thread.
 */
public final class Cores {
  final Router router;

  /** Runs what may wait for others. */
  final ActorRef<Borrower.Message> aside;

  private final io.sampo.keyspace.Settings settings;
  private final List<ActorRef<Shard.Message>> shards = new ArrayList<>();
  private final List<Loop> loops = new ArrayList<>();
  private final List<Executor> executors = new ArrayList<>();

  /**
   * Spawns the actors.
   *
   * @param dispatchers the dispatcher of each core loop
   * @param executors makes one for each actor
   */
  Cores(
      Crew crew,
      int shardCount,
      int loopCount,
      IntFunction<String> dispatchers,
      io.sampo.keyspace.Settings settings,
      Supplier<Executor> executors) {
    this.router = new Router(shardCount);
    this.settings = settings;
    for (int i = 0; i < shardCount; i++) {
      Data data = new Data(i, settings, System::currentTimeMillis);
      String dispatcher = dispatchers.apply(i % loopCount);
      shards.add(
          crew.spawn(
              Shard.Message.class,
              Shard.create(data, kept(executors.get())),
              "shard-" + i,
              DispatcherSelector.fromConfig(dispatcher)));
    }
    aside = borrower(crew, kept(executors.get()), "aside", DispatcherSelector.blocking());
    for (int i = 0; i < loopCount; i++) {
      Props props = DispatcherSelector.fromConfig(dispatchers.apply(i));
      ActorRef<Borrower.Message> borrower =
          borrower(crew, kept(executors.get()), "borrower-" + i, props);
      loops.add(new Loop(i, crew.executor(dispatchers.apply(i)), borrower, kept(executors.get())));
    }
  }

  private ActorRef<Borrower.Message> borrower(
      Crew crew, Executor executor, String name, Props props) {
    return crew.spawn(Borrower.Message.class, Borrower.create(shards, executor), name, props);
  }

  private Executor kept(Executor executor) {
    executors.add(executor);
    return executor;
  }

  ActorRef<Shard.Message> shard(int index) {
    return shards.get(index);
  }

  Loop loop(int index) {
    return loops.get(index);
  }

  public int loopCount() {
    return loops.size();
  }

  /** Each of those that run commands, for what it counts. */
  List<Executor> executors() {
    return executors;
  }

  /** How often data has been changed since the start. */
  long changes() {
    return executors.stream().mapToLong(Executor::changes).sum();
  }

  /** Whether some shard had something, when it was last tended, that may need that again. */
  boolean expectsTending() {
    return executors.stream().anyMatch(Executor::expectsTending);
  }

  /** What takes snapshots of all shards. */
  Behavior<Snapshots.Message> snapshots(
      Supplier<Snapshots.Format> formats, SnapshotProgress progress, Runnable ended) {
    return Snapshots.create(shards, loops.get(0).borrower, formats, progress, ended);
  }

  /** Has the shards do what has to be done regularly. */
  void tend(Shard.Tend how) {
    shards.forEach(shard -> shard.tell(how));
  }

  /** Has these shards, a bit for each, forget that a client waited for keys of them. */
  void withdraw(Waiter waiter, long those) {
    for (long involved = those; involved != 0; involved &= involved - 1) {
      shards.get(Long.numberOfTrailingZeros(involved)).tell(new Shard.Withdraw(waiter));
    }
  }

  /**
   * Runs a task once every request has been run that any session has sent off by now: the borrower
   * of each loop gets its turn when the sessions there have had theirs, the shards then, and at
   * last the borrower of those that wait for others.
   */
  public void settle(Client client, Runnable then) {
    AtomicInteger left = new AtomicInteger(loops.size());
    Batch.Owner owner =
        batch -> {
          if (left.decrementAndGet() == 0) {
            aside.tell(new Batch().barrier(its -> then.run(), client, router.all()));
          }
        };
    for (Loop loop : loops) {
      loop.borrower.tell(new Batch().barrier(owner, client, router.all()));
    }
  }

  /** Has every shard forget what is watched. */
  void unwatch(Watches.Watch watch) {
    long involved = 0;
    for (DbKey watched : watch.keys()) {
      involved |= router.shards(watched.key());
    }
    for (; involved != 0; involved &= involved - 1) {
      shards.get(Long.numberOfTrailingZeros(involved)).tell(new Shard.Unwatch(watch));
    }
  }

  /**
   * Runs a task, which must be quick, while nobody uses any data, and after every request that any
   * session has sent off by now.
   */
  void still(Runnable task) {
    AtomicInteger left = new AtomicInteger(loops.size());
    Consumer<List<Data>> then =
        data -> {
          if (left.decrementAndGet() == 0) {
            task.run();
          }
        };
    for (Loop loop : loops) {
      loop.borrower.tell(new Borrower.Cut(router.all(), then));
    }
  }

  /** What distributes the entries of an RDB file. */
  Loader loader() {
    return new Loader(shards, settings.databases);
  }
}
