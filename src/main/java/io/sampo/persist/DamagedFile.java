package io.sampo.persist;

/** A file from which the data cannot be had; the message says in one line which, where and why. */
public final class DamagedFile extends RuntimeException {
  public DamagedFile(String message) {
    super(message, null, false, false);
  }
}
