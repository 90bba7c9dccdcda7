package io.sampo.cluster;

import java.util.HashMap;
import java.util.Map;

/** What an {@link Elector} is at. */
public sealed interface Stance {
  /** What is known of a voter that has promised. */
  record Voice(Standing standing, long incarnation) {}

  /**
   * What a voter does for a master.
   *
   * @param sentAt of the last beat that it granted a lease for, by the master's clock
   * @param offset up to which it holds the term's stream, or -1
   */
  record Support(long sentAt, Standing standing, long incarnation, long offset) {}

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
  record Canvassing(
      long term,
      boolean trial,
      long until,
      Map<String, Voice> voices,
      String released,
      long releasedTerm)
      implements Stance {
    Canvassing heardFrom(String voter, Voice voice) {
      Map<String, Voice> all = with(voices, voter, voice);
      return new Canvassing(term, trial, until, all, released, releasedTerm);
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
   * @param voices who has promised the term
   * @param supports what the others have granted and acknowledged
   * @param since when it was elected, or last had its lease from a majority
   * @param beatAt when the next beat is due
   * @param nextTerm the one it asks promises for while it leads this one; 0 if none
   * @param nextVoices who has promised that
   */
  record Leading(
      long term,
      long start,
      Map<String, Voice> voices,
      Map<String, Support> supports,
      long since,
      long beatAt,
      long nextTerm,
      Map<String, Voice> nextVoices)
      implements Stance {
    Leading startingAt(long offset) {
      return new Leading(term, offset, voices, supports, since, beatAt, nextTerm, nextVoices);
    }

    Leading heardFrom(Map<String, Voice> newVoices) {
      return new Leading(term, start, newVoices, supports, since, beatAt, nextTerm, nextVoices);
    }

    Leading supportedBy(String voter, Support support) {
      Map<String, Support> all = with(supports, voter, support);
      return new Leading(term, start, voices, all, since, beatAt, nextTerm, nextVoices);
    }

    Leading since(long time) {
      return new Leading(term, start, voices, supports, time, beatAt, nextTerm, nextVoices);
    }

    Leading beatingAt(long time) {
      return new Leading(term, start, voices, supports, since, time, nextTerm, nextVoices);
    }

    Leading asking(long further, Map<String, Voice> itsVoices) {
      return new Leading(term, start, voices, supports, since, beatAt, further, itsVoices);
    }

    /** The leases granted to it, for they hold for a further term, too; what it holds does not. */
    Map<String, Support> leases() {
      Map<String, Support> leases = new HashMap<>();
      supports.forEach(
          (voter, s) ->
              leases.put(voter, new Support(s.sentAt(), s.standing(), s.incarnation(), -1)));
      return leases;
    }
  }

  /** The same map with one entry more, or another value for it. */
  static <T> Map<String, T> with(Map<String, T> map, String key, T value) {
    Map<String, T> more = new HashMap<>(map);
    more.put(key, value);
    return Map.copyOf(more);
  }
}
