package io.sampo.command.zset;

import io.sampo.data.zset.ZSetValue;
import io.sampo.data.zset.ZSetWalk;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;

/** A range of a sorted set as commands name it, by ranks, scores or members. */
final class ZRange {
  /** What a range is given by. */
  enum By {
    RANK,
    SCORE,
    MEMBER
  }

  private static final RespError LIMIT_BY_RANK =
      new RespError(
          "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  private static final RespError SCORES_BY_MEMBER =
      new RespError("ERR syntax error, WITHSCORES not supported in combination with BYLEX");

  private static final long NO_LIMIT = -1;

  private By by;
  private boolean reverse;
  private boolean withScores;
  private long skip;
  private long limit = NO_LIMIT;
  private long start;
  private long stop;
  private ZPoint min;
  private ZPoint max;

  // Of the set it was applied to:
  private int low;
  private int count;

  private ZRange(By by, boolean reverse) {
    this.by = by;
    this.reverse = reverse;
  }

  /** The range that arguments {@code i} and {@code i + 1} name. */
  static ZRange of(Args a, int i, By by) {
    ZRange range = new ZRange(by, false);
    range.bounds(a, i);
    return range;
  }

  /** The range that arguments {@code i} and {@code i + 1} and the options behind them name. */
  static ZRange withOptions(Args a, int i, By by, boolean reverse) {
    return parse(a, i, new ZRange(by, reverse), false, true);
  }

  /**
   * As above, where options also say by what it is and in which direction.
   *
   * @param scores whether WITHSCORES is an option
   */
  static ZRange general(Args a, int i, boolean scores) {
    return parse(a, i, new ZRange(By.RANK, false), true, scores);
  }

  private static ZRange parse(Args a, int i, ZRange range, boolean general, boolean scores) {
    for (int at = i + 2; at < a.count(); at++) {
      if (scores && a.is(at, "withscores")) {
        range.withScores = true;
      } else if (a.is(at, "limit") && at + 2 < a.count()) {
        range.skip = a.integer(++at);
        range.limit = a.integer(++at);
      } else if (general && !range.reverse && a.is(at, "rev")) {
        range.reverse = true;
      } else if (general && range.by == By.RANK && a.is(at, "bylex")) {
        range.by = By.MEMBER;
      } else if (general && range.by == By.RANK && a.is(at, "byscore")) {
        range.by = By.SCORE;
      } else {
        throw RespError.SYNTAX;
      }
    }
    if (range.limit != NO_LIMIT && range.by == By.RANK) {
      throw LIMIT_BY_RANK;
    }
    if (range.withScores && range.by == By.MEMBER) {
      throw SCORES_BY_MEMBER;
    }
    range.bounds(a, i);
    return range;
  }

  /** In reverse the upper bound comes first. */
  private void bounds(Args a, int i) {
    int lower = reverse ? i + 1 : i;
    int upper = reverse ? i : i + 1;
    switch (by) {
      case RANK -> {
        start = a.integer(i);
        stop = a.integer(i + 1);
      }
      case SCORE -> {
        min = ZPoint.score(a, lower, true);
        max = ZPoint.score(a, upper, false);
      }
      case MEMBER -> {
        min = ZPoint.member(a, lower, true);
        max = ZPoint.member(a, upper, false);
      }
    }
  }

  boolean byRank() {
    return by == By.RANK;
  }

  boolean withScores() {
    return withScores;
  }

  /** Finds its members in a sorted set; returns how many they are. */
  int apply(ZSetValue z) {
    if (by == By.RANK) {
      int size = z.size();
      long first = Math.min(size, Math.max(0, start < 0 ? start + size : start));
      long last = Math.min(size - 1, stop < 0 ? stop + size : stop);
      count = (int) Math.max(0, last - first + 1);
      low = count == 0 ? 0 : (int) (reverse ? size - 1 - last : first);
      return count;
    }
    low = min.rank(z);
    int found = Math.max(0, max.rank(z) - low);
    int rest = skip < 0 ? 0 : (int) Math.max(0, found - skip);
    count = (int) (limit < 0 ? rest : Math.min(rest, limit));
    low += reverse ? rest - count : (int) Math.min(skip, found);
    return count;
  }

  /** The lowest rank of what {@link #apply} has found. */
  int low() {
    return low;
  }

  /** A walk over what {@link #apply} has found. */
  ZSetWalk walk(ZSetValue z) {
    return z.walk(reverse ? low + count - 1 : low, reverse);
  }
}
