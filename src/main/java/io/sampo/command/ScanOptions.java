package io.sampo.command;

import io.sampo.data.Glob;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;

/**
 * The options of the commands that walk over one collection with a cursor.
 *
 * @param pattern what the elements must match
 * @param count about how many elements to look at
 * @param noValues whether a hash is to show its fields alone
 */
record ScanOptions(Glob pattern, int count, boolean noValues) {
  private static final Glob ANYTHING = Glob.of(new byte[] {'*'});
  private static final long DEFAULT_COUNT = 10;

  /** Reads MATCH and COUNT from argument {@code from} on. */
  static ScanOptions parse(Args a, int from) {
    return parse(a, from, false);
  }

  /** Reads MATCH, COUNT and NOVALUES. */
  static ScanOptions parseForHash(Args a, int from) {
    return parse(a, from, true);
  }

  private static ScanOptions parse(Args a, int from, boolean hash) {
    Glob pattern = ANYTHING;
    long count = DEFAULT_COUNT;
    boolean noValues = false;
    for (int i = from; i < a.count(); i += 2) {
      if (hash && a.is(i, "novalues")) {
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
      } else {
        throw RespError.SYNTAX;
      }
    }
    return new ScanOptions(pattern, (int) Math.min(count, Integer.MAX_VALUE), noValues);
  }

  /** Whether an element is to be shown. */
  boolean matches(byte[] a, int offset, int length) {
    return pattern.isStar() || pattern.matches(a, offset, length);
  }
}
