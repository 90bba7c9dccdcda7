package io.sampo.testkit;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A command, and what of the reply to it must be equal.
 *
 * @param aspect what is compared instead of the reply itself
 */
public record Question(List<String> command, UnaryOperator<WireReply> aspect) {
  public Question(List<String> command) {
    this(command, UnaryOperator.identity());
  }
}
