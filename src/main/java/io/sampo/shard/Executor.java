package io.sampo.shard;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Effects;
import io.sampo.command.Events;
import io.sampo.command.Flag;
import io.sampo.command.KeyEvent;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Keyspace;
import io.sampo.keyspace.Listener;
import io.sampo.keyspace.Watches;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Frames;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
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
  private static final byte[] DEL = Bytes.ascii("DEL");
  private static final long EVICTION_SLICE_NANOS = 500_000;
  private static final long EXPIRY_SLICE_NANOS = 1_000_000;

  /** On whose behalf a keyspace is tended. */
  private static final Client NOBODY =
      new Client() {
        private final Watches.Watch nothing = new Watches.Watch();

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

        @Override
        public Watches.Watch watch() {
          return nothing;
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
  private long now;

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
  void hold(int shard, Keyspace keyspace, Watches watches) {
    held |= 1L << shard;
    context.lend(shard, keyspace, watches);
    keyspace.listener(listener);
  }

  /** Takes a shard's data out of reach again. */
  void release(int shard) {
    memory.publish(shard, context.keyspace(shard).usedMemory());
    context.withdraw(shard);
    held &= ~(1L << shard);
  }

  /** Runs the requests of a batch in order and leaves their replies in it. */
  void run(Batch batch) {
    Client client = batch.client;
    now = clock.getAsLong();
    out.protocol(client.protocol());
    long time = System.nanoTime();
    for (int i = 0; i < batch.size; i++) {
      Object extra = batch.extras[i];
      if (extra == Batch.PLAIN) {
        batch.request(i, args);
        time = run(client, batch.commands[i], time);
      } else if (extra instanceof byte[] reply) {
        out.raw(reply, 0, reply.length);
      } else if (extra instanceof Transaction transaction) {
        time = exec(client, batch.commands[i], transaction, time);
      } else {
        int mark = out.position();
        batch.request(i, args);
        time = run(client, batch.commands[i], time);
        out.truncate(mark);
      }
      batch.end(i, out.position());
    }
    batch.replies(out.take());
  }

  /**
   * Runs one request of which the session itself is the place, with no keyspace at hand.
   *
   * @return the encoded reply
   */
  public byte[] runAlone(Client client, Command command, Frames frames, int request) {
    now = clock.getAsLong();
    out.protocol(client.protocol());
    args.at(frames, request);
    run(client, command, System.nanoTime());
    return out.take();
  }

  /** Runs the request that {@link #args} stands on; returns when it ended, in nanoseconds. */
  private long run(Client client, Command command, long started) {
    long end = attempt(client, command, started);
    if (effects.wanted()) {
      effects.commit();
    }
    return end;
  }

  private long attempt(Client client, Command command, long started) {
    int mark = out.position();
    if (memory.limit() > 0 && held != 0 && !makeRoom() && command.has(Flag.DENYOOM)) {
      stats.rejected[command.id()]++;
      refuse(OOM);
      return System.nanoTime();
    }
    context.begin(client, now);
    if (watchman.monitoring() && !command.has(Flag.SKIP_MONITOR)) {
      watchman.running(client, command, args);
    }
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
      out.truncate(mark);
      stats.failed[command.id()]++;
      refuse(error.getMessage());
    } catch (OutOfMemoryError error) {
      out.truncate(mark);
      stats.failed[command.id()]++;
      LOG.error("out of heap in {}", command, error);
      refuse("OOM the heap is too small for this command");
    } catch (RuntimeException | StackOverflowError error) {
      out.truncate(mark);
      stats.failed[command.id()]++;
      LOG.error("{} failed", command, error);
      refuse("ERR internal error in '" + command + "'");
      if (command.isWrite()) {
        watchman.torn(command, error);
      }
    }
    long end = System.nanoTime();
    long nanos = end - started;
    stats.ran(command.id(), nanos);
    long slow = watchman.slowNanos();
    if (slow >= 0 && nanos >= slow && !command.has(Flag.SKIP_SLOWLOG)) {
      watchman.slow(client, command, args, nanos);
    }
    return end;
  }

  private void refuse(String error) {
    out.error(error);
    watchman.failed(error);
  }

  private long exec(Client client, Command command, Transaction transaction, long started) {
    boolean broken = isBroken(transaction.watch());
    for (long rest = held; rest != 0; rest &= rest - 1) {
      context.watches(Long.numberOfTrailingZeros(rest)).remove(transaction.watch());
    }
    long time = started;
    if (broken) {
      out.nilArray();
    } else {
      out.array(transaction.size());
      for (int i = 0; i < transaction.size(); i++) {
        args.at(transaction.frames, i);
        time = attempt(client, transaction.commands.get(i), time);
        out.protocol(client.protocol());
      }
      if (effects.wanted()) {
        effects.commit();
      }
    }
    long end = System.nanoTime();
    stats.ran(command.id(), end - started);
    return end;
  }

  /** Whether a watched key has been changed, or has expired without anybody having looked at it. */
  private boolean isBroken(Watches.Watch watch) {
    context.begin(NOBODY, now);
    for (Watches.Watched watched : watch.keys()) {
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
    long until = System.nanoTime() + EVICTION_SLICE_NANOS;
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
  void tend(int shard, boolean expire) {
    now = clock.getAsLong();
    context.begin(NOBODY, now);
    if (expire) {
      context.keyspace(shard).expireCycle(EXPIRY_SLICE_NANOS);
    }
    if (memory.limit() > 0) {
      makeRoom();
    }
    if (effects.wanted()) {
      effects.commit();
    }
  }
}
