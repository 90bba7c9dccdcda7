package io.sampo.cluster;

import io.sampo.cluster.Stance.Canvassing;
import io.sampo.cluster.Stance.Following;
import io.sampo.cluster.Stance.Leading;
import io.sampo.cluster.Stance.Waiting;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * One node's part in choosing the master of a replica set: a value without clock, network or disk,
 * which answers every input with its successor and what is to be done.
 *
 * <p>The rules, of which those on terms are Raft's (Ongaro and Ousterhout, 2014):
 *
 * <ol>
 *   <li>A voter promises a term to one candidate at most, and none older than what it promised.
 *   <li>It promises only to candidates that rank at least as high as itself, and acknowledges
 *       nothing of older terms from then on.
 *   <li>Who has promises of a majority of the voters leads the term. An offset is safe once a
 *       majority holds the term's stream up to it.
 *   <li>A voter that granted a master a lease promises nothing to others until the lease has run
 *       out by its own clock, nor for as long after a start. Hence a master that counts its lease
 *       from before it asked is alone, as long as clocks differ by less than the drift allowed for.
 *       No lease is granted to a master that hears no majority any more, though it is heard itself.
 *   <li>A voter that may have forgotten promises counts for nothing until every single voter has
 *       promised a term to a candidate who knew of it before asking: whatever else was promised is
 *       of older terms then. One that may have lost data vouches for nobody until it has been
 *       synchronised. If all voters promise, the best there is has been found.
 * </ol>
 *
 * <p>Rule 4 concerns reads from a master; that no acknowledged write is lost rests on the others,
 * and thus on no clock.
 *
 * @param lease the one it has granted
 * @param dueAt when it becomes a candidate if it does not hear of a master
 * @param heard the highest term it has heard of
 */
public record Elector(
    Setup setup, Ballot ballot, Lease lease, Stance stance, long dueAt, long heard) {
  /** Until when a voter promises nothing to others than the holder. */
  public record Lease(String holder, long term, long until) {}

  /** What comes of an input. */
  public record Step(Elector next, List<Output> outputs) {}

  private static final long LONG_PAST = Long.MIN_VALUE / 2;

  /** What is promised to nobody. */
  static final String NOBODY = "";

  /** At the start of the process: it may have granted a lease just before its end. */
  public static Elector start(Setup setup, Ballot ballot, long now) {
    Lease quarantine = new Lease(NOBODY, 0, now + setup.lease());
    Elector elector = new Elector(setup, ballot, quarantine, new Waiting(), 0, ballot.term());
    return elector.due(now + setup.lease() + elector.jitter(now));
  }

  /**
   * Takes an input.
   *
   * @param now by the monotonic clock, in nanoseconds
   * @param holding the data at this time, or before: what it holds may grow meanwhile
   */
  public Step step(long now, Holding holding, Input input) {
    return new Round(now, holding, this).run(input);
  }

  /** Whether it leads, if its lease allows it. */
  public boolean leads() {
    return stance instanceof Leading;
  }

  /** The term it is in. */
  public long term() {
    if (stance instanceof Leading leading) {
      return leading.term();
    }
    return stance instanceof Following following ? following.term() : ballot.term();
  }

  /** When it next needs a tick, if nothing else comes before: at the latest a lease from now. */
  public long wakeAt(long now) {
    long wait = setup.lease();
    if (stance instanceof Leading leading) {
      wait = Math.min(leading.beatAt() - now, leading.since() + patience(leading) - now + 1);
    } else if (stance instanceof Canvassing canvassing) {
      wait = canvassing.until() - now;
    } else if (setup.votes(setup.self()) && !setup.witness()) {
      wait = dueAt - now;
    }
    return now + Math.min(wait, setup.lease());
  }

  /** For how long it leads without a lease: to get the first one, votes may still be counted. */
  long patience(Leading leading) {
    return leading.since() > leading.electedAt() ? setup.lease() / 2 : 2 * setup.lease();
  }

  /** Until when it is sure to be the only master, by its own clock; long past if it is none. */
  public long leaseUntil() {
    if (!(stance instanceof Leading leading)) {
      return LONG_PAST;
    }
    Tally granted = new Tally();
    if (lease.holder().equals(setup.self()) && counts(setup.self(), standingAsLeader())) {
      granted.add(lease.until() - setup.lease());
    }
    leading
        .supports()
        .forEach(
            (voter, support) -> {
              if (counts(voter, support.standing())) {
                granted.add(support.sentAt());
              }
            });
    return granted.majority(setup, LONG_PAST) + setup.lease() - setup.drift();
  }

  /** When it last sent, as a master, what a majority has answered since; it hears itself. */
  long heardByAt(long now) {
    if (!(stance instanceof Leading leading)) {
      return now;
    }
    Tally answered = tally(leading, now, Stance.Support::answeredAt);
    return Math.max(leading.electedAt(), answered.majority(setup, LONG_PAST));
  }

  /**
   * Up to which offset a majority holds the term's stream; -1 if it does not hold its beginning.
   */
  public long safeOffset(Holding holding) {
    if (!(stance instanceof Leading leading)) {
      return -1;
    }
    long own = offset(holding, leading.term());
    return tally(leading, own, Stance.Support::offset).majority(setup, -1);
  }

  /** What the voters have, this one among them. */
  private Tally tally(Leading leading, long own, ToLongFunction<Stance.Support> value) {
    Tally tally = new Tally();
    if (setup.votes(setup.self())) {
      tally.add(own);
    }
    leading
        .supports()
        .forEach(
            (voter, support) -> {
              if (setup.votes(voter)) {
                tally.add(value.applyAsLong(support));
              }
            });
    return tally;
  }

  /** What its voice is worth. */
  public Standing standing(Holding holding) {
    if (ballot.fresh()) {
      return Standing.FRESH;
    }
    return setup.witness() || isIntact(holding) ? Standing.WHOLE : Standing.BARE;
  }

  private Standing standingAsLeader() {
    return ballot.fresh() ? Standing.FRESH : Standing.WHOLE;
  }

  /** How much it has of what it may have acknowledged. */
  Rank rank(Holding holding) {
    if (setup.witness() || holding.offset() < 0) {
      return Rank.NONE;
    }
    if (!holding.whole()) {
      return new Rank(holding.label(), holding.offset());
    }
    // What it has come by at once may be of a later term than what it has reached by itself.
    long term = Math.max(ballot.reached(), holding.label());
    return isIntact(holding) ? new Rank(term, holding.offset()) : Rank.NONE;
  }

  private boolean isIntact(Holding holding) {
    return holding.whole() && holding.offset() >= ballot.start();
  }

  private boolean counts(String voter, Standing standing) {
    return setup.votes(voter) && standing != Standing.FRESH;
  }

  /** The offset it can acknowledge in a term; -1 if it has no right to. */
  long offset(Holding holding, long term) {
    boolean may = hasReached(holding, term) && !setup.witness() && !ballot.fresh();
    // If all are killed now, the disks are all there is to tell who had this.
    return may && holding.label() == term ? holding.offset() : -1;
  }

  /** Whether the data is that of a term whose beginning it has. */
  private boolean hasReached(Holding holding, long term) {
    return ballot.reached() == term && holding.term() == term && isIntact(holding);
  }

  /** Whether the data should say of which term it has the beginning, and does not. */
  boolean isMislabelled(Holding holding) {
    return ballot.reached() > 0
        && hasReached(holding, ballot.reached())
        && holding.label() != ballot.reached();
  }

  /** Having seen how far the data has come. */
  Elector observed(Holding holding) {
    long start = -1;
    boolean unanimous = false;
    if (stance instanceof Following following && following.term() == ballot.term()) {
      start = following.start();
      Long own = following.unanimity().get(setup.self());
      unanimous = own != null && own == ballot.incarnation();
    } else if (stance instanceof Leading leading && leading.term() == ballot.term()) {
      start = leading.start();
      unanimous = leading.poll().isUnanimous(setup.voters());
    }
    Ballot seen = unanimous && ballot.fresh() ? ballot.settle() : ballot;
    boolean there =
        start >= 0 && holding.term() == seen.term() && holding.whole() && holding.offset() >= start;
    if (there && !setup.witness() && seen.reached() < seen.term()) {
      seen = seen.reach(seen.term(), start);
    }
    return with(seen);
  }

  /** Whether a lease forbids it to promise anything to this candidate. */
  boolean isBound(long now, String candidate, String released, long releasedTerm) {
    boolean runs = lease.until() - now > 0 && !lease.holder().equals(candidate);
    boolean ended = lease.holder().equals(released) && lease.term() <= releasedTerm;
    // Who may have granted a lease before its start does not know to whom: nobody can release it.
    return runs && (lease.holder().equals(NOBODY) || !ended);
  }

  /** Some time below the jitter, another one for each node and moment. */
  long jitter(long now) {
    long mixed = (now ^ setup.self().hashCode()) * 0x9E3779B97F4A7C15L;
    return setup.jitter() == 0 ? 0 : (mixed >>> 1) % setup.jitter();
  }

  Elector with(Ballot newBallot) {
    return new Elector(setup, newBallot, lease, stance, dueAt, Math.max(heard, newBallot.term()));
  }

  Elector with(Lease newLease) {
    return new Elector(setup, ballot, newLease, stance, dueAt, heard);
  }

  Elector with(Stance newStance) {
    return new Elector(setup, ballot, lease, newStance, dueAt, heard);
  }

  Elector due(long at) {
    return new Elector(setup, ballot, lease, stance, at, heard);
  }

  Elector hearing(long term) {
    return new Elector(setup, ballot, lease, stance, dueAt, Math.max(heard, term));
  }
}
