package io.sampo.testkit;

/** How an embedded Sampo is laid out; nodes are shared by the tests that ask for the same one. */
public record Layout(int shards, int loops, String transport) {
  static Layout of(AgainstRedis.On on) {
    return new Layout(on.shards(), on.loops(), on.transport());
  }

  @Override
  public String toString() {
    return shards + " shards, " + loops + " loops, " + transport;
  }
}
