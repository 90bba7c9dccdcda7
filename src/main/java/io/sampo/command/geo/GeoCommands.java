package io.sampo.command.geo;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.command.ZSets;
import io.sampo.data.geo.GeoHash;
import io.sampo.data.zset.ZSetValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Numbers;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The commands on positions on Earth, which are sorted sets scored by {@link GeoHash}. */
public final class GeoCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("geoadd", -5, "write denyoom", "RW update 1", "3.2.0", "O(log(N))", "key [condition:<NX|XX>@6.2.0] [change=CH@6.2.0] longitude_latitude_member:(longitude:double latitude:double member)...", "Add members with their positions on Earth.", GeoCommands::geoAdd)
          .history("6.2.0 Options CH, NX and XX."),
      cmd("geodist", -4, "readonly", "RO access 1", "3.2.0", "O(log(N))", "key member1 member2 [unit:<M|KM|FT|MI>]", "Distance between two members.", GeoCommands::geoDist),
      cmd("geohash", -2, "readonly", "RO access 1", "3.2.0", "O(log(N))", "key member...", "Positions of members as Geohash strings.", GeoCommands::geoHash),
      cmd("geopos", -2, "readonly", "RO access 1", "3.2.0", "O(N)", "key member...", "Positions of members as longitude and latitude.", GeoCommands::geoPos),
      cmd("georadius", -6, "write denyoom %deprecated:6.2.0:GEOSEARCH,GEOSEARCHSTORE+BYRADIUS", "RO access 1; OW update STORE@6..0; OW update STOREDIST@6..0", "3.2.0", "O(N+log(M))", "key longitude:double latitude:double radius:double unit:<M|KM|FT|MI> [WITHCOORD] [WITHDIST] [WITHHASH] [count:(COUNT count:int [ANY@6.2.0])] [order:<ASC|DESC>] [STORE key#1] [STOREDIST key#2]", "Members within a distance of a point; may store them.", GeoSearch::geoRadius)
          .history("6.2.0 ANY, after COUNT.", "7.0.0 Units in upper case."),
      cmd("georadius_ro", -6, "readonly %deprecated:6.2.0:GEOSEARCH+BYRADIUS", "RO access 1", "3.2.10", "O(N+log(M))", "key longitude:double latitude:double radius:double unit:<M|KM|FT|MI> [WITHCOORD] [WITHDIST] [WITHHASH] [count:(COUNT count:int [ANY@6.2.0])] [order:<ASC|DESC>]", "Members within a distance of a point.", GeoSearch::geoRadiusRo)
          .history("6.2.0 ANY, after COUNT."),
      cmd("georadiusbymember", -5, "write denyoom %deprecated:6.2.0:GEOSEARCH,GEOSEARCHSTORE+BYRADIUS+FROMMEMBER", "RO access 1; OW update STORE@5..0; OW update STOREDIST@5..0", "3.2.0", "O(N+log(M))", "key member radius:double unit:<M|KM|FT|MI> [WITHCOORD] [WITHDIST] [WITHHASH] [count:(COUNT count:int [ANY])] [order:<ASC|DESC>] [STORE key#1] [STOREDIST key#2]", "Members within a distance of a member; may store them.", GeoSearch::geoRadiusByMember)
          .history("7.0.0 Units in upper case."),
      cmd("georadiusbymember_ro", -5, "readonly %deprecated:6.2.0:GEOSEARCH+BYRADIUS+FROMMEMBER", "RO access 1", "3.2.10", "O(N+log(M))", "key member radius:double unit:<M|KM|FT|MI> [WITHCOORD] [WITHDIST] [WITHHASH] [count:(COUNT count:int [ANY])] [order:<ASC|DESC>]", "Members within a distance of a member.", GeoSearch::geoRadiusByMemberRo),
      cmd("geosearch", -7, "readonly", "RO access 1", "6.2.0", "O(N+log(M))", "key from:<FROMMEMBER member|FROMLONLAT longitude_latitude:(longitude:double latitude:double)> by:<circle:(BYRADIUS radius:double unit:<M|KM|FT|MI>)|box:(BYBOX width:double height:double unit:<M|KM|FT|MI>)> [order:<ASC|DESC>] [count:(COUNT count:int [ANY])] [WITHCOORD] [WITHDIST] [WITHHASH]", "Members within a circle or a box.", GeoSearch::geoSearch)
          .history("7.0.0 Units in upper case."),
      cmd("geosearchstore", -8, "write denyoom", "OW update 1; RO access 2", "6.2.0", "O(N+log(M))", "destination#0 source#1 from:<FROMMEMBER member|FROMLONLAT longitude_latitude:(longitude:double latitude:double)> by:<circle:(BYRADIUS radius:double unit:<M|KM|FT|MI>)|box:(BYBOX width:double height:double unit:<M|KM|FT|MI>)> [order:<ASC|DESC>] [count:(COUNT count:int [ANY])] [STOREDIST]", "Store the members within a circle or a box.", GeoSearch::geoSearchStore)
          .history("7.0.0 Units in upper case."));
  // spotless:on

  private static final RespError BAD_UNIT =
      new RespError("ERR unsupported unit provided. please use M, KM, FT, MI");

  private GeoCommands() {}

  private static void geoAdd(Context c, Args a) {
    int conditions = 0;
    boolean counting = false;
    int i = 2;
    for (; i < a.count(); i++) {
      if (a.is(i, "nx")) {
        conditions |= ZSetValue.NX;
      } else if (a.is(i, "xx")) {
        conditions |= ZSetValue.XX;
      } else if (a.is(i, "ch")) {
        counting = true;
      } else {
        break;
      }
    }
    if ((a.count() - i) % 3 != 0 || conditions == (ZSetValue.NX | ZSetValue.XX)) {
      throw RespError.SYNTAX;
    }
    for (int at = i; at < a.count(); at += 3) {
      position(a, at);
    }
    Db db = c.db(a, 1);
    int h = ZSets.write(c, db, a, 1);
    ZSetValue z = h == Db.NONE ? new ZSetValue() : ZSets.value(db, h);
    int added = 0;
    int changed = 0;
    for (int at = i; at < a.count(); at += 3) {
      double score = position(a, at).firstScore();
      ZSetValue.Outcome outcome =
          z.put(score, conditions, a.array(), a.offset(at + 2), a.length(at + 2), db.limits());
      added += outcome == ZSetValue.Outcome.ADDED ? 1 : 0;
      changed += outcome == ZSetValue.Outcome.CHANGED ? 1 : 0;
      if (h != Db.NONE && added + changed > 0) {
        c.partly();
      }
    }
    if (added + changed > 0) {
      if (h == Db.NONE) {
        db.put(a.array(), a.offset(1), a.length(1), z, false);
      } else {
        db.resized(h);
      }
      c.modified(a, 1, KeyEvent.ZSET, "zadd");
      c.changed(added + changed - 1);
    }
    c.out().integer(counting ? added + changed : added);
  }

  /**
   * The position of which argument {@code i} is the longitude and the next one the latitude.
   *
   * @throws RespError if these are no numbers or out of range
   */
  private static GeoHash position(Args a, int i) {
    double longitude = a.real(i);
    double latitude = a.real(i + 1);
    checkPosition(longitude, latitude);
    return GeoHash.of(longitude, latitude, GeoHash.STEPS);
  }

  static void checkPosition(double longitude, double latitude) {
    if (Math.abs(longitude) > GeoHash.MAX_LONGITUDE || Math.abs(latitude) > GeoHash.MAX_LATITUDE) {
      throw new RespError(
          "ERR invalid longitude,latitude pair "
              + sixDecimals(longitude)
              + ','
              + sixDecimals(latitude));
    }
  }

  private static String sixDecimals(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    // As C writes it: also what is nothing but a minus keeps it.
    boolean negative = Math.copySign(1, value) < 0;
    return (negative ? "-" : "")
        + String.format(Locale.ROOT, "%.6f", new BigDecimal(Math.abs(value)));
  }

  /** The metres of the unit at index {@code i}. */
  static double unit(Args a, int i) {
    if (a.is(i, "m")) {
      return 1;
    }
    if (a.is(i, "km")) {
      return 1000;
    }
    if (a.is(i, "ft")) {
      return 0.3048;
    }
    if (a.is(i, "mi")) {
      return 1609.34;
    }
    throw BAD_UNIT;
  }

  /** Writes a distance as GEODIST and WITHDIST do, with four decimals. */
  static void distance(ReplyWriter out, double distance) {
    out.bulk(Numbers.fixed(distance, 4));
  }

  /** Writes longitude and latitude. */
  static void coordinates(ReplyWriter out, GeoHash position) {
    out.array(2);
    out.realHuman(position.longitude());
    out.realHuman(position.latitude());
  }

  private static void geoDist(Context c, Args a) {
    double unit = a.count() == 5 ? unit(a, 4) : 1;
    if (a.count() > 5) {
      throw RespError.SYNTAX;
    }
    Db db = c.db(a, 1);
    int h = ZSets.read(c, db, a, 1);
    double from = score(db, h, a, 2);
    double to = score(db, h, a, 3);
    if (Double.isNaN(from) || Double.isNaN(to)) {
      c.out().nil();
      return;
    }
    GeoHash p = GeoHash.ofScore(from);
    GeoHash q = GeoHash.ofScore(to);
    double meters = GeoHash.distance(p.longitude(), p.latitude(), q.longitude(), q.latitude());
    distance(c.out(), meters / unit);
  }

  /** The score of member {@code i}, {@link ZSetValue#NO_SCORE} if the entry is none. */
  static double score(Db db, int h, Args a, int i) {
    return h == Db.NONE
        ? ZSetValue.NO_SCORE
        : ZSets.value(db, h).score(a.array(), a.offset(i), a.length(i));
  }

  private static void geoHash(Context c, Args a) {
    each(c, a, ReplyWriter::nil, (out, position) -> out.bulk(position.text()));
  }

  private static void geoPos(Context c, Args a) {
    each(c, a, ReplyWriter::nilArray, GeoCommands::coordinates);
  }

  /** Replies about the positions of members. */
  private static void each(
      Context c, Args a, Consumer<ReplyWriter> absent, BiConsumer<ReplyWriter, GeoHash> present) {
    Db db = c.db(a, 1);
    int h = ZSets.read(c, db, a, 1);
    c.out().array(a.count() - 2);
    for (int i = 2; i < a.count(); i++) {
      double score = score(db, h, a, i);
      if (Double.isNaN(score)) {
        absent.accept(c.out());
      } else {
        present.accept(c.out(), GeoHash.ofScore(score));
      }
    }
  }
}
