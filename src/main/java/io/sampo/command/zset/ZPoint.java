package io.sampo.command.zset;

import io.sampo.data.zset.ZSetValue;
import io.sampo.resp.Args;
import io.sampo.resp.Numbers;
import io.sampo.resp.RespError;

/**
 * A bound of a range of scores or members, as the argument that names it.
 *
 * @param score {@link ZSetValue#ANY_SCORE} if members are compared
 * @param length of the member at {@code offset} of {@code array}, or {@link #LOWEST}, {@link
 *     #HIGHEST}, {@link ZSetValue#NO_MEMBER}
 * @param tie on which side of its equals the bound lies
 */
record ZPoint(double score, byte[] array, int offset, int length, int tie) {
  private static final int LOWEST = -2;
  private static final int HIGHEST = -3;
  private static final RespError NOT_SCORES = new RespError("ERR min or max is not a float");
  private static final RespError NOT_MEMBERS =
      new RespError("ERR min or max not valid string range item");

  /** Argument {@code i} as a bound of scores: a number, behind a {@code (} if it is excluded. */
  static ZPoint score(Args a, int i, boolean min) {
    int from = a.offset(i);
    int length = a.length(i);
    boolean excluded = length > 0 && a.array()[from] == '(';
    int sign = excluded ? 1 : 0;
    double score = Numbers.parseBound(a.array(), from + sign, length - sign);
    if (Double.isNaN(score)) {
      throw NOT_SCORES;
    }
    return new ZPoint(score, a.array(), 0, ZSetValue.NO_MEMBER, tie(min, excluded));
  }

  /** Argument {@code i} as a bound of members: {@code [m}, {@code (m}, {@code -} or {@code +}. */
  static ZPoint member(Args a, int i, boolean min) {
    int from = a.offset(i);
    int length = a.length(i);
    char sign = length == 0 ? ' ' : (char) a.array()[from];
    if (length == 1 && (sign == '-' || sign == '+')) {
      return new ZPoint(ZSetValue.ANY_SCORE, a.array(), 0, sign == '-' ? LOWEST : HIGHEST, 0);
    }
    if (sign != '[' && sign != '(') {
      throw NOT_MEMBERS;
    }
    return new ZPoint(ZSetValue.ANY_SCORE, a.array(), from + 1, length - 1, tie(min, sign == '('));
  }

  private static int tie(boolean min, boolean excluded) {
    return min == excluded ? ZSetValue.BEHIND : ZSetValue.BEFORE;
  }

  /** How many members of a sorted set lie before it. */
  int rank(ZSetValue z) {
    return switch (length) {
      case LOWEST -> 0;
      case HIGHEST -> z.size();
      default -> z.rank(score, array, offset, length, tie);
    };
  }
}
