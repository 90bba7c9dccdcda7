package io.sampo.command;

import java.util.Locale;
import java.util.Map;

/** The ACL categories, in the order in which COMMAND INFO lists them. */
public enum Category {
  KEYSPACE,
  READ,
  WRITE,
  SET,
  SORTEDSET,
  LIST,
  HASH,
  STRING,
  BITMAP,
  HYPERLOGLOG,
  GEO,
  STREAM,
  PUBSUB,
  ADMIN,
  FAST,
  SLOW,
  BLOCKING,
  DANGEROUS,
  CONNECTION,
  TRANSACTION,
  SCRIPTING;

  /** The category that a family's commands are in unless their declaration says otherwise. */
  static final Map<String, Category> BY_GROUP =
      Map.ofEntries(
          Map.entry("generic", KEYSPACE),
          Map.entry("set", SET),
          Map.entry("sorted-set", SORTEDSET),
          Map.entry("list", LIST),
          Map.entry("hash", HASH),
          Map.entry("string", STRING),
          Map.entry("bitmap", BITMAP),
          Map.entry("hyperloglog", HYPERLOGLOG),
          Map.entry("geo", GEO),
          Map.entry("stream", STREAM),
          Map.entry("pubsub", PUBSUB),
          Map.entry("connection", CONNECTION),
          Map.entry("transactions", TRANSACTION),
          Map.entry("scripting", SCRIPTING));

  /** Its name, without the {@code @}. */
  public final String word = name().toLowerCase(Locale.ROOT);
}
