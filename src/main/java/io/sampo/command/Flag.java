package io.sampo.command;

import java.util.Locale;

/** Redis's command flags, in the order in which Redis lists them. */
public enum Flag {
  WRITE,
  READONLY,
  DENYOOM,
  MODULE,
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
  MAY_REPLICATE,
  NO_MANDATORY_KEYS,
  PROTECTED,
  NO_ASYNC_LOADING,
  NO_MULTI,
  MOVABLEKEYS,
  ALLOW_BUSY;

  /** The flag as one bit. */
  public final int bit = 1 << ordinal();

  /** Its name in COMMAND INFO. */
  public final String word = name().toLowerCase(Locale.ROOT);
}
