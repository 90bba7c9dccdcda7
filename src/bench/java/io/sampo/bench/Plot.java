package io.sampo.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Two panels of bars, throughput and CPU per operation, as ratios with a line at 1. */
final class Plot {
  private static final int WIDTH = 900;
  private static final int PANEL = 250;
  private static final int LEFT = 60;
  private static final int TOP = 64;
  private static final int HEIGHT = TOP + 2 * (PANEL + 90);
  private static final List<String> COLOURS =
      List.of("#2f6f9f", "#e08a1e", "#4c9f70", "#9b5094", "#7a7a7a", "#b5493b", "#c2a83e");

  private final StringBuilder svg = new StringBuilder();

  private Plot() {}

  /** One measured load. */
  record Cell(String section, Load load, double throughput, double cpu) {
    String group() {
      if (load.name().startsWith("multi")) {
        return "10 keys, 2 loops, pipeline " + load.pipeline();
      }
      return switch (load.connections()) {
        case 1 -> "1 connection";
        case Load.CLIENTS -> "pipeline " + load.pipeline();
        default -> load.connections() + " connections";
      };
    }
  }

  static String svg(List<Cell> cells, String ours, String theirs) {
    Plot plot = new Plot();
    plot.add(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " font-size='12' fill='#222'>",
        WIDTH, HEIGHT);
    plot.add("<rect width='%d' height='%d' fill='#fff'/>", WIDTH, HEIGHT);
    plot.legend(cells);
    plot.panel(
        cells,
        Cell::throughput,
        TOP,
        "Throughput, " + ours + " to " + theirs + ": higher is better");
    plot.panel(
        cells,
        Cell::cpu,
        TOP + PANEL + 90,
        "CPU per operation, " + ours + " to " + theirs + ": lower is better");
    plot.add("</svg>");
    return plot.svg.toString();
  }

  private static List<String> names(List<Cell> cells) {
    return cells.stream().map(cell -> name(cell)).distinct().toList();
  }

  private static String name(Cell cell) {
    return cell.load().name().replace("multi ", "");
  }

  private static String colour(List<Cell> cells, Cell cell) {
    return COLOURS.get(names(cells).indexOf(name(cell)) % COLOURS.size());
  }

  private void legend(List<Cell> cells) {
    int x = LEFT;
    for (Cell cell : cells) {
      if (cells.stream().filter(c -> name(c).equals(name(cell))).findFirst().orElse(cell) == cell) {
        add("<rect x='%d' y='14' width='12' height='12' fill='%s'/>", x, colour(cells, cell));
        add("<text x='%d' y='24'>%s</text>", x + 17, name(cell));
        x += 40 + 8 * name(cell).length();
      }
    }
  }

  private void panel(List<Cell> cells, ToDoubleFunction<Cell> ratio, int top, String title) {
    List<String> groups = cells.stream().map(Cell::group).distinct().toList();
    double highest = Math.max(1.2, 1.1 * cells.stream().mapToDouble(ratio).max().orElse(1));
    int bottom = top + PANEL;
    add("<text x='%d' y='%d' font-size='14' font-weight='bold'>%s</text>", LEFT, top - 12, title);
    double step = highest > 5 ? 2 : highest > 2 ? 0.5 : 0.25;
    for (double tick = 0; tick <= highest; tick += step) {
      double y = bottom - PANEL * tick / highest;
      add("<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' stroke='#e4e4e4'/>", LEFT, WIDTH - 20, y, y);
      add(
          "<text x='%d' y='%.1f' text-anchor='end' fill='#666'>%s</text>",
          LEFT - 8, y + 4, trim(tick));
    }
    double slot = (double) (WIDTH - 20 - LEFT) / (cells.size() + groups.size());
    double x = LEFT + slot / 2;
    for (String group : groups) {
      List<Cell> members = cells.stream().filter(cell -> cell.group().equals(group)).toList();
      add(
          "<text x='%.1f' y='%d' text-anchor='middle'>%s</text>",
          x + slot * members.size() / 2, bottom + 20, group);
      for (Cell cell : members) {
        double height = PANEL * ratio.applyAsDouble(cell) / highest;
        add(
            "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s'/>",
            x + slot * 0.08, bottom - height, slot * 0.84, height, colour(cells, cell));
        add(
            "<text x='%.1f' y='%.1f' text-anchor='middle' font-size='11'>%.2f</text>",
            x + slot / 2, bottom - height - 4, ratio.applyAsDouble(cell));
        x += slot;
      }
      x += slot;
    }
    double one = bottom - PANEL / highest;
    add(
        "<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' stroke='#222' stroke-dasharray='5 4'/>",
        LEFT, WIDTH - 20, one, one);
  }

  private static String trim(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
