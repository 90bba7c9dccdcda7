package io.sampo.shard;

import io.sampo.command.Advanced;
import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Effects;
import io.sampo.command.Events;
import io.sampo.command.Flag;
import io.sampo.command.KeySpec;
import io.sampo.keyspace.DbKey;
import io.sampo.keyspace.Watches;
import io.sampo.resp.Args;
import io.sampo.resp.Frames;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs requests, plainly, over whichever keyspaces it holds: its shard's own, or those a borrower
 * was lent. Used by one thread at a time.
 */
public final class Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Executor.class);
  static final String OUT_OF_HEAP = "OOM the heap is too small for this command";

  /** Bytes of replies after which a batch waits for the client to take them. */
  private static final int MOST_REPLIES = 1 << 20;

  private static final Nobody NOBODY = new Nobody();

  private final ReplyWriter out = new ReplyWriter(4096);
  private final Args args = new Args();
  private final Context context;
  private final Context.Counters counters = new Context.Counters();
  private final CommandStats stats;
  private final Effects effects;
  private final Watchman watchman;
  private final LongSupplier clock;
  private final java.util.concurrent.Executor aside;
  private final Held held;
  private final Losses losses;
  private final HalfDone halfDone;
  private final Prefetch prefetch;
  private final Streak streak;
  private final Room room;
  private final Serving serving;
  private final Reach reach;
  private final KeySpec.Visitor keeper;
  private long now;
  private volatile boolean expectsTending;

  /**
   * What an executor needs of the node it works for.
   *
   * @param tendAll has all shards tended soon
   * @param aside runs what takes long, elsewhere
   */
  public record Services(
      int shards,
      int commands,
      Effects effects,
      Events events,
      Memory memory,
      Watchman watchman,
      LongSupplier clock,
      Runnable tendAll,
      java.util.concurrent.Executor aside) {}

  public Executor(Services services) {
    effects = services.effects;
    watchman = services.watchman;
    clock = services.clock;
    aside = services.aside;
    stats = new CommandStats(services.commands);
    held = new Held(services.shards);
    context = new Context(out, services.shards, effects, services.events, counters);
    keeper = i -> context.keep(args, i);
    losses = new Losses(context, effects);
    halfDone = new HalfDone(context, effects);
    prefetch = new Prefetch(context, held, args);
    streak = new Streak(stats, watchman, args, System::nanoTime);
    room = new Room(services.memory, watchman, held, services.tendAll);
    serving = new Serving(this, context, held, args);
    reach = new Reach(held, args);
  }

  public CommandStats stats() {
    return stats;
  }

  /** How often it has changed data. */
  public long changes() {
    return context.changes();
  }

  public Context.Counters counters() {
    return counters;
  }

  /** Puts a shard's data within reach of the requests to come. */
  void hold(Data its) {
    held.add(its);
    context.lend(its.shard, its.keyspace, its.watches, its.waiters);
    its.keyspace.listener(losses);
    its.keyspace.announcing(context.announces());
  }

  /** Takes a shard's data out of reach again. */
  void release(int shard) {
    effects.flush();
    room.publish(shard);
    context.withdraw(shard);
    held.remove(shard);
  }

  /** Reads the clock, for everything that happens until this is called again. */
  private void tick() {
    now = clock.getAsLong();
    for (long rest = held.shards(); rest != 0; rest &= rest - 1) {
      held.get(Long.numberOfTrailingZeros(rest)).now(now);
    }
  }

  /**
   * Runs the requests of a batch in order and leaves their replies in it. It stops where these
   * become too many at once, or a request needs further shards; then it has to be sent again. In
   * any case it is to be {@link #complete completed}.
   */
  void run(Batch batch) {
    Client client = batch.client;
    tick();
    boolean obeyed = client.isObeyed();
    if (obeyed) {
      held.showExpired(true);
    }
    out.protocol(client.protocol());
    out.parting(!obeyed);
    streak.start();
    // What a master sends is not cut: it belongs to one offset of its stream.
    boolean reaches = !obeyed && reach.isAny();
    int i = batch.done;
    int fetched = i;
    for (; i < batch.size && out.length() < MOST_REPLIES; i++) {
      if (i == fetched) {
        fetched = prefetch.fetch(batch, i);
      }
      long beyond = reaches ? reach.beyond(batch, i) : 0;
      if (beyond != 0) {
        batch.need(beyond);
        break;
      }
      Object extra = batch.extras[i];
      if (extra == Batch.PLAIN) {
        batch.request(i, args);
        run(client, batch.commands[i]);
      } else if (extra instanceof Batch.Silent silent) {
        int mark = out.position();
        runWith(silent.extra(), batch, i);
        out.truncate(mark);
      } else {
        runWith(extra, batch, i);
      }
      batch.end(i, out.position());
    }
    prefetch.end();
    streak.end(client);
    effects.flush();
    if (obeyed) {
      held.showExpired(false);
    }
    out.parting(false);
    batch.ran(i);
    try {
      batch.replies(out.take(), out.takeInserts());
    } catch (OutOfMemoryError error) {
      out.drop();
      LOG.error("out of heap for the replies to client {}", client.id(), error);
      batch.lose();
    }
  }

  /** Gives a batch back that has been run: at once, or when the rest of its replies is made. */
  void complete(Batch batch) {
    if (!batch.isLate()) {
      batch.owner.completed(batch);
      return;
    }
    try {
      aside.execute(
          () -> {
            batch.makeReplies(watchman);
            batch.owner.completed(batch);
          });
    } catch (OutOfMemoryError error) {
      LOG.error("out of heap for the replies to client {}", batch.client.id(), error);
      batch.lose();
      batch.owner.completed(batch);
    }
  }

  /** Runs a request that is not a plain one; see {@link Batch#add}. */
  private void runWith(Object extra, Batch batch, int i) {
    if (extra instanceof byte[] reply) {
      out.raw(reply, 0, reply.length);
      batch.request(i, args);
      show(batch.client, batch.commands[i]);
    } else if (extra instanceof Transaction transaction) {
      exec(batch.client, batch.commands[i], transaction);
      batch.request(i, args);
      show(batch.client, batch.commands[i]);
    } else {
      if (extra instanceof Watches.Watch watch) {
        context.watch(watch);
      } else if (extra instanceof Advanced advanced) {
        context.advanced(Optional.of(advanced));
      }
      batch.request(i, args);
      run(batch.client, batch.commands[i]);
      context.advanced(Optional.empty());
      if (extra instanceof Waiter waiter && context.blocks()) {
        int mark = out.position();
        out.nilArray();
        serving.register(waiter, batch.commands[i], batch.shards, out.takeBack(mark));
      }
    }
  }

  // --- waiting

  /** Serves whoever can be served of those who wait for the keys of a waiter that was called. */
  void serve(Waiter called) {
    tick();
    serving.call(called);
  }

  /** Forgets a waiter; if it was the first, what it left is for the next. */
  void withdraw(int shard, Waiter waiter) {
    tick();
    serving.withdraw(shard, waiter);
  }

  /**
   * Runs the request that {@link #args} stands on for a client that has waited for this key.
   *
   * @return the encoded reply
   */
  byte[] runAgain(Client client, Command command, byte[] key) {
    int mark = out.position();
    boolean parting = out.isParting();
    out.parting(false);
    out.protocol(client.protocol());
    context.begin(client, now);
    context.serve(key);
    execute(command, mark);
    effects.flush();
    out.parting(parting);
    return out.takeBack(mark);
  }

  /** Serves those who waited for what this client has changed. */
  private void serveBehind(Client client) {
    if (context.hasReady()) {
      streak.end(client);
      serving.serve();
      out.protocol(client.protocol());
      streak.start();
    }
  }

  // --- running

  /**
   * Runs one request of which the session itself is the place, with no keyspace at hand.
   *
   * @return the encoded reply
   */
  public byte[] runAlone(Client client, Command command, Frames frames, int request) {
    tick();
    out.protocol(client.protocol());
    args.at(frames, request);
    streak.start();
    run(client, command);
    streak.end(client);
    effects.flush();
    return out.take();
  }

  /** Runs the request that {@link #args} stands on. */
  private void run(Client client, Command command) {
    attempt(client, command);
    effects.commit();
    serveBehind(client);
  }

  /** Lets the monitors have the request that {@link #args} stands on. */
  private void show(Client client, Command command) {
    if (watchman.monitoring() && !command.has(Flag.SKIP_MONITOR)) {
      watchman.ran(client, command, args);
    }
  }

  private void attempt(Client client, Command command) {
    int mark = out.position();
    if (room.isBounded()
        && !context.atomic()
        && !client.isObeyed()
        && !makeRoom(client)
        && command.has(Flag.DENYOOM)) {
      stats.refused(command.id());
      refuse(Memory.OOM);
      return;
    }
    long before = out.length();
    streak.begin(client, command);
    context.begin(client, now);
    execute(command, mark);
    show(client, command);
    streak.ran(client, out.length() - before);
  }

  /** Evicts where it has to, in nobody's time; returns whether writing may go on. */
  private boolean makeRoom(Client client) {
    if (room.fits()) {
      return true;
    }
    streak.end(client);
    boolean made = room.make();
    streak.start();
    return made;
  }

  /** Runs the handler, whose reply begins at {@code mark}. */
  private void execute(Command command, int mark) {
    long changes = context.changes();
    try {
      if (held.isSaving() && command.isWrite()) {
        command.eachKey(args, keeper);
      }
      command.handler.run(context, args);
      if (effects.wanted()
          && command.isWrite()
          && context.changes() != changes
          && !context.rewritten()) {
        effects.add(context.dbIndex(), args);
      }
    } catch (RespError error) {
      fail(command, mark, error.getMessage());
    } catch (OutOfMemoryError error) {
      LOG.error("out of heap in {}", command, error);
      fail(command, mark, OUT_OF_HEAP);
      boolean changed = context.changes() != changes || context.isPartly();
      if (changed && !halfDone.follow(command, args) && effects.wanted()) {
        // Nobody was told of it, and so replicas and files would never have it.
        watchman.torn(command, error);
      }
    } catch (RuntimeException | StackOverflowError error) {
      LOG.error("{} failed", command, error);
      fail(command, mark, internalError(command));
      if (command.isWrite()) {
        watchman.torn(command, error);
      }
    }
  }

  private void fail(Command command, int mark, String error) {
    out.truncate(mark);
    stats.failed[command.id()]++;
    refuse(error);
  }

  static String internalError(Command command) {
    return "ERR internal error in '" + command + "'";
  }

  private void refuse(String error) {
    out.error(error);
    watchman.failed(error);
  }

  private void exec(Client client, Command command, Transaction transaction) {
    streak.end(client);
    long started = streak.time();
    boolean broken = isBroken(transaction.watch());
    for (long rest = held.shards(); rest != 0; rest &= rest - 1) {
      context.watches(Long.numberOfTrailingZeros(rest)).remove(transaction.watch());
    }
    if (!broken && !client.isObeyed() && lacksMemory(transaction)) {
      stats.refused(command.id());
      refuse("EXECABORT Transaction discarded because of: " + Memory.OOM);
      return;
    }
    if (broken) {
      out.nilArray();
    } else {
      runAll(client, transaction);
    }
    effects.commit();
    serveBehind(client);
    streak.end(client);
    streak.start();
    stats.ran(command.id(), 1, streak.time() - started);
  }

  private boolean lacksMemory(Transaction transaction) {
    return room.isBounded() && (transaction.flags() & Flag.DENYOOM.bit) != 0 && !room.make();
  }

  private void runAll(Client client, Transaction transaction) {
    context.atomic(true);
    out.array(transaction.size());
    for (int i = 0; i < transaction.size(); i++) {
      transaction.show(args, i);
      attempt(client, transaction.commands.get(i));
      out.protocol(client.protocol());
    }
    context.atomic(false);
  }

  /** Whether a watched key has been changed, or has expired without anybody having looked at it. */
  private boolean isBroken(Watches.Watch watch) {
    context.begin(NOBODY, now);
    for (DbKey watched : watch.keys()) {
      byte[] key = watched.key();
      context.db(key, watched.db()).find(key, 0, key.length);
    }
    return watch.broken();
  }

  /** Gives a held shard a slice of active expiry and of eviction. */
  void tend(int shard, Shard.Tend tend) {
    long started = System.nanoTime();
    watchman.delayed("loop", started - tend.sent());
    tick();
    context.begin(NOBODY, now);
    if (tend.expiryNanos() > 0) {
      context.keyspace(shard).expireCycle(tend.expiryNanos());
      watchman.delayed("expire-cycle", System.nanoTime() - started);
    }
    if (room.isBounded()) {
      room.make();
    }
    expectsTending = context.keyspace(shard).expiresAnything() || room.isBounded() && !room.fits();
    serving.serve();
  }

  /** Gives a held shard one more slice of active expiry, of so many nanoseconds. */
  void expire(int shard, long nanos) {
    tick();
    context.begin(NOBODY, now);
    if (nanos > 0) {
      context.keyspace(shard).expireCycle(nanos);
    }
    serving.serve();
  }

  /** Whether there was something, when it last tended, that may expire or has to be evicted. */
  public boolean expectsTending() {
    return expectsTending;
  }
}
