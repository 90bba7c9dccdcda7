package io.sampo.cluster;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;

/**
 * What electors tell one another. Any of it may be lost, come twice, late, or in another order.
 * Times are those of the clock of whoever wrote them down first, and mean nothing to others. They
 * are written without names, for they are most of what a node with nothing to do reads and writes.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_ARRAY)
@JsonSubTypes({
  @JsonSubTypes.Type(value = Message.Canvass.class, name = "canvass"),
  @JsonSubTypes.Type(value = Message.Vote.class, name = "vote"),
  @JsonSubTypes.Type(value = Message.Beat.class, name = "beat"),
  @JsonSubTypes.Type(value = Message.Grant.class, name = "grant"),
  @JsonSubTypes.Type(value = Message.Ack.class, name = "ack"),
  @JsonSubTypes.Type(value = Message.Invite.class, name = "invite"),
})
public sealed interface Message {
  /**
   * Asks for a vote.
   *
   * @param trial whether it only asks how a vote would be, and binds nobody
   * @param incarnation of the candidate's memory, without which it is not the same candidate
   * @param released the node that has given up its lease so that this one may be elected, or ""
   * @param releasedTerm the last term of that lease
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Canvass(
      long term, boolean trial, Rank rank, long incarnation, String released, long releasedTerm)
      implements Message {}

  /**
   * Answers {@link Canvass}.
   *
   * @param promised the highest term that the voter has promised
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Vote(
      long term, boolean trial, boolean granted, long promised, Standing standing, long incarnation)
      implements Message {}

  /**
   * The master's sign of life, and its request for a lease.
   *
   * @param start the offset at which the term began; negative while that is not known
   * @param sentAt by the master's clock, in nanoseconds
   * @param deafFor for how long no majority has answered: a master that does not hear others is to
   *     get no lease, though they hear it
   * @param unanimity the incarnations of all voters, if every one has promised the term, else empty
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Beat(long term, long start, long sentAt, long deafFor, Map<String, Long> unanimity)
      implements Message {}

  /**
   * Answers {@link Beat}.
   *
   * @param granted whether the lease is: not so if the node has promised a higher term, or the
   *     master did not hear others when it asked
   * @param sentAt of the beat
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Grant(
      long term,
      boolean granted,
      long promised,
      long sentAt,
      Standing standing,
      long incarnation,
      long offset)
      implements Message {}

  /** A replica holds the term's stream up to this offset. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Ack(long term, long offset) implements Message {}

  /** The master has given up its lease; the receiver is to be its successor. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Invite(long term) implements Message {}
}
