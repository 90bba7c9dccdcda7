package io.sampo.command;

import io.sampo.data.ZSetValue;
import io.sampo.data.ZSetWalk;
import io.sampo.keyspace.Db;
import io.sampo.resp.RespError;

/**
 * What ZUNION and its kin combine: a sorted set.
 *
 * @param weight by which its scores are multiplied
 */
record ZSource(ZSetValue set, double weight) {
  /** Decides about members. */
  @FunctionalInterface
  interface Test {
    boolean holds(byte[] a, int offset, int length);
  }

  /** The value of an entry; {@link Db#NONE} is an empty set. */
  static ZSource of(Db db, int h, double weight) {
    if (h == Db.NONE) {
      return new ZSource(new ZSetValue(), weight);
    }
    if (db.isObject(h) && db.value(h) instanceof ZSetValue set) {
      return new ZSource(set, weight);
    }
    throw RespError.WRONG_TYPE;
  }

  ZSource weighing(double itsWeight) {
    return new ZSource(set, itsWeight);
  }

  int size() {
    return set.size();
  }

  /** The score of a member as it is, or {@link ZSetValue#NO_SCORE}. */
  double score(byte[] a, int offset, int length) {
    return set.score(a, offset, length);
  }

  /** A score of this set as it counts; what is no number counts 0. */
  double weighted(double score) {
    double weighted = score * weight;
    return Double.isNaN(weighted) ? 0 : weighted;
  }

  void each(ZSetValue.Visitor visitor) {
    ZSetWalk walk = set.walk(0, false);
    for (int n = size(); n > 0; n--) {
      walk.next();
      visitor.visit(walk.score(), walk.array(), walk.offset(), walk.length());
    }
  }

  /** How many members pass a test; no more are tested once {@code limit} have. */
  long count(long limit, Test test) {
    long passed = 0;
    ZSetWalk walk = set.walk(0, false);
    for (int n = size(); n > 0 && passed < limit; n--) {
      walk.next();
      passed += test.holds(walk.array(), walk.offset(), walk.length()) ? 1 : 0;
    }
    return passed;
  }
}
