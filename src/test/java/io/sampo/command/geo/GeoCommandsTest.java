package io.sampo.command.geo;

import io.sampo.command.Command;
import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The commands on positions reply what Redis replies. */
class GeoCommandsTest {
  private static final List<String> UNITS = List.of("m", "KM", "ft", "mi");

  private static Random seeded() {
    return Seed.random("random positions");
  }

  private static void sicily(Differential pair) {
    pair.say("GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania", "SET s x");
    pair.say("GEOADD g 13.583333 37.316667 Agrigento 2.349014 48.864716 Paris");
    pair.say("GEOADD g -0 100 x", "GEOADD g 200 -0.0000000001 x", "GEOADD g -181 0 x");
  }

  @AgainstRedis
  void arityAndTypes(Differential pair) {
    sicily(pair);
    for (Command command : GeoCommands.COMMANDS) {
      for (int n = 0; n < 9; n++) {
        for (String key : List.of("s", "g", "none")) {
          Stream<String> rest = IntStream.range(1, n).mapToObj(i -> i == 4 ? "km" : "1");
          Stream<String> request = Stream.of(Stream.of(command.name, key), rest).flatMap(x -> x);
          pair.same(request.limit(n + 1L).toArray(String[]::new));
        }
      }
    }
  }

  @AgainstRedis
  void adding(Differential pair) {
    for (String options : List.of("", "NX ", "XX ", "CH ", "NX CH ", "xx ch ", "NX XX ", "GT ")) {
      sicily(pair);
      for (String rest :
          List.of(
              "1 2 a",
              "1 2 a 3 4 Palermo",
              "181 1 a",
              "-180 85.05112878 a",
              "180 -85.05112878 b",
              "1 85.0511288 a",
              "1 -86 a",
              "x 1 a",
              "1 x a",
              "1 2",
              "1 2 a 3",
              "nan 1 a",
              "inf 1 a",
              "1 -inf a",
              "1 2 a 200 1 b",
              "-0 0 z",
              "1e-7 -1e-7 y")) {
        pair.say("GEOADD g " + options + rest, "ZRANGE g 0 -1 WITHSCORES");
        pair.say("GEOADD new " + options + rest, "ZRANGE new 0 -1 WITHSCORES", "DEL new");
      }
    }
    pair.say("GEOPOS g a b z y none", "GEOHASH g a b z y none", "GEOPOS no a", "GEOHASH no a");
    pair.say("GEODIST g Palermo Catania x", "GEODIST g Palermo none", "GEODIST no a b");
  }

  /** Scores that are no positions, as any sorted set may have them. */
  @AgainstRedis
  void scoresOfNoPosition(Differential pair) {
    for (String score :
        List.of(
            "-1",
            "-0.5",
            "5.7",
            "4503599627370496",
            "1e16",
            "9223372036854774784",
            "1e19",
            "9223372036854775808",
            "9.3e18",
            "18446744073709549568",
            "18446744073709551616",
            "1e300",
            "inf",
            "-9.3e18",
            "-inf")) {
      pair.say("ZADD g " + score + " a", "GEOHASH g a", "GEOPOS g a", "GEODIST g a a");
    }
  }

  @AgainstRedis
  void positions(Differential pair) {
    Random random = seeded();
    for (int round = 0; round < 200; round++) {
      List<String> add = new ArrayList<>(List.of("GEOADD", "g"));
      List<String> hash = new ArrayList<>(List.of("GEOHASH", "g"));
      List<String> pos = new ArrayList<>(List.of("GEOPOS", "g"));
      for (int i = 0; i < 20; i++) {
        add.addAll(List.of(longitude(random), latitude(random), "m" + i));
        hash.add("m" + i);
        pos.add("m" + i);
      }
      for (List<String> request : List.of(add, hash, pos)) {
        pair.same(request.toArray(String[]::new));
      }
      pair.say("ZRANGE g 0 -1 WITHSCORES");
      for (int i = 0; i < 20; i++) {
        String other = "m" + random.nextInt(20);
        pair.sameRounded("GEODIST", "g", "m" + i, other, UNITS.get(i % 4));
      }
    }
  }

  @AgainstRedis
  void grammar(Differential pair) {
    sicily(pair);
    List<String> parts =
        List.of(
            "FROMMEMBER Palermo",
            "FROMMEMBER none",
            "FROMLONLAT 15 37",
            "FROMLONLAT 200 37",
            "FROMLONLAT x 37",
            "BYRADIUS 200 km",
            "BYRADIUS -1 km",
            "BYRADIUS x km",
            "BYRADIUS 1 foo",
            "BYBOX 400 400 km",
            "BYBOX -1 4 km",
            "BYBOX x 4 km",
            "BYBOX 4 x km",
            "BYBOX 4 4 foo",
            "ASC",
            "desc",
            "COUNT 1",
            "COUNT 0",
            "COUNT x",
            "COUNT 1 ANY",
            "ANY",
            "WITHDIST",
            "WITHHASH",
            "WITHCOORD",
            "STOREDIST",
            "STOREDIST d",
            "STORE d",
            "STORE",
            "COUNT",
            "FOO",
            "FROMMEMBER",
            "BYBOX 1 2",
            "WITHDIST WITHCOORD WITHHASH ASC",
            "COUNT 2 DESC",
            "COUNT 2 ASC ANY");
    for (String first : parts) {
      for (String second : parts) {
        for (String key : List.of("g", "none")) {
          String options = first + " " + second;
          pair.say("GEOSEARCH " + key + " " + options + " ASC");
          for (String third : List.of("BYRADIUS 200 km", "FROMLONLAT 15 37", "BYBOX 300 200 mi")) {
            pair.say("GEOSEARCH " + key + " " + options + " " + third);
            pair.say("GEOSEARCHSTORE d " + key + " " + options + " " + third);
            pair.say("ZRANGE d 0 -1");
          }
          pair.say("GEORADIUS " + key + " 15 37 200 km " + options, "ZRANGE d 0 -1");
          pair.say("GEORADIUS_RO " + key + " 15 37 200 km " + options);
          pair.say("GEORADIUSBYMEMBER " + key + " Palermo 200 km " + options, "ZRANGE d 0 -1");
          pair.say("GEORADIUSBYMEMBER_RO " + key + " Palermo 200 km " + options);
        }
      }
    }
    for (String start : List.of("x 37 1 km", "15 37 -1 km", "15 37 x km", "15 37 1 foo")) {
      pair.say("GEORADIUS g " + start, "GEORADIUSBYMEMBER g Palermo" + start.substring(5));
    }
    pair.say("GEORADIUSBYMEMBER g none 1 km", "GEORADIUSBYMEMBER none x 1 km");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void searches(Differential pair) {
    Random random = seeded();
    for (int round = 0; round < 6; round++) {
      boolean near = round % 2 == 0;
      for (int i = 0; i < 400; i++) {
        String longitude = near ? "" + (10 + random.nextDouble()) : longitude(random);
        String latitude = near ? "" + (50 + random.nextDouble()) : latitude(random);
        pair.same("GEOADD", "g" + round, longitude, latitude, "m" + i);
      }
      for (int i = 0; i < 500; i++) {
        pair.sameRounded(search(random, "g" + round, near));
      }
      for (int i = 0; i < 20; i++) {
        pair.same("GEORADIUS", "g" + round, "10.5", "50.5", "" + i * 9, "km", "STORE", "d");
        pair.say("ZRANGE d 0 -1 WITHSCORES", "OBJECT ENCODING d");
      }
    }
  }

  /** Of so many the best are told from the rest before all have been seen. */
  @AgainstRedis
  void theBestOfMany(Differential pair) {
    Random random = seeded();
    for (int i = 0; i < 40; i++) {
      List<String> request = new ArrayList<>(List.of("GEOADD", "g"));
      for (int j = 0; j < 150; j++) {
        String longitude = "" + (10 + random.nextDouble());
        request.addAll(List.of(longitude, "" + (50 + random.nextDouble()), "m" + i + ":" + j));
      }
      pair.same(request.toArray(String[]::new));
    }
    String from = " FROMLONLAT 10.4 50.6 BYRADIUS 80 km ";
    for (String order : List.of("ASC", "DESC", "")) {
      for (int count : new int[] {1, 40, 1100, 2500, 5999, 9000}) {
        String which = order + " COUNT " + count;
        pair.sameRounded(("GEOSEARCH g" + from + "WITHDIST WITHCOORD " + which).split(" +"));
        pair.same(("GEOSEARCHSTORE d g" + from + which).split(" +"));
        pair.say("ZRANGE d 0 -1 WITHSCORES");
        pair.same(("GEOSEARCHSTORE d g" + from + which + " ANY").split(" +"));
        pair.say("ZRANGE d 0 -1 WITHSCORES");
      }
    }
    pair.say("GEOSEARCHSTORE g g FROMLONLAT 10.5 50.5 BYBOX 30 30 km", "ZRANGE g 0 -1 WITHSCORES");
  }

  private static String[] search(Random random, String key, boolean near) {
    List<String> request = new ArrayList<>(List.of("GEOSEARCH", key));
    if (random.nextBoolean()) {
      request.addAll(List.of("FROMMEMBER", "m" + random.nextInt(400)));
    } else {
      String longitude = near ? "" + (10 + random.nextDouble()) : longitude(random);
      String latitude = near ? "" + (50 + random.nextDouble()) : latitude(random);
      request.addAll(List.of("FROMLONLAT", longitude, latitude));
    }
    double scale = near ? 100_000 : Math.pow(10, 3 + 4.3 * random.nextDouble());
    String size = "" + random.nextDouble() * scale;
    if (random.nextBoolean()) {
      request.addAll(List.of("BYRADIUS", size, UNITS.get(random.nextInt(2) * 2)));
    } else {
      request.addAll(List.of("BYBOX", size, "" + random.nextDouble() * scale, "m"));
    }
    request.addAll(List.of("WITHDIST", "WITHCOORD", "WITHHASH"));
    if (random.nextBoolean()) {
      request.add(random.nextBoolean() ? "ASC" : "DESC");
    }
    if (random.nextBoolean()) {
      request.addAll(List.of("COUNT", "" + (1 + random.nextInt(30))));
      if (random.nextBoolean()) {
        request.add("ANY");
      }
    }
    return request.toArray(String[]::new);
  }

  private static String longitude(Random random) {
    return String.format(Locale.ROOT, "%.7f", random.nextDouble() * 360 - 180);
  }

  private static String latitude(Random random) {
    return String.format(Locale.ROOT, "%.7f", random.nextDouble() * 170 - 85);
  }
}
