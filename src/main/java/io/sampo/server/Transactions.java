package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.command.Flag;
import io.sampo.keyspace.DbKey;
import io.sampo.keyspace.Watches;
import io.sampo.resp.Args;
import io.sampo.shard.Batch;
import io.sampo.shard.Transaction;
import java.util.Optional;

/** A connection's transactions: the one it has opened, the one that runs, and what it watches. */
public final class Transactions {
  private static final String TWO_PLACES =
      "no command runs where one may wait for others and another may subscribe";

  private final Session session;
  private final Node node;
  private final Round round;
  private final Input input;
  private final Answers answers;

  /** What MULTI has opened; null if nothing is open. */
  private Transaction open;

  /** Whether a request of the open transaction was refused. */
  private boolean failed;

  /** What EXEC has sent off; null if nothing is out. */
  private Transaction executing;

  private Watches.Watch watch;

  Transactions(Session session, Loop loop, Input input, Answers answers) {
    this.session = session;
    this.node = session.node;
    this.round = loop.round;
    this.input = input;
    this.answers = answers;
  }

  boolean isOpen() {
    return open != null;
  }

  /** Whether EXEC would run what may change the session, and so nothing else meanwhile. */
  boolean steering() {
    return open != null && open.steering();
  }

  /** The flags of all that this command would run besides itself, as EXEC does. */
  int flags(Command command) {
    return open != null && command.name.equals("exec") ? open.flags() : 0;
  }

  /** The flags that all have that this command would run besides itself, as EXEC does. */
  int commonFlags(Command command) {
    return open != null && command.name.equals("exec") ? open.commonFlags() : -1;
  }

  /** Queues the request at which {@code args} stands. */
  void queue(Command command, Args args) {
    open.queue(command, args, node.router.shards(command, args));
    answers.queued();
  }

  /** Lets the open transaction, if there is one, fail, for a request of it was refused. */
  void spoil() {
    failed = true;
  }

  /** Whether a request of the open transaction was refused. */
  boolean isSpoilt() {
    return failed;
  }

  /** Gives away the open transaction, of which there is one. */
  Transaction take() {
    Transaction taken = open;
    discard();
    return taken;
  }

  /** Carries out a request of which the place is where requests are dispatched. */
  void steer(Command command, Args args) {
    switch (command.name) {
      case "multi" -> multi(command);
      case "discard" -> discard(command);
      case "exec" -> exec(command);
      case "watch" -> watch(command, args);
      default -> throw new IllegalStateException("no command of a transaction: " + command);
    }
  }

  private void multi(Command command) {
    if (open != null) {
      answers.fail(command, "ERR MULTI calls can not be nested");
      return;
    }
    open = new Transaction();
    failed = false;
    answers.succeed(command);
  }

  private void discard(Command command) {
    if (open == null) {
      answers.fail(command, "ERR DISCARD without MULTI");
      return;
    }
    discard();
    answers.succeed(command);
  }

  private void exec(Command command) {
    if (open == null) {
      answers.fail(command, "ERR EXEC without MULTI");
    } else if (failed) {
      discard();
      answers.fail(command, "EXECABORT Transaction discarded because of previous errors.");
    } else if (open.aside() && (open.flags() & Flag.PUBSUB.bit) != 0) {
      discard();
      answers.fail(command, "EXECABORT Transaction discarded because of: " + TWO_PLACES);
    } else {
      launch(command);
    }
  }

  private void launch(Command command) {
    Transaction ready = open;
    open = null;
    executing = ready;
    long shards = ready.shards();
    if (watch != null) {
      ready.watching(watch);
      for (DbKey watched : watch.keys()) {
        shards |= node.router.shards(watched.key());
      }
      watch = null;
    }
    round.add(command, input.next(), unlessSkipped(ready), shards);
    // Subscriptions are changed on this loop, so the borrower has to run it.
    round.spanning |= (ready.flags() & Flag.PUBSUB.bit) != 0;
    round.aside |= ready.aside();
  }

  /** Notes the keys here, for EXEC to find its shards, and has the shards watch them. */
  private void watch(Command command, Args args) {
    if (open != null) {
      answers.fail(command, "ERR WATCH inside MULTI is not allowed");
      return;
    }
    if (watch == null) {
      watch = new Watches.Watch();
    }
    for (int i = 1; i < args.count(); i++) {
      watch.add(session.state.db, args.bytes(i));
    }
    round.add(command, input.next(), unlessSkipped(watch), node.router.shards(command, args));
  }

  private Object unlessSkipped(Object extra) {
    return session.state.takeSkip() ? new Batch.Silent(extra) : extra;
  }

  /** Notes that whatever was sent off is back. */
  void executed() {
    executing = null;
  }

  /** Forgets the open transaction, if there is one, and what is watched. */
  public void discard() {
    open = null;
    unwatch();
  }

  /** Forgets what is watched. */
  public void unwatch() {
    if (watch != null) {
      watch.end();
      node.cores.unwatch(watch);
      watch = null;
    }
  }

  /** The transaction that is open or being executed; from any thread. */
  Optional<Transaction> present() {
    Transaction present = open;
    return Optional.ofNullable(present == null ? executing : present);
  }

  /** How many keys are watched; from any thread. */
  public int watching() {
    Watches.Watch present = watch;
    return present == null ? 0 : present.count();
  }

  /** Whether EXEC is going to fail, for a watched key has changed; from any thread. */
  public boolean isBroken() {
    Watches.Watch present = watch;
    return present != null && present.broken();
  }
}
