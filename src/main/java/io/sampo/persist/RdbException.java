package io.sampo.persist;

import java.io.IOException;

/** What was read is not RDB, or not of a kind that can be read here. */
public final class RdbException extends IOException {
  private static final long serialVersionUID = 1;

  RdbException(String message) {
    super(message);
  }
}
