package io.sampo.command.geo;

import io.sampo.command.Context;
import io.sampo.command.ZSets;
import io.sampo.data.geo.GeoHash;
import io.sampo.data.geo.GeoShape;
import io.sampo.data.zset.ZSetValue;
import io.sampo.data.zset.ZSetWalk;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The commands GEOSEARCH, GEOSEARCHSTORE, GEORADIUS and its kin: one search, several grammars. */
final class GeoSearch {
  private static final RespError NO_MEMBER =
      new RespError("ERR could not decode requested zset member");
  private static final RespError BAD_RADIUS = new RespError("ERR need numeric radius");
  private static final RespError NEGATIVE_RADIUS = new RespError("ERR radius cannot be negative");
  private static final RespError BAD_WIDTH = new RespError("ERR need numeric width");
  private static final RespError BAD_HEIGHT = new RespError("ERR need numeric height");
  private static final RespError NEGATIVE_BOX =
      new RespError("ERR height or width cannot be negative");
  private static final RespError BAD_COUNT = new RespError("ERR COUNT must be > 0");
  private static final RespError ANY_OF_ALL =
      new RespError("ERR the ANY argument requires COUNT argument");

  /** A member found, with its distance in metres. */
  private record Found(byte[] member, double score, double distance) {}

  private static final Comparator<Found> NEAREST = Comparator.comparingDouble(Found::distance);

  /** So many more than are asked for are found before it is seen which of them to keep. */
  private static final long LEAST_CUT = 1000;

  private final Context c;
  private final Args a;
  private final Db db;
  private final int source;

  private double longitude;
  private double latitude;
  private double width;
  private double height;
  private boolean circle;
  private double unit = 1;
  private boolean placed;
  private boolean shaped;

  private boolean withDistance;
  private boolean withHash;
  private boolean withCoordinates;
  private boolean any;
  private long count;
  private int order;
  private int target;
  private boolean storesDistance;

  /** The distance that is to be bettered, once enough have been found. */
  private double worst;

  private GeoSearch(Context c, Args a, int key) {
    this.c = c;
    this.a = a;
    db = c.db(a, key);
    source = ZSets.read(c, db, a, key);
  }

  static void geoSearch(Context c, Args a) {
    GeoSearch search = new GeoSearch(c, a, 1);
    search.parse(2, true, false);
    search.run("");
  }

  static void geoSearchStore(Context c, Args a) {
    GeoSearch search = new GeoSearch(c, a, 2);
    search.target = 1;
    search.parse(3, true, false);
    search.run("geosearchstore");
  }

  static void geoRadius(Context c, Args a) {
    radius(c, a, true);
  }

  static void geoRadiusRo(Context c, Args a) {
    radius(c, a, false);
  }

  private static void radius(Context c, Args a, boolean stores) {
    GeoSearch search = new GeoSearch(c, a, 1);
    search.fromPosition(2);
    search.byRadius(4);
    search.parse(6, false, stores);
    search.run("georadiusstore");
  }

  static void geoRadiusByMember(Context c, Args a) {
    radiusByMember(c, a, true);
  }

  static void geoRadiusByMemberRo(Context c, Args a) {
    radiusByMember(c, a, false);
  }

  private static void radiusByMember(Context c, Args a, boolean stores) {
    GeoSearch search = new GeoSearch(c, a, 1);
    if (search.source != Db.NONE) {
      search.fromMember(2);
      search.byRadius(3);
    }
    search.parse(5, false, stores);
    search.run("georadiusstore");
  }

  private void fromMember(int i) {
    placed = true;
    if (source == Db.NONE) {
      return;
    }
    double score = GeoCommands.score(db, source, a, i);
    if (Double.isNaN(score)) {
      throw NO_MEMBER;
    }
    longitude = GeoHash.ofScore(score).longitude();
    latitude = GeoHash.ofScore(score).latitude();
  }

  private void fromPosition(int i) {
    placed = true;
    longitude = a.real(i);
    latitude = a.real(i + 1);
    GeoCommands.checkPosition(longitude, latitude);
  }

  private void byRadius(int i) {
    double radius = a.real(i, BAD_RADIUS);
    if (radius < 0) {
      throw NEGATIVE_RADIUS;
    }
    unit = GeoCommands.unit(a, i + 1);
    width = radius * unit * 2;
    height = width;
    circle = true;
    shaped = true;
  }

  private void byBox(int i) {
    width = a.real(i, BAD_WIDTH);
    height = a.real(i + 1, BAD_HEIGHT);
    if (width < 0 || height < 0) {
      throw NEGATIVE_BOX;
    }
    unit = GeoCommands.unit(a, i + 2);
    width *= unit;
    height *= unit;
    shaped = true;
  }

  /**
   * Reads the options from index {@code from} on.
   *
   * @param general whether they say where and how far to look
   * @param stores whether STORE is one
   */
  private void parse(int from, boolean general, boolean stores) {
    boolean fromMember = false;
    boolean fromPosition = false;
    boolean byRadius = false;
    boolean byBox = false;
    for (int i = from; i < a.count(); i++) {
      int rest = a.count() - i - 1;
      if (flag(i)) {
        continue;
      } else if (rest >= 1 && a.is(i, "count")) {
        count = a.integer(++i);
        if (count <= 0) {
          throw BAD_COUNT;
        }
      } else if (stores && rest >= 1 && (a.is(i, "store") || a.is(i, "storedist"))) {
        storesDistance = a.is(i, "storedist");
        target = ++i;
      } else if (general && rest >= 1 && !fromPosition && a.is(i, "frommember")) {
        fromMember(++i);
        fromMember = true;
      } else if (general && rest >= 2 && !fromMember && a.is(i, "fromlonlat")) {
        fromPosition(i + 1);
        fromPosition = true;
        i += 2;
      } else if (general && rest >= 2 && !byBox && a.is(i, "byradius")) {
        byRadius(i + 1);
        byRadius = true;
        i += 2;
      } else if (general && rest >= 3 && !byRadius && a.is(i, "bybox")) {
        byBox(i + 1);
        byBox = true;
        i += 3;
      } else if (general && target > 0 && a.is(i, "storedist")) {
        storesDistance = true;
      } else {
        throw RespError.SYNTAX;
      }
    }
    check(general);
  }

  private boolean flag(int i) {
    if (a.is(i, "withdist")) {
      withDistance = true;
    } else if (a.is(i, "withhash")) {
      withHash = true;
    } else if (a.is(i, "withcoord")) {
      withCoordinates = true;
    } else if (a.is(i, "any")) {
      any = true;
    } else if (a.is(i, "asc")) {
      order = 1;
    } else if (a.is(i, "desc")) {
      order = -1;
    } else {
      return false;
    }
    return true;
  }

  private void check(boolean general) {
    if (target > 0 && (withDistance || withHash || withCoordinates)) {
      throw new RespError(
          "ERR "
              + (general ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS")
              + " is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
    }
    if (general && !placed) {
      throw new RespError(
          "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for " + a.text(0));
    }
    if (general && !shaped) {
      throw new RespError(
          "ERR exactly one of BYRADIUS and BYBOX can be specified for " + a.text(0));
    }
    if (any && count == 0) {
      throw ANY_OF_ALL;
    }
    if (count > 0 && order == 0 && !any) {
      order = 1;
    }
  }

  private void run(String event) {
    if (target > 0) {
      store(event);
    } else if (order != 0) {
      List<Found> found = sorted();
      c.out().array(found.size());
      found.forEach(each -> write(each.member, 0, each.member.length, each.score, each.distance));
    } else {
      int mark = c.out().defer();
      int n = find((at, d) -> write(at.array(), at.offset(), at.length(), at.score(), d));
      c.out().endArray(mark, n);
    }
  }

  /** Takes a member that lies inside, which stays where it is until the next one comes. */
  private interface Taker {
    void take(ZSetWalk member, double distance);
  }

  /** Finds what lies inside, or as many as are enough; returns how many. */
  private int find(Taker taker) {
    if (source == Db.NONE) {
      return 0;
    }
    ZSetValue z = ZSets.value(db, source);
    GeoShape shape = new GeoShape(longitude, latitude, width, height, circle);
    long enough = any ? count : Long.MAX_VALUE;
    int found = 0;
    for (GeoHash cell : shape.cells()) {
      int first = before(z, cell.firstScore());
      int n = before(z, cell.endScore()) - first;
      ZSetWalk walk = z.walk(first, false);
      for (int i = 0; i < n && found < enough; i++) {
        walk.next();
        GeoHash at = GeoHash.ofScore(walk.score());
        double distance = shape.distance(at.longitude(), at.latitude());
        if (!Double.isNaN(distance)) {
          taker.take(walk, distance);
          found++;
        }
      }
    }
    return found;
  }

  private static int before(ZSetValue z, double score) {
    return z.rank(score, new byte[0], 0, ZSetValue.NO_MEMBER, ZSetValue.BEFORE);
  }

  /** What is found, in its order; of much more than is asked for only the best is kept. */
  private List<Found> sorted() {
    Comparator<Found> by = order > 0 ? NEAREST : NEAREST.reversed();
    worst = order * Double.POSITIVE_INFINITY;
    List<Found> found = new ArrayList<>();
    long most = count == 0 ? Long.MAX_VALUE : count;
    long tooMany = most < Integer.MAX_VALUE ? most + Math.max(most, LEAST_CUT) : Long.MAX_VALUE;
    find(
        (member, distance) -> {
          if (found.size() >= tooMany) {
            found.sort(by);
            found.subList((int) most, found.size()).clear();
            worst = found.get(found.size() - 1).distance;
          }
          if (order * Double.compare(distance, worst) < 0) {
            int from = member.offset();
            byte[] its = Arrays.copyOfRange(member.array(), from, from + member.length());
            found.add(new Found(its, member.score(), distance));
          }
        });
    found.sort(by);
    return found.size() > most ? found.subList(0, (int) most) : found;
  }

  private void write(byte[] member, int offset, int length, double score, double distance) {
    ReplyWriter out = c.out();
    int facts = (withDistance ? 1 : 0) + (withHash ? 1 : 0) + (withCoordinates ? 1 : 0);
    if (facts > 0) {
      out.array(1 + facts);
    }
    out.bulk(member, offset, length);
    if (withDistance) {
      GeoCommands.distance(out, distance / unit);
    }
    if (withHash) {
      out.integer((long) score);
    }
    if (withCoordinates) {
      GeoCommands.coordinates(out, GeoHash.ofScore(score));
    }
  }

  private void store(String event) {
    ZSetValue result = ZSetValue.indexed();
    if (count == 0 || any) {
      find(
          (at, d) ->
              result.put(
                  stored(at.score(), d), 0, at.array(), at.offset(), at.length(), db.limits()));
    } else {
      for (Found each : sorted()) {
        double score = stored(each.score, each.distance);
        result.put(score, 0, each.member, 0, each.member.length, db.limits());
      }
    }
    result.compact(db.limits());
    ZSets.store(c, a, target, result, event);
    c.changed(Math.max(0, result.size() - 1));
  }

  private double stored(double score, double distance) {
    return storesDistance ? distance / unit : score;
  }
}
