package io.sampo.cluster;

import io.sampo.cluster.Stance.Canvassing;
import io.sampo.cluster.Stance.Following;
import io.sampo.cluster.Stance.Leading;
import io.sampo.cluster.Stance.Support;
import io.sampo.cluster.Stance.Waiting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The handling of one input: what becomes of the elector, and what is to be done. */
final class Round {
  private static final long NEVER = Long.MIN_VALUE / 2;

  private final Setup setup;
  private final long now;
  private final Holding holding;
  private final List<Output> outputs = new ArrayList<>();
  private Elector next;

  Round(long now, Holding holding, Elector present) {
    this.now = now;
    this.holding = holding;
    this.next = present;
    this.setup = present.setup();
  }

  /** Takes the input; once only. */
  Elector.Step run(Input input) {
    Ballot before = next.ballot();
    // Where all have lost their ballots, the data still tells which terms there have been.
    next = next.observed(holding).hearing(holding.label());
    if (input instanceof Input.Tick) {
      tick();
    } else if (input instanceof Input.Received received) {
      receive(received.from(), received.message());
    } else if (input instanceof Input.Led led) {
      led(led);
    } else if (input instanceof Input.HandOver handOver) {
      handOver(handOver.successor());
    } else {
      acknowledge();
    }
    next = next.observed(holding);
    if (!next.ballot().equals(before)) {
      outputs.add(0, new Output.Remember(next.ballot()));
    }
    if (next.isMislabelled(holding)) {
      outputs.add(new Output.Reached(next.ballot().reached()));
    }
    return new Elector.Step(next, List.copyOf(outputs));
  }

  // --- time

  private void tick() {
    if (next.stance() instanceof Leading leading) {
      if (next.leaseUntil() - now > 0) {
        leading = leading.since(now);
        next = next.with(leading);
      }
      if (now - leading.since() > next.patience(leading)) {
        // It has been cut off: whoever was not may need its vote, and clients are to look for
        // another.
        outputs.add(new Output.Retire());
        await(setup.lease());
      } else if (leading.beatAt() - now <= 0) {
        beat(leading);
      }
    } else if (next.stance() instanceof Canvassing canvassing) {
      if (canvassing.until() - now <= 0) {
        await(0);
      }
    } else if (next.dueAt() - now <= 0 && setup.votes(setup.self()) && !setup.witness()) {
      canvass(true, Map.of(), Elector.NOBODY, 0);
    }
  }

  private void await(long atLeast) {
    next = next.with(new Waiting()).due(now + atLeast + next.jitter(now));
  }

  // --- candidates

  private void canvass(boolean trial, Map<String, Long> known, String released, long ofTerm) {
    if (next.isBound(now, setup.self(), released, ofTerm)) {
      await(Math.max(0, next.lease().until() - now));
      return;
    }
    Poll poll = poll(known);
    if (!trial) {
      next = next.with(next.ballot().promise(poll.term(), self()));
      outputs.add(new Output.Retire());
    }
    // Whoever is bound still will not be soon, for all leases end within the jitter.
    long until = now + Math.min(setup.beat(), 2 * setup.jitter()) + next.jitter(now);
    next = next.with(new Canvassing(poll, trial, until, released, ofTerm));
    ask(poll.term(), trial, released, ofTerm);
    elect();
  }

  /** A new one, of a term of which nobody has heard, with the node's own voice. */
  private Poll poll(Map<String, Long> known) {
    Map<String, Long> all = new HashMap<>(known);
    all.put(setup.self(), next.ballot().incarnation());
    long term = Math.max(next.heard(), next.ballot().term()) + 1;
    return new Poll(term, Map.copyOf(all), Map.of(setup.self(), voice()));
  }

  private void ask(long term, boolean trial, String released, long releasedTerm) {
    Rank rank = next.rank(holding);
    long incarnation = next.ballot().incarnation();
    tell(new Message.Canvass(term, trial, rank, incarnation, released, releasedTerm));
  }

  private Poll.Voice voice() {
    return new Poll.Voice(next.standing(holding), next.ballot().incarnation());
  }

  private String self() {
    return Ballot.candidate(setup.self(), next.ballot().incarnation());
  }

  private void elect() {
    if (!(next.stance() instanceof Canvassing canvassing)) {
      return;
    }
    Poll poll = canvassing.poll();
    if (!canvassing.trial() && poll.isWon(setup)) {
      lead(poll, Map.of());
    } else if (canvassing.trial() && couldWin(poll)) {
      canvass(false, poll.incarnations(), canvassing.released(), canvassing.releasedTerm());
    }
  }

  /** Whether a trial shows that it would be elected, those being known who have answered. */
  private boolean couldWin(Poll trial) {
    return new Poll(trial.term(), trial.incarnations(), trial.voices()).isWon(setup);
  }

  private void lead(Poll poll, Map<String, Support> supports) {
    outputs.add(new Output.Lead(poll.term()));
    beat(new Leading(-1, poll, supports, now, now, now, Poll.NONE));
  }

  private void voted(String from, Message.Vote vote) {
    Poll.Voice voice = new Poll.Voice(vote.standing(), vote.incarnation());
    if (!vote.granted()) {
      next = next.hearing(vote.promised());
    } else if (next.stance() instanceof Canvassing c
        && c.poll().term() == vote.term()
        && c.trial() == vote.trial()) {
      next = next.with(c.heardFrom(from, voice));
      elect();
    } else if (next.stance() instanceof Leading l && !vote.trial()) {
      if (l.term() == vote.term()) {
        next = next.with(l.heardFrom(from, voice));
      } else if (l.next().term() == vote.term()) {
        next = next.with(l.asking(l.next().heardFrom(from, voice)));
        succeed();
      }
    }
  }

  /** Goes over to the further term, if it has been elected for it. */
  private void succeed() {
    if (next.stance() instanceof Leading l && l.next().term() > 0 && l.next().isWon(setup)) {
      lead(l.next(), l.leases());
    }
  }

  // --- voters

  private void canvassed(String from, Message.Canvass canvass) {
    if (!setup.votes(setup.self()) || !setup.votes(from)) {
      return;
    }
    long promised = next.ballot().term();
    String candidate = Ballot.candidate(from, canvass.incarnation());
    boolean free =
        canvass.term() > promised
            || (canvass.term() == promised && next.ballot().candidate().equals(candidate));
    boolean granted =
        free
            && !next.isBound(now, from, canvass.released(), canvass.releasedTerm())
            && canvass.rank().compareTo(next.rank(holding)) >= 0
            && !(canvass.trial() && isRival(from, canvass.rank()));
    Poll.Voice voice = voice();
    if (granted && !canvass.trial() && canvass.term() > promised) {
      next = next.with(next.ballot().promise(canvass.term(), candidate));
      outputs.add(new Output.Retire());
      await(setup.lease());
    }
    send(
        from,
        new Message.Vote(
            canvass.term(),
            canvass.trial(),
            granted,
            next.ballot().term(),
            voice.standing(),
            voice.incarnation()));
  }

  /**
   * Whether of two candidates it is the one to go on: else they might go on taking half the votes
   * each.
   */
  private boolean isRival(String other, Rank itsRank) {
    boolean first = setup.self().compareTo(other) < 0;
    return next.stance() instanceof Canvassing && first && itsRank.equals(next.rank(holding));
  }

  // --- masters

  private void beat(Leading leading) {
    boolean unanimous = leading.poll().isUnanimous(setup.voters());
    if (!next.ballot().fresh() || unanimous) {
      next = next.with(new Elector.Lease(setup.self(), leading.term(), now + setup.lease()));
    }
    next = next.with(leading.beatingAt(now + setup.untilNextBeat(now - leading.electedAt())));
    Map<String, Long> unanimity = unanimous ? leading.poll().incarnations() : Map.of();
    long deafFor = now - next.heardByAt(now);
    tell(new Message.Beat(leading.term(), leading.start(), now, deafFor, unanimity));
    renew();
  }

  /**
   * Asks promises for another term while leading this one, if a voter has promised a higher term to
   * somebody who was not elected, or counts for nothing until all have promised.
   */
  private void renew() {
    if (!(next.stance() instanceof Leading leading) || leading.start() < 0) {
      return;
    }
    boolean challenged = next.heard() > next.ballot().term();
    boolean asks = leading.next().term() > 0 && !challenged;
    if (!asks && !challenged && !canGainVoters(leading)) {
      return;
    }
    if (!asks) {
      Poll poll = poll(leading.incarnations());
      next = next.with(next.ballot().promise(poll.term(), self())).with(leading.asking(poll));
      leading = leading.asking(poll);
    }
    ask(leading.next().term(), false, Elector.NOBODY, 0);
    succeed();
  }

  /** Whether all voters are there, and one of them needs a term that all have promised. */
  private boolean canGainVoters(Leading leading) {
    if (now - leading.electedAt() < setup.lease()) {
      // Votes for this term may still be on their way.
      return false;
    }
    boolean gains = false;
    for (String voter : setup.voters()) {
      if (voter.equals(setup.self())) {
        continue;
      }
      Support support = leading.supports().get(voter);
      if (support == null || now - support.sentAt() > setup.lease()) {
        return false;
      }
      gains |= support.standing() == Standing.FRESH && !isRemembered(leading, voter, support);
    }
    return gains;
  }

  /** Whether the voter has only not heard yet that all have promised. */
  private boolean isRemembered(Leading leading, String voter, Support support) {
    return leading.poll().isUnanimous(setup.voters())
        && leading.poll().voices().get(voter).incarnation() == support.incarnation();
  }

  private void led(Input.Led led) {
    if (next.stance() instanceof Leading l && l.term() == led.term() && l.start() < 0) {
      beat(l.startingAt(led.start()));
    }
  }

  private void granted(String from, Message.Grant grant) {
    next = next.hearing(grant.promised());
    boolean counts = grant.granted() || grant.promised() == grant.term();
    if (counts && next.stance() instanceof Leading l && l.term() == grant.term()) {
      Support old = l.supports().get(from);
      long sentAt = old == null ? NEVER : old.sentAt();
      long answeredAt = old == null ? NEVER : old.answeredAt();
      Support support =
          new Support(
              grant.granted() ? Math.max(sentAt, grant.sentAt()) : sentAt,
              Math.max(answeredAt, grant.sentAt()),
              grant.standing(),
              grant.incarnation(),
              grant.offset());
      next = next.with(l.supportedBy(from, support));
    }
  }

  private void acknowledged(String from, Message.Ack ack) {
    if (next.stance() instanceof Leading l && l.term() == ack.term()) {
      Support old = l.supports().get(from);
      if (old != null) {
        Support support =
            new Support(
                old.sentAt(), old.answeredAt(), old.standing(), old.incarnation(), ack.offset());
        next = next.with(l.supportedBy(from, support));
      }
    }
  }

  private void handOver(String successor) {
    if (next.stance() instanceof Leading leading && leading.next().term() == 0) {
      next = next.with(new Elector.Lease(Elector.NOBODY, 0, now));
      outputs.add(new Output.Retire());
      await(setup.lease());
      send(successor, new Message.Invite(leading.term()));
    }
  }

  // --- followers

  private void beaten(String from, Message.Beat beat) {
    boolean accepted = beat.term() >= next.ballot().term();
    // One missed answer is nothing yet: the lease outlasts several.
    boolean renewed = accepted && beat.deafFor() <= setup.beat() + setup.beat() / 2;
    if (accepted) {
      follow(from, beat, renewed);
    }
    send(
        from,
        new Message.Grant(
            beat.term(),
            renewed,
            next.ballot().term(),
            beat.sentAt(),
            next.standing(holding),
            next.ballot().incarnation(),
            next.offset(holding, beat.term())));
  }

  private void follow(String from, Message.Beat beat, boolean renewed) {
    if (beat.term() > next.ballot().term()) {
      next = next.with(next.ballot().promise(beat.term(), Elector.NOBODY));
    }
    boolean known =
        next.stance() instanceof Following f
            && f.term() == beat.term()
            && f.master().equals(from)
            && f.start() >= 0;
    if (!known && beat.start() >= 0) {
      outputs.add(new Output.Follow(from, beat.term(), beat.start()));
    }
    next = next.with(new Following(from, beat.term(), beat.start(), beat.unanimity()));
    if (renewed) {
      next =
          next.with(new Elector.Lease(from, beat.term(), now + setup.lease()))
              .due(now + setup.lease() + next.jitter(now));
    }
    next = next.observed(holding);
  }

  private void invited(String from, Message.Invite invite) {
    if (next.stance() instanceof Following f
        && f.master().equals(from)
        && f.term() == invite.term()
        && next.ballot().term() == invite.term()
        && setup.votes(setup.self())
        && !setup.witness()) {
      canvass(false, Map.of(), from, invite.term());
    }
  }

  private void acknowledge() {
    if (next.stance() instanceof Following f && f.term() == next.ballot().term()) {
      long offset = next.offset(holding, f.term());
      if (offset >= 0) {
        send(f.master(), new Message.Ack(f.term(), offset));
      }
    }
  }

  // --- the rest

  private void receive(String from, Message message) {
    if (message instanceof Message.Canvass canvass) {
      canvassed(from, canvass);
    } else if (message instanceof Message.Vote vote) {
      voted(from, vote);
    } else if (message instanceof Message.Beat beat) {
      beaten(from, beat);
    } else if (message instanceof Message.Grant grant) {
      granted(from, grant);
    } else if (message instanceof Message.Ack ack) {
      acknowledged(from, ack);
    } else if (message instanceof Message.Invite invite) {
      invited(from, invite);
    }
  }

  private void send(String to, Message message) {
    outputs.add(new Output.Send(to, message));
  }

  private void tell(Message message) {
    outputs.add(new Output.Tell(message));
  }
}
