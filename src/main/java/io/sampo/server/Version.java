package io.sampo.server;

/** What this server calls itself. */
public final class Version {
  /** The version of Redis whose behaviour is offered: what clients look at. */
  public static final String REDIS = "7.2.4";

  /** Our own. */
  public static final String SAMPO = "0.1.0";

  private Version() {}
}
