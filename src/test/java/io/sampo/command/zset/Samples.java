package io.sampo.command.zset;

import io.sampo.testkit.Differential;
import java.util.List;

/** Sorted sets, and what there is to be asked for in them. */
final class Samples {
  static final String MAX = "9223372036854775807";
  static final List<String> SCORE_BOUNDS =
      List.of(
          "0", "(0", "1", "(1", "2.5", "-inf", "+inf", "(inf", "(-inf", "1e400", "-1e400", "(", "",
          " 1", "( 1", "1 ", "nan", "(nan", "x", "[1", "1e-400");
  static final List<String> LEX_BOUNDS =
      List.of("-", "+", "[a", "(a", "[b", "(bb", "[", "(", "[c1", "(zzz", "a", "", "--", "[\u00ff");
  static final List<String> INDEXES =
      List.of("0", "1", "2", "-1", "-2", "-100", "100", MAX, "-" + MAX, "x", "", "1.5");
  static final List<String> LIMITS =
      List.of("0 1", "1 2", "0 -1", "2 -5", "-1 2", "100 1", "0 0", "x 1", "1 x", "1", "0 " + MAX);

  private Samples() {}

  /** Two sorted sets of either encoding, a set of equal scores, and what is none. */
  static void fill(Differential pair) {
    pair.say("FLUSHALL", "SET s x");
    pair.say("ZADD k 1 a 2 b 3 c 3 d 2.5 e inf f -inf g -0 h 7 7 1e100 8", "ZADD one 1 a");
    pair.say("ZADD eq 0 a 0 b 0 bb 0 c 0 c1 0 12 0 -5");
    pair.same("ZADD", "eq", "0", "\u00ff\u0000", "0", "");
    for (int i = 0; i < 150; i++) {
      pair.same("ZADD", "big", "" + i % 40, "m" + i);
      pair.same("ZADD", "bigeq", "0", (char) ('a' + i % 5) + "" + i);
    }
    pair.say("OBJECT ENCODING k", "OBJECT ENCODING big", "OBJECT ENCODING bigeq", "TYPE k");
  }
}
