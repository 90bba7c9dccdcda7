package io.sampo.command.string;

import io.sampo.command.Context;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;

/** The command LCS: the longest common subsequence of two strings, by dynamic programming. */
final class Lcs {
  private static final RespError NOT_STRINGS =
      new RespError("ERR The specified keys must contain string values");
  private static final RespError BOTH_FORMS =
      new RespError("ERR If you want both the length and indexes, please just use IDX.");
  private static final RespError TOO_BIG =
      new RespError("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");

  /** What Redis's table takes per cell; ours takes one bit, but the limit is the same. */
  private static final long CELL_BYTES = 4;

  private final byte[] a;
  private final byte[] b;

  /**
   * A bit for each pair of a byte of {@code a} and one of {@code b}: whether the longest common
   * subsequence up to there does without the byte of {@code a} rather than that of {@code b}.
   */
  private final long[][] dropsA;

  private int length;

  /**
   * @param traced whether the subsequence itself is wanted, and not only its length
   */
  private Lcs(byte[] a, byte[] b, boolean traced) {
    this.a = a;
    this.b = b;
    dropsA = traced ? new long[a.length][(b.length >>> 6) + 1] : new long[0][];
    solve();
  }

  static void run(Context c, Args args) {
    // Both are looked up, and missed if they are not there, before either is refused.
    c.read(c.db(args, 1), args, 1);
    c.read(c.db(args, 2), args, 2);
    byte[] first = string(c, args, 1);
    byte[] second = string(c, args, 2);
    boolean onlyLength = false;
    boolean indexes = false;
    boolean withLength = false;
    long least = 0;
    for (int i = 3; i < args.count(); i++) {
      if (args.is(i, "idx")) {
        indexes = true;
      } else if (args.is(i, "len")) {
        onlyLength = true;
      } else if (args.is(i, "withmatchlen")) {
        withLength = true;
      } else if (args.is(i, "minmatchlen") && i + 1 < args.count()) {
        least = args.integer(++i);
      } else {
        throw RespError.SYNTAX;
      }
    }
    if (indexes && onlyLength) {
      throw BOTH_FORMS;
    }
    long cells = (first.length + 1L) * (second.length + 1L);
    if (cells > c.db(args, 1).maxStringLength() / CELL_BYTES) {
      throw TOO_BIG;
    }
    Lcs lcs = new Lcs(first, second, !onlyLength);
    if (onlyLength) {
      c.out().integer(lcs.length);
    } else if (indexes) {
      lcs.matches(least, withLength, c.out());
    } else {
      c.out().bulk(lcs.subsequence());
    }
  }

  /** A copy of the string at key {@code i}; a missing one is empty. */
  private static byte[] string(Context c, Args args, int i) {
    Db db = c.db(args, i);
    int h = db.find(args.array(), args.offset(i), args.length(i));
    if (h == Db.NONE) {
      return new byte[0];
    }
    if (!db.isString(h)) {
      throw NOT_STRINGS;
    }
    return db.string(h);
  }

  private void solve() {
    int[] above = new int[b.length + 1];
    int[] row = new int[b.length + 1];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b.length; j++) {
        if (a[i] == b[j]) {
          row[j + 1] = above[j] + 1;
        } else if (above[j + 1] > row[j]) {
          row[j + 1] = above[j + 1];
          if (dropsA.length > 0) {
            dropsA[i][j >>> 6] |= 1L << j;
          }
        } else {
          row[j + 1] = row[j];
        }
      }
      int[] last = above;
      above = row;
      row = last;
    }
    length = above[b.length];
  }

  private boolean dropsA(int i, int j) {
    return (dropsA[i][j >>> 6] & 1L << j) != 0;
  }

  private byte[] subsequence() {
    byte[] found = new byte[length];
    int left = length;
    int i = a.length - 1;
    int j = b.length - 1;
    while (left > 0) {
      if (a[i] == b[j]) {
        found[--left] = a[i];
        i--;
        j--;
      } else if (dropsA(i, j)) {
        i--;
      } else {
        j--;
      }
    }
    return found;
  }

  /** Writes the ranges that match, from the last to the first, and the whole length. */
  private void matches(long least, boolean withLength, ReplyWriter out) {
    out.map(2);
    out.bulk("matches");
    int mark = out.defer();
    int count = 0;
    int left = length;
    int i = a.length - 1;
    int j = b.length - 1;
    while (left > 0) {
      int run = 0;
      while (i >= run && j >= run && a[i - run] == b[j - run]) {
        run++;
      }
      if (run > 0) {
        left -= run;
        if (run >= least) {
          match(i, j, run, withLength, out);
          count++;
        }
        i -= run;
        j -= run;
      } else if (dropsA(i, j)) {
        i--;
      } else {
        j--;
      }
    }
    out.endArray(mark, count);
    out.bulk("len");
    out.integer(length);
  }

  /** Writes one match of {@code run} bytes that ends at {@code i} and {@code j}, both included. */
  private static void match(int i, int j, int run, boolean withLength, ReplyWriter out) {
    out.array(withLength ? 3 : 2);
    out.array(2);
    out.integer(i - run + 1);
    out.integer(i);
    out.array(2);
    out.integer(j - run + 1);
    out.integer(j);
    if (withLength) {
      out.integer(run);
    }
  }
}
