package io.sampo.command;

import io.sampo.data.Glob;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;

/**
 * The options of the commands that walk over one collection with a cursor.
 *
 * @param pattern what the elements must match
 * @param count about how many elements to look at
 */
record ScanOptions(Glob pattern, long count) {
  private static final Glob ANYTHING = Glob.of(new byte[] {'*'});
  private static final long DEFAULT_COUNT = 10;

  /** Reads MATCH and COUNT from argument {@code from} on. */
  static ScanOptions parse(Args a, int from) {
    Glob pattern = ANYTHING;
    long count = DEFAULT_COUNT;
    for (int i = from; i < a.count(); i += 2) {
      if (i + 1 == a.count()) {
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
    return new ScanOptions(pattern, count);
  }

  /** Whether an element is to be shown. */
  boolean matches(byte[] a, int offset, int length) {
    return pattern.isStar() || pattern.matches(a, offset, length);
  }
}
