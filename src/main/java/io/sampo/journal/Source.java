package io.sampo.journal;

import io.sampo.command.Client;

/**
 * On whose behalf the requests of a stream run: they have been carried out elsewhere and are not
 * questioned.
 */
public final class Source implements Client {
  private final int databases;
  private int db;

  /**
   * @param databases how many there are
   */
  public Source(int databases) {
    this.databases = databases;
  }

  @Override
  public long id() {
    return 0;
  }

  @Override
  public int db() {
    return db;
  }

  @Override
  public boolean select(int index) {
    boolean exists = index >= 0 && index < databases;
    db = exists ? index : db;
    return exists;
  }

  @Override
  public int protocol() {
    return 2;
  }

  @Override
  public boolean noTouch() {
    return false;
  }

  @Override
  public boolean isObeyed() {
    return true;
  }
}
