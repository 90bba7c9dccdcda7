package io.sampo.data.geo;

import java.util.ArrayList;
import java.util.List;

/**
 * A circle or a box around a position.
 *
 * @param width of a box in metres; of a circle its diameter
 * @param height likewise
 * @param circle whether it is one
 */
public record GeoShape(
    double longitude, double latitude, double width, double height, boolean circle) {
  /** Columns to the east and rows to the north, in the order in which Redis looks. */
  private static final int[][] AROUND = {
    {0, 0}, {0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}
  };

  /** Returned for a position that lies outside. */
  public static final double OUTSIDE = Double.NaN;

  /** How far a position lies from the centre, in metres, or {@link #OUTSIDE}. */
  public double distance(double itsLongitude, double itsLatitude) {
    if (!circle
        && (GeoHash.latitudeDistance(itsLatitude, latitude) > height / 2
            || GeoHash.distance(itsLongitude, itsLatitude, longitude, itsLatitude) > width / 2)) {
      return OUTSIDE;
    }
    double distance = GeoHash.distance(longitude, latitude, itsLongitude, itsLatitude);
    return circle && distance > width / 2 ? OUTSIDE : distance;
  }

  /** The cells that cover it, each once unless it lies twice in a row. */
  public List<GeoHash> cells() {
    double north = latitude + GeoHash.latitudes(height / 2);
    double south = latitude - GeoHash.latitudes(height / 2);
    double half = GeoHash.longitudes(width / 2, latitude < 0 ? south : north);
    double west = longitude - half;
    double east = longitude + half;
    double radius =
        circle ? width / 2 : Math.sqrt(width / 2 * (width / 2) + height / 2 * (height / 2));
    int steps = GeoHash.stepsFor(radius, latitude);
    GeoHash centre = GeoHash.of(longitude, latitude, steps);
    boolean tooSmall =
        centre.moved(0, 1).north() < north
            || centre.moved(0, -1).south() > south
            || centre.moved(1, 0).east() < east
            || centre.moved(-1, 0).west() > west;
    if (steps > 1 && tooSmall) {
      steps--;
      centre = GeoHash.of(longitude, latitude, steps);
    }
    List<GeoHash> cells = new ArrayList<>(AROUND.length);
    for (int[] way : AROUND) {
      boolean needless =
          steps >= 2
              && (way[1] < 0 && centre.south() < south
                  || way[1] > 0 && centre.north() > north
                  || way[0] < 0 && centre.west() < west
                  || way[0] > 0 && centre.east() > east);
      GeoHash cell = centre.moved(way[0], way[1]);
      boolean again = !cells.isEmpty() && cells.get(cells.size() - 1).equals(cell);
      if (!needless && !again) {
        cells.add(cell);
      }
    }
    return cells;
  }
}
