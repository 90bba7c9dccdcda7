package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.command.Flag;
import io.sampo.resp.Args;
import io.sampo.shard.Batch;
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
    Args args = loop.args;
    for (; input.hasNext() && !session.isClosing(); input.advance()) {
      args.at(input.frames(), input.next());
      Command command = Admission.resolve(session.service.commands(), args);
      state.command = command;
      String refusal = Admission.refusal(session, command, args);
      if (refusal.equals(Admission.READONLY) && isForwarded()) {
        if (round.size > 0) {
          break;
        }
        forward(args);
        input.advance();
        return;
      } else if (!refusal.isEmpty()) {
        reject(command, refusal);
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
      } else {
        Object extra = state.takeSkip() ? Batch.SILENT : Batch.PLAIN;
        round.add(command, input.next(), extra, node.router.shards(command, args));
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
    if (command.name.equals("exec")) {
      transactions.discard();
      String reason = error.startsWith("ERR ") ? error.substring(4) : error;
      answers.refuse(command, "EXECABORT Transaction discarded because of: " + reason);
      return;
    }
    transactions.spoil();
    answers.refuse(command, error);
  }

  /** Whether what this replica may not write goes to the master; but never on and on. */
  private boolean isForwarded() {
    return node.settings.replicaForwardsWrites.get()
        && node.membership().isPresent()
        && !transactions.isOpen()
        && !(state.remote instanceof Forwarding.Origin);
  }

  /** Waits for the master's reply to the present request. */
  private void forward(Args args) {
    muted = state.takeSkip() || state.muted;
    if (forwarding.isEmpty()) {
      forwarding = Optional.of(new Forwarding(session));
    }
    session.suspend();
    forwarding.get().pass(args);
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
    if (!muted || PubSubCommands.changesSubscriptions(command)) {
      session.send(reply);
    }
  }
}
