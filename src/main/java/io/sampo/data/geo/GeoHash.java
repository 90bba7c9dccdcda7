package io.sampo.data.geo;

/**
 * Cells of a grid over the Earth, longitude and latitude halved in turn, as Redis has them: a cell
 * is its {@code step}s (halvings of either) and {@code 2 * step} bits, which interleave the bits of
 * its latitude (even places) and its longitude. Positions are kept as the 52 bits of step 26.
 */
public record GeoHash(long bits, int step) {
  public static final int STEPS = 26;
  public static final double MAX_LONGITUDE = 180;

  /** The limit of the Web Mercator projection (EPSG:900913). */
  public static final double MAX_LATITUDE = 85.05112878;

  /** Scores are 64 bits without a sign: those from here on have the highest. */
  private static final double HIGHEST_BIT = 0x1p63;

  /** Scores from here on are those of no position. */
  private static final double OVER = 0x1p64;

  private static final double EARTH_RADIUS_METERS = 6372797.560856;
  private static final double EQUATOR_HALF_METERS = 20037726.37;
  private static final double RADIANS = Math.PI / 180;
  private static final String BASE_32 = "0123456789bcdefghjkmnpqrstuvwxyz";

  /** The cell that holds a position within the limits. */
  public static GeoHash of(double longitude, double latitude, int step) {
    return of(longitude, latitude, step, MAX_LATITUDE);
  }

  private static GeoHash of(double longitude, double latitude, int step, double limit) {
    double x = (longitude + MAX_LONGITUDE) / (MAX_LONGITUDE + MAX_LONGITUDE);
    double y = (latitude + limit) / (limit + limit);
    long size = 1L << step;
    return at((long) (x * size), (long) (y * size), step);
  }

  /** The position that is kept as a score; the first of all for one of none. */
  public static GeoHash ofScore(double score) {
    if (score < HIGHEST_BIT) {
      return new GeoHash((long) score, STEPS);
    }
    return new GeoHash(score < OVER ? (long) (score - HIGHEST_BIT) | Long.MIN_VALUE : 0, STEPS);
  }

  private static GeoHash at(long x, long y, int step) {
    return new GeoHash(spread(y) | spread(x) << 1, step);
  }

  /** Moves bit i of 32 bits to place 2 i. */
  private static long spread(long v) {
    long w = v & 0xffff_ffffL;
    w = (w | w << 16) & 0x0000_ffff_0000_ffffL;
    w = (w | w << 8) & 0x00ff_00ff_00ff_00ffL;
    w = (w | w << 4) & 0x0f0f_0f0f_0f0f_0f0fL;
    w = (w | w << 2) & 0x3333_3333_3333_3333L;
    return (w | w << 1) & 0x5555_5555_5555_5555L;
  }

  private static long gather(long v) {
    long w = v & 0x5555_5555_5555_5555L;
    w = (w | w >>> 1) & 0x3333_3333_3333_3333L;
    w = (w | w >>> 2) & 0x0f0f_0f0f_0f0f_0f0fL;
    w = (w | w >>> 4) & 0x00ff_00ff_00ff_00ffL;
    w = (w | w >>> 8) & 0x0000_ffff_0000_ffffL;
    return (w | w >>> 16) & 0xffff_ffffL;
  }

  private long x() {
    return gather(bits >>> 1);
  }

  private long y() {
    return gather(bits);
  }

  /** The cell so many columns to the east and rows to the north, around the edges. */
  public GeoHash moved(int columns, int rows) {
    long mask = (1L << step) - 1;
    return at(x() + columns & mask, y() + rows & mask, step);
  }

  /** The lowest of the 52 bits of positions in the cell. */
  public double firstScore() {
    return bits << 2 * (STEPS - step);
  }

  /** What comes behind the 52 bits of positions in the cell. */
  public double endScore() {
    return bits + 1 << 2 * (STEPS - step);
  }

  private static double edge(long at, int step, double limit) {
    return -limit + at * 1.0 / (1L << step) * (limit + limit);
  }

  public double west() {
    return edge(x(), step, MAX_LONGITUDE);
  }

  public double east() {
    return edge(x() + 1, step, MAX_LONGITUDE);
  }

  public double south() {
    return edge(y(), step, MAX_LATITUDE);
  }

  public double north() {
    return edge(y() + 1, step, MAX_LATITUDE);
  }

  /** The longitude of its centre. */
  public double longitude() {
    return clamped((west() + east()) / 2, MAX_LONGITUDE);
  }

  /** The latitude of its centre. */
  public double latitude() {
    return clamped((south() + north()) / 2, MAX_LATITUDE);
  }

  private static double clamped(double value, double limit) {
    return Math.max(-limit, Math.min(limit, value));
  }

  /** The position as 11 characters of geohash.org, whose latitudes reach to the poles. */
  public String text() {
    long standard = of(longitude(), latitude(), STEPS, 90).bits;
    char[] text = new char[11];
    for (int i = 0; i < 10; i++) {
      text[i] = BASE_32.charAt((int) (standard >>> 2 * STEPS - 5 * (i + 1)) & 31);
    }
    // Of the last five bits we have but two, and Redis shows none.
    text[10] = '0';
    return new String(text);
  }

  /** The distance of two positions in metres, on a sphere (haversine formula). */
  public static double distance(double lon1, double lat1, double lon2, double lat2) {
    double v = Math.sin((lon2 * RADIANS - lon1 * RADIANS) / 2);
    if (v == 0) {
      return latitudeDistance(lat1, lat2);
    }
    double from = lat1 * RADIANS;
    double to = lat2 * RADIANS;
    double u = Math.sin((to - from) / 2);
    double a = u * u + Math.cos(from) * Math.cos(to) * v * v;
    return 2 * EARTH_RADIUS_METERS * Math.asin(Math.sqrt(a));
  }

  /** The distance of two latitudes in metres. */
  static double latitudeDistance(double lat1, double lat2) {
    return EARTH_RADIUS_METERS * Math.abs(lat2 * RADIANS - lat1 * RADIANS);
  }

  /** Half the angle in degrees that so many metres span along a circle of latitude. */
  static double longitudes(double meters, double latitude) {
    return meters / EARTH_RADIUS_METERS / Math.cos(latitude * RADIANS) / RADIANS;
  }

  static double latitudes(double meters) {
    return meters / EARTH_RADIUS_METERS / RADIANS;
  }

  /** The steps of cells of which nine cover a circle of this radius in metres. */
  static int stepsFor(double radius, double latitude) {
    if (radius == 0) {
      return STEPS;
    }
    int step = 1;
    for (double r = radius; r < EQUATOR_HALF_METERS; r *= 2) {
      step++;
    }
    step -= 2;
    // Towards the poles cells are narrower.
    step -= Math.abs(latitude) > 66 ? 1 : 0;
    step -= Math.abs(latitude) > 80 ? 1 : 0;
    return Math.max(1, Math.min(STEPS, step));
  }
}
