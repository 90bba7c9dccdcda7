package io.sampo.shard;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Effects;
import io.sampo.command.Events;
import io.sampo.command.Flag;
import io.sampo.command.KeyEvent;
import io.sampo.data.Type;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.DbKey;
import io.sampo.keyspace.Listener;
import io.sampo.keyspace.Slot;
import io.sampo.keyspace.Watches;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Frames;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs requests, plainly, over whichever keyspaces it holds: its shard's own, or those a borrower
 * was lent. Used by one thread at a time.
 */
public final class Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Executor.class);
  private static final String OOM = "OOM command not allowed when used memory > 'maxmemory'.";

  /** Bytes of replies after which a batch waits for the client to take them. */
  private static final int MOST_REPLIES = 1 << 20;

  private static final byte[] DEL = Bytes.ascii("DEL");
  private static final byte[] HDEL = Bytes.ascii("HDEL");

  /** The smallest batch that is worth it. */
  private static final int PREFETCHED = 4;

  /** So many entries are likely to be in the cache anyway. */
  private static final int CACHED = 10_000;

  private static final long EVICTION_SLICE_NANOS = 500_000;

  /** On whose behalf a keyspace is tended. */
  private static final Client NOBODY =
      new Client() {
        @Override
        public long id() {
          return 0;
        }

        @Override
        public int db() {
          return 0;
        }

        @Override
        public void select(int db) {
          throw new UnsupportedOperationException("nobody selects nothing");
        }

        @Override
        public int protocol() {
          return 2;
        }

        @Override
        public boolean noTouch() {
          return true;
        }
      };

  private final ReplyWriter out = new ReplyWriter(4096);
  private final Args args = new Args();
  private final Context context;
  private final Context.Counters counters = new Context.Counters();
  private final CommandStats stats;
  private final Effects effects;
  private final Memory memory;
  private final Watchman watchman;
  private final LongSupplier clock;
  private final int shards;
  private final Data[] data;

  /** Written so that what {@link #prefetch} reads is not optimized away. */
  private int prefetched;

  private long now;

  /** When the clock was last looked at, in nanoseconds, and the requests that ran since. */
  private long time;

  private Command streak;
  private int streakLength;

  /** The shards whose keyspaces are at hand, a bit for each. */
  private long held;

  /** What leaves the keyspace by itself leaves it as if somebody had deleted it. */
  private final Listener listener =
      new Listener() {
        @Override
        public void expired(Db db, byte[] key) {
          gone(db, key, KeyEvent.EXPIRED, "expired");
        }

        @Override
        public void evicted(Db db, byte[] key) {
          gone(db, key, KeyEvent.EVICTED, "evicted");
        }

        @Override
        public void added(Db db, byte[] key) {
          context.added(db.index(), key);
        }

        @Override
        public void partsExpired(Db db, byte[] key, List<byte[]> parts) {
          context.lost(db.index(), key, KeyEvent.HASH, "hexpired");
          if (effects.wanted()) {
            byte[][] request = new byte[parts.size() + 2][];
            request[0] = HDEL;
            request[1] = key;
            for (int i = 0; i < parts.size(); i++) {
              request[i + 2] = parts.get(i);
            }
            effects.add(db.index(), request);
          }
        }

        @Override
        public void emptied(Db db, byte[] key) {
          context.lost(db.index(), key, KeyEvent.GENERIC, "del");
        }
      };

  /** What an executor needs of the node it works for. */
  public record Services(
      int shards,
      int commands,
      Effects effects,
      Events events,
      Memory memory,
      Watchman watchman,
      LongSupplier clock) {}

  public Executor(Services services) {
    shards = services.shards;
    effects = services.effects;
    memory = services.memory;
    watchman = services.watchman;
    clock = services.clock;
    stats = new CommandStats(services.commands);
    data = new Data[shards];
    context = new Context(out, shards, effects, services.events, counters);
  }

  private void gone(Db db, byte[] key, KeyEvent event, String name) {
    context.lost(db.index(), key, event, name);
    if (effects.wanted()) {
      effects.add(db.index(), DEL, key);
    }
  }

  public CommandStats stats() {
    return stats;
  }

  public Context.Counters counters() {
    return counters;
  }

  /** Puts a shard's data within reach of the requests to come. */
  void hold(Data its) {
    held |= 1L << its.shard;
    data[its.shard] = its;
    context.lend(its.shard, its.keyspace, its.watches, its.waiters);
    its.keyspace.listener(listener);
    its.keyspace.announcing(context.announces());
  }

  /** Takes a shard's data out of reach again. */
  void release(int shard) {
    memory.publish(shard, data[shard].keyspace.usedMemory());
    context.withdraw(shard);
    data[shard] = null;
    held &= ~(1L << shard);
  }

  /** Reads the clock, for everything that happens until this is called again. */
  private void tick() {
    now = clock.getAsLong();
    for (long rest = held; rest != 0; rest &= rest - 1) {
      data[Long.numberOfTrailingZeros(rest)].now(now);
    }
  }

  /** Runs the requests of a batch in order and leaves their replies in it. */
  void run(Batch batch) {
    Client client = batch.client;
    tick();
    out.protocol(client.protocol());
    time = System.nanoTime();
    if (batch.size >= PREFETCHED && batch.done == 0 && isBig(client.db())) {
      prefetch(batch);
    }
    int i = batch.done;
    for (; i < batch.size && out.position() < MOST_REPLIES; i++) {
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
    endStreak(client);
    batch.done = i;
    try {
      batch.replies(out.take());
    } catch (OutOfMemoryError error) {
      out.drop();
      LOG.error("out of heap for the replies to client {}", client.id(), error);
      batch.lose();
    }
  }

  /** Whether a database has too many entries at hand for the cache to hold. */
  private boolean isBig(int db) {
    long entries = 0;
    for (long rest = held; rest != 0; rest &= rest - 1) {
      entries += data[Long.numberOfTrailingZeros(rest)].keyspace.db(db).size();
    }
    return entries >= CACHED;
  }

  /** Brings the entries that a batch is about to use into the cache, all at once. */
  private void prefetch(Batch batch) {
    int db = batch.client.db();
    int sum = 0;
    for (int i = 0; i < batch.size; i++) {
      Command command = batch.commands[i];
      if (batch.extras[i] == Batch.PLAIN && command.firstKey() > 0) {
        batch.request(i, args);
        int last = Math.min(command.lastKey(args.count()), args.count() - 1);
        for (int key = command.firstKey(); key <= last; key += command.keyStep()) {
          Db its = context.db(args, key, db);
          sum += its.prefetch(args.array(), args.offset(key), args.length(key));
        }
      }
    }
    prefetched = sum;
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
      }
      batch.request(i, args);
      run(batch.client, batch.commands[i]);
      if (extra instanceof Waiter waiter && context.blocks()) {
        register(waiter, batch.commands[i], batch.shards);
      }
    }
  }

  // --- waiting

  /** Has a client wait for what its request, on which {@link #args} stands, has asked for. */
  private void register(Waiter waiter, Command command, long needed) {
    Context.Wait wait = context.awaited();
    List<DbKey> keys = new ArrayList<>();
    for (int i = wait.first(); i < wait.end(); i++) {
      keys.add(new DbKey(context.dbIndex(), args.bytes(i)));
    }
    Frames frames = new Frames();
    frames.append(context.again(args));
    int mark = out.position();
    out.nilArray();
    byte[] atTimeout = takeBack(mark);
    long beside = wait.beside() == 0 ? 0 : bit(args.bytes(wait.beside()));
    Waiter.Request request =
        new Waiter.Request(command, frames, needed, beside, keys, wait.type(), wait.minds());
    if (waiter.begin(request, wait.timeoutMillis(), atTimeout)) {
      keys.forEach(key -> data(key).waiters.add(key, waiter));
    }
  }

  /** What the shard of a key holds; null if it is not at hand. */
  private Data data(DbKey key) {
    return data[Long.numberOfTrailingZeros(bit(key.key()))];
  }

  private long bit(byte[] key) {
    return 1L << Slot.shard(key, 0, key.length, shards);
  }

  private byte[] takeBack(int mark) {
    byte[] bytes = Arrays.copyOfRange(out.array(), mark, out.position());
    out.truncate(mark);
    return bytes;
  }

  /** Serves whoever can be served of those who wait for the keys of a waiter that was called. */
  void serve(Waiter called) {
    tick();
    called.answerCall();
    called.request().keys().forEach(context::ready);
    serve();
  }

  /** Forgets a waiter; if it was the first, what it left is for the next. */
  void withdraw(int shard, Waiter waiter) {
    tick();
    for (DbKey key : waiter.request().keys()) {
      if (data(key) == data[shard]) {
        data[shard].waiters.remove(key, waiter);
        context.ready(key);
      }
    }
    serve();
  }

  /**
   * Serves those who wait for keys that have changed: key by key in the order of the changes, and
   * client by client in the order in which they began to wait. What is changed by that comes last.
   */
  private void serve() {
    while (context.hasReady()) {
      DbKey key = context.takeReady();
      Db db = context.db(key.key(), key.db());
      boolean gone = db.find(key.key(), 0, key.key().length) == Db.NONE;
      List<Waiter> served = new ArrayList<>();
      Iterator<Waiter> queue = data(key).waiters.queue(key);
      while (queue.hasNext()) {
        int h = db.find(key.key(), 0, key.key().length);
        if (h == Db.NONE && !gone) {
          break;
        }
        Waiter waiter = queue.next();
        Type type = waiter.request().type();
        boolean suits = h != Db.NONE && db.type(h) == type || waiter.request().minds();
        if (!suits || waiter.isOver()) {
          continue;
        }
        if ((waiter.request().beside() & ~held) == 0) {
          if (serves(waiter, key)) {
            served.add(waiter);
          }
        } else {
          waiter.call();
          // What is there belongs to this client, unless there is enough for all.
          if (type != Type.STREAM) {
            break;
          }
        }
      }
      served.forEach(this::forget);
    }
  }

  private void forget(Waiter waiter) {
    for (DbKey key : waiter.request().keys()) {
      if (data(key) != null) {
        data(key).waiters.remove(key, waiter);
      }
    }
    long rest = waiter.request().shards() & ~held;
    if (rest != 0) {
      waiter.owner.forget(waiter, rest);
    }
  }

  /** Runs the request of a waiter anew; returns whether that ended its wait. */
  private boolean serves(Waiter waiter, DbKey key) {
    if (!waiter.claim()) {
      return false;
    }
    int mark = out.position();
    out.protocol(waiter.client.protocol());
    args.at(waiter.request().frames(), 0);
    context.begin(waiter.client, now);
    context.serve(key.key());
    execute(waiter.request().command(), mark);
    if (effects.wanted()) {
      effects.commit();
    }
    byte[] reply = takeBack(mark);
    if (context.blocks()) {
      return !waiter.goOn();
    }
    waiter.serve(reply);
    return true;
  }

  /** Serves those who waited for what this client has changed. */
  private void serveBehind(Client client) {
    if (context.hasReady()) {
      endStreak(client);
      serve();
      out.protocol(client.protocol());
      time = System.nanoTime();
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
    time = System.nanoTime();
    run(client, command);
    endStreak(client);
    return out.take();
  }

  /** Runs the request that {@link #args} stands on. */
  private void run(Client client, Command command) {
    attempt(client, command);
    if (effects.wanted()) {
      effects.commit();
    }
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
    if (memory.limit() > 0
        && held != 0
        && !context.atomic()
        && !makeRoom()
        && command.has(Flag.DENYOOM)) {
      stats.refused(command.id());
      refuse(OOM);
      return;
    }
    if (command != streak) {
      endStreak(client);
      streak = command;
    }
    context.begin(client, now);
    execute(command, mark);
    show(client, command);
    streakLength++;
    if (!command.isConstant()) {
      endStreak(client);
    }
  }

  /** Runs the handler, whose reply begins at {@code mark}. */
  private void execute(Command command, int mark) {
    long changes = context.changes();
    try {
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
      fail(command, mark, "OOM the heap is too small for this command");
    } catch (RuntimeException | StackOverflowError error) {
      LOG.error("{} failed", command, error);
      fail(command, mark, "ERR internal error in '" + command + "'");
      if (command.isWrite()) {
        watchman.torn(command, error);
      }
    }
  }

  /**
   * Looks at the clock and books the time since the last look on the requests that ran since. They
   * are all of one command, for a look costs as much as a GET: requests of constant time are timed
   * together as long as they follow one another in a batch, all others one by one.
   */
  private void endStreak(Client client) {
    if (streakLength == 0) {
      return;
    }
    long end = System.nanoTime();
    long each = (end - time) / streakLength;
    time = end;
    stats.ran(streak.id(), streakLength, each);
    long slow = watchman.slowNanos();
    if (slow >= 0 && each >= slow && !streak.has(Flag.SKIP_SLOWLOG)) {
      watchman.slow(client, streak, args, each);
    }
    streakLength = 0;
  }

  private void fail(Command command, int mark, String error) {
    out.truncate(mark);
    stats.failed[command.id()]++;
    refuse(error);
  }

  private void refuse(String error) {
    out.error(error);
    watchman.failed(error);
  }

  private void exec(Client client, Command command, Transaction transaction) {
    endStreak(client);
    long started = time;
    boolean broken = isBroken(transaction.watch());
    for (long rest = held; rest != 0; rest &= rest - 1) {
      context.watches(Long.numberOfTrailingZeros(rest)).remove(transaction.watch());
    }
    if (!broken && lacksMemory(transaction)) {
      stats.refused(command.id());
      refuse("EXECABORT Transaction discarded because of: " + OOM);
      return;
    }
    if (broken) {
      out.nilArray();
    } else {
      runAll(client, transaction);
    }
    if (effects.wanted()) {
      effects.commit();
    }
    serveBehind(client);
    endStreak(client);
    time = System.nanoTime();
    stats.ran(command.id(), 1, time - started);
  }

  private boolean lacksMemory(Transaction transaction) {
    return memory.limit() > 0
        && held != 0
        && (transaction.flags() & Flag.DENYOOM.bit) != 0
        && !makeRoom();
  }

  private void runAll(Client client, Transaction transaction) {
    context.atomic(true);
    out.array(transaction.size());
    for (int i = 0; i < transaction.size(); i++) {
      args.at(transaction.frames, i);
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

  /**
   * Evicts until the data fits, or for as long as a slice may take: what is left is for the next
   * command or the next tending.
   *
   * @return whether writing may go on
   */
  private boolean makeRoom() {
    publish();
    if (!memory.exceeded()) {
      return true;
    }
    long started = System.nanoTime();
    boolean fits = evict(started + EVICTION_SLICE_NANOS);
    watchman.delayed("eviction-cycle", System.nanoTime() - started);
    return fits;
  }

  private boolean evict(long until) {
    boolean evicted = true;
    while (evicted) {
      evicted = false;
      for (long rest = held; rest != 0; rest &= rest - 1) {
        int shard = Long.numberOfTrailingZeros(rest);
        evicted |= context.keyspace(shard).evict();
        memory.publish(shard, context.keyspace(shard).usedMemory());
        if (!memory.exceeded()) {
          return true;
        }
      }
      if (evicted && System.nanoTime() > until) {
        return true;
      }
    }
    return false;
  }

  private void publish() {
    for (long rest = held; rest != 0; rest &= rest - 1) {
      int shard = Long.numberOfTrailingZeros(rest);
      memory.publish(shard, context.keyspace(shard).usedMemory());
    }
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
    if (memory.limit() > 0) {
      makeRoom();
    }
    serve();
    if (effects.wanted()) {
      effects.commit();
    }
  }
}
