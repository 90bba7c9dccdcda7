package io.sampo.cluster;

/** What an {@link Elector} hears of. */
public sealed interface Input {
  /** Time has passed. */
  record Tick() implements Input {}

  record Received(String from, Message message) implements Input {}

  /** The data of this node leads a term from this offset on. */
  record Led(long term, long start) implements Input {}

  /** The data has grown. */
  record Advanced() implements Input {}

  /** The master is to hand over to this node, which has all of its data. */
  record HandOver(String successor) implements Input {}
}
