package io.sampo.command;

import java.util.Locale;

/** Redis's command flags, in the order in which COMMAND INFO lists them. */
public enum Flag {
  WRITE,
  READONLY,
  DENYOOM,
  ADMIN,
  PUBSUB,
  NOSCRIPT,
  BLOCKING,
  LOADING,
  STALE,
  SKIP_MONITOR,
  SKIP_SLOWLOG,
  ASKING,
  FAST,
  NO_AUTH,
  NO_MANDATORY_KEYS,
  NO_ASYNC_LOADING,
  NO_MULTI,
  /** Not declared but derived: some key does not stand at a fixed index. */
  MOVABLEKEYS,
  ALLOW_BUSY;

  /** The flag as one bit. */
  public final int bit = 1 << ordinal();

  /** Its name in COMMAND INFO. */
  public final String word = name().toLowerCase(Locale.ROOT);
}
