package io.sampo.command;

/** What a command may know of the connection that sent it. */
public interface Client {
  /** Unique in the life of the node, ascending. */
  long id();

  /** The selected database. */
  int db();

  void select(int db);

  /** The protocol of its replies, 2 or 3. */
  int protocol();

  /** Whether its reads leave the age and frequency of keys alone (CLIENT NO-TOUCH). */
  boolean noTouch();
}
