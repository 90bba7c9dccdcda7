package io.sampo.cluster;

/** What an {@link Elector} wants done, in this order. */
public sealed interface Output {
  /** Is to be on disk before anything that follows is done. */
  record Remember(Ballot ballot) implements Output {}

  record Send(String to, Message message) implements Output {}

  /** To all the others that are known, the voters among them in any case. */
  record Tell(Message message) implements Output {}

  /** The data is to lead this term; {@link Input.Led} says when it does. */
  record Lead(long term) implements Output {}

  /** The data is to be synchronised anew with this master, and then to follow it. */
  record Follow(String master, long term, long start) implements Output {}

  /**
   * The data has the beginning of this term, and is to say so wherever it is kept; until {@link
   * Holding#label} has it, nothing of the term is acknowledged.
   */
  record Reached(long term) implements Output {}

  /** The data is neither to lead nor to follow. */
  record Retire() implements Output {}
}
