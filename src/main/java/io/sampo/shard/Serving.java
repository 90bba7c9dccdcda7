package io.sampo.shard;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Wait;
import io.sampo.data.Type;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.DbKey;
import io.sampo.resp.Args;
import io.sampo.resp.Frames;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Has clients wait for data, and serves them when there is some. */
final class Serving {
  private final Executor executor;
  private final Context context;
  private final Held held;
  private final Args args;

  /** {@code args} is where the executor takes a request's arguments from. */
  Serving(Executor executor, Context context, Held held, Args args) {
    this.executor = executor;
    this.context = context;
    this.held = held;
    this.args = args;
  }

  /** Has a client wait for what its request, on which the arguments stand, has asked for. */
  void register(Waiter waiter, Command command, long needed, byte[] atTimeout) {
    Wait wait = context.awaited();
    List<DbKey> keys = new ArrayList<>();
    for (int i = wait.first(); i < wait.end(); i++) {
      keys.add(new DbKey(context.dbIndex(), args.bytes(i)));
    }
    Frames frames = new Frames();
    frames.append(context.again(args));
    long beside = wait.beside() == 0 ? 0 : held.bit(args.bytes(wait.beside()));
    Waiter.Request request =
        new Waiter.Request(command, frames, needed, beside, keys, wait.type(), wait.minds());
    if (waiter.begin(request, wait.timeoutMillis(), atTimeout)) {
      keys.forEach(key -> held.with(key.key()).waiters.add(key, waiter));
    }
  }

  /** Serves whoever can be served of those who wait for the keys of a waiter that was called. */
  void call(Waiter called) {
    called.answerCall();
    called.request().keys().forEach(context::ready);
    serve();
  }

  /** Forgets a waiter; if it was the first, what it left is for the next. */
  void withdraw(int shard, Waiter waiter) {
    for (DbKey key : waiter.request().keys()) {
      if (held.bit(key.key()) == 1L << shard) {
        held.get(shard).waiters.remove(key, waiter);
        context.ready(key);
      }
    }
    serve();
  }

  /**
   * Serves those who wait for keys that have changed: key by key in the order of the changes, and
   * client by client in the order in which they began to wait. What is changed by that comes last.
   */
  void serve() {
    while (context.hasReady()) {
      DbKey key = context.takeReady();
      Db db = context.db(key.key(), key.db());
      boolean gone = db.find(key.key(), 0, key.key().length) == Db.NONE;
      List<Waiter> served = new ArrayList<>();
      Iterator<Waiter> queue = held.with(key.key()).waiters.queue(key);
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
        if ((waiter.request().beside() & ~held.shards()) == 0) {
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

  /** Runs the request of a waiter anew; returns whether that ended its wait. */
  private boolean serves(Waiter waiter, DbKey key) {
    if (!waiter.claim()) {
      return false;
    }
    args.at(waiter.request().frames(), 0);
    byte[] reply = executor.runAgain(waiter.client, waiter.request().command(), key.key());
    if (context.blocks()) {
      return !waiter.goOn();
    }
    waiter.serve(reply);
    return true;
  }

  private void forget(Waiter waiter) {
    for (DbKey key : waiter.request().keys()) {
      if (held.has(key.key())) {
        held.with(key.key()).waiters.remove(key, waiter);
      }
    }
    long rest = waiter.request().shards() & ~held.shards();
    if (rest != 0) {
      waiter.owner.forget(waiter, rest);
    }
  }
}
