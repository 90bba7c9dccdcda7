package io.sampo.server;

import io.sampo.command.Advanced;
import io.sampo.command.Command;
import io.sampo.command.Flag;
import io.sampo.data.Limits;
import io.sampo.resp.Args;
import io.sampo.shard.Batch;
import io.sampo.shard.Memory;
import java.util.Optional;

/**
 * Decides where each request of a session runs, and sends off those that go together as one round.
 */
final class Dispatch {
  private final Session session;
  private final Node node;
  private final ClientState state;
  private final Loop loop;
  private final Input input;
  private final Answers answers;
  private final Transactions transactions;
  private final Flight flight;
  private Optional<Forwarding> forwarding = Optional.empty();

  /** What has been done of the request that comes next, as the extra it is run with. */
  private Object ahead = Batch.PLAIN;

  /** Whether replies to what was sent off last are to be dropped. */
  private boolean muted;

  Dispatch(Session session, Loop loop, Input input, Answers answers, Flight flight) {
    this.session = session;
    this.node = session.node;
    this.state = session.state;
    this.loop = loop;
    this.input = input;
    this.answers = answers;
    this.transactions = session.transactions;
    this.flight = flight;
  }

  boolean isMuted() {
    return muted;
  }

  void close() {
    forwarding.ifPresent(Forwarding::close);
  }

  /** Puts the requests at hand, as far as they go together, into a round and sends it off. */
  void next() {
    Round round = loop.round;
    session.disclosure.begin();
    Object extra = ahead;
    ahead = Batch.PLAIN;
    boolean passesOn = passesOn();
    if (!passesOn && forwarding.filter(Forwarding::isWatching).isPresent()) {
      // What is watched where the master was cannot be told of here.
      session.fail();
      return;
    }
    Args args = loop.args;
    for (; input.hasNext() && !session.isClosing(); input.advance(), extra = Batch.PLAIN) {
      args.at(input.frames(), input.next());
      Command command = Admission.resolve(session.service.commands(), args);
      state.command = command;
      if (Admission.isHttp(command, args)) {
        if (round.size == 0) {
          node.httpWarning.raise(state);
          session.fail();
          return;
        }
        break;
      }
      String refusal = Admission.refusal(session, command, args);
      if (refusal.equals(Memory.OOM) && round.size > 0) {
        // What is before it may make room.
        break;
      }
      if (passesOn && (refusal.isEmpty() || refusal.equals(Admission.READONLY))) {
        if (isPassedOn(command, refusal)) {
          if (round.size > 0) {
            break;
          }
          forward(command, args);
          input.advance();
          return;
        }
        // What a transaction holds is the master's business when it is executed.
        refusal = "";
        endWatchWith(command);
      }
      if (!refusal.isEmpty()) {
        reject(Admission.isUnknown(command, args) ? Admission.UNKNOWN : command, refusal);
      } else if (node.pause.isOn()
          && !session.feed.isOn()
          && node.pause.holds(command, transactions.flags(command))) {
        if (round.size == 0) {
          session.pause();
          return;
        }
        break;
      } else if (command.place == Command.Place.DISPATCH) {
        boolean alone = transactions.steering();
        if (alone && round.size > 0) {
          break;
        }
        transactions.steer(command, args);
        if (alone) {
          input.advance();
          break;
        }
      } else if (transactions.isOpen() && Admission.isQueued(command)) {
        transactions.queue(command, args);
      } else if (command.place == Command.Place.SESSION) {
        if (round.size > 0) {
          break;
        }
        runHere(command);
        if (session.isBusy() || session.service.pubSub().isBehind()) {
          input.advance();
          return;
        }
      } else if (command.has(Flag.BLOCKING)) {
        if (round.size > 0) {
          break;
        }
        attempt(command, args);
        input.advance();
        return;
      } else if (command.place == Command.Place.ASIDE && round.size > 0) {
        break;
      } else if (extra == Batch.PLAIN && command.hasAdvance(args)) {
        if (round.size == 0) {
          advance(command);
          return;
        }
        break;
      } else {
        Object its = state.takeSkip() ? Batch.silent(extra) : extra;
        round.add(command, input.next(), its, node.router.shards(command, args));
        if (round.aside) {
          input.advance();
          break;
        }
      }
    }
    if (round.size > 0) {
      muted = state.muted;
      session.occupied();
      flight.launch(round);
      round.clear();
    }
  }

  /** Refuses what may not run at all, which spoils an open transaction; EXEC then ends it. */
  private void reject(Command command, String error) {
    if (Admission.sendsAway(session, error)) {
      session.closeAfterReply();
    }
    if (command.name.equals("exec")) {
      transactions.discard();
      String reason = error.startsWith("ERR ") ? error.substring(4) : error;
      answers.refuse(command, "EXECABORT Transaction discarded because of: " + reason);
      return;
    }
    transactions.spoil();
    answers.refuse(command, error);
  }

  /** Whether this is a replica that has the master do what it may not; but never on and on. */
  private boolean passesOn() {
    return node.settings.replicaForwardsWrites.get()
        && node.replication.following.isReplica()
        && node.membership().isPresent()
        && !(state.remote instanceof Forwarding.Origin);
  }

  /**
   * Whether the master is to carry this out: what writes, a transaction with anything of that kind,
   * and WATCH. While keys are watched there, what is read is to be read there, too, for here it may
   * be older than the watch.
   */
  private boolean isPassedOn(Command command, String refusal) {
    boolean refused = refusal.equals(Admission.READONLY);
    boolean watches = forwarding.filter(Forwarding::isWatching).isPresent();
    if (transactions.isOpen()) {
      return command.name.equals("exec") && !transactions.isSpoilt() && (refused || watches);
    }
    return refused
        || command.name.equals("watch")
        || (watches && command.has(Flag.READONLY) && command.place != Command.Place.SESSION);
  }

  /** Waits for the master's reply to the present request. */
  private void forward(Command command, Args args) {
    muted = state.takeSkip() || state.muted;
    if (forwarding.isEmpty()) {
      forwarding = Optional.of(new Forwarding(session));
    }
    session.suspend();
    if (command.name.equals("exec")) {
      forwarding.get().pass(transactions.take());
    } else {
      forwarding.get().pass(args, command.name.equals("watch"));
    }
  }

  /** Has the master forget what is watched there, if this command, carried out here, ends that. */
  private void endWatchWith(Command command) {
    boolean ends =
        switch (command.name) {
          case "exec", "discard", "reset" -> true;
          case "unwatch" -> !transactions.isOpen();
          default -> false;
        };
    if (ends) {
      forwarding.filter(Forwarding::isWatching).ifPresent(Forwarding::close);
    }
  }

  /** Has done what can be done of the present request in advance; then it comes here again. */
  private void advance(Command command) {
    session.occupied();
    Args args = new Args().at(input.frames(), input.next());
    Limits limits = node.keyspaces.keyspaces.limits;
    node.longWork.execute(
        () -> session.tell(new SessionEvent.Ahead(Advanced.of(command, args, limits))));
  }

  /** Takes what has been done of the present request. */
  void advanced(Advanced done) {
    ahead = done;
  }

  /** Sends off a request that may block; what comes behind it has to wait. */
  private void attempt(Command command, Args args) {
    muted = state.takeSkip() || state.muted;
    session.occupied();
    Batch batch = session.prepare(loop.batch());
    long shards = node.router.shards(command, args);
    batch.add(command, input.next(), session.waiting.attempt(), shards);
    batch.atHome(Long.bitCount(shards) > 1);
    flight.launch(batch);
  }

  /** Runs a request that is about the session itself. */
  private void runHere(Command command) {
    // What was published before an UNSUBSCRIBE or RESET is not to come after its reply.
    session.subscriptions.open();
    state.takeSkip();
    byte[] reply = loop.executor.runAlone(session, command, input.frames(), input.next());
    muted = state.muted || state.skipping();
    if (!muted || Admission.changesSubscriptions(command)) {
      session.send(reply);
    }
  }
}
