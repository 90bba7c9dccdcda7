package io.sampo.command;

/** The grammar in which a declaration states a command's arguments, and its reading. */
public final class Syntax {
  private Syntax() {}
}
