package io.sampo.cluster;

import java.util.HashMap;
import java.util.Map;

/** What an {@link Elector} is at. */
public sealed interface Stance {
  /**
   * What a voter does for a master.
   *
   * @param sentAt of the last beat that it granted a lease for, by the master's clock
   * @param answeredAt the same of the last beat that it answered at all
   * @param offset up to which it holds the term's stream, or -1
   */
  record Support(long sentAt, long answeredAt, Standing standing, long incarnation, long offset) {}

  /** It knows of no master. */
  record Waiting() implements Stance {}

  /**
   * It asks for votes.
   *
   * @param trial whether only to see if it would be elected
   * @param until when it gives up
   * @param released see {@link Message.Canvass}
   * @param releasedTerm see {@link Message.Canvass}
   */
  record Canvassing(Poll poll, boolean trial, long until, String released, long releasedTerm)
      implements Stance {
    Canvassing heardFrom(String voter, Poll.Voice voice) {
      return new Canvassing(poll.heardFrom(voter, voice), trial, until, released, releasedTerm);
    }
  }

  /**
   * It follows a master.
   *
   * @param start the offset at which the term began; negative while that is not known
   * @param unanimity see {@link Message.Beat}
   */
  record Following(String master, long term, long start, Map<String, Long> unanimity)
      implements Stance {}

  /**
   * It is the master.
   *
   * @param start the offset at which the term began; negative while that is not known
   * @param poll by which it was elected
   * @param supports what the others have granted and acknowledged
   * @param electedAt when it was elected
   * @param since when it was elected, or last had its lease from a majority
   * @param beatAt when the next beat is due
   * @param next the poll for a further term, which it takes while it leads this one; or {@link
   *     Poll#NONE}
   */
  record Leading(
      long start,
      Poll poll,
      Map<String, Support> supports,
      long electedAt,
      long since,
      long beatAt,
      Poll next)
      implements Stance {
    long term() {
      return poll.term();
    }

    Leading startingAt(long offset) {
      return new Leading(offset, poll, supports, electedAt, since, beatAt, next);
    }

    Leading heardFrom(String voter, Poll.Voice voice) {
      return new Leading(
          start, poll.heardFrom(voter, voice), supports, electedAt, since, beatAt, next);
    }

    Leading supportedBy(String voter, Support support) {
      Map<String, Support> more = new HashMap<>(supports);
      more.put(voter, support);
      return new Leading(start, poll, Map.copyOf(more), electedAt, since, beatAt, next);
    }

    Leading since(long time) {
      return new Leading(start, poll, supports, electedAt, time, beatAt, next);
    }

    Leading beatingAt(long time) {
      return new Leading(start, poll, supports, electedAt, since, time, next);
    }

    Leading asking(Poll further) {
      return new Leading(start, poll, supports, electedAt, since, beatAt, further);
    }

    /** The leases granted to it, for they hold for a further term, too; what it holds does not. */
    Map<String, Support> leases() {
      Map<String, Support> leases = new HashMap<>();
      supports.forEach(
          (voter, s) ->
              leases.put(
                  voter,
                  new Support(s.sentAt(), s.answeredAt(), s.standing(), s.incarnation(), -1)));
      return Map.copyOf(leases);
    }

    /** The voters as they are now. */
    Map<String, Long> incarnations() {
      Map<String, Long> all = new HashMap<>();
      supports.forEach((voter, support) -> all.put(voter, support.incarnation()));
      return all;
    }
  }
}
