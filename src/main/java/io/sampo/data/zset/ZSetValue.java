package io.sampo.data.zset;

import io.sampo.data.Limits;
import io.sampo.data.ListPack;
import io.sampo.data.PackCheck;
import io.sampo.data.Type;
import io.sampo.data.Value;

/**
 * A sorted set: members in the order of their scores, then of their bytes. A small one is a
 * listpack, a big one a hash table from members to scores, and pages with both in order.
 *
 * <p>A <em>rank</em> counts from 0, lowest first. A <em>point</em> lies between members; it is
 * given by a score ({@link #ANY_SCORE} where only members count, all scores being equal), a member
 * ({@link #NO_MEMBER} as its length where only scores count) and as {@code tie} whether it lies
 * {@link #BEFORE} or {@link #BEHIND} what equals these.
 */
public final class ZSetValue implements Value {
  public static final double ANY_SCORE = ScorePages.ANY_SCORE;
  public static final int NO_MEMBER = ScorePages.NO_MEMBER;
  public static final int BEFORE = ScorePages.BEFORE;
  public static final int BEHIND = ScorePages.BEHIND;

  /** Returned for a member that is not there. */
  public static final double NO_SCORE = Double.NaN;

  /** Conditions of {@link #put}, by the words of ZADD. */
  public static final int NX = 1;

  public static final int XX = 1 << 1;
  public static final int GT = 1 << 2;
  public static final int LT = 1 << 3;
  public static final int INCR = 1 << 4;

  /** What {@link #put} has done. */
  public enum Outcome {
    ADDED,
    CHANGED,
    /** The member had this score. */
    SAME,
    /** A condition did not hold. */
    REFUSED,
    /** The sum of the scores is no number. */
    NOT_A_NUMBER
  }

  /** Takes members with their scores; the array may be used until it returns. */
  @FunctionalInterface
  public interface Visitor {
    void visit(double score, byte[] a, int offset, int length);
  }

  private static final int OBJECT_BYTES = 24;
  private static final byte[] NO_PACK = {};

  private byte[] pack;
  private IndexedScores index;

  /** An empty set. */
  public ZSetValue() {
    this(ListPack.create(), null);
  }

  /** An empty set that stays in its big form until {@link #compact}. */
  public static ZSetValue indexed() {
    return new ZSetValue(NO_PACK, new IndexedScores());
  }

  /** A set of the members and scores of a {@link ListPack}, which it takes over. */
  public static ZSetValue of(byte[] pack, Limits limits) {
    ZSetValue set = new ZSetValue(pack, null);
    if (set.size() > limits.zsetMaxListpackEntries) {
      set.unpack();
    }
    return set;
  }

  /** Whether a pack holds members, all different, and their scores in order. */
  public static boolean isSound(byte[] pack) {
    return PackCheck.isDistinct(pack, 2) && PackedScores.isOrdered(pack);
  }

  private ZSetValue(byte[] pack, IndexedScores index) {
    this.pack = pack;
    this.index = index;
  }

  @Override
  public ZSetValue copy() {
    return isPacked()
        ? new ZSetValue(ListPack.copy(pack), null)
        : new ZSetValue(NO_PACK, index.copy());
  }

  /** Of a big one only {@link #size} and {@link #eachBackward} are of use. */
  @Override
  public ZSetValue frozen() {
    return isPacked() ? copy() : new ZSetValue(NO_PACK, index.frozen());
  }

  @Override
  public void release() {
    if (!isPacked()) {
      index.release();
    }
  }

  /** Shows all members of a set that is not packed, the last first. */
  public void eachBackward(Visitor visitor) {
    index.order().eachBackward(visitor);
  }

  @Override
  public Type type() {
    return Type.ZSET;
  }

  @Override
  public String encoding() {
    return isPacked() ? "listpack" : "skiplist";
  }

  @Override
  public long heapBytes() {
    return OBJECT_BYTES + (isPacked() ? ListPack.heapBytes(pack) : index.heapBytes());
  }

  /** Whether it is a listpack. */
  public boolean isPacked() {
    return index == null;
  }

  /** The pack, if it {@link #isPacked}; not to be changed. */
  public byte[] pack() {
    return pack;
  }

  public int size() {
    return isPacked() ? PackedScores.size(pack) : index.size();
  }

  /** The score of a member, or {@link #NO_SCORE}. */
  public double score(byte[] a, int offset, int length) {
    if (isPacked()) {
      int p = PackedScores.find(pack, a, offset, length);
      return p == ListPack.NONE ? NO_SCORE : PackedScores.score(pack, p);
    }
    return index.score(a, offset, length);
  }

  /** The rank of a member, or -1. */
  public int rank(byte[] a, int offset, int length) {
    double score = score(a, offset, length);
    return Double.isNaN(score) ? -1 : rank(score, a, offset, length, BEFORE);
  }

  /** How many members lie before a point. */
  public int rank(double score, byte[] a, int offset, int length, int tie) {
    return isPacked()
        ? PackedScores.rank(pack, score, a, offset, length, tie)
        : index.order().rank(score, a, offset, length, tie);
  }

  /**
   * Adds a member or changes its score.
   *
   * @param score not NaN; with {@link #INCR} what is added to the score
   * @param conditions {@link #NX} and so on
   */
  public Outcome put(
      double score, int conditions, byte[] a, int offset, int length, Limits limits) {
    return isPacked()
        ? putPacked(score, conditions, a, offset, length, limits)
        : putIndexed(score, conditions, a, offset, length);
  }

  private Outcome putPacked(
      double score, int conditions, byte[] a, int offset, int length, Limits limits) {
    int p = PackedScores.find(pack, a, offset, length);
    if (p != ListPack.NONE) {
      double old = PackedScores.score(pack, p);
      double wanted = (conditions & INCR) != 0 ? old + score : score;
      Outcome outcome = outcome(old, wanted, conditions);
      if (outcome == Outcome.CHANGED) {
        // In this order, for only what is added can fail for want of memory.
        pack = PackedScores.add(pack, wanted, a, offset, length);
        p = PackedScores.find(pack, a, offset, length);
        p = wanted < old ? PackedScores.findNext(pack, p, a, offset, length) : p;
        pack = PackedScores.remove(pack, p, 1);
      }
      return outcome;
    }
    if ((conditions & XX) != 0) {
      return Outcome.REFUSED;
    }
    if (size() >= limits.zsetMaxListpackEntries || length > limits.zsetMaxListpackValue) {
      unpack();
      index.add(score, a, offset, length);
    } else {
      pack = PackedScores.add(pack, score, a, offset, length);
    }
    return Outcome.ADDED;
  }

  private Outcome putIndexed(double score, int conditions, byte[] a, int offset, int length) {
    double old = index.score(a, offset, length);
    if (!Double.isNaN(old)) {
      double wanted = (conditions & INCR) != 0 ? old + score : score;
      Outcome outcome = outcome(old, wanted, conditions);
      if (outcome == Outcome.CHANGED) {
        index.rescore(old, wanted, a, offset, length);
      }
      return outcome;
    }
    if ((conditions & XX) != 0) {
      return Outcome.REFUSED;
    }
    index.add(score, a, offset, length);
    return Outcome.ADDED;
  }

  private static Outcome outcome(double old, double wanted, int conditions) {
    if ((conditions & NX) != 0) {
      return Outcome.REFUSED;
    }
    if (Double.isNaN(wanted)) {
      return Outcome.NOT_A_NUMBER;
    }
    if ((conditions & GT) != 0 && wanted <= old || (conditions & LT) != 0 && wanted >= old) {
      return Outcome.REFUSED;
    }
    return wanted == old ? Outcome.SAME : Outcome.CHANGED;
  }

  private void unpack() {
    IndexedScores unpacked = new IndexedScores();
    ZSetWalk walk = walk(0, false);
    for (int n = size(); n > 0; n--) {
      walk.next();
      unpacked.add(walk.score(), walk.array(), walk.offset(), walk.length());
    }
    pack = NO_PACK;
    index = unpacked;
  }

  /** Turns it into a listpack if it is within the limits of one. */
  public void compact(Limits limits) {
    if (isPacked() || size() > limits.zsetMaxListpackEntries) {
      return;
    }
    byte[] compacted = ListPack.create();
    ZSetWalk walk = walk(0, false);
    for (int n = size(); n > 0; n--) {
      walk.next();
      if (walk.length() > limits.zsetMaxListpackValue) {
        return;
      }
      compacted =
          PackedScores.append(compacted, walk.score(), walk.array(), walk.offset(), walk.length());
    }
    pack = compacted;
    index = null;
  }

  /** Removes a member; false if it was not there. */
  public boolean remove(byte[] a, int offset, int length) {
    if (!isPacked()) {
      return index.remove(a, offset, length);
    }
    int p = PackedScores.find(pack, a, offset, length);
    if (p != ListPack.NONE) {
      pack = PackedScores.remove(pack, p, 1);
    }
    return p != ListPack.NONE;
  }

  /** Removes {@code count} members from rank {@code from} on, which must exist. */
  public void removeRange(int from, int count) {
    if (!isPacked()) {
      index.removeRange(from, count);
    } else if (count > 0) {
      pack = PackedScores.remove(pack, ListPack.at(pack, 2L * from), count);
    }
  }

  /**
   * A walk from the member of a rank on, to higher ranks or in reverse to lower ones; the rank need
   * not exist if there is nothing to be walked over.
   */
  public ZSetWalk walk(int rank, boolean reverse) {
    boolean exists = rank >= 0 && rank < size();
    if (isPacked()) {
      return new ZSetWalk(pack, exists ? ListPack.at(pack, 2L * rank) : ListPack.NONE, reverse);
    }
    ScoreCursor cursor = new ScoreCursor();
    if (exists) {
      index.order().seek(rank, cursor);
    }
    return new ZSetWalk(cursor, reverse);
  }

  /**
   * Visits about {@code count} members from {@code cursor} on, 0 being the start; returns where to
   * go on, or 0 at the end. What is there from the first call to the last is visited; a small set
   * is visited at once.
   */
  public long scan(long cursor, long count, Visitor visitor) {
    if (isPacked()) {
      ZSetWalk walk = walk(0, false);
      for (int n = size(); n > 0; n--) {
        walk.next();
        visitor.visit(walk.score(), walk.array(), walk.offset(), walk.length());
      }
      return 0;
    }
    return index.scan(cursor, count, visitor);
  }
}
