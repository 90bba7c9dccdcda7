package io.sampo.command;

import io.sampo.data.Glob;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;

/**
 * The options of the commands that walk over keys, or over one collection, with a cursor.
 *
 * @param pattern what the elements must match
 * @param count about how many elements to look at
 * @param type what keys must be of, case ignored; "" for anything
 * @param noValues whether a hash is to show its fields alone
 */
public record ScanOptions(Glob pattern, int count, String type, boolean noValues) {
  private static final Glob ANYTHING = Glob.of(new byte[] {'*'});
  private static final long DEFAULT_COUNT = 10;

  private enum Walk {
    KEYS,
    HASH,
    COLLECTION
  }

  /** Reads MATCH and COUNT from argument {@code from} on. */
  public static ScanOptions parse(Args a, int from) {
    return parse(a, from, Walk.COLLECTION);
  }

  /** Reads MATCH, COUNT and NOVALUES. */
  public static ScanOptions parseForHash(Args a, int from) {
    return parse(a, from, Walk.HASH);
  }

  /** Reads MATCH, COUNT and TYPE. */
  public static ScanOptions parseForKeys(Args a, int from) {
    return parse(a, from, Walk.KEYS);
  }

  private static ScanOptions parse(Args a, int from, Walk walk) {
    Glob pattern = ANYTHING;
    long count = DEFAULT_COUNT;
    String type = "";
    boolean noValues = false;
    for (int i = from; i < a.count(); i += 2) {
      if (walk == Walk.HASH && a.is(i, "novalues")) {
        noValues = true;
        i--;
      } else if (i + 1 == a.count()) {
        throw RespError.SYNTAX;
      } else if (a.is(i, "count")) {
        count = a.integer(i + 1);
        if (count < 1) {
          throw RespError.SYNTAX;
        }
      } else if (a.is(i, "match")) {
        pattern = Glob.of(a.array(), a.offset(i + 1), a.length(i + 1), false);
      } else if (walk == Walk.KEYS && a.is(i, "type")) {
        type = a.text(i + 1);
      } else {
        throw RespError.SYNTAX;
      }
    }
    return new ScanOptions(pattern, (int) Math.min(count, Integer.MAX_VALUE), type, noValues);
  }

  /** Whether an element is to be shown. */
  public boolean matches(byte[] a, int offset, int length) {
    return pattern.isStar() || pattern.matches(a, offset, length);
  }
}
