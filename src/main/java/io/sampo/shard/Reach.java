package io.sampo.shard;

import io.sampo.command.Command;
import io.sampo.command.KeySpec;
import io.sampo.resp.Args;

/**
 * How far a request reaches because of those who wait: one that is served may move what it gets to
 * another shard, where somebody else waits. With all these shards at hand it is served before the
 * request is answered, and nobody sees what was there in between.
 */
final class Reach {
  private final Held held;
  private final Args args;
  private final KeySpec.Visitor visitor;
  private long found;

  /** {@code args} is where the executor takes a request's arguments from. */
  Reach(Held held, Args args) {
    this.held = held;
    this.args = args;
    visitor = i -> found |= reach(args.bytes(i));
  }

  /** Whether anybody at hand waits who, once served, changes another key. */
  boolean isAny() {
    for (long rest = held.shards(); rest != 0; rest &= rest - 1) {
      if (waiters(rest).reach() != 0) {
        return true;
      }
    }
    return false;
  }

  /** The shards, a bit for each, that a request of a batch needs and that are not at hand. */
  long beyond(Batch batch, int item) {
    found = 0;
    Object extra = batch.extras[item];
    if (extra instanceof Batch.Silent silent) {
      extra = silent.extra();
    }
    if (extra instanceof Transaction transaction) {
      for (int i = 0; i < transaction.size(); i++) {
        transaction.show(args, i);
        visit(transaction.commands.get(i));
      }
    } else if (!(extra instanceof byte[])) {
      batch.request(item, args);
      visit(batch.commands[item]);
    }
    return follow() & ~held.shards();
  }

  private void visit(Command command) {
    if (command.isWrite()) {
      command.eachKey(args, visitor);
    }
  }

  private long reach(byte[] key) {
    return held.has(key) ? held.with(key).waiters.reach(key) : 0;
  }

  /** Goes on to those who may be served on the shards found, as far as these are at hand. */
  private long follow() {
    long followed = 0;
    for (long rest = found & held.shards(); rest != 0; rest = found & held.shards() & ~followed) {
      followed |= Long.lowestOneBit(rest);
      found |= waiters(rest).reach();
    }
    return found;
  }

  /** Those of the first of some shards. */
  private Waiters waiters(long shards) {
    return held.get(Long.numberOfTrailingZeros(shards)).waiters;
  }
}
