package io.sampo.keyspace;

/** Takes the entries of a scan. It must not change the database. */
public interface Visitor {
  void visit(int handle);

  /** One whose time is over, but which is still there. */
  default void expired(int handle) {}
}
