package io.sampo.server;

/** What this server calls itself. */
final class Version {
  /** The version of Redis whose behaviour is offered: what clients look at. */
  static final String REDIS = "7.2.4";

  /** Our own. */
  static final String SAMPO = "0.1.0";

  private Version() {}
}
