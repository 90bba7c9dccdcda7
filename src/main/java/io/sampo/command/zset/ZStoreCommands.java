package io.sampo.command.zset;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.ZSets;
import io.sampo.data.Limits;
import io.sampo.data.zset.ZSetValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The commands that combine sorted sets, or sets, whose members then score 1. */
public final class ZStoreCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("zdiff", -3, "readonly", "RO access 1#0+1", "6.2.0", "O(L + (N-K)log(N))", "numkeys:int key... [WITHSCORES]", "Members of the first sorted set that are in none of the others.", ZStoreCommands::zdiff),
      cmd("zdiffstore", -4, "write denyoom", "OW update 1; RO access 2#0+1", "6.2.0", "O(L + (N-K)log(N))", "destination#0 numkeys:int key#1...", "Store the difference of sorted sets.", ZStoreCommands::zdiffStore),
      cmd("zinter", -3, "readonly", "RO access 1#0+1", "6.2.0", "O(N*K)", "numkeys:int key... [WEIGHTS weight:int...] [AGGREGATE aggregate:<SUM|MIN|MAX>] [WITHSCORES]", "Members that all the sorted sets share.", ZStoreCommands::zinter),
      cmd("zintercard", -3, "readonly", "RO access 1#0+1", "7.0.0", "O(N*K)", "numkeys:int key... [LIMIT limit:int]", "Number of members that all the sorted sets share.", ZStoreCommands::zinterCard),
      cmd("zinterstore", -4, "write denyoom", "OW update 1; RO access 2#0+1", "2.0.0", "O(N*K)", "destination#0 numkeys:int key#1... [WEIGHTS weight:int...] [AGGREGATE aggregate:<SUM|MIN|MAX>]", "Store the intersection of sorted sets.", ZStoreCommands::zinterStore),
      cmd("zunion", -3, "readonly", "RO access 1#0+1", "6.2.0", "O(N)", "numkeys:int key... [WEIGHTS weight:int...] [AGGREGATE aggregate:<SUM|MIN|MAX>] [WITHSCORES]", "Members of any of the sorted sets.", ZStoreCommands::zunion),
      cmd("zunionstore", -4, "write denyoom", "OW update 1; RO access 2#0+1", "2.0.0", "O(N)", "destination#0 numkeys:int key#1... [WEIGHTS weight:int...] [AGGREGATE aggregate:<SUM|MIN|MAX>]", "Store the union of sorted sets.", ZStoreCommands::zunionStore));
  // spotless:on

  private static final RespError BAD_WEIGHT = new RespError("ERR weight value is not a float");
  private static final RespError NEGATIVE_LIMIT = new RespError("ERR LIMIT can't be negative");
  private static final Comparator<ZSource> BY_SIZE = Comparator.comparingInt(ZSource::size);

  /** How the scores of one member become one. */
  private enum Aggregate {
    SUM,
    MIN,
    MAX;

    double of(double x, double y) {
      double sum = x + y;
      return switch (this) {
        // Infinities may cancel each other out.
        case SUM -> Double.isNaN(sum) ? 0 : sum;
        case MIN -> y < x ? y : x;
        case MAX -> y > x ? y : x;
      };
    }
  }

  private enum Operation {
    UNION,
    INTER,
    DIFF
  }

  private ZStoreCommands() {}

  private static void zunion(Context c, Args a) {
    reply(c, a, "zunion", Operation.UNION);
  }

  private static void zinter(Context c, Args a) {
    reply(c, a, "zinter", Operation.INTER);
  }

  private static void zdiff(Context c, Args a) {
    reply(c, a, "zdiff", Operation.DIFF);
  }

  private static void reply(Context c, Args a, String name, Operation operation) {
    Request request = new Request(c, a, 1, name);
    boolean withScores = request.options(operation, true);
    ZSetValue result = request.combine(operation);
    ZSets.members(c.out(), result.walk(0, false), result.size(), withScores);
  }

  private static void zunionStore(Context c, Args a) {
    store(c, a, "zunionstore", Operation.UNION);
  }

  private static void zinterStore(Context c, Args a) {
    store(c, a, "zinterstore", Operation.INTER);
  }

  private static void zdiffStore(Context c, Args a) {
    store(c, a, "zdiffstore", Operation.DIFF);
  }

  private static void store(Context c, Args a, String name, Operation operation) {
    Request request = new Request(c, a, 2, name);
    request.options(operation, false);
    ZSetValue result = request.combine(operation);
    result.compact(request.limits);
    ZSets.store(c, a, 1, result, name);
  }

  private static void zinterCard(Context c, Args a) {
    Request request = new Request(c, a, 1, "zintercard");
    c.out().integer(request.common(request.limit()));
  }

  /** One request: what is to be combined, and how. */
  private static final class Request {
    private final Args a;
    private final int behind;
    private final List<ZSource> sources = new ArrayList<>();
    private final double[] weights;
    private final Limits limits;
    private Aggregate aggregate = Aggregate.SUM;

    /** Finds the sources that the numkeys at index {@code n} and what follows name. */
    Request(Context c, Args args, int n, String name) {
      a = args;
      long keys = a.integer(n);
      if (keys < 1) {
        throw new RespError("ERR at least 1 input key is needed for '" + name + "' command");
      }
      if (keys > a.count() - n - 1) {
        throw RespError.SYNTAX;
      }
      behind = n + 1 + (int) keys;
      for (int i = n + 1; i < behind; i++) {
        Db db = c.db(a, i);
        sources.add(ZSource.of(db, c.read(db, a, i), 1));
      }
      weights = new double[sources.size()];
      limits = c.db(a, n + 1).limits();
    }

    /** Reads the options; returns whether the reply is to have scores. */
    boolean options(Operation operation, boolean replies) {
      boolean withScores = false;
      for (int i = behind; i < a.count(); i++) {
        int rest = a.count() - i - 1;
        if (operation != Operation.DIFF && rest >= weights.length && a.is(i, "weights")) {
          for (int s = 0; s < weights.length; s++) {
            sources.set(s, sources.get(s).weighing(a.real(++i, BAD_WEIGHT)));
          }
        } else if (operation != Operation.DIFF && rest >= 1 && a.is(i, "aggregate")) {
          aggregate = aggregate(++i);
        } else if (replies && a.is(i, "withscores")) {
          withScores = true;
        } else {
          throw RespError.SYNTAX;
        }
      }
      return withScores;
    }

    private Aggregate aggregate(int i) {
      for (Aggregate each : Aggregate.values()) {
        if (a.is(i, each.name().toLowerCase(Locale.ROOT))) {
          return each;
        }
      }
      throw RespError.SYNTAX;
    }

    /** The LIMIT of ZINTERCARD; 0 is none. */
    long limit() {
      long limit = 0;
      for (int i = behind; i < a.count(); i += 2) {
        if (!a.is(i, "limit") || i + 1 == a.count()) {
          throw RespError.SYNTAX;
        }
        limit = a.integer(i + 1, NEGATIVE_LIMIT);
        if (limit < 0) {
          throw NEGATIVE_LIMIT;
        }
      }
      return limit;
    }

    ZSetValue combine(Operation operation) {
      return switch (operation) {
        case UNION -> union();
        case INTER -> inter();
        case DIFF -> diff();
      };
    }

    private ZSetValue union() {
      ZSetValue result = ZSetValue.indexed();
      // In the order in which Redis adds up, for sums of doubles depend on it.
      sources.sort(BY_SIZE);
      for (ZSource source : sources) {
        source.each(
            (score, m, offset, length) -> {
              double more = source.weighted(score);
              double had = result.score(m, offset, length);
              double now = Double.isNaN(had) ? more : aggregate.of(had, more);
              if (now == 0 && had == 0) {
                // Zeros may differ in sign, which a change of the score would not bring about.
                result.remove(m, offset, length);
              }
              result.put(now, 0, m, offset, length, limits);
            });
      }
      return result;
    }

    private ZSetValue inter() {
      ZSetValue result = ZSetValue.indexed();
      sources.sort(BY_SIZE);
      ZSource first = sources.get(0);
      first.each(
          (score, m, offset, length) -> {
            double now = first.weighted(score);
            for (int i = 1; i < sources.size(); i++) {
              ZSource other = sources.get(i);
              double more = other.score(m, offset, length);
              if (Double.isNaN(more)) {
                return;
              }
              now = aggregate.of(now, more * other.weight());
            }
            result.put(now, 0, m, offset, length, limits);
          });
      return result;
    }

    private ZSetValue diff() {
      ZSetValue result = ZSetValue.indexed();
      sources
          .get(0)
          .each(
              (score, m, offset, length) -> {
                for (int i = 1; i < sources.size(); i++) {
                  if (!Double.isNaN(sources.get(i).score(m, offset, length))) {
                    return;
                  }
                }
                result.put(score, 0, m, offset, length, limits);
              });
      return result;
    }

    /** How many members all have in common, at most {@code limit} unless that is 0. */
    private long common(long limit) {
      sources.sort(BY_SIZE);
      return sources
          .get(0)
          .count(
              limit == 0 ? Long.MAX_VALUE : limit,
              (m, offset, length) -> {
                for (int i = 1; i < sources.size(); i++) {
                  if (Double.isNaN(sources.get(i).score(m, offset, length))) {
                    return false;
                  }
                }
                return true;
              });
    }
  }
}
