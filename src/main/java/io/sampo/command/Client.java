package io.sampo.command;

/** What a command may know of the connection that sent it. */
public interface Client {
  /** Unique in the life of the node, ascending. */
  long id();

  /** The selected database. */
  int db();

  /** Chooses a database; false if there is none of this number. */
  boolean select(int db);

  /** The protocol of its replies, 2 or 3. */
  int protocol();

  /** Whether its reads leave the age and frequency of keys alone (CLIENT NO-TOUCH). */
  boolean noTouch();

  /**
   * Whether its requests have been carried out elsewhere, and so are here, without a question: what
   * a master sends, or a file holds. No limit of memory counts, and expired keys are still there.
   */
  default boolean isObeyed() {
    return false;
  }
}
