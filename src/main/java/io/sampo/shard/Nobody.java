package io.sampo.shard;

import io.sampo.command.Client;

/** On whose behalf a keyspace is tended. */
final class Nobody implements Client {
  @Override
  public long id() {
    return 0;
  }

  @Override
  public int db() {
    return 0;
  }

  @Override
  public boolean select(int db) {
    throw new UnsupportedOperationException("nobody selects nothing");
  }

  @Override
  public int protocol() {
    return 2;
  }

  @Override
  public boolean noTouch() {
    return true;
  }
}
