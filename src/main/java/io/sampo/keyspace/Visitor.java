package io.sampo.keyspace;

/** Takes the entries of a scan. It must not change the database. */
public interface Visitor {
  void visit(int handle);
}
