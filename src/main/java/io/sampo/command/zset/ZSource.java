package io.sampo.command.zset;

import io.sampo.data.set.SetValue;
import io.sampo.data.zset.ZSetValue;
import io.sampo.data.zset.ZSetWalk;
import io.sampo.keyspace.Db;
import io.sampo.resp.RespError;

/**
 * What ZUNION and its kin combine: a sorted set, or a set each of whose members scores 1.
 *
 * @param weight by which its scores are multiplied
 */
record ZSource(Members members, double weight) {
  /** Decides about members. */
  @FunctionalInterface
  interface Test {
    boolean holds(byte[] a, int offset, int length);
  }

  /** The members of either kind. */
  sealed interface Members permits Sorted, Plain {
    int size();

    double score(byte[] a, int offset, int length);

    void each(ZSetValue.Visitor visitor);

    long count(long limit, Test test);
  }

  private record Sorted(ZSetValue set) implements Members {
    @Override
    public int size() {
      return set.size();
    }

    @Override
    public double score(byte[] a, int offset, int length) {
      return set.score(a, offset, length);
    }

    @Override
    public void each(ZSetValue.Visitor visitor) {
      ZSetWalk walk = set.walk(0, false);
      for (int n = size(); n > 0; n--) {
        walk.next();
        visitor.visit(walk.score(), walk.array(), walk.offset(), walk.length());
      }
    }

    @Override
    public long count(long limit, Test test) {
      long passed = 0;
      ZSetWalk walk = set.walk(0, false);
      for (int n = size(); n > 0 && passed < limit; n--) {
        walk.next();
        passed += test.holds(walk.array(), walk.offset(), walk.length()) ? 1 : 0;
      }
      return passed;
    }
  }

  private record Plain(SetValue set) implements Members {
    @Override
    public int size() {
      return set.size();
    }

    @Override
    public double score(byte[] a, int offset, int length) {
      return set.has(a, offset, length) ? 1 : ZSetValue.NO_SCORE;
    }

    @Override
    public void each(ZSetValue.Visitor visitor) {
      set.each(
          (a, offset, length) -> {
            visitor.visit(1, a, offset, length);
            return true;
          });
    }

    @Override
    public long count(long limit, Test test) {
      long[] passed = new long[1];
      set.each(
          (a, offset, length) -> {
            passed[0] += test.holds(a, offset, length) ? 1 : 0;
            return passed[0] < limit;
          });
      return passed[0];
    }
  }

  /** The value of an entry; {@link Db#NONE} is an empty set. */
  static ZSource of(Db db, int h, double weight) {
    if (h == Db.NONE) {
      return new ZSource(new Sorted(new ZSetValue()), weight);
    }
    if (db.isObject(h) && db.value(h) instanceof ZSetValue set) {
      return new ZSource(new Sorted(set), weight);
    }
    if (db.isObject(h) && db.value(h) instanceof SetValue set) {
      return new ZSource(new Plain(set), weight);
    }
    throw RespError.WRONG_TYPE;
  }

  ZSource weighing(double itsWeight) {
    return new ZSource(members, itsWeight);
  }

  int size() {
    return members.size();
  }

  /** The score of a member as it is, or {@link ZSetValue#NO_SCORE}. */
  double score(byte[] a, int offset, int length) {
    return members.score(a, offset, length);
  }

  /** A score of this set as it counts; what is no number counts 0. */
  double weighted(double score) {
    double weighted = score * weight;
    return Double.isNaN(weighted) ? 0 : weighted;
  }

  void each(ZSetValue.Visitor visitor) {
    members.each(visitor);
  }

  /** How many members pass a test; no more are tested once {@code limit} have. */
  long count(long limit, Test test) {
    return members.count(limit, test);
  }
}
